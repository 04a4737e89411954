"""A sheet from the clerk's first key to the Word file, in a real browser and by keyboard."""

import pytest
from django.urls import reverse
from docx import Document
from playwright.sync_api import expect

from sectors.models import Figure
from tests import base
from tests.browser.steps import cell, serious, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def test_enter_arrows_and_escape_move_as_in_a_spreadsheet(page, cast, sheet):
    sign_in(page, "clerk")
    page.goto(reverse("sheet", args=[sheet.pk]))
    expect(cell(page, "food.task")).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(cell(page, "food.done")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(cell(page, "food.done.farm")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("9")
    page.keyboard.press("Escape")
    expect(cell(page, "food.done")).to_have_value("")
    expect(cell(page, "food.task")).to_have_value("12")


def test_from_entry_to_the_word_file(page, cast, sheet, tmp_path):
    sign_in(page, "clerk")
    page.get_by_role("link", name="食品抽检情况表").press("Enter")
    expect(cell(page, "food.task")).to_be_focused()
    for text in ("50", "四十", "", "", "39"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="报送").click()
    expect(cell(page, "food.done")).to_have_value("四十")
    expect(cell(page, "food.done")).to_be_focused()
    expect(page.locator(".cell-problems li")).to_contain_text("四十")
    page.keyboard.type("40")
    page.get_by_label("主要问题及原因").fill("快检设备不足。")
    expect(page.locator(".cell-problems li")).to_have_count(0)  # saved: the page moves no more under the pointer
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages .success")).to_contain_text("食品抽检情况表")

    sign_in(page, "head")
    page.get_by_role("link", name="食品抽检情况表").click()
    page.get_by_role("button", name="签发").click()
    expect(page.locator(".messages .success")).to_be_visible()

    sign_in(page, "office")
    page.get_by_role("link", name="食品抽检情况表").first.click()
    expect(page.get_by_role("cell", name="97.5")).to_have_count(2)  # this period and the year to date
    page.get_by_role("button", name="接受").click()
    expect(page.locator(".messages .success")).to_be_visible()
    assert dict(Figure.objects.values_list("indicator__code", "value"))["food.done"] == 40

    page.goto(reverse("report", args=[2023]))
    page.get_by_role("button", name="开始起草").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    download.value.save_as(tmp_path / "report.docx")
    text = "\n".join(p.text for p in Document(tmp_path / "report.docx").paragraphs)
    assert "全年完成抽检40批次" in text
    assert "快检设备不足。" in text


@pytest.mark.parametrize("width", [390, 1366])
def test_pages_fit_their_width_and_axe_finds_nothing_serious(page, cast, sheet, width):
    base.report(cast.county, "2022Q1", {"food.done": "30", "food.passed": "30"})
    page.set_viewport_size({"width": width, "height": 900})
    pages = {
        "clerk": [reverse("home"), reverse("sheet", args=[sheet.pk]), reverse("help")],
        "office": [
            reverse("home"),
            reverse("submissions"),
            reverse("submission", args=[sheet.pk]),
            reverse("periods"),
            reverse("open-period"),
            reverse("period", args=[sheet.period_id]),
            reverse("reports"),
            reverse("report", args=[2022]),
        ],
    }
    page.goto(reverse("login"))
    found = serious(page)
    for who, addresses in pages.items():
        sign_in(page, who)
        for address in addresses:
            assert page.goto(address).status == 200, address
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
            found += serious(page)
    assert found == []
