"""Boards of many regions take one process after the other only so far."""

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection, connections

from config import gunicorn
from reports.boards import turns
from sectors.models import Department
from tests import base

pytestmark = pytest.mark.django_db
LEADING = "/board/leader/?period=2023"


@pytest.fixture
def prefect(cast, monkeypatch):
    monkeypatch.setattr(turns, "MANY", 1)
    office = Department.objects.create(region=cast.prefecture, code="office", name="市质强办", short_name="质强办")
    return base.user("leader", office, "prefect")


@pytest.fixture
def another():
    """A connection of another process."""
    if connection.vendor != "postgresql":
        pytest.skip("a site on SQLite has no boards of many regions")
    other = connection.copy()
    yield other
    other.close()


def test_who_comes_when_as_many_are_put_together_as_may_be_is_told_to_come_again(
    client, cast, prefect, another, settings
):
    settings.BOARDS_AT_ONCE = 2
    client.force_login(prefect)
    with another.cursor() as cursor:
        for place in range(2):
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [turns._NAME, place])
    answer = client.get(LEADING)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    client.force_login(cast.leader)  # of one county, whom nobody keeps waiting
    assert client.get(LEADING).status_code == 200
    with another.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, 1)", [turns._NAME])
    client.force_login(prefect)
    assert client.get(LEADING).status_code == 200


def test_a_turn_is_given_back_whatever_happens(client, prefect, another, settings, monkeypatch):
    settings.BOARDS_AT_ONCE = 1
    client.force_login(prefect)
    for _time in range(2):
        with pytest.raises(ZeroDivisionError), turns.turn(2):
            raise ZeroDivisionError
        caches["boards"].clear()
        assert client.get(LEADING).status_code == 200
    with another.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [turns._NAME])
        assert cursor.fetchone() == (True,)


def test_a_statement_of_a_page_is_stopped_in_time(another, monkeypatch):
    options = dict(connections.settings["default"]["OPTIONS"])
    monkeypatch.setitem(connections.settings["default"], "OPTIONS", options)
    gunicorn.stop_long_statements(1)
    other = connections.create_connection("default")
    with pytest.raises(OperationalError) as stopped, other.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(3)")
    other.close()
    assert getattr(stopped.value.__cause__, "pgcode", "") == "57014"
    options.pop("options")
    gunicorn.stop_long_statements(0)
    assert "options" not in options
