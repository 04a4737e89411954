"""Rows that a department adds, in a browser: typed, pasted, removed and taken back, begun with those of last period."""

import os

import pytest
from playwright.sync_api import expect

from sectors.catalogue.loader import load
from sectors.models import OpenRow
from tests import base
from tests.browser.steps import cell, copied, open_sheet, serious, sign_in, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(cast):
    load(base.DATA / "rows")
    return base.submission(cast.county, "T-20")


def field(page, row, column, table="pipes"):
    """Of a row by its number and a column by its own, both from 1."""
    return page.locator(f"#rows-{table} tbody tr").nth(row - 1).locator("td input").nth(column - 1)


def saved(page, row, column):
    expect(field(page, row, column).locator("xpath=..")).to_have_attribute("data-state", "saved")


def picture(page, name):
    """For whoever wants to look at it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_rows_are_typed_pasted_removed_and_taken_back(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    field(page, 1, 1).fill("东街给水管网")
    field(page, 1, 1).press("Tab")
    page.keyboard.type("5.2")
    page.keyboard.press("Tab")
    saved(page, 1, 2)
    expect(cell(page, "works.pipes.length")).to_have_value("5.2")
    expect(cell(page, "works.pipes.length")).not_to_be_editable()
    field(page, 2, 1).click()
    copied(page, "西街排水管网\t3\t80.5\tD\t2023/2/3\n北街给水管网\t1.4\t\t给水\t")
    page.keyboard.press("Control+v")
    saved(page, 2, 5)
    saved(page, 3, 4)
    expect(field(page, 4, 1)).to_be_visible()  # an empty one below
    expect(cell(page, "works.pipes.length")).to_have_value("9.6")
    expect(page.locator("#cell-works-pipes-mean .value")).to_have_text("3.20")
    assert not serious(page)
    picture(page, "sheet")
    page.get_by_role("button", name="删去第2行").click()
    expect(cell(page, "works.pipes.length")).to_have_value("6.6")
    expect(cell(page, "works.pipes")).to_have_value("2")
    page.locator("#undo-line button").click()
    expect(cell(page, "works.pipes")).to_have_value("3")
    page.reload()
    expect(field(page, 2, 1)).to_have_value("北街给水管网")
    expect(field(page, 3, 4)).to_have_value("排水")
    assert OpenRow.objects.count() == 3


def test_what_does_not_fit_stays_with_its_sentence(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    field(page, 1, 2).fill("约5公里")
    field(page, 1, 2).press("Tab")
    expect(field(page, 1, 2).locator("xpath=..")).to_have_attribute("data-state", "invalid")
    expect(page.locator(".cell-problems li")).to_contain_text("新建管网第1行长度")
    page.reload()
    expect(field(page, 1, 2)).to_have_value("约5公里")
    assert not OpenRow.objects.exists()
    cell(page, "works.pipes").fill("0")
    cell(page, "works.pipes").press("Enter")
    state(page, "works.pipes", "saved")  # without rows it is typed


def test_a_period_begins_with_the_rows_of_the_last_one(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    field(page, 1, 1, "parks").fill("东园")
    field(page, 1, 2, "parks").fill("-2.5")
    field(page, 1, 2, "parks").press("Enter")
    expect(cell(page, "works.parks.change")).to_have_value("-2.5")
    following = base.submission(cast.county, "T-20", "2023Q2")
    open_sheet(page, following)
    picture(page, "offer")
    page.get_by_role("button", name="沿用2023年第1季度的 1 行").click()
    expect(field(page, 1, 1, "parks")).to_have_value("东园")
    field(page, 1, 2, "parks").fill("-3")
    field(page, 1, 2, "parks").press("Enter")
    expect(cell(page, "works.parks.change")).to_have_value("-3")
    sign_in(page, "office")
    page.goto(f"/submissions/{following.pk}/")
    expect(page.locator("table.open-rows").nth(1)).to_contain_text("东园")
    picture(page, "review")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "review-phone")
