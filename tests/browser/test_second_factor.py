"""A second factor set up and used by keyboard."""

import re
from base64 import b32decode

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import base
from tests.accounts.codes import Phone
from tests.browser.steps import keys, reach, serious, sign_in, type_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def phone_that_reads(page):
    secret = page.locator("code.secret").inner_text()
    return Phone(b32decode(secret.replace(" ", "")).hex())


def set_up(page):
    page.goto(reverse("second-factor"))
    reach(page, page.get_by_role("link", name="设置", exact=True))
    keys(page, "[Enter]")
    expect(page.get_by_role("heading", name="设置双因素验证")).to_be_visible()
    phone = phone_that_reads(page)
    reach(page, page.get_by_label("密码"))
    keys(page, base.PASSWORD, "[Tab]", phone.code(-1), "[Enter]")
    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    return phone


def test_set_up_and_second_step_by_keyboard(page, cast):
    sign_in(page, "clerk")
    phone = set_up(page)
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    assert serious(page) == []
    reach(page, page.get_by_role("link", name="我已保存"))
    keys(page, "[Enter]")
    expect(page.get_by_text("还剩10个恢复码")).to_be_visible()
    assert serious(page) == []

    page.context.clear_cookies()
    page.goto(reverse("submissions"))
    type_in(page, "clerk")
    code = page.get_by_label("验证码")
    expect(code).to_be_focused()
    assert serious(page) == []
    keys(page, "000000", "[Enter]")
    expect(page.get_by_role("alert")).to_contain_text("验证码不对")
    expect(code).to_have_accessible_description(re.compile("验证码不对"))
    expect(code).to_be_focused()
    page.wait_for_timeout(1100)  # the wait after one wrong code
    code.fill("")
    keys(page, phone.code(), "[Enter]")
    page.wait_for_url(f"**{reverse('submissions')}")

    page.context.clear_cookies()
    page.goto(reverse("login"))
    type_in(page, "clerk")
    expect(code).to_be_focused()
    keys(page, codes[0], "[Enter]")
    expect(page.get_by_text("还剩9个")).to_be_visible()


@pytest.mark.parametrize("width", [1366, 390])
def test_picture_can_be_scanned_and_nothing_is_cut(page, cast, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, "clerk")
    page.goto(reverse("second-factor-setup"))
    picture = page.locator("img.qr")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0 && image.clientWidth >= 200")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert serious(page) == []
