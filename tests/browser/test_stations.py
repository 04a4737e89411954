"""A department asks its stations; one fills in by a link on a phone, another in Excel; the department takes over."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from collection import files
from collection.models import StationPart
from tests import base
from tests.browser.steps import sign_in
from tests.sectors.spreadsheets.workbooks import filled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 844}


def accessible(page):
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def ask(page, submission):
    """Add two stations from a pasted list, and ask them for a sheet."""
    page.goto(reverse("paste-stations"))
    page.get_by_label("复制的各行").fill("城关所\t市监所\n河东所\t市监所\n")
    page.get_by_role("button", name="核对").click()
    page.get_by_role("button", name="添加这些单位").click()
    page.goto(reverse("sheet", args=[submission.pk]))
    page.get_by_role("link", name="请下属单位填报").click()
    accessible(page)
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("填报要求已建立")).to_be_visible()


def fill_by_link(browser, live_server, link):
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", viewport=PHONE)
    phone = context.new_page()
    phone.goto(link)
    for name, text in (("抽检任务", "10"), ("抽检完成", "8"), ("抽检合格", "八")):
        phone.get_by_label(re.compile(f"^{name}")).first.fill(text)
    phone.get_by_role("button", name="保存并上报").click()
    expect(phone.get_by_text("部分内容未保存")).to_be_visible()
    phone.get_by_label(re.compile("^抽检合格")).first.fill("8")
    accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_role("button", name="保存并上报").click()
    expect(phone.get_by_text("已上报，谢谢")).to_be_visible()
    assert [cookie["name"] for cookie in context.cookies()] == ["csrftoken"]
    context.close()


def test_a_department_collects_from_its_stations(page, browser, live_server, cast, media):
    submission = base.submission(cast.county)
    sign_in(page, "clerk")
    ask(page, submission)
    request = page.url
    page.get_by_label("河东所", exact=True).uncheck()
    page.get_by_role("button", name="生成所选单位的链接").click()
    link = page.get_by_label("发送文字").input_value().splitlines()[-1]
    fill_by_link(browser, live_server, link)

    page.goto(request)
    page.get_by_role("link", name="上传单位的Excel").click()
    other = StationPart.objects.for_reading().get(station__name="河东所")
    data = filled(files.write(other), food_task=5, food_done=4, food_passed=2)
    page.set_input_files(
        "input[type=file]", {"name": "河东.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_text("并已代为上报")).to_be_visible()

    page.goto(request)
    accessible(page)
    page.get_by_role("link", name="汇总取数").click()
    accessible(page)
    page.get_by_role("button", name="将勾选的指标填入报表").click()
    expect(page.get_by_text("报送前请核对")).to_be_visible()
    figures = {one.indicator.code: one.cell.stored for one in submission.figures.select_related("indicator")}
    assert {code: figures[code] for code in ("food.task", "food.done", "food.passed")} == {
        "food.task": "15",
        "food.done": "12",
        "food.passed": "10",
    }
    page.goto(reverse("cell", args=[submission.pk, "food.done"]))
    page.get_by_role("link", name="下属单位汇总12").click()
    row = page.get_by_role("row", name="城关所")
    expect(row).to_contain_text("8")
    expect(page.get_by_role("row", name="河东所")).to_contain_text("4")
