"""What the office does to the blocks of a draft.

Every step locks the report, so that two people change it one after the other; each leaves on record what stood there
before (`changes`).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from reports.document.blocks import Chart, Table
from reports.document.characters import printable
from reports.editing import added_figures, assembly, changes, drafts, figure_tokens, source_check, token_syntax
from reports.editing import audiences as audiences_of
from reports.editing.assembly import Placed
from reports.editing.changes import Act, Step
from reports.editing.drafts import Working, WrongState
from reports.editing.figure_tokens import BadText
from reports.forms import ANNEXES, COVER
from reports.models import AnnualReport, EditChange
from reports.vocabulary import Audience, EditKind
from sectors import versions
from sectors.models import User

MOST_TITLE_LINES = 3
# Under which changes of the cover, and of the lengths of annexes, are on record.
COVER_KEY, ANNEXES_KEY = "cover", "annexes"


class Conflict(Exception):
    """Somebody else changed the block since the person opened it. `theirs` is the block as it stands now."""

    def __init__(self, theirs: Placed) -> None:
        self.theirs = theirs
        super().__init__(_("Somebody else changed this paragraph while you were writing."))


@dataclass(frozen=True)
class Before:
    """The paragraph that the person saw before another one, and its version."""

    key: str
    version: int


@transaction.atomic
def write(*, report: AnnualReport, key: str, text: str, seen: int, by: User) -> None:
    """Give a block the office's words, figures in them as tokens; of several lines each further one becomes a paragraph
    behind it. `seen` is the version that the person opened.

    Raises PermissionDenied, WrongState, BadText, and Conflict when somebody else wrote it meanwhile.
    """
    step = changes.start(report, key, by)
    if not step.item.is_editable:
        raise WrongState(_("There are no words to change here."))
    if step.item.version != seen:
        raise Conflict(step.item)
    first, *further = figure_tokens.paragraphs(text, only_one=not step.item.takes_lines)
    taken = changes.read_new(step.working, further)
    _write(step, first)
    if taken:
        changes.insert(step, taken, alike=not step.item.level)


def _write(step: Step, text: str) -> None:
    taken = changes.read(step.working, step.item.key, text)
    if taken.text == step.item.text:
        return
    if taken.text == assembly.generated_text(step.item.generated) and not step.item.is_added:
        changes.save(step, EditKind.RESTORED, text=None, quotes=[], basis="")
    else:
        basis = assembly.generated_text(step.item.generated)
        changes.save(step, EditKind.TEXT, text=taken.text, quotes=taken.stored, basis=basis)


@transaction.atomic
def join(*, report: AnnualReport, key: str, text: str, seen: int, before: Before, by: User) -> None:
    """Put what a person wrote in a paragraph behind the words of the one before it, and take the paragraph away: what
    is generated is hidden. An empty text only takes it away. `seen` is its version, and `before` the paragraph before
    it, as the person saw them.

    Raises PermissionDenied, WrongState, BadText, Conflict.
    """
    step = changes.start(report, key, by)
    if step.item.version != seen:
        raise Conflict(step.item)
    above = assembly.paragraph_before(step.working.placed, key)
    if above is None:
        raise WrongState(_("There is no paragraph before this one to join it to."))
    if (above.key, above.version) != (before.key, before.version):
        raise changes.Overtaken(_("The paragraph before was changed meanwhile. It stands here as it is now."))
    printing = step.working.printing
    if printing[key].chosen != printing[above.key].chosen:
        raise WrongState(_("The two paragraphs are printed in different editions. Choose the same for both first."))
    first, *further = figure_tokens.paragraphs(text) if text.strip() else [""]
    into, taken = Step(step.act, step.working, above), changes.read_new(step.working, further)
    _write(into, above.text + first)
    if taken:
        changes.insert(into, taken, alike=True)
    if step.item.generated is None:
        changes.remove(step)
    else:
        changes.save(step, EditKind.HIDDEN, hidden=True)


@transaction.atomic
def take_new(*, report: AnnualReport, key: str, by: User) -> int:
    """Put the new figures into an edited sentence in place of those that changed; returns how many.

    Raises PermissionDenied, WrongState.
    """
    step = changes.start(report, key, by)
    taken, edit = [item for item in step.item.stale if item.fits], step.item.edit
    if taken and edit is not None:
        quotes = figure_tokens.renewed_quotes(edit.quotes, taken, step.working.figures)
        now = assembly.generated_text(step.item.generated)
        changes.save(
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
    step = changes.start(report, key, by)
    drafts.refuse_older(step.working, seen)
    edit, generated = step.item.edit, step.item.generated
    if edit is None or edit.text is None or not step.item.is_stale:
        return
    runs, others = assembly.paragraph_runs(generated), assembly.runs_by_key(step.working.generated)
    quotes = figure_tokens.confirmed(edit.text, edit.quotes, step.working.figures, runs, others)
    basis = assembly.generated_text(generated)
    changes.save(step, EditKind.KEPT, quotes=[figure_tokens.stored(quote) for quote in quotes], basis=basis)


@transaction.atomic
def hide(*, report: AnnualReport, key: str, by: User, hidden: bool = True) -> None:
    """Leave a block out of the report, a heading with its section; or show it again."""
    step = changes.start(report, key, by)
    if step.item.is_hidden_itself != hidden:
        changes.save(step, EditKind.HIDDEN if hidden else EditKind.SHOWN, hidden=hidden)


@transaction.atomic
def set_readers(
    *, report: AnnualReport, key: str, audiences: Collection[str], by: User, seen: int | None = None
) -> None:
    """Let a block be printed in the editions for these audiences and no others, a heading with its section. `seen` and
    Overtaken as of `remove`. Raises WrongState for what is never public."""
    step = changes.start(report, key, by, seen)
    found = step.working.printing[key]
    if key in audiences_of.ANNEX_LINES:
        raise WrongState(_("A line of the list of annexes is printed where its annex is."))
    if found.is_never_public and Audience.PUBLIC in audiences:
        raise WrongState(_("This is never printed in the public edition: findings and who owes what stay inside."))
    marks = audiences_of.marks_for(audiences, found)
    if marks != (step.item.edit.readers if step.item.edit else {}):
        changes.save(step, EditKind.READERS, readers=marks)


@transaction.atomic
def move(*, report: AnnualReport, key: str, up: bool, by: User) -> None:
    """A place up or down, a heading with its section. Raises WrongState at the edge."""
    put_elsewhere(changes.start(report, key, by), up=up)


def put_elsewhere(step: Step, *, up: bool) -> None:
    order = assembly.moved(step.working.placed, step.item.key, up=up)
    if order is None:
        raise WrongState(_("It stands at the top already.") if up else _("It stands at the bottom already."))
    AnnualReport.objects.filter(pk=step.report.pk).update(order=order)
    step.act.log(step.item.key, EditKind.MOVED, {"up": up})


@transaction.atomic
def add(*, report: AnnualReport, after: str, text: str, level: int = 0, by: User) -> str:
    """A paragraph a line, the first one with a level of 1 to 4 a heading, behind the block with the key `after`;
    returns the key of the first.

    Raises PermissionDenied, WrongState, BadText.
    """
    step = changes.start(report, after, by)
    return changes.insert(step, changes.read_new(step.working, figure_tokens.paragraphs(text)), level=level)[0]


@transaction.atomic
def add_figures(
    *, report: AnnualReport, after: str, kind: str, codes: Sequence[str], last: bool, title: str, by: User
) -> str:
    """A table or chart (`AddedKind`) of figures of the draft behind a block, `last` with those of the last year;
    returns its key. Without a title it has the usual caption. Raises PermissionDenied, WrongState, BadText."""
    step = changes.start(report, after, by)
    block = drawn(step.working, after, kind, codes, last=last, title=title)
    shows = added_figures.choice(codes, step.working.figures, kind=kind, last=last)
    return changes.insert_figures(step, kind, assembly.printed_text(block), shows)


@transaction.atomic
def change_figures(
    *, report: AnnualReport, key: str, kind: str, codes: Sequence[str], last: bool, title: str, by: User, seen: int
) -> None:
    """Other figures, kind or caption of a table or chart that the office added, where it stands; as `add_figures`.
    `seen` and Overtaken as of `remove`. Raises WrongState for any other block."""
    step = changes.start(report, key, by, seen)
    if step.item.edit is None or not step.item.edit.shows:
        raise WrongState(_("Only of a table or chart that the office added can the figures be chosen."))
    block = drawn(step.working, key, kind, codes, last=last, title=title)
    new = {
        "text": token_syntax.escape(assembly.printed_text(block)),
        "added": kind,
        "shows": added_figures.choice(codes, step.working.figures, kind=kind, last=last),
    }
    if any(getattr(step.item.edit, name) != value for name, value in new.items()):
        changes.save(step, EditKind.TEXT, **new)


def choice_of(working: Working, item: Placed) -> dict[str, Any]:
    """What was chosen for an added table or chart, as `drawn` takes it. Without a title where its caption is the usual
    one, which then follows the figures."""
    edit = item.edit
    assert edit is not None
    shows, document = edit.shows, working.generated
    sector = dict(source_check.sections_of(working.placed)).get(item.key, "")
    usual = added_figures.caption(shows, document.region_name, document.year, sector)
    said = token_syntax.plain(item.text)
    codes = [code for code, _name in shows["figures"]]
    return {"kind": edit.added, "codes": codes, "last": shows["last"], "title": "" if said == usual else said}


def drawn(working: Working, after: str, kind: str, codes: Sequence[str], *, last: bool, title: str) -> Table | Chart:
    """Such a block as it would be. Raises BadText."""
    shows = added_figures.choice(codes, working.figures, kind=kind, last=last)
    sections = dict(source_check.sections_of(working.placed))
    document = working.generated
    usual = added_figures.caption(shows, document.region_name, document.year, sections.get(after, ""))
    said = figure_tokens.paragraphs(title, only_one=True)[0] if title.strip() else usual
    return added_figures.block(kind, "", said, shows, working.figures, document.year)


@transaction.atomic
def remove(*, report: AnnualReport, key: str, by: User, seen: int | None = None) -> None:
    """Take away what the office added, or a sentence of its own that is not generated any more. `seen` is the last
    change of the block that the person saw (`changes.last_change`); None where nobody looked. Raises WrongState, and
    Overtaken when the block was changed meanwhile."""
    changes.remove(changes.start(report, key, by, seen))


@transaction.atomic
def restore(*, report: AnnualReport, key: str, by: User, seen: int | None = None) -> None:
    """Back to the generated words. Raises WrongState where none are generated."""
    step = changes.start(report, key, by, seen)
    if step.item.generated is None:
        raise WrongState(_("Nothing is generated here to go back to."))
    if step.item.is_edited:
        changes.save(step, EditKind.RESTORED, text=None, quotes=[], basis="")


@transaction.atomic
def undo(*, report: AnnualReport, key: str, by: User, seen: int | None = None) -> None:
    """Take back the last change of a block's words, of its being hidden or removed; once more makes it again. `seen`
    and Overtaken as of `remove`."""
    locked = drafts.lock(report, by)
    changes.check_seen(locked, key, seen)
    last = undoable(locked, key)
    if last is None:
        raise WrongState(_("There is nothing to undo here."))
    act = Act(locked, by)
    if last.kind == EditKind.REMOVED:
        changes.bring_back(act, last)
    else:
        put_back(act, last)


def undoable(report: AnnualReport, key: str) -> EditChange | None:
    return report.changes.filter(key=key).exclude(kind__in=(EditKind.ADDED, EditKind.MOVED)).order_by("-pk").first()


def put_back(act: Act, change: EditChange) -> None:
    """The state of a block before a change of it."""
    # What was changed before the figures of a table could be does not say which they were: they are as they stand.
    before = {name: change.before[name] for name in changes.STATE if name in change.before}
    changes.save(changes.of(act, change.key), EditKind.UNDONE, **before)


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
    put_cover(Act(locked, by), new.title, new.issuer, new.dated.isoformat())


def put_cover(act: Act, title: str, issuer: str, dated: str) -> None:
    """`dated` is a date as ISO 8601 writes it."""
    report = act.report
    before = {"title": report.title, "issuer": report.issuer, "dated": report.dated.isoformat()}
    AnnualReport.objects.filter(pk=report.pk).update(title=title, issuer=issuer, dated=dated)
    act.log(COVER_KEY, EditKind.COVER, before, {"title": title, "issuer": issuer, "dated": dated})


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
    put_annexes(Act(locked, by), new.annexes)


def put_annexes(act: Act, lengths: Sequence[Sequence[str]]) -> None:
    before = {"annexes": act.report.annexes}
    AnnualReport.objects.filter(pk=act.report.pk).update(annexes=lengths)
    act.log(ANNEXES_KEY, EditKind.ANNEXES, before, {"annexes": lengths})
