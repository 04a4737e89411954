"""Where the disk is full a person reads that, nothing half is kept, and it goes on when there is room again."""

import gc
import os
import subprocess
import sys
from contextlib import suppress

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from reports.editing import issuing
from reports.models import ReportFile
from sectors import jobs
from sectors.files import undone_on_error
from sectors.models import Attachment, Comment, FigureChange, Indicator, Job, Notice
from tests import base
from tests.reports.editing import draft_reports

pytestmark = pytest.mark.django_db
SIZE = 512 * 1024  # bytes
MEGABYTE = b"%PDF-1.7 " + b"0" * 1024 * 1024
FULL = "磁盘"


@pytest.fixture
def disk(settings, tmp_path):
    """A real disk of half a megabyte, for the files that are kept."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(command, check=False).returncode:
        pytest.skip("only root can make a small disk")
    settings.MEDIA_ROOT = place
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def files(folder):
    return [path.name for path in folder.rglob("*") if path.is_file()]


def fill(folder):
    """Until nothing fits."""
    with (folder / "filler").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"0" * 4096)


@pytest.fixture
def clerk(cast, client):
    client.force_login(cast.clerk)
    client.raise_request_exception = False
    return client


def test_an_upload_that_does_not_fit_leaves_no_file_and_no_row(cast, clerk, disk):
    page = reverse("attachments", args=[base.submission(cast.county).pk])
    answer = clerk.post(page, {"files": [base.pdf("a.pdf"), base.pdf("b.pdf", b"%PDF-b"), base.pdf("c.pdf", MEGABYTE)]})
    assert (answer.status_code, FULL in answer.content.decode()) == (503, True)
    assert (files(disk), Attachment.objects.count()) == ([], 0)
    assert clerk.post(page, {"files": [base.pdf()]}).status_code == 302
    assert (len(files(disk)), Attachment.objects.count()) == (1, 1)


def test_an_excel_file_that_does_not_fit_leaves_no_file(cast, clerk, disk):
    sheet = base.submission(cast.county)
    excel = ContentFile(clerk.get(reverse("sheet-excel", args=[sheet.pk])).getvalue(), "a.xlsx")
    fill(disk)
    answer = clerk.post(reverse("sheet-import", args=[sheet.pk]), {"file": excel})
    assert (answer.status_code, FULL in answer.content.decode()) == (503, True)
    assert files(disk) == ["filler"]


def test_a_large_upload_that_does_not_fit_between(cast, clerk, disk, settings, tmp_path):
    """Before it is looked at, it lies where temporary files do."""
    settings.FILE_UPLOAD_TEMP_DIR, settings.MEDIA_ROOT = disk, tmp_path / "media"
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    page = reverse("attachments", args=[base.submission(cast.county).pk])
    answer = clerk.post(page, {"files": [base.pdf(content=MEGABYTE)]})
    assert (answer.status_code, FULL in answer.content.decode()) == (503, True)
    for one in gc.get_objects():  # what the exception, and with it this test, still holds
        if type(one) is TemporaryUploadedFile:  # a lazy object would look for its class
            one.close()
    assert ([*files(disk), *files(tmp_path / "media")], Attachment.objects.count()) == ([], 0)


def test_an_issue_that_does_not_fit_leaves_a_draft(cast, disk):
    report = draft_reports.begin(cast)
    seen = issuing.readiness(draft_reports.working(report)).mark
    fill(disk)
    with pytest.raises(OSError, match="space"):
        issuing.issue(report=report, by=cast.office, reason="先行印发", seen=seen)
    assert (files(disk), ReportFile.objects.count()) == (["filler"], 0)
    (disk / "filler").unlink()
    report.refresh_from_db()
    assert report.is_draft
    issuing.issue(report=report, by=cast.office, reason="先行印发", seen=seen)
    assert len(files(disk)) > ReportFile.objects.count() > 0


def test_a_job_that_does_not_fit_says_so_and_leaves_no_file(cast, clerk, disk, monkeypatch):
    monkeypatch.setattr(jobs, "kinds", dict(jobs.kinds))

    @jobs.register("tests.large")
    def write(progress, by):
        with progress.new_file("xlsx") as path:
            path.write_bytes(MEGABYTE)

    job = jobs.start("tests.large", by=cast.clerk, title="大表")
    assert job.state == "failed"
    assert FULL in job.message
    assert files(disk) == []
    assert FULL in clerk.get(reverse("job", args=[job.pk])).content.decode()


def test_a_file_that_breaks_off_is_not_there(media):
    class Broken(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half"
            raise ConnectionError

    with pytest.raises(ConnectionError):
        default_storage.save("a/b.txt", Broken(b"half and half"))
    assert files(media) == []
    assert default_storage.save("a/b.txt", ContentFile(b"one")) == "a/b.txt"
    assert default_storage.save("a/b.txt", ContentFile(b"two")) != "a/b.txt"
    assert (media / "a/b.txt").read_bytes() == b"one"


def test_files_go_with_what_is_undone(media):
    default_storage.save("before.txt", ContentFile(b"a"))
    with suppress(ValueError), transaction.atomic(), undone_on_error():
        default_storage.save("inside.txt", ContentFile(b"a"))
        raise ValueError
    with transaction.atomic(), undone_on_error():
        default_storage.save("kept.txt", ContentFile(b"a"))
    assert sorted(files(media)) == ["before.txt", "kept.txt"]


def test_leftovers_of_killed_processes_are_removed_after_a_day(cast, client, media, capsys):
    client.force_login(cast.clerk)
    client.post(reverse("attachments", args=[base.submission(cast.county).pk]), {"files": [base.pdf()]})
    row = Attachment.objects.get()
    for name in ("attachments/ab/old", "attachments/ab/.old.part", "reports/old", "jobs/old", "attachments/ab/new"):
        default_storage.save(name, ContentFile(b"a"))
    for path in media.rglob("*"):
        if path.is_file() and path.name != "new":
            os.utime(path, (1, 1))
    call_command("remove_leftovers")
    left = {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}
    assert left == {row.file.name, "jobs/old", "attachments/ab/new"}
    assert capsys.readouterr().out.count("\n") == 3


@pytest.mark.django_db(transaction=True)
def test_a_database_that_cannot_grow_refuses_in_words_and_loses_nothing(cast, client):
    """Every write, signing in among them, is done or refused with the reason; what was there stays."""
    if connection.vendor != "sqlite":
        pytest.skip("how large a database may get can be said of SQLite alone")
    sheet, food = base.submission(cast.county), Indicator.objects.get(code="food.done")
    client.force_login(cast.clerk)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 2}")
    try:
        with suppress(OperationalError):
            while True:
                Notice.objects.create(to=cast.head, text="。" * 300)
        before = FigureChange.objects.count(), Comment.objects.count()
        saved, said = until_refused(
            lambda n: client.post(
                reverse("cells", args=[sheet.pk]),
                {"figures": {food.code: str(n)}, "seen": {food.code: ["", str(n - 1)]}},
                content_type="application/json",
            ),
            lambda n: client.post(reverse("comment", args=[sheet.pk, food.code]), {"text": f"{n}" * 500}),
        )
        assert (FigureChange.objects.count(), Comment.objects.count()) == (before[0] + saved, before[1] + said)
        form = {"username": cast.clerk.username, "password": base.PASSWORD}
        until_refused(lambda _n: type(client)(raise_request_exception=False).post(reverse("login"), form))
        assert client.get(reverse("sheet", args=[sheet.pk])).status_code == 200
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    again = client.post(reverse("comment", args=[sheet.pk, food.code]), {"text": "好"})
    assert again.status_code in (200, 302)
    assert Job.objects.count() == 0


def until_refused(*writes):
    """How many of each were done before it was refused."""
    done = []
    for write in writes:
        for number in range(1, 2000):
            answer = write(number)
            if answer.status_code == 503:
                break
            assert answer.status_code in (200, 302), (number, answer.status_code, answer.headers)
        text = answer.json()["error"] if "json" in answer["Content-Type"] else answer.content.decode()
        assert FULL in text
        done.append(number - 1)
    return done
