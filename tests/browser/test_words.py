"""A choice, a short text and a day in a browser: typed, pasted, refused and not lost."""

import pytest
from playwright.sync_api import expect

from sectors.catalogue.loader import load
from tests import base
from tests.browser.steps import cell, copied, open_sheet, sign_in, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(cast):
    load(base.DATA / "kinds")
    return base.submission(cast.county, "T-09")


def stored(of):
    return {figure.indicator.code: figure.cell.stored for figure in of.figures.select_related("indicator")}


def test_words_are_typed_and_what_does_not_fit_stays_with_its_sentence(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    for code, text in (("water", "ii"), ("note", "总磷、氨氮"), ("checked", "2023.3.5"), ("growth", "-3.2%")):
        cell(page, f"climate.{code}").fill(text)
        cell(page, f"climate.{code}").press("Enter")
        state(page, f"climate.{code}", "saved")
    expect(cell(page, "climate.water")).to_have_value("Ⅱ类")
    expect(cell(page, "climate.checked")).to_have_value("2023-03-05")
    expect(page.locator("#cell-climate-water-options option")).to_have_count(3)
    cell(page, "climate.water").fill("很好")
    cell(page, "climate.water").press("Enter")
    state(page, "climate.water", "invalid")
    page.reload()
    expect(cell(page, "climate.water")).to_have_value("很好")
    assert stored(sheet)["climate.water"] == "Ⅱ类"
    assert stored(sheet)["climate.growth"] == "-3.2"


def test_a_block_with_words_is_pasted(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    cell(page, "climate.rivers.east.samples").click()
    copied(page, "5\t5\t甲级\n4\t3\tB")
    page.keyboard.press("Control+v")
    for code in ("east.grade", "west.grade", "west.samples"):
        state(page, f"climate.rivers.{code}", "saved")
    expect(cell(page, "climate.rivers.west.grade")).to_have_value("乙级")
    assert stored(sheet)["climate.rivers.east.grade"] == "甲级"
