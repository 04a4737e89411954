"""Hints are shown and counted apart; nobody has to do anything about them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from reports.aggregation.cube import annual
from reports.boards import office as office_board
from reports.chapters import verification
from sectors.approval import moves, refusals, review
from sectors.findings import reasons, rows, storage
from sectors.guard import WrongState
from sectors.models import Rule, StoredFinding
from tests import base
from tests.reports.boards.test_boards import choice
from tests.sectors.findings.test_follow import rule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def hint(cast):
    """A sheet in which nothing is found but a hint."""
    code = rule("food.firms > 9", "hint")
    base.report(cast.county, "2023Q1", {"food.firms": "5"}, "draft")
    (found,) = storage.refresh(base.submission(cast.county))
    assert (found.rule, found.severity) == (code, "hint")
    return found


def test_a_hint_needs_no_reason_and_takes_none(cast, hint):
    assert hint.state == "noted"
    (row,) = rows.rows([hint], cast.clerk)
    assert not row.can_explain
    assert not row.is_asked
    assert row.state_word == "needs no reason"
    for say, by in (
        (lambda by: reasons.explain(finding=hint, text="新开办企业90家", by=by), cast.clerk),
        (lambda by: reasons.judge(finding=hint, accept=True, text="新开办企业90家", by=by), cast.office),
    ):
        with pytest.raises(WrongState, match="no reason"):
            say(by)
    with pytest.raises(PermissionDenied):
        reasons.explain(finding=hint, text="新开办企业90家", by=cast.office)


def test_a_hint_neither_blocks_the_way_nor_keeps_a_sheet_from_being_clean(cast, hint):
    submission = base.take_to("signed", cast, hint.submission)
    assert review.open_points([submission])[submission.pk].is_clean
    assert review.accept_clean([submission], by=cast.office) == ([submission], [])


@pytest.mark.parametrize(("severity", "blocks"), [("error", True), ("warning", True), ("hint", False)])
def test_what_stands_in_the_way_of_submitting(cast, hint, severity, blocks):
    base.change_catalogue(Rule.objects.filter(code=hint.rule), severity=severity)
    base.complete(hint.submission)
    if blocks:
        with pytest.raises(refusals.Unresolved):
            moves.move(submission=hint.submission, action="submit", by=cast.clerk)
    else:
        moves.move(submission=hint.submission, action="submit", by=cast.clerk)


def test_what_was_said_of_a_warning_counts_again_once_a_hint_is_one(cast, hint):
    base.change_catalogue(Rule.objects.filter(code=hint.rule), severity="warning")
    (warning,) = storage.refresh(hint.submission)
    reasons.explain(finding=warning, text="新开办企业90家，尚未登记", by=cast.clerk)
    states = []
    for severity in ("hint", "warning", "error"):
        base.change_catalogue(Rule.objects.filter(code=hint.rule), severity=severity)
        (found,) = storage.refresh(hint.submission)
        states.append(found.state)
    assert states == ["noted", "explained", "explained"]


def test_hints_are_counted_apart(client, cast, hint):
    (of_period,) = office_board.office(choice(cast.county)).findings
    assert (of_period.total, of_period.hints) == (0, 1)
    assert StoredFinding.objects.counts() == {"errors": 0, "waiting": 0, "warnings": 0}
    beside = rows.beside_sheet([hint], cast.clerk)
    assert (beside["found"], beside["discrepancies"], beside["hints"]) == (1, 0, 1)
    client.force_login(cast.office)
    answer = client.get(reverse("findings"), {"severity": "hint", "state": "noted"})
    assert answer.context["hints"] == answer.context["page"].paginator.count == 1
    assert client.get(reverse("findings"), {"state": "open"}).context["page"].paginator.count == 0
    assert "1 项提示" in client.get(reverse("submission", args=[hint.submission_id])).content.decode()


def test_the_gravest_come_first(cast, hint):
    others = [rule(f"food.firms > {limit}", severity) for limit, severity in ((8, "warning"), (7, "error"))]
    storage.refresh(hint.submission)
    listed = [one.rule for one in StoredFinding.objects.for_listing()]
    assert listed == [*reversed(others), hint.rule]


def test_a_hint_is_not_printed(cast, hint):
    base.submission(cast.county, status="accepted")
    assert verification.of_year(cast.county, 2023)
    assert verification.remarks(cast.county, 2023, annual(cast.county, 2023)) == []
    base.change_catalogue(Rule.objects.filter(code=hint.rule), severity="warning")
    storage.refresh(hint.submission)
    assert [line.severity for line in verification.remarks(cast.county, 2023, annual(cast.county, 2023))] == ["warning"]
