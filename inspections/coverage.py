"""Who was inspected in a year, who is due by the risk grade, and who failed again.

A firm counts once, however often it was inspected. Those of a year operated on any day of it up to today; merged ones
are no firms of their own. Kind and grade are those of now. Whoever asks counts the inspections that they see.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from inspections.access import reads_persons, sees_departments
from inspections.choices import USUAL_FREQUENCY, RiskGrade
from inspections.models import Firm, Inspection, InspectionFrequency, RectificationNotice, SamplingBatch
from sectors.catalogue.words import words
from sectors.models import Region, User
from sectors.vocabulary import WordKind

YEAR_DAYS = 365
OFFENCES = 2  # failed batches and notices within a year that make a repeat offender
UNGRADED = ""


@dataclass(frozen=True)
class Share:
    """How many of some firms were inspected."""

    inspected: int
    firms: int

    @property
    def missing(self) -> int:
        return self.firms - self.inspected

    @property
    def percent(self) -> str:
        """Cut after one decimal, so that only all are 100."""
        share = self.inspected * 1000 // self.firms if self.firms else 0
        return f"{share // 10}.{share % 10}"

    def __add__(self, other: Share) -> Share:
        return Share(self.inspected + other.inspected, self.firms + other.firms)


NONE = Share(0, 0)


@dataclass(frozen=True)
class KindRow:
    """Firms of a kind: all, those of each grade and those without; `nameless` are inspections of the kind that name no
    firm."""

    kind: str
    word: str
    all: Share
    grades: list[tuple[str, Share]]
    nameless: int


@dataclass(frozen=True)
class Span:
    """A year as far as it has gone."""

    year: int
    today: datetime.date

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.year, 1, 1)

    @property
    def last(self) -> datetime.date:
        return min(datetime.date(self.year, 12, 31), self.today)

    @property
    def is_running(self) -> bool:
        return self.last < datetime.date(self.year, 12, 31)


@dataclass(frozen=True)
class Coverage:
    """A year of a region as a person sees it."""

    user: User
    region: Region
    span: Span

    def firms(self) -> QuerySet[Firm]:
        """Those of the year."""
        rows = Firm.objects.for_user(self.user).filter(region=self.region)
        return rows.within(self.span.first, self.span.last)

    def inspections(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = Inspection.objects.for_user(self.user).filter(region=self.region).order_by()
        return rows.filter(held_on__range=(self.span.first, self.span.last))

    @property
    def is_inspected(self) -> Q:
        """Of firms, those inspected in the year."""
        return Q(pk__in=self.inspections().exclude(firm=None).values("firm"))

    @cached_property
    def rows(self) -> list[KindRow]:
        """By kind, in the order of the words."""
        grouped = self.firms().order_by().values_list("kind", "grade")
        counted = grouped.annotate(n=Count("pk"), done=Count("pk", filter=self.is_inspected))
        found: dict[str, dict[str, Share]] = {}
        for kind, grade, count, done in counted:
            found.setdefault(kind, {})[grade] = Share(done, count)
        nameless = self.nameless
        known = [code for code, _word in words().choices(WordKind.PREMISES_TYPE)]
        codes = sorted(found.keys() | nameless.keys(), key=lambda code: (code not in known, _place(known, code), code))
        return [self._row(code, found.get(code, {}), nameless.get(code, 0)) for code in codes]

    def _row(self, kind: str, shares: Mapping[str, Share], nameless: int) -> KindRow:
        grades = [(grade, shares.get(grade, NONE)) for grade in (*RiskGrade.values, UNGRADED)]
        total = sum(shares.values(), NONE)
        return KindRow(kind, words().label(WordKind.PREMISES_TYPE, kind), total, grades, nameless)

    @property
    def total(self) -> Share:
        return sum((row.all for row in self.rows), NONE)

    @cached_property
    def nameless(self) -> dict[str, int]:
        """How many inspections of a kind name no firm of the register."""
        rows = self.inspections().filter(firm=None).values_list("premises_type")
        return dict(rows.annotate(n=Count("pk")))


def _place(known: list[str], code: str) -> int:
    return known.index(code) if code in known else 0


def frequencies(region: Region) -> dict[str, int]:
    """Inspections a year by grade: what the region asks for, else what is usual."""
    said = dict(InspectionFrequency.objects.filter(region=region).values_list("grade", "a_year"))
    return {grade.value: said.get(grade.value, USUAL_FREQUENCY[grade]) for grade in RiskGrade}


def _seen(user: User, today: datetime.date) -> QuerySet[Any]:
    """Inspections that count for the firms of a region; those of a firm are of its region, so that is not asked."""
    rows: QuerySet[Any] = Inspection.objects.filter(held_on__lte=today).exclude(firm=None).order_by()
    return rows if sees_departments(user) else rows.filter(department__in=[user.department_id])


def with_last(rows: QuerySet[Firm], user: User, today: datetime.date) -> QuerySet[Firm]:
    """Each with the day of its last inspection that the person sees."""
    held = _seen(user, today).filter(firm=OuterRef("pk")).values("firm").annotate(last=Max("held_on"))
    return rows.annotate(last_inspected=Subquery(held.values("last")))


def order_of_names(user: User, region: Region) -> Any:
    """By name; those of persons come first where the person reads them masked, for their order tells names too."""
    return F("name") if reads_persons(user, region.pk) else Case(When(is_person=True, then=Value("")), default="name")


def overdue(rows: QuerySet[Firm], user: User, region: Region, today: datetime.date) -> QuerySet[Firm]:
    """Of some firms, those that operate and whose last inspection is longer ago than their grade allows; one that was
    never inspected counts from its opening, and without a day of opening at once. The longest first."""
    seen, late = _seen(user, today), Q(pk=None)
    for grade, a_year in frequencies(region).items():
        if a_year:
            since = today - datetime.timedelta(days=YEAR_DAYS // a_year)
            recently = Q(pk__in=seen.filter(held_on__gte=since).values("firm"))
            known = Q(pk__in=seen.values("firm")) | Q(opened_on=None) | Q(opened_on__lt=since)
            late |= Q(grade=grade) & known & ~recently
    there = rows.filter(Q(merged_into=None), Q(closed_on=None) | Q(closed_on__gt=today), late)
    longest = F("last_inspected").asc(nulls_first=True)
    return with_last(there, user, today).order_by(longest, order_of_names(user, region), "pk")


@dataclass(frozen=True)
class Offender:
    """A firm that failed again within a year: batches with failures, notices, and the last day of either."""

    firm: Firm
    batches: int
    notices: int
    last: datetime.date


def repeat_offenders(user: User, region: Region, today: datetime.date) -> list[Offender]:
    """Firms with at least `OFFENCES` failed batches and notices in the 12 months up to today; the most first."""
    since = _year_before(today)
    found: dict[int, list[Any]] = {}
    for place, (model, day, more) in enumerate(_OFFENCES):
        rows = model.objects.for_user(user).filter(region=region, firm__isnull=False, **more).order_by()
        rows = rows.filter(**{f"{day}__gt": since, f"{day}__lte": today})
        for pk, at in rows.values_list("firm", day):
            counts = found.setdefault(pk, [0, 0, at])
            counts[place] += 1
            counts[2] = max(counts[2], at)
    again = {pk: counts for pk, counts in found.items() if counts[0] + counts[1] >= OFFENCES}
    firms = Firm.objects.for_user(user).in_bulk(again)
    offenders = [Offender(firms[pk], *counts) for pk, counts in again.items() if pk in firms]
    return sorted(offenders, key=lambda one: (-one.batches - one.notices, -one.last.toordinal(), one.firm.pk))


# Kinds of records that say that a firm failed, the day that counts, and which of them.
_OFFENCES: tuple[tuple[Any, str, dict[str, Any]], ...] = (
    (SamplingBatch, "taken_on", {"failed__gt": 0}),
    (RectificationNotice, "issued_on", {}),
)


def _year_before(day: datetime.date) -> datetime.date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def span(year: int) -> Span:
    return Span(year, timezone.localdate())
