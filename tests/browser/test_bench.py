"""What the benchmarks do in a browser, once each and on a small sheet: the times are of no interest here."""

import pytest
from django.conf import settings as site

from sectors.catalogue import load
from sectors.models import Figure
from tests import base

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_sheet_is_opened_and_its_cells_are_saved(page, live_server, settings):
    from bench import _scratch, entry

    settings.ROOT_URLCONF = "bench.entry"
    load(base.SHIPPED_CATALOGUE)
    of = _scratch.submission(150)
    cookie = {"name": site.SESSION_COOKIE_NAME, "value": entry.session(), "url": live_server.url}
    page.context.add_cookies([cookie])
    opened = entry.opening(page, of, 150, rounds=1)
    assert opened.ratio
    saved = entry.key_to_saved(page, of, 150, rounds=2)
    assert 0 < saved.ours < 10
    assert set(of.figures.filter(value__gte=5000).values_list("value", flat=True)) == {5000, 5001}
    assert Figure.objects.count() == 450
