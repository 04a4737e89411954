"""What must not be done beside another thing waits for it, whatever process or machine that runs in."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def held(name: str, *, shared: bool = False, alias: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """The lock of a name, of six letters at most; several may share it while nobody has it alone.

    On PostgreSQL by a connection of its own, since migrations close and open theirs; on SQLite by a file beside it.
    """
    if connections[alias].vendor == "postgresql":
        how = "pg_advisory_lock_shared" if shared else "pg_advisory_lock"
        lock = connections.create_connection(alias)
        try:
            with lock.cursor() as cursor:
                cursor.execute(f"SELECT {how}(%s)", [int.from_bytes(f"zb{name}".encode())])
            yield
        finally:
            lock.close()
        return
    with open(f"{connections[alias].settings_dict['NAME']}.{name}.lock", "w") as file:  # noqa: PTH123
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
