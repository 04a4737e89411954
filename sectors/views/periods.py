"""Periods: their calendars, how far each is, and who has delivered what."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sectors import jobs
from sectors.access import can_manage, can_open_period, can_read_boards, can_read_periods
from sectors.approval import moves
from sectors.calculation.periods import PeriodKey
from sectors.calendar import periods as calendars
from sectors.calendar import workdays
from sectors.calendar.forms import CopyForm, DaysForm, PeriodForm
from sectors.catalogue.assignments import unassigned
from sectors.catalogue.compiled import catalogue
from sectors.guard import WrongState, lock_region
from sectors.models import Assignment, Period, Region, Sheet
from sectors.models.periods import FIRST_YEAR
from sectors.reminders import urging
from sectors.shell import undo
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting
from sectors.texts import whole_number
from sectors.versions import Conflict
from sectors.views.jobs import follow
from sectors.vocabulary import PERIODS_A_YEAR

HEADS = (
    Head(gettext_lazy("Period"), "period", ("year", "due")),
    Head(gettext_lazy("Opens"), "opens", ("opens",)),
    Head(gettext_lazy("Due"), "due", ("due",)),
    Head(gettext_lazy("Closes"), "closes", ("closes",), may_be_empty=True),
    Head(gettext_lazy("Accepted of expected"), "accepted", ("accepted", "expected")),
)
URGE_HEADS = (
    Head(gettext_lazy("When"), "at", ("at",)),
    Head(gettext_lazy("Department"), "department", ("department__short_name",)),
    Head(gettext_lazy("Kind"), "kind", ("kind",)),
)


@login_required
@require_safe
def periods(request: PersonRequest) -> HttpResponse:
    if not can_read_periods(request.user):
        raise PermissionDenied
    sorting = Sorting(HEADS, request.GET, usual="-period")
    rows = Period.objects.for_user(request.user).select_related("region").with_counts()
    context = {
        "periods": rows.order_by(*sorting.order(), "-year", "-due", "kind", "pk"),
        "sorting": sorting,
        "can_open": can_open_period(request.user),
    }
    return render(request, "sectors/periods.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_period(request: PersonRequest) -> HttpResponse:
    """The office opens a period; its sheets go to the departments, now or on the opening day."""
    region = _own_region(request)
    chosen = _chosen_key(request)
    proposal = calendars.proposed(region, chosen) if chosen else calendars.proposal(region, timezone.localdate())
    initial = {name: getattr(proposal, name) for name in ("year", "kind", "number", "opens", "due")}
    form = PeriodForm(request.POST or None, region=region, initial=initial)
    opened = None
    if form.is_bound:
        with transaction.atomic():
            lock_region(region)  # so that of two who open one period at once the second finds it there
            opened = form.save() if form.is_valid() else None
    if opened is None:
        nobodys = [sheet for one in unassigned(Region.objects.filter(pk=region.pk)) for sheet in one.sheets]
        context = {"form": form, "known_until": max(workdays.ANNOUNCED), "initial": initial, "unassigned": nobodys}
        return render(request, "sectors/open_period.html", context, status=422 if form.is_bound else 200)
    undo.done(request, _("Opened: %(period)s.") % {"period": opened}, "periods", opened=[opened.pk])
    return _hand_out(request, [opened]) or redirect("period", pk=opened.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def copy_calendar(request: PersonRequest) -> HttpResponse:
    """Last year's calendar with its days a year later, to be looked through and taken over."""
    region = _own_region(request)
    years = calendars.years_to_copy(region, timezone.localdate()) or [timezone.localdate().year + 1]
    year = next((year for year in years if str(year) == request.GET.get("year")), years[0])
    proposals = calendars.copies_for(region, year)
    forms = [CopyForm(request.POST or None, instance=p, prefix=p.code) for p in proposals]
    taken = [form for form in forms if form["take"].value()]
    if request.method == "POST":
        with transaction.atomic():
            lock_region(region)
            wrong = [form for form in taken if not form.is_valid()]
            copied = [] if wrong else [_copy(form) for form in taken]
        if not wrong:
            if not copied:
                messages.warning(request, _("No period was taken over."))
            return _hand_out(request, copied) or redirect("periods")
    days = [day for p in proposals for day in (p.opens, p.due, p.closes)]
    context = {
        "year": year,
        "before": year - 1,
        "years": years,
        "forms": forms,
        "unknown": workdays.not_announced(*days),
    }
    return render(request, "sectors/copy_calendar.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_safe
def period(request: PersonRequest, pk: int) -> HttpResponse:
    """Its calendar, more time, who owes what and was told; for the office what it can do. The board says how far."""
    return period_page(request, pk)


def period_page(request: PersonRequest, pk: int, *, note: str = "", status: int = 200) -> HttpResponse:
    """`note` is what was typed to urge with, and could not be taken."""
    if not can_read_periods(request.user):
        raise PermissionDenied
    found = get_object_or_404(Period.objects.for_user(request.user).select_related("region").with_counts(), pk=pk)
    context = {
        "period": found,
        "has_board": can_read_boards(request.user),
        "can_take_back": can_manage(request.user, found) and calendars.is_untouched(found),
        "is_demo": found.submissions.filter(is_demo=True).exists(),
        "note": note,
    }
    return render(request, "sectors/period.html", context | _about(request, found), status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_period(request: PersonRequest, pk: int) -> HttpResponse:
    """The office moves the days of a period: a later closing day lifts the lock for all."""
    found = _managed(request, pk)
    form = DaysForm(request.POST or None, instance=found)
    if form.is_valid():
        try:
            if calendars.DAYS.keys() & set(form.changed_data):
                calendars.change_days(form.instance, reason=form.cleaned_data["reason"], seen=form.seen)
        except Conflict as conflict:
            form.conflict = conflict
        else:
            messages.success(request, _("The days of %(period)s were changed.") % {"period": found})
            return redirect("period", pk=pk)
    context = {"form": form, "period": found, "known_until": max(workdays.ANNOUNCED)}
    status = 409 if form.conflict else 422 if form.is_bound else 200
    return render(request, "sectors/edit_period.html", context, status=status)


@login_required
@require_POST
def hand_out(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand out what is not with a department yet, and what was left out and is named now; move what was reassigned."""
    found = _managed(request, pk)
    named = request.POST.getlist("sheets")
    calendars.leave_out(found, [sheet for sheet in found.left_out.all() if str(sheet.pk) not in named])
    return _start(request, [found])


def _chosen_key(request: PersonRequest) -> PeriodKey | None:
    """The period whose days the page asks for."""
    year, number = (whole_number(request.GET.get(name, "")) for name in ("year", "number"))
    kind = request.GET.get("kind", "")
    is_one = 1 <= number <= PERIODS_A_YEAR.get(kind, 0)
    return PeriodKey(year, kind, number) if is_one and FIRST_YEAR <= year <= timezone.localdate().year + 1 else None


@login_required
@require_POST
def take_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Of a period that was opened by mistake, as long as nobody has begun."""
    found = _managed(request, pk)
    try:
        calendars.take_back(found)
    except Period.DoesNotExist:
        raise Http404 from None
    except WrongState as error:
        messages.error(request, str(error))
        return redirect("period", pk=pk)
    messages.success(request, _("%(period)s was taken back. No department has it any more.") % {"period": found})
    return redirect("periods")


def _own_region(request: PersonRequest) -> Region:
    region = request.user.region
    if not can_open_period(request.user) or region is None:
        raise PermissionDenied
    return region


def _managed(request: PersonRequest, pk: int) -> Period:
    found = get_object_or_404(Period.objects.for_user(request.user).select_related("region"), pk=pk)
    if not can_manage(request.user, found):
        raise PermissionDenied
    return found


def _hand_out(request: PersonRequest, opened: list[Period]) -> HttpResponse | None:
    """Hand out the sheets of those whose day has come, and say of the others when they will be."""
    for planned in [period for period in opened if period.is_planned]:
        what = {"period": planned, "day": planned.opens}
        text = _("%(period)s is planned: its sheets go to the departments on %(day)s.")
        messages.success(request, text % what)
    begun = [period for period in opened if not period.is_planned]
    return _start(request, begun) if begun else None


def _start(request: PersonRequest, handed: list[Period]) -> HttpResponse:
    title = _("Hand out sheets: %(periods)s") % {"periods": "、".join(map(str, handed))}
    keys = [period.pk for period in handed]
    return follow(request, jobs.start("sectors.hand_out", by=request.user, title=title, periods=keys))


def _copy(form: CopyForm) -> Period:
    taken: Period = form.save()
    calendars.copy_left_out(taken)
    return taken


def _about(request: PersonRequest, found: Period) -> dict[str, Any]:
    """What stands around the board: the calendar, who owes what, urges and extensions."""
    today = timezone.localdate()
    sorting = Sorting(URGE_HEADS, request.GET, usual="-at", parameter="urges")
    rows = found.urges.select_related("department", "by").prefetch_related("deliveries", "submissions__sheet")
    urges = list(rows.order_by(*sorting.order(), "-at", "-pk"))
    times = Counter(urge.department_id for urge in urges)
    last = {urge.department_id: urge for urge in sorted(urges, key=lambda urge: (urge.at, urge.pk))}
    owing = [(o, last.get(o.department.pk), times[o.department.pk]) for o in urging.owing(found)]
    assigned = Assignment.objects.filter(region=found.region)
    left_out = set(found.left_out.values_list("pk", flat=True))
    waiting = Sheet.objects.filter(assignments__in=assigned).exclude(submissions__period=found).order_by("number")
    compiled = catalogue()
    sheets = [(sheet, sheet.pk in left_out) for sheet in waiting if compiled.is_own_period(sheet.pk, found.key)]
    return {
        "can_manage": can_manage(request.user, found),
        "is_closed": found.closes is not None and found.closes < today,
        "workdays_left": workdays.until(found.due, today),
        "unknown": workdays.not_announced(today, found.due, found.closes),
        "owing": owing,
        "late_count": sum(bool(owed.late) for owed, _last, _times in owing),
        "urges": urges,
        "urges_sorting": sorting,
        "day_changes": calendars.day_changes(found),
        "missing": [sheet for sheet, is_left_out in sheets if not is_left_out],
        "left_out": [sheet for sheet, is_left_out in sheets if is_left_out],
        "misplaced": moves.misplaced(found),
        "extensions": found.extensions.select_related("department", "submission__sheet", "by", "ended_by"),
    }
