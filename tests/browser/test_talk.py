"""A cell talked about beside its sheet, and files attached, in a real browser and by keyboard."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sectors.evidence import comments
from sectors.models import Attachment, Comment, Indicator
from tests import base
from tests.browser.steps import serious, sign_in, sign_in_in_another_tab

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


@pytest.fixture
def sheet(cast):
    base.report(cast.county, "2023Q1", {"food.done": "40", "food.passed": "39"}, "draft")
    return base.submission(cast.county)


def review(page, sheet):
    page.goto(reverse("submission", args=[sheet.pk]))


def link(page, code):
    return page.locator(f'[data-cell="{code}"]')


def comment(page):
    return page.get_by_label("对本格提出意见或答复")


def test_office_asks_and_clerk_answers_by_keyboard(page, cast, sheet):
    sign_in(page, "office")
    review(page, sheet)
    link(page, "food.rate").press("Enter")
    heading = page.get_by_role("heading", name="抽检合格率")
    expect(heading).to_be_focused()
    expect(page.locator("#cell-panel")).to_contain_text("抽检合格 ÷ 抽检完成")
    page.locator("#cell-panel").get_by_role("link", name="抽检合格").press("Enter")
    expect(page.get_by_role("heading", name="抽检合格 (批次)")).to_be_focused()
    comment(page).fill("差的一批次是什么原因？")
    page.get_by_role("button", name="发送").press("Enter")
    expect(page.locator("#cell-panel").get_by_text("意见已发送")).to_be_focused()
    expect(page.locator(".mark")).to_have_text("评 1")
    comment(page).press("Escape")
    expect(page.locator("#cell-panel h2")).to_have_count(0)
    expect(link(page, "food.rate")).to_be_focused()  # where the person came from

    sign_in(page, "clerk")
    review(page, sheet)
    expect(page.locator(".mark")).to_have_text("评 1")
    link(page, "food.passed").press("Enter")
    expect(page.locator(".thread")).to_contain_text("差的一批次是什么原因？")
    page.get_by_role("button", name="标为已解决").press("Enter")
    expect(page.locator(".thread")).to_contain_text("clerk标为解决")
    expect(page.locator(".mark")).to_have_count(0)


def test_the_address_leads_to_the_cell_again_with_what_was_half_written(page, cast, sheet):
    sign_in(page, "head")
    review(page, sheet)
    link(page, "food.done").click()
    comment(page).fill("还有半")
    page.reload()
    expect(page.get_by_role("heading", name="抽检完成")).to_be_visible()
    expect(comment(page)).to_have_value("还有半")
    expect(link(page, "food.done")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="关闭").click()
    expect(link(page, "food.done")).to_be_focused()
    assert page.url.endswith(reverse("submission", args=[sheet.pk]))
    link(page, "food.done").click()
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".thread")).to_contain_text("还有半")
    expect(comment(page)).to_have_value("")


def test_without_a_network_or_a_sign_in_nothing_written_is_lost(page, cast, sheet):
    sign_in(page, "head")
    review(page, sheet)
    link(page, "food.done").click()
    comment(page).fill("请核对")
    page.context.set_offline(True)
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#cell-panel .failed")).to_contain_text("连不上服务器")
    expect(comment(page)).to_have_value("请核对")
    page.context.set_offline(False)

    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#cell-panel .failed")).to_contain_text("登录已过期")
    expect(comment(page)).to_have_value("请核对")
    sign_in_in_another_tab(page, "head")  # in which the token of forms changes too
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="发送").click()
    expect(page.locator(".thread")).to_contain_text("请核对")
    assert Comment.objects.count() == 1


def test_files_are_attached_refused_removed_and_restored(page, cast, sheet, tmp_path):
    for name, content in [
        ("检测 报告.pdf", b"%PDF-1.7"),
        ("假.png", b"GIF89a"),
        ("大.pdf", b"%PDF-" + bytes(20 << 20)),
    ]:
        (tmp_path / name).write_bytes(content)
    sign_in(page, "clerk")
    review(page, sheet)
    files = page.locator("#attachments")
    field, upload = page.get_by_label("上传附件"), files.get_by_role("button", name="上传", exact=True)
    field.set_input_files([tmp_path / "大.pdf"])
    upload.press("Enter")
    expect(files.get_by_role("alert")).to_contain_text("“大.pdf”超过 20 MB")  # before it was sent
    field.set_input_files([tmp_path / "检测 报告.pdf", tmp_path / "假.png"])
    upload.press("Enter")
    expect(files.get_by_role("alert").last).to_contain_text("“假.png”的内容不是 .png 文件")
    expect(files).to_contain_text("已上传 1 个附件")
    with page.expect_download() as download:
        files.get_by_role("link", name="检测 报告.pdf").press("Enter")
    assert download.value.suggested_filename == "检测 报告.pdf"

    files.locator("summary").press("Enter")
    files.get_by_role("button", name="移除这个附件 检测 报告.pdf").press("Enter")
    expect(files).to_contain_text("已移除，可以在这里恢复")
    expect(files.get_by_role("link")).to_have_count(0)
    files.get_by_role("button", name="恢复 检测 报告.pdf").press("Enter")
    expect(files.get_by_role("link", name="检测 报告.pdf")).to_be_visible()
    assert Attachment.objects.get().removed_at is None


@pytest.mark.parametrize("width", [390, 1366])
def test_pages_fit_their_width_and_axe_finds_nothing_serious(page, cast, sheet, width):
    done = Indicator.objects.get(code="food.done")
    comments.comment(submission=sheet, indicator=done, by=cast.office, text="请核对" * 40)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, "clerk")
    found = []
    for address in (
        reverse("submission", args=[sheet.pk]) + "?cell=food.done",
        reverse("cell", args=[sheet.pk, "food.done"]),
        reverse("attachments", args=[sheet.pk]),
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        found += serious(page)
    review(page, sheet)
    link(page, "food.done").click()
    expect(page.locator(".thread")).to_be_visible()
    found += serious(page)
    assert found == []
