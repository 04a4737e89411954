"""From the Excel form of a department to an open period in which a figure is typed."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sectors.models import Figure, Indicator, Submission
from tests import base
from tests.browser.steps import cell, open_sheet, serious, sign_in, state
from tests.sectors.reading import form_files

pytestmark = pytest.mark.browser


def test_a_form_becomes_a_sheet_that_is_filled(page, cast, media):
    sign_in(page, "admin")
    page.goto(reverse("catalogue-files"))
    page.get_by_role("link", name="由 Excel 报表生成").click()
    file = {"name": "抽检.xlsx", "mimeType": "application/octet-stream", "buffer": form_files.three_heads()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传并识别").click()
    expect(page.locator("#id_name")).to_have_value("食品安全监督抽检情况统计表")
    expect(page.locator("[name='t1.r5.total_of']")).to_have_value("1-4")
    expect(page.locator("#A6")).to_have_class("is-row")
    page.locator("[name='t1.c2.name']").fill("完成批次")
    page.locator("[name='t1.r2.parent']").fill("9")
    page.get_by_role("button", name="查看载入后的变化").click()
    expect(page.locator(".field-error")).to_have_count(1)
    expect(page.locator("[name='t1.c2.name']")).to_have_value("完成批次")
    expect(page.locator("[name='t1.r2.parent']")).to_have_value("9")
    page.locator("[name='t1.r2.parent']").fill("")
    page.get_by_role("button", name="查看载入后的变化").click()
    expect(page.get_by_text("载入后的变化", exact=True)).to_be_visible()
    assert serious(page) == []
    page.get_by_role("button", name="载入", exact=True).click()
    expect(page.locator(".messages .success")).to_be_visible()
    rate = Indicator.objects.get(code="n01.t1.r1.c4")
    assert (rate.unit.name, rate.is_computed) == ("%", True)

    sheet = Indicator.objects.get(code="n01.t1.r1.c2").sheet
    submission = base.submission(cast.county, sheet.number, "2023Q1")
    assert Submission.objects.get(sheet=sheet).department == cast.market
    sign_in(page, "clerk")
    open_sheet(page, submission)
    for code, text in (("n01.t1.r1.c2", "40"), ("n01.t1.r1.c3", "38")):
        cell(page, code).fill(text)
        page.keyboard.press("Enter")
    state(page, "n01.t1.r1.c3", "saved")
    expect(cell(page, "n01.t1.r1.c4")).to_have_text("95.0")
    assert dict(Figure.objects.values_list("indicator__code", "value"))["n01.t1.r1.c2"] == 40
