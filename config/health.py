"""Whether the process lives and whether it can work, for a proxy or a watchdog: answered before anything else is asked.

/healthz   200 as long as the process answers
/readyz    200 when the database answers and has all migrations, and the data folder can be written; 503 otherwise
"""

import os
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase, JsonResponse


class HealthMiddleware:
    """Stands first: a watchdog knows neither the name of the site nor https."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._is_migrated = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return JsonResponse({"alive": True})
        if request.path == "/readyz":
            found = {"database": self._database(), "data_folder": os.access(settings.DATA_DIR, os.W_OK | os.X_OK)}
            return JsonResponse(found, status=200 if all(found.values()) else 503)
        return self.get_response(request)

    def _database(self) -> bool:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            if not self._is_migrated:  # once it is, it stays so as long as this code runs
                executor = MigrationExecutor(connection)
                self._is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError:
            return False
        return self._is_migrated
