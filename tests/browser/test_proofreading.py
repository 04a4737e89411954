"""A written report gone through by keyboard."""

import pytest
from playwright.sync_api import expect

from sectors.models import Figure
from sectors.vocabulary import Role
from tests import base
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser

TEXT = "特克斯县2021年质量状况分析报告\n1.特种设备\n特种设备使用单位96家，电梯175部、锅炉12台。\n"


def test_numbers_are_confirmed_rejected_and_corrected_by_keyboard(page, shipped_catalogue):
    base.user(Role.OFFICE, shipped_catalogue.departments.get(code="office"))
    sign_in(page, "office")
    page.goto("/proofreading/")
    file = {"name": "report.txt", "mimeType": "text/plain", "buffer": TEXT.encode()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并读取").click()
    lists = page.locator("select[name=figure]")
    expect(lists).to_have_count(3)
    expect(page.locator("[data-progress]")).to_have_text("2/3 处已采用")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    expect(page.locator("[data-progress]")).to_have_text("2/3 处已采用")
    expect(lists.nth(0)).to_have_value("0:equipment.users")
    expect(lists.nth(1)).to_have_value("")
    page.keyboard.press("k")
    page.keyboard.press("f")
    page.locator("#find-name").fill("电梯")
    page.get_by_role("button", name="采用", exact=True).click()
    expect(lists.nth(1)).to_have_value("1:equipment.lifts")
    page.reload()  # what was chosen is kept
    expect(page.locator("[data-progress]")).to_have_text("3/3 处已采用")
    page.get_by_role("button", name="查看将要存入的数据").click()
    page.get_by_role("button", name="存入 3 项数据").click()
    expect(page.locator("[data-progress]")).to_be_visible()
    assert Figure.objects.count() == 3
