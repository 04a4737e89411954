"""A submission as an .xlsx file to fill: the tables of the screen, locked but for the cells to enter."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from sectors import guard
from sectors.access import fits_status
from sectors.entry import grid, row_tables
from sectors.entry.grid import GridCell, GridRow, GridTable
from sectors.entry.requested_cells import requested_cells
from sectors.models import Indicator, Question, Submission
from sectors.vocabulary import Accumulation

from . import escaping, layout, row_blocks, row_writer
from .formulas import NOT_APPLICABLE, given, given_change, spreadsheet_formula
from .layout import PLAIN, WORDS, row_mark, table_mark, value_mark
from .positions import Position, address
from .row_writer import BOX, CREAM, FONT, GREY, HEAD, MARKS
from .validation import validate

FIRST = 2  # column of units or values, behind row heads
WIDE, NARROW, PORTRAIT = 38, 11.5, 115  # widths in characters: of two columns, and of a page held upright
EXACT = 15  # digits that a spreadsheet's number can hold
TITLE_ROWS = 4  # hidden marks, title, facts, hint; the approval of a sheet that has one takes another
HEAD_ROWS = 3  # caption, hidden marks, heads of a table
FLOW = Accumulation.FLOW
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "-"))
# A field of GridCell and its head.
Band = tuple[str, str]


def write(submission: Submission, room: str = "") -> bytes:
    """The file. `submission` with its sheet, period, department and region fetched; with `room` (see `row_tables.read`)
    open tables take more rows."""
    into = BytesIO()
    with Workbook(into, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        SheetWriter(submission, book, room).write()
    return into.getvalue()


def file_name(submission: Submission) -> str:
    return f"{submission.sheet.number} {submission.sheet.name} {submission.period.code}.xlsx"


class SheetWriter:
    def __init__(self, submission: Submission, book: Workbook, room: str = "") -> None:
        self.submission, self.book = submission, book
        self._read(room)
        cells = [cell for table in self.grid.tables for row in table.rows for cell in row.cells if cell]
        self.entered = [cell.indicator for cell in cells if not cell.indicator.is_computed]
        self.to_enter = [*self.entered, *row_blocks.asked_in(self.blocks.values())]
        known = self.grid.sheet.catalogue.definitions
        self.definitions = {cell.indicator.code: known[cell.indicator.code] for cell in cells}
        self.bands = {_code_of(table): _bands(table) for table in self.grid.tables}
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        # What is printed: of tables with columns nothing further back than last period.
        lists = HEAD + len(_heads(None, (), self.grid.has_to_date))
        wide = [HEAD + len(t.columns) * (1 + bool(self.bands[_code_of(t)])) for t in self.grid.tables]
        self.last = max([lists, *wide, *(HEAD + len(block.columns) - 1 for block in self.blocks.values())])
        self.places: dict[str, Position] = {}
        self.row = 0

    def _read(self, room: str) -> None:
        """What is written, and what of it may be filled in."""
        self.grid = grid.read(self.submission)
        self.figures = {**layout.figures_of(self.submission), **row_blocks.cells_of(self.submission)}
        self.answers = layout.answers_of(self.submission)
        self.blocks = row_blocks.blocks(row_tables.read(self.submission, room=room))
        self.questions = list(self.submission.questions().select_related("table"))
        self.requested_cells = requested_cells(self.submission)
        self.open = fits_status("submit", self.submission)

    def write(self) -> None:
        number = self.submission.sheet.number
        self.page: Worksheet = self.book.add_worksheet(number.translate(FORBIDDEN)[:31])
        hidden = self.book.add_worksheet(layout.HIDDEN)
        self._place_all()
        self._title()
        for table in self.grid.tables:
            self._table(table)
        self._words(None)
        self._signatures()
        validate(self.page, self.to_enter, self.places)
        self._set_up()
        for n, texts in enumerate(self._origin().rows()):
            for column, text in enumerate(texts):
                hidden.write_string(n, column, text)
        hidden.very_hidden()
        hidden.protect()

    def _origin(self) -> layout.Origin:
        return layout.origin(self.submission, self.to_enter, self.figures, self.questions, self.answers)

    # Where everything comes to stand: formulas name cells that are written later.

    def _place_all(self) -> None:
        self.row = self._title_rows
        for table in self.grid.tables:
            self.row += 3
            for row in table.rows:
                self.row += 1 if row.group_name else 0
                first = FIRST if table.columns else FIRST + 1
                for n, cell in enumerate(row.cells):
                    if cell:
                        self.places[cell.indicator.code] = (self.row, first + n)
                self.row += 1
            if block := self._block_of(table):
                self.places |= dict(block.places(self.row, HEAD))
                self.row += block.height
            self.row += 2 * len(self._questions_of(table)) + 1
        self.row = 0

    def _block_of(self, table: GridTable) -> row_blocks.Block | None:
        first = next(cell for row in table.rows for cell in row.cells if cell)
        return self.blocks.get(first.indicator.table_id)

    def _questions_of(self, table: GridTable | None) -> list[Question]:
        """Those under a table; with None those under none of the tables."""
        known = {_code_of(shown) for shown in self.grid.tables}
        under = [(q, q.table.code if q.table and q.table.code in known else None) for q in self.questions]
        return [q for q, code in under if code == (_code_of(table) if table else None)]

    # Heads.

    def format_of(self, *kinds: dict[str, Any], **more: Any) -> Any:
        """Each combination once: a workbook holds a limited number."""
        wanted: dict[str, Any] = {}
        for kind in (*kinds, more):
            wanted |= kind
        key = tuple(sorted(wanted.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(wanted)
        return self.formats[key]

    def line(self, text: str, form: Any, mark: str = PLAIN, height: float | None = None) -> None:
        """A text over the whole width."""
        self.page.write_string(self.row, MARKS, mark)
        self.page.merge_range(self.row, HEAD, self.row, self.last, "", form)
        if text:
            self.page.write_string(self.row, HEAD, text, form)
        if height:
            self.page.set_row(self.row, height)
        self.row += 1

    @property
    def _title_rows(self) -> int:
        return TITLE_ROWS + bool(self.submission.sheet.approval)

    def _title(self) -> None:
        self.page.write_string(0, MARKS, table_mark(WORDS))
        self.page.write_string(0, HEAD, value_mark(0))
        self.page.set_row(0, None, None, {"hidden": True})
        self.row = 1
        title = self.format_of(FONT, font_name="黑体", font_size=16, align="center")
        self.line(self.submission.sheet.name, title, height=28)
        for line in filter(None, (self._facts(), self.submission.sheet.approval)):
            self.line("　　".join(f"{name} {value}" for name, value in line), self.format_of(FONT, align="center"))
        self.line(self._hint(), self.format_of(FONT, font_size=9, font_color="#5A6472", text_wrap=True), height=26)

    def _facts(self) -> list[tuple[str, str]]:
        return [
            (_("Sheet number"), self.submission.sheet.number),
            (_("Reported by"), self.submission.department.name),
            (_("Period"), self.submission.period.label),
            (_("Due"), f"{self.submission.due:%Y-%m-%d}"),
        ]

    def _hint(self) -> str:
        if self.submission.is_closed:
            return guard.closed_message(self.submission)
        if not self.open:
            return _("This sheet is with others now (%(status)s): to read, not to fill.") % {
                "status": self.submission.get_status_display()
            }
        return _(
            "Fill the yellow cells only; grey cells compute themselves. Empty means not reported yet, 0 is a number, "
            "n/a says that it does not apply; what is not exact is typed as 120余, 95以上, 500以下, 约30, 近2000. "
            "* required. Save as .xlsx and upload it on the page of this sheet."
        )

    # Tables.

    def _table(self, table: GridTable) -> None:
        caption = self.format_of(FONT, bold=True, font_size=11, valign="bottom")
        self.page.write_string(self.row, MARKS, PLAIN)
        self.page.write_string(self.row, HEAD, table.name, caption)
        self.page.set_row(self.row, 22)
        first = FIRST if table.columns else FIRST + 1
        self.page.write_string(self.row + 1, MARKS, table_mark(_code_of(table)))
        for n in range(max(len(table.columns), 1)):
            self.page.write_string(self.row + 1, first + n, value_mark(n))
        self.page.set_row(self.row + 1, None, None, {"hidden": True})
        head = self.format_of(BOX, bold=True, bg_color=GREY, align="center", text_wrap=True)
        self.page.write_string(self.row + 2, MARKS, PLAIN)
        heads = [_("Indicator"), *self._heads(table)]
        for n, text in enumerate(heads):
            self.page.write_string(self.row + 2, HEAD + n, text, head)
        lines = [sum(_lines(line, int(NARROW)) for line in text.split("\n")) for text in heads]
        self.page.set_row(self.row + 2, 15 * max(lines) + 4)
        self.row += 3
        for row in table.rows:
            self._row(table, row)
        if block := self._block_of(table):
            row_writer.write_block(self, block, may_enter=self.open and not block.is_locked)
        self._words(table)
        self.row += 1

    def _heads(self, table: GridTable) -> list[str]:
        return _heads(table, self.bands[_code_of(table)], self.grid.has_to_date)

    def _row(self, table: GridTable, row: GridRow) -> None:
        if row.group_name:
            self.page.write_string(self.row, MARKS, PLAIN)
            group = self.format_of(FONT, font_color="#5A6472", indent=2 * max(row.indent, 1) - 1)
            self.page.write_string(self.row, HEAD, row.group_name, group)
            self.row += 1
        codes = [cell.indicator.code if cell else "" for cell in row.cells]
        self.page.write_string(self.row, MARKS, row_mark(_code_of(table), codes))
        self._row_head(table, row)
        for cell in row.cells:
            if cell:
                self._value(cell)
                self._compare(table, cell)
        self.row += 1

    def _row_head(self, table: GridTable, row: GridRow) -> None:
        form = self.format_of(BOX, indent=2 * row.indent, text_wrap=True)
        cell = row.cells[0]
        if table.columns or cell is None:
            self.page.write_string(self.row, HEAD, row.name, form)
            return
        parts: list[Any] = [self.format_of(FONT), row.name]
        if cell.indicator.required:
            parts += [self.format_of(FONT, font_color="#A8211C"), " *"]
        made = row_writer.made_of_rows(cell.indicator)
        note = "；".join(text for text in (cell.accumulation, made, cell.indicator.help) if text)
        if note:
            parts += [self.format_of(font_name="宋体", font_size=8, font_color="#5A6472"), f"\n{note}"]
        # Two sizes of type in one cell: not every program finds the height by itself.
        self.page.set_row(self.row, 15 * _lines(row.name, 34 - 4 * row.indent) + 11 * _lines(note, 46 - 5 * row.indent))
        if len(parts) > 2:
            self.page.write_rich_string(self.row, HEAD, *parts, form)
        else:
            self.page.write_string(self.row, HEAD, row.name, form)
        unit = cell.indicator.unit.name
        self.page.write_string(self.row, FIRST, "" if unit == "1" else unit, self.format_of(BOX, align="center"))

    def _value(self, cell: GridCell) -> None:
        indicator = cell.indicator
        place = self.places[indicator.code]
        if indicator.is_computed:
            form = self.format_of(BOX, bg_color=GREY, num_format=_decimals(indicator))
            formula = spreadsheet_formula(indicator.code, self.definitions, self.places)
            if formula:
                self.page.write_formula(*place, formula, form, given(cell.text))
            else:
                self.text_or_number(place, cell.text, form)
            return
        known = self.figures.get(indicator.code)
        may_enter = self.open and not (self.requested_cells.locks(indicator.code) or cell.rows)
        colour = {"bg_color": CREAM, "locked": False} if may_enter else {}
        if indicator.is_words:  # as text, of which a spreadsheet makes no number and no day
            form = self.format_of(BOX, colour, num_format="@", text_wrap=True)
            self.page.write_string(*place, known.stored if known else "", form)
            return
        self.text_or_number(place, known.text if known else "", self.format_of(BOX, colour, align="right"))

    def text_or_number(self, place: Position, text: str, form: Any) -> None:
        """As a number, unless it is none or has more digits than a spreadsheet keeps."""
        if not text:
            self.page.write_blank(*place, None, form)
            return
        try:
            number = Decimal(text)
        except InvalidOperation:
            self.page.write_string(*place, text, form)
            return
        if len(number.as_tuple().digits) > EXACT:
            self.page.write_string(*place, text, form)
        else:
            self.page.write_number(*place, float(number), form)

    def _compare(self, table: GridTable, cell: GridCell) -> None:
        """What was before, beside the cell; in a table with columns to the right of all of them."""
        form = self.format_of(BOX, font_color="#5A6472", num_format=_decimals(cell.indicator))
        row, column = self.places[cell.indicator.code]
        if table.columns:
            for n, (name, _word) in enumerate(self.bands[_code_of(table)], 1):
                place = (row, column + n * len(table.columns))
                if name == "to_date":
                    self._to_date(cell, place, address((row, column)), form)
                else:
                    self.text_or_number(place, getattr(cell, name), form)
            return
        texts = [cell.previous, cell.last_year] if self.grid.has_to_date else [cell.last_year]
        for n, text in enumerate(texts, 1):
            self.text_or_number((row, column + n), text, form)
        now, then = address((row, column)), address((row, column + len(texts)))
        if self.grid.has_to_date:
            self._to_date(cell, (row, column + 3), now, form)
        rise = f"{now}-{then}" if cell.indicator.unit.is_percent else f'IF({then}>0,{now}/{then}-1,"")'
        shown = _points(cell.indicator) if cell.indicator.unit.is_percent else "+0.0%;-0.0%;+0.0%"
        self.page.write_formula(
            *(row, column + len(texts) + 1 + self.grid.has_to_date),
            f'=IF(COUNT({now},{then})=2,{rise},"")',
            self.format_of(BOX, font_color="#5A6472", align="right", num_format=shown),
            given_change(cell),
        )

    def _to_date(self, cell: GridCell, place: Position, now: str, form: Any) -> None:
        """What adds up over the year grows while one types; anything else is as of the download."""
        is_exact = not cell.to_date or given(cell.to_date) != ""
        if cell.indicator.is_computed or cell.indicator.accumulation != FLOW or not is_exact:
            self.text_or_number(place, cell.to_date, form)
            return
        known = self.figures.get(cell.indicator.code)
        own = known.value if known and known.value is not None else Decimal(0)
        before = Decimal(cell.to_date) - own if cell.to_date else Decimal(0)
        others = f'IF(ISNUMBER({now}),{now},"")'
        if before:  # what is typed as 120余 adds up on the page of the sheet only
            is_known = f'ISNUMBER({now}),{now}="",ISNUMBER(MATCH({now},{NOT_APPLICABLE},0))'
            others = f'IF(OR({is_known}),{before:f}+N({now}),"")'
        self.page.write_formula(*place, f"={others}", form, given(cell.to_date))

    # Words and signatures.

    def _words(self, table: GridTable | None) -> None:
        asked = self.format_of(FONT, text_wrap=True, bold=True, valign="bottom")
        for question in self._questions_of(table):
            self.line(f"{question.text}（{question.get_kind_display()}）", asked, height=24)
            text = self.answers.get(question.code, "")
            form = self.format_of(BOX, text_wrap=True, valign="top", locked=not self.open)
            if len(text) > escaping.LONGEST:
                self.line(_("This answer is too long for a spreadsheet. Edit it on the page of the sheet."), form)
                continue
            colour = self.format_of(BOX, text_wrap=True, valign="top", bg_color=CREAM, locked=False)
            self.line(text, colour if self.open else form, row_mark(WORDS, [question.code]), height=90)

    def _signatures(self) -> None:
        names = (_("Department head:"), _("Filled in by:"), _("Date:"))
        self.row += 1
        self.line("　　　　　　　　　　".join(names), self.format_of(FONT), height=26)

    # The page as a whole.

    def _set_up(self) -> None:
        page, last = self.page, self.last
        page.set_column(MARKS, MARKS, None, None, {"hidden": True})
        page.set_column(HEAD, HEAD, WIDE)
        tables = self.grid.tables
        page.set_column(FIRST, max([last, *(HEAD + len(self._heads(table)) for table in tables)]), NARROW)
        page.protect("", {"format_columns": True, "format_rows": True})
        page.set_paper(9)
        if WIDE + NARROW * (last - HEAD) > PORTRAIT:
            page.set_landscape()
        page.print_area(0, HEAD, self.row, last)
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        page.set_footer("&C" + _("Page %(page)s of %(pages)s") % {"page": "&P", "pages": "&N"})
        page.hide_gridlines(2)
        same = len({tuple(self._heads(table)) for table in tables}) == 1
        page.freeze_panes(self._title_rows + HEAD_ROWS * same, FIRST)
        if self.entered:
            page.set_selection(*self.places[self.entered[0].code] * 2)


def _code_of(table: GridTable) -> str:
    """The table's code, which the grid knows by its indicators."""
    return next(cell.indicator.table.code for row in table.rows for cell in row.cells if cell)


def _bands(table: GridTable) -> list[Band]:
    """What a table with columns compares with, each in as many columns again; only what has anything to show."""
    known = [("previous", _("Last period")), ("last_year", _("Same period last year")), ("to_date", _("Year to date"))]
    cells = [cell for row in table.rows for cell in row.cells if cell] if table.columns else []
    return [(name, word) for name, word in known if any(getattr(cell, name) for cell in cells)]


def _heads(table: GridTable | None, bands: Sequence[Band], has_to_date: bool) -> list[str]:
    """Heads of the columns to the right of the row heads; without a table, those of a list."""
    if table is None or not table.columns:
        before, to_date = ([_("Last period")], [_("Year to date")]) if has_to_date else ([], [])
        compared = [*before, _("Same period last year"), *to_date, _("Against last year")]
        return [_("Unit"), _("This period"), *compared]
    required = {n for row in table.rows for n, cell in enumerate(row.cells) if cell and cell.indicator.required}
    values = [
        "\n".join(filter(None, (f"{name} *" if n in required else name, _bracketed(unit), word)))
        for n, (name, unit, word) in enumerate(table.heads)
    ]
    return values + [f"{word}\n{column['name']}" for _name, word in bands for column in table.columns]


def _bracketed(unit: str) -> str:
    return f"({unit})" if unit and unit != "1" else ""


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column; Chinese characters are two wide."""
    return -(-sum(2 if ord(letter) > 0x2E80 else 1 for letter in text) // width)


def _decimals(indicator: Indicator) -> str:
    return "0." + "0" * indicator.decimals if indicator.decimals else "0"


def _points(indicator: Indicator) -> str:
    name, number = _("%(points)s pp") % {"points": ""}, _decimals(indicator)
    return f'+{number}"{name}";-{number}"{name}";+{number}"{name}"'
