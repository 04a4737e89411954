"""A head signs all clean sheets at once on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from sectors.models import Submission
from tests import base
from tests.browser.steps import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALLEST = 24  # px, of what is touched
TOUCHED = "main a, main button, main input:not([type=hidden])"


def test_clean_sheets_are_signed_together_on_a_phone(page, cast):
    figures = {"food.task": "5", "food.done": "5"}
    for code in ("2022Q4", "2023Q1"):
        base.report(cast.county, code, figures, "submitted")
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "head")
    page.get_by_role("link", name="一并审阅签发2张报表").click()
    expect(page.locator(".digest").first.locator("li")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    for one in page.locator(TOUCHED).all():
        box = one.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= SMALLEST, (one.inner_text(), box)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.get_by_role("button", name="一并签发所选报表").click()
    expect(page.locator(".messages .success")).to_contain_text("2")
    assert set(Submission.objects.values_list("status", flat=True)) == {"signed"}
