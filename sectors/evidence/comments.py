"""What people say about cells, and the files they attach: the only writer of `Comment` and `Attachment`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from sectors.access import can_comment, can_edit, may_enter
from sectors.evidence import uploads
from sectors.evidence.file_types import TYPES
from sectors.evidence.uploads import Judged, Unfit
from sectors.guard import WrongState, open_for_entry
from sectors.models import Attachment, Comment, Indicator, Submission, User

MOST_LETTERS = 2000
MOST_FILES = 20


@dataclass
class Attached:
    """What became of an upload: good files are kept, and each bad one has a sentence."""

    stored: list[Attachment] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Attachments:
    """The files of a submission as a page shows them; removed ones only to those who may bring them back."""

    kept: list[Attachment]
    removed: list[Attachment]
    may_change: bool

    @property
    def accept(self) -> str:
        """For the file field."""
        return ",".join(f".{end}" for end in TYPES)

    @property
    def types(self) -> str:
        return "、".join(TYPES)


@dataclass(frozen=True)
class Thread:
    """A cell whose comments wait for an answer: how many, and the last of them."""

    indicator: Indicator
    count: int
    last: Comment


def marks(submission: Submission) -> dict[str, int]:
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


def comment(*, submission: Submission, indicator: Indicator, by: User, text: str) -> Comment:
    """Say something about a cell, which opens its thread. Raises PermissionDenied, Unfit."""
    if not can_comment(by, submission):
        raise PermissionDenied
    plain = text.replace("\r\n", "\n").replace("\0", "").strip()  # PostgreSQL takes no NUL
    if not plain:
        raise Unfit(_("Write what should be said about this cell first."))
    if len(plain) > MOST_LETTERS:
        message = _("This comment has %(have)d characters; at most %(most)d fit. Shorten it, or attach a file.")
        raise Unfit(message % {"have": len(plain), "most": MOST_LETTERS})
    return Comment.objects.create(submission=submission, indicator=indicator, by=by, text=plain)


def resolve(*, submission: Submission, indicator: Indicator, by: User, up_to: int) -> int:
    """Resolve the comments of a cell up to the one with this key, so that none is resolved unread; returns how many.

    Raises PermissionDenied, and WrongState when somebody else was faster.
    """
    if not can_comment(by, submission):
        raise PermissionDenied
    waiting = Comment.objects.filter(submission=submission, indicator=indicator, resolved_at__isnull=True)
    count = waiting.filter(pk__lte=up_to).update(resolved_by=by, resolved_at=timezone.now())
    if not count:
        raise WrongState(_("Everything said about this cell is resolved already."))
    return count


def attachments(*, submission: Submission, by: User) -> Attachments:
    """The files of a submission (`department` fetched), in one query."""
    rows = list(submission.attachments.select_related("by__department", "removed_by"))
    may_change = can_edit(by, submission)
    removed = [row for row in rows if row.removed_at and may_change]
    return Attachments([row for row in rows if not row.removed_at], removed, may_change)


def attach(*, submission: Submission, files: Sequence[UploadedFile], by: User) -> Attached:
    """Keep files as evidence; a bad one does not cost the others.

    Raises PermissionDenied, WrongState when the submission is on its way, Unfit when there are none or too many.
    """
    if not may_enter(by, submission):
        raise PermissionDenied
    uploads.check_amount(files)
    done, judged = Attached(), []
    for file in files:  # before the lock: reading large files takes a while
        try:
            judged.append(uploads.judge(file))
        except Unfit as error:
            done.refused.append(str(error))
    with transaction.atomic():
        locked = open_for_entry(submission, by)
        names = dict(locked.attachments.filter(removed_at__isnull=True).values_list("sha256", "name"))
        _check_room(len(names) + len(judged), len(names))
        for found in judged:
            if found.sha256 in names:
                done.refused.append(_there_already(found.name, names[found.sha256]))
                continue
            names[found.sha256] = found.name
            done.stored.append(_store(locked, found, by))
    return done


@transaction.atomic
def remove(*, attachment: Attachment, by: User) -> None:
    """Take a file away: it stays on record and can be brought back. Raises PermissionDenied, WrongState."""
    open_for_entry(attachment.submission, by)
    gone = Attachment.objects.filter(pk=attachment.pk, removed_at__isnull=True)
    if not gone.update(removed_by=by, removed_at=timezone.now()):
        raise WrongState(_("“%(name)s” is removed already.") % {"name": attachment.name})


@transaction.atomic
def restore(*, attachment: Attachment, by: User) -> None:
    """Bring a removed file back. Raises PermissionDenied, WrongState, Unfit when there is no room for it."""
    submission = open_for_entry(attachment.submission, by)
    names = dict(submission.attachments.filter(removed_at__isnull=True).values_list("sha256", "name"))
    if attachment.sha256 in names:
        raise WrongState(_there_already(attachment.name, names[attachment.sha256]))
    _check_room(len(names) + 1, len(names))
    Attachment.objects.filter(pk=attachment.pk).update(removed_by=None, removed_at=None)


def _check_room(wanted: int, have: int) -> None:
    if wanted > MOST_FILES:
        message = _(
            "A submission holds at most %(most)d files, and %(have)d are here. "
            "Remove some first, or put several into one .zip."
        )
        raise Unfit(message % {"most": MOST_FILES, "have": have})


def _there_already(name: str, other: str) -> str:
    return _("“%(name)s” is attached already, as “%(other)s”.") % {"name": name, "other": other}


def _store(submission: Submission, judged: Judged, by: User) -> Attachment:
    return Attachment.objects.create(
        submission=submission,
        file=judged.file,
        name=judged.name,
        size=judged.size,
        content_type=judged.content_type,
        sha256=judged.sha256,
        by=by,
    )
