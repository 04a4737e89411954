"""Two people press at the same moment, in threads with connections of their own: one winner, one clear message.

Every step waits between its check and its write, so that without the lock both would pass the check.
"""

import time

import pytest
from django.utils import timezone, translation

from sectors import guard
from sectors.approval import moves
from sectors.entry import writer
from sectors.models import Delivery, Deputy, Notice, Submission, Transition, Urge
from sectors.reminders import urging
from tests import base
from tests.races import PAUSE, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def slow(monkeypatch):
    """A pause between looking and writing, in every step."""
    for module, name in ((moves, "_write"), (writer, "_write_figures"), (urging, "_create")):
        original = getattr(module, name)

        def late(*args, original=original, **kwargs):
            time.sleep(PAUSE)
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, late)


def step(sheet, action, by, reason=""):
    return lambda: moves.move(submission=sheet, action=action, by=by, reason=reason)


def one_wins(results, sheet, outcomes):
    """`outcomes`: the status that each call would lead to. Exactly one did, and the other was told so."""
    losers = [result for result in results if isinstance(result, guard.WrongState)]
    winners = [number for number, result in enumerate(results) if isinstance(result, Submission)]
    assert (len(winners), len(losers)) == (1, len(results) - 1), results
    sheet.refresh_from_db()
    assert sheet.status == outcomes[winners[0]]
    assert Transition.objects.get().new == sheet.status
    for loser in losers:
        assert str(loser).startswith(f"This submission is now “{sheet.get_status_display()}” (")


def test_two_heads_sign_at_once(cast):
    with translation.override("en"):
        sheet = base.submission(cast.county, status="submitted")
        other_head = base.user("head", cast.market, "other_head")
        results = at_once(step(sheet, "sign", cast.head), step(sheet, "sign", other_head))
        one_wins(results, sheet, ["signed", "signed"])


def test_a_head_and_the_deputy_decide_differently(cast):
    with translation.override("en"):
        sheet = base.submission(cast.county, status="submitted")
        deputy = base.user("clerk", cast.market, "deputy")
        today = timezone.localdate()
        Deputy.objects.create(head=cast.head, person=deputy, first_day=today, last_day=today)
        results = at_once(step(sheet, "sign", cast.head), step(sheet, "send_back", deputy, "请核对"))
        one_wins(results, sheet, ["signed", "returned"])


def test_the_head_signs_while_the_clerk_withdraws(cast):
    with translation.override("en"):
        sheet = base.submission(cast.county, status="submitted")
        results = at_once(step(sheet, "sign", cast.head), step(sheet, "withdraw", cast.clerk))
        one_wins(results, sheet, ["signed", "draft"])


def test_the_office_accepts_while_the_head_takes_the_signature_back(cast):
    with translation.override("en"):
        sheet = base.submission(cast.county, status="signed")
        results = at_once(step(sheet, "accept", cast.office), step(sheet, "unsign", cast.head))
        one_wins(results, sheet, ["accepted", "submitted"])


def test_the_office_accepts_while_the_clerk_withdraws(cast):
    with translation.override("en"):
        sheet = base.submission(cast.county, "T-02", status="submitted")
        results = at_once(step(sheet, "accept", cast.office), step(sheet, "withdraw", cast.outsider_clerk))
        one_wins(results, sheet, ["accepted", "draft"])


def test_a_double_click_is_one_step(cast):
    with translation.override("en"):
        sheet = base.submission(cast.county)
        base.complete(sheet)
        results = at_once(*[step(sheet, "submit", cast.clerk)] * 4)
        one_wins(results, sheet, ["submitted"] * 4)


def test_nothing_is_entered_behind_a_submission(cast):
    """Either the cell came in before the sheet was submitted, or it was refused."""
    sheet = base.submission(cast.county)
    base.complete(sheet)
    saved, submitted = at_once(
        lambda: writer.save(sheet, writer.Typed({"food.task": "5"}), by=cast.clerk),
        step(sheet, "submit", cast.clerk),
    )
    assert isinstance(submitted, Submission)
    stored = sheet.figures.get(indicator__code="food.task").value
    if isinstance(saved, guard.WrongState):
        assert stored is None
    else:
        assert (saved.changed, stored) == (1, 5)
        assert sheet.changes.get(by=cast.clerk).at < sheet.transitions.get().at


def test_a_period_opened_twice_at_once_hands_out_each_sheet_once(cast):
    quarter = base.period(cast.county, "2023Q2")
    results = at_once(*[lambda: moves.open_period(quarter)] * 3)
    assert sorted(results) == [0, 0, 2]
    assert Submission.objects.filter(period=quarter).count() == 2


def test_a_double_click_urges_once(cast):
    sheet = base.submission(cast.county)
    press = lambda: urging.urge(period=sheet.period, departments=[cast.market.pk], by=cast.office)  # noqa: E731
    assert sorted(len(made) for made in at_once(press, press)) == [0, 1]
    assert (Urge.objects.count(), Delivery.objects.count(), Notice.objects.count()) == (1, 1, 2)


def test_two_reminders_at_once_remind_once(cast, on):
    base.submission(cast.county)
    on("2023-01-11")
    assert sorted(len(made) for made in at_once(urging.remind, urging.remind)) == [0, 1]
    assert Urge.objects.get().kind == "due"
