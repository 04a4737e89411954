"""What several browser tests do."""

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from sectors.models import User
from tests import base


def sign_in(page, name):
    """Be signed in on the home page: the page for it is for tests of its own (`type_in`, test_sign_in.py)."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": "localhost", "path": "/", "httpOnly": True}]
    )
    page.goto(reverse("home"))
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
    page.wait_for_load_state()  # its scripts, without which a key does nothing


def sign_in_in_another_tab(page, name="clerk"):
    """By the link of the dialog where it is open; back in the first tab that hears it."""
    link = page.locator("#session").get_by_role("link", name="重新登录")
    with page.context.expect_page() as opened:
        if link.is_visible():
            link.click()
        else:
            page.evaluate("address => void window.open(address, '', 'noopener')", reverse("login"))
    other = opened.value
    other.fill("#id_username", name)
    other.fill("#id_password", base.PASSWORD)
    other.press("#id_password", "Enter")
    expect(other.get_by_role("button", name="退出登录")).to_be_visible()
    other.close()
    page.bring_to_front()


def type_in(page, name, password=base.PASSWORD):
    """Sign in by keyboard on a page that asks for it."""
    expect(page.locator("#id_username")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def reach(page, place, key="Tab", most=80):
    """Go to a place with nothing but a key, as somebody without a mouse does."""
    expect(place).to_be_visible()
    for _press in range(most):
        page.keyboard.press(key)
        if place.evaluate("one => one === document.activeElement"):
            return place
    raise AssertionError(f"{key} does not lead to {place}")


def keys(page, *presses):
    """Type texts and press keys; a key is written in brackets: `[Enter]`."""
    for press in presses:
        if press.startswith("["):
            page.keyboard.press(press[1:-1])
        else:
            page.keyboard.type(press)


def copied(page, text):
    """What a spreadsheet would put on the clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)


def cell(page, code):
    return page.locator(f"#cell-{code.replace('.', '-')}")


def state(page, code, wanted):
    """Wait until the cell shows the state."""
    expect(page.locator("td", has=cell(page, code))).to_have_attribute("data-state", wanted)


def open_sheet(page, submission):
    page.goto(reverse("sheet", args=[submission.pk]))
    expect(page.locator("#count-filled")).not_to_be_empty()


def serious(page):
    # Preloading, axe would put the styles of @import into the page itself, which the policy stops.
    options = {"preload": False, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=options).response["violations"]
    return [(page.url, v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in ("serious", "critical")]
