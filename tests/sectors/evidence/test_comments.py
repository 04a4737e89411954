"""Comments, their resolution, and files: who may, when, and what stays on record."""

import hashlib

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from sectors import guard
from sectors.approval import moves, timeline
from sectors.evidence import comments, uploads
from sectors.models import Attachment, Comment, Indicator, Period, Submission
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TALKERS = ("clerk", "head", "office")
OTHERS = ("leader", "admin", "outsider_clerk", "outsider_head", "outsider_office")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


@pytest.fixture
def done(cast):
    return Indicator.objects.get(code="food.done")


def pdf(name="报告.pdf", content=b"%PDF-1.7 a"):
    return SimpleUploadedFile(name, content)


def attach(sheet, by, *files):
    return comments.attach(submission=sheet, files=files or [pdf()], by=by)


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def say(sheet, indicator, by, text="请核对"):
    return comments.comment(submission=sheet, indicator=indicator, by=by, text=text)


def resolve(sheet, indicator, by, up_to=10**9):
    return comments.resolve(submission=sheet, indicator=indicator, by=by, up_to=up_to)


@pytest.mark.parametrize("status", Submission.Status.values)
@pytest.mark.parametrize("name", TALKERS)
def test_department_and_office_talk_and_resolve_in_every_status(cast, done, name, status):
    sheet = base.submission(cast.county, status=status)
    person = getattr(cast, name)
    say(sheet, done, person, " 为什么少了？\r\n请说明 ")
    assert Comment.objects.get().text == "为什么少了？\n请说明"
    assert comments.marks(sheet) == {"food.done": 1}
    assert resolve(sheet, done, person) == 1
    assert comments.marks(sheet) == {}
    assert Comment.objects.get().resolved_by == person


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_does(cast, sheet, done, name):
    say(sheet, done, cast.clerk)
    with pytest.raises(PermissionDenied):
        say(sheet, done, getattr(cast, name))
    with pytest.raises(PermissionDenied):
        resolve(sheet, done, getattr(cast, name))
    assert comments.marks(sheet) == {"food.done": 1}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \r\n\0", "Write what should be said about this cell first."),
        ("字" * 2001, "This comment has 2001 characters; at most 2000 fit. Shorten it, or attach a file."),
    ],
)
def test_a_comment_says_something_and_not_everything(cast, sheet, done, text, sentence):
    with pytest.raises(uploads.Unfit) as error:
        say(sheet, done, cast.clerk, text)
    assert str(error.value) == sentence
    assert not Comment.objects.exists()


def test_a_new_comment_opens_a_resolved_thread_again(cast, sheet, done):
    say(sheet, done, cast.office)
    say(sheet, done, cast.clerk, "已核对")
    assert resolve(sheet, done, cast.office) == 2
    say(sheet, done, cast.office, "还有一处")
    assert comments.marks(sheet) == {"food.done": 1}


def test_what_came_in_meanwhile_is_not_resolved_unread(cast, sheet, done):
    read = say(sheet, done, cast.office)
    say(sheet, done, cast.head, "等一等")
    assert resolve(sheet, done, cast.clerk, up_to=read.pk) == 1
    assert list(Comment.objects.filter(resolved_at__isnull=True).values_list("text", flat=True)) == ["等一等"]


def test_the_second_to_resolve_is_told_so(cast, sheet, done):
    say(sheet, done, cast.office)
    resolve(sheet, done, cast.clerk)
    with pytest.raises(guard.WrongState, match="resolved already"):
        resolve(sheet, done, cast.office)
    assert Comment.objects.get().resolved_by == cast.clerk


def test_marks_are_of_one_submission_and_one_query(cast, sheet, done, django_assert_num_queries):
    other = base.submission(cast.county, in_period="2023Q2")
    task = Indicator.objects.get(code="food.task")
    for where, what in [(sheet, done), (sheet, done), (sheet, task), (other, task)]:
        say(where, what, cast.clerk)
    with django_assert_num_queries(1):
        assert comments.marks(sheet) == {"food.done": 2, "food.task": 1}


def test_a_comment_is_resolved_by_somebody_at_some_time(cast, sheet, done):
    for fields in ({"resolved_by": cast.clerk}, {"resolved_at": timezone.now()}, {"text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(**{"submission": sheet, "indicator": done, "by": cast.clerk, "text": "x"} | fields)


# Files


@pytest.mark.parametrize("status", ["draft", "returned"])
def test_a_file_is_kept_under_a_name_of_ours_with_its_record(cast, status, media):
    sheet = base.submission(cast.county, status=status)
    stored = attach(sheet, cast.clerk, pdf("../检测 报告.pdf")).stored
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
        attach(sheet, person, pdf(content=b"%PDF- b"))
    with pytest.raises(PermissionDenied):
        comments.remove(attachment=file, by=person)
    with pytest.raises(PermissionDenied):
        comments.restore(attachment=file, by=person)
    assert Attachment.objects.filter(removed_at=None).count() == 1


@pytest.mark.parametrize("status", ["submitted", "signed", "accepted"])
def test_files_of_what_is_on_its_way_stay_as_they_are(cast, sheet, status, media):
    file = attach(sheet, cast.clerk).stored[0]
    base.submission(cast.county, status=status)
    with pytest.raises(guard.WrongState, match=f"now “{Submission.Status(status).label}”"):
        attach(sheet, cast.clerk, pdf(content=b"%PDF- b"))
    with pytest.raises(guard.WrongState):
        comments.remove(attachment=file, by=cast.clerk)
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
    done = attach(sheet, cast.clerk, SimpleUploadedFile(name, content), pdf())
    assert len(done.refused) == 1
    assert done.refused[0].startswith(sentence)
    assert [a.name for a in done.stored] == ["报告.pdf"]


def test_a_file_may_have_twenty_megabytes_and_not_one_byte_more(cast, sheet, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1024)
    full, over = (b"%PDF-".ljust(size, b"x") for size in (1024, 1025))
    done = attach(sheet, cast.clerk, pdf("a.pdf", full), pdf("b.pdf", over))
    assert [a.name for a in done.stored] == ["a.pdf"]
    assert done.refused == [
        "“b.pdf” has 1.0\xa0KB; a file may have at most 1.0\xa0KB. Scan it more coarsely, or split it."
    ]


def test_one_upload_has_an_end(cast, sheet, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_BYTES_AT_ONCE", 15)
    with pytest.raises(uploads.Unfit, match="have 20\xa0bytes together; at most 15\xa0bytes go in one upload"):
        attach(sheet, cast.clerk, pdf(), pdf(content=b"%PDF-1.7 b"))
    with pytest.raises(uploads.Unfit, match="Choose one or more files first"):
        comments.attach(submission=sheet, files=[], by=cast.clerk)
    assert not Attachment.objects.exists()


def test_a_submission_holds_twenty_files_and_removed_ones_make_room(cast, sheet):
    numbered = [pdf(f"{n}.pdf", b"%%PDF-%d" % n) for n in range(21)]
    attach(sheet, cast.clerk, *numbered[:20])
    with pytest.raises(uploads.Unfit, match="at most 20 files, and 20 are here"):
        attach(sheet, cast.clerk, numbered[20])
    first = Attachment.objects.get(name="0.pdf")
    comments.remove(attachment=first, by=cast.clerk)
    attach(sheet, cast.clerk, numbered[20])
    with pytest.raises(uploads.Unfit, match="at most 20 files"):
        comments.restore(attachment=first, by=cast.clerk)
    assert Attachment.objects.filter(removed_at=None).count() == 20


def test_the_same_content_is_kept_once(cast, sheet):
    done = attach(sheet, cast.clerk, pdf("a.pdf"), pdf("b.pdf"))
    assert [a.name for a in done.stored] == ["a.pdf"]
    assert done.refused == ["“b.pdf” is attached already, as “a.pdf”."]
    assert attach(sheet, cast.clerk, pdf("c.pdf")).refused == ["“c.pdf” is attached already, as “a.pdf”."]
    other = base.submission(cast.county, in_period="2023Q2")
    assert len(attach(other, cast.clerk, pdf("a.pdf")).stored) == 1


def test_a_removed_file_stays_on_record_and_can_be_restored(cast, sheet, media):
    file = attach(sheet, cast.clerk).stored[0]
    comments.remove(attachment=file, by=cast.clerk)
    file.refresh_from_db()
    assert file.removed_by == cast.clerk
    assert (media / file.file.name).exists()
    assert comments.attachments(submission=sheet, by=cast.clerk).removed == [file]
    assert comments.attachments(submission=sheet, by=cast.office).removed == []
    with pytest.raises(guard.WrongState, match=r"“报告\.pdf” is removed already"):
        comments.remove(attachment=file, by=cast.clerk)
    comments.restore(attachment=file, by=cast.clerk)
    assert comments.attachments(submission=sheet, by=cast.office).kept == [file]


def test_what_was_attached_again_is_not_restored_beside_itself(cast, sheet):
    file = attach(sheet, cast.clerk, pdf("old.pdf")).stored[0]
    comments.remove(attachment=file, by=cast.clerk)
    attach(sheet, cast.clerk, pdf("new.pdf"))
    with pytest.raises(guard.WrongState, match=r"“old\.pdf” is attached already, as “new\.pdf”"):
        comments.restore(attachment=file, by=cast.clerk)


# What happened


def test_moves_words_and_files_stand_in_the_order_of_time(cast, sheet, done):
    base.change_catalogue(Indicator.objects.all(), required=False)  # figures would stand among what happened
    file = attach(sheet, cast.clerk).stored[0]
    comments.remove(attachment=file, by=cast.clerk)
    moves.move(submission=sheet, action="submit", by=cast.clerk)
    say(sheet, done, cast.head, "一")
    say(sheet, done, cast.head, "二")
    resolve(sheet, done, cast.clerk)
    moves.move(submission=sheet, action="sign", by=cast.head)
    events = timeline.read(Submission.objects.for_reading().get())
    kinds = [
        next(k for k in ("moved", "said", "resolved", "attached", "removed") if getattr(event, k)) for event in events
    ]
    assert kinds == ["attached", "removed", "moved", "said", "said", "resolved", "moved"]
    clerk, head = cast.clerk, cast.head
    assert [event.by for event in events] == [clerk, clerk, clerk, head, head, clerk, head]


def test_a_closed_period_keeps_its_files_too(cast, sheet):
    Period.objects.filter(pk=sheet.period_id).update(closes="2023-01-31")
    sheet.refresh_from_db()
    with pytest.raises(guard.WrongState, match="was closed after 2023-01-31"):
        attach(sheet, cast.clerk)
    assert not Attachment.objects.exists()
