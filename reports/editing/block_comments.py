"""What is said about blocks of a draft: the only writer of `BlockComment`, but for `drafts`, which renames blocks.

The office talks at any time, whoever reviews and the leader while the draft lies with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from reports.access import may_take_part
from reports.editing import assembly, drafts
from reports.editing.drafts import WrongState
from reports.models import AnnualReport, BlockComment
from sectors.models import User
from sectors.texts import plain

MAX_LENGTH = 2000
QUOTED = 60


@dataclass(frozen=True)
class Thread:
    """A block whose comments wait for an answer: the words they are about, how many, and the last of them."""

    key: str
    quoted: str
    count: int
    last: BlockComment


def open_counts(report: AnnualReport) -> dict[str, int]:
    """How many comments wait for an answer, by the key of the block; one query."""
    waiting = report.block_comments.waiting().order_by().values("key")
    return dict(waiting.annotate(n=Count("pk")).values_list("key", "n"))


def threads(report: AnnualReport) -> list[Thread]:
    """Blocks that are talked about, in the order in which that began; one query."""
    by_key: dict[str, list[BlockComment]] = {}
    for said in report.block_comments.waiting().select_related("by__department").order_by("pk"):
        by_key.setdefault(said.key, []).append(said)
    return [Thread(key, said[0].quoted, len(said), said[-1]) for key, said in by_key.items()]


def of_block(report: AnnualReport, key: str) -> Sequence[BlockComment]:
    rows = report.block_comments.filter(key=key).select_related("by__department", "resolved_by")
    return list(rows.order_by("pk"))


@transaction.atomic
def comment(*, report: AnnualReport, key: str, by: User, text: str) -> BlockComment:
    """Say something about a block, which opens its thread. Raises PermissionDenied, WrongState, ValidationError."""
    working = drafts.load(_held(report, by))
    text = plain(text)
    if not text:
        raise ValidationError(_("Write what should be said about this paragraph first."))
    if len(text) > MAX_LENGTH:
        message = _("This comment has %(have)d characters; at most %(most)d fit. Shorten it.")
        raise ValidationError(message % {"have": len(text), "most": MAX_LENGTH})
    item = working.by_key.get(key)
    if item is None:
        raise WrongState(_("This paragraph is not in the report any more: it was removed meanwhile."))
    quoted = assembly.printed_text(item.block)[:QUOTED]
    _tell(working.report, by, block=key, text=text)
    return BlockComment.objects.create(report=working.report, key=key, by=by, text=text, quoted=quoted)


@transaction.atomic
def resolve(*, report: AnnualReport, key: str, by: User, up_to: int) -> int:
    """Resolve the comments of a block up to the one with this key, so that none is resolved unread; returns how many.

    Raises PermissionDenied, and WrongState when somebody else was faster.
    """
    waiting = _held(report, by).block_comments.waiting().filter(key=key, pk__lte=up_to)
    count = waiting.update(resolved_by=by, resolved_at=timezone.now())
    if not count:
        raise WrongState(_("Everything said about this paragraph is resolved already."))
    _tell(report, by, block=key, resolved=count)
    return count


def _tell(report: AnnualReport, by: User, **what: object) -> None:
    record.write(EventKind.COMMENT, report, by=by, region=report.region_id, **what)


def _held(report: AnnualReport, by: User) -> AnnualReport:
    """The locked draft, which the person sees: it may have been taken from them meanwhile."""
    held = drafts.hold(report)
    if not may_take_part(by) or not AnnualReport.objects.for_user(by).filter(pk=report.pk).exists():
        raise PermissionDenied
    return held
