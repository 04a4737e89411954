"""Settings of the server: `gunicorn config.wsgi --config python:config.gunicorn`, as deploy/zhibao.service starts it.

nginx stands in front and takes requests in and answers out at the speed of each client, so that a worker is busy for as
long as a page is made and no longer.
"""

import os
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connections
from prometheus_client import values

from config import environment, logs

bind = "127.0.0.1:8000"
workers = environment.number("WEB_CONCURRENCY", min(2 * (os.cpu_count() or 1) + 1, 9))
timeout = 120  # seconds; a page that takes so long is given up, and nothing of it is stored
# A statement of a page that takes so long is stopped by PostgreSQL, and the page says so: a worker that is given up
# says nothing, and what it had asked for would go on. Commands and jobs may take longer.
statement_seconds = environment.number("STATEMENT_SECONDS", 60)
graceful_timeout = 60  # a page that is being made when the server is stopped
max_requests, max_requests_jitter = 5000, 500  # whatever a library keeps in memory is gone then
preload_app = True  # a worker that is gone has a successor at once, and what all read is in memory once
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a full or slow disk stops no worker
logconfig_dict = logs.settings(
    environment.choice("LOG_FORMAT", "line", logs.FORMS), environment.choice("LOG_LEVEL", "INFO", logs.LEVELS)
)

_place = "server"
_folder = ""
if environment.secret("METRICS_TOKEN"):
    # Each worker counts in files of its own, see config/metrics.py. In memory: where a disk is full, writing to such a
    # file kills the process.
    _folder = tempfile.mkdtemp(prefix="zhibao-metrics-", dir=worker_tmp_dir)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _folder
    values.ValueClass = values.MultiProcessValue(lambda: _place)  # type: ignore[no-untyped-call]


def on_exit(server: Any) -> None:
    shutil.rmtree(_folder, ignore_errors=True)


def pre_fork(server: Any, worker: Any) -> None:
    """A worker takes the place of one that is gone, and its files: with the number of its process in their names they
    would become more with every worker."""
    connections.close_all()  # none that loading has opened is shared
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = next(number for number in count() if number not in taken)


def post_fork(server: Any, worker: Any) -> None:
    global _place
    _place = worker.place
    stop_long_statements(statement_seconds)


def stop_long_statements(seconds: int) -> None:
    """From the next connection of this process on; 0: none is stopped."""
    database = connections.settings["default"]
    if seconds and database["ENGINE"] == "django.db.backends.postgresql":
        options = database["OPTIONS"]
        options["options"] = f"{options.get('options', '')} -c statement_timeout={seconds}s".strip()
