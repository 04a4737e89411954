"""Sheets that were downloaded here and come back as forms: the same sheets, those with open rows too."""

import pytest

from sectors.catalogue.open_tables import columns_of
from sectors.models import Indicator, Sheet, Submission, Unit
from sectors.reading.forms.form import Use
from sectors.reading.forms.units import Units
from sectors.spreadsheets import writer
from tests import base
from tests.sectors.reading.test_forms import draft, read


def came_back(region, number):
    """What is read of the file that a person downloads, who may add rows."""
    units = Units({way: name for name, unit in Unit.objects.by_name().items() for way in (name, *unit.also)})
    submission = Submission.objects.for_reading().get(pk=base.submission(region, number, "2023Q1").pk)
    return read(writer.write(submission, room="1/file"), units)


@pytest.mark.parametrize("number", ["C-01", "S-01", "C-02", "D-01"])
def test_what_was_downloaded_here_comes_back_as_the_same_sheet(shipped_catalogue, number):
    """Each indicator by its code: name, unit, whether it is computed, and what it makes of which rows."""
    sheet = Sheet.objects.get(number=number)
    form = came_back(shipped_catalogue, number)
    assert (form.title, form.number, form.frequency) == (sheet.name, number, sheet.frequency)
    assert [table.name for table in form.tables] == [*sheet.tables.order_by("position").values_list("name", flat=True)]
    found = {}
    for table in form.tables:
        for row in table.rows:
            for column in table.columns:
                code = row.code if table.is_list else f"{row.code}.{column.code}"
                computed = Use.COMPUTED in (row.use, column.use) and not row.of_rows
                found[code] = (row.name, row.unit or column.unit, computed, row.of_rows)
    wanted = Indicator.objects.filter(sheet=sheet).select_related("unit")
    assert found == {
        one.code: (one.row_name, one.unit.name, one.is_computed, one.of_rows.partition("(")[0]) for one in wanted
    }


@pytest.mark.parametrize("number", ["C-01", "D-01"])
def test_its_open_table_comes_back_with_its_columns(shipped_catalogue, number):
    """Each by its code: name, kind, unit, whether it is required, and what is chosen from."""
    form = came_back(shipped_catalogue, number)
    units = Unit.objects.by_name()
    tables = {table.code: table for table in Sheet.objects.get(number=number).tables.all() if table.open_columns}
    assert len(tables) == 1
    for table in form.tables:
        own = tables.pop(table.code, None)
        wanted = columns_of(own, units) if own else ()
        assert {
            column.code: (column.name, column.kind, column.unit or "1", column.required, column.options)
            for column in table.open_columns
        } == {
            column.code: (
                column.name,
                column.value_kind,
                column.unit.name,
                column.required,
                tuple(words for _code, words in column.options),
            )
            for column in wanted
        }
        if own:
            written = next(one for one in draft(form).content["sheets"][0]["tables"] if one["code"] == own.code)
            assert written["rows_of_year"] == own.rows_of_year
    assert not tables
