"""A sheet is made in the browser from nothing, put in force, handed out and filled in."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sectors.models import Sheet, SheetDraft
from tests import base
from tests.browser.steps import cell, serious, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def field(page, label):
    return page.locator("form#open").get_by_label(label, exact=True)


def press(page, name):
    """A button of the form that is open; its answer brings the next form."""
    with page.expect_response(lambda response: "/edit/" in response.url):
        page.locator("form#open").get_by_role("button", name=name, exact=True).click()


def pick(page, name, sign="+"):
    page.locator("form#open").get_by_role("radio", name=sign).check()
    field(page, "选取指标").fill(name)
    with page.expect_response(lambda response: "/edit/" in response.url):
        page.locator("form#open .pickable", has_text=name).first.click()


@pytest.fixture
def begun(page, cast):
    """The draft of a new sheet, as the administrator has it before them."""
    sign_in(page, "admin")
    page.goto(reverse("sheets-of-catalogue"))
    page.get_by_text("新建报表").click()
    for label, text in {"表号:": "N-09", "名称:": "玩具抽查情况表", "部门（代码或名称）:": "market"}.items():
        page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_label("领域:", exact=True).select_option("food")
    page.get_by_role("button", name="开始起草").click()
    page.wait_for_url("**/setup/drafts/**")
    page.locator("tbody a.part").first.click()
    return page


def test_a_sheet_with_a_total_and_a_computed_cell(begun, cast, on):
    page = begun
    field(page, "名称:").fill("抽查样品")
    field(page, "计量单位:").select_option("批次")
    press(page, "加分项（相加等于本行）")
    field(page, "名称:").fill("网售")
    press(page, "在下面加一行")
    field(page, "名称:").fill("实体店")
    press(page, "保存")
    page.locator("tbody a.part", has_text="抽查样品").click()
    expect(field(page, "名称:")).to_have_value("抽查样品")
    press(page, "由分项自动求和")
    press(page, "在下面加一行")
    field(page, "名称:").fill("不合格样品")
    press(page, "在下面加一行")
    field(page, "名称:").fill("不合格率")
    field(page, "计量单位:").select_option("%")
    field(page, "小数位:").fill("两位")
    pick(page, "不合格样品")
    expect(page.locator("tr.faulty .field-error")).to_contain_text("两位")
    expect(field(page, "小数位:")).to_have_value("两位")
    field(page, "小数位:").fill("1")
    field(page, "各期如何成为全年:").select_option("ratio")
    pick(page, "抽查样品", "÷")
    expect(page.locator("#draft tbody")).to_contain_text("= 不合格样品 ÷ 抽查样品")
    expect(page.locator("tr.faulty")).to_have_count(0)
    press(page, "保存并收起")
    page.get_by_role("button", name="查看会改变什么").click()
    expect(page.locator("ul.lines")).to_contain_text("N-09")
    page.get_by_role("button", name="启用").click()
    expect(page.locator(".messages .success")).to_contain_text("报表已启用")

    submission = base.submission(cast.county, "N-09", "2023Q3")
    codes = dict(Sheet.objects.get(number="N-09").indicators.values_list("name", "code"))
    sign_in(page, "clerk")
    page.goto(reverse("sheet", args=[submission.pk]))
    for name, text in {"网售": "15", "实体店": "25", "不合格样品": "1"}.items():
        cell(page, codes[name]).fill(text)
        cell(page, codes[name]).press("Enter")
    expect(page.locator("tr", has_text="抽查样品").locator("td.computed").first).to_contain_text("40")
    expect(page.locator("tr", has_text="不合格率").locator("td.computed").first).to_contain_text("2.5")


@pytest.mark.parametrize("width", [390, 1366])
def test_pages_fit_their_width_and_axe_finds_nothing_serious(page, cast, width):
    sign_in(page, "admin")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(reverse("sheets-of-catalogue"))
    page.get_by_role("row", name="T-01").get_by_role("button").click()
    page.wait_for_url("**/setup/drafts/**")
    draft = reverse("sheet-draft", args=[SheetDraft.objects.get().pk])
    versions = reverse("sheet-versions", args=[Sheet.objects.get(number="T-01").pk])
    for address in (reverse("sheets-of-catalogue"), draft, f"{draft}?at=sheets.0.tables.0.indicators.0", versions):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert serious(page) == [], address
