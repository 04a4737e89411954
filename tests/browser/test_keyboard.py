"""A sheet is filled, sent and answered by keyboard alone, also while the server comes and goes."""

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import expect

from sectors.approval import moves
from sectors.models import FigureChange, Narrative
from tests import base
from tests.browser.steps import cell, copied, keys, reach, state, type_in
from tests.browser.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILLED = {f"wide.{n // 4 + 1}.{n % 4 + 1}": n for n in range(140)}

ON_TOP = """() => {
  const { left, right, top, bottom } = document.activeElement.getBoundingClientRect();
  const at = (y) => document.elementFromPoint((left + right) / 2, y);
  return [top + 2, bottom - 2].every((y) => at(y) === document.activeElement);
}"""


def stored(submission):
    return dict(submission.figures.exclude(state="blank").values_list("indicator__code", "value"))


def start(page, submission, name="clerk"):
    """From the sign-in over the list of work into the sheet."""
    page.goto(reverse("login"))
    type_in(page, name)
    address = reverse("sheet", args=[submission.pk])
    reach(page, page.locator(f'a[href="{address}"]').first).press("Enter")
    expect(page.locator("#count-filled")).not_to_be_empty()


@pytest.fixture
def wide(cast):
    return base.wide(cast.county, 35, 4)


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def test_35_rows_and_4_columns_are_filled_by_typing(page, wide):
    start(page, wide)
    expect(cell(page, "wide.1.1")).to_be_focused()
    reach(page, page.get_by_label("回车后移到"), "Shift+Tab")
    keys(page, "[ArrowDown]")
    expect(page.get_by_label("回车后移到")).to_have_value("right")
    reach(page, cell(page, "wide.1.1"))
    for number in range(140):
        keys(page, str(number), "[Enter]")
    expect(page.locator("#count-filled")).to_have_text("140/140 已填")
    expect(page.locator("td[data-state=saved]")).to_have_count(140)
    assert stored(wide) == FILLED
    page.reload()
    expect(page.get_by_label("回车后移到")).to_have_value("right")


def test_35_rows_and_4_columns_are_filled_by_pasting_and_taken_back(page, wide):
    start(page, wide)
    copied(page, "\r\n".join("\t".join(str(row * 4 + n) for n in range(4)) for row in range(35)) + "\r\n")
    keys(page, "[Control+v]")
    expect(page.locator("td[data-state=saved]")).to_have_count(140)
    assert stored(wide) == FILLED
    reach(page, page.get_by_role("button", name="撤销"), "Shift+Tab").press("Enter")
    expect(page.locator("#count-filled")).to_have_text("0/140 已填")
    state(page, "wide.35.4", "saved")
    assert stored(wide) == {}


def test_35_rows_and_4_columns_are_filled_by_excel(page, wide, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    start(page, wide)
    link = reach(page, page.get_by_role("link", name="下载Excel"), "Shift+Tab")
    with page.expect_download() as download:
        link.press("Enter")
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    places = [place for row in book.worksheets[0].iter_rows() for place in row if not place.protection.locked]
    for number, place in enumerate(places):
        place.value = number
    book.save(tmp_path / "宽表.xlsx")
    reach(page, page.get_by_role("link", name="导入Excel"), "Shift+Tab").press("Enter")
    field = reach(page, page.locator("input[type=file]"))
    with page.expect_file_chooser() as chooser:
        field.press("Enter")
    chooser.value.set_files(tmp_path / "宽表.xlsx")
    reach(page, page.get_by_role("button", name="上传并核对")).press("Enter")
    reach(page, page.get_by_role("button", name="确认导入 140 项")).press("Enter")
    expect(page.get_by_text("已从 Excel 导入 140 项")).to_be_visible()
    assert stored(wide) == FILLED


def test_enter_arrows_tab_and_escape_move_as_in_a_spreadsheet(page, wide):
    start(page, wide)
    for key, code in [
        ("Enter", "2.1"), ("Tab", "2.2"), ("ArrowDown", "3.2"), ("ArrowRight", "3.3"), ("ArrowUp", "2.3"),
        ("ArrowLeft", "2.2"), ("Shift+Enter", "1.2"), ("Shift+Tab", "1.1"),
    ]:  # fmt: skip
        page.keyboard.press(key)
        expect(cell(page, f"wide.{code}")).to_be_focused()
    keys(page, "12", "[ArrowLeft]", "5")  # within a text that is being typed, arrows move the caret
    expect(cell(page, "wide.1.1")).to_have_value("152")
    state(page, "wide.1.1", "saved")
    keys(page, "[Escape]")
    expect(cell(page, "wide.1.1")).to_have_value("")
    state(page, "wide.1.1", "saved")
    assert stored(wide) == {}


def test_what_has_the_keys_is_never_covered(page, wide):
    start(page, wide)
    for key in ["ArrowDown"] * 34 + ["ArrowUp"] * 34:
        page.keyboard.press(key)
        assert page.evaluate(ON_TOP), key


def test_a_server_that_goes_and_comes_back_costs_nothing(page, live_server, wide):
    wire = Wire(int(live_server.url.rpartition(":")[2]))
    page = page.context.browser.new_context(base_url=f"http://localhost:{wire.port}", locale="zh-CN").new_page()
    start(page, wide)
    for number in range(140):
        if number == 40:
            wire.cut()
        if number == 100:
            expect(page.locator("#trouble")).to_contain_text("连不上服务器")
            wire.mend()
        keys(page, str(number), "[Tab]")
    expect(page.locator("td[data-state=saved]")).to_have_count(140)
    expect(page.locator("#trouble")).to_be_hidden()
    assert stored(wide) == FILLED
    page.context.close()
    wire.cut()


def test_an_answer_that_got_lost_is_no_conflict_with_oneself(page, live_server, sheet):
    wire = Wire(int(live_server.url.rpartition(":")[2]))
    page = page.context.browser.new_context(base_url=f"http://localhost:{wire.port}", locale="zh-CN").new_page()
    start(page, sheet)
    expect(cell(page, "food.task")).to_be_focused()
    wire.answers = False
    keys(page, "5")
    for _wait in range(100):
        if stored(sheet):
            break
        page.wait_for_timeout(100)
    assert stored(sheet) == {"food.task": 5}
    wire.cut()
    expect(page.locator("#trouble")).to_contain_text("连不上服务器")
    keys(page, "6", "[Enter]")
    wire.mend()
    state(page, "food.task", "saved")
    assert stored(sheet) == {"food.task": 56}
    page.context.close()
    wire.cut()


def test_two_people_in_one_cell_choose_by_keyboard(page, browser, cast, sheet):
    base.user("clerk", cast.market, "second_clerk")
    start(page, sheet)
    with browser.new_context(base_url=page.url, locale="zh-CN") as context:
        other = context.new_page()
        start(other, sheet, "second_clerk")
        keys(page, "50", "[Enter]", "40", "[Enter]")
        state(page, "food.done", "saved")
        keys(other, "51", "[Enter]", "41", "[Enter]", "30", "[Enter]")
        state(other, "food.done.farm", "saved")  # other cells are untouched by it
        for code in ("food.task", "food.done"):
            state(other, code, "conflict")
        assert stored(sheet) == {"food.task": 50, "food.done": 40, "food.done.farm": 30}
        reach(other, other.get_by_role("button", name="用我的：51")).press("Enter")
        state(other, "food.task", "saved")
        expect(cell(other, "food.task")).to_be_focused()
        reach(other, other.get_by_role("button", name="保留对方的：40")).press("Enter")
        expect(cell(other, "food.done")).to_have_value("40")
        state(other, "food.done", "")
    assert stored(sheet) == {"food.task": 51, "food.done": 40, "food.done.farm": 30}
    assert FigureChange.objects.filter(indicator__code="food.done").count() == 1


def test_a_return_is_answered(page, cast, sheet):
    base.report(cast.county, "2023Q1", {"food.task": "50", "food.done": "40"}, "draft")
    base.take_to("signed", cast, sheet)
    moves.move(
        submission=sheet,
        action="return",
        by=cast.office,
        reason="完成数与台账不符",
        cells=["food.done"],
        only_cells=True,
    )
    start(page, sheet)
    expect(page.get_by_text("完成数与台账不符")).to_be_visible()
    expect(cell(page, "food.done")).to_be_focused()
    keys(page, "[Shift+F2]")
    expect(page.get_by_role("heading", name="抽检完成")).to_be_focused()
    reach(page, page.get_by_label("对本格提出意见或答复"))
    keys(page, "漏计一批次，已补", "[Tab]", "[Enter]")
    expect(page.locator(".thread")).to_contain_text("漏计一批次，已补")
    keys(page, "[Escape]")
    expect(cell(page, "food.done")).to_be_focused()
    keys(page, "41", "[Enter]")
    state(page, "food.done", "saved")
    reach(page, page.get_by_role("button", name="报送"), "Shift+Tab").press("Enter")
    expect(page.locator(".messages .success")).to_be_visible()
    sheet.refresh_from_db()
    assert (sheet.status, stored(sheet)) == ("submitted", {"food.task": 50, "food.done": 41})


def test_a_sign_in_that_expired_is_renewed_and_typing_goes_on(page, sheet):
    start(page, sheet)
    page.context.clear_cookies(name="sessionid")
    keys(page, "50", "[Enter]", "40")
    reach(page, page.get_by_role("link", name="重新登录"), "Shift+Tab").press("Enter")
    type_in(page, "clerk")
    expect(cell(page, "food.done")).to_be_focused()
    state(page, "food.done", "saved")
    keys(page, "[Enter]", "39", "[Enter]")
    state(page, "food.done.farm", "saved")
    assert stored(sheet) == {"food.task": 50, "food.done": 40, "food.done.farm": 39}


def test_counts_lead_from_cell_to_cell_and_words_stand_under_the_table(page, cast, sheet):
    base.report(cast.county, "2023Q1", {"food.task": "50", "food.done": "40", "food.passed": "45"}, "draft")
    start(page, sheet)
    finding = page.locator(".cell-findings .finding.error")
    expect(finding).to_be_visible()
    assert finding.evaluate("one => !!(one.compareDocumentPosition(document.querySelector('#cell-food-done')) & 2)")
    errors = reach(page, page.locator("#count-errors"), "Shift+Tab")
    places = []
    for _press in range(3):
        errors.press("Enter")
        places.append(page.evaluate("document.activeElement.dataset.code ?? document.activeElement.id"))
        reach(page, errors, "Shift+Tab")
    assert places == ["food.done", "food.passed", "food.done"]


def test_narratives_are_written_with_last_periods_words_at_hand(page, cast, sheet):
    before = base.submission(cast.county, in_period="2022Q4")
    question = sheet.sheet.questions.first()
    Narrative.objects.create(submission=before, question=question, text="抽检按计划完成。")
    start(page, sheet)
    box = page.locator(f'[data-question="{question.code}"]')
    reach(page, page.locator("summary", has_text="2022年第4季度")).press("Enter")
    reach(page, page.get_by_role("button", name="复制到上面")).press("Enter")
    expect(box).to_be_focused()
    expect(box).to_have_value("抽检按计划完成。")
    keys(page, "[End]", "另抽检学校食堂。")
    expect(page.locator(".question[data-state=saved]")).to_be_visible()
    assert Narrative.objects.get(submission=sheet).text == "抽检按计划完成。另抽检学校食堂。"
