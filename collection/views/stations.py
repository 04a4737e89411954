"""The stations of a department: a list, one by one, or many pasted from a spreadsheet."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from collection import stations as stage
from collection.access import may_keep, may_read
from collection.forms import StationForm
from collection.models import PartRequest, Station
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting
from sectors.versions import Conflict

SHOWN = 20  # requests, the latest
HEADS = (
    Head(gettext_lazy("Name"), "name", ("name",)),
    Head(gettext_lazy("Kind"), "kind", ("kind",)),
    Head(gettext_lazy("Code"), "code", ("code",)),
    Head(gettext_lazy("Contact"), "contact", ("contact",)),
    Head(gettext_lazy("Told by")),
    Head(gettext_lazy("State"), "state", ("valid_to",), may_be_empty=True),
)


@login_required
@require_safe
def stations(request: PersonRequest) -> HttpResponse:
    """Those that the person sees, and what was asked of them lately."""
    if not may_read(request.user):
        raise PermissionDenied
    asked = PartRequest.objects.for_user(request.user).for_reading().prefetch_related("station_parts")
    sorting = Sorting(HEADS, request.GET)
    rows = Station.objects.for_user(request.user).select_related("department", "account")
    context = {
        "stations": rows.order_by(*sorting.order(), "department", "position", "name", "pk"),
        "sorting": sorting,
        "requests": asked.order_by("-at", "-pk")[:SHOWN],
        "may_keep": may_keep(request.user),
        "today": timezone.localdate(),
    }
    return render(request, "collection/stations.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_station(request: PersonRequest) -> HttpResponse:
    if not may_keep(request.user):
        raise PermissionDenied
    return _edit(request, stage.blank(request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_station(request: PersonRequest, pk: int) -> HttpResponse:
    station = get_object_or_404(Station.objects.for_user(request.user).select_related("department"), pk=pk)
    if not may_keep(request.user):
        raise PermissionDenied
    return _edit(request, station)


def _edit(request: PersonRequest, station: Station) -> HttpResponse:
    form = StationForm(request.POST or None, instance=station)
    if form.is_valid():
        try:
            stage.save(form.instance, by=request.user, seen=form.seen if station.pk else None)
        except Conflict as conflict:
            form.conflict = conflict
        else:
            messages.success(request, _("Stored: %(station)s.") % {"station": form.instance})
            return redirect("stations")
    status = 409 if form.conflict else 422 if form.is_bound else 200
    return render(request, "collection/station.html", {"form": form, "is_new": not station.pk}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paste_stations(request: PersonRequest) -> HttpResponse:
    """Lines copied from a spreadsheet: first what they would make, then stored."""
    if not may_keep(request.user):
        raise PermissionDenied
    text = request.POST.get("lines", "")
    lines = stage.read_lines(text, request.user)
    problems = [line for line in lines if line.problem]
    is_long = len(text.splitlines()) > stage.MOST_LINES
    if request.method == "POST" and "store" in request.POST and lines and not problems and not is_long:
        count = stage.add(lines, by=request.user)
        messages.success(
            request,
            ngettext("%(count)d station was added.", "%(count)d stations were added.", count) % {"count": count},
        )
        return redirect("stations")
    context = {"lines": lines, "text": text, "problems": problems, "is_long": is_long, "most": stage.MOST_LINES}
    wrong = request.method == "POST" and (not lines or problems or is_long)
    return render(request, "collection/paste_stations.html", context, status=422 if wrong else 200)
