"""The only writer of `Figure`, `Narrative` and `Tally`. Every change of a figure leaves a `FigureChange`, and every
change of words a `NarrativeChange`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sectors.access import fits_status, may_enter
from sectors.calculation.cells import BLANK, NUMBER, BadNumber, Cell, parse
from sectors.catalogue.compiled import sheet_of
from sectors.guard import RequestedCells, WrongState, closed_message, lock, requested_cells
from sectors.models import Figure, FigureChange, Indicator, Narrative, NarrativeChange, Submission, Tally, User
from sectors.sql.figures import figures_in

NOTHING = (Cell(BLANK), "")
AT_ONCE = 1000  # figures that are written together
Told = Callable[[int, int], None]  # hears how many figures are written, of how many


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
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)  # as typed, and what is wrong
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)  # the same for narratives
    told_conflicts: dict[str, Conflict] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return not (self.refused or self.conflicts or self.told_conflicts)


class NotWhole(Exception):
    """Something could not be stored where all or nothing was asked for; nothing was."""

    def __init__(self, saved: Saved) -> None:
        super().__init__("not everything could be stored")
        self.saved = saved


def read_cell(indicator: Indicator, text: str) -> Cell:
    """Parse text for an indicator (its `unit` fetched). Raises BadNumber."""
    return parse(text, unit=indicator.unit.name, decimals=indicator.decimals, computed=indicator.is_computed)


@transaction.atomic
def save(
    *,
    submission: Submission,
    figures: Mapping[str, str],
    narratives: Mapping[str, str] | None = None,
    by: User,
    seen: Mapping[str, list[str]] | None = None,
    seen_narratives: Mapping[str, list[str]] | None = None,
    source: str = FigureChange.Source.FORM,
    whole: bool = False,
    told: Told | None = None,
) -> Saved:
    """Lock the submission and store what a person typed: see `save_held`."""
    return save_held(
        locked=lock(submission),
        figures=figures,
        narratives=narratives,
        by=by,
        seen=seen,
        seen_narratives=seen_narratives,
        source=source,
        whole=whole,
        told=told,
    )


def save_held(
    *,
    locked: Submission,
    figures: Mapping[str, str],
    narratives: Mapping[str, str] | None = None,
    by: User,
    seen: Mapping[str, list[str]] | None = None,
    seen_narratives: Mapping[str, list[str]] | None = None,
    source: str = FigureChange.Source.FORM,
    whole: bool = False,
    told: Told | None = None,
) -> Saved:
    """Store texts by indicator code and by question code in a submission that was locked in this transaction, by
    `guard.lock` or `SubmissionQuerySet.held`.

    `seen` is what may stand in a cell: what did when they began (`Cell.stored`), and what they sent since without
    hearing an answer. Where something else stands there by now, nothing is overwritten and both come back as a
    conflict. Good figures are stored and bad ones come back in `refused`, so that one slip does not cost the rest;
    with `whole` it does, and NotWhole is raised.

    Raises PermissionDenied for somebody else's submission, WrongState when it is no draft any more or its period
    is closed.
    """
    if not may_enter(by, locked):
        raise PermissionDenied
    if locked.is_closed:
        raise WrongState(closed_message(locked))
    if not fits_status("submit", locked):
        raise WrongState(
            _("This submission is now “%(status)s” and cannot be changed. Withdraw it or ask for its return first.")
            % {"status": locked.get_status_display()}
        )
    saved = Saved()
    cells = _read(sheet_of(locked).entered, requested_cells(locked), figures, saved)
    have = _have(locked, cells)
    for indicator in [i for i in cells if seen and i.code in seen]:
        there, _note = have.get(indicator.pk, NOTHING)
        if there != cells[indicator] and not _was_seen(indicator, there, (seen or {})[indicator.code]):
            saved.conflicts[indicator.code] = _conflict(locked, indicator, figures[indicator.code], there)
            del cells[indicator]
    saved.stored = {indicator.code: cell.stored for indicator, cell in cells.items()}
    saved.changed = _write(locked, cells, have, by=by, source=source, told=told)
    saved.changed += _tell(locked, narratives or {}, seen_narratives or {}, saved, by=by)
    if whole and not saved.is_whole:
        raise NotWhole(saved)
    return saved


def _read(
    entered: Mapping[str, Indicator], mendable: RequestedCells, figures: Mapping[str, str], saved: Saved
) -> dict[Indicator, Cell]:
    """Typed texts as cells; what cannot be stored goes to `saved.refused`."""
    cells: dict[Indicator, Cell] = {}
    for indicator in [entered[code] for code in figures if code in entered]:
        text = figures[indicator.code]
        try:
            cells[indicator] = read_cell(indicator, text)
        except BadNumber as error:
            saved.refused[indicator.code] = (text, str(error))
        if mendable.locks(indicator.code):
            cells.pop(indicator, None)
            saved.refused[indicator.code] = (text, _("Locked: the office asked for other cells only."))
    return cells


def _was_seen(indicator: Indicator, there: Cell, texts: list[str]) -> bool:
    return there.stored in texts or any(_reads_as(indicator, text) == there for text in texts)


def _reads_as(indicator: Indicator, text: str) -> Cell | None:
    try:
        return read_cell(indicator, text)
    except BadNumber:
        return None


def store(
    submission: Submission,
    cells: Mapping[Indicator, Cell],
    *,
    by: User | None,
    source: str,
    notes: Mapping[str, str] | None = None,
) -> int:
    """Write cells in bulk, with their history; returns how many changed. The caller has checked the right."""
    return _write(submission, cells, _have(submission, cells), by=by, source=source, notes=notes)


@dataclass(frozen=True)
class Counted:
    """What a registry counts for a cell, and from how many records."""

    value: Decimal
    records: int


@transaction.atomic
def count_in(submission: Submission, counted: Mapping[Indicator, Counted], *, by: User | None) -> int:
    """Keep what a registry counts; returns how many figures followed.

    While the submission is with its department, a figure follows that is blank or that still is what was counted
    before. A department may have entered another number: then it stays, and a finding shows both. Where no record
    was ever counted, a cell stays as it is: an empty registry is no 0.
    """
    locked = lock(submission)
    before = {tally.indicator_id: tally for tally in locked.tallies.all()}
    told = {i: c for i, c in counted.items() if c.records or i.pk in before}
    figures = _have(locked, told)
    changed = [i for i, c in told.items() if _is_news(before.get(i.pk), c)]
    Tally.objects.bulk_create(
        [Tally(submission=locked, indicator=i, value=told[i].value, records=told[i].records) for i in changed],
        update_conflicts=True,
        unique_fields=["submission", "indicator"],
        update_fields=["value", "records", "at"],
    )
    if locked.is_closed or not fits_status("submit", locked):
        return 0
    mendable = requested_cells(locked)
    cells = {
        i: Cell(NUMBER, c.value, i.decimals)
        for i, c in told.items()
        if not mendable.locks(i.code) and _follows(figures.get(i.pk, NOTHING)[0], before.get(i.pk), c)
    }
    return _write(locked, cells, figures, by=by, source=FigureChange.Source.REGISTRY)


def _is_news(before: Tally | None, now: Counted) -> bool:
    return before is None or (before.value, before.records) != (now.value, now.records)


def _follows(there: Cell, before: Tally | None, now: Counted) -> bool:
    return there.state == BLANK or (before is not None and there.value == before.value != now.value)


def _have(submission: Submission, cells: Iterable[Indicator]) -> dict[int, tuple[Cell, str]]:
    """What stands in the cells by the indicator's key: the cell and its note."""
    keys = [indicator.pk for indicator in cells]
    rows = figures_in(submission.pk, keys) if keys else {}
    return {key: (Cell(state, value, places), note) for key, (state, value, places, note) in rows.items()}


def _write(
    submission: Submission,
    cells: Mapping[Indicator, Cell],
    have: Mapping[int, tuple[Cell, str]],
    *,
    by: User | None,
    source: str,
    notes: Mapping[str, str] | None = None,
    told: Told | None = None,
) -> int:
    notes = notes or {}
    rows, changes = [], []
    for indicator, cell in cells.items():
        old, old_note = have.get(indicator.pk, NOTHING)
        note = notes.get(indicator.code, old_note)
        if old == cell and (note == old_note or indicator.pk not in have):
            continue
        rows.append(
            Figure(
                region_id=submission.region_id,
                submission_id=submission.pk,
                indicator_id=indicator.pk,
                state=cell.state,
                value=cell.value,
                places=cell.places,
                note=note,
            )
        )
        changes.append(
            FigureChange(
                submission_id=submission.pk,
                indicator_id=indicator.pk,
                old=old.stored,
                new=cell.stored,
                by_id=by.pk if by else None,
                source=source,
            )
        )
    for start in range(0, len(rows), AT_ONCE):
        if told:
            told(start, len(rows))
        Figure.objects.bulk_create(
            rows[start : start + AT_ONCE],
            update_conflicts=True,
            unique_fields=["submission", "indicator"],
            update_fields=["state", "value", "places", "note"],
        )
        FigureChange.objects.bulk_create(changes[start : start + AT_ONCE])
    return len(rows)


def _conflict(submission: Submission, indicator: Indicator, mine: str, there: Cell) -> Conflict:
    last = FigureChange.objects.filter(submission=submission, indicator=indicator).select_related("by").first()
    return Conflict(mine, there.stored, last.by if last else None, last.at if last else None)


def store_narratives(submission: Submission, texts: Mapping[str, str]) -> int:
    """Write answers by question code; returns how many changed. The caller has checked the right."""
    return _tell(submission, texts, {}, Saved(), by=None)


def _tell(
    submission: Submission, texts: Mapping[str, str], seen: Mapping[str, list[str]], saved: Saved, *, by: User | None
) -> int:
    if not texts:
        return 0
    have = {n.question_id: n.text for n in submission.narratives.all()}
    rows, changes = [], []
    for question in submission.sheet.questions.filter(code__in=list(texts)):
        mine, there = _plain(texts[question.code]), have.get(question.pk, "")
        if question.code in seen and there not in (mine, *map(_plain, seen[question.code])):
            saved.told_conflicts[question.code] = Conflict(mine, there)
            continue
        saved.told[question.code] = mine
        if there != mine:
            rows.append(Narrative(submission=submission, question=question, text=mine))
            changes.append(NarrativeChange(submission=submission, question=question, old=there, new=mine, by=by))
    Narrative.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["submission", "question"], update_fields=["text"]
    )
    NarrativeChange.objects.bulk_create(changes)
    return len(rows)


def _plain(text: str) -> str:
    """As stored: without blanks around it, and with the line ends that a browser's field gives back."""
    return text.replace("\r\n", "\n").strip()
