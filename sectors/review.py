"""What a reviewer needs: the queue, what is clean in it, and what changed in a submission since the last look."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sectors import approval, judgements
from sectors.access import actions_for
from sectors.models import Extension, Figure, FigureChange, Indicator, StoredFinding, Submission, Transition, Urge, User
from sectors.models.submissions import FigureState

ONWARD = frozenset({"sign", "accept"})
REVIEWED = frozenset({Submission.Status.SIGNED, Submission.Status.ACCEPTED, Submission.Status.RETURNED})


@dataclass(frozen=True)
class Change:
    """A cell that stands otherwise than it did: texts as `Cell.stored` gives them, and who changed it last."""

    indicator: Indicator
    old: str
    new: str
    by: User | None
    at: datetime.datetime


@dataclass(frozen=True)
class Named:
    """A cell that the last return named, and what became of it since."""

    indicator: Indicator
    change: Change | None


@dataclass(frozen=True)
class Event:
    """One entry of the timeline; `kind` says which of the others is there."""

    kind: str
    at: datetime.datetime
    step: Transition | None = None
    urge: Urge | None = None
    extension: Extension | None = None
    by: User | None = None
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class Trouble:
    """What keeps a submission from being accepted unread."""

    missing: int = 0
    findings: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.findings)


def queue(user: User) -> list[Submission]:
    """Submissions that wait for this person's signature or acceptance, soonest due first."""
    statuses = (Submission.Status.SUBMITTED, Submission.Status.SIGNED)
    rows = Submission.objects.for_user(user).filter(status__in=statuses).for_listing()
    return [found for found in rows if ONWARD & set(actions_for(user, found))]


def troubles(submissions: Collection[Submission]) -> dict[int, Trouble]:
    """Empty required cells and findings of each submission (`period` fetched) by its key; constant queries.

    A finding that the department explained is one for the office to read, until it lets the finding stand.
    """
    if not submissions:
        return {}
    states = (StoredFinding.State.OPEN, StoredFinding.State.EXPLAINED)
    found = Counter(
        StoredFinding.objects.filter(submission__in=submissions, state__in=states).values_list("submission", flat=True)
    )
    required: dict[int, list[Indicator]] = {}
    for indicator in Indicator.objects.filter(sheet__in=[s.sheet_id for s in submissions], formula="", required=True):
        required.setdefault(indicator.sheet_id, []).append(indicator)
    answered = set(
        Figure.objects.filter(submission__in=submissions, indicator__required=True)
        .exclude(state=FigureState.BLANK)
        .values_list("submission", "indicator")
    )
    return {
        s.pk: Trouble(
            missing=sum(
                i.valid_on(s.period.last_day) and (s.pk, i.pk) not in answered for i in required.get(s.sheet_id, [])
            ),
            findings=found[s.pk],
        )
        for s in submissions
    }


def accept_clean(submissions: Iterable[Submission], *, by: User) -> tuple[int, list[str]]:
    """Accept those that are clean at this moment; returns how many, and a sentence for each that was left."""
    accepted, left = 0, []
    for submission in submissions:
        try:
            with transaction.atomic():
                # Locked before the look: what is judged clean is what is accepted.
                locked = approval.lock(submission)
                judgements.refresh(locked)
                if troubles([locked])[locked.pk].is_clean:
                    approval.move(submission=locked, action="accept", by=by)
                    accepted += 1
                else:
                    left.append(_("%(sheet)s is not clean: read it before accepting.") % {"sheet": submission.sheet})
        except approval.WrongState as error:
            left.append(f"{submission.sheet}: {error}")
        except PermissionDenied:
            left.append(_("%(sheet)s is not yours to accept.") % {"sheet": submission.sheet})
    return accepted, left


def last_look(user: User, submission: Submission) -> datetime.datetime | None:
    """When this person last moved the submission on or back, or else when it was last returned."""
    steps = [step for step in submission.transitions.all() if step.old != step.new and step.new in REVIEWED]
    own = [step.at for step in steps if step.by_id == user.pk]
    returned = [step.at for step in steps if step.new == Submission.Status.RETURNED]
    return max(own, default=max(returned, default=None))


def changes_since(submission: Submission, since: datetime.datetime | None) -> dict[str, Change]:
    """Cells by code that stand otherwise than then; none when there was no look before."""
    return _net(_changes(submission).filter(at__gt=since)) if since else {}


def named_cells(submission: Submission) -> tuple[Transition | None, list[Named]]:
    """The last return, and the cells that it named with what changed in them since."""
    last = submission.last_return()
    if last is None:
        return None, []
    since = changes_since(submission, last.at)
    return last, [Named(cell, since.get(cell.code)) for cell in last.cells.all()]


def timeline(submission: Submission) -> list[Event]:
    """All that happened, oldest first (`transitions` prefetched)."""
    steps = list(submission.transitions.all())
    events = [Event("step", step.at, step=step, by=step.by) for step in steps]
    urges = submission.urges.select_related("by").prefetch_related("deliveries")
    events += [Event("urge", urge.at, urge=urge, by=urge.by) for urge in urges]
    extensions = submission.period.extensions.filter(department=submission.department_id).select_related("by")
    events += [
        Event("extension", extension.at, extension=extension, by=extension.by)
        for extension in extensions
        if extension.submission_id in (None, submission.pk)
    ]
    events += _sittings(_changes(submission), [step.at for step in steps])
    return sorted(events, key=lambda event: event.at)


def _changes(submission: Submission) -> QuerySet[FigureChange]:
    return submission.changes.select_related("indicator", "by").order_by("at", "pk")


def _sittings(rows: Iterable[FigureChange], bounds: list[datetime.datetime]) -> list[Event]:
    """Changes of one person between two steps make one event: a sheet is typed cell by cell."""
    groups: dict[tuple[int, int | None], list[FigureChange]] = {}
    for row in rows:
        groups.setdefault((sum(bound <= row.at for bound in bounds), row.by_id), []).append(row)
    return [
        Event("changes", members[-1].at, by=members[-1].by, changes=list(net.values()))
        for members in groups.values()
        if (net := _net(members))
    ]


def _net(rows: Iterable[FigureChange]) -> dict[str, Change]:
    """First and last text of each cell; what was changed back is no change."""
    found: dict[str, Change] = {}
    for row in rows:
        before = found.get(row.indicator.code)
        old = before.old if before else row.old
        found[row.indicator.code] = Change(row.indicator, old, row.new, row.by, row.at)
    return {code: change for code, change in found.items() if change.old != change.new}
