"""The only writer of `PartFigure`: what stations enter, with the parsers and limits of the sheet's cells.

Every change leaves a `PartChange`, and events of the audit record say by which way it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from collection.access import may_fill
from collection.guard import lock_part
from collection.models import PartChange, PartFigure, StationPart
from collection.requests import asked
from collection.steps import begin, expect_open
from collection.vocabulary import PartSource
from sectors.calculation.cells import Cell
from sectors.calculation.numerals import BadNumber
from sectors.entry.cell_texts import read_cell
from sectors.entry.writer import Conflict, Saved
from sectors.models import Indicator, User
from sectors.vocabulary import FigureState

BLANK = Cell(FigureState.BLANK)


@dataclass(frozen=True)
class Sent:
    """Texts by code, and what the page showed in each cell (`Cell.stored`); where something else stands there by now,
    nothing is overwritten."""

    figures: Mapping[str, str]
    seen: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def save(part: StationPart, sent: Sent, *, by: User | None, source: PartSource) -> Saved:
    """Store what a station sent; by nobody, it holds a link, which the caller has looked at.

    Good figures are stored, bad ones come back in `refused`, and those that changed meanwhile in `conflicts`. Raises
    PermissionDenied, and WrongState where the station does not have its part any more.
    """
    locked = lock_part(part)
    if by is not None and not may_fill(by, locked):
        raise PermissionDenied
    expect_open(locked)
    saved, cells, there = Saved(), dict[Indicator, Cell](), stored(locked)
    indicators = {one.code: one for one in asked(locked.request)}
    last_day = locked.request.submission.period.last_day
    for code, text in sent.figures.items():
        try:
            if code not in indicators:
                raise BadNumber(_("This figure is not asked for any more. What you typed is not stored."))
            cell = read_cell(indicators[code], text, last_day)
        except BadNumber as error:
            saved.refused[code] = (text, str(error))
            continue
        now = there.get(code, BLANK)
        if cell != now and code in sent.seen and sent.seen[code] != now.stored:
            saved.conflicts[code] = Conflict(text, now.stored)
        else:
            cells[indicators[code]] = cell
    saved.stored = {indicator.code: cell.stored for indicator, cell in cells.items()}
    changed = {one: cell for one, cell in cells.items() if cell != there.get(one.code, BLANK)}
    _write(locked, changed, there, by=by, source=source)
    saved.changed = len(changed)
    part.status = locked.status
    return saved


def stored(part: StationPart) -> dict[str, Cell]:
    """What stands in the cells of a part, by code."""
    rows = part.part_figures.values_list("indicator__code", *Cell._fields)
    return {code: Cell._make(cell) for code, *cell in rows}


def _write(
    part: StationPart,
    cells: Mapping[Indicator, Cell],
    there: Mapping[str, Cell],
    *,
    by: User | None,
    source: PartSource,
) -> None:
    if not cells:
        return
    PartFigure.objects.bulk_create(
        [PartFigure(part=part, indicator_id=one.pk, **cell._asdict()) for one, cell in cells.items()],
        update_conflicts=True,
        unique_fields=["part", "indicator"],
        update_fields=list(Cell._fields),
    )
    told = [(one.code, there.get(one.code, BLANK).stored, cell.stored) for one, cell in cells.items()]
    PartChange.objects.bulk_create(
        PartChange(part=part, indicator_id=one.pk, old=old, new=new, by=by, source=source)
        for one, (_code, old, new) in zip(cells, told, strict=True)
    )
    begin(part)
    via = "" if by else f"link of {part.station}"
    region = part.request.submission.region_id
    record.write(EventKind.FIGURES, part, changes=told, by=by, via=via, region=region, source=source)
