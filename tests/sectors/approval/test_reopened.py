"""What was accepted is reopened for some cells: nothing else is asked for, and nobody is late."""

import datetime
import re

import pytest
from django.utils import timezone

from sectors.approval import moves, refusals, worklist
from sectors.approval.refusals import Unanswered
from sectors.entry import writer
from sectors.findings import storage
from sectors.models import Submission, Transition
from sectors.reminders import urging
from sectors.timeliness import Timeliness
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def history(cast):
    """A year as it was declared: one required cell was never reported, and another figure is more than its total."""
    base.report(cast.county, "2021Q1", {"food.task": "5", "food.done": "9"}, status="draft")
    found = Submission.objects.get(period__year=2021)
    moves.file_history([found], reason="declared")
    return found


def step(cast, sheet, action, **options):
    by = {"submit": cast.clerk, "sign": cast.head}.get(action, cast.office)
    found = Submission.objects.get(pk=sheet.pk)
    return moves.move(submission=found, action=action, by=by, reason="核对", **options)


def reopened(cast, history, *cells):
    return step(cast, history, "reopen", cells=cells, only_cells=True)


def type_in(cast, sheet, **figures):
    writer.save(Submission.objects.get(pk=sheet.pk), writer.Typed(figures), by=cast.clerk)


def test_only_the_named_cells_are_asked_for(cast, history):
    sheet = Submission.objects.select_related("period").get(pk=history.pk)
    storage.refresh(sheet)
    reopened(cast, history, "food.firms")
    with pytest.raises(Unanswered):
        step(cast, history, "submit")
    type_in(cast, history, **{"food.firms": "3"})
    for action in ("submit", "sign", "accept"):
        moved = step(cast, history, action)
    assert (moved.status, moved.is_reopened) == ("accepted", False)


def test_a_required_cell_that_was_emptied_is_asked_for(cast, history):
    reopened(cast, history, "food.task")
    sheet = Submission.objects.get(pk=history.pk)
    assert not sheet.missing_cells().exists()
    type_in(cast, history, **{"food.task": ""})
    assert [cell.code for cell in sheet.missing_cells()] == ["food.task"]
    assert len(worklist.missing_names([sheet])[sheet.pk]) == 1
    with pytest.raises(refusals.Incomplete):
        step(cast, history, "submit")


def test_an_error_in_a_named_cell_still_stops_it(cast, history):
    reopened(cast, history, "food.passed")
    type_in(cast, history, **{"food.passed": "99"})  # of 9
    with pytest.raises(refusals.Unresolved):
        step(cast, history, "submit")


def test_nobody_is_late(cast, history):
    reopened(cast, history, "food.task")
    sheet = Submission.objects.select_related("department", "period").get(pk=history.pk)
    assert (sheet.is_late, worklist.worklist_of(cast.clerk).late) == (False, [])
    (row,) = [r for r in Submission.objects.with_delivery().select_related("department", "period") if r == sheet]
    assert row.timeliness_on(timezone.localdate()) == Timeliness.IMPORTED
    assert urging.remind() == []
    (owed,) = urging.owing(sheet.period)
    assert (owed.late, owed.days_late) == ([], 0)


def test_no_page_and_no_message_says_that_they_are(cast, history, client):
    reopened(cast, history, "food.firms")
    (urged,) = urging.urge(period=history.period, departments=[cast.market.pk], by=cast.office)
    type_in(cast, history, **{"food.firms": "3"})
    pages = []
    for who, action in ((cast.clerk, "submit"), (cast.head, "withdraw"), (cast.clerk, None)):
        client.force_login(who)
        pages.append(base.html(client.get("/")))
        if action:
            moves.move(submission=Submission.objects.get(pk=history.pk), action=action, by=cast.clerk)
    assert all("2021" in page for page in pages)
    assert not any(re.search(r"逾期\s*[0-9]|status late", text) for text in (urged.text, *pages))
    groups = worklist.grouped(worklist.worklist_of(cast.clerk).mine)
    assert [group.name for group in groups] == ["以后到期"]


def test_what_was_delivered_late_stays_late(cast):
    sheet = base.take_to("accepted", cast, base.submission(cast.county))
    Transition.objects.filter(submission=sheet).update(at=timezone.now() - datetime.timedelta(days=9))
    before = Submission.objects.with_delivery().get(pk=sheet.pk).timeliness_on(timezone.localdate())
    step(cast, sheet, "reopen", cells=["food.task"], only_cells=True)
    now = Submission.objects.with_delivery().get(pk=sheet.pk).timeliness_on(timezone.localdate())
    assert before == now == Timeliness.LATE


def test_a_return_before_acceptance_is_owed_as_ever(cast):
    sheet = base.take_to("signed", cast, base.submission(cast.county))
    step(cast, sheet, "return", cells=["food.task"])
    found = Submission.objects.get(pk=sheet.pk)
    assert (found.is_late, found.is_reopened) == (True, False)


def test_the_link_of_a_number_names_its_cell_and_locks_the_others(cast, history, client):
    client.force_login(cast.office)
    page = client.get(f"/submissions/{history.pk}/?cell=food.done&cells=food.done")
    assert page.context["picked"] == {"food.done": True}
    text = base.html(page)
    assert 'name="only_cells" checked' in text
    assert 'name="only_cells" checked' not in base.html(client.get(f"/submissions/{history.pk}/"))
