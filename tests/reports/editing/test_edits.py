"""What the office does to a block, what is refused, what can be taken back, and two people in one block."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied

from reports.editing import drafts, edits
from reports.editing.drafts import WrongState
from reports.editing.edits import Conflict
from reports.editing.figure_tokens import BadText
from reports.models import Edit, EditChange
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FOOD = "food/text/1"


@pytest.fixture
def report(draft_report):
    return draft_report


@pytest.fixture
def colleague(cast):
    return base.user("office", cast.county.departments.get(code="office"), "colleague")


def write(report, by, text, seen=0, key=FOOD):
    edits.write(report=report, key=key, text=text, seen=seen, by=by)


def kinds(report):
    return list(report.changes.order_by("pk").values_list("kind", flat=True))


def keys(report):
    return [item.key for item in draft_reports.working(report).placed]


def test_words_are_written_over_the_generated_ones(cast, report):
    write(report, cast.office, "食品抽检{{food.done}}。")
    item = draft_reports.working(report).by_key[FOOD]
    assert (item.is_edited, item.version, item.edit.by) == (True, 1, cast.office)
    quote = {"code": "food.done", "form": "n", "value": "40", "also": [], "last": "30", "change": "33.3"}
    assert item.edit.quotes == [quote]
    write(report, cast.office, "食品抽检{{food.done|40批次}}。", seen=1)  # as it stands
    assert kinds(report) == ["text"]


def test_two_people_in_one_block_the_second_sees_both_texts(cast, report, colleague):
    write(report, cast.office, "甲写的。")
    with pytest.raises(Conflict) as caught:
        write(report, colleague, "乙写的。")
    assert caught.value.theirs.text == "甲写的。"
    assert draft_reports.printed(report, FOOD) == "甲写的。"
    write(report, colleague, "乙写的。", seen=caught.value.theirs.version)
    assert draft_reports.printed(report, FOOD) == "乙写的。"


def test_hiding_is_no_conflict_for_somebody_who_is_writing(cast, report, colleague):
    edits.hide(report=report, key=FOOD, by=colleague)
    write(report, cast.office, "照写。")
    assert draft_reports.working(report).by_key[FOOD].hidden


def test_a_conflict_is_noticed_also_after_the_text_was_restored(cast, report, colleague):
    write(report, colleague, "甲写的。")
    edits.restore(report=report, key=FOOD, by=colleague)
    with pytest.raises(Conflict):
        write(report, cast.office, "乙写的。", seen=1)


def test_writing_the_generated_words_again_is_to_restore_them(cast, report):
    generated = draft_reports.working(report).by_key[FOOD].text
    write(report, cast.office, "别的。")
    write(report, cast.office, generated, seen=1)
    assert not draft_reports.working(report).by_key[FOOD].is_edited
    assert kinds(report) == ["text", "restored"]


def test_undo_takes_back_the_last_change_and_once_more_makes_it_again(cast, report):
    write(report, cast.office, "第一次。")
    write(report, cast.office, "第二次。", seen=1)
    edits.undo(report=report, key=FOOD, by=cast.office)
    assert draft_reports.printed(report, FOOD) == "第一次。"
    edits.undo(report=report, key=FOOD, by=cast.office)
    assert draft_reports.printed(report, FOOD) == "第二次。"
    edits.hide(report=report, key=FOOD, by=cast.office)
    edits.undo(report=report, key=FOOD, by=cast.office)
    assert not draft_reports.working(report).by_key[FOOD].hidden
    with pytest.raises(WrongState, match="nothing to undo"):
        edits.undo(report=report, key="food", by=cast.office)


def test_the_new_figures_are_taken_at_one_press(cast, report):
    write(report, cast.office, "食品抽检{{food.done}}，合格率{{food.rate}}。")
    draft_reports.correct(cast, done="41", passed="40")
    drafts.regenerate(report=report, by=cast.office, seen=1)
    assert edits.take_new(report=report, key=FOOD, by=cast.office) == 2
    assert draft_reports.printed(report, FOOD) == "食品抽检41批次，合格率97.6%。"
    assert draft_reports.working(report).stale == 0
    assert edits.take_new(report=report, key=FOOD, by=cast.office) == 0
    edits.undo(report=report, key=FOOD, by=cast.office)
    assert draft_reports.working(report).stale == 1


def test_blocks_move_and_sections_move_whole(cast, report):
    added = edits.add(report=report, after=FOOD, text="补充。", by=cast.office)
    before = keys(report)
    edits.move(report=report, key=added, up=True, by=cast.office)
    assert keys(report)[before.index(FOOD)] == added
    edits.move(report=report, key="water", up=True, by=cast.office)
    moved = keys(report)
    assert moved.index("water/text/1") < moved.index("food")
    with pytest.raises(WrongState, match="at the top already"):
        edits.move(report=report, key="water", up=True, by=cast.office)
    assert sorted(moved) == sorted(before)


def test_paragraphs_and_headings_are_added_moved_removed_and_brought_back(cast, report):
    first = edits.add(report=report, after=FOOD, text="另有{{food.passed}}合格。", by=cast.office)
    assert draft_reports.printed(report, first) == "另有39批次合格。"
    heading = edits.add(report=report, after=first, text="补充说明", level=4, by=cast.office)
    assert draft_reports.working(report).by_key[heading].block.printed == "（1）补充说明"
    edits.move(report=report, key=first, up=True, by=cast.office)
    third = edits.add(report=report, after=first, text="再补一段。", by=cast.office)
    at = keys(report).index(first)
    assert keys(report)[at : at + 3] == [first, third, FOOD]
    edits.remove(report=report, key=first, by=cast.office)
    assert first not in keys(report)
    with pytest.raises(WrongState, match="not in the report any more"):
        write(report, cast.office, "还在写。", seen=1, key=first)
    edits.undo(report=report, key=first, by=cast.office)
    assert draft_reports.printed(report, first) == "另有39批次合格。"
    assert edits.add(report=report, after=FOOD, text="又一段。", by=cast.office) not in {first, heading, third}


def test_what_is_generated_is_hidden_not_removed(cast, report):
    with pytest.raises(WrongState, match="can be hidden"):
        edits.remove(report=report, key=FOOD, by=cast.office)
    edits.hide(report=report, key="food", by=cast.office)
    text = str(draft_reports.working(report).document().blocks)
    assert "全年完成抽检" not in text
    edits.hide(report=report, key="food", by=cast.office, hidden=False)
    assert "全年完成抽检" in str(draft_reports.working(report).document().blocks)


def test_the_cover_is_the_offices(cast, report):
    day = datetime.date(2024, 2, 1)
    edits.write_cover(report=report, title="云泽县质量分析\n（2023年）", issuer="云泽县政府", dated=day, by=cast.office)
    document = draft_reports.working(report).document()
    assert document.title == "云泽县质量分析（2023年）"
    assert (document.blocks[0].issuer, document.blocks[0].date_text) == ("云泽县政府", "2024年2月1日")
    for title in ("", "一\n二\n三\n四"):
        with pytest.raises(BadText):
            edits.write_cover(report=report, title=title, issuer="政府", dated=day, by=cast.office)


def test_bad_text_changes_nothing(cast, report):
    for text in ("", "共{{food.nothing}}。", "共{{food.done|99批次}}。"):
        with pytest.raises(BadText):
            write(report, cast.office, text)
    assert not Edit.objects.exists()
    assert not EditChange.objects.exists()


@pytest.mark.parametrize("name", ["clerk", "head", "leader", "admin", "outsider_office"])
def test_nobody_else_edits(cast, report, name):
    by = getattr(cast, name)
    steps = [
        lambda: write(report, by, "改。"),
        lambda: edits.hide(report=report, key=FOOD, by=by),
        lambda: edits.move(report=report, key=FOOD, up=True, by=by),
        lambda: edits.add(report=report, after=FOOD, text="加。", by=by),
        lambda: edits.take_new(report=report, key=FOOD, by=by),
        lambda: edits.restore(report=report, key=FOOD, by=by),
        lambda: edits.write_cover(report=report, title="题", issuer="政府", dated=draft_reports.DAY, by=by),
    ]
    for step in steps:
        with pytest.raises(PermissionDenied):
            step()
    assert not Edit.objects.exists()
