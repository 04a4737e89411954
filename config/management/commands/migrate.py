from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from config import exclusion
from config.migration_states import LazyExecutor
from reports import triggers as board_triggers
from sectors import triggers as region_triggers

# Django's command can be given no other.
migrate.MigrationExecutor = LazyExecutor  # type: ignore[attr-defined]


class Command(migrate.Command):
    help = "Django's own, one at a time: a second one waits until the first has ended."

    def handle(self, *args: Any, **options: Any) -> None:
        # Two at once would both make the same tables.
        with exclusion.held("tables", alias=options["database"]):
            super().handle(*args, **options)
            for triggers in (region_triggers, board_triggers):
                triggers.put_back(connections[options["database"]])
