"""A cell that a return names is changed or answered before the sheet goes out again."""

import pytest

from sectors.approval import moves, review
from sectors.approval.answered_returns import unanswered
from sectors.approval.refusals import Unanswered
from sectors.entry import writer
from sectors.evidence import comments
from sectors.models import Indicator, Submission
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def sheet(cast):
    """Returned with two cells named."""
    found = base.submission(cast.county)
    type_in(cast, found, **{"food.task": "5", "food.done": "4"})
    base.take_to("signed", cast, found)
    return step(cast, found, "return", cells=["food.task", "food.done"])


def step(cast, sheet, action, **options):
    by = {"submit": cast.clerk, "sign": cast.head, "send_back": cast.head}.get(action, cast.office)
    found = Submission.objects.get(pk=sheet.pk)
    return moves.move(submission=found, action=action, by=by, reason="请核对", **options)


def type_in(cast, sheet, **figures):
    writer.save(sheet, writer.Typed(figures), by=cast.clerk)


def say(sheet, by, code):
    cell = Indicator.objects.get(code=code)
    comments.comment(submission=sheet, indicator=cell, text="与台账一致", by=by)


def left(sheet):
    return [cell.code for cell in unanswered([Submission.objects.get(pk=sheet.pk)])[sheet.pk]]


def test_nothing_goes_back_silently(cast, sheet):
    assert left(sheet) == ["food.task", "food.done"]
    with pytest.raises(Unanswered, match=r"2 cells that are neither changed nor answered .抽检任务、抽检完成"):
        step(cast, sheet, "submit")
    type_in(cast, sheet, **{"food.done": "3"})
    with pytest.raises(Unanswered, match="1 cell that is neither"):
        step(cast, sheet, "submit")
    say(sheet, cast.clerk, "food.task")
    assert left(sheet) == []
    assert step(cast, sheet, "submit").status == "submitted"


def test_what_is_changed_back_is_not_changed(cast, sheet):
    type_in(cast, sheet, **{"food.done": "3"})
    assert left(sheet) == ["food.task"]
    type_in(cast, sheet, **{"food.done": "4"})
    assert left(sheet) == ["food.task", "food.done"]
    type_in(cast, sheet, **{"food.done": ""})  # blank is another answer than 4
    assert left(sheet) == ["food.task"]


def test_only_the_department_answers(cast, sheet):
    say(sheet, cast.office, "food.task")
    assert left(sheet) == ["food.task", "food.done"]
    say(sheet, cast.head, "food.task")
    assert left(sheet) == ["food.done"]


def test_each_return_is_answered_anew(cast, sheet):
    base.answer(sheet, cast.clerk)
    step(cast, sheet, "submit")
    step(cast, sheet, "send_back", cells=["food.done"])
    assert left(sheet) == ["food.done"]
    base.answer(sheet, cast.clerk)
    for action in ("submit", "sign", "accept"):
        step(cast, sheet, action)
    assert left(sheet) == []
    step(cast, sheet, "reopen")  # names no cell
    assert left(sheet) == []


def test_a_sheet_with_an_open_cell_is_not_clean(cast, sheet):
    Submission.objects.filter(pk=sheet.pk).update(status="signed")
    (row,) = review.queue_rows(cast.office)
    assert (row.open_points.unanswered, row.open_points.is_clean) == (2, False)
    accepted, (why,) = review.accept_clean([row.submission], by=cast.office)
    assert (accepted, "not clean" in why) == ([], True)
    base.answer(sheet, cast.clerk)
    (row,) = review.queue_rows(cast.office)
    assert row.open_points.unanswered == 0


def test_many_submissions_cost_no_more_queries(cast, sheet):
    others = [base.submission(cast.county, in_period=f"202{n}Q2", status="signed") for n in range(3)]
    for one in others:
        step(cast, one, "return", cells=["food.done"])
    rows = list(Submission.objects.select_related("period"))
    few = base.queries(lambda: unanswered(rows[:1]))
    fresh = list(Submission.objects.select_related("period"))
    assert base.queries(lambda: unanswered(fresh)) == few


def test_the_page_answers_in_its_list(cast, sheet, client):
    client.force_login(cast.clerk)
    page = base.html(client.get(f"/sheets/{sheet.pk}/"))
    assert page.count("data-open") == 2
    refused = base.press(client, sheet, {}, page="sheet", follow=True)
    assert "未改动也未答复" in refused.content.decode()
    for code, text, open_ones in (("food.task", " ", 2), ("food.task", "与台账一致", 1), ("food.done", "无误", 0)):
        answer = client.post(
            f"/submissions/{sheet.pk}/cells/{code}/comment/",
            {"text": text},
            headers={"HX-Request": "true", "HX-Target": "returned"},
        )
        assert base.html(answer).count("data-open") == open_ones
    done = base.press(client, sheet, {}, page="sheet", follow=True).content.decode()
    assert "空白" in done
