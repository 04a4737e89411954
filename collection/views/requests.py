"""What a department asks its stations for: made, changed, and how far they are."""

from __future__ import annotations

import datetime
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from collection import requests as stage
from collection import takeover
from collection.access import may_ask
from collection.forms import WantedForm
from collection.guard import Refused
from collection.models import PartRequest, PartUrge
from collection.vocabulary import PartStatus
from sectors.access import fits_status
from sectors.guard import WrongState, why_not
from sectors.models import Submission
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number

DAYS_BEFORE_DUE = 3  # of the sheet: the department has to look at what comes in


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_stations(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask stations for their part of a sheet."""
    submission = get_object_or_404(Submission.objects.for_user(request.user).with_names(), pk=pk)
    if not may_ask(request.user, submission):
        raise PermissionDenied
    due = max(submission.due - datetime.timedelta(days=DAYS_BEFORE_DUE), timezone.localdate())
    form = WantedForm(request.POST or None, initial={"due": due})
    if form.is_valid():
        try:
            made = stage.ask(submission, _wanted(request, form), by=request.user)
        except (Refused, WrongState) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The stations are asked. Give them their links or files now."))
            return redirect("part-request", pk=made.pk)
    return _form_page(request, form, submission)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_request(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask for other rows, more stations, or until another day."""
    found = asked_request(request, pk)
    form = WantedForm(request.POST or None, initial={"due": found.due, "note": found.note})
    if form.is_valid():
        try:
            stage.change(found, _wanted(request, form), by=request.user)
        except (Refused, WrongState) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("What the stations are asked for was changed."))
            return redirect("part-request", pk=pk)
    return _form_page(request, form, found.submission, found)


def _wanted(request: PersonRequest, form: WantedForm) -> stage.Wanted:
    stations = [whole_number(key) for key in request.POST.getlist("stations")]
    return stage.Wanted(request.POST.getlist("cells"), stations, form.cleaned_data["due"], form.cleaned_data["note"])


def _form_page(
    request: PersonRequest, form: WantedForm, submission: Submission, of: PartRequest | None = None
) -> HttpResponse:
    cells = stage.askable(submission, of)
    stations = stage.stations_for(submission, of)
    if form.is_bound:
        codes, keys = set(request.POST.getlist("cells")), {whole_number(k) for k in request.POST.getlist("stations")}
    elif of:
        codes = {one.code for one in stage.asked(of)}
        keys = set(of.station_parts.values_list("station", flat=True))
    else:
        codes, keys = {one.code for one in cells}, {one.pk for one in stations}
    context = {
        "form": form,
        "submission": submission,
        "part_request": of,
        "tables": [
            (table.name, [(one, one.code in codes) for one in members])
            for table, members in groupby(cells, key=lambda one: one.table)
        ],
        "stations": [(one, one.pk in keys) for one in stations],
        "problem": "" if fits_status("submit", submission) else why_not("submit", submission),
    }
    return render(request, "collection/ask.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def part_request(request: PersonRequest, pk: int) -> HttpResponse:
    """Who has sent in what, what they make together, and what can be done next."""
    found = get_object_or_404(PartRequest.objects.for_user(request.user).for_reading(), pk=pk)
    return request_page(request, found)


def request_page(request: PersonRequest, found: PartRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    totals = takeover.read(found)
    context = {
        "part_request": found,
        "submission": found.submission,
        "totals": totals,
        "may_ask": may_ask(request.user, found.submission),
        "problem": problem,
        "states": _states(totals),
        "urged": {one.part_id: one for one in PartUrge.objects.filter(part__request=found)},
        "can_take_over": may_ask(request.user, found.submission) and fits_status("submit", found.submission),
        "changed": [one for one in totals.cells if one.has_changed],
        "has_taken": any(one.taken for one in totals.cells),
    }
    return render(request, "collection/request.html", context, status=status)


def _states(totals: takeover.Totals) -> list[tuple[str, str, int]]:
    """Value, word and number of each state."""
    states = [part.status for part in totals.parts]
    return [(state.value, str(state.label), states.count(state)) for state in PartStatus if state in states]


@login_required
@require_POST
def withdraw_request(request: PersonRequest, pk: int) -> HttpResponse:
    """Of a request that was made by mistake, as long as no station has begun."""
    found = asked_request(request, pk)
    try:
        stage.withdraw(found, by=request.user)
    except (Refused, WrongState) as error:
        return request_page(request, found, problem=str(error), status=409)
    messages.success(request, _("The request was withdrawn. Its links open nothing any more."))
    return redirect("stations")


def asked_request(request: PersonRequest, pk: int) -> PartRequest:
    """A request of a sheet that the person fills; 404 out of scope, 403 for everybody else."""
    found = get_object_or_404(PartRequest.objects.for_user(request.user).for_reading(), pk=pk)
    if not may_ask(request.user, found.submission):
        raise PermissionDenied
    return found
