"""Units, names and the meaning of a year, of rows and columns that were recognised; what is doubtful in them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sectors.reading.forms import words
from sectors.reading.forms.form import Form, FormTable, Line, Use
from sectors.reading.forms.page import Page
from sectors.reading.forms.units import PURE, Units
from sectors.reading.forms.words import squeezed
from sectors.vocabulary import RowsOfYear, ValueKind

MEASURED = 2  # decimals of what is measured, where a form shows no figures


def units_of(page: Page, table: FormTable, unit: str, units: Units) -> None:
    """Each figure has one: of its row where rows have units or there is one column, else of its column; `unit` is that
    of the form. A percentage shows it in its cells or its name."""
    by_rows = len(table.columns) == 1 or any(row.unit for row in table.rows)
    for line, cells in _lines_with_cells(table):
        line.decimals = max([line.decimals, *(page.places(cell) for cell in cells if page.is_number(cell))])
        shown = [page.shows_percent(cell) for cell in cells if page.text(cell)]
        if (line in table.rows) == by_rows and not line.unit and shown and all(shown):
            line.unit = "%"
    own = table.columns[0].unit if len(table.columns) == 1 else ""
    if not own:
        for line in table.rows if by_rows else table.columns:
            above = next((one.unit for one in table.rows if by_rows and one.number == line.parent), "")
            line.unit = line.unit or _unit_of(line, above or unit, units)
    for line, cells in _lines_with_cells(table):
        if line.unit == "%" and not line.decimals:
            line.decimals = 1
        elif units.is_measured(line.unit) and not line.decimals and not any(map(page.is_typed, cells)):
            line.decimals = MEASURED
            line.doubts.append(_("The form shows no figures: two decimals are assumed."))


def open_columns_of(page: Page, table: FormTable, unit: str, units: Units) -> None:
    """Units and decimals of the numbers in rows that the department adds."""
    for column in table.open_columns:
        if column.kind != ValueKind.NUMBER:
            continue
        cells = [(row, column.place) for row in table.open_places]
        column.unit = column.unit or _unit_of(column, unit, units)
        if units.is_measured(column.unit) and not column.decimals and not any(map(page.is_typed, cells)):
            column.decimals = MEASURED
            column.doubts.append(_("The form shows no figures: two decimals are assumed."))


def open_figures_of(form: Form, table: FormTable) -> None:
    """What is made of rows has the unit and decimals of its column; whether a year adds them up says the table."""
    figures = [line for line in (*table.rows, *table.columns) if line.of_rows]
    for figure in figures:
        column = table.column_of_rows(figure)
        if column is not None:
            figure.unit, figure.decimals, figure.doubts = column.unit, max(figure.decimals, column.decimals), []
    names = [form.title, table.name, *(column.name for column in table.open_columns)]
    if table.has_only_columns and figures:
        goes_on = any(words.CUMULATIVE.search(name) or words.STOCK.search(name) for name in map(squeezed, names))
        table.set_rows_of_year(RowsOfYear.LAST if goes_on else RowsOfYear.ALL)


def _unit_of(line: Line, around: str, units: Units) -> str:
    """By the name, by what is around it, or none at all, which is said."""
    name = squeezed(line.name)
    if words.SHARE.search(name):
        return "%"
    if around:
        return around
    if found := units.in_name(name):
        line.doubts.append(_("The unit is taken from its name."))
        return found
    line.doubts.append(_("The form says no unit."))
    return PURE


def _lines_with_cells(table: FormTable) -> Iterator[tuple[Line, list[tuple[int, int]]]]:
    for row in table.rows:
        yield row, [(row.place, column.place) for column in table.columns]
    for column in table.columns:
        yield column, [(row.place, column.place) for row in table.rows]


def names_of(table: FormTable) -> None:
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


def accumulation_of(table: FormTable) -> None:
    for line in (*table.rows, *table.columns):
        name = squeezed(line.name)
        if line.accumulation:
            continue
        if line.unit == "%" and line.use is Use.ENTERED:
            line.accumulation = "average"
            line.doubts.append(_("A percentage is entered here. Better give what it is computed of."))
        elif words.CUMULATIVE.search(name):
            line.accumulation = "cumulative"
        elif words.STOCK.search(name):
            line.accumulation = "stock"
            line.doubts.append(_("By its name it is a level, of which a year has the latest."))
    for row in table.rows:
        _take_over_accumulation(table, row)


def _take_over_accumulation(table: FormTable, row: Line) -> None:
    """The parts of a level are levels: 其中：电梯 of 特种设备在用数."""
    whole = table.row(row.parent) if row.parent else None
    if whole is not None and not row.accumulation and row.unit == whole.unit and whole.accumulation != "average":
        row.accumulation = whole.accumulation


def say_what_is_doubtful(table: FormTable, units: Units) -> None:
    for row in table.rows:
        parts = [one for one in table.rows if one.parent == row.number]
        if parts and not row.total_of and not any(one.is_within or one.group for one in parts):
            row.doubts.append(_("Nothing says whether its parts add up to it: each is taken for at most the total."))
    for line in (*table.rows, *table.columns, *table.open_columns):
        if line.unit and not units.is_known(line.unit):
            text = _("The unit %(unit)s is not in the catalogue yet: it is added with the sheet.")
            line.doubts.append(text % {"unit": line.unit})
