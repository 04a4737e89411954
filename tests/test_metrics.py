"""Figures for Prometheus: with the token only, of few labels, and added up over workers."""

import os
import re
import subprocess
import sys

import pytest
from django.db import OperationalError, connection
from django.urls import get_resolver, reverse
from prometheus_client.parser import text_string_to_metric_families

from sectors.models import Job
from tests.test_errors import flat

pytestmark = pytest.mark.django_db
TOKEN = "x" * 24


@pytest.fixture
def read(client, settings):
    """`read()` is {(name, labels): value}."""
    settings.METRICS_TOKEN = TOKEN

    def ask():
        answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}", "host": "10.0.0.5"})
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.content.decode())
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}

    return ask


def requests(found, **labels):
    wanted = set(labels.items())
    counts = (n for (name, has), n in found.items() if name == "zhibao_request_seconds_count" and wanted <= set(has))
    return sum(counts)


@pytest.mark.parametrize(
    ("token", "sent"), [("", "Bearer "), ("", None), (TOKEN, None), (TOKEN, "Bearer wrong"), (TOKEN, TOKEN)]
)
def test_without_the_token_there_is_no_such_page(client, settings, token, sent):
    settings.METRICS_TOKEN = token
    answer = client.get("/metrics", headers={"authorization": sent} if sent else {})
    assert answer.status_code == 404
    assert b"zhibao_" not in answer.content


def test_requests_are_counted_by_page_and_status(client, read):
    before = read()
    client.get(reverse("login"))
    client.get(reverse("login"))
    client.get("/healthz")  # not a page
    after = read()
    assert requests(after, route="login", status="200") - requests(before, route="login", status="200") == 2
    assert requests(after) - requests(before) == 2


def test_no_visitor_makes_labels(client, read):
    read()
    before = len(read())
    for number in range(30):
        client.get(f"/none/{number}/")
        client.generic(f"M{number}", "/none/")
    grown = len(read()) - before
    assert grown <= 2 * 14  # one page that is none, by GET and by other words


def test_failures_are_counted(client, read, cast, monkeypatch):
    before = read()
    client.post(reverse("login"), {"username": cast.clerk.username, "password": "wrong"})

    def fail(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM there_is_none")

    monkeypatch.setattr(next(p for p in flat(get_resolver().url_patterns) if p.name == "help"), "callback", fail)
    client.raise_request_exception = False
    client.get(reverse("help"))
    after = read()
    assert after["zhibao_sign_in_failures_total", ()] - before["zhibao_sign_in_failures_total", ()] == 1
    kinds = {labels[0][1] for (name, labels) in after if name == "zhibao_database_errors_total"}
    assert kinds & {"ProgrammingError", "OperationalError"}
    assert after["zhibao_database_queries_total", ()] > before["zhibao_database_queries_total", ()]


def test_what_is_so_at_the_moment(read, cast, settings, tmp_path):
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    found = read()
    assert found["zhibao_up", ()] == 1
    assert found["zhibao_jobs_waiting", ()] == 0
    assert found["zhibao_jobs_oldest_seconds", ()] == 0
    assert found["zhibao_disk_free_bytes", ()] > 0
    assert ("zhibao_backup_age_seconds", ()) not in found
    Job.objects.create(owner=cast.clerk, department=cast.clerk.department, kind="x", title="x", language="en")
    settings.BACKUP_DIR.mkdir()
    archive = settings.BACKUP_DIR / "zhibao-20260301-023000.zip"
    archive.touch()
    os.utime(archive, (archive.stat().st_mtime - 7200,) * 2)
    found = read()
    assert found["zhibao_jobs_waiting", ()] == 1
    assert 7200 <= found["zhibao_backup_age_seconds", ()] < 7300


def test_without_a_database_the_rest_is_told(read, monkeypatch):
    read()

    def gone(*_args, **_named):
        raise OperationalError

    monkeypatch.setattr("django.db.models.sql.compiler.SQLCompiler.execute_sql", gone)
    found = read()
    assert found["zhibao_up", ()] == 0
    assert ("zhibao_jobs_waiting", ()) not in found
    assert found["zhibao_disk_free_bytes", ()] > 0


SERVER = """
import os
from types import SimpleNamespace
import config.gunicorn as settings
import config.wsgi
from config import metrics

def fork(*taken):
    worker = SimpleNamespace()
    settings.pre_fork(SimpleNamespace(WORKERS={n: SimpleNamespace(place=n) for n in taken}), worker)
    if not os.fork():
        settings.post_fork(None, worker)
        metrics.sign_in_failures.inc()
        metrics.answered("login", "GET", 200, 0.1, 3)
        os._exit(0)
    os.wait()

for taken in ((), (0,), (0,), ()):
    fork(*taken)
print(metrics._written().decode())
print(sorted(os.listdir(os.environ[metrics.FOLDER])))
settings.on_exit(None)
assert not os.path.exists(os.environ[metrics.FOLDER])
"""


def test_workers_are_added_up_and_leave_no_more_files_than_places(tmp_path):
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    environment |= {"METRICS_TOKEN": TOKEN, "SECRET_KEY": "x", "DATABASE_URL": "sqlite:////dev/null/none"}
    done = subprocess.run([sys.executable, "-c", SERVER], env=environment, capture_output=True, text=True, check=True)
    assert re.findall(r"^zhibao_sign_in_failures_total (\S+)$", done.stdout, re.M) == ["4.0"]
    assert re.findall(r"^zhibao_request_seconds_count\{.*\} (\S+)$", done.stdout, re.M) == ["4.0"]
    assert re.findall(r"counter_\w+", done.stdout) == ["counter_0", "counter_1", "counter_server"]
