"""What happened to a submission, in the order of time: its moves, changed cells, words about them, files, urges and
extensions."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from sectors.approval import review
from sectors.models import Attachment, Comment, Extension, Submission, Transition, Urge, User


@dataclass(frozen=True)
class Event:
    """One thing that happened; exactly one of the last says what."""

    at: datetime.datetime
    by: User | None
    moved: Transition | None = None
    said: Comment | None = None
    resolved: Comment | None = None
    attached: Attachment | None = None
    removed: Attachment | None = None
    changed: review.EditingSession | None = None
    urged: Urge | None = None
    extended: Extension | None = None


def read(submission: Submission) -> list[Event]:
    """Oldest first; a fixed number of queries, and the transitions of `for_reading`."""
    moves = [Event(move.at, move.by, moved=move) for move in submission.transitions.all()]
    others = (_changes, _talk, _files, _urges, _extensions)
    return sorted([*moves, *(event for kind in others for event in kind(submission))], key=lambda event: event.at)


def _changes(submission: Submission) -> Iterator[Event]:
    for session in review.editing_sessions(submission):
        yield Event(session.at, session.by, changed=session)


def _urges(submission: Submission) -> Iterator[Event]:
    for urge in submission.urges.select_related("by__department"):
        yield Event(urge.at, urge.by, urged=urge)


def _extensions(submission: Submission) -> Iterator[Event]:
    rows = submission.period.extensions.filter(department=submission.department_id)
    for extension in rows.filter(Q(submission=None) | Q(submission=submission)).select_related("by__department"):
        yield Event(extension.at, extension.by, extended=extension)


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
