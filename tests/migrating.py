"""Taking the database of a test to another version and back."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import single_migrations


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Up or down to some migrations; returns the models of that version."""
    executor = MigrationExecutor(connection)
    executor.loader = single_migrations.load(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


def latest() -> None:
    """What every test has to leave behind: others use the same tables."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
