"""Writing a wording in a real browser: the sentence prints while typing, wrong lines are marked, figures are put in."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reports.models import Wording
from tests import base
from tests.browser.steps import serious, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def editor(page, cast):
    base.report(cast.county, "2023", {"food.done": "5", "food.passed": "4", "food.firms": "3"})
    sign_in(page, "office")
    page.goto(reverse("wording", args=["food"]))
    page.get_by_role("button", name="显示代码").click()
    return page


def words(page):
    return page.get_by_role("textbox", name="措辞（一行一段）")


def test_the_sentence_prints_while_typing_and_wrong_lines_are_marked(editor):
    words(editor).fill("好。\n本县抽检{{ n('food.dne') }}。")
    expect(editor.locator("#preview")).to_contain_text("第2行：没有指标 food.dne。")
    expect(editor.locator(".mirror .wrong")).to_have_attribute("data-line", "2")
    words(editor).fill("好。\n本县抽检{{ n('food.done') }}。")
    expect(editor.locator("#preview")).to_contain_text("本县抽检5批次。")
    expect(editor.locator(".mirror .wrong")).to_have_count(0)
    expect(editor.locator(".mirror [data-line]")).to_have_count(2)


def test_each_line_s_number_stands_beside_its_first_row(editor):
    """A line that is broken takes as much room behind the field as in it."""
    words(editor).fill("很长的一段话，" * 60 + "\n短。\n" + "又一段话。" * 40)
    mirror = editor.locator(".mirror").evaluate("m => m.scrollHeight")
    field = words(editor).evaluate("f => f.scrollHeight")
    assert abs(mirror - field) <= 2


def test_a_figure_is_found_and_put_in_where_the_cursor_stands_by_keyboard(editor):
    words(editor).fill("企业有。")
    words(editor).press("ArrowLeft")
    editor.get_by_role("textbox", name="查找指标").fill("企业")
    offer = editor.get_by_role("button", name="食品企业")
    expect(editor.locator(".offer:visible")).to_have_count(1)
    offer.focus()
    offer.press("Enter")
    expect(words(editor)).to_have_value("企业有{{ n('food.firms') }}。")
    expect(editor.locator("#preview")).to_contain_text("企业有3家。")
    expect(words(editor)).to_be_focused()


def test_a_version_is_saved_compared_and_given_up_again(editor):
    words(editor).fill("本县抽检{{ n('food.done') }}。")
    editor.get_by_role("textbox", name="修改说明").fill("更短")
    editor.get_by_role("button", name="保存为新版本").click()
    expect(editor.locator(".messages")).to_contain_text("已保存为第1版")
    editor.get_by_role("link", name="版本").click()
    expect(editor.locator("table.versions ins").first).to_be_visible()
    assert serious(editor) == []
    editor.get_by_role("button", name="恢复").click()
    expect(editor.locator(".messages")).to_contain_text("已恢复")
    assert [row.text for row in Wording.objects.order_by("number")] == ["本县抽检{{ n('food.done') }}。", ""]


def test_figures_stand_as_chips_with_their_names_in_place_of_code(editor):
    words(editor).fill("本县抽检{{ n('food.done') }}。\n{% if val('food.done') == 0 %}没有抽检。{% endif %}")
    editor.get_by_role("button", name="显示代码").click()
    chips = editor.locator(".rich .chip")
    expect(chips).to_have_text(["抽检完成", "如果抽检完成 = 0：", "“如果”到此"])
    assert serious(editor) == []
    field = editor.locator("textarea[name=text]")
    line = editor.locator(".rich p").first
    line.click()
    editor.keyboard.press("End")
    editor.keyboard.type("合格{{ n('food.passed') }}")
    expect(chips).to_have_count(4)
    editor.keyboard.type("，")
    editor.get_by_role("textbox", name="查找指标").fill("企业")
    editor.get_by_role("button", name="食品企业").click()
    wanted = "本县抽检{{ n('food.done') }}。合格{{ n('food.passed') }}，{{ n('food.firms') }}\n"
    wanted += "{% if val('food.done') == 0 %}没有抽检。{% endif %}"
    expect(field).to_have_value(wanted)
    expect(editor.locator("#preview")).to_contain_text("合格4批次，3家")
    editor.keyboard.press("Backspace")  # a chip goes as a whole
    expect(field).to_have_value(wanted.replace("{{ n('food.firms') }}", ""))
    editor.keyboard.press("Control+a")
    editor.keyboard.press("Control+x")
    expect(field).to_have_value("")
    editor.keyboard.press("Control+v")
    expect(field).to_have_value(wanted.replace("{{ n('food.firms') }}", ""))


def test_lines_with_chips_are_marked_where_they_are_wrong(editor):
    words(editor).fill("好。\n本县抽检{{ n('food.dne') }}。")
    editor.get_by_role("button", name="显示代码").click()
    expect(editor.locator(".rich p.wrong")).to_have_text(["本县抽检food.dne。"])
