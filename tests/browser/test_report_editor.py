"""Writing in a draft by keyboard: paragraphs, figures found by name, one section at a time, changes taken back."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Session
from reports.editing import edits, issuing
from tests import base
from tests.browser.steps import serious, sign_in_in_another_tab
from tests.browser.test_report import FOOD, block, edit, open_draft
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]
WATER = "water/text/1"
PASTE = """(types) => {
  const data = new DataTransfer();
  for (const [type, text] of Object.entries(types)) data.setData(type, text);
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(paste);
}"""
WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p { color: red }</style></head>
<body><!--StartFragment--><h1 style="mso-style-name:x">一、标题</h1>
<p class=MsoNormal style='text-indent:32.0pt'><span lang=EN-US>2023</span>年抽检
完成12批次，<b>合格</b>11批次。<br>软回车之后。<o:p></o:p></p>
<p class=MsoNormal><![if !supportLists]>1.<![endif]>第二段{{food.done}}</p><!--EndFragment--></body></html>"""
WEB = "<div>\n<p>第一段，see\n  this page</p><ul><li>甲</li><li>乙</li></ul>　　丙<br>　　丁<br><br>戊</div>"
EXCEL = "<table><tr><td>指标</td><td>12</td></tr><tr><td>换<br>行</td><td>13</td></tr></table>"
PASTED = {
    "word": (
        {"text/html": WORD},
        ["一、标题", "2023年抽检完成12批次，合格11批次。软回车之后。", "1.第二段\\{\\{food.done\\}\\}"],
    ),
    "web": ({"text/html": WEB}, ["第一段，see this page", "甲", "乙", "丙", "丁", "戊"]),
    "excel": ({"text/html": EXCEL, "text/plain": "x"}, ["指标 12", "换行 13"]),
    "wps": ({"text/plain": "　　第一段。\r\n\r\n　　第二\v段。\r\n"}, ["第一段。", "第二段。"]),
}


@pytest.fixture
def report(draft_report):
    return draft_report


def values(page):
    return page.locator("textarea[data-words]").first.input_value().split("\n")


def keys_of(page):
    return page.locator("#document .block[id]").evaluate_all("all => all.map((one) => one.id)")


def leave_field(page):
    page.evaluate("document.activeElement.blur()")


def test_words_that_were_written_after_the_end_of_a_sign_in_are_saved_after_the_next(page, cast, report):
    open_draft(page)
    edit(page, FOOD)
    page.keyboard.type("另起一句。")
    Session.objects.all().delete()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("dialog")).to_contain_text("登录已结束")
    sign_in_in_another_tab(page, "office")
    expect(page.get_by_role("dialog")).to_be_hidden()
    block(page, FOOD).get_by_role("textbox", name="段落").press("Control+Enter")
    expect(block(page, FOOD).get_by_role("link", name="编辑")).to_be_visible()
    assert "另起一句。" in draft_reports.working(report).by_key[FOOD].text


def test_enter_makes_a_paragraph_and_backspace_joins_it_again(page, cast, report):
    open_draft(page)
    whole = draft_reports.working(report).by_key[FOOD].text
    edit(page, FOOD)
    page.keyboard.press("Control+Home")
    for _character in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("另起")
    page.keyboard.press("Shift+Enter")
    assert values(page) == [whole[:2], "另起", whole[2:]]
    page.keyboard.press("Backspace")  # within the field too
    assert values(page) == [whole[:2], f"另起{whole[2:]}"]
    page.keyboard.press("Control+Enter")
    expect(block(page, "added/1")).to_contain_text("另起")
    assert draft_reports.working(report).by_key["added/1"].text == f"另起{whole[2:]}"
    block(page, "added/1").get_by_role("link", name="编辑").press("Enter")
    expect(block(page, "added/1").get_by_role("textbox", name="段落")).to_be_focused()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Backspace")
    expect(block(page, "added/1")).to_have_count(0)
    expect(block(page, FOOD).get_by_role("textbox", name="段落")).to_be_focused()
    page.keyboard.type("|")  # the caret is where they meet
    assert values(page) == [f"{whole[:2]}|另起{whole[2:]}"]


@pytest.mark.parametrize("kind", PASTED)
def test_pasted_paragraphs_stay_paragraphs_in_plain_words(page, cast, report, kind):
    types, expected = PASTED[kind]
    open_draft(page)
    edit(page, FOOD)
    page.keyboard.press("Control+Home")
    page.keyboard.type("甲乙")
    page.keyboard.press("ArrowLeft")
    whole = values(page)[0]
    page.evaluate(PASTE, types)
    found = values(page)
    assert found[0] == f"甲{expected[0]}"
    assert [*found[1:-1], found[-1].removesuffix(whole[1:])] == expected[1:]
    expect(page.locator("[data-pasted]")).to_be_visible(visible=kind == "word")
    page.keyboard.press("Control+z")
    assert values(page) == [whole]
    page.keyboard.press("Control+y")
    assert values(page) == found
    page.keyboard.press("Control+Enter")
    expect(page.locator("#document .block[id^='added/']")).to_have_count(len(expected) - 1)


def test_figures_stay_figures_when_they_are_cut_pasted_and_brought_from_another_section(page, cast, report):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_draft(page)
    edit(page, FOOD)
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+x")
    assert values(page) == [""]
    page.keyboard.press("Control+v")
    assert values(page) == [draft_reports.working(report).by_key[FOOD].text]
    page.keyboard.press("Escape")
    # What is copied from the page as it is read has its figures too.
    figure = block(page, FOOD).locator("[data-code]").first
    code, text = figure.get_attribute("data-code"), figure.inner_text()
    figure.evaluate("one => getSelection().selectAllChildren(one.parentElement)")
    page.keyboard.press("Control+c")
    edit(page, WATER)
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+v")
    assert f"{{{{{code}|{text}}}}}" in page.locator(f"[id='text-{WATER}']").input_value()


def test_whoever_writes_elsewhere_by_now_stays_there(page, cast, report):
    open_draft(page)
    words = edit(page, FOOD)
    page.evaluate("key => document.dispatchEvent(new CustomEvent('block', { detail: { key } }))", WATER)
    expect(words).to_be_focused()


def test_a_figure_is_found_by_its_name_and_inserted_by_keyboard(page, cast, report):
    open_draft(page)
    edit(page, WATER)
    page.keyboard.press("Control+Home")
    page.keyboard.type("食品抽检@")
    search = block(page, WATER).get_by_role("combobox", name="插入数据")
    expect(search).to_be_focused()
    page.keyboard.type("food.")
    rows = block(page, WATER).get_by_role("option")
    expect(rows.filter(has_text="food.done").first).to_be_visible()
    for _row in range(rows.count()):
        if "food.passed" in block(page, WATER).locator("[aria-selected=true]").inner_text():
            break
        page.keyboard.press("ArrowDown")
    expect(block(page, WATER).locator("[aria-selected=true]")).to_contain_text("39批次")
    assert search.get_attribute("aria-activedescendant") == block(page, WATER).locator(
        "[aria-selected=true]"
    ).get_attribute("id")
    page.keyboard.press("Enter")
    page.keyboard.type("，合格/")
    expect(search).to_be_focused()
    page.keyboard.type("不找了")
    page.keyboard.press("Escape")
    page.keyboard.type("，含量5mg/kg。")
    assert values(page)[0].startswith("食品抽检{{food.passed|39批次}}，合格/不找了，含量5mg/kg。")
    assert serious(page) == []
    page.keyboard.press("Control+Enter")
    expect(block(page, WATER)).to_contain_text("食品抽检39批次")
    expect(edit(page, FOOD).get_by_title("抽检完成").first).to_have_text("40批次")
    block(page, WATER).get_by_role("link", name="39批次", exact=True).click()
    expect(page.locator("#evidence")).to_contain_text("抽检合格")


def test_one_section_is_shown_and_keys_lead_to_the_next(page, cast, report):
    open_draft(page, at="")
    assert FOOD not in keys_of(page)
    page.keyboard.press("j")
    expect(block(page, FOOD)).to_be_visible()
    assert "at=situation" in page.url
    expect(page.locator("#outline [aria-current]").first).to_contain_text("基本情况")
    here = keys_of(page)
    page.keyboard.press("j")
    expect(block(page, FOOD)).to_have_count(0)
    page.keyboard.press("k")
    expect(block(page, FOOD)).to_be_visible()
    assert keys_of(page) == here
    page.go_back()
    expect(block(page, FOOD)).to_have_count(0)
    page.get_by_role("navigation", name="目录").get_by_role("link", name=re.compile("食品")).first.click()
    expect(block(page, FOOD)).to_be_visible()
    edit(page, FOOD)
    page.keyboard.type("jk")  # typed, no way to go
    expect(block(page, FOOD).get_by_role("textbox", name="段落")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(block(page, FOOD)).to_contain_text("jk")
    page.get_by_role("link", name="全稿").first.click()
    expect(page.locator(".cover-block")).to_be_visible()
    assert keys_of(page) == [one.key for one in draft_reports.working(report).placed]


def test_links_to_a_block_lead_to_its_section(page, cast, report):
    edits.write(report=report, key=FOOD, text="抽检{{food.done}}，另有12批次。", seen=0, by=cast.office)
    open_draft(page, at="")
    page.goto(f"{reverse('draft', args=[2023])}#{FOOD}")  # as it was called before there were sections
    page.reload()
    expect(block(page, FOOD)).to_be_in_viewport()
    page.goto(reverse("issue-report", args=[2023]))
    page.locator(f"a[href$='#{FOOD}']").first.click()
    expect(block(page, FOOD)).to_be_in_viewport()
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    outline = page.locator("details.outline")
    expect(outline.locator("nav")).to_be_hidden()
    outline.locator("summary").press("Enter")
    outline.get_by_role("link", name=re.compile("^二、")).press("Enter")
    expect(block(page, "problems")).to_be_visible()
    expect(outline.locator("nav")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_last_change_is_taken_back_and_done_again_by_keyboard(page, cast, report):
    draft_reports.approve(report, cast)
    open_draft(page)
    edit(page, FOOD)
    page.keyboard.press("Control+a")
    page.keyboard.type("甲写的。")
    page.keyboard.press("Control+z")  # in the field its own words
    assert values(page) != ["甲写的。"]
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+Enter")
    expect(block(page, FOOD).get_by_role("link", name="编辑 甲写的。")).to_be_focused()
    leave_field(page)
    page.keyboard.press("Control+z")
    expect(block(page, FOOD)).not_to_contain_text("甲写的。")
    expect(page.get_by_role("button", name="重做：改了文字")).to_be_visible()
    leave_field(page)
    page.keyboard.press("Control+Shift+z")
    expect(block(page, FOOD)).to_contain_text("甲写的。")
    colleague = base.user("office", cast.county.departments.get(code="office"), "colleague")
    edits.write(report=report, key=FOOD, text="同事写的。", seen=3, by=colleague)
    page.get_by_role("button", name="撤销：改了文字").press("Enter")
    expect(page.get_by_role("alert").filter(has_text="没有撤销")).to_be_visible()
    expect(block(page, FOOD)).to_contain_text("同事写的。")


def test_what_is_being_written_elsewhere_stays_when_the_section_comes_anew(page, cast, report):
    open_draft(page)
    edit(page, WATER)
    page.keyboard.type("没有写完，")
    edit(page, FOOD)
    page.keyboard.press("Control+Home")
    page.keyboard.type("一段。")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(block(page, "added/1")).to_be_visible()
    expect(block(page, WATER).get_by_role("textbox", name="段落")).to_contain_text("没有写完，")
    block(page, WATER).get_by_role("button", name="保存", exact=True).click()
    expect(block(page, WATER).get_by_role("link", name="编辑")).to_be_visible()
    expect(block(page, WATER)).to_contain_text("没有写完，")


def test_no_name_of_anything_has_marks_of_a_program(page, cast, report):
    edits.write(report=report, key=FOOD, text="{{food.done}}抽检，\\{\\{甲\\}\\}。", seen=0, by=cast.office)
    named = "one => [one.getAttribute('aria-label'), one.title, one.matches('a, button') ? one.textContent : '']"
    for address in (f"{reverse('draft', args=[2023])}?whole=1", reverse("sign-report", args=[2023])):
        open_draft(page, at="")
        page.goto(address)
        names = page.locator("[aria-label], [title], a, button").evaluate_all(f"all => all.flatMap({named})")
        assert [name for name in names if name and ("food.done|" in name or "{%" in name or "\\{" in name)] == []
    page.goto(f"{reverse('draft', args=[2023])}?at={FOOD}")
    expect(block(page, FOOD).get_by_role("link", name="编辑 40批次抽检，{{甲}}。")).to_be_visible()


def test_a_comparison_opens_on_what_differs(page, cast, report):
    seen = issuing.readiness(draft_reports.working(report)).mark
    issued = issuing.issue(report=report, by=cast.office, reason="先行", seen=seen)
    revised = issuing.revise(report=issued, by=cast.office, reason="更正")
    for key in (FOOD, WATER):
        edits.write(report=revised, key=key, text="改写。", seen=0, by=cast.office)
    open_draft(page)
    page.goto(f"{reverse('compare')}?left=2023-1&right=2023-2-d2")
    differences = page.locator(".pair.differs")
    expect(differences.nth(1)).to_be_attached()
    count = differences.count()
    assert count < page.locator("details.same p").count()
    expect(page.locator("details.same p").first).to_be_hidden()
    page.keyboard.press("j")
    expect(differences.first).to_be_focused()
    expect(page.locator("[data-place]")).to_have_text(f"1 / {count}")
    page.get_by_role("button", name="下一处不同").press("Enter")
    expect(differences.nth(1)).to_be_focused()
    for _difference in range(count - 1):
        page.keyboard.press("j")
    expect(differences.first).to_be_focused()
    page.keyboard.press("k")
    expect(differences.last).to_be_in_viewport()
    assert serious(page) == []


def test_a_table_is_added_by_keyboard_and_taken_back(page, cast, report):
    open_draft(page)
    edit(page, FOOD)
    block(page, FOOD).get_by_role("link", name="增加表或图…").press("Enter")
    adding = page.locator(".adding")
    expect(adding.get_by_role("combobox", name="选择数据")).to_be_focused()
    for name in ("food.done", "food.passed"):
        page.keyboard.type(name)
        expect(adding.locator("[aria-selected=true]")).to_contain_text(name)
        page.keyboard.press("Enter")
        expect(adding.get_by_role("listitem").last).to_be_visible()
    expect(adding.get_by_role("list", name="已选数据").get_by_role("listitem")).to_have_count(2)
    adding.get_by_role("button", name="预览").press("Enter")
    expect(adding.get_by_role("table")).to_contain_text("抽检合格")
    assert serious(page) == []
    adding.get_by_role("button", name="增加", exact=True).press("Enter")
    expect(block(page, "added/1").locator("caption")).to_contain_text("云泽县2023年")
    block(page, "added/1").get_by_role("link", name="40", exact=True).click()
    expect(page.locator("#evidence")).to_contain_text("抽检完成")
    leave_field(page)
    page.keyboard.press("Control+z")
    expect(block(page, "added/1")).to_have_count(0)
