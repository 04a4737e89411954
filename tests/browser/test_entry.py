"""Filling a sheet: nothing typed is lost, nothing is overwritten silently."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sectors.models import Figure, Indicator, Narrative, Unit
from tests import base
from tests.browser.steps import cell, copied, open_sheet, sign_in, state

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def stored(submission):
    return dict(submission.figures.exclude(state="blank").values_list("indicator__code", "value"))


def test_a_cell_saves_itself_and_what_follows_is_computed(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    cell(page, "food.done").fill("４０ 批次")
    cell(page, "food.done").press("Enter")
    state(page, "food.done", "saved")
    expect(cell(page, "food.done")).to_have_value("40")
    cell(page, "food.passed").press_sequentially("39")  # and no further key
    state(page, "food.passed", "saved")
    expect(page.locator("#cell-food-rate .value")).to_have_text("97.5")
    expect(page.locator("#saving")).to_contain_text("已保存")
    expect(page.locator("#count-filled")).to_have_text("2/8 已填")
    assert stored(sheet) == {"food.done": 40, "food.passed": 39}


def test_zero_blank_and_not_applicable_are_three_things(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    for code, text in [("food.task", "0"), ("food.done", "不适用"), ("food.passed", "1")]:
        cell(page, code).fill(text)
    cell(page, "food.passed").fill("")
    cell(page, "food.firms").focus()
    for code in ("food.task", "food.done"):
        state(page, code, "saved")
    page.reload()
    for code, text in [("food.task", "0"), ("food.done", "不适用"), ("food.passed", "")]:
        expect(cell(page, code)).to_have_value(text)
    states = dict(Figure.objects.values_list("indicator__code", "state"))
    assert (states["food.task"], states["food.done"]) == ("number", "na")
    assert states.get("food.passed", "blank") == "blank"


def test_what_is_not_understood_stays_marked_with_a_sentence_also_after_reloading(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    cell(page, "food.task").fill("约五十")
    cell(page, "food.task").press("Enter")
    for _visit in (1, 2):
        state(page, "food.task", "invalid")
        expect(cell(page, "food.task")).to_have_value("约五十")
        expect(cell(page, "food.task")).to_have_accessible_description(
            "抽检任务：“约五十”不是数字。请只填数字；指标不适用时填“不适用”。"
        )
        page.reload()
    cell(page, "food.task").fill("50")
    state(page, "food.task", "saved")
    expect(page.locator(".cell-problems li")).to_have_count(0)
    assert stored(sheet) == {"food.task": 50}


def test_a_block_that_does_not_fit_is_shown_first(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    copied(page, "指标\t本期\r\n抽检合格\t39\r\n抽检合格率\t97\r\n没有这一行\t5\r\n食品企业\t12")
    cell(page, "food.task").focus()
    page.keyboard.press("Control+v")
    panel = page.locator("#paste")
    expect(panel).to_contain_text("2 个能对应，2 个不能")
    expect(panel.get_by_role("row").filter(has_text="97")).to_contain_text("自动计算")
    assert stored(sheet) == {}
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(cell(page, "food.task")).to_be_focused()
    page.keyboard.press("Control+v")
    expect(panel.get_by_role("button", name="填入")).to_be_focused()
    page.keyboard.press("Enter")
    state(page, "food.firms", "saved")
    assert stored(sheet) == {"food.passed": 39, "food.firms": 12}


def pasted(page, code, text):
    """What the page says of each text that was pasted, and whether it asks first."""
    copied(page, text)
    cell(page, code).focus()
    page.keyboard.press("Control+v")
    panel = page.locator("#paste")
    expect(panel).to_be_visible()
    return [[one.inner_text() for one in line.locator("td").all()] for line in panel.locator("tbody tr").all()]


OWN_FORM = (
    "食品抽检情况表\n序号\t指标\t单位\t本期\t备注\n1\t抽检任务\t批\t1,200\t\n2\t抽检合格\t批次\t39\t见附件\n"
    "3\t食品企业\t家\t不适用\t\n"
)
OWN_DOWNLOAD = "\r\n".join(
    [
        "抽检",
        "指标\t计量单位\t本期\t上期\t上年同期\t年内累计\t同比",
        '"抽检任务 *\n累计数，取最近一期"\t批次\t1200\t7\t8\t1200\t5.0%',
        "抽检完成 *\t批次\t\t7\t8\t\t",
        "按环节",
        "抽检合格\t批次\t39\t\t\t39\t",
        "抽检合格率\t%\t\t\t\t\t",
        '"食品企业\n时点数，取最近一期"\t家\t不适用\t3\t\t\t',
    ]
)


@pytest.mark.parametrize(
    "text",
    [
        OWN_FORM,
        OWN_FORM.replace("\n", "\r\n"),
        OWN_FORM.replace("\n", "\r"),
        OWN_FORM.replace("序号\t指标\t单位\t本期\t备注\n", ""),
        OWN_DOWNLOAD,
        "指标\t上年\t本期\n抽检任务\t7\t1200\n抽检合格\t7\t39\n食品企业\t7\t不适用",
        "抽检任务：\t1\n抽检任务\t1200\n抽检合格 *\t39\n食品企业\tn/a",
    ],
    ids=["windows", "crlf", "mac", "without heads", "download", "last year first", "own words"],
)
def test_a_copied_form_is_placed_by_its_names_and_heads(page, cast, sheet, text):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    lines = pasted(page, "food.firms", text)
    fitting = [line[:2] for line in lines if line[2] == "将填入"]
    assert [name for _text, name in fitting] == ["抽检任务", "抽检合格", "食品企业"]
    assert not any("上年" in name for _text, name in fitting)
    page.keyboard.press("Enter")
    state(page, "food.firms", "saved")
    assert stored(sheet) == {"food.task": 1200, "food.passed": 39, "food.firms": None}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("抽检任务\t5\n抽检任务\t6", "几行同名"),
        ("抽检任务\t5\t6", "哪一列"),
        ("指标\t单位\t去年\t今年\n抽检任务\t批次\t5\t6", "哪一列"),
        ('抽检任务\t"12\n34"', "几行字"),
        ("没有这一行\t5\n抽检合格率\t97", "没有单元格"),
    ],
)
def test_what_cannot_be_placed_is_left_out_and_said(page, cast, sheet, text, why):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    lines = pasted(page, "food.task", text)
    assert lines
    assert why in lines[0][2]
    assert not [line for line in lines if line[2] == "将填入"]
    assert stored(sheet) == {}


def test_a_cell_of_two_lines_does_not_become_one_number(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    lines = pasted(page, "food.task", '"12\n34"\n5')
    assert "几行字" in lines[0][2]


def test_heads_that_were_copied_along_are_not_filled_in(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    copied(page, "本期\r\n４０ 批次\r\n—\r\n不适用")
    cell(page, "food.task").focus()
    page.keyboard.press("Control+v")
    expect(page.locator("#paste")).to_contain_text("2 个能对应，2 个不能")
    expect(page.locator("#paste").get_by_role("row").filter(has_text="本期")).to_contain_text("不是数字")
    page.keyboard.press("Enter")
    state(page, "food.done.school", "saved")
    states = dict(Figure.objects.exclude(state="blank").values_list("indicator__code", "state"))
    assert states == {"food.done": "number", "food.done.school": "na"}


def test_levels_of_last_period_are_copied_and_flows_are_not(page, cast):
    base.report(cast.county, "2022Q4", {"food.firms": "31", "food.done": "7"})
    sheet = base.submission(cast.county)
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    page.get_by_role("button", name="复制上期时点数").click()
    state(page, "food.firms", "saved")
    assert stored(sheet) == {"food.firms": 31}


def test_a_lost_connection_costs_nothing(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    page.context.set_offline(True)
    cell(page, "food.task").fill("50")
    cell(page, "food.done").fill("40")
    page.get_by_label("主要问题及原因").fill("快检设备不足。")
    state(page, "food.task", "waiting")
    expect(page.locator("#trouble")).to_contain_text("连不上服务器")
    page.context.set_offline(False)
    state(page, "food.done", "saved")
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator(".question[data-state=saved]", has_text="主要问题及原因")).to_be_visible()
    assert stored(sheet) == {"food.task": 50, "food.done": 40}
    assert Narrative.objects.get().text == "快检设备不足。"


def test_a_server_that_is_down_is_tried_again(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    page.route("**/cells/", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    cell(page, "food.task").fill("50")
    expect(page.locator("#trouble")).to_contain_text("连不上服务器")
    page.unroute("**/cells/")
    state(page, "food.task", "saved")  # by itself, after a while
    assert stored(sheet) == {"food.task": 50}


def test_submitting_outlasts_a_save_that_fails_once(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    page.route("**/cells/", lambda route: route.abort(), times=1)
    for code, text in [("food.task", "50"), ("food.done", "40")]:
        cell(page, code).fill(text)
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages .success")).to_contain_text("食品抽检情况表")


def test_that_a_sheet_was_not_submitted_stands_until_the_next_try(page, cast, sheet):
    sign_in(page, "clerk")
    page.clock.install()
    open_sheet(page, sheet)
    page.route("**/cells/", lambda route: route.abort())
    for code, text in [("food.task", "50"), ("food.done", "40")]:
        cell(page, code).fill(text)
    page.get_by_role("button", name="报送").click()
    page.clock.run_for(12_000)
    expect(page.locator("#not-submitted")).to_contain_text("再报送")
    page.unroute("**/cells/")
    page.clock.resume()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    state(page, "food.done", "saved")
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator("#not-submitted")).to_be_visible()
    sheet.refresh_from_db()
    assert sheet.status == "draft"
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages .success")).to_contain_text("食品抽检情况表")


def test_a_closed_tab_costs_nothing(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    page.context.set_offline(True)
    cell(page, "food.task").fill("50")
    expect(page.locator("#trouble")).to_be_visible()
    context = page.context
    page.close()
    context.set_offline(False)
    assert stored(sheet) == {}
    page = context.new_page()
    open_sheet(page, sheet)
    expect(cell(page, "food.task")).to_have_value("50")
    state(page, "food.task", "saved")
    assert stored(sheet) == {"food.task": 50}


def test_values_of_a_closed_tab_go_out_from_any_page(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    page.context.set_offline(True)
    cell(page, "food.task").fill("50")
    cell(page, "food.done").fill("许多")
    expect(page.locator("#trouble")).to_be_visible()
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(reverse("home"))
    expect(page.locator("#waiting")).to_contain_text("“许多”")
    assert stored(sheet) == {"food.task": 50}
    base.take_to("submitted", cast, sheet)
    page.reload()
    expect(page.locator("#waiting")).to_contain_text("已报送")
    page.get_by_role("button", name="丢弃").click()
    expect(page.locator("#waiting")).to_be_hidden()
    page.reload()
    expect(page.locator("#waiting")).to_be_hidden()


def test_a_sheet_submitted_meanwhile_keeps_what_was_typed(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    base.take_to("submitted", cast, sheet)
    cell(page, "food.task").fill("50")
    expect(page.locator("#trouble")).to_contain_text("已报送")
    expect(cell(page, "food.task")).to_have_value("50")
    assert 50 not in stored(sheet).values()


def test_a_short_sheet_is_filled_on_a_phone(page, cast, sheet):
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    for code, text in [("food.task", "50"), ("food.done", "40")]:
        cell(page, code).fill(text)
    expect(page.locator("#cell-bar")).to_contain_text("抽检完成")
    page.get_by_role("button", name="报送").click()
    expect(page.locator(".messages .success")).to_be_visible()
    assert page.url.endswith(reverse("home"))


def test_in_a_conflict_tab_leads_to_the_choice_and_from_it_to_the_next_cell(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    base.report(cast.county, "2023Q1", {"food.task": "50"}, "draft")
    cell(page, "food.task").fill("51")
    cell(page, "food.task").press("Enter")
    state(page, "food.task", "conflict")
    cell(page, "food.task").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="用我的：51")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(cell(page, "food.task")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator(".cell-problems button").nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(cell(page, "food.done")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(cell(page, "food.task")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    state(page, "food.task", "saved")
    expect(cell(page, "food.task")).to_be_focused()
    assert stored(sheet) == {"food.task": 51}


def test_what_waits_since_the_unit_was_another_is_kept_and_not_stored(page, cast, sheet):
    sign_in(page, "clerk")
    open_sheet(page, sheet)
    page.context.set_offline(True)
    cell(page, "food.output").fill("5")
    expect(page.locator("#trouble")).to_be_visible()
    context = page.context
    page.close()
    context.set_offline(False)
    base.change_catalogue(Indicator.objects.filter(code="food.output"), unit=Unit.objects.get(name="万吨"))
    page = context.new_page()
    page.goto(reverse("home"))
    expect(page.locator("#waiting")).to_contain_text("计量单位原为吨，现为万吨")
    for _visit in (1, 2):
        open_sheet(page, sheet)
        state(page, "food.output", "invalid")
        expect(cell(page, "food.output")).to_have_value("5")
        expect(page.locator(".cell-problems:not(.none)")).to_contain_text("计量单位原为吨，现为万吨")
    assert stored(sheet) == {}
    cell(page, "food.output").fill("0.1")
    state(page, "food.output", "saved")
    cell(page, "food.output").fill("5")  # the same as before, but typed in the new unit
    state(page, "food.output", "saved")
    assert stored(sheet) == {"food.output": 5}
