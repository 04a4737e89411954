"""The office board: who has delivered what, when, how completely, and what is left to do about it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from django.db.models import Q
from django.utils.functional import Promise

from reports.aggregation.values import Coverage, Moment
from reports.boards import submissions as board_submissions
from reports.boards.choice import Choice
from reports.boards.submissions import STATES, Open, Slip
from reports.models import AnnualReport
from sectors.models import Region, Sector, StoredFinding, Submission, User
from sectors.timeliness import Timeliness


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
        """Of what is delivered or overdue. What is not due yet is not judged, nor what was imported."""
        counts = Counter(slip.timeliness for slip in self.slips)
        on_time = counts[Timeliness.ON_TIME]
        return Coverage(on_time, on_time + counts[Timeliness.LATE] + counts[Timeliness.OVERDUE])

    @cached_property
    def imported(self) -> bool:
        """Whether any was."""
        return any(slip.timeliness == Timeliness.IMPORTED for slip in self.slips)

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
        rows = sorted(
            (slip for slip in self.own if slip.days_late), key=lambda s: (s.period, s.department, s.sheet.number)
        )
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
    return Board(
        choice,
        board_submissions.slips(choice, sector),
        board_submissions.last_urges(choice),
        board_submissions.findings(choice, sector),
    )


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
