"""What one key did is taken back within seconds, by the same person, while nobody acted on it."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from sectors.approval import moves
from sectors.entry import reverting, writer
from sectors.guard import WrongState
from sectors.models import Delivery, Notice, Period, Submission, Transition, Urge
from sectors.people import notices
from sectors.reminders import urging
from sectors.shell import undo
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(cast):
    found = base.submission(cast.county)
    base.complete(found)
    return found


def token(answer):
    found = re.search(r'name="what" value="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


def take_back(client, what, follow=True):
    return client.post("/undo/", {"what": what}, follow=follow)


def status(sheet):
    return Submission.objects.get(pk=sheet.pk).status


def test_each_step_forward_is_undone_as_if_it_had_not_been_taken(cast, sheet, client):
    for by, page, posted, old, new in (
        (cast.clerk, "sheet", {}, "draft", "submitted"),
        (cast.head, "move", {"action": "sign"}, "submitted", "signed"),
        (cast.office, "move", {"action": "accept"}, "signed", "accepted"),
    ):
        client.force_login(by)
        steps = Transition.objects.count()
        what = token(base.press(client, sheet, posted, page=page, follow=True))
        assert status(sheet) == new
        told = Event.objects.count()
        answer = take_back(client, what)
        assert "已撤销" in answer.content.decode(), base.html(answer)
        assert (status(sheet), Transition.objects.count()) == (old, steps)
        assert Event.objects.count() == told + 1  # the record has the step and its undoing
        assert "已经撤销" in take_back(client, what).content.decode()
        base.press(client, sheet, posted, page=page, follow=True)
        assert status(sheet) == new


def test_it_is_too_late_after_some_seconds_and_for_others(cast, sheet, client, monkeypatch):
    client.force_login(cast.clerk)
    what = token(base.press(client, sheet, {}, page="sheet", follow=True))
    client.force_login(cast.head)
    assert "超过" in take_back(client, what).content.decode()
    client.force_login(cast.clerk)
    assert "超过" in take_back(client, what[:-2]).content.decode()
    now = timezone.now() + undo.BOUND + datetime.timedelta(seconds=1)
    monkeypatch.setattr("sectors.shell.undo.timezone.now", lambda: now)
    assert "超过" in take_back(client, what).content.decode()
    assert status(sheet) == "submitted"


def test_what_somebody_acted_on_stands(cast, sheet, client):
    client.force_login(cast.clerk)
    what = token(base.press(client, sheet, {}, page="sheet", follow=True))
    moves.move(submission=sheet, action="sign", by=cast.head)
    assert "已有人处理" in take_back(client, what).content.decode()
    assert status(sheet) == "signed"


def test_the_marks_of_a_reopening_survive(cast, sheet):
    sheet = base.take_to("accepted", cast, sheet)
    moves.move(submission=sheet, action="reopen", by=cast.office, reason="x", cells=["food.task"], only_cells=True)
    base.answer(sheet, cast.clerk)
    for action, by in (("submit", cast.clerk), ("sign", cast.head), ("accept", cast.office)):
        moves.move(submission=sheet, action=action, by=by)
    moves.take_back(moves.last_steps([sheet]), by=cast.office)
    found = Submission.objects.get(pk=sheet.pk)
    assert (found.status, found.is_reopened) == ("signed", True)


def test_several_are_undone_together_or_not_at_all(cast, client):
    sheets = [base.submission(cast.county, in_period=f"2023Q{n}") for n in (1, 2)]
    for one in sheets:
        base.take_to("submitted", cast, one)
    client.force_login(cast.head)
    page = client.get(reverse("queue"))
    names = re.findall(r'name="(seen-\d+)" value="([^"]*)"', page.content.decode())
    chosen = {"submissions": [one.pk for one in sheets], **dict(names)}
    what = token(client.post(reverse("accept-clean"), chosen, follow=True))
    assert {status(one) for one in sheets} == {"signed"}
    moves.move(submission=Submission.objects.get(pk=sheets[0].pk), action="accept", by=cast.office)
    take_back(client, what)
    assert [status(one) for one in sheets] == ["accepted", "signed"]


def test_an_urge_is_seen_only_when_it_can_no_longer_be_undone(cast, sheet, client):
    client.force_login(cast.office)
    posted = {"departments": [cast.market.pk]}
    what = token(client.post(f"/periods/{sheet.period_id}/urge/", posted, follow=True))
    assert Notice.objects.count() == 2
    assert not Notice.objects.seen_by_now().exists()
    take_back(client, what)
    assert (Urge.objects.count(), Delivery.objects.count(), Notice.objects.count()) == (0, 0, 0)
    urging.urge(period=sheet.period, departments=[cast.market.pk], by=cast.office)  # and may be made anew
    Notice.objects.update(at=timezone.now())
    assert Notice.objects.seen_by_now().count() == 2


def test_undoing_an_urge_leaves_what_another_county_was_told(cast):
    """In the same words, where several sheets are owed: the notice leads to the first page."""
    market = cast.other_county.departments.get(code="market")
    base.user("clerk", market, "other_clerk")
    text = "市场监管局: T-01"
    for person in (cast.clerk, market.users.get()):
        notices.notify([person], text, "/", at=timezone.now() + undo.BOUND)
    notices.withdraw(cast.market, text, "/")
    assert [notice.to.department for notice in Notice.objects.all()] == [market]


def test_an_urge_that_was_seen_stands(cast, sheet):
    (urged,) = urging.urge(period=sheet.period, departments=[cast.market.pk], by=cast.office)
    Urge.objects.update(at=timezone.now() - undo.BOUND)
    Notice.objects.update(at=timezone.now())
    with pytest.raises(WrongState):
        urging.take_back([urged.pk], by=cast.office)


def test_a_period_that_was_opened_is_taken_back(cast, client):
    client.force_login(cast.office)
    posted = {"year": 2024, "kind": "quarter", "number": 1, "opens": "2024-01-02", "due": "2024-04-10"}
    answer = client.post("/periods/open/", posted, follow=True)
    period = Period.objects.get(year=2024)
    assert period.submissions.exists()
    what = token(answer) or token(client.get("/"))
    take_back(client, what)
    assert not Period.objects.filter(year=2024).exists()


def test_an_import_is_undone_while_nothing_was_changed_since(cast, sheet):
    writer.save(sheet, writer.Typed({"food.task": "5"}), by=cast.clerk)
    since = reverting.last_changes(sheet)
    writer.save(sheet, writer.Typed({"food.task": "7", "food.firms": "3"}), by=cast.clerk, way="excel")
    until = reverting.last_changes(sheet)
    assert reverting.revert(sheet, since=since, until=until, by=cast.clerk) == 2
    stored = {f.indicator.code: f.cell.stored for f in sheet.figures.select_related("indicator")}
    assert (stored["food.task"], stored["food.firms"]) == ("5", "")
    with pytest.raises(WrongState):  # its own undoing came after it
        reverting.revert(sheet, since=since, until=until, by=cast.clerk)


def test_what_somebody_typed_while_an_import_was_stored_is_not_undone(cast, sheet):
    """Before it was asked up to which change the import goes."""
    for by, way in ((base.user("clerk", cast.market, "other_clerk"), "excel"), (cast.clerk, "form")):
        since = reverting.last_changes(sheet)
        writer.save(sheet, writer.Typed({"food.task": f"{since[0] + 7}"}), by=cast.clerk, way="excel")
        writer.save(sheet, writer.Typed({"food.firms": f"{since[0] + 3}"}), by=by, way=way)
        with pytest.raises(WrongState):
            reverting.revert(sheet, since=since, until=reverting.last_changes(sheet), by=cast.clerk)
