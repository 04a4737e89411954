"""Figures that are not exact, in a sheet's Excel file and back."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from sectors.entry import writer
from sectors.spreadsheets import reader
from sectors.spreadsheets.validation import BEGINS, ENDS
from tests import base
from tests.sectors.spreadsheets import workbooks
from tests.sectors.spreadsheets.workbooks import at, download, filled, opened, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("120余", "120余"),
        ("95以上", "95以上"),
        ("约12.50", "约12.50"),
        ("近2000", "近2000"),
        ("<5", "5以下"),
        ("0（截至2月19日）", "0（截至2023年2月19日）"),
    ],
)
def test_they_pass_the_validation_and_come_back_as_they_were_typed(cast, sheet, typed, stored):
    assert typed[0] in BEGINS or typed[-1] in ENDS
    found = upload(filled(download(sheet), food_price=typed), sheet, cast.clerk)
    assert [(change.code, change.old, change.new) for change in found.changes] == [("food.price", "", stored)]
    reader.store(found, sheet, cast.clerk)
    again = download(sheet)
    assert opened(again)[1][at(again, "food.price")].value == stored
    assert upload(again, sheet, cast.clerk).is_empty
    assert sheet.changes.get().new == stored


def test_a_number_in_their_place_is_a_change(cast, sheet):
    writer.save(sheet, writer.Typed({"food.done": "120余"}), by=cast.clerk)
    found = upload(filled(download(sheet), food_done=120), sheet, cast.clerk)
    assert [(change.old, change.new) for change in found.changes] == [("120余", "120")]


def test_what_is_computed_of_them_is_left_to_the_page(cast, sheet):
    base.report(cast.county, "2022Q1", {"food.done": "约90"})
    base.report(cast.county, "2022Q4", {"food.done": "70"})
    writer.save(sheet, writer.Typed({"food.done": "120余", "food.passed": "100"}), by=cast.clerk)
    data = download(sheet)
    page = load_workbook(BytesIO(data), data_only=True).active
    done = page[at(data, "food.done")]
    beside = [page.cell(done.row, done.column + n).value for n in range(1, 5)]
    assert (page[at(data, "food.rate")].value, done.value) == (None, "120余")
    assert beside == [70, "约90", "120余", None]


def test_what_adds_up_over_the_year_is_no_number_beside_one_that_is_not_exact(cast, sheet):
    base.report(cast.county, "2023Q1", {"food.done": "20"})
    second = base.submission(cast.county, in_period="2023Q2")
    data = download(second)
    row = workbooks.cells(opened(data)[1])["food.done"].row
    assert opened(data)[1][f"G{row}"].value.startswith(f"=IF(OR(ISNUMBER(D{row}),")
