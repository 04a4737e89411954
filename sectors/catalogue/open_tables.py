"""Open tables ready for use: what their columns ask for, and which figures are made of their rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, cast

from sectors.calculation.cells import STORED_NOT_APPLICABLE, Cell
from sectors.calculation.units import Units
from sectors.models import Indicator, Table, Unit
from sectors.vocabulary import FigureState, RowsOfYear, RowTotal, ValueKind

TOTAL = re.compile(r"(sum|max)\(([a-z0-9_]+)\)")


def total_of(of_rows: str) -> tuple[str, str]:
    """What a figure makes of the rows, and of which column: `sum(length)` is `("sum", "length")`, `count` of none."""
    found = TOTAL.fullmatch(of_rows)
    return (found[1], found[2]) if found else (RowTotal.COUNT, "")


@dataclass(frozen=True)
class OpenTable:
    """`columns` say what a cell takes as indicators do that are not stored: `code` is the column's own, unit fetched.
    `totals` are the figures of the period that are made of its rows."""

    table: Table
    columns: Sequence[Indicator]
    totals: Sequence[Indicator]

    @cached_property
    def by_code(self) -> Mapping[str, Indicator]:
        return {column.code: column for column in self.columns}

    @cached_property
    def title(self) -> Indicator:
        """The column that a row is called by: the first that is in words, else the first."""
        return next((column for column in self.columns if column.value_kind == ValueKind.TEXT), self.columns[0])

    def keeps(self, column: Indicator) -> bool:
        """Whether what stands in a column is a fair start for the next period: of a list that goes on through the year
        all of it, else what a row is called and which kind it is."""
        is_name = column.value_kind in (ValueKind.TEXT, ValueKind.CHOICE)
        return is_name or self.table.rows_of_year == RowsOfYear.LAST

    @property
    def code(self) -> str:
        return str(self.table.code)


def columns_of(table: Table, units: Units) -> tuple[Indicator, ...]:
    return tuple(_column(table, number, stored, units) for number, stored in enumerate(table.open_columns))


def _column(table: Table, number: int, stored: Mapping[str, Any], units: Units) -> Indicator:
    return Indicator(
        table=table,
        sheet_id=table.sheet_id,
        code=stored["code"],
        name=stored["name"],
        row_name=stored["name"],
        row=0,
        column=number,
        unit=cast("Unit", units[stored["unit"]]),
        value_kind=stored["kind"],
        options=stored["options"],
        decimals=stored["decimals"],
        signed=stored["signed"],
        minimum=_decimal(stored["min"]),
        maximum=_decimal(stored["max"]),
        required=stored["required"],
        help=stored["help"],
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def of_indicators(indicators: Sequence[Indicator], units: Units) -> tuple[OpenTable, ...]:
    """The open tables that these lie in, in their order; with the last figure that is made of its rows a table stops
    taking any."""
    totals: dict[int, list[Indicator]] = {}
    for row in indicators:
        if row.of_rows and row.table.open_columns:
            totals.setdefault(row.table_id, []).append(row)
    return tuple(OpenTable(own[0].table, columns_of(own[0].table, units), own) for own in totals.values())


def cell_of(column: Indicator, stored: str) -> Cell:
    """What stands in a cell of a row. What was stored as something else than the column asks for by now is words."""
    if not stored:
        return Cell(FigureState.BLANK)
    if stored == STORED_NOT_APPLICABLE:
        return Cell(FigureState.NOT_APPLICABLE)
    if not column.is_words:
        try:
            return Cell(FigureState.NUMBER, Decimal(stored), len(stored.partition(".")[2]))
        except InvalidOperation:
            pass
    return Cell(FigureState.TEXT, words=stored)
