"""Every status x role x action, and what a step leaves behind."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from sectors import approval, entry, judgements, reasons
from sectors.access import MOVES, actions_for
from sectors.models import Submission, Transition
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PEOPLE = ("clerk", "head", "office", "leader", "admin", "outsider_clerk", "outsider_head", "outsider_office")
# (status, action) -> who may and what it becomes; all else is refused.
ALLOWED = {
    ("draft", "submit"): ("clerk", "submitted"),
    ("returned", "submit"): ("clerk", "submitted"),
    ("submitted", "withdraw"): ("clerk", "draft"),
    ("submitted", "sign"): ("head", "signed"),
    ("submitted", "send_back"): ("head", "returned"),
    ("signed", "accept"): ("office", "accepted"),
    ("signed", "return"): ("office", "returned"),
    ("accepted", "reopen"): ("office", "returned"),
}
WHOSE = {"submit": "clerk", "withdraw": "clerk", "sign": "head", "send_back": "head"}


@pytest.mark.parametrize("status", Submission.Status.values)
@pytest.mark.parametrize("action", MOVES)
def test_the_whole_table(cast, status, action):
    allowed, becomes = ALLOWED.get((status, action), ("", ""))
    for name in PEOPLE:
        sheet = base.submission(cast.county, status=status)
        person = getattr(cast, name)
        if name == allowed:
            assert approval.move(submission=sheet, action=action, by=person, reason="why").status == becomes
            last = Transition.objects.latest("pk")
            assert (last.old, last.new, last.by, last.reason) == (status, becomes, person, "why")
            continue
        right = name == WHOSE.get(action, "office")
        with pytest.raises(approval.WrongState if right else PermissionDenied):
            approval.move(submission=sheet, action=action, by=person, reason="why")
        sheet.refresh_from_db()
        assert sheet.status == status
    assert Transition.objects.count() == bool(allowed)


@pytest.mark.parametrize("name", PEOPLE)
@pytest.mark.parametrize("status", Submission.Status.values)
def test_what_is_offered_is_what_is_allowed(cast, name, status):
    sheet = base.submission(cast.county, status=status)
    offered = {action for (old, action), (who, _new) in ALLOWED.items() if old == status and who == name}
    assert set(actions_for(getattr(cast, name), sheet)) == offered


@pytest.mark.parametrize(
    ("status", "action", "who"),
    [("submitted", "send_back", "head"), ("signed", "return", "office"), ("accepted", "reopen", "office")],
)
def test_a_return_needs_a_reason(cast, status, action, who):
    sheet = base.submission(cast.county, status=status)
    with pytest.raises(approval.ReasonMissing):
        approval.move(submission=sheet, action=action, by=getattr(cast, who), reason="  ")
    assert not Transition.objects.exists()


def test_a_department_without_signing_goes_straight_to_the_office(cast):
    sheet = base.submission(cast.county, "T-02")
    approval.move(submission=sheet, action="submit", by=cast.outsider_clerk)
    with pytest.raises(approval.WrongState):
        approval.move(submission=sheet, action="sign", by=cast.outsider_head)
    assert approval.move(submission=sheet, action="accept", by=cast.office).status == "accepted"


def test_the_second_of_two_comes_too_late(cast):
    sheet = base.submission(cast.county, status="signed")
    first, second = (Submission.objects.get(pk=sheet.pk) for _ in range(2))
    approval.move(submission=first, action="accept", by=cast.office)
    with pytest.raises(approval.WrongState, match="Accepted"):
        approval.move(submission=second, action="return", by=cast.office, reason="late")
    assert Transition.objects.count() == 1


def test_opening_a_period_hands_out_its_sheets_once(cast):
    quarter = base.period(cast.county, "2023Q2")
    assert approval.open_period(quarter) == 2
    assert approval.open_period(quarter) == 0
    handed_out = Submission.objects.filter(period=quarter).values_list("sheet__number", "department__code", "status")
    assert set(handed_out) == {("T-01", "market", "draft"), ("T-02", "water", "draft")}


WRONG = {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"}
CUT_OFF = {"food.task": "225", "food.done": "225", "food.passed": "134", "food.rate": "59.5"}
WHY = "总结材料按截尾列出，来源是年度总结"


def submit(cast, sheet):
    return approval.move(submission=sheet, action="submit", by=cast.clerk)


def test_an_open_error_stops_the_submission_until_it_is_mended(cast):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    sheet = base.submission(cast.county)
    with pytest.raises(approval.Unresolved, match="1 error is to be mended") as stopped:
        submit(cast, sheet)
    assert (stopped.value.errors, stopped.value.waiting, stopped.value.warnings) == (1, 0, 0)
    sheet.refresh_from_db()
    assert sheet.status == "draft"
    assert not Transition.objects.exists()
    entry.save(submission=sheet, figures={"food.done": "6"}, by=cast.clerk)
    assert submit(cast, sheet).status == "submitted"


def test_an_explained_error_waits_until_the_office_lets_it_stand(cast):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    sheet = base.submission(cast.county)
    (found,) = judgements.refresh(sheet)
    reasons.explain(finding=found, text="1批次由乡镇抽检，尚未分环节", by=cast.clerk)
    with pytest.raises(approval.Unresolved, match="1 explained error waits for the office"):
        submit(cast, sheet)
    reasons.judge(finding=found, accept=True, text="已看过乡镇台账，可以保留", by=cast.office)
    assert submit(cast, sheet).status == "submitted"


def test_a_warning_stops_the_submission_until_there_is_a_reason(cast):
    base.report(cast.county, "2023Q1", CUT_OFF, "draft")
    sheet = base.submission(cast.county)
    with pytest.raises(approval.Unresolved, match="1 warning needs a reason"):
        submit(cast, sheet)
    (found,) = judgements.refresh(sheet)
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    assert submit(cast, sheet).status == "submitted"


def test_a_reason_for_other_figures_does_not_count(cast):
    """The check is made anew at that moment, whatever was on record before."""
    base.report(cast.county, "2023Q1", CUT_OFF, "draft")
    sheet = base.submission(cast.county)
    (found,) = judgements.refresh(sheet)
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    entry.save(submission=sheet, figures={"food.passed": "150"}, by=cast.clerk)
    with pytest.raises(approval.Unresolved, match="1 error"):
        submit(cast, sheet)


def test_findings_stop_no_other_step(cast):
    base.report(cast.county, "2023Q1", WRONG, "submitted")
    sheet = base.submission(cast.county, status="submitted")
    assert approval.move(submission=sheet, action="withdraw", by=cast.clerk).status == "draft"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time anyway")
def test_a_figure_stored_at_the_same_moment_is_judged_too(cast):
    """The submission waits for the figure that is being stored, and then sees it."""
    base.report(cast.county, "2023Q1", {"food.done": "6", "food.passed": "5"}, "draft")
    sheet = base.submission(cast.county)
    outcome = []

    def submit_meanwhile():
        try:
            outcome.append(submit(cast, sheet).status)
        except approval.Unresolved as error:
            outcome.append(error.errors)
        finally:
            connection.close()

    other = threading.Thread(target=submit_meanwhile)
    with transaction.atomic():
        entry.save(submission=sheet, figures={"food.passed": "9"}, by=cast.clerk)
        other.start()
        other.join(timeout=1)
        assert other.is_alive(), "it did not wait"
    other.join(timeout=20)
    assert outcome == [1]
    assert Submission.objects.get().status == "draft"
