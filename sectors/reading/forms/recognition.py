"""A worksheet read as a form: its tables, with what was left out of them and why. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.utils.translation import gettext as _

from sectors.reading.forms import facts, formulas, heads, marked, rows, totals, words
from sectors.reading.forms.form import Form, FormTable, Line, Remark, Use
from sectors.reading.forms.heads import Head, Kind
from sectors.reading.forms.page import MOST_COLUMNS, MOST_ROWS, Page
from sectors.reading.forms.units import PURE, Units
from sectors.reading.forms.words import squeezed
from sectors.spreadsheets.container import BadFile, OpenedFile
from sectors.spreadsheets.positions import address

LEFT_OUT = {Kind.PRIOR, Kind.CHANGE, Kind.TO_DATE, Kind.OVER_TIMES}


def names(book: OpenedFile) -> list[str]:
    """The worksheets of a file that are shown and hold something."""
    return [name for name in book.names if (page := book.worksheet(name)).is_visible and any(map(any, page.rows))]


def read(book: OpenedFile, name: str, units: Units) -> Form:
    """The form on a worksheet. Raises BadFile with the cell to look at, and what to do."""
    page = Page(book.worksheet(name), book.structure(name))
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
        _settle_units(page, table, unit)
        totals.find(page, table)
        _settle_names(table)
        _settle_accumulation(table)
        _say_what_is_doubtful(table, units)
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
            "heads, such as 指标, 单位, 数量, and below it a row with a name in its first column for each figure. Write "
            "the heads into one row, and choose the file again."
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
        body = rows.body_of(page, head_rows[-1] + 1)
        found = list(_side_by_side(page, form, head_rows, body.rows, units))
        if not found:
            texts += [(area.first, text) for area, text in page.starting(row)]
            continue
        caption = _caption(last, is_first=not form.tables, texts=texts)
        for number, table in enumerate(found):
            table.name = words.without_number(caption) or table.name
            table.number = len(form.tables) + 1
            form.tables.append(table)
        captions.add(caption)
        last, at = [], body.end
    return texts, captions


def _caption(last: Sequence[facts.Text], *, is_first: bool, texts: Sequence[facts.Text]) -> str:
    """The line over a table that names it: numbered, or of a second table."""
    if len(last) != 1 or words.FACT.match(squeezed(last[0][1])) or words.FOOT.match(squeezed(last[0][1])):
        return ""
    text = last[0][1]
    is_title = is_first and sum(not words.FACT.match(squeezed(one)) for _place, one in texts) < 2
    if is_first and (is_title or words.level_of_number(text) is None):
        return ""
    return text


def _side_by_side(
    page: Page, form: Form, head_rows: Sequence[int], body: Sequence[int], units: Units
) -> Iterator[FormTable]:
    columns = heads.columns_of(page, head_rows, body, units)
    for block in heads.blocks(columns):
        lines = rows.lines_of(page, body, block, units)
        if not lines or not any(head.kind is Kind.ROW_HEAD for head in block):
            continue
        values = _values(form, block, head_rows[0])
        if not values:
            continue
        for section, members in groupby(lines, key=lambda line: line.section):
            own = list(members)
            _number(own)
            table = FormTable(0, section, range(head_rows[0], head_rows[-1] + 1), own, _columns(values))
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


def _settle_units(page: Page, table: FormTable, unit: str) -> None:
    """Each figure has one: of its row, of its column, of the form; a percentage shows it in its cells or its name."""
    for line, cells in _lines_with_cells(table):
        shown = [page.shows_percent(cell) for cell in cells if page.text(cell)]
        if not line.unit and shown and all(shown):
            line.unit = "%"
        line.decimals = max((page.places(cell) for cell in cells if page.is_number(cell)), default=0)
    rows_have_units = any(row.unit for row in table.rows)
    for column in table.columns:
        if column.unit or rows_have_units:
            continue
        if words.SHARE.search(squeezed(column.name)):
            column.unit = "%"
        elif unit:
            column.unit = unit
    columns_have_units = all(column.unit for column in table.columns)
    for row in table.rows:
        if row.unit or columns_have_units:
            continue
        above = next((one.unit for one in table.rows if one.number == row.parent), "")
        row.unit = "%" if words.SHARE.search(squeezed(row.name)) else above or unit
        if not row.unit:
            row.unit = PURE
            row.doubts.append(_("The form says no unit."))
    for line in (*table.rows, *table.columns):
        if line.unit == "%" and not line.decimals:
            line.decimals = 1


def _lines_with_cells(table: FormTable) -> Iterator[tuple[Line, list[tuple[int, int]]]]:
    for row in table.rows:
        yield row, [(row.place, column.place) for column in table.columns]
    for column in table.columns:
        yield column, [(row.place, column.place) for row in table.rows]


def _settle_names(table: FormTable) -> None:
    """Each row has a name of its own: a group beside it, or the total above it, goes before what is named twice."""
    for row in table.rows:
        row.name = squeezed(row.name) if words.TOTAL.match(squeezed(row.name)) else row.name
        if row.parent or not row.group:
            continue
        if words.TOTAL.match(squeezed(row.name)):
            row.name = f"{row.group}{squeezed(row.name)}"
        elif not any(row.number in one.total_of and one.group == row.group for one in table.rows):
            row.name = f"{row.group}：{row.name}"
    for row in table.rows:
        named = [one for one in table.rows if one.name == row.name]
        if len(named) > 1 and row.parent:
            row.name = f"{table.row(row.parent).name}：{row.name}"
    for column in table.columns:
        column.name = column.name or _("Figure")


def _settle_accumulation(table: FormTable) -> None:
    for line in (*table.rows, *table.columns):
        name = squeezed(line.name)
        if line.unit == "%" and line.use is Use.ENTERED:
            line.accumulation = "average"
            line.doubts.append(_("A percentage is entered here. Better give what it is computed of."))
        elif words.CUMULATIVE.search(name):
            line.accumulation = "cumulative"
        elif words.STOCK.search(name):
            line.accumulation = "stock"
            line.doubts.append(_("By its name it is a level, of which a year has the latest."))


def _say_what_is_doubtful(table: FormTable, units: Units) -> None:
    for row in table.rows:
        parts = [one for one in table.rows if one.parent == row.number]
        if parts and not row.total_of and not any(one.is_within or one.group for one in parts):
            row.doubts.append(_("Nothing says whether its parts add up to it: each is taken for at most the total."))
    for line in (*table.rows, *table.columns):
        if line.unit and not units.is_known(line.unit):
            text = _("The unit %(unit)s is not in the catalogue yet: it is added with the sheet.")
            line.doubts.append(text % {"unit": line.unit})


def _say_what_is_hidden(page: Page, form: Form) -> None:
    if any(page.text((row, column)).startswith(marked.PREFIX) for row, column in page.hidden()):
        return
    for place in page.hidden():
        form.remarks.append(Remark(place, _("Hidden rows and columns are left out. Show them in Excel to have them read.")))
