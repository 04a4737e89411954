"""How a sentence names a cell, and what a total is made of: in a matrix by row and column. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sectors.checks.messages import Message, Text
from sectors.checks.specs import BreakdownSpec, IndicatorSpec
from sectors.checks.templates import Template

MOST_NAMED = 3  # parts, of which the first tell which they are
# Names of breakdowns that say nothing beside their total.
SAY_NOTHING = frozenset({"合计", "总计", "小计", "共计", "总数"})

Indicators = Mapping[str, IndicatorSpec]


def cell(indicator: IndicatorSpec) -> Text:
    """A cell of a list by its name, one of a matrix by its row and column."""
    if not indicator.column_name:
        return indicator.name
    return Message(Template.CELL, {"row": indicator.row_name, "column": indicator.column_name})


def parts(breakdown: BreakdownSpec, indicators: Indicators) -> Message:
    """What adds up to a total: rows or columns of a matrix by their names, other parts by how they split it."""
    across, names = _across(breakdown, indicators)
    named = names if _says_nothing(breakdown, indicators) else f"{breakdown.name}：{names}"
    if across is not None:
        return Message(across, {"names": named})
    if _says_nothing(breakdown, indicators):
        return Message(Template.PARTS_NAMED, {"names": names})
    return Message(Template.PARTS, {"split": breakdown.name})


def split(breakdown: BreakdownSpec, indicators: Indicators) -> str:
    """How parts split their total; by their names, where the breakdown's says nothing."""
    return _across(breakdown, indicators)[1] if _says_nothing(breakdown, indicators) else breakdown.name


def in_row(message: str, codes: Collection[str], indicators: Indicators) -> Text:
    """What a written rule says, with the row of a matrix where it is about one row of it and does not name it."""
    rows = {(one.table, one.row): one.row_name for code in codes if (one := indicators.get(code)) and one.column_name}
    row = next(iter(rows.values())) if len(rows) == 1 else ""
    return message if not row or row in message else Message(Template.IN_ROW, {"row": row, "message": message})


def _across(breakdown: BreakdownSpec, indicators: Indicators) -> tuple[Template | None, str]:
    """Whether parts are rows or columns beside their total in its matrix, and the first names of them."""
    total, members = indicators[breakdown.total], [indicators[code] for code in breakdown.parts]
    if total.column_name and all((one.table, one.column) == (total.table, total.column) for one in members):
        return Template.ROWS, first_of([one.row_name for one in members])
    if total.column_name and all((one.table, one.row) == (total.table, total.row) for one in members):
        return Template.COLUMNS, first_of([one.column_name for one in members])
    return None, first_of([one.name for one in members])


def _says_nothing(breakdown: BreakdownSpec, indicators: Indicators) -> bool:
    total = indicators[breakdown.total]
    return breakdown.name in SAY_NOTHING | {total.row_name, total.column_name, total.name}


def first_of(names: Collection[str]) -> str:
    """Some names, of which the first tell which they are."""
    listed = "、".join(list(names)[:MOST_NAMED])
    return f"{listed}…" if len(names) > MOST_NAMED else listed
