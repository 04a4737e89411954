"""Every status x role x action, open and closed, with and without signing; and what a step leaves behind."""

import datetime
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from sectors import guard
from sectors.access import MOVES, actions_for, can_edit
from sectors.approval import moves, refusals
from sectors.calendar import extensions
from sectors.entry import writer
from sectors.entry.requested_cells import RequestedCells, requested_cells
from sectors.findings import reasons, storage
from sectors.models import (
    Assignment,
    Deputy,
    Extension,
    Notice,
    Period,
    Sheet,
    StoredFinding,
    Submission,
    Transition,
    User,
)
from sectors.vocabulary import SubmissionStatus
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

# Who acts for a department that signs (T-01 of 市场监管局) and for one that does not (T-02 of 水利局).
CASTS = {
    True: {"sheet": "T-01", "clerk": "clerk", "head": "head", "deputy": "deputy", "office": "office"},
    False: {"sheet": "T-02", "clerk": "outsider_clerk", "head": "outsider_head", "deputy": "", "office": "office"},
}
PEOPLE = (
    *("clerk", "deputy", "head", "office", "leader", "admin"),
    *("outsider_clerk", "outsider_head", "outsider_office"),
)
# (signs, status, action) -> what it becomes; all else is the wrong time.
BECOMES = {
    (True, "draft", "submit"): "submitted",
    (True, "returned", "submit"): "submitted",
    (True, "submitted", "withdraw"): "draft",
    (True, "submitted", "sign"): "signed",
    (True, "submitted", "send_back"): "returned",
    (True, "signed", "unsign"): "submitted",
    (True, "signed", "accept"): "accepted",
    (True, "signed", "return"): "returned",
    (True, "accepted", "reopen"): "returned",
    (False, "draft", "submit"): "submitted",
    (False, "returned", "submit"): "submitted",
    (False, "submitted", "withdraw"): "draft",
    (False, "submitted", "accept"): "accepted",
    (False, "submitted", "return"): "returned",
    (False, "signed", "accept"): "accepted",  # signed before the department did without it
    (False, "signed", "return"): "returned",
    (False, "accepted", "reopen"): "returned",
}
# A closed period locks these two; the rest goes on.
WHEN_OPEN = {"submit", "withdraw"}
WHOSE = {
    "submit": {"clerk", "deputy"},  # the deputy is a clerk of the department
    "withdraw": {"clerk", "deputy"},
    "sign": {"head", "deputy"},
    "unsign": {"head", "deputy"},
    "send_back": {"head", "deputy"},
    "accept": {"office"},
    "return": {"office"},
    "reopen": {"office"},
}


@pytest.fixture
def deputy(cast):
    """A second clerk of 市场监管局, who stands in for its head today."""
    person = base.user("clerk", cast.market, "deputy")
    today = timezone.localdate()
    Deputy.objects.create(head=cast.head, person=person, first_day=today, last_day=today, by=cast.head)
    return person


def person_of(cast, deputy, name):
    return deputy if name == "deputy" else getattr(cast, name)


def prepared(cast, signs, status, closed):
    found = base.submission(cast.county, CASTS[signs]["sheet"], status=status)
    base.complete(found)
    Period.objects.filter(pk=found.period_id).update(closes="2023-01-31" if closed else None)
    Submission.objects.filter(pk=found.pk).update(submitted_by=getattr(cast, CASTS[signs]["clerk"]))
    found.refresh_from_db()
    return found


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("signs", [True, False], ids=["signs", "does not sign"])
@pytest.mark.parametrize("status", SubmissionStatus.values)
@pytest.mark.parametrize("action", MOVES)
def test_the_whole_table(cast, deputy, signs, closed, status, action):
    entitled = {CASTS[signs][part] for part in WHOSE[action]}
    becomes = BECOMES.get((signs, status, action), "")
    if closed and action in WHEN_OPEN:
        becomes = ""
    for name in PEOPLE:
        Transition.objects.all().delete()
        person, sheet = person_of(cast, deputy, name), prepared(cast, signs, status, closed)
        offered = action in actions_for(person, sheet)
        assert offered == bool(name in entitled and becomes)
        if offered:
            assert moves.move(submission=sheet, action=action, by=person, reason="why").status == becomes
            last = Transition.objects.get()
            stands_in = cast.head if name == "deputy" and WHOSE[action] == {"head", "deputy"} else None
            assert (last.old, last.new, last.by, last.on_behalf_of) == (status, becomes, person, stands_in)
            assert last.reason == "why"
            continue
        with pytest.raises(guard.WrongState if name in entitled else PermissionDenied):
            moves.move(submission=sheet, action=action, by=person, reason="why")
        sheet.refresh_from_db()
        assert sheet.status == status
        assert not Transition.objects.exists()


@pytest.mark.parametrize(
    ("status", "action", "who"),
    [("submitted", "send_back", "head"), ("signed", "return", "office"), ("accepted", "reopen", "office")],
)
def test_a_return_needs_a_reason(cast, status, action, who):
    sheet = base.submission(cast.county, status=status)
    with pytest.raises(refusals.ReasonMissing):
        moves.move(submission=sheet, action=action, by=getattr(cast, who), reason="  ")
    assert not Transition.objects.exists()


def test_a_department_without_signing_goes_straight_to_the_office(cast):
    sheet = base.submission(cast.county, "T-02")
    moves.move(submission=sheet, action="submit", by=cast.outsider_clerk)
    with pytest.raises(guard.WrongState):
        moves.move(submission=sheet, action="sign", by=cast.outsider_head)
    assert moves.move(submission=sheet, action="accept", by=cast.office).status == "accepted"


def test_the_second_of_two_comes_too_late(cast):
    sheet = base.submission(cast.county, status="signed")
    first, second = (Submission.objects.get(pk=sheet.pk) for _ in range(2))
    moves.move(submission=first, action="accept", by=cast.office)
    with pytest.raises(guard.WrongState, match="Accepted"):
        moves.move(submission=second, action="return", by=cast.office, reason="late")
    assert Transition.objects.count() == 1


def test_opening_a_period_hands_out_its_sheets_once(cast):
    quarter = base.period(cast.county, "2023Q2")
    assert moves.open_period(quarter) == 2
    assert moves.open_period(quarter) == 0
    handed_out = Submission.objects.filter(period=quarter).values_list("sheet__number", "department__code", "status")
    assert set(handed_out) == {("T-01", "market", "draft"), ("T-02", "water", "draft")}


@pytest.mark.parametrize(
    ("in_period", "numbers"),
    [
        ("2025Q4", {"T-01", "T-02"}),
        ("2025-12", set()),
        ("2026Q1", {"T-02"}),
        ("2026-01", {"T-01"}),
        ("2026", {"T-03"}),
    ],
)
def test_a_period_hands_out_what_is_reported_so_in_its_year(cast, in_period, numbers):
    base.report_otherwise("T-01", "month", 2025, "quarter")
    period = base.period(cast.county, in_period)
    assert moves.open_period(period) == len(numbers)
    assert set(period.submissions.values_list("sheet__number", flat=True)) == numbers


@pytest.mark.parametrize(
    ("validity", "handed_out"),
    [
        ({"valid_from": datetime.date(2023, 7, 1)}, 0),
        ({"valid_from": datetime.date(2023, 6, 30)}, 1),
        ({"valid_to": datetime.date(2023, 6, 29)}, 0),
        ({"valid_to": datetime.date(2023, 6, 30)}, 1),
    ],
)
def test_a_sheet_goes_out_when_it_is_valid_at_the_end_of_the_period(cast, validity, handed_out):
    base.change_catalogue(Sheet.objects.filter(number="T-01"), **validity)
    moves.open_period(base.period(cast.county, "2023Q2"))
    assert Submission.objects.filter(sheet__number="T-01").count() == handed_out


WRONG = {"food.task": "9", "food.done": "7", "food.done.farm": "3", "food.done.school": "3"}
CUT_OFF = {"food.task": "225", "food.done": "225", "food.passed": "134", "food.rate": "59.5"}
WHY = "总结材料按截尾列出，来源是年度总结"


def submit(cast, sheet):
    return moves.move(submission=sheet, action="submit", by=cast.clerk)


def test_empty_required_cells_stop_the_submission_whatever_way_it_is_sent(client, cast):
    sheet = base.submission(cast.county)
    base.report(cast.county, "2023Q1", {"food.task": "9"}, "draft")
    with pytest.raises(refusals.Incomplete, match="抽检完成"):
        submit(cast, sheet)
    client.force_login(cast.clerk)
    answer = base.press(client, sheet, {"action": "submit"})
    assert answer.status_code == 409
    sheet.refresh_from_db()
    assert sheet.status == "draft"
    base.report(cast.county, "2023Q1", {"food.done": "n/a"}, "draft")
    assert submit(cast, sheet).status == "submitted"


def test_submitting_has_the_findings_of_other_sheets_looked_at_again(cast, django_capture_on_commit_callbacks):
    base.across_two_sheets()
    base.report(cast.county, "2023Q1", {"food.task": "5", "food.done": "5", "water.tests": "4"}, "draft")
    sheet, other = (base.submission(cast.county, number) for number in ("T-01", "T-02"))
    (found,) = storage.refresh(other)
    writer.save(sheet, writer.Typed({"food.done": "4"}), by=cast.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        submit(cast, sheet)
    found.refresh_from_db()
    assert found.state == "mended"


def test_an_open_error_stops_the_submission_until_it_is_mended(cast):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    sheet = base.submission(cast.county)
    with pytest.raises(refusals.Unresolved, match="1 error is to be mended") as stopped:
        submit(cast, sheet)
    assert (stopped.value.errors, stopped.value.waiting, stopped.value.warnings) == (1, 0, 0)
    sheet.refresh_from_db()
    assert sheet.status == "draft"
    assert not Transition.objects.exists()
    writer.save(sheet, writer.Typed({"food.done": "6"}), by=cast.clerk)
    assert submit(cast, sheet).status == "submitted"


def test_an_explained_error_waits_until_the_office_lets_it_stand(cast):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    sheet = base.submission(cast.county)
    (found,) = storage.refresh(sheet)
    reasons.explain(finding=found, text="1批次由乡镇抽检，尚未分环节", by=cast.clerk)
    with pytest.raises(refusals.Unresolved, match="1 explained error waits for the office"):
        submit(cast, sheet)
    reasons.judge(finding=found, accept=True, text="已看过乡镇台账，可以保留", by=cast.office)
    assert submit(cast, sheet).status == "submitted"


def test_a_warning_stops_the_submission_until_there_is_a_reason(cast):
    base.report(cast.county, "2023Q1", CUT_OFF, "draft")
    sheet = base.submission(cast.county)
    with pytest.raises(refusals.Unresolved, match="1 warning needs a reason"):
        submit(cast, sheet)
    (found,) = storage.refresh(sheet)
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    assert submit(cast, sheet).status == "submitted"


def test_a_reason_for_other_figures_does_not_count(cast):
    """The check is made anew at that moment, whatever was on record before."""
    base.report(cast.county, "2023Q1", CUT_OFF, "draft")
    sheet = base.submission(cast.county)
    (found,) = storage.refresh(sheet)
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    writer.save(sheet, writer.Typed({"food.passed": "150"}), by=cast.clerk)
    with pytest.raises(refusals.Unresolved, match="1 error"):
        submit(cast, sheet)


@pytest.mark.parametrize(("status", "action", "who"), [("submitted", "sign", "head"), ("signed", "accept", "office")])
def test_what_is_found_by_the_time_of_a_later_step_goes_on_record_and_stops_nothing(cast, status, action, who):
    base.report(cast.county, "2023Q1", WRONG, status)
    sheet = base.submission(cast.county, status=status)
    moves.move(submission=sheet, action=action, by=getattr(cast, who))
    assert [(finding.submission, finding.state) for finding in StoredFinding.objects.all()] == [(sheet, "open")]


def test_findings_stop_no_other_step(cast):
    base.report(cast.county, "2023Q1", WRONG, "submitted")
    sheet = base.submission(cast.county, status="submitted")
    assert moves.move(submission=sheet, action="withdraw", by=cast.clerk).status == "draft"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="one writer at a time anyway")
def test_a_figure_stored_at_the_same_moment_is_judged_too(cast):
    """The submission waits for the figure that is being stored, and then sees it."""
    base.report(cast.county, "2023Q1", {"food.task": "9", "food.done": "6", "food.passed": "5"}, "draft")
    sheet = base.submission(cast.county)
    outcome = []

    def submit_meanwhile():
        try:
            outcome.append(submit(cast, sheet).status)
        except refusals.Unresolved as error:
            outcome.append(error.errors)
        finally:
            connection.close()

    other = threading.Thread(target=submit_meanwhile)
    with transaction.atomic():
        writer.save(sheet, writer.Typed({"food.passed": "9"}), by=cast.clerk)
        other.start()
        other.join(timeout=1)
        assert other.is_alive(), "it did not wait"
    other.join(timeout=20)
    assert outcome == [1]
    assert Submission.objects.get().status == "draft"


def test_who_came_first_is_named(cast):
    sheet = base.take_to("signed", cast, base.submission(cast.county))
    moves.move(submission=sheet, action="accept", by=cast.office)
    with pytest.raises(guard.WrongState, match=r"now “Accepted” \(office, 20\d\d-\d\d-\d\d \d\d:\d\d\)"):
        moves.move(submission=sheet, action="accept", by=cast.office)


@pytest.fixture
def closed(cast):
    sheet = base.submission(cast.county)
    Period.objects.filter(pk=sheet.period_id).update(closes="2023-01-31")
    sheet.refresh_from_db()
    return sheet


LOCKED = (
    "Quarter 1 of 2023 was closed after 2023-01-31, so nothing can be entered or submitted any more. "
    "云泽县质量强县工作领导小组办公室 can lift this with an extension: "
    "tell it what is to be entered, why, and until when."
)


def test_a_closed_period_says_why_it_is_locked_and_who_can_lift_it(cast, closed):
    with pytest.raises(guard.WrongState) as error:
        moves.move(submission=closed, action="submit", by=cast.clerk)
    assert str(error.value) == LOCKED
    with pytest.raises(guard.WrongState) as error:
        writer.save(closed, writer.Typed({"food.task": "1"}), by=cast.clerk)
    assert str(error.value) == LOCKED
    assert not closed.figures.exists()
    assert not can_edit(cast.clerk, closed)


def test_a_period_closes_with_the_end_of_its_closing_day(cast, closed, on):
    on("2023-01-31")
    assert writer.save(closed, writer.Typed({"food.task": "1"}), by=cast.clerk).changed == 1
    on("2023-02-01")
    with pytest.raises(guard.WrongState, match="closed after"):
        writer.save(closed, writer.Typed({"food.task": "2"}), by=cast.clerk)


def test_an_extension_lifts_the_lock_for_its_department_and_its_days(cast, closed, on):
    other = base.submission(cast.county, "T-02")
    on("2023-02-03")
    extensions.grant(
        period=closed.period, department=cast.market, until=datetime.date(2023, 2, 6), reason="停电两天", by=cast.office
    )
    assert writer.save(closed, writer.Typed({"food.task": "1"}), by=cast.clerk).changed == 1
    with pytest.raises(guard.WrongState, match="closed after 2023-01-31"):
        writer.save(other, writer.Typed({"water.tests": "1"}), by=cast.outsider_clerk)
    on("2023-02-07")
    with pytest.raises(guard.WrongState, match="closed after 2023-02-06"):
        moves.move(submission=closed, action="submit", by=cast.clerk)


def test_a_return_in_a_closed_period_can_give_time_to_mend(cast, closed, on):
    sheet = base.submission(cast.county, status="signed")
    on("2023-02-03")
    day = datetime.date(2023, 2, 8)
    moved = moves.move(submission=sheet, action="return", by=cast.office, reason="请核对", until=day)
    assert moved.due == moved.closes == day
    assert writer.save(sheet, writer.Typed({"food.task": "2"}), by=cast.clerk).changed == 1
    granted = Extension.objects.get()
    assert (granted.submission, granted.by, granted.reason) == (sheet, cast.office, "请核对")


def test_a_day_that_is_over_stops_the_return(cast, closed):
    sheet = base.submission(cast.county, status="signed")
    with pytest.raises(extensions.InvalidDay, match="is over already"):
        moves.move(submission=sheet, action="return", by=cast.office, reason="x", until=datetime.date(2023, 2, 8))
    sheet.refresh_from_db()
    assert sheet.status == "signed"
    assert not Transition.objects.exists()


def test_a_head_gives_no_time(cast, closed):
    sheet = base.submission(cast.county, status="submitted")
    until = timezone.localdate() + datetime.timedelta(days=9)
    with pytest.raises(PermissionDenied):
        moves.move(submission=sheet, action="send_back", by=cast.head, reason="x", until=until)
    sheet.refresh_from_db()
    assert sheet.status == "submitted"


def test_a_return_tells_the_clerks(cast, deputy):
    sheet = base.submission(cast.county, status="signed")
    moves.move(submission=sheet, action="return", by=cast.office, reason="请核对完成数")
    told = list(Notice.objects.order_by("to__username").values_list("to__username", "link"))
    assert told == [("clerk", f"/submissions/{sheet.pk}/"), ("deputy", f"/submissions/{sheet.pk}/")]
    assert "请核对完成数" in Notice.objects.earliest("pk").text


def test_what_the_department_was_told_is_settled_when_it_submits(cast, deputy):
    sheet, other = (
        base.submission(cast.county, status="signed"),
        base.submission(cast.county, "T-02", status="submitted"),
    )
    for found in (sheet, other):
        moves.move(submission=found, action="return", by=cast.office, reason="请核对")
    base.complete(sheet)
    moves.move(submission=sheet, action="submit", by=cast.clerk)
    assert [notice.to for notice in Notice.objects.unread()] == [cast.outsider_clerk]


def test_nobody_signs_what_they_submitted(cast, deputy):
    sheet = base.submission(cast.county)
    base.complete(sheet)
    moves.move(submission=sheet, action="submit", by=deputy)
    with pytest.raises(PermissionDenied):
        moves.move(submission=sheet, action="sign", by=deputy)
    assert moves.move(submission=sheet, action="sign", by=cast.head).status == "signed"


@pytest.mark.parametrize(
    "change",
    [
        {"first_day": "2030-01-01", "last_day": "2030-01-02"},
        {"first_day": "2020-01-01", "last_day": "2020-01-02"},
        {"ended_at": timezone.now()},
    ],
)
def test_a_deputy_signs_on_the_named_days_only(cast, deputy, change):
    Deputy.objects.update(**change)
    sheet = base.submission(cast.county, status="submitted")
    with pytest.raises(PermissionDenied):
        moves.move(submission=sheet, action="sign", by=deputy)


def test_a_deputy_or_head_who_moved_signs_no_more(cast, deputy):
    sheet = base.submission(cast.county, status="submitted")
    User.objects.filter(pk=cast.head.pk).update(department=cast.water)
    with pytest.raises(PermissionDenied):
        moves.move(submission=sheet, action="sign", by=User.objects.get(pk=deputy.pk))
    User.objects.filter(pk=cast.head.pk).update(department=cast.market)
    User.objects.filter(pk=deputy.pk).update(department=cast.water)
    with pytest.raises(PermissionDenied):
        moves.move(submission=sheet, action="sign", by=User.objects.get(pk=deputy.pk))


def test_a_person_who_moved_keeps_authorship_and_loses_access(cast):
    sheet = base.submission(cast.county)
    writer.save(sheet, writer.Typed({"food.task": "5", "food.done": "5"}), by=cast.clerk)
    moves.move(submission=sheet, action="submit", by=cast.clerk)
    User.objects.filter(pk=cast.clerk.pk).update(department=cast.water)
    moved = User.objects.get(pk=cast.clerk.pk)
    assert Transition.objects.get().by == moved
    assert {change.by for change in sheet.changes.all()} == {moved}
    assert not Submission.objects.for_user(moved).filter(pk=sheet.pk).exists()
    with pytest.raises(PermissionDenied):
        moves.move(submission=sheet, action="withdraw", by=moved)
    with pytest.raises(PermissionDenied):
        writer.save(sheet, writer.Typed({"food.task": "6"}), by=moved)


def test_a_sheet_left_out_stays_out_and_one_assigned_later_goes_out(cast):
    quarter = base.period(cast.county, "2023Q2")
    quarter.left_out.set(Sheet.objects.filter(number="T-02"))
    assert moves.open_period(quarter) == 1
    quarter.left_out.clear()
    assert moves.open_period(quarter) == 1
    assert moves.open_period(quarter) == 0


def test_a_sheet_handed_to_another_department_takes_everything_along(cast):
    sheet = base.submission(cast.county)
    base.submission(cast.county, in_period="2022Q1", status="accepted")
    writer.save(sheet, writer.Typed({"food.task": "5"}), by=cast.clerk)
    until = timezone.localdate() + datetime.timedelta(days=9)
    extensions.grant(period=sheet.period, department=cast.market, until=until, reason="机构改革", by=cast.office)
    Assignment.objects.filter(sheet=sheet.sheet, region=cast.county).update(department=cast.water)
    assert [s.pk for s in moves.misplaced(sheet.period)] == [sheet.pk]
    assert moves.hand_over(sheet.period, by=cast.office) == 1
    assert moves.hand_over(sheet.period, by=cast.office) == 0
    moves.open_period(sheet.period)  # counts the extensions again
    sheet.refresh_from_db()
    assert (sheet.department, sheet.status, sheet.extended_until) == (cast.water, "draft", until)
    assert writer.save(sheet, writer.Typed({"food.task": "6"}), by=cast.outsider_clerk).changed == 1
    assert [(c.old, c.new, c.by) for c in sheet.changes.order_by("pk")] == [
        ("", "5", cast.clerk),
        ("5", "6", cast.outsider_clerk),
    ]
    step = sheet.transitions.get()
    assert (step.old, step.new, step.by) == ("draft", "draft", cast.office)
    assert step.reason == "Handed over from 市场监管局 to 水利局."


@pytest.mark.parametrize("status", ["submitted", "signed", "accepted"])
def test_what_is_on_its_way_stays_with_who_sent_it(cast, status):
    sheet = base.submission(cast.county, status=status)
    Assignment.objects.filter(sheet=sheet.sheet, region=cast.county).update(department=cast.water)
    assert moves.hand_over(sheet.period) == 0
    sheet.refresh_from_db()
    assert sheet.department == cast.market


def test_cells_to_mend_survive_being_handed_over(cast):
    sheet = base.submission(cast.county, status="signed")
    moves.move(submission=sheet, action="return", by=cast.office, reason="x", cells=["food.task"], only_cells=True)
    Assignment.objects.filter(sheet=sheet.sheet, region=cast.county).update(department=cast.water)
    moves.hand_over(sheet.period)
    sheet.refresh_from_db()
    assert requested_cells(sheet) == RequestedCells(frozenset({"food.task"}), frozenset({"food.task"}))
