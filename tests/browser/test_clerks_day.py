"""What makes a clerk's day short: sums, ranges, forms of one's own, keys, a return answered, a step undone."""

import pytest
from playwright.sync_api import expect

from sectors.approval import moves
from sectors.models import Figure
from tests import base
from tests.browser.steps import cell, copied, keys, open_sheet, serious, sign_in, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


@pytest.fixture
def wide(cast):
    return base.wide(cast.county, 6, 3)


def stored(sheet):
    rows = sheet.figures.exclude(state="blank").values_list("indicator__code", "value")
    return dict(rows)


def start(page, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)


def pasted(page, code, text):
    copied(page, text)
    cell(page, code).focus()
    page.keyboard.press("Control+v")
    panel = page.locator("#paste")
    expect(panel).to_be_visible()
    lines = panel.locator("tbody tr").filter(has_text="将填入")
    return [line.locator("td").first.inner_text() for line in lines.all()]


def test_a_sum_is_stored_as_what_it_comes_to(page, cast, sheet):
    start(page, sheet)
    cell(page, "food.task").focus()
    keys(page, "=30+2*(5+5)", "[Enter]")
    state(page, "food.task", "saved")
    expect(cell(page, "food.task")).to_have_value("50")
    cell(page, "food.firms").focus()
    keys(page, "=3+", "[Enter]")
    state(page, "food.firms", "invalid")
    expect(cell(page, "food.firms")).to_have_value("=3+")  # nothing typed is lost
    assert stored(sheet) == {"food.task": 50}


def test_a_range_is_copied_filled_down_and_emptied(page, cast, wide):
    start(page, wide)
    for row, texts in ((1, "12"), (2, "34")):
        for column, text in enumerate(texts, 1):
            cell(page, f"wide.{row}.{column}").fill(text)
    cell(page, "wide.1.1").focus()
    keys(page, "[Shift+ArrowRight]", "[Shift+ArrowDown]")
    expect(page.locator("td.chosen")).to_have_count(4)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    keys(page, "[Control+c]")
    assert page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n") == "1\t2\n3\t4"
    keys(page, "[Shift+ArrowDown]", "[Shift+ArrowDown]", "[Control+d]")
    for row in (2, 3, 4):
        expect(cell(page, f"wide.{row}.1")).to_have_value("1")
        expect(cell(page, f"wide.{row}.2")).to_have_value("2")
    page.locator("#undo-line button").click()
    expect(cell(page, "wide.2.1")).to_have_value("3")
    cell(page, "wide.1.1").focus()
    cell(page, "wide.2.2").click(modifiers=["Shift"])
    expect(page.locator("td.chosen")).to_have_count(4)
    keys(page, "[Delete]")
    expect(cell(page, "wide.2.2")).to_have_value("")
    keys(page, "[Escape]")
    expect(page.locator("td.chosen")).to_have_count(0)


def test_the_cell_above_fills_the_one_below(page, cast, wide):
    start(page, wide)
    cell(page, "wide.1.2").fill("8")
    cell(page, "wide.2.2").focus()
    keys(page, "[Control+d]")
    state(page, "wide.2.2", "saved")
    assert stored(wide)["wide.2.2"] == 8


@pytest.mark.parametrize(
    "text",
    [
        "2023年食品抽检情况表\n\t抽检任务\t抽检合格\t食品企业\n本期\t1200\t39\t12",
        "抽检任务\t抽检合格\t食品企业\n1200\t39\t12",
    ],
    ids=["with a title", "bare"],
)
def test_a_form_that_lies_on_its_side_lands_right(page, cast, sheet, text):
    start(page, sheet)
    assert sorted(pasted(page, "food.firms", text)) == ["12", "1200", "39"]
    page.keyboard.press("Enter")
    state(page, "food.firms", "saved")
    assert stored(sheet) == {"food.task": 1200, "food.passed": 39, "food.firms": 12}


def test_a_title_with_a_year_is_no_figure(page, cast, sheet):
    start(page, sheet)
    assert pasted(page, "food.task", "2023年第一季度食品安全抽检情况统计表\n1200") == ["1200"]


def test_the_column_of_an_own_form_is_asked_once(page, cast, sheet):
    own = "项目\t计划\t实绩\n抽检任务\t900\t1200\n抽检合格\t30\t39"
    start(page, sheet)
    assert pasted(page, "food.task", own) == []
    page.locator("#paste-column select").select_option(label="实绩")
    expect(page.locator("#paste tbody tr").filter(has_text="将填入")).to_have_count(2)
    page.locator("#paste [value=fill]").click()
    state(page, "food.passed", "saved")
    assert stored(sheet) == {"food.task": 1200, "food.passed": 39}
    open_sheet(page, base.submission(cast.county, in_period="2023Q2"))
    assert pasted(page, "food.task", own.replace("1200", "1300")) == ["1300", "39"]


def test_control_and_enter_submit_and_a_key_takes_it_back(page, cast, sheet):
    base.complete(sheet)
    start(page, sheet)
    cell(page, "food.firms").fill("7")
    keys(page, "[Control+Enter]")
    expect(page.locator(".messages .success")).to_contain_text("空白")
    sheet.refresh_from_db()
    assert sheet.status == "submitted"
    keys(page, "[Control+z]")
    expect(page.locator(".messages .success")).to_contain_text("已撤销")
    sheet.refresh_from_db()
    assert sheet.status == "draft"
    assert stored(sheet)["food.firms"] == 7


def test_a_return_is_answered_where_it_stands(page, cast, sheet):
    base.report(cast.county, "2023Q1", {"food.task": "50", "food.done": "40"}, "draft")
    base.take_to("signed", cast, sheet)
    moves.move(submission=sheet, action="return", by=cast.office, reason="核对", cells=["food.done", "food.task"])
    start(page, sheet)
    items = page.locator("#returned li")
    expect(items.filter(has_text="未改动，也未答复").locator("visible=true").first).to_be_visible()
    cell(page, "food.done").fill("41")
    keys(page, "[Enter]")
    state(page, "food.done", "saved")
    expect(page.locator('#returned li[data-code="food.done"]')).to_have_attribute("data-state", "changed")
    page.locator('#returned li[data-code="food.task"] input[name=text]').fill("与计划文件一致")
    keys(page, "[Enter]")
    expect(page.locator('#returned li[data-code="food.task"]')).to_have_attribute("data-state", "answered")
    assert serious(page) == []
    keys(page, "[Control+Enter]") if page.evaluate("document.activeElement.closest('#sheet')") else page.get_by_role(
        "button", name="报送"
    ).click()
    expect(page.locator(".messages .success")).to_be_visible()


def test_a_figure_far_from_its_past_is_amber(page, cast, sheet):
    for period, number in (("2022Q1", "25"), ("2022Q2", "24"), ("2022Q3", "26")):
        base.report(cast.county, period, {"food.firms": number})
    start(page, sheet)
    assert Figure.objects.count() == 3
    box = page.locator("td", has=cell(page, "food.firms"))
    expect(box.locator("svg.spark polyline")).to_have_count(1)
    cell(page, "food.firms").fill("999999999")
    keys(page, "[Enter]")
    state(page, "food.firms", "saved")
    expect(page.locator(".finding")).to_contain_text("食品企业")
    expect(page.locator("td.far", has=cell(page, "food.firms"))).to_have_count(1)


def test_a_head_signs_all_clean_sheets_on_a_phone(page, cast):
    for number in (1, 2):
        base.take_to("submitted", cast, base.submission(cast.county, in_period=f"2023Q{number}"))
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, "head")
    page.goto("/submissions/queue/")
    expect(page.locator(".digest")).to_have_count(2)
    expect(page.locator(".digest li")).to_have_count(6)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious(page) == []
    page.get_by_role("button", name="一并签发").click()
    expect(page.locator(".messages .success")).to_contain_text("2")
    page.locator("form.undo button").click()
    expect(page.locator(".messages .success")).to_contain_text("已撤销")
    page.goto("/submissions/queue/")
    expect(page.locator(".digest")).to_have_count(2)
