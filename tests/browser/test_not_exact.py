"""Figures that are not exact, typed into the sheet."""

import pytest
from playwright.sync_api import expect

from tests import base
from tests.browser.steps import cell, copied, open_sheet, sign_in, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def opened(page, cast):
    sheet = base.submission(cast.county)
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    page.wait_for_load_state("networkidle")
    return page


def test_they_are_typed_as_they_are_said_and_followed(opened):
    page = opened
    cell(page, "food.done").fill("１２０余批次")
    cell(page, "food.passed").fill("100")
    state(page, "food.done", "saved")
    cell(page, "food.passed").blur()
    state(page, "food.passed", "saved")
    expect(cell(page, "food.done")).to_have_value("120余")
    expect(cell(page, "food.rate").locator(".value")).to_have_text("83.4以下")
    cell(page, "food.firms").fill("余30")
    state(page, "food.firms", "invalid")


def test_a_computed_cell_is_about_while_the_server_is_away(opened):
    page = opened
    cell(page, "food.done").fill("200")
    cell(page, "food.passed").fill("100")
    state(page, "food.passed", "saved")
    page.context.set_offline(True)
    cell(page, "food.passed").fill("150余")
    expect(cell(page, "food.rate").locator(".value")).to_have_text("约75.0")
    page.context.set_offline(False)
    state(page, "food.passed", "saved")
    expect(cell(page, "food.rate").locator(".value")).to_have_text("75.0以上")


def test_the_day_is_chosen_in_the_bar(opened):
    page = opened
    day = page.get_by_label("截至")
    cell(page, "food.done").focus()
    expect(day).to_be_hidden()
    cell(page, "food.done").fill("0")
    state(page, "food.done", "saved")
    day.fill("2023-02-19")
    expect(cell(page, "food.done")).to_have_value("0（截至2023年2月19日）")
    state(page, "food.done", "saved")
    page.reload()
    expect(cell(page, "food.done")).to_have_value("0（截至2月19日）")
    cell(page, "food.done").focus()
    expect(day).to_have_value("2023-02-19")
    day.fill("")
    expect(cell(page, "food.done")).to_have_value("0")


def test_a_pasted_block_brings_them(opened):
    page = opened
    copied(page, "120余\n约100")
    cell(page, "food.done.farm").focus()
    page.keyboard.press("Control+V")
    state(page, "food.done.farm", "saved")
    expect(cell(page, "food.done.farm")).to_have_value("120余")
    expect(cell(page, "food.done.school")).to_have_value("约100")
