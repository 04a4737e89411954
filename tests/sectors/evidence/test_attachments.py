"""Files of a submission: who may attach, remove and restore them, when, and what stays on record."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection

from sectors import guard
from sectors.evidence import uploads
from sectors.evidence.attachments import SubmissionAttachments
from sectors.models import Attachment, Period
from sectors.vocabulary import SubmissionStatus
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "media")]

OTHERS = ("leader", "admin", "outsider_clerk", "outsider_head", "outsider_office")


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def attach(sheet, by, *files):
    return SubmissionAttachments(sheet, by).attach(files or [base.pdf()])


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("status", ["draft", "returned"])
def test_a_file_is_kept_under_a_name_of_ours_with_its_record(cast, status, media):
    sheet = base.submission(cast.county, status=status)
    stored = attach(sheet, cast.clerk, base.pdf("../检测 报告.pdf")).stored
    (kept,) = files_in(media)
    assert [a.name for a in stored] == ["检测 报告.pdf"]
    row = Attachment.objects.get()
    assert (row.size, row.content_type, row.by) == (10, "application/pdf", cast.clerk)
    assert row.sha256 == hashlib.sha256(b"%PDF-1.7 a").hexdigest()
    assert kept.read_bytes() == b"%PDF-1.7 a"
    assert kept.name.isalnum()
    assert str(kept.relative_to(media)) == row.file.name


@pytest.mark.parametrize("name", ["head", "office", *OTHERS])
def test_only_the_departments_clerk_attaches_and_removes(cast, sheet, name):
    file = attach(sheet, cast.clerk).stored[0]
    person = getattr(cast, name)
    with pytest.raises(PermissionDenied):
        attach(sheet, person, base.pdf(content=b"%PDF- b"))
    with pytest.raises(PermissionDenied):
        SubmissionAttachments(sheet, person).remove(file)
    with pytest.raises(PermissionDenied):
        SubmissionAttachments(sheet, person).restore(file)
    assert Attachment.objects.filter(removed_at=None).count() == 1


@pytest.mark.parametrize("status", ["submitted", "signed", "accepted"])
def test_files_of_what_is_on_its_way_stay_as_they_are(cast, sheet, status, media):
    file = attach(sheet, cast.clerk).stored[0]
    base.submission(cast.county, status=status)
    with pytest.raises(guard.WrongState, match=f"now “{SubmissionStatus(status).label}”"):
        attach(sheet, cast.clerk, base.pdf(content=b"%PDF- b"))
    with pytest.raises(guard.WrongState):
        SubmissionAttachments(sheet, cast.clerk).remove(file)
    assert Attachment.objects.filter(removed_at=None).count() == 1
    assert len(files_in(media)) == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("程序.exe", b"MZ", "“程序.exe” is of a type that is not taken. Save it as one of these: pdf、ofd"),
        ("pdf", b"%PDF-", "“pdf” is of a type that is not taken."),
        ("报告.pdf.html", b"<html>", "“报告.pdf.html” is of a type that is not taken."),
        ("空.pdf", b"", "“空.pdf” is empty. Look at the original and choose it again."),
        ("照片.jpg", b"GIF89a", "“照片.jpg” is no .jpg inside. Open it, save it as .jpg, and choose the new file."),
        ("表.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "“表.xlsx” is no .xlsx inside, or a password locks it."),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do_and_the_good_ones_are_kept(cast, sheet, name, content, sentence):
    done = attach(sheet, cast.clerk, SimpleUploadedFile(name, content), base.pdf())
    assert len(done.refused) == 1
    assert done.refused[0].startswith(sentence)
    assert [a.name for a in done.stored] == ["抽检 报告.pdf"]


def test_a_file_may_have_twenty_megabytes_and_not_one_byte_more(cast, sheet, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_FILE_BYTES", 1024)
    full, over = (b"%PDF-".ljust(size, b"x") for size in (1024, 1025))
    done = attach(sheet, cast.clerk, base.pdf("a.pdf", full), base.pdf("b.pdf", over))
    assert [a.name for a in done.stored] == ["a.pdf"]
    assert done.refused == [
        "“b.pdf” has 1.0\xa0KB; a file may have at most 1.0\xa0KB. Scan it more coarsely, or split it."
    ]


def test_one_upload_has_an_end(cast, sheet, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 15)
    sentence = r"These files have 20\\xa0bytes together; at most 15\\xa0bytes go in one upload"
    with pytest.raises(ValidationError, match=sentence):
        attach(sheet, cast.clerk, base.pdf(), base.pdf(content=b"%PDF-1.7 b"))
    with pytest.raises(ValidationError, match="Choose one or more files first"):
        SubmissionAttachments(sheet, cast.clerk).attach([])
    assert not Attachment.objects.exists()


def test_a_submission_holds_twenty_files_and_removed_ones_make_room(cast, sheet):
    numbered = [base.pdf(f"{n}.pdf", b"%%PDF-%d" % n) for n in range(21)]
    attach(sheet, cast.clerk, *numbered[:20])
    with pytest.raises(ValidationError, match="at most 20 files, and 20 are here"):
        attach(sheet, cast.clerk, numbered[20])
    first = Attachment.objects.get(name="0.pdf")
    SubmissionAttachments(sheet, cast.clerk).remove(first)
    attach(sheet, cast.clerk, numbered[20])
    with pytest.raises(ValidationError, match="at most 20 files"):
        SubmissionAttachments(sheet, cast.clerk).restore(first)
    assert Attachment.objects.filter(removed_at=None).count() == 20


def test_the_same_content_is_kept_once(cast, sheet):
    done = attach(sheet, cast.clerk, base.pdf("a.pdf"), base.pdf("b.pdf"))
    assert [a.name for a in done.stored] == ["a.pdf"]
    assert done.refused == ["“b.pdf” is attached already, as “a.pdf”."]
    assert attach(sheet, cast.clerk, base.pdf("c.pdf")).refused == ["“c.pdf” is attached already, as “a.pdf”."]
    other = base.submission(cast.county, in_period="2023Q2")
    assert len(attach(other, cast.clerk, base.pdf("a.pdf")).stored) == 1


def test_a_removed_file_stays_on_record_and_can_be_restored(cast, sheet, media):
    file = attach(sheet, cast.clerk).stored[0]
    SubmissionAttachments(sheet, cast.clerk).remove(file)
    file.refresh_from_db()
    assert file.removed_by == cast.clerk
    assert (media / file.file.name).exists()
    assert SubmissionAttachments(sheet, cast.clerk).listed().removed == [file]
    assert SubmissionAttachments(sheet, cast.office).listed().removed == []
    with pytest.raises(guard.WrongState, match=r"“抽检 报告\.pdf” is removed already"):
        SubmissionAttachments(sheet, cast.clerk).remove(file)
    SubmissionAttachments(sheet, cast.clerk).restore(file)
    assert SubmissionAttachments(sheet, cast.office).listed().kept == [file]


def test_what_was_attached_again_is_not_restored_beside_itself(cast, sheet):
    file = attach(sheet, cast.clerk, base.pdf("old.pdf")).stored[0]
    SubmissionAttachments(sheet, cast.clerk).remove(file)
    attach(sheet, cast.clerk, base.pdf("new.pdf"))
    with pytest.raises(guard.WrongState, match=r"“old\.pdf” is attached already, as “new\.pdf”"):
        SubmissionAttachments(sheet, cast.clerk).restore(file)


def test_a_closed_period_keeps_its_files_too(cast, sheet):
    Period.objects.filter(pk=sheet.period_id).update(closes="2023-01-31")
    sheet.refresh_from_db()
    with pytest.raises(guard.WrongState, match="was closed after 2023-01-31"):
        attach(sheet, cast.clerk)
    assert not Attachment.objects.exists()


def test_a_failed_write_leaves_no_file_behind(cast, sheet, media):
    """Neither the one that failed nor those before it."""
    rows = []

    def fail_at_the_second(execute, sql, params, many, context):
        if sql.startswith('INSERT INTO "sectors_attachment"'):
            rows.append(sql)
            if len(rows) == 2:
                raise OperationalError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_at_the_second), pytest.raises(OperationalError):
        attach(sheet, cast.clerk, base.pdf(), base.pdf("b.pdf", b"%PDF-1.7 b"))
    assert len(rows) == 2
    assert not Attachment.objects.exists()
    assert files_in(media) == []
