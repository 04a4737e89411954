"""Living with findings in a real browser: reasons beside the sheet, the office's word in the list."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sectors.findings import storage
from sectors.models import FindingNote, Submission
from tests import base
from tests.browser.steps import cell, serious, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WRONG = {"food.task": "9", "food.done": "7", "food.done.farm": "3", "food.done.school": "3"}


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def test_an_error_is_explained_let_stand_and_submitted(page, cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    sign_in(page, "clerk")
    page.goto(reverse("sheet", args=[sheet.pk]))
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages .warning")).to_contain_text("1项错误")
    page.wait_for_load_state("networkidle")  # a page that was opened looks for findings once
    reason = page.get_by_label("数据确实如此的，请说明原因")
    reason.fill("核实无误")
    page.get_by_role("button", name="保存说明").click()
    expect(page.get_by_role("alert").filter(has_text="没有说明原因")).to_be_visible()
    expect(reason).to_have_value("核实无误")
    reason.fill("1批次由乡镇抽检，尚未分环节")
    page.get_by_role("button", name="保存说明").click()
    expect(page.locator(".finding .status")).to_have_text("等质强办认可")

    sign_in(page, "office")
    page.get_by_role("link", name="报送", exact=True).click()
    page.get_by_role("link", name="审核结果").click()
    page.get_by_label("质强办意见").fill("已看过乡镇台账，可以保留")
    page.get_by_role("button", name="认可，准予保留").click()
    expect(page.locator(".finding .status")).to_have_text("质强办已认可")
    expect(page.locator(".finding-head .place")).to_be_visible()
    assert list(FindingNote.objects.values_list("kind", "by__username")) == [
        ("reason", "clerk"),
        ("accepted", "office"),
    ]

    sign_in(page, "clerk")
    page.goto(reverse("sheet", args=[sheet.pk]))
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages .success")).to_be_visible()
    assert Submission.objects.get().status == "submitted"


def test_what_was_done_is_said_in_sight_until_it_is_closed(page, cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    page.set_viewport_size({"width": 390, "height": 500})
    sign_in(page, "clerk")
    page.goto(reverse("sheet", args=[sheet.pk]))
    page.get_by_role("button", name="报送").click()
    page.wait_for_load_state("networkidle")
    page.get_by_label("数据确实如此的，请说明原因").fill("1批次由乡镇抽检，尚未分环节")
    page.get_by_role("button", name="保存说明").click()
    said = page.get_by_role("status").locator(".messages .success")
    expect(said).to_contain_text("原因已保存")
    expect(said).to_be_in_viewport(ratio=1)
    page.wait_for_timeout(3000)  # nothing takes it away
    expect(said).to_be_in_viewport(ratio=1)
    assert serious(page) == []
    said.get_by_role("button", name="关闭").click()
    expect(said).to_have_count(0)


def test_why_a_sheet_did_not_go_out_is_in_sight(page, cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    page.set_viewport_size({"width": 1366, "height": 400})
    sign_in(page, "clerk")
    page.goto(reverse("sheet", args=[sheet.pk]))
    cell(page, "food.price").focus()
    expect(page.locator("h1")).not_to_be_in_viewport()
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages .warning")).to_be_in_viewport(ratio=1)
    expect(cell(page, "food.price")).to_be_focused()


def test_the_counts_are_of_cells_and_say_so(page, cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    sign_in(page, "clerk")
    page.goto(reverse("sheet", args=[sheet.pk]))
    expect(page.locator(".finding")).to_have_count(1)
    expect(page.locator("#count-errors")).to_have_text("■ 3格有错误")


def test_a_finding_that_appears_while_typing_takes_its_reason_at_once(page, cast, sheet):
    base.report(cast.county, "2023Q1", WRONG | {"food.done": "6"}, "draft")
    sign_in(page, "clerk")
    page.goto(reverse("sheet", args=[sheet.pk]))
    cell(page, "food.done").fill("7")
    page.keyboard.press("Enter")
    expect(page.locator(".finding")).to_be_visible()
    page.get_by_label("数据确实如此的，请说明原因").fill("1批次由乡镇抽检，尚未分环节")
    page.get_by_role("button", name="保存说明").click()
    expect(page.locator(".finding .status")).to_have_text("等质强办认可")
    cell(page, "food.done").fill("6")
    page.keyboard.press("Enter")
    expect(page.locator(".finding")).to_have_count(0)


@pytest.mark.parametrize("listed", [True, False])
def test_what_is_said_takes_the_place_of_the_finding_and_the_page_stays(page, cast, sheet, listed):
    """In the list it says of which sheet it is, on the sheet's own page it does not; the word before is still there."""
    base.report(cast.county, "2023Q1", WRONG, "draft")
    storage.refresh(sheet)
    address = reverse("findings") if listed else reverse("submission", args=[sheet.pk])
    for who, label, word, button, said in (
        ("clerk", "数据确实如此的，请说明原因", "1批次由乡镇抽检，尚未分环节", "保存说明", "等质强办认可"),
        ("office", "质强办意见", "请按乡镇台账更正", "要求更正", "待更正或说明"),
    ):
        sign_in(page, who)
        page.goto(address)
        page.evaluate("window.stayed = true")
        page.get_by_label(label).fill(word)
        page.get_by_role("button", name=button).click()
        expect(page.locator(".finding .status")).to_have_text(said)
        expect(page.locator(".finding-notes")).to_contain_text(word)
        expect(page.locator(".finding-head .place")).to_have_count(int(listed))
        assert page.evaluate("window.stayed")
    expect(page.locator(".finding-notes > div")).to_have_count(2)


def test_without_scripts_a_reason_is_stored_all_the_same(browser, live_server, cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    storage.refresh(sheet)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    sign_in(page, "clerk")
    page.goto(reverse("findings"))
    page.get_by_label("数据确实如此的，请说明原因").fill("1批次由乡镇抽检，尚未分环节")
    page.get_by_role("button", name="保存说明").click()
    expect(page.locator(".finding .status")).to_have_text("等质强办认可")
    expect(page.get_by_role("heading", level=1, name="审核结果")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [390, 1366])
def test_the_pages_fit_their_width_and_axe_finds_nothing_serious(page, cast, sheet, width):
    base.report(cast.county, "2023Q1", WRONG | {"food.passed": "9"}, "draft")
    storage.refresh(sheet)
    page.set_viewport_size({"width": width, "height": 900})
    found = []
    for who, addresses in {
        "clerk": [reverse("findings"), reverse("sheet", args=[sheet.pk])],
        "office": [reverse("findings") + f"?period={sheet.period_id}", reverse("submission", args=[sheet.pk])],
    }.items():
        sign_in(page, who)
        for address in addresses:
            assert page.goto(address).status == 200, address
            page.locator("summary").evaluate_all("nodes => nodes.forEach((one) => { one.parentElement.open = true; })")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
            found += serious(page)
    assert found == []
