"""The office's way with a report in a real browser: a sentence edited, a figure corrected, issued, frozen, revised."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reports.editing import drafts, edits, issuing
from reports.models import AnnualReport
from sectors.models import Narrative, Submission
from tests import base
from tests.browser.steps import serious, sign_in
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]
FOOD = "food/text/1"


@pytest.fixture
def report(draft_report):
    return draft_report


def open_draft(page, user="office", at=FOOD):
    sign_in(page, user)
    page.goto(f"{reverse('draft', args=[2023])}?at={at}")


def block(page, key):
    return page.locator(f'[id="{key}"]')


def edit(page, key):
    block(page, key).get_by_role("link", name="编辑").click()
    words = block(page, key).get_by_role("textbox", name="段落")
    expect(words).to_be_focused()
    return words


def find(page, form, name):
    """Put a figure where the caret is."""
    form.get_by_role("combobox", name="插入数据").focus()
    page.keyboard.type(name)
    expect(form.locator("[data-token]").first).to_contain_text(name)
    page.keyboard.press("Enter")


def test_the_way_of_a_report(page, cast, report, media):
    open_draft(page)
    words = edit(page, FOOD)
    words.press("End")
    page.keyboard.type("总体平稳。")
    page.keyboard.press("Control+Enter")
    expect(block(page, FOOD)).to_contain_text("总体平稳。")
    expect(block(page, FOOD)).to_contain_text("改过")
    expect(block(page, FOOD).get_by_role("link", name="编辑")).to_be_focused()
    # The figures in the sentence have stayed figures, and tell where they come from.
    block(page, FOOD).get_by_role("link", name="97.5%").click()
    expect(page.locator("#evidence")).to_contain_text("抽检合格 ÷ 抽检完成")
    expect(page.locator("#evidence")).to_contain_text("39批次 ÷ 40批次 = 97.5%")

    draft_reports.correct(cast, done="41", passed="40")
    page.reload()
    expect(page.locator(".regenerate")).to_contain_text("本稿之后有4项数据变化")
    page.get_by_role("button", name="生成新一稿").click()
    expect(page.locator(".messages")).to_contain_text("已生成第2稿")
    page.get_by_role("button", name="1处改写的文字已过时").click()
    expect(block(page, FOOD).get_by_role("button", name="改用新数据")).to_be_focused()
    expect(block(page, FOOD)).to_contain_text("总体平稳。")
    expect(block(page, FOOD)).to_contain_text("40批次 → 41批次")
    expect(page.locator("#outline")).to_contain_text("1处过时")
    expect(page.locator("#stale-count")).to_contain_text("1处改写的文字已过时")
    block(page, FOOD).get_by_role("button", name="改用新数据").click()
    expect(page.locator("#stale-count")).to_contain_text("没有过时的文字")
    expect(block(page, FOOD)).to_contain_text("完成抽检41批次")

    page.get_by_role("link", name="签发…").click()
    page.get_by_role("button", name="签发报告").click()
    expect(page.get_by_role("alert")).to_contain_text("请写明仍予签发的理由")
    page.get_by_label("仍予签发的理由").fill("县政府要求先行印发")
    page.get_by_role("button", name="签发报告").click()
    expect(page.locator(".messages")).to_contain_text("报告已签发")
    rows = AnnualReport.objects.get().files.filter(audience="internal")
    files = {row.format: (media / row.file.name).read_bytes() for row in rows}
    with page.expect_download() as download:
        page.locator(".sheet-line").get_by_role("link", name="Word").click()
    assert download.value.path().read_bytes() == files["docx"]

    draft_reports.correct(cast, done="42", passed="40")
    page.reload()
    expect(page.locator(".edition-facts")).to_contain_text("签发后有")
    expect(page.locator(".report-page")).to_contain_text("完成抽检41批次")
    page.get_by_role("link", name="核验文件", exact=True).click()
    expect(page.locator(".notice")).to_contain_text("全部一致")
    page.go_back()
    page.get_by_role("link", name="修订：另出新版").click()
    page.get_by_label("修订理由").fill("市监局更正")
    page.get_by_role("button", name="开始起草新版").click()
    expect(page.locator(".draft-line")).to_contain_text("第2版")
    page.goto(f"{page.url}?at={FOOD}")
    expect(block(page, FOOD)).to_contain_text("41批次 → 42批次")
    assert {row.format: (media / row.file.name).read_bytes() for row in rows} == files


def test_blocks_are_hidden_moved_added_and_undone_by_keyboard(page, cast, report):
    open_draft(page)
    edit(page, FOOD)
    block(page, FOOD).get_by_role("button", name="隐藏").press("Enter")
    expect(block(page, FOOD)).to_contain_text("隐藏")
    edit(page, FOOD)
    block(page, FOOD).get_by_role("button", name="撤销上次修改").press("Enter")
    expect(block(page, FOOD).get_by_role("button", name="隐藏")).to_be_visible()
    # The answer gives the focus to the block once it has settled; a key pressed before would go there.
    expect(block(page, FOOD).locator(".edit, .tools button:not(:disabled)").first).to_be_focused()
    block(page, FOOD).get_by_role("link", name="在后面增加…").press("Enter")
    adding = page.locator(".adding")
    expect(adding.get_by_role("textbox", name="文字")).to_be_focused()
    page.keyboard.type("补充一段，")
    find(page, adding, "抽检合格")
    adding.get_by_role("button", name="增加").press("Enter")
    added = block(page, "added/1")
    expect(added).to_contain_text("补充一段，39批次")
    edit(page, "added/1")
    added.get_by_role("button", name="上移").press("Enter")
    expect(page.locator('#document .block[id="added/1"] + [id="food/text/1"]')).to_be_visible()
    expect(added.get_by_role("button", name="上移")).to_be_focused()
    added.get_by_role("button", name="移除").press("Enter")
    expect(added).to_have_count(0)
    page.get_by_role("button", name="恢复").press("Enter")
    expect(added).to_contain_text("补充一段，39批次")


def test_words_that_look_like_figures_stay_words_and_are_kept_once_they_were_looked_at(page, cast):
    draft_reports.figures(cast)
    of = Submission.objects.get(sheet__number="T-01", period=base.period(cast.county, "2023Q1"))
    word = Narrative.objects.create(
        submission=of, question=of.sheet.questions.get(code="food.problem"), text="见{{food.done}}和{%"
    )
    report = drafts.begin(region=cast.county, year=2023, by=cast.office, day=draft_reports.DAY)
    key = "problems/micro/food/food.problem/2023Q1/1"
    open_draft(page, at=key)
    words = edit(page, key)
    words.press("End")
    page.keyboard.type("，共")
    find(page, block(page, key), "抽检合格")
    page.keyboard.press("Control+Enter")
    expect(block(page, key).get_by_role("link", name="编辑")).to_be_visible()
    expect(block(page, key)).to_contain_text("见{{food.done}}和{%，共39批次")
    assert draft_reports.printed(report, key) == "1—3月：见{{food.done}}和{%，共39批次"
    word.text = "另一句。"
    word.save()
    page.reload()
    page.get_by_role("button", name="生成新一稿").click()
    page.goto(f"{page.url}?at={key}")
    expect(block(page, key)).to_contain_text("此处生成的文字有变化")
    block(page, key).get_by_role("button", name="文字无误，保留").click()
    expect(page.locator("#stale-count")).to_contain_text("没有过时的文字")
    expect(block(page, key)).to_contain_text("见{{food.done}}和{%，共39批次")


def test_two_people_in_one_block_see_both_texts(page, cast, report):
    open_draft(page)
    words = edit(page, FOOD)
    words.press("End")
    page.keyboard.type("我写的。")
    colleague = base.user("office", cast.county.departments.get(code="office"), "colleague")
    edits.write(report=report, key=FOOD, text="同事写的。", seen=0, by=colleague)
    page.keyboard.press("Control+Enter")
    both = block(page, FOOD).locator(".both")
    expect(both).to_contain_text("同事写的。")
    expect(both).to_contain_text("我写的。")
    block(page, FOOD).get_by_role("button", name="用我的覆盖").click()
    expect(block(page, FOOD)).to_contain_text("我写的。")
    expect(block(page, FOOD)).not_to_contain_text("同事")


def test_escape_leaves_a_block_and_unsaved_words_are_not_lost_to_other_buttons(page, cast, report):
    open_draft(page)
    words = edit(page, FOOD)
    page.keyboard.press("Escape")
    expect(block(page, FOOD).get_by_role("link", name="编辑")).to_be_visible()
    words = edit(page, FOOD)
    words.press("End")
    page.keyboard.type("还没有存。")
    expect(block(page, FOOD).get_by_role("button", name="下移")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(words).to_contain_text("还没有存。")
    page.get_by_role("link", name="取消").click()
    expect(block(page, FOOD)).not_to_contain_text("还没有存。")


def test_a_comment_is_written_from_the_draft(page, cast, report):
    open_draft(page)
    block(page, FOOD).get_by_role("link", name="意见").click()
    page.get_by_role("textbox", name="对这一段提出或回复意见").fill("请核对")
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".thread")).to_contain_text("请核对")
    page.goto(f"{reverse('draft', args=[2023])}?at={FOOD}")
    expect(block(page, FOOD).get_by_role("link", name="意见 1")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1366])
def test_pages_fit_their_width_and_axe_finds_nothing_serious(page, cast, report, width):
    page.set_viewport_size({"width": width, "height": 800})
    open_draft(page)
    found = serious(page)
    edit(page, FOOD)
    found += serious(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    issuing.issue(
        report=report, by=cast.office, reason="先行", seen=issuing.readiness(draft_reports.working(report)).mark
    )
    issuing.revise(report=AnnualReport.objects.get(), by=cast.office, reason="更正")
    edits.write(report=AnnualReport.objects.drafts().get(), key=FOOD, text="改。", seen=0, by=cast.office)
    page.on("dialog", lambda dialog: dialog.accept())
    pages = [
        *(reverse(name, args=[2023]) for name in ("report-sources", "issue-report", "report-cover")),
        *(reverse(name, args=[2023]) for name in ("sign-report", "approval-sheet", "report-comments")),
        reverse("approved-on-paper", args=[2023]),
        reverse("report-comment", args=[2023, FOOD]),
        reverse("verify-any-file"),
        *(reverse(name, args=[2023, 1]) for name in ("edition", "verify-report", "revise-report")),
        reverse("reports"),
        reverse("number", args=[2023, "food.rate"]),
        f"{reverse('compare')}?left=2023-1&right=2023-2-d2",
    ]
    for address in pages:
        assert page.goto(address).status == 200, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found += serious(page)
    assert found == []
