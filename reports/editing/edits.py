"""What the office does to the blocks of a draft: the only writer of `Edit` and `EditChange`.

Every step locks the report, so that two people change it one after the other; each leaves an `EditChange` with what
stood there before.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.document.characters import printable
from reports.editing import assembly, drafts, figure_tokens, steps
from reports.editing import audiences as audiences_of
from reports.editing.assembly import Placed
from reports.editing.drafts import Working, WrongState
from reports.editing.figure_tokens import BadText
from reports.forms import ANNEXES, COVER
from reports.models import AnnualReport, Edit, EditChange
from reports.vocabulary import AddedKind, Audience, EditKind
from sectors import versions
from sectors.models import User

MOST_TITLE_LINES = 3
ADDED = "added/"  # the keys of what the office added
# Under which changes of the cover, and of the lengths of annexes, are on record.
COVER_KEY, ANNEXES_KEY = "cover", "annexes"


class Conflict(Exception):
    """Somebody else changed the block since the person opened it. `theirs` is the block as it stands now."""

    def __init__(self, theirs: Placed) -> None:
        self.theirs = theirs
        super().__init__(_("Somebody else changed this paragraph while you were writing."))


class Overtaken(WrongState):
    """Somebody else changed the block since the person looked at it, who is to see that first."""


@dataclass(frozen=True)
class Step:
    """A report that is locked, and the block that a step is about."""

    working: Working
    item: Placed
    by: User

    @property
    def report(self) -> AnnualReport:
        return self.working.report


@transaction.atomic
def write(*, report: AnnualReport, key: str, text: str, seen: int, by: User) -> None:
    """Give a block the office's words, figures in them as tokens. `seen` is the version that the person opened.

    Raises PermissionDenied, WrongState, BadText, and Conflict when somebody else wrote it meanwhile.
    """
    step = _start(report, key, by)
    if not step.item.is_editable:
        raise WrongState(_("There are no words to change here."))
    if step.item.version != seen:
        raise Conflict(step.item)
    taken = _read(step.working, step.item, text)
    if taken.text == step.item.text:
        return
    if taken.text == assembly.generated_text(step.item.generated) and not step.item.is_added:
        _save(step, EditKind.RESTORED, text=None, quotes=[], basis="")
    else:
        basis = assembly.generated_text(step.item.generated)
        _save(step, EditKind.TEXT, text=taken.text, quotes=taken.stored, basis=basis)


@transaction.atomic
def take_new(*, report: AnnualReport, key: str, by: User) -> int:
    """Put the new figures into an edited sentence in place of those that changed; returns how many.

    Raises PermissionDenied, WrongState.
    """
    step = _start(report, key, by)
    taken, edit = [item for item in step.item.stale if item.fits], step.item.edit
    if taken and edit is not None:
        quotes = figure_tokens.renewed_quotes(edit.quotes, taken, step.working.figures)
        now = assembly.generated_text(step.item.generated)
        _save(
            step,
            EditKind.TAKEN,
            text=figure_tokens.renewed(step.item.text, taken),
            quotes=[figure_tokens.stored(quote) for quote in quotes],
            # Other words are still to be looked at.
            basis=now if figure_tokens.has_other_figures_only(edit.basis, now) else edit.basis,
        )
    return len(taken)


@transaction.atomic
def keep(*, report: AnnualReport, key: str, seen: int, by: User) -> None:
    """The office's words stay as they are over what is generated in their place by now; figures that the report does
    not print any more stay out of date. `seen` is the number of the draft that the person looked at.

    Raises PermissionDenied, WrongState when somebody generated another draft meanwhile.
    """
    step = _start(report, key, by)
    drafts.refuse_older(step.working, seen)
    edit, generated = step.item.edit, step.item.generated
    if edit is None or edit.text is None or not step.item.is_stale:
        return
    runs = assembly.paragraph_runs(generated)
    quotes = figure_tokens.confirmed(edit.text, edit.quotes, step.working.figures, runs)
    basis = assembly.generated_text(generated)
    _save(step, EditKind.KEPT, quotes=[figure_tokens.stored(quote) for quote in quotes], basis=basis)


@transaction.atomic
def hide(*, report: AnnualReport, key: str, by: User, hidden: bool = True) -> None:
    """Leave a block out of the report, a heading with its section; or show it again."""
    step = _start(report, key, by)
    if step.item.is_hidden_itself != hidden:
        _save(step, EditKind.HIDDEN if hidden else EditKind.SHOWN, hidden=hidden)


@transaction.atomic
def set_readers(
    *, report: AnnualReport, key: str, audiences: Collection[str], by: User, seen: int | None = None
) -> None:
    """Let a block be printed in the editions for these audiences and no others, a heading with its section. `seen` and
    Overtaken as of `remove`. Raises WrongState for what is never public."""
    step = _start(report, key, by, seen)
    found = step.working.printing[key]
    if key in audiences_of.ANNEX_LINES:
        raise WrongState(_("A line of the list of annexes is printed where its annex is."))
    if found.is_never_public and Audience.PUBLIC in audiences:
        raise WrongState(_("This is never printed in the public edition: findings and who owes what stay inside."))
    marks = audiences_of.marks_for(audiences, found)
    if marks != (step.item.edit.readers if step.item.edit else {}):
        _save(step, EditKind.READERS, readers=marks)


@transaction.atomic
def move(*, report: AnnualReport, key: str, up: bool, by: User) -> None:
    """A place up or down, a heading with its section. Raises WrongState at the edge."""
    step = _start(report, key, by)
    order = assembly.moved(step.working.placed, key, up=up)
    if order is None:
        raise WrongState(_("It stands at the top already.") if up else _("It stands at the bottom already."))
    AnnualReport.objects.filter(pk=step.report.pk).update(order=order)
    _record(step, EditKind.MOVED, {})


@transaction.atomic
def add(*, report: AnnualReport, after: str, text: str, level: int = 0, by: User) -> str:
    """A paragraph, or with a level of 1 to 4 a heading, behind the block with the key `after`; returns its key.

    Raises PermissionDenied, WrongState, BadText.
    """
    step = _start(report, after, by)
    taken = figure_tokens.read(text, step.working.figures, (), {})
    key = _new_key(step.report)
    Edit.objects.create(
        report=step.report,
        key=key,
        text=taken.text,
        quotes=taken.stored,
        added=AddedKind.HEADING if level else AddedKind.PARAGRAPH,
        level=level,
        after=after,
        version=1,
        by=by,
    )
    if step.report.order:
        order = [item.key for item in step.working.placed]
        order.insert(order.index(after) + 1, key)
        AnnualReport.objects.filter(pk=step.report.pk).update(order=order)
    _log(step.report, key, EditKind.ADDED, by)
    return key


def _new_key(report: AnnualReport) -> str:
    """One that nothing in this report had before: a removed paragraph may come back, and a revised edition brings the
    added ones of the edition before."""
    rows: tuple[Any, ...] = (report.edits, report.changes)
    used = {key for found in rows for key in found.filter(key__startswith=ADDED).values_list("key", flat=True)}
    return f"{ADDED}{1 + max((int(key.removeprefix(ADDED)) for key in used), default=0)}"


@transaction.atomic
def remove(*, report: AnnualReport, key: str, by: User, seen: int | None = None) -> None:
    """Take away what the office added, or a sentence of its own that is not generated any more. Its words stay on
    record. `seen` is the last change of the block that the person saw (`last_change`); None where nobody looked. Raises
    Overtaken when the block was changed meanwhile."""
    step = _start(report, key, by, seen)
    if step.item.generated is not None or step.item.edit is None:
        raise WrongState(_("What is generated can be hidden, not removed."))
    edit = step.item.edit
    place = {"added": edit.added, "level": edit.level, "after": edit.after}
    _record(step, EditKind.REMOVED, {**_state(edit), **place})
    edit.delete()


@transaction.atomic
def restore(*, report: AnnualReport, key: str, by: User, seen: int | None = None) -> None:
    """Back to the generated words. Raises WrongState where none are generated."""
    step = _start(report, key, by, seen)
    if step.item.generated is None:
        raise WrongState(_("Nothing is generated here to go back to."))
    if step.item.is_edited:
        _save(step, EditKind.RESTORED, text=None, quotes=[], basis="")


@transaction.atomic
def undo(*, report: AnnualReport, key: str, by: User, seen: int | None = None) -> None:
    """Take back the last change of a block's words, of its being hidden or removed; once more makes it again. `seen`
    and Overtaken as of `remove`."""
    locked = drafts.lock(report, by)
    _check_seen(locked, key, seen)
    last = undoable(locked, key)
    if last is None:
        raise WrongState(_("There is nothing to undo here."))
    if last.kind == EditKind.REMOVED:
        _bring_back(locked, last, by)
    else:
        _save(_start(locked, key, by), EditKind.UNDONE, **last.before)


def undoable(report: AnnualReport, key: str) -> EditChange | None:
    return report.changes.filter(key=key).exclude(kind__in=(EditKind.ADDED, EditKind.MOVED)).order_by("-pk").first()


def _bring_back(report: AnnualReport, removal: EditChange, by: User) -> None:
    Edit.objects.create(report=report, key=removal.key, version=1, by=by, **removal.before)
    _log(report, removal.key, EditKind.ADDED, by)


@transaction.atomic
def write_cover(
    *, report: AnnualReport, title: str, issuer: str, dated: datetime.date, by: User, seen: str | None = None
) -> None:
    """Title (a line each), issuing body and date. `seen` is the version of the three as the person saw them; None where
    nobody looked. Raises PermissionDenied, WrongState, BadText, and versions.Conflict when they were changed meanwhile.
    """
    locked = drafts.lock(report, by)
    lines = [line.strip() for line in printable(title).splitlines() if line.strip()]
    if not lines or not issuer.strip():
        raise BadText(_("A report needs a title and an issuing body."))
    if len(lines) > MOST_TITLE_LINES:
        raise BadText(_("The title has at most %(most)d lines.") % {"most": MOST_TITLE_LINES})
    new = AnnualReport(title="\n".join(lines), issuer=printable(issuer).strip(), dated=dated)
    last = locked.changes.filter(key=COVER_KEY).select_related("by__department").order_by("-pk").first()
    versions.check(locked, new, seen, fields=COVER, last=(last.by, last.at) if last else versions.UNKNOWN)
    if versions.version_of(new, fields=COVER) == versions.version_of(locked, fields=COVER):
        return
    before = {"title": locked.title, "issuer": locked.issuer, "dated": locked.dated.isoformat()}
    AnnualReport.objects.filter(pk=locked.pk).update(title=new.title, issuer=new.issuer, dated=new.dated)
    _log(locked, COVER_KEY, EditKind.COVER, by, before)


@transaction.atomic
def write_annexes(*, report: AnnualReport, lengths: Sequence[Sequence[str]], by: User, seen: str | None = None) -> None:
    """How long annexes are: audience, annex and length of each, offered ones only. `seen` is the version of them as the
    person saw them. Raises PermissionDenied, WrongState, and versions.Conflict when they were changed
    meanwhile."""
    locked = drafts.lock(report, by)
    new = AnnualReport(annexes=sorted(map(list, lengths)))
    last = locked.changes.filter(key=ANNEXES_KEY).select_related("by__department").order_by("-pk").first()
    versions.check(locked, new, seen, fields=ANNEXES, last=(last.by, last.at) if last else versions.UNKNOWN)
    if new.annexes == locked.annexes:
        return
    AnnualReport.objects.filter(pk=locked.pk).update(annexes=new.annexes)
    before = {"annexes": locked.annexes}
    _log(locked, ANNEXES_KEY, EditKind.ANNEXES, by, before)


def last_change(report: AnnualReport, key: str) -> int:
    """The key of the last change of a block but for its place; 0 where there is none."""
    changes = report.changes.filter(key=key).exclude(kind=EditKind.MOVED).order_by("-pk")
    return changes.values_list("pk", flat=True).first() or 0


def _check_seen(report: AnnualReport, key: str, seen: int | None) -> None:
    if seen is not None and seen != last_change(report, key):
        raise Overtaken(_("Somebody else changed this paragraph since you opened it. It stands here as it is now."))


def _start(report: AnnualReport, key: str, by: User, seen: int | None = None) -> Step:
    locked = drafts.lock(report, by)
    _check_seen(locked, key, seen)
    working = drafts.load(locked)
    item = working.by_key.get(key)
    if item is None:
        raise WrongState(_("This paragraph is not in the report any more: it was removed meanwhile."))
    return Step(working, item, by)


def _read(working: Working, item: Placed, text: str) -> figure_tokens.Taken:
    stood = item.edit.quotes if item.edit is not None and item.edit.text is not None else []
    before = figure_tokens.quotes_by_token(item.text, stood) if stood else {}
    return figure_tokens.read(text, working.figures, assembly.paragraph_runs(item.generated), before)


def _state(edit: Edit | None) -> dict[str, Any]:
    """What `undo` brings back."""
    if edit is None:
        return {"text": None, "quotes": [], "basis": "", "hidden": False, "readers": {}}
    return {name: getattr(edit, name) for name in ("text", "quotes", "basis", "hidden", "readers")}


def _save(step: Step, kind: str, **fields: Any) -> None:
    """Write the block's new state, and on record what stood there before."""
    edit = step.item.edit
    _record(step, kind, _state(edit))
    row = edit or Edit(report=step.report, key=step.item.key)
    if fields.get("text", row.text) != row.text:
        row.version += 1
    for name, value in fields.items():
        setattr(row, name, value)
    row.by, row.at = step.by, timezone.now()
    row.save()


def _record(step: Step, kind: str, before: dict[str, Any]) -> None:
    _log(step.report, step.item.key, kind, step.by, before)


def _log(report: AnnualReport, key: str, kind: str, by: User, before: dict[str, Any] | None = None) -> None:
    """Every change is on record, and ends the steps that the draft has taken."""
    EditChange.objects.create(report=report, key=key, kind=kind, before=before or {}, by=by)
    steps.void(report, by)
