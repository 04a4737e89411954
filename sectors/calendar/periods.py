"""Calendars of periods: a proposal for the coming one, and last year's copied to the next, on working days.

A calendar means days, such as 10 January, that move to the next working day where they fall on a day off. The days
that are meant are kept (`Period.nominal`), so that a copy begins with them and not with where they fell last year.
"""

from __future__ import annotations

import datetime
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import record
from audit.vocabulary import EventKind
from sectors import versions
from sectors.calculation.periods import PeriodKey
from sectors.calendar import workdays
from sectors.catalogue.compiled import catalogue
from sectors.guard import WrongState, lock_period, lock_periods
from sectors.models import (
    Assignment,
    Department,
    Figure,
    FigureChange,
    FindingNote,
    Period,
    Region,
    Sheet,
    StoredFinding,
    Submission,
    Tally,
    Urge,
    User,
)
from sectors.people import notices
from sectors.vocabulary import Frequency, SubmissionStatus

# Departments report a period within so many days after its end, as most do.
DAYS_TO_REPORT = 10
# What a submission may have before anybody began; what people did to these is asked for by itself.
MADE_BY_ITSELF = (Figure, FigureChange, StoredFinding, Tally, Urge)
DAYS = {"opens": gettext_lazy("Opens"), "due": gettext_lazy("Due"), "closes": gettext_lazy("Closes")}


@dataclass(frozen=True)
class DayChange:
    """Days of a period that somebody changed: name of the day, before, after."""

    at: datetime.datetime
    by: User | None
    reason: str
    days: list[tuple[str, datetime.date | None, datetime.date | None]]


@dataclass(frozen=True)
class NominalDay:
    """A day that a calendar means: in the year so many after that of its period."""

    years: int
    month: int
    day: int

    @classmethod
    def of(cls, day: datetime.date, year: int) -> NominalDay:
        """A day of a period of the year."""
        return cls(day.year - year, day.month, day.day)

    def of_year(self, year: int) -> datetime.date:
        """For a period of the year; 29 February is the 28th where there is none."""
        last = monthrange(year + self.years, self.month)[1]
        return datetime.date(year + self.years, self.month, min(self.day, last))


def nominal_day(period: Period, name: str) -> NominalDay | None:
    """What is meant by a day of `DAYS`; None where there is none."""
    if name in period.nominal:
        kept = period.nominal[name]
        return NominalDay(*kept) if kept else None
    day: datetime.date | None = getattr(period, name)
    return NominalDay.of(day, period.year) if day else None


def _set_days(period: Period, days: Mapping[str, NominalDay | None]) -> Period:
    """Give a period the days that are meant, on working days."""
    for name, day in days.items():
        setattr(period, name, workdays.next_workday(day.of_year(period.year)) if day else None)
        period.nominal[name] = astuple(day) if day else None
    return period


def _usual_days(period: Period) -> dict[str, NominalDay]:
    after = {"opens": 1, "due": DAYS_TO_REPORT}
    return {name: NominalDay.of(period.last_day + workdays.DAY * days, period.year) for name, days in after.items()}


def proposal(region: Region, today: datetime.date) -> Period:
    """The quarter after the region's latest, or the one that ended last; not stored. Where the region reports nothing
    by quarters then, the period of the kind by which it reports most of its sheets."""
    key = _coming(region, Frequency.QUARTER, today)
    kinds = Counter(catalogue().frequency(sheet, key.year) for sheet in _sheets(region))
    if kinds and Frequency.QUARTER not in kinds:
        key = _coming(region, kinds.most_common(1)[0][0], today)
    return proposed(region, key)


def proposed(region: Region, key: PeriodKey) -> Period:
    """A period with its usual days; not stored."""
    period = Period(region=region, kind=key.kind, year=key.year, number=key.number)
    return _set_days(period, _usual_days(period))


def _coming(region: Region, kind: str, today: datetime.date) -> PeriodKey:
    """After the region's latest of a kind, or the one that ended last."""
    latest = Period.objects.filter(region=region, kind=kind).order_by("year", "number").last()
    running = PeriodKey(today.year, Frequency.MONTH, today.month).containing(kind)
    return latest.key.following if latest else running.previous


def _sheets(region: Region) -> QuerySet[Assignment, int]:
    """The keys of those that it reports."""
    return Assignment.objects.filter(region=region).order_by("sheet").values_list("sheet", flat=True)


def keep_usual_days(period: Period) -> None:
    """In a period that somebody opens: a day to which the usual one moves is meant as that one."""
    for name, usual in _usual_days(period).items():
        if getattr(period, name) == workdays.next_workday(usual.of_year(period.year)):
            period.nominal[name] = astuple(usual)


def years_to_copy(region: Region, today: datetime.date) -> list[int]:
    """Years that follow one with periods, up to the coming one, the latest first."""
    years = Period.objects.filter(region=region, year__lte=today.year).values_list("year", flat=True)
    return sorted({year + 1 for year in years}, reverse=True)


def copies_for(region: Region, year: int) -> list[Period]:
    """The calendar of the year before with its days a year later, for periods of `year` that are not there yet.

    Not stored. A day is the one that was meant a year before, or the next working day. Periods come in the order of
    time.
    """
    there = set(Period.objects.filter(region=region, year=year).values_list("kind", "number"))
    before = Period.objects.filter(region=region, year=year - 1)
    return sorted(
        (_copy(period) for period in before if (period.kind, period.number) not in there),
        key=lambda period: period.key,
    )


def _copy(period: Period) -> Period:
    copy = Period(region_id=period.region_id, year=period.year + 1, kind=period.kind, number=period.number)
    return _set_days(copy, {name: nominal_day(period, name) for name in DAYS})


def copy_left_out(period: Period) -> None:
    """Leave out of a new period what was left out of the same one a year before."""
    before = Period.objects.filter(
        region=period.region_id, kind=period.kind, year=period.year - 1, number=period.number
    ).first()
    if before:
        leave_out(period, before.left_out.all())


@transaction.atomic
def leave_out(period: Period, sheets: Iterable[Sheet]) -> None:
    """These sheets, and no others, are not handed out in the period."""
    before = _left_out(period)
    period.left_out.set(sheets)
    changes = [("left_out", before, _left_out(period))]
    if changes[0][1] != changes[0][2]:
        record.write(EventKind.CALENDAR, period, changes=changes, region=period.region_id)


def _left_out(period: Period) -> list[str]:
    return list(period.left_out.order_by("number").values_list("number", flat=True))


def is_untouched(period: Period) -> bool:
    """Whether nobody has done anything in it; what was counted, or reminded of, by itself is nothing."""
    changes = FigureChange.objects.filter(by__isnull=False, submission=OuterRef("pk"))
    notes = FindingNote.objects.filter(finding__submission=OuterRef("pk"))
    begun = ~Q(status=SubmissionStatus.DRAFT) | Q(Exists(changes)) | Q(Exists(notes))
    for relation in Submission._meta.related_objects:  # also what apps above keep of it, which would go with it
        model: Any = relation.related_model
        if model not in MADE_BY_ITSELF:
            begun |= Q(Exists(model._default_manager.filter(**{relation.field.name: OuterRef("pk")})))
    is_asked = period.urges.exclude(by=None).exists() or period.extensions.exists()
    return not (is_asked or Submission.objects.filter(begun, period=period).exists())


@transaction.atomic
def take_back(period: Period) -> None:
    """Remove a period that was opened by mistake, with its empty sheets.

    Raises WrongState once somebody has begun, Period.DoesNotExist where somebody else was first.
    """
    lock_periods([lock_period(period)])
    if not is_untouched(period):
        raise WrongState(_("Somebody has begun already: the period stays. Move its days, or leave sheets out."))
    sheets = Submission.objects.filter(period=period).order_by("sheet__number").values_list("sheet__number", flat=True)
    changes = [("taken back", list(sheets), None)]
    record.write(EventKind.CALENDAR, period, name=str(period), changes=changes, region=period.region_id)
    Submission.objects.filter(period=period).delete()
    period.delete()


@transaction.atomic
def change_days(period: Period, *, reason: str, seen: str | None = None) -> None:
    """Store days that were changed, with who did it, and tell the departments that have still to deliver.

    They hold for this period: what is meant by its days, and copied to the next year, stays. `seen` is the version of
    the days as the person saw them; None where nobody looked. Raises Conflict when they were changed meanwhile.
    """
    before = lock_period(period)
    last = before.history.select_related("history_user__department").first()
    who = (last.history_user, last.history_date) if last else versions.UNKNOWN
    versions.check(before, period, seen, fields=DAYS, last=who)
    keep_nominal_days(period, before)
    period._change_reason = reason  # type: ignore[attr-defined]  # what simple-history keeps
    period.save(update_fields=[*DAYS, "nominal"])
    open_there = Submission.objects.for_period(period).with_department().values("department")
    for department in Department.objects.filter(pk__in=open_there).order_by("pk"):
        notices.notify_new_days(period, department, reason)


def keep_nominal_days(period: Period, before: Period) -> None:
    """Of a period whose days are moved by hand: go on to mean by them what was meant `before`."""
    period.nominal = dict(before.nominal)
    for name in DAYS:
        if getattr(period, name) != getattr(before, name):
            day = nominal_day(before, name)
            period.nominal[name] = astuple(day) if day else None


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
