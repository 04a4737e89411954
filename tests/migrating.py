"""Taking the database of a test to another version and back."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Up or down to some migrations; returns the models of that version."""
    executor = MigrationExecutor(connection)
    # With the single migrations: those that replace them know no version in between.
    executor.loader = loader = MigrationLoader(connection, replace_migrations=False)
    for key, migration in loader.replacements.items():
        loader.graph.remove_replacement_node(key, migration.replaces)
        loader.applied_migrations.pop(key, None)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def latest() -> None:
    """What every test has to leave behind: others use the same tables."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
