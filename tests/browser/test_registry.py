"""A clerk records a batch by keyboard, what failed in it and its case; the cell of the sheet follows."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from inspections.models import EnforcementCase, NonconformingSample, SamplingBatch
from sectors.catalogue import counted
from sectors.models import Indicator, Sector
from tests import base
from tests.browser.steps import cell, keys, reach, serious, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(cast):
    """A sheet of the first quarter of 2023 whose food.done counts samples."""
    rule = counted.completed({"of": "batch", "measure": "samples", "where": {"category": "produce"}})
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=rule)
    return base.submission(cast.county)


@pytest.fixture
def last(cast):
    """What was recorded before, so that the next one is like it."""
    return SamplingBatch.objects.create(
        department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), by=cast.clerk,
        programme="supervision", category="produce.vegetable", product="芹菜", place="东门市场",
        taken_on="2023-02-14", created=timezone.now(),
    )  # fmt: skip


def test_a_batch_by_keyboard_its_failed_sample_its_case_and_the_cell(page, cast, sheet, last):
    sign_in(page, "clerk")
    page.get_by_role("link", name="抽检台账").first.click()
    product = page.locator("#quick-product")
    reach(page, product)
    # The day is carried on; place and category are too.
    keys(page, "豇豆", "[Tab]", "[Tab]", "5", "[Tab]", "1", "[Enter]")
    expect(page.locator(".messages .success")).to_contain_text("豇豆")
    expect(product).to_be_focused()
    keys(page, "番茄", "[Enter]")
    expect(page.get_by_role("cell", name="番茄", exact=True)).to_be_visible()
    made = SamplingBatch.objects.get(product="豇豆")
    assert (made.samples, made.failed, made.place, str(made.taken_on)) == (5, 1, "东门市场", "2023-02-14")

    page.get_by_role("link", name="打开记录: 豇豆").click()
    page.get_by_role("link", name="登记不合格样品").click()
    page.locator("#id_item").fill("毒死蜱")
    page.get_by_label("实测值").fill("0.11")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="登记立案").click()
    expect(page.get_by_label("案由")).to_have_value("豇豆：毒死蜱不合格")
    page.locator("#id_number").fill("C-1")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("cell", name="C-1", exact=True)).to_be_visible()
    assert NonconformingSample.objects.get().case == EnforcementCase.objects.get()

    page.goto(reverse("sheet", args=[sheet.pk]))
    expect(cell(page, "food.done")).to_have_value("7")  # 1 before, 5 and 1
    page.get_by_role("link", name="由3条记录汇总").click()
    expect(page.locator("table.records tbody tr")).to_have_count(3)


def test_a_view_is_saved_and_comes_back(page, cast, last):
    sign_in(page, "clerk")
    page.goto("/sampling/")
    page.get_by_label("品类", exact=True).first.select_option("produce.vegetable")
    page.get_by_role("button", name="查看").click()
    expect(page).to_have_url(re.compile("category=produce.vegetable"))
    page.get_by_text("保存为常用视图").click()
    page.get_by_label("视图名称").fill("蔬菜")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("link", name="蔬菜", exact=True)).to_be_visible()
    page.goto("/sampling/", wait_until="networkidle")  # what is due comes in above the views and moves them down
    page.get_by_role("link", name="蔬菜", exact=True).click()
    expect(page.locator("#filter-category")).to_have_value("produce.vegetable")


@pytest.mark.parametrize("width", [1366, 390])
def test_the_pages_of_the_registry_fit_and_can_be_used_by_all(page, cast, last, width):
    sign_in(page, "clerk")
    page.set_viewport_size({"width": width, "height": 844})
    for address in ("/sampling/", f"/sampling/{last.pk}/", "/sampling/new/", "/samples/where/", "/sampling/import/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        assert serious(page) == [], address
