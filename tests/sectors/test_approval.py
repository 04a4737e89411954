"""Every status x role x action, and what a step leaves behind."""

import pytest
from django.core.exceptions import PermissionDenied

from sectors import approval
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
