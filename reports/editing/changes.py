"""The blocks of a locked draft as they are written: the only writer of `Edit` and `EditChange`.

Every change leaves an `EditChange` with what stood there before. The changes that one person makes at one moment are
one act, which `undoing` takes back as a whole.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from reports.editing import assembly, audiences, drafts, figure_tokens, steps, token_syntax
from reports.editing.assembly import Placed
from reports.editing.drafts import Working, WrongState
from reports.editing.figure_tokens import Quote, Quoted, Taken
from reports.models import AnnualReport, Edit, EditChange
from reports.vocabulary import AddedKind, EditKind
from sectors.models import User

ADDED = "added/"  # the keys of what the office added
STATE = ("text", "quotes", "basis", "hidden", "readers", "added", "shows")
PLACE = ("level", "after")
# Of these a change is another version of the block, which whoever writes in an older one is shown first.
WORDS = ("text", "added", "shows")


class Overtaken(WrongState):
    """Somebody else changed the block since the person looked at it, who is to see that first."""


@dataclass(frozen=True)
class Act:
    """What one person does to a locked report at one moment; `undoes` is the first change of what it takes back."""

    report: AnnualReport
    by: User
    undoes: int | None = None
    at: datetime.datetime = field(default_factory=timezone.now)

    def log(
        self, key: str, kind: str, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None
    ) -> None:
        """Every change is on record, and ends the steps that the draft has taken."""
        undoes = {} if self.undoes is None else {"undoes": self.undoes}
        content = {**(before or {}), **undoes}
        EditChange.objects.create(report=self.report, key=key, kind=kind, before=content, by=self.by, at=self.at)
        changes = record.differences(before or {}, after or {})
        region = self.report.region_id
        record.write(
            EventKind.REPORT, self.report, changes=changes, by=self.by, region=region, block=key, act=kind, **undoes
        )
        steps.void(self.report, self.by)


@dataclass(frozen=True)
class Step:
    """An act, and the block that it is about in the report as it stands."""

    act: Act
    working: Working
    item: Placed

    @property
    def report(self) -> AnnualReport:
        return self.act.report


def start(report: AnnualReport, key: str, by: User, seen: int | None = None) -> Step:
    """Lock the report. `seen` is the last change of the block that the person saw; None where nobody looked.

    Raises PermissionDenied, WrongState, Overtaken."""
    locked = drafts.lock(report, by)
    check_seen(locked, key, seen)
    return of(Act(locked, by), key)


def of(act: Act, key: str) -> Step:
    """Raises WrongState where the report has no such block."""
    working = drafts.load(act.report)
    item = working.by_key.get(key)
    if item is None:
        raise WrongState(_("This paragraph is not in the report any more: it was removed meanwhile."))
    return Step(act, working, item)


def last_change(report: AnnualReport, key: str) -> int:
    """The key of the last change of a block but for its place; 0 where there is none."""
    changes = report.changes.filter(key=key).exclude(kind=EditKind.MOVED).order_by("-pk")
    return changes.values_list("pk", flat=True).first() or 0


def check_seen(report: AnnualReport, key: str, seen: int | None) -> None:
    if seen is not None and seen != last_change(report, key):
        raise Overtaken(_("Somebody else changed this paragraph since you opened it. It stands here as it is now."))


def state(edit: Edit | None) -> dict[str, Any]:
    """What an undo brings back."""
    if edit is None:
        return {"text": None, "quotes": [], "basis": "", "hidden": False, "readers": {}, "added": "", "shows": {}}
    return {name: getattr(edit, name) for name in STATE}


def save(step: Step, kind: str, **fields: Any) -> None:
    """Write the block's new state, and on record what stood there before."""
    edit = step.item.edit
    before = state(edit)
    step.act.log(step.item.key, kind, before, {**before, **fields})
    row = edit or Edit(report=step.report, key=step.item.key)
    if any(fields.get(name, getattr(row, name)) != getattr(row, name) for name in WORDS):
        row.version += 1
    for name, value in fields.items():
        setattr(row, name, value)
    row.by, row.at = step.act.by, step.act.at
    row.save()


def read(working: Working, key: str, text: str) -> Taken:
    """Take what a person wrote for the block with this key. A figure may come from any sentence of the draft and goes
    on to print as it did there. Raises BadText."""
    own, others = assembly.runs_by_key(working.generated), working.edits
    quotes: dict[Quoted, Quote] = {}
    for edit in sorted(others, key=lambda edit: edit.key == key):  # its own last
        if edit.text is not None:
            found = figure_tokens.quotes_by_token(edit.text, edit.quotes)
            quotes |= {token: figure_tokens.told_by(edit.key, quote) for token, quote in found.items()}
    return figure_tokens.read(text, working.figures, own.get(key, ()), quotes, own)


def read_new(working: Working, texts: Sequence[str]) -> list[Taken]:
    """Of paragraphs that are not there yet; before what they are split off from is written. Raises BadText."""
    return [read(working, "", text) for text in texts]


def insert(step: Step, texts: Sequence[Taken], *, level: int = 0, alike: bool = False) -> list[str]:
    """Paragraphs behind the block, the first one a heading where it has a level; returns their keys. Those that are
    `alike` are printed where the block is."""
    act = step.act
    number = _next_number(act.report)
    keys = [f"{ADDED}{number + place}" for place in range(len(texts))]
    rows = []
    for place, (key, taken, after) in enumerate(zip(keys, texts, [step.item.key, *keys], strict=False)):
        is_heading = bool(level) and not place
        rows.append(
            Edit(
                report=act.report,
                key=key,
                text=taken.text,
                quotes=taken.stored,
                hidden=alike and step.item.is_hidden_itself,
                added=AddedKind.HEADING if is_heading else AddedKind.PARAGRAPH,
                level=level if is_heading else 0,
                after=after,
                version=1,
                by=act.by,
                at=act.at,
            )
        )
    if alike:
        _print_alike(step, rows)
    _create(step, rows)
    return keys


def insert_figures(step: Step, kind: str, title: str, shows: Mapping[str, Any]) -> str:
    """A table or chart behind the block; returns its key."""
    act = step.act
    key, text = f"{ADDED}{_next_number(act.report)}", token_syntax.escape(title)
    row = Edit(report=act.report, key=key, text=text, added=kind, shows=shows, after=step.item.key, version=1)
    row.by, row.at = act.by, act.at
    _create(step, [row])
    return key


def _create(step: Step, rows: Sequence[Edit]) -> None:
    Edit.objects.bulk_create(rows)
    keys = [row.key for row in rows]
    _put_in_order(step, keys)
    for row in rows:
        step.act.log(row.key, EditKind.ADDED, after={"text": row.text})


def _print_alike(step: Step, rows: Sequence[Edit]) -> None:
    """Half of a sentence is printed for nobody whom the sentence was not printed for."""
    working = step.working
    printing = Working(working.report, working.draft, working.generated, [*working.edits, *rows]).printing
    chosen = working.printing[step.item.key].chosen
    for row in rows:
        row.readers = audiences.marks_for(chosen, printing[row.key])


def _put_in_order(step: Step, keys: Iterable[str]) -> None:
    if step.report.order:
        order = [item.key for item in step.working.placed]
        place = order.index(step.item.key) + 1
        order[place:place] = keys
        AnnualReport.objects.filter(pk=step.report.pk).update(order=order)


def _next_number(report: AnnualReport) -> int:
    """Of a key that nothing in this report had before: a removed paragraph may come back, and a revised edition brings
    the added ones of the edition before."""
    rows: tuple[Any, ...] = (report.edits, report.changes)
    used = {key for found in rows for key in found.filter(key__startswith=ADDED).values_list("key", flat=True)}
    return 1 + max((int(key.removeprefix(ADDED)) for key in used), default=0)


def remove(step: Step) -> None:
    """Take away what is not generated; its words stay on record, and what stood behind it stays where it is."""
    edit = step.item.edit
    if step.item.generated is not None or edit is None:
        raise WrongState(_("What is generated can be hidden, not removed."))
    place = {name: getattr(edit, name) for name in PLACE}
    step.act.log(step.item.key, EditKind.REMOVED, {**state(edit), **place})
    Edit.objects.filter(report=step.report, after=edit.key).update(after=edit.after)
    edit.delete()


def bring_back(act: Act, removal: EditChange) -> None:
    # What was removed before tables could be added does not say that it shows none.
    fields = {name: removal.before[name] for name in (*STATE, *PLACE) if name in removal.before}
    Edit.objects.create(report=act.report, key=removal.key, version=1, by=act.by, **fields)
    act.log(removal.key, EditKind.ADDED, after=fields)
