"""What happened to a submission, in the order of time: its moves, what was said about its cells, its files."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from sectors.models import Attachment, Comment, Submission, Transition, User


@dataclass(frozen=True)
class Event:
    """One thing that happened; exactly one of the last four says what."""

    at: datetime.datetime
    by: User | None
    moved: Transition | None = None
    said: Comment | None = None
    resolved: Comment | None = None
    attached: Attachment | None = None
    removed: Attachment | None = None


def read(submission: Submission) -> list[Event]:
    """Oldest first; two queries, and the transitions of `for_reading`."""
    moves = [Event(move.at, move.by, moved=move) for move in submission.transitions.all()]
    return sorted([*moves, *_talk(submission), *_files(submission)], key=lambda event: event.at)


def _talk(submission: Submission) -> Iterator[Event]:
    resolved: dict[tuple[int, datetime.datetime], Comment] = {}
    for comment in submission.comments.select_related("by__department", "resolved_by__department", "indicator"):
        yield Event(comment.at, comment.by, said=comment)
        if comment.resolved_at:  # a thread is resolved at once, and that is one event
            resolved[comment.indicator_id, comment.resolved_at] = comment
    for (_cell, at), comment in resolved.items():
        yield Event(at, comment.resolved_by, resolved=comment)


def _files(submission: Submission) -> Iterator[Event]:
    for file in submission.attachments.select_related("by__department", "removed_by__department"):
        yield Event(file.at, file.by, attached=file)
        if file.removed_at:
            yield Event(file.removed_at, file.removed_by, removed=file)
