"""How often somebody may ask."""

import pytest

from sectors.shell.limits import asks_too_often
from tests.races import at_once


@pytest.fixture(autouse=True)
def _in_files(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": tmp_path,
            "OPTIONS": {"MAX_ENTRIES": 1, "CULL_FREQUENCY": 1},
        }
    }


def test_only_the_last_is_too_many():
    assert [asks_too_often("a", 2) for _time in range(4)] == [False, False, True, True]


@pytest.mark.django_db(transaction=True)
def test_a_cache_that_forgets_meanwhile_refuses_nobody():
    """Whoever asks from many addresses fills it."""

    def ask(who):
        return [asks_too_often(f"{who}-{number}", 1) for number in range(40)]

    found = at_once(*(lambda who=who: ask(who) for who in range(6)))
    assert found == [[False] * 40] * 6
