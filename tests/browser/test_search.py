"""The search of every page by keyboard, and the list of a page's keys."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import base
from tests.browser.steps import serious, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_a_key_opens_the_search_arrows_choose_and_enter_opens(page, cast, key):
    base.submission(cast.county, "T-01", "2022Q1")
    latest = base.submission(cast.county, "T-01", "2023Q1")
    sign_in(page, "clerk")
    page.keyboard.press(key)
    field = page.locator("#search-everywhere")
    expect(field).to_be_focused()
    page.keyboard.type("T-01 一季度")
    links = page.locator("#search-hits .hits a")
    expect(links).to_have_count(2)
    expect(links.first).to_have_class("chosen")
    expect(field).to_have_attribute("aria-activedescendant", "search-hit-0")
    assert serious(page) == []
    page.keyboard.press("ArrowDown")
    expect(links.last).to_have_class("chosen")
    page.keyboard.press("ArrowDown")
    expect(links.first).to_have_class("chosen")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('submission', args=[latest.pk])}")
    # Ctrl+K works in a field too; Esc gives the page back as it was.
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search-box")).to_be_hidden()


def test_enter_before_an_answer_opens_the_page_of_all_that_is_found(page, cast):
    base.submission(cast.county)
    sign_in(page, "clerk")
    page.route(
        "**/search/?q=**", lambda route: route.abort() if "hx-request" in route.request.headers else route.continue_()
    )
    page.keyboard.press("/")
    page.keyboard.type("T-01/2")
    page.locator("#search-everywhere").fill("T-01")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=T-01")
    expect(page.locator(".hits a").first).to_contain_text("T-01")
    page.keyboard.press("Control+k")
    expect(page.locator("#search-text")).to_be_focused()


def test_the_slash_stays_a_sign_in_fields_and_a_question_mark_lists_keys(page, cast):
    sent = base.submission(cast.county)
    sign_in(page, "clerk")
    page.goto(reverse("sheet", args=[sent.pk]))
    expect(page.locator("#count-filled")).not_to_be_empty()
    page.keyboard.press("Control+/")  # in the cell that has the focus
    keys = page.locator("#keys-box")
    expect(keys).to_be_visible()
    expect(keys).to_contain_text("Ctrl+K")
    expect(keys).to_contain_text("Ctrl+Enter")
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.goto(reverse("home"))
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("?/a")
    expect(page.locator("#search-everywhere")).to_have_value("?/a")


def test_a_phone_opens_the_same_box(page, cast):
    base.submission(cast.county)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, "clerk")
    page.locator(".to-search").click()
    page.keyboard.type("T-01")
    expect(page.locator("#search-hits .hits a").first).to_contain_text("T-01")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_a_script_the_field_leads_to_a_page(browser, live_server, cast):
    base.submission(cast.county)
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    try:
        sign_in(page, "clerk")
        page.fill("#search", "T-01")
        page.press("#search", "Enter")
        expect(page.locator(".hits a").first).to_contain_text("T-01")
    finally:
        context.close()
