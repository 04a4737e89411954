"""Comments and their resolution: who may, when, and what stays on record."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from sectors import guard
from sectors.approval import moves, timeline
from sectors.evidence import comments
from sectors.evidence.attachments import SubmissionAttachments
from sectors.models import Comment, Indicator, Submission
from sectors.vocabulary import SubmissionStatus
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "media")]

TALKERS = ("clerk", "head", "office")
OTHERS = ("leader", "admin", "outsider_clerk", "outsider_head", "outsider_office")


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


@pytest.fixture
def done(cast):
    return Indicator.objects.get(code="food.done")


def say(sheet, indicator, by, text="请核对"):
    return comments.comment(submission=sheet, indicator=indicator, by=by, text=text)


def resolve(sheet, indicator, by, up_to=10**9):
    return comments.resolve(submission=sheet, indicator=indicator, by=by, up_to=up_to)


@pytest.mark.parametrize("status", SubmissionStatus.values)
@pytest.mark.parametrize("name", TALKERS)
def test_department_and_office_talk_and_resolve_in_every_status(cast, done, name, status):
    sheet = base.submission(cast.county, status=status)
    person = getattr(cast, name)
    say(sheet, done, person, " 为什么少了？\r\n请说明 ")
    assert Comment.objects.get().text == "为什么少了？\n请说明"
    assert comments.open_counts(sheet) == {"food.done": 1}
    assert resolve(sheet, done, person) == 1
    assert comments.open_counts(sheet) == {}
    assert Comment.objects.get().resolved_by == person


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_does(cast, sheet, done, name):
    say(sheet, done, cast.clerk)
    with pytest.raises(PermissionDenied):
        say(sheet, done, getattr(cast, name))
    with pytest.raises(PermissionDenied):
        resolve(sheet, done, getattr(cast, name))
    assert comments.open_counts(sheet) == {"food.done": 1}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \r\n\0", "Write what should be said about this cell first."),
        ("字" * 2001, "This comment has 2001 characters; at most 2000 fit. Shorten it, or attach a file."),
    ],
)
def test_a_comment_says_something_and_not_everything(cast, sheet, done, text, sentence):
    with pytest.raises(ValidationError) as error:
        say(sheet, done, cast.clerk, text)
    assert error.value.messages == [sentence]
    assert not Comment.objects.exists()


def test_a_new_comment_opens_a_resolved_thread_again(cast, sheet, done):
    say(sheet, done, cast.office)
    say(sheet, done, cast.clerk, "已核对")
    assert resolve(sheet, done, cast.office) == 2
    say(sheet, done, cast.office, "还有一处")
    assert comments.open_counts(sheet) == {"food.done": 1}


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
        assert comments.open_counts(sheet) == {"food.done": 2, "food.task": 1}


def test_a_comment_is_resolved_by_somebody_at_some_time(cast, sheet, done):
    for fields in ({"resolved_by": cast.clerk}, {"resolved_at": timezone.now()}, {"text": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(**{"submission": sheet, "indicator": done, "by": cast.clerk, "text": "x"} | fields)


# What happened


def test_moves_words_and_files_stand_in_the_order_of_time(cast, sheet, done):
    base.change_catalogue(Indicator.objects.all(), required=False)  # figures would stand among what happened
    attachments = SubmissionAttachments(sheet, cast.clerk)
    (file,) = attachments.attach([SimpleUploadedFile("报告.pdf", b"%PDF-1.7 a")]).stored
    attachments.remove(file)
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
