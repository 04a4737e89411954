"""Rows of an open table in a sentence: 东街管网5.2公里、西街管网3公里. Pure."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from reports.aggregation.open_rows import YearRow, YearRows
from reports.document.marks import mark_gap, mark_number, strip_marks
from reports.wording.limits import Refused
from sectors.calculation.cells import Cell
from sectors.models import Indicator
from sectors.vocabulary import FigureState

MOST = 20  # rows that a sentence lists
NAME = re.compile(r"\{([a-z0-9_]+)\}")


def check(indicator: Indicator, pattern: str) -> None:
    """Raises Refused for a figure that is made of no rows, and for a column that its table has not."""
    if not indicator.of_rows:
        raise Refused(_("%(code)s is made of no rows (of_rows), so there are none to list.") % {"code": indicator.code})
    known = [column["code"] for column in indicator.table.open_columns]
    for name in NAME.findall(pattern):
        if name not in known:
            what = {"name": name, "known": ", ".join(f"{{{one}}}" for one in known)}
            raise Refused(_("The rows have no column {%(name)s}. They have: %(known)s.") % what)


def text(indicator: Indicator, found: YearRows | None, pattern: str) -> str:
    """Each row as the pattern says, as marked text; 等 behind them where there are more, or some may be missing."""
    if found is None:
        return ""
    pieces = [_piece(indicator, found, row, pattern) for row in found.rows[:MOST]]
    listed = "、".join(filter(None, pieces))
    return listed + ("等" if listed and (len(found.rows) > MOST or not found.is_whole) else "")


def _piece(indicator: Indicator, found: YearRows, row: YearRow, pattern: str) -> str:
    def cell(match: re.Match[str]) -> str:
        column = found.table.by_code.get(match[1])
        return _cell(indicator, row, column, row.cells[match[1]]) if column else ""

    return NAME.sub(cell, pattern)


def _cell(indicator: Indicator, row: YearRow, column: Indicator, cell: Cell) -> str:
    """What is missing is a gap where it had to be filled; else nothing stands for it, as for what does not apply."""
    if cell.state == FigureState.NUMBER:
        return mark_number(row.code(indicator, column), row.printed(column))
    if cell.state == FigureState.BLANK and column.required:
        return mark_gap(row.code(indicator, column), column.name)
    return strip_marks(row.printed(column))
