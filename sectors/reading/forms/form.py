"""A form as it was recognised: what it is about, its tables with their formulas, and what is doubtful. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from sectors.reading.forms.formulas import Node, in_any_row
from sectors.spreadsheets.positions import Position, address
from sectors.vocabulary import Accumulation, RowsOfYear, RowTotal, ValueKind


class Use(StrEnum):
    """What becomes of a row or a column."""

    ENTERED = "entered"
    COMPUTED = "computed"
    LEFT_OUT = "left_out"


@dataclass
class Line:
    """A row or a column. `number` counts from 1 in its table and stays, whatever is corrected; `place` is where it
    stands in the worksheet. A row with a unit of its own has it before that of its column. `total_of` has the numbers
    of the lines that it adds up, `parent` that of the row of which it is a part (其中). `kind` and `options` are of a
    column of open rows; `of_rows` says what a figure makes of these (`count`, `sum`, `max`), and `of_column` the number
    of which of their columns."""

    number: int
    place: int
    name: str
    unit: str = ""
    decimals: int = 0
    accumulation: str = ""
    required: bool = False
    parent: int | None = None
    is_within: bool = False  # the form says 其中
    group: str = ""
    section: str = ""  # the heading over a part of the table
    total_of: tuple[int, ...] = ()
    use: Use = Use.ENTERED
    kind: ValueKind = ValueKind.NUMBER
    options: tuple[str, ...] = ()
    of_rows: str = ""
    of_column: int = 0
    of_name: str = ""  # of that column, in a sheet that was downloaded here
    code: str = ""  # of what was downloaded here, otherwise it is made of the number
    doubts: list[str] = field(default_factory=list)

    @property
    def is_used(self) -> bool:
        return self.use is not Use.LEFT_OUT


@dataclass
class FormTable:
    """`formulas` and `blocked` (cells that nobody fills: ×, —) are by place in the worksheet. With `open_columns` the
    department adds rows of its own, for which there is room at `open_places`; figures are made of them."""

    number: int
    name: str
    heads: range
    rows: list[Line]
    columns: list[Line]
    formulas: dict[Position, Node] = field(default_factory=dict)
    blocked: set[Position] = field(default_factory=set)
    code: str = ""
    row_heads: int = 0  # the column in which rows have their names
    has_only_columns: bool = False  # its rows are times, or added by the department: each column is one figure
    open_columns: list[Line] = field(default_factory=list)
    open_places: list[int] = field(default_factory=list)

    def used_rows(self) -> list[Line]:
        return [row for row in self.rows if row.is_used]

    def used_columns(self) -> list[Line]:
        return [column for column in self.columns if column.is_used]

    def used_open_columns(self) -> list[Line]:
        return [column for column in self.open_columns if column.is_used]

    def lines_beside(self, line: Line) -> list[Line]:
        """Those that a line is one of."""
        sides = (self.rows, self.columns, self.open_columns)
        return next(side for side in sides if any(one is line for one in side))

    def column_of_rows(self, line: Line) -> Line | None:
        """The column of open rows of which a figure is made; None of their count, and where none has numbers for it."""
        found = (one for one in self.used_open_columns() if one.number == line.of_column)
        return next((one for one in found if one.kind == ValueKind.NUMBER), None)

    def is_made_of_rows(self, line: Line) -> bool:
        is_there = line.of_rows == RowTotal.COUNT or self.column_of_rows(line) is not None
        return bool(line.of_rows and self.used_open_columns()) and line.use is Use.COMPUTED and is_there

    @property
    def rows_of_year(self) -> RowsOfYear:
        """Of which periods a year has the rows: what is made of them is told in the same way."""
        lines = [line for line in (*self.rows, *self.columns) if line.of_rows]
        is_last = any(line.accumulation in (Accumulation.CUMULATIVE, Accumulation.STOCK) for line in lines)
        return RowsOfYear.LAST if is_last else RowsOfYear.ALL

    def set_rows_of_year(self, rows: str) -> None:
        if rows == self.rows_of_year:
            return
        for line in (*self.rows, *self.columns):
            if line.of_rows:
                line.accumulation = Accumulation.CUMULATIVE.value if rows == RowsOfYear.LAST else ""

    def row(self, number: int) -> Line:
        return self.rows[number - 1]

    def parts(self, row: Line) -> list[Line]:
        """The used rows that are 其中 of a row."""
        return [one for one in self.used_rows() if one.parent == row.number]

    def formula_of(self, column: Line) -> Node | None:
        """The formula of a column, over cells of its row (`formulas.OWN`); None where rows have different ones."""
        nodes = [
            (row.place, self.formulas.get((row.place, column.place)))
            for row in self.rows
            if not row.total_of and (row.place, column.place) not in self.blocked
        ]
        if not nodes or any(node is None for _row, node in nodes):
            return None
        same = {in_any_row(node, row) for row, node in nodes if node is not None}
        return same.pop() if len(same) == 1 else None

    @property
    def is_list(self) -> bool:
        return len(self.used_columns()) == 1


@dataclass(frozen=True)
class Remark:
    """What was left out of a form, or is doubtful, at a cell."""

    place: Position
    text: str

    @property
    def address(self) -> str:
        return address(self.place)


@dataclass
class Form:
    """`organisation` is who fills it, as the form calls it; `frequency` is empty where nothing says it."""

    worksheet: str
    title: str = ""
    number: str = ""
    organisation: str = ""
    frequency: str = ""
    period: str = ""
    tables: list[FormTable] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def units(self) -> set[str]:
        """Those of what is used."""
        lines: Iterable[Line] = (
            line
            for table in self.tables
            for line in (*table.used_rows(), *table.used_columns(), *table.used_open_columns())
        )
        return {line.unit for line in lines if line.unit}

    def lines(self) -> Iterator[tuple[str, FormTable, Line]]:
        """Each row and column with the name of its fields: `t1.r2`, `t1.c1`, `t1.o1` of open rows."""
        for table in self.tables:
            for row in table.rows:
                yield f"t{table.number}.r{row.number}", table, row
            for column in table.columns:
                yield f"t{table.number}.c{column.number}", table, column
            for column in table.open_columns:
                yield f"t{table.number}.o{column.number}", table, column
