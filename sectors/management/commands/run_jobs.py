from __future__ import annotations

import logging
import threading
import time
from typing import Any

from django.db import DatabaseError, connection
from django_tasks_db.management.commands import db_worker

from sectors import jobs

logger = logging.getLogger(__name__)
EVERY = 15  # seconds


class Command(db_worker.Command):
    help = "Do the long work that waits in the database (with JOBS=worker), until it is stopped. Several may run."

    def handle(self, **options: Any) -> None:
        threading.Thread(target=recover, daemon=True).start()
        super().handle(**options)


def recover() -> None:
    """Beside the work, which may take long itself: another worker can go on with what is found here."""
    while True:
        try:
            jobs.recover()
        except DatabaseError as error:
            logger.warning("Not looked for jobs that broke off: %s", error)
        finally:
            connection.close()
        time.sleep(EVERY)
