"""Which cells of a submission its department was asked to mend, and which of the others are locked meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import F

from sectors.catalogue.compiled import sheet_of
from sectors.models import Submission, Transition
from sectors.vocabulary import OPEN_STATUSES, SubmissionStatus


@dataclass(frozen=True)
class RequestedCells:
    """The cells that the last return named, and, where others are locked, those that may be changed."""

    codes: frozenset[str] = frozenset()
    unlocked: frozenset[str] | None = None

    def locks(self, code: str) -> bool:
        return self.unlocked is not None and code not in self.unlocked


def requested_cells(submission: Submission) -> RequestedCells:
    """What the department that has the submission is asked for (`period` fetched)."""
    is_free = submission.status == SubmissionStatus.DRAFT and getattr(submission, "had_locks", None) is False
    returns = [] if is_free or submission.status not in OPEN_STATUSES else standing_returns(submission)
    unlocked = unlocked_cells(submission, returns)
    if not returns or (submission.status != SubmissionStatus.RETURNED and unlocked is None):
        return RequestedCells()
    return RequestedCells(frozenset(cell.code for cell in returns[-1].cells.all()), unlocked)


def standing_returns(submission: Submission) -> list[Transition]:
    """The office's last return since it last accepted the submission, then the last one of the department's own head
    since, as far as there are any; each with its cells."""
    steps = submission.transitions.filter(new__in=(SubmissionStatus.RETURNED, SubmissionStatus.ACCEPTED))
    # Being handed over while it is returned is no return.
    return standing(steps.exclude(old=F("new")).prefetch_related("cells"))


def standing(steps: Iterable[Transition]) -> list[Transition]:
    """The same of a submission's returns and acceptances, in their order."""
    found: list[Transition] = []
    for step in steps:
        if step.new == SubmissionStatus.ACCEPTED or not step.is_of_head:
            found = []
        elif found and found[-1].is_of_head:
            found.pop()
        if step.new == SubmissionStatus.RETURNED:
            found.append(step)
    return found


def unlocked_cells(submission: Submission, returns: Iterable[Transition]) -> frozenset[str] | None:
    """Which cells the standing returns leave open, with their totals; None where all are.

    What the office locks stays locked, whoever in the department has the submission, until the office returns it anew
    or accepts it. The head may leave fewer of the others open.
    """
    unlocked: frozenset[str] | None = None
    for step in returns:
        # Where nothing that was named can be entered by now, such as a retired cell, the others are not locked for it.
        enterable = enterable_cells(submission, [cell.code for cell in step.cells.all()]) if step.only_cells else None
        if enterable:
            enterable |= _totals(submission, enterable)
            unlocked = (enterable & unlocked or unlocked) if unlocked else enterable
    return unlocked


def _totals(submission: Submission, codes: Collection[str]) -> frozenset[str]:
    """The cells of the sheet that are typed in for totals of some cells, and for totals of these: a part that is
    corrected may make its total wrong."""
    sheet = sheet_of(submission)
    return frozenset(code for code in sheet.catalogue.with_totals(codes) if code in sheet.entered)


def enterable_cells(submission: Submission, codes: Collection[str]) -> frozenset[str]:
    """The cells of the sheet that are typed in for some cells: themselves, or what the formula of a computed one reads
    in the end."""
    if not codes:
        return frozenset()
    sheet = sheet_of(submission)
    return frozenset(name for code in codes for name in sheet.catalogue.entered_for(code) if name in sheet.entered)
