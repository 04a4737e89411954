"""A person's own last changes of a draft are taken back and done again, and nothing of anybody else's."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from reports.editing import drafts, edits, undoing
from reports.editing.drafts import WrongState
from reports.models import EditChange
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FOOD, WATER = "food/text/1", "water/text/1"
CHANGES = {
    "text": lambda report, by: edits.write(report=report, key=FOOD, text="甲。\n乙。", seen=0, by=by),
    "hidden": lambda report, by: edits.hide(report=report, key="food", by=by),
    "readers": lambda report, by: edits.set_readers(report=report, key=FOOD, audiences=["internal"], by=by),
    "moved": lambda report, by: edits.move(report=report, key="water", up=True, by=by),
    "added": lambda report, by: edits.add(report=report, after=FOOD, text="题目\n一段。", level=4, by=by),
    "cover": lambda report, by: edits.write_cover(
        report=report, title="题", issuer="县政府", dated=datetime.date(2024, 3, 1), by=by
    ),
    "annexes": lambda report, by: edits.write_annexes(report=report, lengths=[["internal", "figures", "none"]], by=by),
}


@pytest.fixture
def report(draft_report):
    return draft_report


@pytest.fixture
def colleague(cast):
    return base.user("office", cast.county.departments.get(code="office"), "colleague")


def printed(report):
    return draft_reports.working(report).document()


def ways(report, by):
    return dict(undoing.top(report, by).ways)


def undo(report, by):
    return undoing.undo(report=report, by=by, seen=ways(report, by)["undo"].change)


def redo(report, by):
    return undoing.redo(report=report, by=by, seen=ways(report, by)["redo"].change)


@pytest.mark.parametrize("kind", CHANGES)
def test_every_kind_of_change_is_taken_back_and_done_again(cast, report, kind):
    before = printed(report)
    CHANGES[kind](report, cast.office)
    after = printed(report)
    assert before != after
    for _time in range(2):
        undo(report, cast.office)
        assert printed(report) == before
        assert undoing.top(report, cast.office).undo is None
        redo(report, cast.office)
        assert printed(report) == after
        assert undoing.top(report, cast.office).redo is None
        assert ways(report, cast.office)["undo"].kind == kind


def test_changes_are_taken_back_one_after_the_other_the_last_one_first(cast, report):
    states = [printed(report)]
    for change in CHANGES.values():
        change(report, cast.office)
        states.append(printed(report))
    for state in reversed(states[:-1]):
        undo(report, cast.office)
        assert printed(report) == state
    for state in states[1:]:
        redo(report, cast.office)
        assert printed(report) == state
    undo(report, cast.office)
    edits.hide(report=report, key=WATER, by=cast.office)
    assert undoing.top(report, cast.office).redo is None  # another change begins anew


def test_joined_paragraphs_come_apart_again(cast, report):
    edits.write(report=report, key=FOOD, text="甲。\n乙。", seen=0, by=cast.office)
    before = printed(report)
    edits.join(report=report, key="added/1", text="乙。", seen=1, before=edits.Before(FOOD, 1), by=cast.office)
    assert undo(report, cast.office)
    assert printed(report) == before


def test_only_what_a_person_did_themselves_and_nobody_has_changed_since(cast, report, colleague):
    edits.write(report=report, key=FOOD, text="甲写的。", seen=0, by=cast.office)
    edits.write(report=report, key=WATER, text="同事写的。", seen=0, by=colleague)
    assert ways(report, colleague)["undo"].change != ways(report, cast.office)["undo"].change
    undo(report, cast.office)
    assert draft_reports.printed(report, WATER) == "同事写的。"
    redo(report, cast.office)
    edits.move(report=report, key=FOOD, up=False, by=colleague)  # its place is no matter of its words
    undo(report, cast.office)
    redo(report, cast.office)
    version = draft_reports.working(report).by_key[FOOD].version
    edits.write(report=report, key=FOOD, text="同事改的。", seen=version, by=colleague)
    count = EditChange.objects.count()
    with pytest.raises(WrongState, match="changed the same paragraph since"):
        undo(report, cast.office)
    assert EditChange.objects.count() == count
    assert draft_reports.printed(report, FOOD) == "同事改的。"


def test_nothing_is_undone_that_the_page_did_not_show(cast, report):
    with pytest.raises(WrongState, match="nothing of yours to undo"):
        undoing.undo(report=report, by=cast.office, seen=0)
    with pytest.raises(WrongState, match="nothing of yours to do again"):
        undoing.redo(report=report, by=cast.office, seen=0)
    edits.write(report=report, key=FOOD, text="甲。", seen=0, by=cast.office)
    seen = ways(report, cast.office)["undo"].change
    edits.hide(report=report, key=WATER, by=cast.office)
    with pytest.raises(WrongState, match="another tab"):
        undoing.undo(report=report, by=cast.office, seen=seen)
    assert draft_reports.printed(report, FOOD) == "甲。"


def test_it_is_a_change_like_any_other(cast, report):
    edits.write(report=report, key=FOOD, text="甲。", seen=0, by=cast.office)
    draft_reports.approve(report, cast)
    undo(report, cast.office)
    assert list(report.steps.order_by("pk").values_list("kind", flat=True))[-1] == "voided"
    for by in (cast.leader, cast.outsider_office, cast.clerk):
        with pytest.raises(PermissionDenied):
            undoing.redo(report=report, by=by, seen=1)


def test_a_new_draft_and_an_issue(cast, report):
    edits.write(report=report, key=FOOD, text="抽检{{food.done}}。", seen=0, by=cast.office)
    draft_reports.correct(cast, done="41", passed="39")
    drafts.regenerate(report=report, by=cast.office, seen=1)
    undo(report, cast.office)
    assert not draft_reports.working(report).by_key[FOOD].is_edited
    redo(report, cast.office)
    assert draft_reports.working(report).by_key[FOOD].is_stale


def test_one_query_tells_what_can_be_undone(cast, report, django_assert_num_queries):
    edits.write(report=report, key=FOOD, text="甲。\n乙。\n丙。", seen=0, by=cast.office)
    edits.hide(report=report, key=WATER, by=cast.office)
    with django_assert_num_queries(1):
        assert ways(report, cast.office)["undo"].kind == "hidden"
