"""What departments are asked for, as a page and as a file."""

from __future__ import annotations

from io import BytesIO

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit import record
from audit.vocabulary import EventKind
from reports.boards import ledger as ledgers
from reports.exports.files import XLSX_TYPE, write_xlsx
from sectors.shell.http import PersonRequest


@login_required
@require_safe
def ledger(request: PersonRequest) -> HttpResponse:
    """Of one region; `?region=` chooses another that the person sees, `?format=xlsx` gives the file."""
    regions, code = ledgers.regions(request.user), request.GET.get("region", "")
    region = next((one for one in regions if not code or one.code == code), None)
    if region is None and code:
        raise Http404
    found = ledgers.ledger(request.user, region, timezone.localdate()) if region else None
    if found and request.GET.get("format") == "xlsx":
        return _file(found)
    return render(request, "reports/boards/ledger.html", {"ledger": found, "regions": regions})


def _file(found: ledgers.Ledger) -> HttpResponse:
    name = f"zhibao-asked-{found.region.code}.xlsx"
    record.write(EventKind.EXPORT, name=name, region=found.region.pk, rows=len(found.sheets))
    file = BytesIO()
    write_xlsx(ledgers.listing(found), file)
    response = HttpResponse(file.getvalue(), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
