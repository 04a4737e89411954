"""In the dark everything on the pages can be read; a report stays black on white."""

import pytest
from django.urls import reverse

from tests import base
from tests.browser.steps import serious, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BACKGROUND = "node => getComputedStyle(node).backgroundColor"


def test_pages_are_dark_and_can_be_read(page, cast):
    base.report(cast.county, "2023Q1", {"food.task": "9", "food.done": "7"}, "signed")
    page.emulate_media(color_scheme="dark")
    sign_in(page, "office")
    for address in (
        reverse("home"),
        reverse("board"),
        reverse("queue"),
        reverse("submission", args=[base.submission(cast.county).pk]),
        f"{reverse('leader-board')}?present",
    ):
        page.goto(address)
        assert page.locator("body").evaluate(BACKGROUND) in ("rgb(18, 23, 29)", "rgb(27, 33, 41)"), address
        assert serious(page) == []


def test_a_report_stays_paper(page, cast):
    base.report(cast.county, "2023", {"food.done": "5", "food.passed": "4"})
    page.emulate_media(color_scheme="dark")
    sign_in(page, "office")
    page.goto(reverse("report", args=[2023]))
    assert page.locator(".report").evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    assert serious(page) == []
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("html").evaluate("node => getComputedStyle(node).getPropertyValue('--paper')") == "#ffffff"
