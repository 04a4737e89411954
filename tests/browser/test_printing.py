"""The paper form as a browser prints it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from sectors.models import CatalogueVersion, Indicator
from tests import base
from tests.browser.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

A4 = (595, 842)  # points


def pages(pdf):
    """Width and height of each page."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type /Page\b(?!s)", pdf))
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def test_a_short_sheet_is_one_a4_page(page, cast):
    of = base.submission(cast.county)
    sign_in(page, "clerk")
    page.goto(reverse("print", args=[of.pk]))
    assert pages(page.pdf(prefer_css_page_size=True)) == [A4]


def test_a_long_sheet_repeats_its_heads_and_breaks_no_row(page, cast):
    of = base.submission(cast.county)
    model = Indicator.objects.get(code="food.firms")
    rows = [
        Indicator(
            sheet=model.sheet, table=model.table, unit=model.unit, code=f"food.more{n}", name=f"第{n}项",
            row_name=f"第{n}项", row=100 + n, accumulation="flow",
        )
        for n in range(120)
    ]  # fmt: skip
    Indicator.objects.bulk_create(rows)
    CatalogueVersion.objects.renew()
    sign_in(page, "clerk")
    page.goto(reverse("print", args=[of.pk]))
    assert len(pages(page.pdf(prefer_css_page_size=True))) >= 3
    page.emulate_media(media="print")
    assert page.eval_on_selector("thead", "e => getComputedStyle(e).display") == "table-header-group"
    assert page.eval_on_selector("tbody tr:last-child", "e => getComputedStyle(e).breakInside") == "avoid"


@pytest.mark.parametrize("width", [390, 1366])
def test_the_button_prints_and_the_page_is_sound(page, cast, width):
    of = base.submission(cast.county)
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script("window.print = () => { document.title = 'printed'; }")
    sign_in(page, "clerk")
    page.goto(reverse("print", args=[of.pk]))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    violations = Axe().run(page).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in ("serious", "critical")] == []
    page.get_by_role("button", name=re.compile("打印|Print")).press("Enter")
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    expect(page.get_by_role("button")).to_have_count(0)
