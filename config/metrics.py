"""Figures about the running site for Prometheus, at /metrics, where METRICS_TOKEN is set.

What happens is counted in each process, in files of its own (config/gunicorn.py), and added up when somebody asks; what
stands in the database and on the disk is looked up then. Labels have few values: names of pages, never addresses.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.db import DatabaseError
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

ADDRESS = "/metrics"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

requests = Histogram(
    "zhibao_request_seconds",
    "Time until an answer, by page, method and status",
    ["route", "method", "status"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
queries = Counter("zhibao_database_queries", "Queries that requests made")
errors = Counter("zhibao_database_errors", "Queries that failed, by the kind of error", ["kind"])
sign_in_failures = Counter("zhibao_sign_in_failures", "Attempts to sign in that were refused")


def known_method(given: str | None) -> str:
    """Anybody may send any word."""
    return given if given in METHODS else "other"


def answered(route: str, method: str, status: int, seconds: float, asked: int) -> None:
    requests.labels(route, method, status).observe(seconds)
    queries.inc(asked)


def query_failed(error: DatabaseError) -> None:
    errors.labels(type(error).__name__).inc()


def connect() -> None:
    """Once, at the start."""
    user_login_failed.connect(_sign_in_failed, dispatch_uid="metrics")


def _sign_in_failed(**_signal: Any) -> None:
    sign_in_failures.inc()


class MetricsMiddleware:
    """Stands before the pages: Prometheus knows neither the name of the site nor https. Without the token there is no
    such address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == ADDRESS and _may_read(request):
            return HttpResponse(_written(), content_type=CONTENT_TYPE_LATEST)
        return self.get_response(request)


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    return bool(token) and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")


def _written() -> bytes:
    state = CollectorRegistry()
    state.register(State())
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY) + generate_latest(state)
    counted = CollectorRegistry()
    MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(state)


class State:
    """What is so at the moment. Where the database does not answer its figures are left out, and `zhibao_up` is 0."""

    def collect(self) -> Iterator[Metric]:
        yield from self._disk()
        try:
            found = list(self._database())
        except DatabaseError:
            found = []
        yield from found
        yield GaugeMetricFamily("zhibao_up", "Whether the database answers", value=bool(found))

    def describe(self) -> list[Metric]:
        return []

    def _disk(self) -> Iterator[Metric]:
        from config.backup import making

        free = shutil.disk_usage(settings.DATA_DIR).free
        yield GaugeMetricFamily("zhibao_disk_free_bytes", "Free on the disk of DATA_DIR", value=free)
        newest = max((path.stat().st_mtime for path in settings.BACKUP_DIR.glob(making.NAMES)), default=None)
        if newest is not None:
            age = time.time() - newest
            yield GaugeMetricFamily("zhibao_backup_age_seconds", "Since the newest archive of BACKUP_DIR", value=age)

    def _database(self) -> Iterator[Metric]:
        from sectors.models import FigureChange, Job
        from sectors.vocabulary import JobState

        waiting = Job.objects.filter(state=JobState.WAITING).aggregate(count=Count("pk"), oldest=Min("created"))
        saved = FigureChange.objects.aggregate(last=Max("pk"))["last"] or 0
        age = time.time() - waiting["oldest"].timestamp() if waiting["oldest"] else 0
        yield GaugeMetricFamily("zhibao_jobs_waiting", "Jobs that nobody has begun", value=waiting["count"])
        yield GaugeMetricFamily("zhibao_jobs_oldest_seconds", "Since the oldest of them was asked for", value=age)
        yield GaugeMetricFamily("zhibao_figure_changes", "Number of the last change of a figure", value=saved)
