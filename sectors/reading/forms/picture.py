"""The worksheet of a form as rows of cells to draw, each with what it was taken for. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sectors.reading.forms.form import Form
from sectors.reading.forms.page import Page
from sectors.spreadsheets.positions import Position, address

HEAD, ROW, FIGURE, FORMULA, OTHER = "head", "row", "figure", "formula", "other"


@dataclass(frozen=True)
class PictureCell:
    """`kind` is what the cell was taken for, `formula` what it computes in the form; `number` is that of its row."""

    address: str
    text: str
    rows: int
    columns: int
    kind: str
    formula: str = ""


@dataclass(frozen=True)
class PictureRow:
    number: int  # as Excel counts
    cells: list[PictureCell]


def rows_of(page: Page, form: Form) -> Iterator[PictureRow]:
    """What is shown of the worksheet."""
    kinds = _kinds(form)
    drawn: set[Position] = set()
    for row in page.rows:
        cells = []
        for column in page.columns:
            area = page.area((row, column))
            if (row, column) in drawn:
                continue
            covered = [
                (r, c)
                for r in range(area.first[0], area.last[0] + 1)
                for c in range(area.first[1], area.last[1] + 1)
                if r in page.shown_rows and c in page.shown_columns
            ]
            drawn.update(covered)
            kind = kinds.get((row, column), OTHER)
            formula = page.structure.formulas.get(area.first, "")
            kind = FORMULA if formula and kind == FIGURE else kind
            height, width = len({r for r, _c in covered}), len({c for _r, c in covered})
            cells.append(PictureCell(address(area.first), page.text((row, column)), height, width, kind, formula))
        yield PictureRow(row + 1, cells)


def _kinds(form: Form) -> dict[Position, str]:
    found: dict[Position, str] = {}
    for table in form.tables:
        for column in table.columns:
            found |= {(row, column.place): HEAD for row in table.heads}
            if column.is_used:
                found |= {(row.place, column.place): FIGURE for row in table.rows if row.is_used}
        for column in table.open_columns:
            found |= {(row, column.place): HEAD for row in table.heads if table.has_only_columns}
            if column.is_used:
                found |= {(row, column.place): FIGURE for row in table.open_places}
        first = min(column.place for column in (*table.columns, *table.open_columns))
        found |= {(row, at): HEAD for row in table.heads for at in range(first)}
        found |= {(row.place, at): ROW for row in table.rows for at in range(first) if (row.place, at) not in found}
    return found
