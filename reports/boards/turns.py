"""Few boards of many regions at a time, so that those who only fill a sheet find a process that answers.

One such board keeps a process and the database busy for long. Whoever comes while as many are being put together as may
be is told to come again, instead of taking one process after the other. On PostgreSQL by locks of the connection, which
are gone with it, whatever machine it is of; a site on SQLite has no such boards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from sectors.sql.execution import fetch

MANY = 60  # regions; a board of fewer takes a second at most
_NAME = int.from_bytes(b"zb-b")


class Busy(Exception):
    """As many boards of many regions are being put together as may be."""


@contextmanager
def turn(regions: int) -> Iterator[None]:
    """Raises Busy."""
    if regions <= MANY or connection.vendor != "postgresql":
        yield
        return
    place = next((n for n in range(settings.BOARDS_AT_ONCE) if _asked("pg_try_advisory_lock", n)), None)
    if place is None:
        raise Busy
    try:
        yield
    finally:
        if connection.is_usable():  # else the lock is gone with the connection
            _asked("pg_advisory_unlock", place)


def _asked(function: str, place: int) -> bool:
    ((told,),) = fetch(f"SELECT {function}(%s, %s)", [_NAME, place])
    return bool(told)
