"""The office board: who has delivered what, when, how completely, and what is left to do about it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from django.db.models import Count, Q
from django.utils.functional import Promise

from reports.aggregation.made import Coverage
from reports.boards import submissions as board_submissions
from reports.boards.choice import BoardChoice
from reports.boards.submissions import STATES, BoardSubmission, OpenFindings
from reports.models import AnnualReport
from sectors import timeliness
from sectors.calculation.periods import PeriodKey
from sectors.models import Region, Sector, StoredFinding, Submission, User
from sectors.timeliness import Timeliness
from sectors.vocabulary import FindingState, Frequency, Severity, SubmissionStatus


@dataclass(frozen=True)
class Tally:
    """How far some submissions are."""

    submissions: Sequence[BoardSubmission]

    @cached_property
    def accepted(self) -> Coverage:
        return Coverage(self._count(SubmissionStatus.ACCEPTED), len(self.submissions))

    @cached_property
    def required(self) -> Coverage:
        cells = [(submission.required_filled, submission.required) for submission in self.submissions]
        return Coverage(sum(filled for filled, _all in cells), sum(cells_of for _filled, cells_of in cells))

    @cached_property
    def on_time(self) -> Coverage:
        """Of what is delivered or overdue. What is not due yet is not judged, nor what was imported."""
        counts = Counter(submission.timeliness for submission in self.submissions)
        on_time = counts[Timeliness.ON_TIME]
        return Coverage(on_time, on_time + counts[Timeliness.LATE] + counts[Timeliness.OVERDUE])

    @cached_property
    def imported(self) -> bool:
        """Whether any was."""
        return any(submission.timeliness == Timeliness.IMPORTED for submission in self.submissions)

    @cached_property
    def waiting(self) -> int:
        """With the office, to be accepted."""
        return sum(
            not submission.is_with_department and submission.status != SubmissionStatus.ACCEPTED
            for submission in self.submissions
        )

    @cached_property
    def returned(self) -> int:
        return self._count(SubmissionStatus.RETURNED)

    @cached_property
    def unreported(self) -> int:
        """Drafts, and what its head has not signed."""
        return sum(submission.is_with_department for submission in self.submissions) - self.returned

    @cached_property
    def late(self) -> int:
        return sum(bool(submission.days_late) for submission in self.submissions)

    def _count(self, status: str) -> int:
        return sum(submission.status == status for submission in self.submissions)


@dataclass(frozen=True)
class Late:
    """A department with sheets past their due day, and when it was last urged or reminded of the period."""

    department: int
    name: str
    submissions: list[BoardSubmission]
    last_urge: datetime.datetime | None

    @property
    def days(self) -> int:
        return max(submission.days_late for submission in self.submissions)


@dataclass(frozen=True)
class LatePeriod:
    pk: int
    key: PeriodKey
    departments: list[Late]


@dataclass(frozen=True)
class Board:
    choice: BoardChoice
    submissions: list[BoardSubmission]  # of the chosen region and all in it
    last_urges: dict[tuple[int, int], datetime.datetime]
    findings: list[OpenFindings]
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tally", Tally(self.submissions))

    @property
    def is_demo(self) -> bool:
        return any(submission.is_demo for submission in self.submissions)

    @cached_property
    def own(self) -> list[BoardSubmission]:
        """Those of the chosen region itself."""
        return [submission for submission in self.submissions if submission.region == self.choice.region.pk]

    @cached_property
    def departments(self) -> list[tuple[int, str]]:
        return sorted({(submission.department, submission.department_name) for submission in self.own})

    @cached_property
    def periods(self) -> list[tuple[int, PeriodKey]]:
        found = {(submission.period, submission.key) for submission in self.own}
        return sorted(found, key=lambda row: row[1])

    def columns(self) -> list[tuple[PeriodKey, str]]:
        """Periods of the matrix of a year, each with the address of its own board; annual sheets have none."""
        return [
            (key, "" if key.kind == Frequency.YEAR else self.choice.query_of(code=key.code))
            for _pk, key in self.periods
        ]

    def by_department(self) -> list[tuple[str, list[BoardSubmission], Tally]]:
        """Rows of one period: a department's sheets in the order of the report. A sheet has one department only."""
        found: dict[int, list[BoardSubmission]] = {}
        for submission in self.own:
            found.setdefault(submission.department, []).append(submission)
        return [(name, found[pk], Tally(found[pk])) for pk, name in self.departments]

    def by_period(self) -> list[tuple[str, list[list[BoardSubmission]], Tally]]:
        """Rows of the matrix of a year: a department's submissions by period."""
        place: dict[tuple[int, int], list[BoardSubmission]] = {}
        for submission in self.own:
            place.setdefault((submission.department, submission.period), []).append(submission)
        rows = []
        for pk, name in self.departments:
            cells = [place.get((pk, period), []) for period, _key in self.periods]
            rows.append((name, cells, Tally([submission for cell in cells for submission in cell])))
        return rows

    def by_region(self) -> list[tuple[Region, str, Tally]]:
        """Regions within the chosen one that have something to report, each with the address of its board."""
        found: dict[int, list[BoardSubmission]] = {}
        for submission in self.submissions:
            found.setdefault(submission.region, []).append(submission)
        return [
            (region, self.choice.query_of(region), Tally(found[region.pk]))
            for region in self.choice.below
            if region.pk in found
        ]

    def late(self) -> list[LatePeriod]:
        """Whoever is late in the chosen region, by period, the latest first."""
        rows = sorted(
            (submission for submission in self.own if submission.days_late),
            key=lambda s: (s.period, s.department, s.sheet.number),
        )
        found = []
        for period, members in groupby(rows, key=lambda submission: submission.period):
            submissions = list(members)
            late = [
                Late(pk, theirs[0].department_name, theirs, self.last_urges.get((period, pk)))
                for pk, theirs in (
                    (pk, list(of)) for pk, of in groupby(submissions, key=lambda submission: submission.department)
                )
            ]
            found.append(LatePeriod(period, submissions[0].key, sorted(late, key=lambda one: -one.days)))
        return sorted(found, key=lambda one: -one.departments[0].days)

    @staticmethod
    def states() -> list[tuple[str, str | Promise, str | Promise]]:
        return [(key, letter, word) for key, (letter, word) in STATES.items()]


def office(choice: BoardChoice, sector: Sector | None = None) -> Board:
    """Everything the board shows, of all sectors or one; the number of queries does not depend on what there is."""
    return Board(
        choice,
        board_submissions.submissions(choice, sector),
        board_submissions.last_urges(choice),
        board_submissions.findings(choice, sector),
    )


@dataclass(frozen=True)
class Waiting:
    """What waits for the office, of all periods; `findings_here` are those of the periods that the board shows."""

    submissions: int
    findings: int
    findings_here: int
    drafts: list[int]  # years of reports that are begun and not issued


def waiting_for(user: User, choice: BoardChoice) -> Waiting:
    mine = Submission.objects.for_user(user)
    errors = StoredFinding.objects.for_user(user).filter(severity=Severity.ERROR, state=FindingState.EXPLAINED)
    here = Q(submission__period__year=choice.year)
    if choice.period:
        here &= Q(submission__period__kind=choice.period.kind, submission__period__number=choice.period.number)
    counts = errors.aggregate(all=Count("pk"), here=Count("pk", filter=here))
    return Waiting(
        mine.filter(timeliness.with_office()).count(),
        counts["all"],
        counts["here"],
        list(AnnualReport.objects.for_user(user).drafts().order_by("year").values_list("year", flat=True)),
    )
