"""The office board: who has delivered what, when, how completely, and what is left to do about it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import groupby
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.choice import Choice
from reports.models import AnnualReport
from reports.values import Coverage, Moment
from sectors.models import Figure, Indicator, Period, Region, Sector, StoredFinding, Submission, Transition, Urge, User

# A letter stands for a state where a word has no room; the page lists them. The key is also the class of its colour.
STATES: dict[str, tuple[str | Promise, str | Promise]] = {
    "late": (pgettext_lazy("one letter", "L"), _("Late")),
    "unfilled": (pgettext_lazy("one letter", "E"), _("Not filled yet")),
    "draft": (pgettext_lazy("one letter", "D"), _("Draft")),
    "returned": (pgettext_lazy("one letter", "R"), _("Returned")),
    "submitted": (pgettext_lazy("one letter", "S"), _("Submitted")),
    "signed": (pgettext_lazy("one letter", "H"), _("Signed")),
    "accepted": (pgettext_lazy("one letter", "A"), _("Accepted")),
}

# What a slip reads of its submission as it is.
READ = {
    **{name: name for name in ("pk", "region", "department", "sheet", "period", "status", "is_demo")},
    "department_name": "department__short_name",
    "sector": "sheet__sector",
    "number": "sheet__number",
    "sheet_name": "sheet__name",
    "signs": "department__signs",
}
PERIOD = ("period__year", "period__kind", "period__number")


@dataclass(frozen=True)
class Slip:
    """A submission as the board shows it. `delivered` is when it first left the department, if that is on record."""

    pk: int
    region: int
    department: int
    department_name: str
    sector: int
    sheet: int
    number: str
    sheet_name: str
    moment: Moment
    period: int
    due: datetime.date
    status: str
    signs: bool
    is_demo: bool
    required: int
    required_filled: int
    filled: int
    delivered: datetime.date | None
    today: datetime.date

    @property
    def is_with_department(self) -> bool:
        return self.status in ("draft", "returned") or (self.status == "submitted" and self.signs)

    @property
    def days_late(self) -> int:
        return max((self.today - self.due).days, 0) if self.is_with_department else 0

    @property
    def state(self) -> str:
        if self.days_late:
            return "late"
        return "unfilled" if self.status == "draft" and not self.filled else self.status

    @property
    def status_word(self) -> str | Promise:
        """What it is besides late."""
        return STATES["unfilled" if self.status == "draft" and not self.filled else self.status][1]

    @property
    def letter(self) -> str | Promise:
        return STATES[self.state][0]

    @property
    def word(self) -> str | Promise:
        return STATES[self.state][1]

    @property
    def was_on_time(self) -> bool | None:
        """None while there is still time, and for history that came in without its dates."""
        if self.delivered is not None:
            return self.delivered <= self.due
        return False if self.days_late else None


@dataclass(frozen=True)
class Tally:
    """How far some slips are."""

    slips: Sequence[Slip]

    @cached_property
    def accepted(self) -> Coverage:
        return Coverage(self._count("accepted"), len(self.slips))

    @cached_property
    def required(self) -> Coverage:
        cells = [(slip.required_filled, slip.required) for slip in self.slips]
        return Coverage(sum(filled for filled, _all in cells), sum(cells_of for _filled, cells_of in cells))

    @cached_property
    def on_time(self) -> Coverage:
        judged = [slip.was_on_time for slip in self.slips if slip.was_on_time is not None]
        return Coverage(sum(judged), len(judged))

    @cached_property
    def waiting(self) -> int:
        """With the office, to be accepted."""
        return sum(not slip.is_with_department and slip.status != "accepted" for slip in self.slips)

    @cached_property
    def returned(self) -> int:
        return self._count("returned")

    @cached_property
    def unreported(self) -> int:
        """Drafts, and what its head has not signed."""
        return sum(slip.is_with_department for slip in self.slips) - self.returned

    @cached_property
    def late(self) -> int:
        return sum(bool(slip.days_late) for slip in self.slips)

    def _count(self, status: str) -> int:
        return sum(slip.status == status for slip in self.slips)


@dataclass(frozen=True)
class Late:
    """A department with sheets past their due day, and when it was last urged or reminded of the period."""

    department: int
    name: str
    slips: list[Slip]
    told: datetime.datetime | None

    @property
    def days(self) -> int:
        return max(slip.days_late for slip in self.slips)


@dataclass(frozen=True)
class LatePeriod:
    pk: int
    moment: Moment
    departments: list[Late]


@dataclass(frozen=True)
class Open:
    """Findings of a period that nobody has dealt with."""

    period: int
    moment: Moment
    errors: int
    waiting: int
    warnings: int

    @property
    def total(self) -> int:
        return self.errors + self.waiting + self.warnings


@dataclass(frozen=True)
class Board:
    choice: Choice
    slips: list[Slip]  # of the chosen region and all in it
    told: dict[tuple[int, int], datetime.datetime]
    findings: list[Open]
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tally", Tally(self.slips))

    @property
    def is_demo(self) -> bool:
        return any(slip.is_demo for slip in self.slips)

    @cached_property
    def own(self) -> list[Slip]:
        """Those of the chosen region itself."""
        return [slip for slip in self.slips if slip.region == self.choice.region.pk]

    @cached_property
    def departments(self) -> list[tuple[int, str]]:
        return sorted({(slip.department, slip.department_name) for slip in self.own})

    @cached_property
    def moments(self) -> list[tuple[int, Moment]]:
        found = {(slip.period, slip.moment) for slip in self.own}
        return sorted(found, key=lambda row: (row[1].last_month, row[1].kind == "year", row[1].kind == "half"))

    def columns(self) -> list[tuple[Moment, str]]:
        """Periods of the matrix of a year, each with the address of its own board; annual sheets have none."""
        return [(at, "" if at.kind == "year" else self.choice.query_of(code=at.code)) for _pk, at in self.moments]

    def by_sheet(self) -> list[tuple[Slip, list[Slip | None]]]:
        """Rows of the matrix of one period: a slip that names the sheet, then one for each department."""
        return [(s, [s if s.department == pk else None for pk, _name in self.departments]) for s in self.own]

    def by_period(self) -> list[tuple[str, list[list[Slip]], Tally]]:
        """Rows of the matrix of a year: a department's slips by period."""
        place: dict[tuple[int, int], list[Slip]] = {}
        for slip in self.own:
            place.setdefault((slip.department, slip.period), []).append(slip)
        rows = []
        for pk, name in self.departments:
            cells = [place.get((pk, period), []) for period, _moment in self.moments]
            rows.append((name, cells, Tally([slip for cell in cells for slip in cell])))
        return rows

    def by_region(self) -> list[tuple[Region, str, Tally]]:
        """Regions within the chosen one that have something to report, each with the address of its board."""
        found: dict[int, list[Slip]] = {}
        for slip in self.slips:
            found.setdefault(slip.region, []).append(slip)
        return [
            (region, self.choice.query_of(region), Tally(found[region.pk]))
            for region in self.choice.below
            if region.pk in found
        ]

    def late(self) -> list[LatePeriod]:
        """Whoever is late in the chosen region, by period, the latest first."""
        rows = sorted((slip for slip in self.own if slip.days_late), key=lambda s: (s.period, s.department, s.number))
        found = []
        for period, members in groupby(rows, key=lambda slip: slip.period):
            slips = list(members)
            late = [
                Late(pk, theirs[0].department_name, theirs, self.told.get((period, pk)))
                for pk, theirs in ((pk, list(of)) for pk, of in groupby(slips, key=lambda slip: slip.department))
            ]
            found.append(LatePeriod(period, slips[0].moment, sorted(late, key=lambda one: -one.days)))
        return sorted(found, key=lambda one: -one.departments[0].days)

    @staticmethod
    def states() -> list[tuple[str, str | Promise, str | Promise]]:
        return [(key, letter, word) for key, (letter, word) in STATES.items()]


def office(choice: Choice, sector: Sector | None = None) -> Board:
    """Everything the board shows, of all sectors or one; the number of queries does not depend on what there is."""
    periods = _periods(choice)
    submissions = Submission.objects.filter(period__in=periods)
    findings = StoredFinding.objects.filter(period__in=periods).exclude(state="mended")
    if sector is not None:
        submissions = submissions.filter(sheet__sector=sector)
        findings = findings.filter(submission__sheet__sector=sector)
    return Board(choice, _slips(submissions), _told(periods), _findings(findings))


def _periods(choice: Choice) -> list[int]:
    found = Period.objects.filter(region__in=choice.region_keys, year=choice.year).order_by()
    if choice.moment:
        found = found.filter(kind=choice.moment.kind, number=choice.moment.number)
    return list(found.values_list("pk", flat=True))


def _slips(submissions: QuerySet[Submission]) -> list[Slip]:
    places = ("sheet__sector__chapter__position", "sheet__sector__position", "sheet__position", "period__due", "pk")
    rows = list(submissions.order_by(*places).values_list(*READ.values(), *PERIOD, "period__due", "extended_until"))
    keys = [row[0] for row in rows]
    filled, delivered, required = _filled(keys), _delivered(keys), _required()
    today = timezone.localdate()
    found = []
    for *columns, year, kind, n, due, extended in rows:
        given: dict[str, Any] = dict(zip(READ, columns, strict=True))
        moment, (cells, needed) = Moment(year, kind, n), filled.get(given["pk"], (0, 0))
        given |= {"moment": moment, "due": max(due, extended or due), "delivered": delivered.get(given["pk"])}
        given |= {"required": required(given["sheet"], moment), "required_filled": needed, "filled": cells}
        found.append(Slip(**given, today=today))
    return found


def _filled(submissions: list[int]) -> dict[int, tuple[int, int]]:
    """How many cells are filled, and how many of those that must be."""
    rows = Figure.objects.filter(submission__in=submissions, indicator__formula="").exclude(state="blank").order_by()
    counted = rows.values_list("submission").annotate(
        cells=Count("pk"), required_cells=Count("pk", filter=Q(indicator__required=True))
    )
    return {pk: (cells, required) for pk, cells, required in counted}


def _delivered(submissions: list[int]) -> dict[int, datetime.date]:
    """The day on which each first left its department."""
    left = Q(new__in=("signed", "accepted")) | Q(new="submitted", submission__department__signs=False)
    moves = Transition.objects.filter(left, submission__in=submissions).order_by().values_list("submission")
    return {pk: timezone.localtime(at).date() for pk, at in moves.annotate(first=Min("at"))}


def _required() -> Callable[[int, Moment], int]:
    """How many cells of a sheet must be filled in a period."""
    valid: dict[int, list[tuple[datetime.date, datetime.date]]] = {}
    ever = datetime.date.min, datetime.date.max
    rows = Indicator.objects.filter(formula="", required=True).order_by()
    for sheet, since, until in rows.values_list("sheet", "valid_from", "valid_to"):
        valid.setdefault(sheet, []).append((since or ever[0], until or ever[1]))

    @cache
    def count(sheet: int, moment: Moment) -> int:
        return sum(since <= moment.last_day <= until for since, until in valid.get(sheet, []))

    return count


def _told(periods: list[int]) -> dict[tuple[int, int], datetime.datetime]:
    rows = Urge.objects.filter(period__in=periods).order_by().values_list("period", "department")
    return {(period, department): last for period, department, last in rows.annotate(last=Max("at"))}


def _findings(rows: QuerySet[StoredFinding]) -> list[Open]:
    """By period, the latest first; periods without any are left out."""
    error = Q(severity="error")
    counted = (
        rows.order_by()
        .values_list("period", *PERIOD)
        .annotate(
            errors=Count("pk", filter=error & Q(state="open")),
            waiting=Count("pk", filter=error & Q(state="explained")),
            warnings=Count("pk", filter=Q(severity="warning", state="open")),
        )
    )
    found = [Open(pk, Moment(year, kind, n), *counts) for pk, year, kind, n, *counts in counted]
    return sorted((one for one in found if one.total), key=lambda one: one.moment.last_month, reverse=True)


@dataclass(frozen=True)
class Waiting:
    """What waits for the office, of all periods."""

    submissions: int
    findings: int
    drafts: list[int]  # years of reports that are begun and not issued


def waiting_for(user: User) -> Waiting:
    mine = Submission.objects.for_user(user)
    at_office = Q(status="signed") | Q(status="submitted", department__signs=False)
    return Waiting(
        mine.filter(at_office).count(),
        StoredFinding.objects.for_user(user).filter(severity="error", state="explained").count(),
        list(AnnualReport.objects.for_user(user).drafts().order_by("year").values_list("year", flat=True)),
    )
