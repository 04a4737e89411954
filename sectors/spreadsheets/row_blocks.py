"""Open rows in a sheet's Excel file: a block below their table, with room for more.

The column that a row is called by stands where other rows have their heads; the others follow in their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sectors.calculation.cells import Cell
from sectors.catalogue.compiled import sheet_of
from sectors.catalogue.open_tables import OpenTable, cell_of
from sectors.entry import open_rows
from sectors.entry.row_tables import Row, RowTable
from sectors.models import Indicator, Submission
from sectors.spreadsheets.positions import Position

ABOVE = 3  # rows over the first one: a caption, hidden marks, heads
BELOW = 1


@dataclass(frozen=True)
class Block:
    """`rows` with the spare ones; each has its cells in the order of `columns`."""

    table: OpenTable
    columns: Sequence[Indicator]
    rows: Sequence[Row]
    is_locked: bool

    @property
    def name(self) -> str:
        """What marks call it: no table has a code with a stroke."""
        return f"{self.table.code}/"

    @property
    def height(self) -> int:
        return ABOVE + len(self.rows) + BELOW

    def codes(self, row: Row) -> list[str]:
        by_column = {cell.column.code: cell.code for cell in row.cells}
        return [by_column[column.code] for column in self.columns]

    def places(self, first: int, left: int) -> Iterator[tuple[str, Position]]:
        """Of each cell, where the first row of the block is `first` and its first column `left`."""
        for number, row in enumerate(self.rows):
            for column, code in enumerate(self.codes(row)):
                yield code, (first + ABOVE + number, left + column)


def blocks(tables: Mapping[int, RowTable]) -> dict[int, Block]:
    """By the keys of their tables."""
    found = {}
    for key, rows in tables.items():
        title = rows.table.title
        columns = [title, *(column for column in rows.table.columns if column.code != title.code)]
        found[key] = Block(rows.table, columns, [*rows.rows, *rows.spare], rows.is_locked)
    return found


def cells_of(submission: Submission) -> dict[str, Cell]:
    """What stands in its rows, by code."""
    tables = sheet_of(submission).open_tables
    rows = open_rows.rows_of(submission) if tables else {}
    return {
        open_rows.code_of(table, row.key, column): cell_of(column, row.cells[column.code])
        for table in tables
        for row in rows.get(table.table.pk, ())
        for column in table.columns
        if column.code in row.cells
    }


def asked_in(found: Iterable[Block]) -> list[Indicator]:
    """What the cells of blocks take, each under its own code."""
    return [
        named(column, code)
        for block in found
        for row in block.rows
        for column, code in zip(block.columns, block.codes(row), strict=True)
    ]


def named(column: Indicator, code: str) -> Indicator:
    """What a cell of a column takes, under its own code."""
    fields = {field.attname: getattr(column, field.attname) for field in column._meta.concrete_fields}
    found = Indicator(**{**fields, "code": code, "row_name": _("row")})
    found.unit, found.table = column.unit, column.table
    return found
