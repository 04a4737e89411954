from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connections

LOCK = 0x7A686962616F  # "zhibao", as a number that nothing else of this database takes


class Command(migrate.Command):
    help = "Django's own, one at a time: a second one waits until the first has ended."

    def handle(self, *args: Any, **options: Any) -> None:
        with one_at_a_time(options["database"]):
            super().handle(*args, **options)


@contextmanager
def one_at_a_time(alias: str) -> Iterator[None]:
    """Two at once would both make the same tables."""
    if connections[alias].vendor == "postgresql":
        lock = connections.create_connection(alias)  # its own: migrations close and open theirs
        try:
            with lock.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            yield
        finally:
            lock.close()
        return
    with open(f"{connections[alias].settings_dict['NAME']}.lock", "w") as file:  # noqa: PTH123
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
