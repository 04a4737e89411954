"""Stations' figures added up: looked at, taken over into the sheet, and each with what it is made of."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from collection import takeover
from collection.guard import Refused
from collection.models import PartRequest
from collection.views.requests import asked_request
from sectors.access import fits_status
from sectors.findings import storage
from sectors.guard import WrongState, why_not
from sectors.shell.http import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what would be entered into the sheet; POST enters what was chosen."""
    found = asked_request(request, pk)
    if request.method != "POST":
        return _preview(request, found)
    codes = request.POST.getlist("cells")
    try:
        count = takeover.take_over(found, codes, by=request.user, seen=request.POST.get("seen", ""))
    except (takeover.Outdated, WrongState) as error:
        return _preview(request, found, str(error), 409)
    except Refused as error:
        return _preview(request, found, str(error), 422)
    storage.refresh_changed(found.submission)
    said = ngettext(
        "%(count)d cell of the sheet has changed. Look at it before you submit it.",
        "%(count)d cells of the sheet have changed. Look at them before you submit it.",
        count,
    )
    messages.success(request, said % {"count": count})
    return redirect("part-request", pk=pk)


def _preview(request: PersonRequest, found: PartRequest, problem: str = "", status: int = 200) -> HttpResponse:
    submission, totals = found.submission, takeover.read(found)
    is_open = fits_status("submit", submission)
    context = {
        "part_request": found,
        "submission": submission,
        "totals": totals,
        "rows": [one for one in totals.cells if not one.why_not],
        "not_added": [one for one in totals.cells if one.why_not],
        "problem": problem or ("" if is_open else why_not("submit", submission)),
        "can_take_over": is_open and any(one.is_offered for one in totals.cells),
    }
    return render(request, "collection/take_over.html", context, status=status)


@login_required
@require_safe
def station_values(request: PersonRequest, pk: int, code: str) -> HttpResponse:
    """One cell with what each station says for it."""
    found = get_object_or_404(PartRequest.objects.for_user(request.user).for_reading(), pk=pk)
    totals = takeover.read(found)
    one = next((one for one in totals.cells if one.indicator.code == code), None)
    if one is None:
        raise Http404
    values = {value.part.pk: value for value in one.values}
    context = {
        "part_request": found,
        "submission": found.submission,
        "total": one,
        "rows": [(part, values.get(part.pk)) for part in totals.parts],
    }
    return render(request, "collection/station_values.html", context)
