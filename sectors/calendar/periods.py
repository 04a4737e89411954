"""Calendars of periods: a proposal for the coming one, and last year's copied to the next, on working days."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext_lazy

from sectors.calculation.periods import PeriodKey
from sectors.calendar import workdays
from sectors.models import Department, Period, Region, Submission, User
from sectors.people import notices
from sectors.vocabulary import Frequency

# Departments report a period within so many days after its end, as most do.
DAYS_TO_REPORT = 10
DAYS = {"opens": gettext_lazy("Opens"), "due": gettext_lazy("Due"), "closes": gettext_lazy("Closes")}


@dataclass(frozen=True)
class DayChange:
    """Days of a period that somebody changed: name of the day, before, after."""

    at: datetime.datetime
    by: User | None
    reason: str
    days: list[tuple[str, datetime.date | None, datetime.date | None]]


def proposal(region: Region, today: datetime.date) -> Period:
    """The quarter after the region's latest, or the one that ended last; not stored."""
    latest = Period.objects.filter(region=region, kind=Frequency.QUARTER).order_by("year", "number").last()
    running = PeriodKey(today.year, Frequency.QUARTER, (today.month + 2) // 3)
    key = latest.key.following if latest else running.previous
    period = Period(region=region, kind=key.kind, year=key.year, number=key.number)
    period.opens = workdays.next_workday(period.last_day + workdays.DAY)
    period.due = workdays.next_workday(period.last_day + workdays.DAY * DAYS_TO_REPORT)
    return period


def years_to_copy(region: Region, today: datetime.date) -> list[int]:
    """Years that follow one with periods, up to the coming one, the latest first."""
    years = Period.objects.filter(region=region, year__lte=today.year).values_list("year", flat=True)
    return sorted({year + 1 for year in years}, reverse=True)


def copies_for(region: Region, year: int) -> list[Period]:
    """The calendar of the year before with its days a year later, for periods of `year` that are not there yet.

    Not stored. Deadlines that would fall on a day off move to the next working day. Periods come in the order of time.
    """
    there = set(Period.objects.filter(region=region, year=year).values_list("kind", "number"))
    before = Period.objects.filter(region=region, year=year - 1)
    return sorted(
        (_copy(period) for period in before if (period.kind, period.number) not in there),
        key=lambda period: period.key,
    )


def _copy(period: Period) -> Period:
    return Period(
        region_id=period.region_id,
        year=period.year + 1,
        kind=period.kind,
        number=period.number,
        opens=_a_year_later(period.opens),
        due=_a_year_later(period.due),
        closes=_a_year_later(period.closes) if period.closes else None,
    )


def _a_year_later(day: datetime.date) -> datetime.date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return workdays.next_workday(day.replace(year=day.year + 1, day=28 if is_leap_day else day.day))


def copy_left_out(period: Period) -> None:
    """Leave out of a new period what was left out of the same one a year before."""
    before = Period.objects.filter(
        region=period.region_id, kind=period.kind, year=period.year - 1, number=period.number
    ).first()
    if before:
        period.left_out.set(before.left_out.all())


@transaction.atomic
def change_days(period: Period, *, reason: str) -> None:
    """Store days that were changed, with who did it, and tell the departments that have still to deliver."""
    period._change_reason = reason  # type: ignore[attr-defined]  # what simple-history keeps
    period.save(update_fields=DAYS)
    open_there = Submission.objects.for_period(period).with_department().values("department")
    for department in Department.objects.filter(pk__in=open_there).order_by("pk"):
        notices.notify_new_days(period, department, reason)


def day_changes(period: Period) -> list[DayChange]:
    """How its days were changed, the latest first."""
    kept = list(period.history.select_related("history_user__department"))
    return [
        DayChange(new.history_date, new.history_user, new.history_change_reason or "", days)
        for new, old in pairwise(kept)
        if (days := _changed_days(old, new))
    ]


def _changed_days(old: Period, new: Period) -> list[tuple[str, datetime.date | None, datetime.date | None]]:
    pairs = [(str(label), getattr(old, name), getattr(new, name)) for name, label in DAYS.items()]
    return [(name, before, after) for name, before, after in pairs if before != after]
