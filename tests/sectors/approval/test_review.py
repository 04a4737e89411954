"""The queue, what is clean in it, and what changed since the last look."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sectors.approval import moves, review, timeline
from sectors.calendar import extensions
from sectors.catalogue.compiled import catalogue
from sectors.entry import writer
from sectors.evidence import comments
from sectors.findings import reasons, storage
from sectors.models import Deputy, Indicator, Submission, Transition
from sectors.reminders import urging
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
GOOD = {"food.task": "5", "food.done": "5"}


def clean(cast, in_period="2023Q1", status="signed"):
    base.report(cast.county, in_period, GOOD, status)
    return Submission.objects.get(sheet__number="T-01", period=base.period(cast.county, in_period))


@pytest.fixture
def returned(cast):
    """Filled, submitted, signed, and returned by the office with two cells named; then one of them was changed."""
    sheet = base.submission(cast.county)
    writer.save(sheet, writer.Typed({"food.task": "5", "food.done": "4", "food.firms": "2"}), by=cast.clerk)
    sheet = base.take_to("signed", cast, sheet)
    moves.move(submission=sheet, action="return", by=cast.office, reason="请核对", cells=["food.done", "food.task"])
    for figures in ({"food.done": "3", "food.firms": "9"}, {"food.done": "5", "food.firms": "2"}):
        writer.save(sheet, writer.Typed(figures), by=cast.clerk)
    return Submission.objects.for_reading().get(pk=sheet.pk)


def test_the_queue_is_what_waits_for_one_soonest_due_first(cast):
    late, soon = clean(cast, "2023Q1", "submitted"), clean(cast, "2022Q1", "submitted")
    clean(cast, "2023Q2", "draft")
    water = base.submission(cast.county, "T-02", status="submitted")
    signed = clean(cast, "2023Q3", "signed")
    assert review.queue(cast.head) == [soon, late]
    assert review.queue(cast.office) == [water, signed]
    assert review.queue(cast.clerk) == review.queue(cast.leader) == review.queue(cast.outsider_office) == []


def test_a_deputy_has_the_heads_queue_without_what_they_submitted(cast):
    today = timezone.localdate()
    Deputy.objects.create(head=cast.head, person=cast.clerk, first_day=today, last_day=today)
    other = clean(cast, "2023Q1", "submitted")
    own = clean(cast, "2023Q2", "draft")
    moves.move(submission=own, action="submit", by=cast.clerk)
    assert review.queue(cast.clerk) == [other]


@pytest.mark.parametrize(
    ("figures", "points"),
    [
        (GOOD, review.OpenPoints()),
        ({"food.task": "n/a", "food.done": "0"}, review.OpenPoints()),
        ({"food.task": "5"}, review.OpenPoints(missing=1)),
        ({}, review.OpenPoints(missing=2)),
        (GOOD | {"food.passed": "6"}, review.OpenPoints(findings=1)),
        ({"food.done": "5", "food.passed": "6"}, review.OpenPoints(missing=1, findings=1)),
    ],
)
def test_clean_is_without_empty_required_cells_and_without_findings(cast, figures, points):
    sheet = base.submission(cast.county, status="signed")
    if figures:
        base.report(cast.county, "2023Q1", figures, "signed")
    storage.refresh(sheet)
    assert review.open_points([sheet]) == {sheet.pk: points}
    assert points.is_clean is (points == review.OpenPoints())


def test_cleanliness_of_many_costs_what_that_of_one_does(cast):
    def queries(rows):
        with CaptureQueriesContext(connection) as captured:
            assert all(t.is_clean for t in review.open_points(rows).values())
        return len(captured)

    sheets = [clean(cast, f"{year}Q{n}") for year in range(2019, 2024) for n in range(1, 5)]
    fetched = list(Submission.objects.filter(pk__in=[s.pk for s in sheets]).select_related("period"))
    assert len(fetched) == 20
    catalogue()  # which is read once
    assert queries(fetched) == queries(fetched[:2])


def test_only_clean_ones_are_accepted_together(cast):
    good, empty = clean(cast), clean(cast, "2023Q2")
    empty.figures.all().delete()
    late = clean(cast, "2023Q3", "draft")
    accepted, left = review.accept_clean([good, empty, late], by=cast.office)
    assert accepted == [good]
    assert left == [
        "T-01 食品抽检情况表 is not clean: read it before accepting.",
        "T-01 食品抽检情况表: This submission is now “Draft”, so the step no longer fits. Look at it again.",
    ]
    assert list(Submission.objects.filter(status="accepted")) == [good]
    assert Transition.objects.get().by == cast.office


def test_what_is_found_at_that_moment_stops_the_acceptance(cast):
    """The record may be older than a rule, or than a figure of another sheet."""
    sheet = clean(cast)
    base.report(cast.county, "2023Q1", {"food.passed": "6"}, "signed")
    assert review.open_points([sheet])[sheet.pk].is_clean
    assert review.accept_clean([sheet], by=cast.office)[0] == []
    assert not review.open_points([sheet])[sheet.pk].is_clean


def test_an_explained_finding_is_read_until_the_office_lets_it_stand(cast):
    sheet = base.submission(cast.county)
    base.report(cast.county, "2023Q1", GOOD | {"food.passed": "6"}, "draft")
    (found,) = storage.refresh(sheet)
    reasons.explain(finding=found, text="一份样品由乡镇检测，不在完成数内", by=cast.clerk)
    assert review.open_points([sheet])[sheet.pk] == review.OpenPoints(findings=1)
    reasons.judge(finding=found, accept=True, text="已看过乡镇台账，可以保留", by=cast.office)
    assert review.open_points([sheet])[sheet.pk].is_clean


@pytest.mark.parametrize("name", ["clerk", "leader", "admin", "outsider_office", "outsider_head"])
def test_nobody_else_accepts_together(cast, name):
    good = clean(cast)
    assert review.accept_clean([good], by=getattr(cast, name)) == ([], ["T-01 食品抽检情况表 is not yours to accept."])
    assert not Submission.objects.filter(status="accepted").exists()


def test_a_head_passes_on_nothing_that_is_signed_already(cast):
    passed, (why,) = review.accept_clean([clean(cast)], by=cast.head)
    assert (passed, "Signed" in why) == ([], True)
    assert not Submission.objects.filter(status="accepted").exists()


def test_only_what_stands_otherwise_since_the_return_has_changed(cast, returned):
    since = review.last_look(cast.office, returned)
    changes = review.changes_since(returned, since)
    assert [(code, c.old, c.new, c.by) for code, c in changes.items()] == [("food.done", "4", "5", cast.clerk)]


def test_words_that_stand_otherwise_since_the_return_are_told_too(client, cast, returned):
    def say(**texts):
        writer.save(returned, writer.Typed(narratives={f"food.{k}": v for k, v in texts.items()}), by=cast.clerk)

    since = review.last_look(cast.office, returned)
    say(work="开展抽检四次。", problem="无")
    say(work="开展抽检五次。", problem="")
    (text,) = review.texts_since(returned, since)
    question = returned.sheet.questions.get(code="food.work")
    assert (text.title, text.old, text.new, text.by) == (question.text, "", "开展抽检五次。", cast.clerk)
    assert review.texts_since(returned, None) == review.texts_since(returned, timezone.now()) == []
    sitting = review.editing_sessions(returned)[-1]
    assert [change.indicator.code for change in sitting.changes] == ["food.done"]
    assert [one.new for one in sitting.texts] == ["开展抽检五次。"]
    base.answer(returned, cast.clerk)
    moves.move(submission=returned, action="submit", by=cast.clerk)
    client.force_login(cast.office)
    assert "<ins>开展抽检五次。</ins>" in base.html(client.get(f"/submissions/{returned.pk}/"))


def test_the_last_look_is_ones_own_last_decision(cast, returned):
    steps = {step.new: step.at for step in returned.transitions.all()}
    second = base.user("office", cast.office.department, "second_office")
    assert review.last_look(cast.office, returned) == steps["returned"]
    assert review.last_look(second, returned) == steps["returned"]  # a colleague returned it
    assert review.last_look(cast.head, returned) == steps["signed"]
    fresh = Submission.objects.for_reading().get(pk=base.submission(cast.county, "T-02").pk)
    assert review.last_look(cast.office, fresh) is None
    assert review.changes_since(fresh, None) == {}


def test_each_named_cell_tells_what_became_of_it(cast, returned):
    task, done = (Indicator.objects.get(code=code) for code in ("food.task", "food.done"))
    comments.comment(submission=returned, indicator=task, text="任务数与计划文件一致，没有改", by=cast.clerk)
    step, named = review.returned_cells(returned, [])
    assert step
    assert step.reason == "请核对"
    assert [(n.indicator, n.change and n.change.new, [c.text for c in n.answers]) for n in named] == [
        (task, None, ["任务数与计划文件一致，没有改"]),
        (done, "5", []),
    ]
    fresh = base.submission(cast.county, "T-02")
    assert review.returned_cells(fresh, []) == (None, [])


def test_words_from_before_the_return_are_no_answer(cast):
    sheet = base.submission(cast.county, status="signed")
    comments.comment(
        submission=sheet, indicator=Indicator.objects.get(code="food.task"), text="先前的话", by=cast.clerk
    )
    moves.move(submission=sheet, action="return", by=cast.office, reason="请核对", cells=["food.task"])
    assert [cell.answers for cell in review.returned_cells(sheet, [])[1]] == [[]]


def test_the_timeline_has_all_that_happened_in_order(cast, returned):
    until = timezone.localdate() + datetime.timedelta(days=9)
    urging.urge(period=returned.period, departments=[cast.market.pk], by=cast.office)
    extensions.grant(period=returned.period, department=cast.market, until=until, reason="x", by=cast.office)
    extensions.grant(period=returned.period, department=cast.water, until=until, reason="y", by=cast.office)
    events = timeline.read(Submission.objects.for_reading().get(pk=returned.pk))
    kinds = ("moved", "changed", "urged", "extended")
    assert [(next(k for k in kinds if getattr(e, k)), e.by and e.by.username) for e in events] == [
        ("changed", "clerk"),
        ("moved", "clerk"),
        ("moved", "head"),
        ("moved", "office"),
        ("changed", "clerk"),
        ("urged", "office"),
        ("extended", "office"),
    ]
    assert [len(e.changed.changes) for e in events if e.changed] == [3, 1]


def test_the_place_in_the_queue_has_neighbours(cast):
    rows = [clean(cast, f"2023Q{n}") for n in (1, 2, 3)]
    assert review.position_in(rows, rows[0]) == review.QueuePosition(1, 3, None, rows[1])
    assert review.position_in(rows, rows[2]) == review.QueuePosition(3, 3, rows[1], None)
    assert review.position_in(rows[:1], rows[1]) is None
