"""What may be changed in a submission at the moment, asked by all that write to one: entry, approval, evidence."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sectors.models import Department, Submission
from sectors.vocabulary import Role, SubmissionStatus

# What a step or an extension changes in a submission.
LOCKED_FIELDS = ("status", "department_id", "extended_until", "submitted_by_id", "changed")


class WrongState(Exception):
    """The step does not fit the submission's status; the message says what the status is."""


@dataclass(frozen=True)
class RequestedCells:
    """The cells that a return named; with `only` the others are locked."""

    codes: frozenset[str] = frozenset()
    only: bool = False

    def locks(self, code: str) -> bool:
        return self.only and code not in self.codes


def requested_cells(submission: Submission) -> RequestedCells:
    """What the last return of a returned submission asked for."""
    if submission.status != SubmissionStatus.RETURNED:
        return RequestedCells()
    last = submission.last_return()
    return (
        RequestedCells(frozenset(cell.code for cell in last.cells.all()), last.only_cells) if last else RequestedCells()
    )


def lock(submission: Submission) -> Submission:
    """Keep a submission from others until the transaction ends, and bring it up to date with what they did before."""
    row = Submission.objects.select_for_update().values(*LOCKED_FIELDS).get(pk=submission.pk)
    for name, value in row.items():
        setattr(submission, name, value)  # a department that has changed is fetched again when it is asked for
    return submission


def closed_message(submission: Submission) -> str:
    """Why nothing can be entered in a closed period, and who can lift that."""
    office = Department.objects.filter(region=submission.region_id, users__role=Role.OFFICE).first()
    return _(
        "%(period)s was closed after %(day)s, so nothing can be entered or submitted any more. %(office)s can lift "
        "this with an extension: tell it what is to be entered, why, and until when."
    ) % {"period": submission.period, "day": submission.closes, "office": office or _("The leadership office")}
