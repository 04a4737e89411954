"""What several browser tests do."""

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from tests import base


def sign_in(page, name):
    page.context.clear_cookies()
    page.goto(reverse("login"))
    page.fill("#id_username", name)
    page.fill("#id_password", base.PASSWORD)
    page.press("#id_password", "Enter")
    expect(page.get_by_role("heading", level=1, name="我的工作")).to_be_visible()


def cell(page, code):
    return page.locator(f"#cell-{code.replace('.', '-')}")


def state(page, code, wanted):
    """Wait until the cell shows the state."""
    expect(page.locator("td", has=cell(page, code))).to_have_attribute("data-state", wanted)


def open_sheet(page, submission):
    page.goto(reverse("sheet", args=[submission.pk]))
    expect(page.locator("#count-filled")).not_to_be_empty()


def serious(page):
    violations = Axe().run(page).response["violations"]
    return [(page.url, v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in ("serious", "critical")]
