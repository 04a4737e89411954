"""Long work in the background: the only writer of `Job`, and the one way to run something longer than a page may take.

An app puts its functions into `<app>/background.py`, where they are found at the start:

    @jobs.register("reports.export")
    def export(progress: Progress, by: User, *, year: int) -> Result:
        rows = Figure.objects.for_user(by)...           # by now `by` may see less: ask for the right here, not before
        with progress.new_file("xlsx") as file:         # a path; the file is dropped if the job fails
            for number, part in enumerate(parts):
                progress.step(number, len(parts), part.name)    # cheap; raises Cancelled when the person cancelled
        return Result(_("%(count)d rows."), file_name=f"{year}.xlsx")   # or link="/reports/3/", or both

and a view starts it and sends the person after it:

    job = jobs.start("reports.export", by=request.user, title=_("Figures of 2023"), year=2023)
    return follow(request, job)                         # sectors.views.jobs

Arguments are what JSON can carry: keys of rows, never rows. `Failed("a sentence for the person")` is for what they can
set right; any other exception is logged and the person reads that something went wrong.

A worker may be killed at any moment, and another takes the job up again. So a function runs in one transaction
together with the mark that the job is done: its work is there once or not at all. With `atomic=False` it runs in none,
for work that only reads, that is made of pieces which do nothing when they are repeated, or that calls
`progress.conclude` in a transaction of its own.

Where `JOBS` is `immediate` a job runs within `start`, at the latest when the caller's transaction has ended; where it
is `worker`, `manage.py run_jobs` does it. In tests that roll back, tests/conftest.py runs it at once.
"""

from __future__ import annotations

import datetime
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.transaction import on_commit
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from audit import origin
from sectors.files import is_full
from sectors.models import Job, User
from sectors.models.jobs import SILENCE, JobQuerySet
from sectors.people import notices
from sectors.vocabulary import JobState

logger = logging.getLogger(__name__)

REPORT_INTERVAL = 0.4  # seconds between two writes about a running job
ATTEMPTS = 3  # a job whose worker is killed each time does not come back for ever
KEEP_FOR = datetime.timedelta(days=14)
# After that nobody sits before the page any more, and a notice says it is over.
NOTIFY_AFTER = datetime.timedelta(seconds=15)


class Cancelled(Exception):
    """The person does not want it any more, or another worker has taken it up. Let it pass."""


class Failed(Exception):
    """The job cannot be done; the message says why, and what the person can do about it."""


@dataclass(frozen=True)
class Result:
    """What came of a job: a sentence, the path of a page to go to, and how the file of `new_file` is called."""

    message: str = ""
    link: str = ""
    file_name: str = ""


Work = Callable[..., Result | None]


@dataclass(frozen=True)
class JobKind:
    work: Work
    atomic: bool


kinds: dict[str, JobKind] = {}


def register(name: str, *, atomic: bool = True) -> Callable[[Work], Work]:
    """Make a function known by a name such as `reports.export`. It is called with a Progress, `by` and arguments."""

    def decorate(work: Work) -> Work:
        kinds[name] = JobKind(work, atomic)
        return work

    return decorate


class Progress:
    """What a running job says about itself. A thread writes it, so that a long transaction keeps no one waiting."""

    def __init__(self, job: Job) -> None:
        self.job, self.done, self.total, self.label, self.file = job, 0, 0, "", ""
        self.is_concluded = self._is_cancelled = False
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._report, daemon=True)
        self._reported = time.monotonic()
        # What this transaction has written no other connection sees, so its own has to do.
        self._in_transaction = connection.in_atomic_block

    def step(self, done: int, total: int = 0, label: str = "") -> None:
        """`done` of `total` pieces are done (0: nobody knows how many), the next is `label`. Raises Cancelled."""
        self.done, self.total, self.label = done, total or self.total, label[:200]
        if self._in_transaction and time.monotonic() - self._reported > REPORT_INTERVAL:
            self._reported = time.monotonic()
            self._write()
        if self._is_cancelled:
            raise Cancelled

    def conclude(self, result: Result) -> None:
        """Say what came of it within a transaction of one's own, so that both are there or neither. For work with
        `atomic=False` that does something once; it then returns None."""
        _conclude(self.job, self, result)
        self.is_concluded = True

    @contextmanager
    def new_file(self, ending: str) -> Iterator[Path]:
        """The path to write the job's file to, whose name ends in `ending`."""
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        self.file = f"{self.job.pk}-{secrets.token_hex(16)}.{ending}"
        yield folder() / self.file

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Write the progress to the job's row until the block ends."""
        if not self._in_transaction:
            self._thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            if not self._in_transaction:
                self._thread.join()

    def _report(self) -> None:
        try:
            while not self._is_over.wait(REPORT_INTERVAL):
                # SQLite lets only one write: the job itself, as long as its transaction lasts.
                with suppress(OperationalError):
                    self._write()
        finally:
            connection.close()

    def _write(self) -> None:
        rows = _own(self.job)
        what = {"done": self.done, "total": self.total, "words": self.label}
        alive = rows.update(**what, heartbeat=timezone.now())
        self._is_cancelled = not alive or rows.filter(cancel_asked=True).exists()


def start(kind: str, *, by: User, title: str, after: datetime.timedelta | None = None, **arguments: Any) -> Job:
    """Have work of a registered kind done for a person, and return the job: over already, or to be followed. A worker
    begins it `after` some time."""
    if kind not in kinds:
        raise LookupError(f"no job of the kind {kind}")
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind,
            owner=by,
            department=by.department,
            title=title[:200],
            arguments=arguments,
            language=translation.get_language() or settings.LANGUAGE_CODE,
        )
        _enqueue(job, after)
    job.refresh_from_db()
    return job


def cancel(job: Job) -> bool:
    """Ask for it to stop; returns False when it was over before. What it has done in its transaction is undone."""
    with transaction.atomic():
        found = Job.objects.select_for_update(of=("self",), no_key=True).get(pk=job.pk)
        if found.is_over:
            return False
        Job.objects.filter(pk=job.pk).update(cancel_asked=True)
        if found.state == JobState.WAITING or found.is_silent:
            _finish(found, JobState.CANCELLED)
    return True


def retry(job: Job) -> bool:
    """Begin again what failed, was cancelled or broke off; returns False when it did none of that."""
    with transaction.atomic():
        found = Job.objects.select_for_update(of=("self",), no_key=True).get(pk=job.pk)
        if not found.can_be_retried:
            return False
        fresh = {"done": 0, "total": 0, "words": "", "message": "", "finished": None, "cancel_asked": False}
        Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, token="", attempts=0, **fresh)
        _enqueue(found)
    return True


def recover() -> int:
    """Take up again what killed workers have left; returns how many. Every worker does it all the time."""
    taken = 0
    silent = Job.objects.filter(state=JobState.RUNNING, heartbeat__lt=timezone.now() - SILENCE)
    for pk in silent.values_list("pk", flat=True):
        with transaction.atomic():
            skip = connection.features.has_select_for_update_skip_locked
            job = silent.select_for_update(of=("self",), no_key=True, skip_locked=skip)
            found = job.filter(pk=pk).first()
            if found is None:
                continue
            if found.cancel_asked:
                _finish(found, JobState.CANCELLED)
            elif found.attempts >= ATTEMPTS:
                _finish(found, JobState.FAILED, Result(_("It broke off again and again and was given up.")))
            else:
                Job.objects.filter(pk=pk).update(state=JobState.WAITING, token="")
                _enqueue(found)
                taken += 1
    return taken


def sweep() -> int:
    """Remove jobs that have been over for a while, their files and their rows in the queue; returns how many jobs."""
    from django_tasks_db.models import DBTaskResult

    before = timezone.now() - KEEP_FOR
    count, _per_model = Job.objects.filter(finished__lt=before).delete()
    DBTaskResult.objects.filter(task_path=run.module_path, enqueued_at__lt=before).delete()
    known = set(Job.objects.exclude(file="").values_list("file", flat=True))
    for path in folder().glob("*"):
        if path.name not in known and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
    return count


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "jobs"


def file_of(job: Job) -> Path | None:
    """The file that came of a job, as long as it is kept."""
    path = folder() / job.file
    return path if job.file and path.is_file() else None


def _enqueue(job: Job, after: datetime.timedelta | None = None) -> None:
    """A worker sees the row in its queue once the transaction ends. Without one the job runs here, after it."""
    if settings.JOBS == "worker":
        (run.using(run_after=timezone.now() + after) if after else run).enqueue(job.pk)
    else:
        on_commit(partial(run.enqueue, job.pk))


@task()
def run(pk: int) -> None:
    """What a worker does: claim the job, do it, say what came of it. Twice in the queue, it is done once."""
    token, now = secrets.token_hex(16), timezone.now()
    waiting = Job.objects.filter(pk=pk, state=JobState.WAITING)
    if not waiting.update(
        state=JobState.RUNNING, token=token, attempts=F("attempts") + 1, started=now, heartbeat=now, done=0, words=""
    ):
        return
    job = Job.objects.select_related("owner__department__region").get(pk=pk)
    progress = Progress(job)
    told = origin.acting(job.owner, f"job {job.pk} ({job.kind})")
    with translation.override(job.language), progress.reporting(), told:
        if not _do(job, progress) and progress.file:
            (folder() / progress.file).unlink(missing_ok=True)


def _do(job: Job, progress: Progress) -> bool:
    """Whether it came to its end."""
    try:
        if not job.owner.is_active:
            raise Cancelled  # who may no longer sign in has nothing done
        kind = kinds[job.kind]
        if not kind.atomic:
            result = kind.work(progress, job.owner, **job.arguments)
            if not progress.is_concluded:
                _conclude(job, progress, result)
            return True
        with transaction.atomic():
            _conclude(job, progress, kind.work(progress, job.owner, **job.arguments))
    except Cancelled:
        return _end(job, JobState.CANCELLED)
    except Failed as error:
        return _end(job, JobState.FAILED, str(error))
    except Exception as error:
        logger.exception("Job %s (%s) failed", job.pk, job.kind)
        if is_full(error):
            return _end(
                job, JobState.FAILED, _("The disk of the server is full. Tell the administrator, then try again.")
            )
        message = _(
            "Something went wrong. Try again; if it happens again, give the administrator the number %(number)d."
        )
        return _end(job, JobState.FAILED, message % {"number": job.pk})
    return True


def _conclude(job: Job, progress: Progress, result: Result | None) -> None:
    """Raises Cancelled when another worker has taken the job up meanwhile, which undoes what this one did."""
    if not _finish(job, JobState.DONE, result or Result(), progress):
        raise Cancelled


def _end(job: Job, state: str, message: str = "") -> bool:
    _finish(job, state, Result(message))
    return False


def _finish(job: Job, state: str, result: Result | None = None, progress: Progress | None = None) -> bool:
    """Write how it ended, if this attempt is still the job's; returns whether it was."""
    now, result = timezone.now(), result or Result()
    what: dict[str, Any] = {"message": result.message, "link": result.link, "words": ""}
    if progress:
        total = progress.total or progress.done
        what |= {"done": total, "total": total, "file": progress.file, "file_name": result.file_name[:200]}
    ended = bool(_own(job).update(state=state, finished=now, heartbeat=now, **what))
    if ended and state != JobState.CANCELLED and now - job.created > NOTIFY_AFTER:
        named = {"title": job.title, "message": result.message}
        text = _("Done: %(title)s. %(message)s") if state == JobState.DONE else _("Not done: %(title)s. %(message)s")
        notices.notify([job.owner], text % named, reverse("job", args=[job.pk]))
    return ended


def _own(job: Job) -> JobQuerySet:
    """The row of a job as long as it is in the hands of this attempt, or of nobody yet."""
    return Job.objects.filter(pk=job.pk, token=job.token, state__in=[JobState.WAITING, JobState.RUNNING])
