"""A matrix table as a catalogue file writes it, put together from the indicators that it was expanded to.

`sectors.catalogue.matrix` goes the other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sectors.catalogue.keys import INHERITED
from sectors.catalogue.writing_rows import measured, nested
from sectors.models import Indicator, Table

Breakdowns = Mapping[int, Mapping[str, tuple[bool, list[int]]]]


def matrix_table(table: Table, cells: Sequence[Indicator], breakdowns: Breakdowns) -> dict[str, Any]:
    """Its keys but `code` and `name`. `cells` are in the order of rows and columns."""
    return _Matrix(table, cells, breakdowns).specification()


class _Matrix:
    def __init__(self, table: Table, cells: Sequence[Indicator], breakdowns: Breakdowns) -> None:
        self.heads, self.breakdowns = table.columns, breakdowns
        self.rows = [list(row) for _number, row in groupby(cells, key=lambda cell: cell.row)]
        self.row_of = {cell.pk: cell.row for cell in cells}
        self.code_of = {cell.pk: cell.code for cell in cells}
        self.prefix = cells[0].code.rsplit(".", 2)[0]
        self.has_side = self._has_side()
        self.has_total = self._has_total()

    def specification(self) -> dict[str, Any]:
        top = self.rows[:-1] if self.has_total else self.rows
        found: dict[str, Any] = {
            "matrix": self.prefix,
            "rows": nested([row[0] for row in top], self._row, self._is_exhaustive, "rows"),
            "columns": [self._column(place) for place in range(len(self.heads) - self.has_side)],
        }
        if self.has_total:
            row = self.rows[-1]
            found["total_row"] = {
                "code": _row_code(row[0]),
                "name": row[0].row_name,
                **self._computed(cell for cell in row if self._is_summed(cell)),
            }
        if self.has_side:
            found["total_column"] = self._side()
        return found

    def _has_side(self) -> bool:
        """Whether the cells of the last column have parts in their own rows."""
        last = [row[-1] for row in self.rows if row[-1].column == len(self.heads) - 1]
        return any(self.row_of.get(part) == cell.row for cell in last for part in self._parts(cell))

    def _has_total(self) -> bool:
        """Whether the last row has parts above it."""
        last = self.rows[-1]
        number = last[0].row
        parts = [part for cell in last if self._is_summed(cell) for part in self._parts(cell)]
        return any(self.row_of.get(part, number) < number for part in parts)

    def _is_summed(self, cell: Indicator) -> bool:
        return not (self.has_side and cell.column == len(self.heads) - 1)

    def _parts(self, cell: Indicator) -> Iterable[int]:
        return (part for _is_exhaustive, parts in self.breakdowns.get(cell.pk, {}).values() for part in parts)

    def _row(self, first: Indicator, _total: Indicator | None) -> dict[str, Any]:
        cells = next(row for row in self.rows if row[0].pk == first.pk)
        computed = {"computed": True} if any(map(_is_sum_of_parts, filter(self._is_summed, cells))) else {}
        return {"code": _row_code(first), "name": first.row_name, **computed}

    def _is_exhaustive(self, first: Indicator, name: str) -> bool:
        """Of the breakdown of any cell of the row; rows in which nothing is added up have none."""
        cells = next(row for row in self.rows if row[0].pk == first.pk)
        return any(self.breakdowns.get(cell.pk, {}).get(name, (False, []))[0] for cell in cells)

    def _computed(self, totals: Iterable[Indicator]) -> dict[str, bool]:
        return {} if any(map(_is_sum_of_parts, totals)) else {"computed": False}

    def _side(self) -> dict[str, Any]:
        cells = [row[-1] for row in self.rows if row[-1].column == len(self.heads) - 1]
        found = {"code": _column_code(cells[0]), "name": self.heads[-1]["name"], **self._computed(cells)}
        columns = [_code_end(self.code_of[part]) for part in self._parts(cells[0])]
        return found if columns == self._summed_columns() else {**found, "columns": columns}

    def _summed_columns(self) -> list[str]:
        columns = [self._column(place) for place in range(len(self.heads) - self.has_side)]
        return [
            column["code"]
            for column in columns
            if column.get("total", True) and not column.get("formula") and not column.get("kind")
        ]

    def _column(self, place: int) -> dict[str, Any]:
        cells = [cell for row in self.rows for cell in row if cell.column == place]
        rows = [cell for cell in cells if not (self.has_total and cell.row == self.rows[-1][0].row)]
        typed = [cell for cell in rows if not _is_sum_of_parts(cell)] or rows
        first = typed[0]
        found = {"code": _column_code(first), "name": self.heads[place]["name"], **measured(first, INHERITED)}
        for key in ("key", "pass_rate"):
            found.pop(key, None)
            if any(getattr(cell, f"is_{key}") for cell in cells):
                found[key] = True
        if first.formula:
            found["formula"] = _formula(cells, self.prefix)
        if first.counted:
            found["counted"] = _counted(typed)
        return found if len(cells) > len(rows) or not self.has_total else {**found, "total": False}


def _is_sum_of_parts(cell: Indicator) -> bool:
    """Whether it is computed because its row, or its column, is."""
    return bool(cell.formula == f"parts({cell.code})")


def _row_code(cell: Indicator) -> str:
    return cell.code.split(".")[-2]


def _column_code(cell: Indicator) -> str:
    return _code_end(cell.code)


def _code_end(code: str) -> str:
    return code.rsplit(".", 1)[1]


def _formula(cells: Sequence[Indicator], prefix: str) -> str:
    """The formula from which `{row}` makes that of each cell."""

    def own(cell: Indicator) -> str:
        return f"{prefix}.{_row_code(cell)}"

    tried = dict.fromkeys(cell.formula.replace(f"{own(cell)}.", "{row}.") for cell in cells)
    fits = (text for text in tried if all(text.replace("{row}", own(cell)) == cell.formula for cell in cells))
    return next(fits, cells[0].formula)


def _counted(rows: Sequence[Indicator]) -> dict[str, Any]:
    """The counting rule from which `{key}` makes that of each row."""

    def tried(cell: Indicator) -> dict[str, Any]:
        where = cell.counted["where"].items()
        return {name: [value.replace(_row_code(cell), "{key}") for value in values] for name, values in where}

    def fits(where: Mapping[str, list[str]]) -> bool:
        return all(
            {name: [value.replace("{key}", _row_code(cell)) for value in values] for name, values in where.items()}
            == cell.counted["where"]
            for cell in rows
        )

    plain = rows[0].counted["where"]
    found = plain if fits(plain) else next((w for cell in rows if fits(w := tried(cell))), plain)
    return {**rows[0].counted, "where": found}
