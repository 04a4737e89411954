"""An Excel file through a real browser: downloaded, filled, sent with its progress, previewed, confirmed."""

import re
import time
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django_tasks_db.management.commands import db_worker
from openpyxl import Workbook
from playwright.sync_api import expect

from sectors import background, jobs
from sectors.models import Figure, Job
from tests import base
from tests.browser.steps import cell, state
from tests.sectors.spreadsheets import workbooks
from tests.sectors.spreadsheets.workbooks import filled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMPTY = re.compile(r'(<c r="D\d+" s="\d+")/>')  # cells to enter, as they are downloaded


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
    expect(page.locator(".upload-state")).to_contain_text("文件超过 10 MB")
    assert sent == []
    expect(page.get_by_role("button", name="上传并核对")).to_be_enabled()


def test_the_file_can_be_sent_again_when_the_network_was_gone(at_the_sheet, sheet):
    page = at_the_sheet
    data = filled(downloaded(page), food_task=5)
    page.goto(reverse("sheet-import", args=[sheet.pk]))
    page.context.set_offline(True)
    choose(page, "本期.xlsx", data)
    expect(page.locator(".upload-state")).to_contain_text("文件没有传上去")
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


def run_jobs():
    db_worker.Worker(
        queue_names=["default"],
        excluded_queue_names=[],
        backend_name="default",
        interval=0,
        batch=True,
        startup_delay=False,
        max_tasks=None,
        worker_id="w",
    ).run()


WATCH = """() => {
  window.shares = [];
  const look = () => {
    for (const one of document.querySelectorAll("#job .number")) window.shares.push(parseInt(one.textContent));
  };
  new MutationObserver(look).observe(document.getElementById("main"), { childList: true, subtree: true });
}"""


def test_ten_thousand_figures_are_imported_while_a_bar_tells_how_far(at_the_sheet, cast, settings, monkeypatch):
    """The worker runs in this process, at the pace of a slow machine."""
    page, long = at_the_sheet, workbooks.long_sheet(cast, 10_000)
    settings.JOBS = "worker"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    monkeypatch.setattr(jobs, "REPORT_INTERVAL", 0.05)
    tell = background._ImportProgress.__call__

    def slowly(steps, step, done, count):
        if done % 2500 == 0:
            time.sleep(0.4)
        tell(steps, step, done, count)

    monkeypatch.setattr(background._ImportProgress, "__call__", slowly)
    data = workbooks.with_page(workbooks.download(long), lambda text: EMPTY.sub(r"\1><v>7</v></c>", text))
    page.goto(reverse("sheet-import", args=[long.pk]))
    choose(page, "本期.xlsx", data)
    expect(page.get_by_role("button", name="确认导入 10000 项")).to_be_visible(timeout=60_000)
    expect(page.locator("table.changes tbody tr")).to_have_count(200)
    expect(page.get_by_text("这里列出前 200 项，共 10000 项。")).to_be_visible()
    page.get_by_role("button", name="确认导入 10000 项").click()
    expect(page.locator("#job progress")).to_be_visible(timeout=60_000)
    page.evaluate(WATCH)
    run_jobs()
    expect(page.get_by_text("已从 Excel 导入 10000 项")).to_be_visible()
    shares = page.evaluate("window.shares")
    assert shares == sorted(shares)
    assert len(set(shares)) >= 4, shares
    assert Figure.objects.filter(submission=long, value=7).count() == 10_000
    assert Job.objects.get().percent == 100
    page.get_by_role("link", name="继续").click(timeout=60_000)
    # Not `expect`, which would describe ten thousand rows each time that it has looked in vain.
    counted = page.locator("#count-filled")
    for _second in range(60):
        if counted.text_content():
            break
        page.wait_for_timeout(1000)
    assert counted.text_content() == "10000/10000 已填"


def test_an_own_form_puts_its_figures_to_the_cells_that_its_rows_name(at_the_sheet, sheet):
    """The department fills its own form, which has another layout than the sheet."""
    book = Workbook()
    rows = [
        ["食品抽检统计表", None, None],
        ["项目", "单位", "本季"],
        ["抽检完成", "批次", 7],
        ["抽检任务", "批次", 9],
        ["说明", "", "无"],
    ]
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    page = at_the_sheet
    page.get_by_role("link", name="导入Excel").click()
    choose(page, "我的表.xlsx", content.getvalue())
    expect(page.get_by_role("cell", name="抽检完成")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    page.get_by_role("link", name="查看数据填到哪里").click()
    panel = page.locator("#paste")
    expect(panel).to_be_in_viewport()
    expect(panel.locator("tbody")).to_contain_text("抽检完成")
    assert not Figure.objects.exists()
    panel.locator("[value=fill]").click()
    for code, text in (("food.done", "7"), ("food.task", "9")):
        expect(cell(page, code)).to_have_value(text)
        state(page, code, "saved")
    assert {row.indicator.code: row.value for row in Figure.objects.select_related("indicator")} == {
        "food.done": 7,
        "food.task": 9,
    }
    page.reload()
    expect(panel).to_be_hidden()


def test_which_column_of_an_own_form_has_the_figures_is_asked_once(at_the_sheet, sheet):
    page = at_the_sheet
    for done, is_known in (7, False), (8, True):
        book = Workbook()
        for row in (["项目", "上季", "本季"], ["抽检完成", 5, done], ["抽检任务", 6, 9]):
            book.active.append(row)
        content = BytesIO()
        book.save(content)
        page.goto(reverse("sheet-import", args=[sheet.pk]))
        choose(page, "我的表.xlsx", content.getvalue())
        page.get_by_role("link", name="查看数据填到哪里").click()
        column = page.locator("#paste-column select")
        expect(column).to_be_in_viewport()
        if not is_known:
            expect(column).to_be_focused()
            column.select_option(label="本季")
        page.locator("#paste [value=fill]").click()
        expect(cell(page, "food.done")).to_have_value(str(done))
        state(page, "food.done", "saved")
    assert Figure.objects.get(indicator__code="food.done").value == 8
