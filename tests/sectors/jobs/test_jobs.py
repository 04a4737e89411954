"""Long work: both ways of running it, what came of it, cancelling and beginning again, whose it is."""

import datetime
import os

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from sectors import jobs
from sectors.models import Delivery, Job, Notice, Period, Urge, User
from sectors.models.jobs import SILENCE
from sectors.reminders import urging
from tests import base
from tests.sectors.jobs import slow_jobs

pytestmark = pytest.mark.django_db
SLOW = {"count": 3, "pause": 0}


@pytest.fixture(autouse=True)
def kinds(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(jobs, "kinds", dict(jobs.kinds))
    slow_jobs.register()
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def worker(settings, monkeypatch):
    """Turns the site to a worker; calling it does what waits, in this process."""
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)  # this one holds the test's transaction
    settings.JOBS = "worker"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    def work():
        db_worker.Worker(
            queue_names=["default"],
            excluded_queue_names=[],
            backend_name="default",
            interval=0,
            batch=True,
            startup_delay=False,
            max_tasks=None,
            worker_id="w",
        ).run()

    return work


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast.clerk)
    return client


def start(by, kind="tests.whole", **arguments):
    return jobs.start(kind, by=by, title="Slow work", **(arguments or SLOW))


def at(name, job):
    return reverse(name, args=[job.pk])


def silent(job, attempts=1):
    """As a killed worker leaves it."""
    long_ago = timezone.now() - SILENCE - datetime.timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state="running", token="of the killed", attempts=attempts, heartbeat=long_ago)


def test_without_a_worker_it_is_done_at_once(cast):
    job = start(cast.clerk)
    assert (job.state, job.message, job.link) == ("done", "3 pieces", "/help/")
    assert (job.done, job.total, job.attempts, job.words) == (3, 3, 1, "")
    assert job.started <= job.finished
    assert Notice.objects.count() == 3


def test_a_worker_does_what_waits(cast, worker):
    job = start(cast.clerk)
    assert (job.state, Notice.objects.count()) == ("waiting", 0)
    worker()
    job.refresh_from_db()
    assert (job.state, job.message) == ("done", "3 pieces")
    assert Notice.objects.count() == 3
    worker()
    assert Notice.objects.count() == 3


def test_what_stands_in_the_queue_twice_is_done_once(cast, worker):
    job = start(cast.clerk)
    jobs.run.enqueue(job.pk)
    worker()
    assert Notice.objects.count() == 3
    assert Job.objects.get().attempts == 1


@pytest.mark.parametrize("kind", ["tests.whole", "tests.filed"])
def test_nothing_is_done_for_somebody_who_was_switched_off_meanwhile(cast, worker, kind):
    job = start(cast.clerk, kind, **({"text": "x"} if kind == "tests.filed" else SLOW))
    User.objects.filter(pk=cast.clerk.pk).update(is_active=False)
    worker()
    job.refresh_from_db()
    assert (job.state, job.file, Notice.objects.count()) == ("cancelled", "", 0)


def test_an_unknown_kind_is_no_job(cast):
    with pytest.raises(LookupError):
        start(cast.clerk, "tests.nothing")
    assert not Job.objects.exists()


@pytest.mark.usefixtures("english")
def test_what_a_person_can_mend_is_said_and_the_half_file_dropped(cast, tmp_path):
    job = start(cast.clerk, "tests.filed", text="bad")
    assert (job.state, job.message, job.file) == ("failed", "There is nothing to write.", "")
    assert list((tmp_path / "jobs").iterdir()) == []


@pytest.mark.usefixtures("english")
def test_what_nobody_foresaw_leaves_nothing_behind_and_is_logged(cast, caplog):
    job = jobs.start("tests.broken", by=cast.clerk, title="Slow work")
    assert job.state == "failed"
    assert job.message.startswith("Something went wrong.")
    assert str(job.pk) in job.message
    assert not Notice.objects.exists()
    assert "ZeroDivisionError" in caplog.text


def test_words_are_in_the_language_of_the_person(cast, worker):
    period = base.submission(cast.county).period
    with translation.override("en"):
        jobs.start("sectors.check_period", by=cast.office, title="Check", period=period.pk)
    with translation.override("zh-hans"):
        worker()
    assert Job.objects.get().message == "Quarter 1 of 2023 was checked: 0 findings."


def test_what_waits_is_cancelled_at_once_and_never_done(cast, worker):
    job = start(cast.clerk)
    assert jobs.cancel(job)
    worker()
    job.refresh_from_db()
    assert (job.state, Notice.objects.count()) == ("cancelled", 0)
    assert not jobs.cancel(job)


def test_what_runs_stops_at_its_next_step_and_is_undone(cast, monkeypatch):
    monkeypatch.setattr(jobs, "REPORT_INTERVAL", 0)

    def work(progress, by):
        slow_jobs.whole(progress, by, count=2, pause=0)
        jobs.cancel(progress.job)
        slow_jobs.whole(progress, by, count=2, pause=0)

    jobs.register("tests.stopped")(work)
    job = jobs.start("tests.stopped", by=cast.clerk, title="Slow work")
    assert (job.state, Notice.objects.count()) == ("cancelled", 0)


def test_what_failed_or_was_cancelled_begins_again(cast, worker):
    job = start(cast.clerk)
    jobs.cancel(job)
    assert jobs.retry(job)
    worker()
    job.refresh_from_db()
    assert (job.state, job.attempts, Notice.objects.count()) == ("done", 1, 3)
    assert not jobs.retry(job)


def test_what_a_killed_worker_left_is_taken_up_again(cast, worker):
    job = start(cast.clerk)
    silent(job)
    worker()
    assert Job.objects.get().state == "running"  # its row in the queue is of no use any more
    assert (jobs.recover(), jobs.recover()) == (1, 0)
    worker()
    job.refresh_from_db()
    assert (job.state, job.attempts, Notice.objects.count()) == ("done", 2, 3)


def test_what_is_still_heard_of_is_left_alone(cast, worker):
    job = start(cast.clerk)
    Job.objects.filter(pk=job.pk).update(state="running", heartbeat=timezone.now())
    assert jobs.recover() == 0


@pytest.mark.usefixtures("english")
def test_what_kills_its_worker_each_time_is_given_up(cast, worker):
    job = start(cast.clerk)
    silent(job, attempts=jobs.ATTEMPTS)
    assert jobs.recover() == 0
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "It broke off again and again and was given up.")


def test_what_was_to_be_cancelled_when_its_worker_was_killed_is(cast, worker):
    job = start(cast.clerk)
    silent(job)
    Job.objects.update(cancel_asked=True)
    assert jobs.recover() == 0
    assert Job.objects.get().state == "cancelled"


def test_a_worker_that_was_only_slow_writes_nothing_after_another_took_over(cast):
    def work(progress, by):
        slow_jobs.whole(progress, by, count=2, pause=0)
        progress.job.token = "of an attempt that is over"

    jobs.register("tests.overtaken")(work)
    job = jobs.start("tests.overtaken", by=cast.clerk, title="Slow work")
    assert (job.state, job.message, Notice.objects.count()) == ("running", "", 0)


def test_a_notice_tells_of_what_took_long(cast, worker, monkeypatch):
    monkeypatch.setattr(jobs, "NOTIFY_AFTER", datetime.timedelta(0))
    job = start(cast.clerk)
    worker()
    assert Notice.objects.get(link=at("job", job)).to == cast.clerk


def test_old_jobs_and_files_go_with_the_daily_command(cast, tmp_path, worker):
    old, new = (start(cast.clerk, "tests.filed", text=text) for text in ("old", "new"))
    worker()
    kept = jobs.file_of(Job.objects.get(pk=new.pk))
    before = timezone.now() - jobs.KEEP_FOR - datetime.timedelta(hours=1)
    Job.objects.filter(pk=old.pk).update(finished=before)
    DBTaskResult.objects.filter(args_kwargs__args=[old.pk]).update(enqueued_at=before)
    for path in (tmp_path / "jobs").iterdir():
        if path != kept:
            os.utime(path, (before.timestamp(), before.timestamp()))
    call_command("send_reminders")
    assert Job.objects.get() == new
    assert list((tmp_path / "jobs").iterdir()) == [kept]
    assert DBTaskResult.objects.get().args_kwargs["args"] == [new.pk]


# The pages.

PAGES = [("job", "get"), ("job-file", "get"), ("cancel-job", "post"), ("retry-job", "post")]


@pytest.mark.parametrize(("name", "method"), PAGES)
@pytest.mark.parametrize("who", ["head", "office", "admin", "outsider_clerk"])
def test_another_persons_job_does_not_exist(client, cast, name, method, who):
    job = start(cast.clerk, "tests.filed", text="secret")
    client.force_login(getattr(cast, who))
    assert getattr(client, method)(at(name, job)).status_code == 404
    assert b"Slow work" not in client.get(reverse("jobs")).content


def test_whoever_moves_leaves_what_was_made_there(clerk, cast):
    job = start(cast.clerk, "tests.filed", text="secret")
    assert clerk.get(at("job-file", job)).status_code == 200
    cast.clerk.department = cast.water
    cast.clerk.save()
    clerk.force_login(cast.clerk)  # who moves is signed out
    assert clerk.get(at("job-file", job)).status_code == 404
    assert clerk.get(at("job", job)).status_code == 404


@pytest.mark.parametrize(("name", "method"), PAGES)
def test_the_other_method_is_refused(clerk, cast, name, method):
    job = start(cast.clerk)
    other = "post" if method == "get" else "get"
    assert getattr(clerk, other)(at(name, job)).status_code == 405


def test_the_page_asks_again_until_it_is_over(clerk, cast, worker):
    job = start(cast.clerk)
    Job.objects.update(state="running", done=1, total=3, words="piece 1", heartbeat=timezone.now())
    page = base.html(clerk.get(at("job", job)))
    assert 'hx-trigger="every 1s"' in page
    assert '<progress id="progress" max="3" value="1">' in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    Job.objects.update(state="waiting")
    worker()
    part = clerk.get(at("job", job), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert "<html" not in part
    assert 'href="/help/"' in part


def test_the_file_comes_under_its_name(clerk, cast, tmp_path):
    job = start(cast.clerk, "tests.filed", text="资料")
    assert "数据.txt" in clerk.get(at("job", job)).content.decode()
    answer = clerk.get(at("job-file", job))
    assert b"".join(answer.streaming_content).decode() == "资料"
    assert "%E6%95%B0%E6%8D%AE.txt" in answer["Content-Disposition"]
    (tmp_path / "jobs" / job.file).unlink()
    assert clerk.get(at("job-file", job)).status_code == 404
    assert "文件已不再保留" in clerk.get(at("job", job)).content.decode()


def test_cancel_and_begin_again_by_the_page(clerk, cast, worker):
    job = start(cast.clerk)
    clerk.post(at("cancel-job", job))
    assert Job.objects.get().state == "cancelled"
    assert "已经结束" in clerk.post(at("cancel-job", job), follow=True).content.decode()
    clerk.post(at("retry-job", job))
    worker()
    assert Job.objects.get().state == "done"
    assert "没有可以重新开始的" in clerk.post(at("retry-job", job), follow=True).content.decode()


def test_the_list_is_ones_own_and_costs_the_same_for_twenty(clerk, cast):
    start(cast.head)
    counts = []
    for count in (2, 20):
        while Job.objects.filter(owner=cast.clerk).count() < count:
            start(cast.clerk)
        with CaptureQueriesContext(connection) as queries:
            page = clerk.get(reverse("jobs"))
        assert len(page.context["page"].object_list) == count
        counts.append(len(queries))
    assert counts[0] == counts[1]


# What runs as a job.


def test_a_bulk_opening_waits_for_the_worker(client, cast, worker):
    client.force_login(cast.office)
    period = base.period(cast.county, "2023Q2")
    answer = client.post(reverse("hand-out", args=[period.pk]))
    job = Job.objects.get()
    assert answer.url == at("job", job)
    assert not period.submissions.exists()
    worker()
    job.refresh_from_db()
    assert (job.state, job.link) == ("done", reverse("period", args=[period.pk]))
    assert period.submissions.count() == 2
    jobs.start("sectors.hand_out", by=cast.office, title="Again", periods=[period.pk])
    worker()
    assert period.submissions.count() == 2


@pytest.mark.parametrize("who", ["clerk", "leader", "admin"])
def test_whoever_lost_the_right_meanwhile_is_refused(cast, who):
    period = base.period(cast.county, "2023Q2")
    job = jobs.start("sectors.hand_out", by=getattr(cast, who), title="Hand out", periods=[period.pk])
    assert (job.state, period.submissions.count()) == ("failed", 0)
    job = jobs.start("sectors.check_period", by=getattr(cast, who), title="Check", period=period.pk)
    assert job.state == "failed"


def test_a_period_of_another_region_is_not_touched(cast):
    period = base.period(cast.other_county, "2023Q2")
    job = jobs.start("sectors.hand_out", by=cast.office, title="Hand out", periods=[period.pk])
    assert (job.message, Period.objects.get().submissions.count()) == ("", 0)


def test_mails_of_an_urge_wait_for_the_worker_and_go_once(client, cast, worker, settings):
    settings.EMAIL_CONFIGURED = True
    User.objects.filter(pk=cast.clerk.pk).update(email="clerk@example.com")
    period = base.submission(cast.county).period
    client.force_login(cast.office)
    answer = client.post(f"/periods/{period.pk}/urge/", {"departments": [cast.market.pk]}, follow=True)
    assert "已催报1个部门。邮件和群消息正在发送。" in answer.content.decode()
    mail_sent = Delivery.objects.get(way="email")
    worker()  # the office may still take the urge back
    assert (mail.outbox, mail_sent.outcome) == ([], "waiting")
    DBTaskResult.objects.update(run_after=timezone.now())
    worker()
    mail_sent.refresh_from_db()
    assert ([m.to for m in mail.outbox], mail_sent.outcome) == ([["clerk@example.com"]], "sent")
    job = Job.objects.get()
    assert (job.state, job.message) == ("done", "已发送1条消息。")
    assert urging.send(list(Urge.objects.values_list("pk", flat=True))) == (1, 0)
    assert len(mail.outbox) == 1
