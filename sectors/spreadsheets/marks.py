"""Where the cells to enter stand in a worksheet, by its hidden marks. Pure: no database."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sectors.spreadsheets.preview import READING, OnFileProgress, no_progress

from .container import BadFile
from .layout import WORDS
from .mark_prefix import PREFIX
from .positions import Position, address
from .worksheet import Worksheet

TABLE, VALUE, ROW = f"{PREFIX}table:", f"{PREFIX}value:", f"{PREFIX}row:"


@dataclass
class Marks:
    cells: dict[str, Position] = field(default_factory=dict)  # by code
    refused: dict[Position, str] = field(default_factory=dict)  # cells that cannot be read, with the reason
    blocked: set[Position] = field(default_factory=set)  # entry cells that a refusal covers
    stray: list[Position] = field(default_factory=list)  # contents in a column of values that no mark claims
    heads: dict[str, object] = field(default_factory=dict)  # by code, what stands over its column
    any: bool = False


def read_marks(page: Worksheet, on_progress: OnFileProgress = no_progress) -> Marks:
    """Find the cells. Raises BadFile when a whole column of values is gone."""
    found, columns, heads = Marks(), _columns(page), _heads(page)
    values = sorted({column for table, own in columns.items() if table != WORDS for column in own.values()})
    twice: dict[str, list[Position]] = {}
    for number, row in enumerate(page.rows):
        on_progress(READING, number, len(page.rows))
        marks = [value for value in row if isinstance(value, str) and value.startswith(PREFIX)]
        found.any = found.any or bool(marks)
        for mark in marks:
            if mark.startswith(ROW):
                _row(found, twice, columns, number, mark)
        if not marks:
            found.stray += [(number, column) for column in values if column < len(row) and row[column] != ""]
    for code, (at, column) in found.cells.items():
        above = max((head for head in heads if head < at), default=None)
        found.heads[code] = "" if above is None else page.value((above, column))
    for places in twice.values():
        _refuse_twice(found, places)
    _refuse_merged(found, page)
    return found


def _columns(page: Worksheet) -> dict[str, dict[int, int]]:
    """Columns that hold the values of each table, by their number in it."""
    found: dict[str, dict[int, int]] = {}
    for row in page.rows:
        table = next((value[len(TABLE) :] for value in row if isinstance(value, str) and value.startswith(TABLE)), None)
        if table is not None:
            found[table] = {
                int(value[len(VALUE) :]): column
                for column, value in enumerate(row)
                if isinstance(value, str) and value.startswith(VALUE) and value[len(VALUE) :].isdecimal()
            }
    return found


def _heads(page: Worksheet) -> list[int]:
    """The rows of heads, each the first with a mark under that of a table."""
    found, is_next = [], False
    for number, row in enumerate(page.rows):
        marks = [value for value in row if isinstance(value, str) and value.startswith(PREFIX)]
        if is_next and marks:
            found.append(number)
        if marks:
            is_next = any(mark.startswith(TABLE) for mark in marks)
    return found


def _row(
    found: Marks, twice: dict[str, list[Position]], columns: dict[str, dict[int, int]], number: int, mark: str
) -> None:
    table, _colon, codes = mark[len(ROW) :].partition(":")
    for n, code in enumerate(codes.split(",")):
        if not code:
            continue
        if n not in columns.get(table, {}):
            raise BadFile(
                _(
                    "A column of figures, or the hidden row over it, was deleted, so that nobody can tell what the "
                    "others hold. Download the sheet again and copy your figures into it."
                )
            )
        place = (number, columns[table][n])
        if code in found.cells:
            twice.setdefault(code, [found.cells[code]]).append(place)
        found.cells[code] = place


def _refuse_twice(found: Marks, places: list[Position]) -> None:
    cells = "、".join(address(place) for place in places)
    for place in places:
        found.refused[place] = _("This row stands in the file more than once (%(cells)s). Delete the copies.") % {
            "cells": cells
        }
    found.blocked |= set(places)


def _refuse_merged(found: Marks, page: Worksheet) -> None:
    """A merged cell keeps one value only. It does no harm where that is the value of its one entry cell."""
    entries = {place: code for code, place in found.cells.items()}
    for (top, left), (bottom, right) in page.merged:
        rows, columns = range(top, min(bottom, len(page.rows)) + 1), range(left, right + 1)
        if len(rows) * len(columns) < len(entries):
            inside = [(row, column) for row in rows for column in columns if (row, column) in entries]
        else:
            inside = [place for place in entries if place[0] in rows and place[1] in columns]
        if inside and inside != [(top, left)]:
            cells = f"{address((top, left))}:{address((bottom, right))}"
            found.refused[top, left] = _(
                "Merged cells (%(cells)s) cover cells to enter. Take the merging back and fill each cell."
            ) % {"cells": cells}
            found.blocked |= set(inside)
