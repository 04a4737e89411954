from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from config import exclusion


class Command(migrate.Command):
    help = "Django's own, one at a time: a second one waits until the first has ended."

    def handle(self, *args: Any, **options: Any) -> None:
        # Two at once would both make the same tables.
        with exclusion.held("tables", alias=options["database"]):
            super().handle(*args, **options)
