"""A worksheet read as a form: its tables, with what was left out of them and why. No database is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.utils.translation import gettext as _

from sectors.reading.forms import columns_only, facts, formulas, heads, marked, open_rows, rows, settling, totals, words
from sectors.reading.forms.form import Form, FormTable, Line, Remark
from sectors.reading.forms.heads import Head, Kind
from sectors.reading.forms.page import MOST_COLUMNS, MOST_ROWS, Page
from sectors.reading.forms.units import Units
from sectors.reading.forms.words import squeezed
from sectors.spreadsheets.container import BadFile, OpenedFile
from sectors.spreadsheets.mark_prefix import PREFIX
from sectors.spreadsheets.positions import address

LONGEST_CAPTION = 40
LEFT_OUT = {Kind.PRIOR, Kind.CHANGE, Kind.TO_DATE, Kind.OVER_TIMES}


def page_of(book: OpenedFile, name: str) -> Page:
    return Page(book.worksheet(name), book.structure(name))


def names(book: OpenedFile) -> list[str]:
    """The worksheets of a file that are shown and hold something."""
    return [name for name in book.names if (page := book.worksheet(name)).is_visible and any(map(any, page.rows))]


def read(page: Page, units: Units) -> Form:
    """The form on a worksheet. Raises BadFile with the cell to look at, and what to do."""
    name = page.worksheet.name
    if page.size[0] > MOST_ROWS or page.size[1] > MOST_COLUMNS:
        raise BadFile(
            _(
                "The worksheet “%(name)s” reaches to cell %(cell)s. A form has at most %(rows)d rows and %(columns)d "
                "columns; a list of records is none. Delete what is no form, and choose the file again."
            )
            % {
                "name": name,
                "cell": address((page.size[0] - 1, page.size[1] - 1)),
                "rows": MOST_ROWS,
                "columns": MOST_COLUMNS,
            }
        )
    form = Form(name)
    above, captions = _tables(page, form, units)
    if not form.tables:
        raise BadFile(_nothing_found(page, name))
    unit = facts.read(form, above, captions, units)
    for table in form.tables:
        settling.open_columns_of(page, table, unit, units)
        settling.units_of(page, table, unit, units)
        totals.find(page, table)
        settling.names_of(table)
        settling.accumulation_of(table)
        settling.open_figures_of(form, table)
        settling.say_what_is_doubtful(table, units)
    _say_what_is_hidden(page, form)
    marked.take_codes(page, form)
    return form


def _nothing_found(page: Page, name: str) -> str:
    if not page.rows:
        return _("The worksheet “%(name)s” is empty. Choose another worksheet or file.") % {"name": name}
    first = next(((row, found[0][0].first) for row in page.rows if (found := page.starting(row))), None)
    what = {"name": name, "cell": address(first[1]) if first else "A1"}
    return (
        _(
            "No table was recognised on the worksheet “%(name)s”, which begins in cell %(cell)s. A table has a row of "
            "heads, such as 指标, 单位, 数量, and below it a row with a name in its first column for each figure. "
            "Write the heads into one row, and choose the file again."
        )
        % what
    )


def _tables(page: Page, form: Form, units: Units) -> tuple[list[facts.Text], set[str]]:
    """Adds the tables; gives the texts beside them, and those that are names of tables."""
    texts: list[facts.Text] = []
    captions: set[str] = set()
    last: list[facts.Text] = []
    at = 0
    while at < page.size[0]:
        row = at
        at += 1
        if row not in page.rows:
            continue
        if not heads.begins(page, row):
            said = [(area.first, text) for area, text in page.starting(row)]
            last = said or last
            if said and not words.FOOT.match(squeezed(said[0][1])):
                texts += said
            continue
        head_rows = heads.rows_of(page, row)
        found, end = open_rows.read(page, form, head_rows, units) or _with_own_rows(page, form, head_rows, units)
        if not found:
            texts += [(area.first, text) for area, text in page.starting(row)]
            continue
        caption = _caption(last, is_first=not form.tables, texts=texts)
        for _number, table in enumerate(found):
            table.name = words.without_number(caption) or table.name
            table.number = len(form.tables) + 1
            form.tables.append(table)
        captions.add(caption)
        last, at = [], end
    return texts, captions


def _caption(last: Sequence[facts.Text], *, is_first: bool, texts: Sequence[facts.Text]) -> str:
    """The line over a table that names it: numbered, or of a second table."""
    if len(last) != 1 or words.FACT.match(squeezed(last[0][1])) or words.FOOT.match(squeezed(last[0][1])):
        return ""
    text = last[0][1]
    is_title = is_first and sum(not words.FACT.match(squeezed(one)) for _place, one in texts) < 2
    is_numbered = words.level_of_number(text) == 0
    is_bare = is_first and (text[0] in "（(" or (len(texts) < 3 and not is_numbered))
    if is_title or len(text) > LONGEST_CAPTION or is_bare:
        return ""
    return text


def _with_own_rows(page: Page, form: Form, head_rows: Sequence[int], units: Units) -> tuple[list[FormTable], int]:
    """The tables under heads whose rows are figures of their own, or times, and the first row behind them."""
    body = rows.body_of(page, head_rows[-1] + 1)
    return list(_side_by_side(page, form, head_rows, body.rows, units)), body.end


def _side_by_side(
    page: Page, form: Form, head_rows: Sequence[int], body: Sequence[int], units: Units
) -> Iterator[FormTable]:
    columns = heads.columns_of(page, head_rows, body, units)
    for block in heads.blocks(columns):
        lines = rows.lines_of(page, body, block, units)
        if one := columns_only.read(form, head_rows, block, lines, units):
            _take_cells(page, form, one)
            yield one
            continue
        if not lines or not any(head.kind is Kind.ROW_HEAD for head in block):
            continue
        values = _values(form, block, head_rows[0])
        if not values:
            continue
        for section, members in groupby(lines, key=lambda line: line.section):
            own = list(members)
            _number(own)
            table = FormTable(0, section, range(head_rows[0], head_rows[-1] + 1), own, _columns(values))
            table.row_heads = [head.place for head in block if head.kind is Kind.ROW_HEAD][-1]
            _take_cells(page, form, table)
            yield table


def _number(lines: list[Line]) -> None:
    new = {line.number: place for place, line in enumerate(lines, start=1)}
    for line in lines:
        line.number, line.parent = new[line.number], new.get(line.parent or 0)


def _columns(values: Sequence[Head]) -> list[Line]:
    return [
        Line(number, head.place, head.name, head.unit, required=head.required)
        for number, head in enumerate(values, start=1)
    ]


def _values(form: Form, block: Sequence[Head], row: int) -> list[Head]:
    """The columns that are asked for; what is left out of the others is told."""
    for head in block:
        name = "·".join(head.texts)
        if head.kind in LEFT_OUT:
            text = _("“%(name)s” is left out: the system shows it beside each figure.") % {"name": name}
            form.remarks.append(Remark((row, head.place), text))
        elif head.kind is Kind.NOTE:
            text = _("“%(name)s” is left out: it holds words, which are asked for by questions.") % {"name": name}
            form.remarks.append(Remark((row, head.place), text))
        form.frequency = form.frequency or facts.frequency(name)
    times = [head for head in block if head.kind is Kind.TIME]
    if not times:
        return [head for head in block if head.kind is Kind.VALUE]
    form.frequency = times[0].time
    text = _("The columns from “%(first)s” to “%(last)s” become the periods of the sheet, each with one of them.")
    what = {"first": times[0].moment, "last": times[-1].moment}
    form.remarks.append(Remark((row, times[0].place), text % what))
    return [head for head in times if head.moment == times[0].moment]


def _take_cells(page: Page, form: Form, table: FormTable) -> None:
    """Formulas, and cells that nobody fills."""
    for row in table.rows:
        for column in table.columns:
            place = (row.place, column.place)
            if page.is_blocked(place):
                table.blocked.add(place)
            written = page.structure.formulas.get(place)
            if written is None:
                continue
            try:
                table.formulas[place] = formulas.read(written)
            except formulas.NotUnderstood:
                text = _("The formula =%(formula)s is not understood: the cell is entered. Write a check for it.")
                form.remarks.append(Remark(place, text % {"formula": written[:60]}))


def _say_what_is_hidden(page: Page, form: Form) -> None:
    if any(page.text((row, column)).startswith(PREFIX) for row, column in page.hidden()):
        return
    for place in page.hidden():
        form.remarks.append(
            Remark(place, _("Hidden rows and columns are left out. Show them in Excel to have them read."))
        )
