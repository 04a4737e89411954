"""An Excel file through a real browser: downloaded, filled, sent with its progress, previewed, confirmed."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from sectors.models import Figure
from tests import base
from tests.sectors.workbooks import filled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return base.submission(cast.county)


@pytest.fixture
def at_the_sheet(page, sheet):
    page.goto(reverse("login"))
    page.fill("#id_username", "clerk")
    page.fill("#id_password", base.PASSWORD)
    page.press("#id_password", "Enter")
    expect(page.get_by_role("heading", level=1, name="我的工作")).to_be_visible()
    page.goto(reverse("sheet", args=[sheet.pk]))
    return page


def downloaded(page):
    with page.expect_download() as download:
        page.get_by_role("link", name="下载Excel").first.click()
    return download.value.path().read_bytes()


def choose(page, name, data):
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    page.get_by_role("button", name="上传并核对").press("Enter")


def accessible(page):
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_a_sheet_is_filled_by_excel(at_the_sheet, sheet):
    page = at_the_sheet
    data = downloaded(page)
    page.get_by_role("link", name="导入Excel").click()
    accessible(page)
    choose(page, "本期.xlsx", filled(data, food_task=5, food_done="十二"))
    expect(page.get_by_text("“十二”不是数字")).to_be_visible()
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    accessible(page)
    with page.expect_download() as copy:
        page.get_by_role("link", name="下载标出错误的副本").click()
    assert copy.value.suggested_filename == "本期（标出错误）.xlsx"
    page.get_by_role("link", name="换一个文件").click()
    choose(page, "本期.xlsx", filled(copy.value.path().read_bytes(), food_done=12))
    expect(page.locator("main")).to_be_focused()
    accessible(page)
    page.get_by_role("button", name="确认导入 2 项").press("Enter")
    expect(page.get_by_text("已从 Excel 导入 2 项")).to_be_visible()
    assert dict(Figure.objects.values_list("indicator__code", "value")) == {"food.task": 5, "food.done": 12}


def test_too_large_a_file_is_not_even_sent(at_the_sheet, sheet):
    page = at_the_sheet
    page.goto(reverse("sheet-import", args=[sheet.pk]))
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    choose(page, "大.xlsx", b"PK\x03\x04" + b"\x00" * 12 * 1024 * 1024)
    expect(page.get_by_role("status")).to_contain_text("文件超过 10 MB")
    assert sent == []
    expect(page.get_by_role("button", name="上传并核对")).to_be_enabled()


def test_the_file_can_be_sent_again_when_the_network_was_gone(at_the_sheet, sheet):
    page = at_the_sheet
    data = filled(downloaded(page), food_task=5)
    page.goto(reverse("sheet-import", args=[sheet.pk]))
    page.context.set_offline(True)
    choose(page, "本期.xlsx", data)
    expect(page.get_by_role("status")).to_contain_text("文件没有传上去")
    page.context.set_offline(False)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("button", name="确认导入 1 项")).to_be_visible()


def test_a_dropped_file_is_chosen(at_the_sheet, sheet):
    page = at_the_sheet
    page.goto(reverse("sheet-import", args=[sheet.pk]))
    transfer = page.evaluate_handle(
        "() => { const t = new DataTransfer(); t.items.add(new File(['a,b'], '数据.csv')); return t; }"
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": transfer})
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("alert")).to_contain_text(".csv")
