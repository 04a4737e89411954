"""The key that leads to the search."""

import pytest
from playwright.sync_api import expect

from tests import base
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser


def test_the_slash_leads_to_the_search_but_stays_a_sign_in_fields(page, cast):
    base.submission(cast.county)
    sign_in(page, "clerk")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("T-01/2")
    expect(page.locator("#search")).to_have_value("T-01/2")
    page.locator("#search").fill("T-01")
    page.keyboard.press("Enter")
    expect(page.locator(".hits a")).to_contain_text("T-01")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("main").click(position={"x": 5, "y": 5})
    page.keyboard.press("/")
    expect(page.locator("#search-text")).to_be_focused()
