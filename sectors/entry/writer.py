"""The only writer of `Figure`, `Narrative` and `Tally`. Every change of a figure leaves a `FigureChange`, and every
change of words a `NarrativeChange`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from sectors import guard
from sectors.access import fits_status
from sectors.calculation.cells import Cell
from sectors.calculation.numerals import BadNumber
from sectors.catalogue import asked
from sectors.catalogue.compiled import CompiledSheet, sheet_of
from sectors.entry import open_row_writer, open_rows, shortfalls
from sectors.entry.cell_texts import read_cell, stale, was_seen
from sectors.entry.requested_cells import requested_cells
from sectors.models import Figure, FigureChange, Indicator, Narrative, NarrativeChange, OpenRow, Submission, Tally, User
from sectors.sql.figures import figures_in
from sectors.texts import LONGEST_TEXT, plain, too_long
from sectors.vocabulary import ChangeSource, FigureState

NO_FIGURE = (Cell(FigureState.BLANK), "")
BATCH_SIZE = 1000  # figures that are written together
OnProgress = Callable[[int, int], None]  # called with how many figures are written, and of how many


@dataclass(frozen=True)
class Typed:
    """What a person sends for a submission: texts by code of the indicator and of the question.

    `seen` is what may stand in a cell: what did when they began (`Cell.stored`), and what they sent since without
    hearing an answer. Where something else stands there by now, nothing is overwritten; a code without an entry
    overwrites whatever is there. `seen_narratives` is the same for questions. `asked` is what the cells asked for then
    (`catalogue.asked`): a figure of another unit is not stored.
    """

    figures: Mapping[str, str] = field(default_factory=dict)
    narratives: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    seen_narratives: Mapping[str, Sequence[str]] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)  # to figures, by code; others keep theirs
    all_or_nothing: bool = False


@dataclass(frozen=True)
class Conflict:
    """A value that changed under the person who typed; theirs is not stored until one of both is chosen."""

    mine: str
    theirs: str
    by: User | None = None
    at: datetime.datetime | None = None


@dataclass
class Saved:
    """What became of a save, by code of the indicator or of the question."""

    changed: int = 0
    stored: dict[str, str] = field(default_factory=dict)  # what now stands in each good cell
    made: list[str] = field(default_factory=list)  # codes of figures that followed from rows
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)  # as typed, and what is wrong
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    narratives: dict[str, str] = field(default_factory=dict)  # what now stands under each question
    narrative_conflicts: dict[str, Conflict] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return not (self.refused or self.conflicts or self.narrative_conflicts)


class NotEverythingStored(Exception):
    """Something could not be stored where all or nothing was asked for; nothing was."""

    def __init__(self, saved: Saved) -> None:
        super().__init__("not everything could be stored")
        self.saved = saved


def save(
    submission: Submission,
    typed: Typed,
    *,
    by: User,
    way: str = ChangeSource.FORM,
    on_progress: OnProgress | None = None,
    is_locked: bool = False,
) -> Saved:
    """Store what a person typed. The submission is locked first, unless `is_locked` says that the caller has fetched
    it so in this transaction (`SubmissionQuerySet.held`).

    Good figures are stored and bad ones come back in `refused`, so that one slip does not cost the rest; conflicts
    come back too. With `typed.all_or_nothing` either of them costs it all, and NotEverythingStored is raised.

    Raises PermissionDenied for somebody else's submission, WrongState when it is no draft any more or its period
    is closed.
    """
    if is_locked:
        guard.check_entry(submission, by)
        return _store(submission, typed, by=by, way=way, on_progress=on_progress)
    with transaction.atomic():
        guard.open_for_entry(submission, by)
        return _store(submission, typed, by=by, way=way, on_progress=on_progress)


def _store(submission: Submission, typed: Typed, *, by: User, way: str, on_progress: OnProgress | None) -> Saved:
    """In a submission that is locked and open for the person."""
    saved = Saved()
    last_day = submission.period.last_day
    saved.changed += _write_rows(submission, typed, saved, by=by, way=way)
    cells = _read(submission, typed, saved)
    before = stored_cells(submission, cells)
    for indicator in [i for i in cells if i.code in typed.seen]:
        there, _note = before.get(indicator.pk, NO_FIGURE)
        if there != cells[indicator] and not was_seen(indicator, there.stored, typed.seen[indicator.code], last_day):
            saved.conflicts[indicator.code] = _conflict(submission, indicator, typed.figures[indicator.code], there)
            del cells[indicator]
    saved.stored |= {indicator.code: cell.stored for indicator, cell in cells.items()}
    saved.changed += _write_figures(
        submission, cells, before, by=by, way=way, notes=typed.notes, on_progress=on_progress
    )
    saved.changed += _write_narratives(submission, typed.narratives, typed.seen_narratives, saved, by=by)
    if typed.all_or_nothing and not saved.is_complete:
        raise NotEverythingStored(saved)
    return saved


def _write_rows(submission: Submission, typed: Typed, saved: Saved, *, by: User | None, way: str) -> int:
    """What was typed into open rows, and the figures that are made of these."""
    own = {code: text for code, text in typed.figures.items() if open_rows.is_code(code)}
    if not own:
        return 0
    written = open_row_writer.write(submission, own, typed.seen, typed.asked, by=by, way=way)
    saved.stored |= written.stored
    saved.refused |= written.refused
    saved.conflicts |= {code: Conflict(*parts) for code, parts in written.conflicts.items()}
    return _keep_rows(submission, written, saved, by=by, way=way)


def _keep_rows(
    submission: Submission, written: open_row_writer.Written, saved: Saved, *, by: User | None, way: str
) -> int:
    saved.made = sorted(total.code for total in written.totals)
    if written.changes:
        _tell(EventKind.FIGURES, submission, written.changes, by=by, source=way)
    return len(written.changes) + store(submission, written.totals, by=by, way=ChangeSource.ROWS)


@transaction.atomic
def remake_totals(submission: Submission) -> int:
    """The figures of a draft that are made of its rows, by what the catalogue now makes of these; returns how many
    changed. What a return locked stays."""
    tables = sheet_of(submission).open_tables
    if not tables:
        return 0
    locked = guard.lock(submission)
    if not fits_status("submit", locked):
        return 0
    rows, requested = open_rows.rows_of(locked), requested_cells(locked)
    made = {
        total: cell
        for table in tables
        if table.table.pk in rows
        for total, cell in open_rows.made(table, rows[table.table.pk]).items()
        if not requested.locks(total.code)
    }
    return store(locked, made, by=None, way=ChangeSource.ROWS)


def take_over_rows(submission: Submission, table: str, rows: Sequence[OpenRow], *, by: User) -> int:
    """Begin an open table, named by its code, with rows of an earlier period; returns how many there are now.

    Raises what `save` raises, and WrongState where the table has rows by now, is not there any more or is locked.
    """
    with transaction.atomic():
        guard.open_for_entry(submission, by)
        found = next((open for open in sheet_of(submission).open_tables if open.code == table), None)
        if found is None or open_rows.locks(requested_cells(submission), found):
            raise guard.WrongState(_("Rows cannot be added to this table now. Load the page anew."))
        if submission.open_rows.filter(table=found.table).exists():
            raise guard.WrongState(_("There are rows in this table by now, so none was taken over."))
        way = ChangeSource.FORM
        _keep_rows(submission, open_row_writer.take_over(submission, found, rows, by, way), Saved(), by=by, way=way)
        return submission.open_rows.filter(table=found.table).count()


def _read(submission: Submission, typed: Typed, saved: Saved) -> dict[Indicator, Cell]:
    """Typed texts as cells; what cannot be stored goes to `saved.refused`."""
    sheet, requested, made = sheet_of(submission), requested_cells(submission), open_rows.counts(submission)
    cells: dict[Indicator, Cell] = {}
    for code, text in typed.figures.items():
        if open_rows.is_code(code):
            continue
        indicator = sheet.entered.get(code)
        try:
            if indicator is None:
                raise BadNumber(_not_entered(sheet, code))
            if code in made:
                raise BadNumber(_("This figure is made of the rows of its table: change these."))
            if requested.locks(code):
                raise BadNumber(_("Locked: the office asked for other cells only."))
            if change := asked.change(typed.asked[code], indicator) if code in typed.asked else "":
                raise BadNumber(stale(change))
            cells[indicator] = read_cell(indicator, text, submission.period.last_day)
        except BadNumber as error:
            saved.refused[code] = (text, str(error))
    return cells


def _not_entered(sheet: CompiledSheet, code: str) -> str:
    """Why nothing is typed for a code, or nothing any more."""
    if any(indicator.code == code for indicator in sheet.indicators):
        return stale(_("This figure is computed from others now, and no longer entered."))
    return stale(_("This figure is no longer asked for in this period."))


def store(
    submission: Submission,
    cells: Mapping[Indicator, Cell],
    *,
    by: User | None,
    way: str,
    notes: Mapping[str, str] | None = None,
) -> int:
    """Write cells in bulk, with their history; returns how many changed. The caller has checked the right."""
    return _write_figures(submission, cells, stored_cells(submission, cells), by=by, way=way, notes=notes)


@dataclass(frozen=True)
class Counted:
    """What a registry counts for a cell, and from how many records."""

    value: Decimal
    records: int


@transaction.atomic
def store_counts(submission: Submission, counted: Mapping[Indicator, Counted | None], *, by: User | None) -> int:
    """Keep what a registry counts, None where no record is left; returns how many figures followed.

    While the submission is with its department, a figure follows that is blank or that still is what was counted
    before. A department may have entered another number: then it stays, and a finding shows both. An empty registry is
    no 0: where no record was ever counted, a cell stays as it is, and where none is left, what was only counted is
    blank again. What has left the department by then stays, and its tally says of 0 records what they were.
    """
    locked = guard.lock(submission)
    before = {tally.indicator_id: tally for tally in locked.tallies.all()}
    counts = {i: c for i, c in counted.items() if c or i.pk in before}
    figures = stored_cells(locked, counts)
    is_open, requested = fits_status("submit", locked), requested_cells(locked)
    following = {
        i: Cell(FigureState.NUMBER, c.value, i.decimals) if c else Cell(FigureState.BLANK)
        for i, c in counts.items()
        if is_open and not requested.locks(i.code) and _follows(figures.get(i.pk, NO_FIGURE)[0], before.get(i.pk), c)
    }
    tallies = {
        i: c or Counted(before[i.pk].value, 0)
        for i, c in counts.items()
        if c or (i not in following and _says(figures.get(i.pk, NO_FIGURE)[0], before[i.pk].value))
    }
    _write_tallies(locked, before, tallies, gone=[i for i in counts if i not in tallies])
    return _write_figures(locked, following, figures, by=by, way=ChangeSource.REGISTRY)


def _write_tallies(
    submission: Submission,
    before: Mapping[int, Tally],
    now: Mapping[Indicator, Counted],
    *,
    gone: Sequence[Indicator],
) -> None:
    submission.tallies.filter(indicator__in=gone).delete()
    Tally.objects.bulk_create(
        [
            Tally(submission=submission, indicator=i, value=c.value, records=c.records)
            for i, c in now.items()
            if i.pk not in before or (before[i.pk].value, before[i.pk].records) != (c.value, c.records)
        ],
        update_conflicts=True,
        unique_fields=["submission", "indicator"],
        update_fields=["value", "records", "at"],
    )


def _follows(there: Cell, before: Tally | None, now: Counted | None) -> bool:
    if there.state == FigureState.BLANK:
        return True
    return before is not None and _says(there, before.value) and (now is None or now.value != before.value)


def _says(cell: Cell, value: Decimal) -> bool:
    """Exactly that, of the whole period."""
    return cell.value == value and not cell.qualifier and cell.as_of is None


def stored_cells(submission: Submission, cells: Iterable[Indicator]) -> dict[int, tuple[Cell, str]]:
    """What stands in the cells by the indicator's key: the cell and its note."""
    keys = [indicator.pk for indicator in cells]
    rows = figures_in(submission.pk, keys) if keys else {}
    return {key: (Cell._make(cell), note) for key, (*cell, note) in rows.items()}


def _write_figures(
    submission: Submission,
    cells: Mapping[Indicator, Cell],
    before: Mapping[int, tuple[Cell, str]],
    *,
    by: User | None,
    way: str,
    notes: Mapping[str, str] | None = None,
    on_progress: OnProgress | None = None,
) -> int:
    notes = notes or {}
    rows, changes, told = [], [], []
    for indicator, cell in cells.items():
        old, old_note = before.get(indicator.pk, NO_FIGURE)
        note = notes.get(indicator.code, old_note)
        if old == cell and (note == old_note or indicator.pk not in before):
            continue
        rows.append(
            Figure(
                region_id=submission.region_id,
                submission_id=submission.pk,
                indicator_id=indicator.pk,
                note=note,
                **cell._asdict(),
            )
        )
        changes.append(
            FigureChange(
                submission_id=submission.pk,
                indicator_id=indicator.pk,
                old=old.stored,
                new=cell.stored,
                by_id=by.pk if by else None,
                source=way,
            )
        )
        told.append((indicator.code, old.stored, cell.stored))
    _insert_figures(rows, changes, on_progress)
    if told:
        _tell(EventKind.FIGURES, submission, told, by=by, source=way)
    return len(rows)


def _insert_figures(rows: list[Figure], changes: list[FigureChange], on_progress: OnProgress | None) -> None:
    for start in range(0, len(rows), BATCH_SIZE):
        if on_progress:
            on_progress(start, len(rows))
        Figure.objects.bulk_create(
            rows[start : start + BATCH_SIZE],
            update_conflicts=True,
            unique_fields=["submission", "indicator"],
            update_fields=[*Cell._fields, "note"],
        )
        FigureChange.objects.bulk_create(changes[start : start + BATCH_SIZE])


def _tell(
    kind: EventKind, submission: Submission, changes: Iterable[tuple[str, str, str]], *, by: User | None, **more: str
) -> None:
    """One event for all that was saved together."""
    sheet = sheet_of(submission).catalogue.sheets[submission.sheet_id]
    name = f"{sheet.number} {submission.period}"
    record.write(kind, submission, name=name, changes=changes, by=by, region=submission.region_id, **more)


def _conflict(submission: Submission, indicator: Indicator, mine: str, there: Cell) -> Conflict:
    last = FigureChange.objects.filter(submission=submission, indicator=indicator).select_related("by").first()
    return Conflict(mine, there.stored, last.by if last else None, last.at if last else None)


def store_narratives(submission: Submission, texts: Mapping[str, str], *, by: User | None = None) -> int:
    """Write answers by question code; returns how many changed. The caller has checked the right."""
    return _write_narratives(submission, texts, {}, Saved(), by=by)


def store_rows(submission: Submission, texts: Mapping[str, str], *, by: User | None, way: str) -> Saved:
    """Write cells of open rows by their codes, and the figures that are made of them. The caller has locked the
    submission and checked the right."""
    saved = Saved()
    saved.changed = _write_rows(submission, Typed(texts), saved, by=by, way=way)
    return saved


def _write_narratives(
    submission: Submission,
    texts: Mapping[str, str],
    seen: Mapping[str, Sequence[str]],
    saved: Saved,
    *,
    by: User | None,
) -> int:
    if not texts:
        return 0
    own = {code: text for code, text in texts.items() if code.startswith(shortfalls.PREFIX)}
    written = shortfalls.write(submission, own, seen, by=by) if own else shortfalls.Written()
    saved.refused |= written.refused
    saved.narratives |= written.stored
    saved.narrative_conflicts |= {code: Conflict(*both) for code, both in written.conflicts.items()}
    before = {n.question_id: n.text for n in submission.narratives.all()}
    rows, changes = [], []
    questions = {question.code: question for question in submission.questions().filter(code__in=list(texts))}
    for code in texts.keys() - questions.keys() - own.keys():
        saved.refused[code] = (texts[code], stale(_("This question is no longer asked in this period.")))
    for question in questions.values():
        mine, there = plain(texts[question.code]), before.get(question.pk, "")
        if question.code in seen and there not in (mine, *map(plain, seen[question.code])):
            saved.narrative_conflicts[question.code] = Conflict(mine, there)
            continue
        if problem := too_long(mine, LONGEST_TEXT):
            saved.refused[question.code] = (mine, problem)
            continue
        saved.narratives[question.code] = mine
        if there != mine:
            rows.append(Narrative(submission=submission, question=question, text=mine))
            changes.append(NarrativeChange(submission=submission, question=question, old=there, new=mine, by=by))
    Narrative.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["submission", "question"], update_fields=["text"]
    )
    NarrativeChange.objects.bulk_create(changes)
    told = [*((one.question.code, one.old, one.new) for one in changes if one.question), *written.changes]
    if told:
        _tell(EventKind.WORDS, submission, told, by=by)
    return len(rows) + written.changed
