"""Drafts: begun once, generated anew from later figures without losing what the office wrote."""

import pytest
from django.core.exceptions import PermissionDenied

from reports.chapters import build
from reports.document import snapshots
from reports.editing import block_comments, drafts, edits
from reports.editing.audiences import for_audience
from reports.editing.drafts import WrongState
from reports.models import AnnualReport, Draft
from reports.vocabulary import Audience
from sectors.models import Sector
from tests import base
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
FOOD = "food/text/1"


@pytest.fixture
def report(draft_report):
    return draft_report


def regenerate(report, cast, seen):
    return drafts.regenerate(report=report, by=cast.office, seen=seen)


def test_a_report_begins_as_the_first_draft_of_its_first_edition(cast, report):
    assert (report.edition, report.status, report.title) == (1, "draft", "云泽县2023年质量状况\n分析报告")
    working = draft_reports.working(report)
    assert (working.draft.number, working.stale) == (1, 0)
    generated = build.build(cast.county, 2023, day=draft_reports.DAY)
    assert working.generated == generated
    for audience in Audience:
        assert for_audience(working.document(note=""), audience) == for_audience(generated, audience)
    assert working.document().blocks[0].edition_note == "（草稿第1稿）"


def test_there_is_one_draft_of_a_year(cast, report):
    with pytest.raises(WrongState, match="There is a report of this year already"):
        drafts.begin(region=cast.county, year=2023, by=cast.office)
    with pytest.raises(WrongState, match="There is a draft"):
        drafts.create(snapshots.load(report.drafts.get().generated), region=cast.county, edition=2, by=cast.office)
    assert AnnualReport.objects.count() == 1


@pytest.mark.parametrize("name", ["clerk", "head", "leader", "admin", "outsider_office"])
def test_only_the_office_of_the_region_begins_and_generates(cast, report, name):
    by = getattr(cast, name)
    with pytest.raises(PermissionDenied):
        drafts.begin(region=cast.county, year=2022, by=by)
    with pytest.raises(PermissionDenied):
        drafts.regenerate(report=report, by=by, seen=1)


def test_without_accepted_figures_there_is_no_report(cast):
    with pytest.raises(build.NoData):
        drafts.begin(region=cast.county, year=1999, by=cast.office)


def test_a_new_draft_takes_the_new_figures_and_keeps_the_offices_words(cast, report):
    text = "食品抽检{{food.done}}，合格率{{food.rate}}，总体平稳。"
    edits.write(report=report, key=FOOD, text=text, seen=0, by=cast.office)
    edits.hide(report=report, key="water", by=cast.office)
    draft_reports.correct(cast, done="41", passed="40")
    assert draft_reports.printed(report, FOOD) == "食品抽检40批次，合格率97.5%，总体平稳。"
    second = regenerate(report, cast, 1)
    # 抽检完成, 抽检合格, their rate, and the task that had been missing
    assert (second.number, second.changed) == (2, 4)
    working = draft_reports.working(report)
    assert draft_reports.printed(report, FOOD) == "食品抽检40批次，合格率97.5%，总体平稳。"
    assert [(item.old, item.new) for item in working.by_key[FOOD].stale] == [("40批次", "41批次"), ("97.5%", "97.6%")]
    assert working.by_key["water"].hidden
    assert working.stale == 1


def test_the_draft_before_is_kept_as_the_office_left_it(cast, report):
    edits.write(report=report, key=FOOD, text="食品总体平稳。", seen=0, by=cast.office)
    as_left = draft_reports.working(report).document()
    regenerate(report, cast, 1)
    assert snapshots.load(Draft.objects.get(number=1).left) == as_left
    assert Draft.objects.get(number=2).left == ""


def test_a_sentence_that_is_no_longer_generated_keeps_its_words_and_place(cast, report):
    edits.write(report=report, key="water/text/1", text="检测{{water.tests}}，均达标。", seen=0, by=cast.office)
    keys = [item.key for item in draft_reports.working(report).placed]
    Sector.objects.filter(code="water").update(wording="")
    regenerate(report, cast, 1)
    working = draft_reports.working(report)
    assert [item.key for item in working.placed] == keys
    assert working.by_key["water/text/1"].is_lost
    assert draft_reports.printed(report, "water/text/1") == "检测12批次，均达标。"


def test_what_was_put_behind_a_sentence_that_is_gone_stays_at_its_place(cast, report):
    added = edits.add(report=report, after="water/text/1", text="补充一段。", by=cast.office)
    Sector.objects.filter(code="water").update(wording="")
    regenerate(report, cast, 1)
    keys = [item.key for item in draft_reports.working(report).placed]
    assert keys[keys.index("water") + 1] == added


LINES = (
    "本年度抽检{{ n('food.done') }}。",
    "抽检合格{{ n('food.passed') }}。",
    "合格率为{{ n('food.rate') }}。",
)


def food(*lines):
    Sector.objects.filter(code="food").update(wording="\n".join(lines))


def words(report, sector="food"):
    placed = draft_reports.working(report).placed
    return [draft_reports.printed(report, item.key) for item in placed if item.key.startswith(f"{sector}/text/")]


@pytest.fixture
def three(cast):
    food(*LINES)
    return draft_reports.begin(cast)


def test_words_stay_with_their_sentence_when_a_line_is_put_in_above(cast, three):
    text = "其中合格{{food.passed}}，工作扎实。"
    edits.write(report=three, key="food/text/2", text=text, seen=0, by=cast.office)
    edits.hide(report=three, key="food/text/3", by=cast.office)
    added = edits.add(report=three, after="food/text/2", text="补充一段。", by=cast.office)
    edits.move(report=three, key="food/text/1", up=False, by=cast.office)
    food("先说一句。", *LINES)
    draft_reports.correct(cast, done="42", passed="41")
    regenerate(three, cast, 1)
    working = draft_reports.working(three)
    assert draft_reports.printed(three, "food/text/3") == "其中合格39批次，工作扎实。"
    assert [(item.old, item.new) for item in working.by_key["food/text/3"].stale] == [("39批次", "41批次")]
    assert working.by_key["food/text/4"].hidden
    assert not working.by_key["food/text/2"].is_edited
    keys = [item.key for item in working.placed]
    start = keys.index("food")
    assert keys[start + 1 : start + 6] == ["food/text/1", "food/text/3", "food/text/2", added, "food/text/4"]
    assert [change.kind for change in three.changes.filter(key="food/text/3")] == ["text"]
    edits.undo(report=three, key="food/text/3", by=cast.office)
    assert draft_reports.printed(three, "food/text/3").startswith("抽检合格41批次。")


def test_comments_stay_with_their_sentence_when_a_line_is_put_in_above(cast, three):
    for line in ("1", "2"):
        block_comments.comment(report=three, key=f"food/text/{line}", by=cast.office, text=f"第{line}句")
    food("先说一句。", *LINES)
    regenerate(three, cast, 1)
    assert block_comments.open_counts(three) == {"food/text/2": 1, "food/text/3": 1}
    assert [one.text for one in block_comments.of_block(three, "food/text/3")] == ["第2句"]


def test_words_stay_with_their_sentence_when_a_line_above_is_taken_out(cast, three):
    edits.write(report=three, key="food/text/3", text="合格率{{food.rate}}。", seen=0, by=cast.office)
    edits.write(report=three, key="food/text/1", text="全年抽检{{food.done}}。", seen=0, by=cast.office)
    food(*LINES[1:])
    regenerate(three, cast, 1)
    working = draft_reports.working(three)
    assert draft_reports.printed(three, "food/text/2") == "合格率97.5%。"
    assert draft_reports.printed(three, "food/text/1").startswith("抽检合格39批次。")
    gone = working.by_key["food/text/1/gone/1"]
    assert gone.is_lost
    assert draft_reports.printed(three, gone.key) == "全年抽检40批次。"
    food(*LINES)
    regenerate(three, cast, 2)
    assert draft_reports.printed(three, "food/text/3") == "合格率97.5%。"


def test_a_sentence_in_other_words_at_the_same_place_is_the_same(cast, three):
    edits.write(report=three, key="food/text/2", text="合格{{food.passed}}。", seen=0, by=cast.office)
    food("先说一句。", LINES[0], "经检验合格的有{{ n('food.passed') }}。", LINES[2])
    regenerate(three, cast, 1)
    assert draft_reports.printed(three, "food/text/3") == "合格39批次。"


def test_who_looked_at_an_older_draft_is_told_so(cast, report):
    regenerate(report, cast, 1)
    with pytest.raises(WrongState, match=r"Draft no\. 2 was generated meanwhile"):
        regenerate(report, cast, 1)
    assert report.drafts.count() == 2


def test_another_county_has_its_own_draft(cast, report):
    base.report(cast.other_county, "2023Q1", {"food.done": "7"})
    other = drafts.begin(region=cast.other_county, year=2023, by=cast.outsider_office)
    assert AnnualReport.objects.for_user(cast.office).get() == report
    assert AnnualReport.objects.for_user(cast.outsider_office).get() == other
    assert not AnnualReport.objects.for_user(cast.leader).exists()
