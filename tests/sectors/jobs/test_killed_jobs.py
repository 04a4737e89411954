"""Workers that are real processes, one of them killed in the middle of a job."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from sectors import jobs
from sectors.models import Job, Notice
from sectors.models.jobs import SILENCE
from tests import base
from tests.sectors.jobs import slow_jobs

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60  # seconds


@pytest.fixture(autouse=True)
def for_workers(monkeypatch, settings):
    monkeypatch.setattr(jobs, "kinds", dict(jobs.kinds))
    slow_jobs.register()
    settings.JOBS = "worker"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def worker():
    """Starts a worker process on the database of the tests; those that are left are killed at the end."""
    started = []

    def begin():
        environment = {**os.environ, "DATABASE_URL": address()}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.worker"],
            cwd=base.BASE_DIR,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def address():
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    place = f"{quote(told['HOST'], safe='')}:{told['PORT']}" if told["PORT"] and "/" not in told["HOST"] else ""
    socket = f"?host={told['HOST']}" if "/" in told["HOST"] else ""
    return f"postgresql://{told['USER']}:{quote(told['PASSWORD'])}@{place}/{told['NAME']}{socket}"


def until(job, **wanted):
    """Look until the job is as wanted."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        job.refresh_from_db()
        if all(getattr(job, name) == value for name, value in wanted.items()):
            return
        time.sleep(0.05)
    raise AssertionError(f"{wanted} waited for, but {job.state} {job.done}/{job.total} {job.message}")


def until_step(job, number):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        job.refresh_from_db()
        if job.state == Job.State.RUNNING and job.done >= number:
            return
        time.sleep(0.05)
    raise AssertionError(f"{job.state} {job.done}")


def kill(process, job):
    """As the machine does it when memory runs out; then let so much time pass that the silence is noticed."""
    process.send_signal(signal.SIGKILL)
    process.wait()
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - 2 * SILENCE)


def pieces():
    return Notice.objects.filter(text__startswith="piece").count()  # without the one that tells of a long job


def only_postgresql():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite shows nothing of a transaction that is still open to anybody else")


@pytest.fixture
def clerk(cast):
    return cast.clerk


def test_another_worker_finishes_what_a_killed_one_began_and_nothing_is_there_twice(clerk, worker):
    only_postgresql()
    job = jobs.start("tests.whole", by=clerk, title="Slow work", count=20, pause=0.1)
    first = worker()
    until_step(job, 3)  # told from within the transaction, which nobody sees into
    assert pieces() == 0
    kill(first, job)
    assert pieces() == 0
    worker()
    until(job, state="done")
    assert (job.attempts, pieces()) == (2, 20)


def test_work_in_pieces_goes_on_where_it_was_killed(clerk, worker):
    job = jobs.start("tests.piecewise", by=clerk, title="Slow work", count=20, pause=0.1)
    first = worker()
    until_step(job, 3)
    kill(first, job)
    there = pieces()
    assert there >= 3
    worker()
    until(job, state="done")
    assert job.message == f"{20 - there} of 20 pieces"
    assert (job.attempts, pieces()) == (2, 20)


def test_cancelling_stops_a_worker_in_the_middle(clerk, worker):
    job = jobs.start("tests.piecewise", by=clerk, title="Slow work", count=600, pause=0.1)
    worker()
    until_step(job, 1)
    assert jobs.cancel(job)
    until(job, state="cancelled")
    assert pieces() < 600


def test_a_cancelled_transaction_leaves_nothing(clerk, worker):
    only_postgresql()
    job = jobs.start("tests.whole", by=clerk, title="Slow work", count=600, pause=0.1)
    worker()
    until_step(job, 2)
    begun = time.monotonic()
    assert jobs.cancel(job)
    assert time.monotonic() - begun < 2  # whoever cancels does not wait for the transaction
    until(job, state="cancelled")
    assert pieces() == 0


def test_two_workers_share_the_work(clerk, worker):
    made = [jobs.start("tests.piecewise", by=clerk, title=f"{n}", count=0, pause=0) for n in range(10)]
    worker()
    worker()
    for job in made:
        until(job, state="done", attempts=1)


def test_a_worker_that_is_asked_to_stop_finishes_its_job(clerk, worker):
    job = jobs.start("tests.piecewise", by=clerk, title="Slow work", count=10, pause=0.1)
    process = worker()
    until_step(job, 1)
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    job.refresh_from_db()
    assert (job.state, pieces()) == ("done", 10)
