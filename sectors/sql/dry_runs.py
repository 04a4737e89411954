"""What a run would do, tried and taken back, while everybody else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction


@contextmanager
def undone(dry_run: bool) -> Iterator[None]:
    """A transaction; with a dry run it is taken back, after it has shown what it does."""
    is_alone = connection.vendor == "sqlite" and not connection.in_atomic_block
    with _on_a_copy() if dry_run and is_alone else nullcontext(), transaction.atomic():
        yield
        transaction.set_rollback(dry_run)


@contextmanager
def _on_a_copy() -> Iterator[None]:
    """A transaction that writes has all of an SQLite database: what is only tried is tried on a copy, in a temporary
    file that is gone with its connection."""
    connection.ensure_connection()
    own = connection.connection
    copy = connection.get_new_connection({**connection.get_connection_params(), "database": ""})
    try:
        own.backup(copy)
        connection.connection = copy
        yield
    finally:
        connection.connection = own
        copy.close()
