"""Taking the database of a test to another version and back."""

from typing import Any

from django.db import connection

from config import single_migrations
from config.migration_states import LazyExecutor, LazyProjectState


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Up or down to some migrations; returns the models of that version."""
    executor = LazyExecutor(connection)
    executor.loader = single_migrations.load(connection)
    executor.migrate(targets)
    state = executor.loader.project_state(targets)
    return LazyProjectState(state.models, state.real_apps).apps


def latest() -> None:
    """What every test has to leave behind: others use the same tables."""
    executor = LazyExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
