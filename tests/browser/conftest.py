"""One browser for all the browser tests, a fresh page with its own cookies for each."""

import os
import threading

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import expect, sync_playwright

from tests.browser.find import find

# Playwright's sync API runs an event loop in the test's thread, in which Django refuses to use its ORM.
# No coroutine of ours runs there, so nothing can interleave with a query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# A busy machine is slow, not wrong.
expect.set_options(timeout=15_000)

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=flags)
        yield browser
        browser.close()


class Requests:
    """Those that the live server is answering."""

    def __init__(self):
        self.open, self.changed = 0, threading.Condition()

    def begun(self, **_details):
        self._count(1)

    def ended(self, **_details):
        self._count(-1)

    def _count(self, more):
        with self.changed:
            self.open += more
            self.changed.notify_all()

    def wait(self):
        with self.changed:
            assert self.changed.wait_for(lambda: self.open <= 0, timeout=30), "the server is still answering"


@pytest.fixture
def requests():
    """Nobody waits for the answer to the last thing that a page asked; the tables are emptied only after it."""
    requests = Requests()
    request_started.connect(requests.begun)
    request_finished.connect(requests.ended)
    yield requests
    request_started.disconnect(requests.begun)
    request_finished.disconnect(requests.ended)


@pytest.fixture
def page(browser, live_server, requests):
    """A page whose addresses are relative to the live server.

    The test fails when a script of the page does, or when the content security policy stopped something.
    """
    context = browser.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1366, "height": 768},
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if _is_fault(message.text) else None)
    yield page
    context.close()
    requests.wait()
    assert faults == []


def _is_fault(text: str) -> bool:
    return "Content Security Policy" in text
