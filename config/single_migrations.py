"""Migrations one by one, also where a database has had one that replaces several at once.

`migrate` makes a new database by those that replace others. What names versions in between, as a backup of an earlier
version does, needs the single ones.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader


def load(connection: BaseDatabaseWrapper) -> MigrationLoader:
    """All migrations that replace no others, and which of them the database has had."""
    loader = MigrationLoader(connection, replace_migrations=False)
    for key, migration in loader.replacements.items():
        loader.graph.remove_replacement_node(key, migration.replaces)
        loader.applied_migrations.pop(key, None)
    return loader
