"""Whether what a return asked for was dealt with: each cell that it names is changed, or answered."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import F

from sectors.entry.requested_cells import enterable_cells, standing
from sectors.models import Comment, FigureChange, FindingNote, Indicator, Submission, Transition
from sectors.sql.catalogue import catalogue_version
from sectors.vocabulary import SubmissionStatus


def unanswered(submissions: Collection[Submission]) -> dict[int, list[Indicator]]:
    """By the key of each submission (`period` fetched) the cells that its standing returns name and its department
    neither changed nor answered since, in the order of the sheet; constant queries.

    A figure that was changed and changed back is not changed. An answer is a comment to the cell, or a reason for a
    finding about it, by somebody of the department.
    """
    returns = {key: steps for key, steps in _standing(submissions).items() if any(step.cells.all() for step in steps)}
    found: dict[int, list[Indicator]] = {submission.pk: [] for submission in submissions}
    if not returns:
        return found
    dealt, version = _dealt_with(returns), catalogue_version()
    for submission in submissions:
        submission.catalogue_version = submission.catalogue_version or version
        for step in returns.get(submission.pk, ()):
            for cell in step.cells.all():
                since = _Since(submission, step.at, dealt[submission.pk])
                if cell not in found[submission.pk] and not since.is_dealt_with(cell):
                    found[submission.pk].append(cell)
    return {
        key: sorted(cells, key=lambda one: (one.table_id or 0, one.row, one.column)) for key, cells in found.items()
    }


def _standing(submissions: Collection[Submission]) -> dict[int, list[Transition]]:
    steps = Transition.objects.filter(
        submission__in=submissions, new__in=(SubmissionStatus.RETURNED, SubmissionStatus.ACCEPTED)
    )
    by_submission: dict[int, list[Transition]] = {}
    for step in steps.exclude(old=F("new")).prefetch_related("cells"):
        by_submission.setdefault(step.submission_id, []).append(step)
    return {key: standing(rows) for key, rows in by_submission.items()}


@dataclass
class _Dealt:
    """What happened to a submission's cells: changes in their order, and when its department said something."""

    changes: dict[str, list[tuple[datetime.datetime, str, str]]] = field(default_factory=dict)
    answers: dict[str, list[datetime.datetime]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Since:
    submission: Submission
    at: datetime.datetime
    dealt: _Dealt

    def is_dealt_with(self, cell: Indicator) -> bool:
        if any(at >= self.at for at in self.dealt.answers.get(cell.code, ())):
            return True
        enterable = enterable_cells(self.submission, [cell.code])
        # What cannot be entered by now, such as a retired cell, is not asked for any more.
        return not enterable or any(map(self._is_changed, enterable))

    def _is_changed(self, code: str) -> bool:
        rows = [(old, new) for at, old, new in self.dealt.changes.get(code, ()) if at >= self.at]
        return bool(rows) and rows[0][0] != rows[-1][1]


def _dealt_with(returns: Mapping[int, Iterable[Transition]]) -> dict[int, _Dealt]:
    """What happened since the first of the standing returns."""
    found = {key: _Dealt() for key in returns}
    own = {"submission__in": list(returns), "at__gte": min(step.at for steps in returns.values() for step in steps)}
    rows = FigureChange.objects.filter(**own).order_by("pk")
    for key, code, *change in rows.values_list("submission", "indicator__code", "at", "old", "new"):
        found[key].changes.setdefault(code, []).append(tuple(change))  # type: ignore[arg-type]
    said = Comment.objects.filter(**own, by__department=F("submission__department"))
    for key, code, at in said.values_list("submission", "indicator__code", "at"):
        found[key].answers.setdefault(code, []).append(at)
    notes = FindingNote.objects.filter(
        finding__submission__in=list(returns),
        at__gte=own["at__gte"],
        by__department=F("finding__submission__department"),
    )
    for key, codes, at in notes.values_list("finding__submission", "finding__indicators", "at"):
        for code in codes:
            found[key].answers.setdefault(code, []).append(at)
    return found
