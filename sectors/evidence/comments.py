"""What people say about cells: the only writer of `Comment`."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from sectors.access import can_comment
from sectors.guard import WrongState, lock
from sectors.models import Comment, Indicator, Submission, User
from sectors.texts import plain

MAX_LENGTH = 2000


@dataclass(frozen=True)
class Thread:
    """A cell whose comments wait for an answer: how many, and the last of them."""

    indicator: Indicator
    count: int
    last: Comment


def open_counts(submission: Submission) -> dict[str, int]:
    """How many comments wait for an answer, by code of the indicator; cells without one are left out."""
    waiting = submission.comments.filter(resolved_at__isnull=True).order_by().values("indicator__code")
    return dict(waiting.annotate(n=Count("pk")).values_list("indicator__code", "n"))


def threads(submission: Submission) -> list[Thread]:
    """The cells that are talked about, the latest word first; one query."""
    waiting = submission.comments.filter(resolved_at__isnull=True).select_related("indicator", "by__department")
    by_cell: dict[int, list[Comment]] = {}
    for said in waiting.order_by("at", "pk"):
        by_cell.setdefault(said.indicator_id, []).append(said)
    found = [Thread(said[-1].indicator, len(said), said[-1]) for said in by_cell.values()]
    return sorted(found, key=lambda thread: thread.last.at, reverse=True)


@transaction.atomic
def comment(*, submission: Submission, indicator: Indicator, by: User, text: str) -> Comment:
    """Say something about a cell, which opens its thread. Raises PermissionDenied, ValidationError."""
    if not can_comment(by, submission):
        raise PermissionDenied
    text = plain(text)
    if not text:
        raise ValidationError(_("Write what should be said about this cell first."))
    if len(text) > MAX_LENGTH:
        message = _("This comment has %(have)d characters; at most %(most)d fit. Shorten it, or attach a file.")
        raise ValidationError(message % {"have": len(text), "most": MAX_LENGTH})
    lock(submission)  # whoever decides about it has either seen these words or comes before them
    _tell(submission, by, cell=indicator.code, text=text)
    return Comment.objects.create(submission=submission, indicator=indicator, by=by, text=text)


@transaction.atomic
def resolve(*, submission: Submission, indicator: Indicator, by: User, up_to: int) -> int:
    """Resolve the comments of a cell up to the one with this key, so that none is resolved unread; returns how many.

    Raises PermissionDenied, and WrongState when somebody else was faster.
    """
    if not can_comment(by, submission):
        raise PermissionDenied
    lock(submission)
    waiting = Comment.objects.filter(submission=submission, indicator=indicator, resolved_at__isnull=True)
    count = waiting.filter(pk__lte=up_to).update(resolved_by=by, resolved_at=timezone.now())
    if not count:
        raise WrongState(_("Everything said about this cell is resolved already."))
    _tell(submission, by, cell=indicator.code, resolved=count)
    return count


def _tell(submission: Submission, by: User, **what: object) -> None:
    record.write(EventKind.COMMENT, submission, by=by, region=submission.region_id, **what)
