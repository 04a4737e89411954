"""What waits for whom: open submissions sorted by what is to be done next, as a first page shows them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import F, Max
from django.utils.translation import gettext as _

from sectors.access import FORWARD_STEPS, actions_for
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import catalogue
from sectors.entry.grid import field_id
from sectors.models import Department, Figure, FigureChange, Submission, Transition, User
from sectors.vocabulary import OPEN_STATUSES, FigureState, Role, SubmissionStatus

SOON = 7  # days


@dataclass(frozen=True)
class Reminder:
    """A line of the first page about what waits elsewhere."""

    text: str
    address: str
    is_late: bool


# What else waits for a person. An app that knows says so when it is ready: this one knows none of them.
reminders: list[Callable[[User], list[Reminder]]] = []


def remind(user: User) -> list[Reminder]:
    """What waits elsewhere, overdue things first."""
    found = [reminder for remind_of in reminders for reminder in remind_of(user)]
    return sorted(found, key=lambda reminder: not reminder.is_late)


@dataclass(frozen=True)
class WorkItem:
    """A submission as a line of a list: its last move and the names of required cells that are empty.

    Being handed over to another department is no move.
    """

    submission: Submission
    last: Transition | None
    missing: list[str]

    @property
    def is_returned(self) -> bool:
        return self.submission.status == SubmissionStatus.RETURNED

    @property
    def is_to_fill(self) -> bool:
        return self.submission.status in OPEN_STATUSES

    @property
    def days_left(self) -> int:
        return self.submission.days_left()

    @property
    def requested_cells(self) -> list[tuple[str, str]]:
        """Names and field ids of the cells that its return asked for."""
        cells = self.last.cells.all() if self.is_returned and self.last else ()
        return [(cell.name, field_id(cell.code)) for cell in cells]

    @property
    def returns(self) -> int:
        """How often it has been returned so far."""
        return sum(move.new == SubmissionStatus.RETURNED != move.old for move in self.submission.transitions.all())


@dataclass(frozen=True)
class WorkGroup:
    name: str
    rows: list[WorkItem]


@dataclass(frozen=True)
class Worklist:
    mine: list[WorkItem]
    others: list[WorkItem]

    @property
    def late(self) -> list[WorkItem]:
        """Past due and still in its department, whoever there has it."""
        return [item for item in [*self.mine, *self.others] if item.submission.is_late]


def worklist_of(user: User) -> Worklist:
    """Everything open that the person sees: theirs to do, and what others have."""
    found = list(Submission.objects.for_user(user).for_worklist())
    mine = [submission for submission in found if FORWARD_STEPS & set(actions_for(user, submission))]
    missing = missing_names(mine) if user.role == Role.CLERK else {}
    items = [WorkItem(submission, _last(submission), missing.get(submission.pk, [])) for submission in found]
    theirs = {submission.pk for submission in mine}
    return Worklist(
        [item for item in items if item.submission.pk in theirs],
        [item for item in items if item.submission.pk not in theirs],
    )


def grouped(items: Iterable[WorkItem]) -> list[WorkGroup]:
    """Returned ones first, then late, due soon and later; a group without rows is left out."""
    groups: dict[str, list[WorkItem]] = {
        _("Returned, to be mended"): [],
        _("Late"): [],
        _("Due within %(count)d days") % {"count": SOON}: [],
        _("Due later"): [],
    }
    returned, late, soon, later = groups.values()
    for item in items:
        if item.is_returned:
            returned.append(item)
        elif item.submission.is_reopened or item.days_left > SOON:
            later.append(item)
        else:
            (late if item.days_left < 0 else soon).append(item)
    return [WorkGroup(name, rows) for name, rows in groups.items() if rows]


def is_new(user: User) -> bool:
    """Whether the person has never entered a figure nor moved a submission."""
    return not (user.figure_changes.exists() or user.transitions.exists())


def coming_period(department: Department) -> PeriodKey | None:
    """The period after the latest of each of the department's sheets, whichever ends first."""
    rows = (
        Submission.objects.filter(department=department)
        .order_by()
        .values_list("sheet", "period__kind")
        .annotate(latest=Max(F("period__year") * 100 + F("period__number")))
    )
    compiled = catalogue()
    latest: dict[int, PeriodKey] = {}
    for sheet, kind, code in rows:
        period = PeriodKey(code // 100, kind, code % 100)
        if kind == compiled.frequency(sheet, period.year):
            latest[sheet] = max(period, latest.get(sheet, period))
    following = (compiled.following_period(sheet, period) for sheet, period in latest.items())
    return min(filter(None, following), default=None)


def _last(submission: Submission) -> Transition | None:
    moves = [move for move in submission.transitions.all() if move.old != move.new]
    return max(moves, key=lambda move: move.pk, default=None)


def missing_names(submissions: Collection[Submission]) -> dict[int, list[str]]:
    """Names of empty required cells by submission, in the order of the sheet."""
    compiled = catalogue()
    answered = set(
        Figure.objects.filter(submission__in=submissions, indicator__required=True)
        .exclude(state=FigureState.BLANK)
        .values_list("submission", "indicator")
    )
    reported = _reported([submission for submission in submissions if submission.is_reopened])
    return {
        submission.pk: [
            indicator.name
            for indicator in compiled.to_enter(submission.sheet_id, submission.period.last_day)
            if indicator.required
            and (submission.pk, indicator.pk) not in answered
            and (not submission.is_reopened or (submission.pk, indicator.pk) in reported)
        ]
        for submission in submissions
    }


def _reported(submissions: Collection[Submission]) -> set[tuple[int, int]]:
    """Submissions and the indicators of which anything was ever reported in them."""
    rows = FigureChange.objects.filter(submission__in=submissions).order_by()
    return set(rows.values_list("submission", "indicator").distinct()) if submissions else set()
