"""A station's part as its page and its file show it: the sheet's tables, with the rows that it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from itertools import groupby

from collection.models import PartFigure, StationPart
from collection.requests import asked
from collection.vocabulary import COUNTED_STATUSES
from sectors.calculation.bounded import Bounds
from sectors.calculation.cells import Cell, shown
from sectors.calculation.formulas import NOW, Name
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledSheet, sheet_of
from sectors.entry.change_texts import change_text
from sectors.entry.grid import Grid, GridCell, GridRow, GridTable, Values, bounds_of
from sectors.models import Indicator
from sectors.vocabulary import FigureState


def grid_of(part: StationPart, cells: Mapping[str, Cell]) -> Grid:
    """The sheet of a part (`for_reading`) with a station's cells by code, those of last year beside them."""
    submission = part.request.submission
    sheet, year = sheet_of(submission), submission.period.year
    wanted = {one.code for one in asked(part.request)}
    shown_rows = [one for one in sheet.indicators if one.code in wanted or _is_own(sheet, one, wanted)]
    now, then = values_of(sheet, cells, year), values_of(sheet, last_year(part), year - 1)

    def cell(one: Indicator) -> GridCell:
        there = cells.get(one.code)
        text = now.text(one) if one.is_computed else shown(there.stored, year) if there else ""
        return GridCell(
            indicator=one,
            text=text,
            seen=there.stored if there else "",
            previous="",
            last_year="" if one.is_words else then.text(one),
            to_date="",
            change="" if one.is_words else change_text(one, now.value(one.code), then.value(one.code)),
        )

    tables = []
    for table, members in groupby(shown_rows, key=lambda one: one.table):
        tables.append(GridTable(table.name, table.columns, _rows(members, max(len(table.columns), 1), cell)))
    return Grid(tables, False, False, sheet, now.evaluation, now.bounded)


def _is_own(sheet: CompiledSheet, one: Indicator, wanted: Collection[str]) -> bool:
    """A computed cell that is made of nothing but what the station is asked for, of this period."""
    formula = sheet.catalogue.formula(one.code)
    if formula is None or any(moment != NOW for _code, moment in formula.names):
        return False
    entered = sheet.catalogue.entered_for(one.code)
    return bool(entered) and set(entered) <= set(wanted)


def _rows(members: Iterable[Indicator], width: int, cell: Callable[[Indicator], GridCell]) -> list[GridRow]:
    rows = []
    for _number, of_row in groupby(members, key=lambda one: one.row):
        found = {one.column: one for one in of_row}
        first = next(iter(found.values()))
        cells = [cell(found[n]) if n in found else None for n in range(width)]
        rows.append(GridRow(first.row_name, first.indent, first.group_name, cells))
    return rows


def values_of(sheet: CompiledSheet, cells: Mapping[str, Cell], year: int) -> Values:
    """Values of a station's cells and of what is computed of them."""
    by_code = sheet.catalogue.by_code
    entered: dict[Name, Decimal | None] = {}
    known: dict[Name, Bounds] = {}
    absent: set[Name] = set()
    for code, cell in cells.items():
        if cell.value is not None and code in by_code:
            entered[code, NOW] = cell.value
            if cell.qualifier or cell.as_of:
                known[code, NOW] = bounds_of(by_code[code], cell)
        elif cell.state == FigureState.NOT_APPLICABLE:
            absent.add((code, NOW))
    return Values(sheet.catalogue.definitions, entered, absent, known, year)


def last_year(part: StationPart) -> dict[str, Cell]:
    """What the station sent in for the same period a year before, by code."""
    key = part.request.submission.period.key
    before = PeriodKey(key.year - 1, key.kind, key.number)
    of = "part__request__submission"
    period = {f"{of}__period__{name}": getattr(before, name) for name in ("year", "kind", "number")}
    rows = PartFigure.objects.filter(part__station=part.station_id, part__status__in=COUNTED_STATUSES, **period)
    same_sheet = rows.filter(**{f"{of}__sheet": part.request.submission.sheet_id})
    return {code: Cell._make(cell) for code, *cell in same_sheet.values_list("indicator__code", *Cell._fields)}
