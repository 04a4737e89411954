import pytest
from django.urls import reverse
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_sign_in_page_is_chinese_and_takes_the_keyboard(page):
    page.goto(reverse("login"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.locator("input[name=username]").press("Tab")
    expect(page.locator("input[name=password]")).to_be_focused()


def test_unknown_user_stays_on_the_sign_in_page(page):
    page.goto(reverse("login"))
    page.fill("input[name=username]", "nobody")
    page.fill("input[name=password]", "wrong")
    page.press("input[name=password]", "Enter")
    expect(page.locator("input[name=username]")).to_have_value("nobody")
    assert page.url.endswith(reverse("login"))
