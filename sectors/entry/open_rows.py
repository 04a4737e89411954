"""Rows that a department adds to an open table, and what its figures make of them.

A cell of a row has a code as cells of indicators have: the table's, the row's key, the column's (`pipes/<key>/length`).
A row is there while something stands in it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from sectors.calculation.cells import Cell
from sectors.catalogue.compiled import sheet_of
from sectors.catalogue.open_tables import OpenTable, cell_of, total_of
from sectors.entry.requested_cells import RequestedCells
from sectors.models import Indicator, OpenRow, Submission
from sectors.vocabulary import FigureState, RowTotal, SubmissionStatus

CODE = re.compile(r"([a-z0-9_]+)/([0-9a-f]{32})/([a-z0-9_]+)")
MOST_VALUE = Decimal(10) ** 14  # what a figure can hold is below


def code_of(table: OpenTable, key: uuid.UUID, column: Indicator) -> str:
    return f"{table.code}/{key.hex}/{column.code}"


def is_code(code: str) -> bool:
    return "/" in code


def rows_of(submission: Submission) -> dict[int, list[OpenRow]]:
    """The rows of a submission by the keys of their tables, in their order."""
    found: dict[int, list[OpenRow]] = {}
    for row in submission.open_rows.order_by("position", "pk"):
        found.setdefault(row.table_id, []).append(row)
    return found


def counts(submission: Submission) -> dict[str, int]:
    """Of the figures that are made of rows, by code, of how many; without those whose tables have none."""
    tables = sheet_of(submission).open_table_of
    if not tables:
        return {}
    keys = list(submission.open_rows.order_by().values_list("table", flat=True))
    return {code: count for code, table in tables.items() if (count := keys.count(table.table.pk))}


def made(table: OpenTable, rows: Sequence[OpenRow]) -> dict[Indicator, Cell]:
    """What the figures of a table make of its rows. A sum of which a part is missing is missing; of no rows all are."""
    return {total: _made(total, table, rows) for total in table.totals}


def _made(total: Indicator, table: OpenTable, rows: Sequence[OpenRow]) -> Cell:
    by, code = total_of(total.of_rows)
    if by == RowTotal.COUNT:
        return Cell(FigureState.NUMBER, Decimal(len(rows))) if rows else Cell(FigureState.BLANK)
    cells = _cells(table, code, rows)
    numbers = [cell.value for cell in cells if cell.value is not None]
    if not cells or any(cell.state in (FigureState.BLANK, FigureState.TEXT) for cell in cells):
        return Cell(FigureState.BLANK)
    if not numbers:
        return Cell(FigureState.NOT_APPLICABLE)
    value = max(numbers) if by == RowTotal.MAX else sum(numbers, Decimal(0))
    if abs(value) >= MOST_VALUE:
        return Cell(FigureState.BLANK)
    return Cell(FigureState.NUMBER, value, max(cell.places for cell in cells))


def _cells(table: OpenTable, column: str, rows: Sequence[OpenRow]) -> list[Cell]:
    return [cell_of(table.by_code[column], row.cells.get(column, "")) for row in rows]


def summed(table: OpenTable) -> set[str]:
    """The columns of which a figure is the sum, by their codes."""
    return {code for by, code in (total_of(total.of_rows) for total in table.totals) if by == RowTotal.SUM}


def sum_of(table: OpenTable, column: str, rows: Sequence[OpenRow]) -> Decimal:
    """Of the numbers that there are."""
    return sum((cell.value for cell in _cells(table, column, rows) if cell.value is not None), Decimal(0))


def missing(submission: Submission) -> list[str]:
    """What must be filled in rows and is not, in words: table, row and column. What is reopened is not asked for it in
    rows that stand as they were accepted, such as those of history."""
    tables = sheet_of(submission).open_tables
    changed = _changed_since_accepted(submission) if tables and submission.is_reopened else None
    rows = rows_of(submission) if tables else {}
    return [
        _("%(table)s, row %(number)d, %(column)s")
        % {"table": table.table.name, "number": number, "column": column.name}
        for table in tables
        for number, row in enumerate(rows.get(table.table.pk, ()), start=1)
        if changed is None or row.key in changed
        for column in table.columns
        if column.required and not row.cells.get(column.code)
    ]


def _changed_since_accepted(submission: Submission) -> set[uuid.UUID]:
    """The keys of rows."""
    last = submission.transitions.filter(new=SubmissionStatus.ACCEPTED).order_by("pk").last()
    changes = submission.row_changes.filter(at__gte=last.at) if last else submission.row_changes.all()
    return set(changes.order_by().values_list("key", flat=True))


def locks(requested: RequestedCells, table: OpenTable) -> bool:
    """Whether a return locks its rows: none of the figures that are made of them was asked for."""
    return all(requested.locks(total.code) for total in table.totals)
