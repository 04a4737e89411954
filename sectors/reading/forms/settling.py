"""Units, names and the meaning of a year, of rows and columns that were recognised; what is doubtful in them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sectors.reading.forms import words
from sectors.reading.forms.form import FormTable, Line, Use
from sectors.reading.forms.page import Page
from sectors.reading.forms.units import PURE, Units
from sectors.reading.forms.words import squeezed


def units_of(page: Page, table: FormTable, unit: str) -> None:
    """Each figure has one: of its row, of its column, of the form; a percentage shows it in its cells or its name."""
    for line, cells in _lines_with_cells(table):
        shown = [page.shows_percent(cell) for cell in cells if page.text(cell)]
        if not line.unit and shown and all(shown):
            line.unit = "%"
        line.decimals = max((page.places(cell) for cell in cells if page.is_number(cell)), default=0)
    if not any(row.unit for row in table.rows):
        _units_of_columns(table, unit)
    if not any(column.unit for column in table.columns):
        _units_of_rows(table, unit)
    for line in (*table.rows, *table.columns):
        if line.unit == "%" and not line.decimals:
            line.decimals = 1


def _units_of_columns(table: FormTable, unit: str) -> None:
    for column in table.columns:
        column.unit = column.unit or ("%" if words.SHARE.search(squeezed(column.name)) else unit)
    for column in table.columns if any(column.unit for column in table.columns) else ():
        if not column.unit:
            column.unit = PURE
            column.doubts.append(_("The form says no unit."))


def _units_of_rows(table: FormTable, unit: str) -> None:
    for row in table.rows:
        above = next((one.unit for one in table.rows if one.number == row.parent), "")
        row.unit = row.unit or ("%" if words.SHARE.search(squeezed(row.name)) else above or unit)
        if not row.unit:
            row.unit = PURE
            row.doubts.append(_("The form says no unit."))


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


def say_what_is_doubtful(table: FormTable, units: Units) -> None:
    for row in table.rows:
        parts = [one for one in table.rows if one.parent == row.number]
        if parts and not row.total_of and not any(one.is_within or one.group for one in parts):
            row.doubts.append(_("Nothing says whether its parts add up to it: each is taken for at most the total."))
    for line in (*table.rows, *table.columns):
        if line.unit and not units.is_known(line.unit):
            text = _("The unit %(unit)s is not in the catalogue yet: it is added with the sheet.")
            line.doubts.append(text % {"unit": line.unit})
