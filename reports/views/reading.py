"""Reports as they are read: the list of years, the preview of what the figures make, its Word file."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reports import aggregation, analysis
from reports.document import Document
from reports.docx import write_docx
from reports.html import body_html
from reports.wording import WordingError
from sectors.access import can_build_report, can_read_report
from sectors.requests import PersonRequest

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@login_required
@require_safe
def reports(request: PersonRequest) -> HttpResponse:
    """Years with accepted figures."""
    if not can_read_report(request.user) or request.user.region is None:
        raise PermissionDenied
    years = aggregation.years_with_data(request.user.region)
    return render(request, "reports/reports.html", {"years": years, "region": request.user.region})


@login_required
@require_safe
def report(request: PersonRequest, year: int) -> HttpResponse:
    """The report of a year as a page, with what is missing in it."""
    if not can_read_report(request.user):
        raise PermissionDenied
    document = _build(request, year)
    if document is None:
        return redirect("reports")
    context = {
        "document": document,
        "body": mark_safe(body_html(document)),
        "figures": sum(figure.value is not None for figure in document.figures),
        "gaps": sum(figure.value is None for figure in document.figures),
        "can_build": can_build_report(request.user),
    }
    return render(request, "reports/report.html", context)


@login_required
@require_POST
def download(request: PersonRequest, year: int) -> HttpResponse:
    """Build the Word file from the figures as they are now."""
    if not can_build_report(request.user):
        raise PermissionDenied
    document = _build(request, year)
    if document is None:
        return redirect("reports")
    file = BytesIO()
    write_docx(document, file)
    response = HttpResponse(file.getvalue(), content_type=DOCX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(document.title)}.docx"
    return response


def _build(request: PersonRequest, year: int) -> Document | None:
    """The report, or None with a message when a wording fails. A year without figures is 404."""
    region = request.user.region
    if region is None:
        raise PermissionDenied
    try:
        return analysis.build(region, year, day=timezone.localdate())
    except analysis.NoData as error:
        raise Http404(str(error)) from error
    except WordingError as error:
        messages.error(request, _("The wording of a sector cannot be used: %(why)s") % {"why": error})
        return None
