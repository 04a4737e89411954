"""Filters of a list apply as soon as one is chosen."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import base
from tests.browser.steps import serious, sign_in

pytestmark = pytest.mark.browser


def test_a_status_is_chosen_by_keyboard_and_the_list_sorted(page, cast):
    base.submission(cast.county, "T-01", "2023Q1", status="accepted")
    base.submission(cast.county, "T-02", "2023Q1")
    sign_in(page, "office")
    page.goto(reverse("submissions"))
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_role("main").get_by_role("link", name="报表", exact=True).press("Enter")
    page.wait_for_url("**sort=sheet*")
    page.get_by_role("main").get_by_role("link", name="报表", exact=True).press("Enter")
    page.wait_for_url("**sort=-sheet*")
    expect(rows.first).to_contain_text("T-02")
    assert serious(page) == []
    page.locator("#status").focus()
    for _press in range(page.locator("#status option[value=accepted]").evaluate("one => one.index")):
        page.keyboard.press("ArrowDown")
    page.wait_for_url("**status=accepted*")
    expect(rows).to_have_count(1)
    assert "sort=-sheet" in page.url
