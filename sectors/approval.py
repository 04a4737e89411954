"""The only writer of `Submission.status`. Every step is one locked, atomic move that leaves a `Transition`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sectors import counting, judgements
from sectors.access import MOVES, fits_status, has_right
from sectors.models import Assignment, Indicator, Period, Submission, Transition, User


class WrongState(Exception):
    """The step does not fit the submission's status; the message says what the status is."""


class ReasonMissing(Exception):
    """The step needs a reason and none was given."""


class Unresolved(Exception):
    """Findings stand in the way of the submission: errors, errors that wait for the office, warnings without reason."""

    def __init__(self, errors: int, waiting: int, warnings: int) -> None:
        self.errors, self.waiting, self.warnings = errors, waiting, warnings
        parts = [
            (
                errors,
                ngettext(
                    "%(count)d error is to be mended or explained",
                    "%(count)d errors are to be mended or explained",
                    errors,
                ),
            ),
            (
                waiting,
                ngettext(
                    "%(count)d explained error waits for the office",
                    "%(count)d explained errors wait for the office",
                    waiting,
                ),
            ),
            (warnings, ngettext("%(count)d warning needs a reason", "%(count)d warnings need a reason", warnings)),
        ]
        listed = _("; ").join(text % {"count": count} for count, text in parts if count)
        super().__init__(_("Not submitted yet: %(what)s.") % {"what": listed})


@dataclass(frozen=True)
class ToMend:
    """Cells that a return named; with `only` the others are locked."""

    codes: frozenset[str] = frozenset()
    only: bool = False

    def locks(self, code: str) -> bool:
        return self.only and code not in self.codes


def to_mend(submission: Submission) -> ToMend:
    """What the last return of a returned submission asked for."""
    if submission.status != Submission.Status.RETURNED:
        return ToMend()
    last = submission.transitions.filter(new=Submission.Status.RETURNED).prefetch_related("cells").last()
    return ToMend(frozenset(cell.code for cell in last.cells.all()), last.only_cells) if last else ToMend()


@transaction.atomic
def move(
    *,
    submission: Submission,
    action: str,
    by: User,
    reason: str = "",
    cells: Collection[str] = (),
    only_cells: bool = False,
) -> Submission:
    """Take one step of `access.MOVES`. A return may name cells to mend by code, and lock the others.

    Raises PermissionDenied for a missing right, WrongState when another step came first, ReasonMissing when a
    return has no reason, Unresolved when findings stand in the way of submitting. Nothing is written then.
    """
    locked = (
        Submission.objects.select_for_update(of=("self",)).select_related("department", "period").get(pk=submission.pk)
    )
    if not has_right(by, action, locked):
        raise PermissionDenied
    if not fits_status(action, locked):
        raise WrongState(
            _("This submission is now “%(status)s”, so the step no longer fits. Look at it again.")
            % {"status": locked.get_status_display()}
        )
    if action == "submit":
        _check_findings(locked)
    reason = reason.strip()
    if MOVES[action].reason and not reason:
        raise ReasonMissing(_("Please write a reason: the department needs to know what to mend."))
    step = _write(locked, MOVES[action].new, by=by, reason=reason, only_cells=only_cells and bool(cells))
    if cells and MOVES[action].new == Submission.Status.RETURNED:
        step.cells.set(Indicator.objects.filter(sheet=locked.sheet_id, code__in=list(cells)))
    return locked


def _check_findings(submission: Submission) -> None:
    """All checks once more, on the figures as they are while nobody else can change them."""
    judgements.refresh(submission)
    counts = submission.findings.counts()
    if any(counts.values()):
        raise Unresolved(**counts)


@transaction.atomic
def open_period(period: Period, *, is_demo: bool = False) -> int:
    """Hand the region's sheets of the period's frequency out as drafts; returns how many are new."""
    day = period.last_day
    assigned = Assignment.objects.filter(region=period.region, sheet__frequency=period.kind).select_related("sheet")
    have = set(Submission.objects.for_period(period).values_list("sheet", flat=True))
    new = [
        Submission(
            sheet=assignment.sheet,
            period=period,
            region=period.region,
            department_id=assignment.department_id,
            is_demo=is_demo,
        )
        for assignment in assigned
        if assignment.sheet_id not in have and assignment.sheet.valid_on(day)
    ]
    Submission.objects.bulk_create(new)
    for submission in new:
        counting.refresh(submission)
    return len(new)


@transaction.atomic
def file_history(submissions: list[Submission], *, reason: str) -> None:
    """Accept submissions loaded from a document of a year that is over; nobody signed them here."""
    for submission in submissions:
        _write(submission, Submission.Status.ACCEPTED, by=None, reason=reason)


def _write(
    submission: Submission, status: str, *, by: User | None, reason: str, only_cells: bool = False
) -> Transition:
    step = Transition.objects.create(
        submission=submission, old=submission.status, new=status, by=by, reason=reason, only_cells=only_cells
    )
    submission.status = status
    submission.save(update_fields=["status", "changed"])
    return step
