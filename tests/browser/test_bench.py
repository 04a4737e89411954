"""What the benchmarks do in a browser, once each and on a small sheet: the times are of no interest here."""

import pytest
from django.conf import settings as site
from django.urls import reverse
from playwright.sync_api import expect

from sectors.models import Figure

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LAID_OUT = """() => [...document.querySelectorAll("table.grid")].map(
  (table) => table.rows[1].checkVisibility({ contentVisibilityAuto: true }))"""
HEIGHT = "document.documentElement.scrollHeight"


@pytest.fixture
def large(page, live_server, settings, shipped_catalogue):
    """A sheet of four tables, and the page of one who may fill it."""
    from bench import _scratch, entry

    settings.ROOT_URLCONF = "bench.entry"
    cookie = {"name": site.SESSION_COOKIE_NAME, "value": entry.session(), "url": live_server.url}
    page.context.add_cookies([cookie])
    return _scratch.submission(600)


def test_tables_out_of_sight_wait_for_it_and_are_reached_by_keys(page, large):
    page.goto(reverse("sheet", args=[large.pk]))
    expect(page.locator("#count-filled")).not_to_be_empty()
    assert page.evaluate(LAID_OUT)[::3] == [True, False]
    expected, fields = page.evaluate(HEIGHT), page.locator("td.entry input")
    fields.nth(149).focus()  # the last of the first table
    page.keyboard.press("Tab")
    expect(fields.nth(150)).to_be_focused()
    expect(fields.nth(150)).to_be_in_viewport()
    fields.nth(599).focus()
    expect(fields.nth(599)).to_be_in_viewport()
    assert page.evaluate(LAID_OUT)[3]
    assert page.evaluate(HEIGHT) == pytest.approx(expected, rel=0.15)


def test_a_sheet_is_opened_and_its_cells_are_saved(page, live_server, settings, shipped_catalogue):
    from bench import _scratch, entry

    settings.ROOT_URLCONF = "bench.entry"
    of = _scratch.submission(150)
    cookie = {"name": site.SESSION_COOKIE_NAME, "value": entry.session(), "url": live_server.url}
    page.context.add_cookies([cookie])
    opened = entry.opening(page, of, 150, rounds=1)
    assert opened.ratio
    saved = entry.key_to_saved(page, of, 150, rounds=2)
    assert 0 < saved.ours < 10
    assert set(of.figures.filter(value__gte=5000).values_list("value", flat=True)) == {5000, 5001}
    assert Figure.objects.count() == 450
