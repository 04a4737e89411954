"""A person takes back what they did last to a draft, act by act, and does it again.

What was taken back is on record as any change is. Where somebody else changed the same block since, nothing is.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from reports.editing import changes, drafts, edits
from reports.editing.changes import Act
from reports.editing.drafts import WrongState
from reports.models import AnnualReport, EditChange
from reports.vocabulary import EditKind
from sectors.models import User

# A person does not go back further than so many changes.
FURTHEST = 300


@dataclass(frozen=True)
class Done:
    """Something that a person did at one moment: its first change, when, of which kind, and the act that it takes back,
    if it does; it is then of the kind of what was done first."""

    change: int
    at: datetime.datetime
    kind: str
    undoes: int | None

    @property
    def name(self) -> str:
        return str(EditKind(self.kind).label)


@dataclass(frozen=True)
class Top:
    """What the person would take back now, and what they would do again."""

    undo: Done | None
    redo: Done | None

    @property
    def ways(self) -> list[tuple[str, Done]]:
        return [(way, act) for way, act in (("undo", self.undo), ("redo", self.redo)) if act is not None]


def top(report: AnnualReport, by: User) -> Top:
    """One query."""
    done, undone = _stacks(_acts(report, by))
    return Top(done[-1] if done else None, undone[-1] if undone else None)


@transaction.atomic
def undo(*, report: AnnualReport, by: User, seen: int) -> str:
    """Take back the person's last act; returns the key of a block that it was about. `seen` is the first change of the
    act that their page shows.

    Raises PermissionDenied, WrongState.
    """
    locked = drafts.lock(report, by)
    last = top(locked, by).undo
    if last is None:
        raise WrongState(_("There is nothing of yours to undo here."))
    return _take_back(locked, by, last, seen)


@transaction.atomic
def redo(*, report: AnnualReport, by: User, seen: int) -> str:
    """Do again what the person took back last; as `undo`."""
    locked = drafts.lock(report, by)
    last = top(locked, by).redo
    if last is None:
        raise WrongState(_("There is nothing of yours to do again here."))
    return _take_back(locked, by, last, seen)


def _acts(report: AnnualReport, by: User) -> Iterator[Done]:
    """The first one first. A move of earlier versions of Zhibao does not say which way it went."""
    rows = report.changes.filter(by=by).order_by("-pk").values_list("pk", "at", "kind", "before__undoes", "before__up")
    found = [row for row in reversed(rows[:FURTHEST]) if row[2] != EditKind.MOVED or row[4] is not None]
    for at, members in groupby(found, key=lambda row: row[1]):
        pk, _at, kind, undoes, _up = next(members)
        yield Done(pk, at, kind, undoes)


def _stacks(acts: Iterator[Done]) -> tuple[list[Done], list[Done]]:
    """What can be taken back and what can be done again, the next one last."""
    done: list[Done] = []
    undone: list[Done] = []
    for act in acts:
        if act.undoes is None:
            done.append(act)
            undone.clear()
        elif done and done[-1].change == act.undoes:
            undone.append(replace(act, kind=done.pop().kind))
        elif undone and undone[-1].change == act.undoes:
            done.append(replace(act, kind=undone.pop().kind))
    return done, undone


def _take_back(report: AnnualReport, by: User, last: Done, seen: int) -> str:
    if last.change != seen:
        raise WrongState(_("Nothing was undone: you changed something else meanwhile, maybe in another tab."))
    rows = list(report.changes.filter(by=by, at=last.at).order_by("-pk"))
    _refuse_overtaken(report, by, rows)
    act = Act(report, by, undoes=last.change)
    for row in rows:
        _reverse(act, row)
    return rows[-1].key


def _refuse_overtaken(report: AnnualReport, by: User, rows: Sequence[EditChange]) -> None:
    """Moves are held against moves, and words against words."""
    for row in rows:
        since = report.changes.filter(key=row.key, pk__gt=row.pk).exclude(by=by).select_related("by__department")
        is_move = row.kind == EditKind.MOVED
        theirs = (since.filter(kind=row.kind) if is_move else since.exclude(kind=EditKind.MOVED)).first()
        if theirs is not None:
            message = _(
                "Nothing was undone: %(who)s changed the same paragraph since (%(what)s). Look at it and edit it there."
            )
            raise WrongState(message % {"who": theirs.by.full_name, "what": theirs.get_kind_display()})


def _reverse(act: Act, row: EditChange) -> None:
    match row.kind:
        case EditKind.COVER:
            edits.put_cover(act, row.before["title"], row.before["issuer"], row.before["dated"])
        case EditKind.ANNEXES:
            edits.put_annexes(act, row.before["annexes"])
        case EditKind.MOVED:
            edits.put_elsewhere(changes.of(act, row.key), up=not row.before["up"])
        case EditKind.ADDED:
            changes.remove(changes.of(act, row.key))
        case EditKind.REMOVED:
            changes.bring_back(act, row)
        case _:
            edits.put_back(act, row)
