"""Open rows written into a sheet's Excel file."""

from __future__ import annotations

from typing import Any, Protocol

from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from sectors.calculation.cells import Cell
from sectors.catalogue.open_tables import total_of
from sectors.models import Indicator
from sectors.spreadsheets.layout import PLAIN, row_mark, table_mark, value_mark
from sectors.spreadsheets.positions import Position
from sectors.spreadsheets.row_blocks import Block
from sectors.vocabulary import RowTotal, ValueKind

MARKS, HEAD = 0, 1  # columns: hidden codes, row heads
FONT = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
BOX = FONT | {"border": 1, "border_color": "#AAB3BF"}
GREY, CREAM = "#EEF1F4", "#FFFBE6"


class SheetFile(Protocol):
    """What is being written: `row` is the next one."""

    page: Worksheet
    row: int
    places: dict[str, Position]
    figures: dict[str, Cell]

    def format_of(self, *kinds: dict[str, Any], **more: Any) -> Any: ...

    def line(self, text: str, form: Any, mark: str = PLAIN, height: float | None = None) -> None: ...

    def text_or_number(self, place: Position, text: str, form: Any) -> None: ...


def write_block(file: SheetFile, block: Block, *, may_enter: bool) -> None:
    caption = file.format_of(FONT, bold=True, valign="bottom")
    file.line(f"{block.table.table.name} · {_('row by row')}", caption, height=22)
    file.page.write_string(file.row, MARKS, table_mark(block.name))
    for n in range(len(block.columns)):
        file.page.write_string(file.row, HEAD + n, value_mark(n))
    file.page.set_row(file.row, None, None, {"hidden": True})
    head = file.format_of(BOX, bold=True, bg_color=GREY, align="center", text_wrap=True)
    file.page.write_string(file.row + 1, MARKS, PLAIN)
    for n, column in enumerate(block.columns):
        file.page.write_string(file.row + 1, HEAD + n, _head(column), head)
    file.page.set_row(file.row + 1, 34)
    file.row += 2
    for row in block.rows:
        codes = block.codes(row)
        file.page.write_string(file.row, MARKS, row_mark(block.name, codes))
        for column, code in zip(block.columns, codes, strict=True):
            _write_cell(file, column, code, may_enter=may_enter)
        file.row += 1
    file.row += 1


def made_of_rows(indicator: Indicator) -> str:
    """What a figure is of the rows below it, in words that `reading.forms` knows again; empty for any other."""
    if not indicator.of_rows:
        return ""
    by, code = total_of(indicator.of_rows)
    if by == RowTotal.COUNT:
        return _("number of the rows below")
    what = {"column": next((own["name"] for own in indicator.table.open_columns if own["code"] == code), code)}
    texts = {
        RowTotal.SUM: _("sum of “%(column)s” in the rows below"),
        RowTotal.MAX: _("largest “%(column)s” of the rows below"),
    }
    return texts[RowTotal(by)] % what


def _head(column: Indicator) -> str:
    name = f"{column.name} *" if column.required else column.name
    below = _("day") if column.value_kind == ValueKind.DATE else column.unit_text
    return "\n".join(filter(None, (name, f"({below})" if below else "")))


def _write_cell(file: SheetFile, column: Indicator, code: str, *, may_enter: bool) -> None:
    colour = {"bg_color": CREAM, "locked": False} if may_enter else {}
    text = file.figures[code].stored if code in file.figures else ""
    if column.is_words:  # as text, of which a spreadsheet makes no number and no day
        file.page.write_string(*file.places[code], text, file.format_of(BOX, colour, num_format="@", text_wrap=True))
    else:
        file.text_or_number(file.places[code], text, file.format_of(BOX, colour, align="right"))
