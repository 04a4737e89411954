"""The only writer of `Figure` and `Narrative`. Every change leaves a `FigureChange`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sectors.access import fits_status, may_enter
from sectors.approval import WrongState
from sectors.kinds import BLANK, BadNumber, Cell, parse
from sectors.models import Figure, FigureChange, Indicator, Narrative, Submission, User


@dataclass
class Saved:
    """What became of a save: numbers of figures and narratives changed, and by code what was refused and why."""

    changed: int = 0
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)  # code -> (as typed, what is wrong)


def read_cell(indicator: Indicator, text: str) -> Cell:
    """Parse text for an indicator (its `unit` fetched). Raises BadNumber."""
    return parse(text, unit=indicator.unit.name, decimals=indicator.decimals, computed=indicator.is_computed)


@transaction.atomic
def save(
    *, submission: Submission, figures: Mapping[str, str], narratives: Mapping[str, str] | None = None, by: User
) -> Saved:
    """Store what a person typed: texts by indicator code and by question code.

    Good figures are stored and bad ones come back in `refused`, so that one slip does not cost the rest. Raises
    PermissionDenied for somebody else's submission, WrongState when it is no draft any more.
    """
    locked = Submission.objects.select_for_update(of=("self",)).select_related("department").get(pk=submission.pk)
    if not may_enter(by, locked):
        raise PermissionDenied
    if not fits_status("submit", locked):
        raise WrongState(
            _("This submission is now “%(status)s” and cannot be changed. Withdraw it or ask for its return first.")
            % {"status": locked.get_status_display()}
        )
    saved = Saved()
    cells: dict[Indicator, Cell] = {}
    entered = Indicator.objects.filter(sheet=locked.sheet_id, formula="").valid_on(submission.period.last_day)
    for indicator in entered.filter(code__in=list(figures)).select_related("unit"):
        try:
            cells[indicator] = read_cell(indicator, figures[indicator.code])
        except BadNumber as error:
            saved.refused[indicator.code] = (figures[indicator.code], str(error))
    saved.changed = store(locked, cells, by=by, source=FigureChange.Source.FORM)
    saved.changed += store_narratives(locked, narratives or {})
    return saved


def store(
    submission: Submission,
    cells: Mapping[Indicator, Cell],
    *,
    by: User | None,
    source: str,
    notes: Mapping[str, str] | None = None,
) -> int:
    """Write cells in bulk, with their history; returns how many changed. The caller has checked the right."""
    notes = notes or {}
    have = {figure.indicator_id: figure for figure in submission.figures.filter(indicator__in=list(cells))}
    rows, changes = [], []
    for indicator, cell in cells.items():
        figure = have.get(indicator.pk)
        old = _cell(figure)
        note = notes.get(indicator.code, figure.note if figure else "")
        if (old == cell and (figure is None or figure.note == note)) or (figure is None and cell.state == BLANK):
            continue
        rows.append(
            Figure(
                region_id=submission.region_id,
                submission=submission,
                indicator=indicator,
                state=cell.state,
                value=cell.value,
                places=cell.places,
                note=note,
            )
        )
        changes.append(
            FigureChange(
                submission=submission, indicator=indicator, old=old.stored, new=cell.stored, by=by, source=source
            )
        )
    Figure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["submission", "indicator"],
        update_fields=["state", "value", "places", "note"],
    )
    FigureChange.objects.bulk_create(changes)
    return len(rows)


def _cell(figure: Figure | None) -> Cell:
    return Cell(BLANK) if figure is None else Cell(figure.state, figure.value, figure.places)


def store_narratives(submission: Submission, texts: Mapping[str, str]) -> int:
    """Write answers by question code; returns how many changed. The caller has checked the right."""
    questions = {q.code: q for q in submission.sheet.questions.filter(code__in=list(texts))}
    have = {n.question_id: n.text for n in submission.narratives.all()}
    rows = [
        Narrative(submission=submission, question=question, text=texts[code].strip())
        for code, question in questions.items()
        if have.get(question.pk, "") != texts[code].strip()
    ]
    Narrative.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["submission", "question"], update_fields=["text"]
    )
    return len(rows)
