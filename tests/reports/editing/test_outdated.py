"""A draft that prints something else than is so by now is not issued: figures, words, names, annexes, cover."""

import datetime

import pytest
from django.utils import translation
from django.utils.translation import gettext

from inspections.models import RectificationNotice
from reports.document import snapshots
from reports.editing import drafts, edits, issuing
from reports.editing.comparison import Sides
from reports.editing.drafts import WrongState
from reports.models import AnnualReport
from reports.wording import versions
from sectors.models import (
    Assignment,
    Department,
    Indicator,
    Narrative,
    Region,
    Sector,
    Sheet,
    Submission,
    Unit,
)
from tests import base
from tests.reports.chapters.test_build import explain
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "media")]
FOOD = "food/text/1"
WORDS = "problems/micro/food/food.problem/2023Q1/1"


def narrate(cast, text, code="food.problem"):
    of = Submission.objects.get(sheet__number="T-01", period=base.period(cast.county, "2023Q1"))
    question = of.sheet.questions.get(code=code)
    Narrative.objects.update_or_create(submission=of, question=question, defaults={"text": text})


@pytest.fixture
def report(cast):
    draft_reports.figures(cast)
    narrate(cast, "检测设备不足。")
    return drafts.begin(region=cast.county, year=2023, by=cast.office, day=draft_reports.DAY)


def outdated(report):
    return issuing.readiness(draft_reports.working(report)).outdated


def text(pieces):
    return "".join(piece.text for piece in pieces)


def changes(report):
    """By key, each line that differs as what it says and what it would say."""
    return {
        block.key: [(text(line.left), text(line.right)) for line in block.lines] for block in outdated(report).blocks
    }


def issue(report, cast):
    seen = issuing.readiness(draft_reports.working(report)).mark
    return issuing.issue(report=report, by=cast.office, reason="先行印发", seen=seen)


def assert_a_new_draft_is_wanted(report, cast):
    """Refused whatever the reason, until the next draft is there."""
    with pytest.raises(WrongState, match="Generate the next draft"):
        issue(report, cast)
    assert AnnualReport.objects.get().is_draft
    drafts.regenerate(report=report, by=cast.office, seen=draft_reports.working(report).draft.number)
    assert not outdated(report)
    assert issue(report, cast).status == "issued"


def last_year(cast, done="60"):
    """The office corrects what was reported a year ago: what rose fell."""
    base.report(cast.county, "2022Q1", {"food.done": done})


def test_nothing_is_outdated_whatever_the_language_of_the_screens(report):
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert not outdated(report)


def test_a_change_turns_with_last_years_figure(cast, report):
    last_year(cast)
    (change,) = [one for one in outdated(report).figures if one.code == "food.done"]
    assert (change.left, change.right, change.difference) == ("40", "40", "")
    assert (change.last.left, change.last.right) == ("30", "60")
    assert (change.change.left, change.change.right) == ("+33.3%", "-33.3%")
    found = changes(report)
    before, after = found[FOOD][0]
    assert "增长33.3%" in before
    assert "下降33.3%" in after
    assert any("30" in left and "60" in right for left, right in found["food/figures"])
    assert_a_new_draft_is_wanted(report, cast)


def test_a_departments_words(cast, report):
    narrate(cast, "检测人员不足。")
    assert changes(report) == {WORDS: [("1—3月：检测设备不足。", "1—3月：检测人员不足。")]}
    assert_a_new_draft_is_wanted(report, cast)


def test_words_that_are_new_or_gone(cast, report):
    narrate(cast, "")
    assert ("1—3月：检测设备不足。", "") in changes(report)[WORDS]
    narrate(cast, "检测设备不足。\n人员不足。")
    assert changes(report) == {"problems/micro/food/food.problem/2023Q1/2": [("", "人员不足。")]}
    assert_a_new_draft_is_wanted(report, cast)


def rename(model, **names):
    def change(cast):
        code = names.pop("code")
        base.change_catalogue(model.objects.filter(code=code), **names)

    return change


def rename_unit(cast):
    base.change_catalogue(Unit.objects.filter(name="批次"), name="个批次")


def hand_over(cast):
    Assignment.objects.filter(sheet__number="T-02", region=cast.county).update(department=cast.market)


def rename_sheet(cast):
    base.change_catalogue(Sheet.objects.filter(number="T-01"), name="表")


def rename_department(cast):
    Department.objects.filter(pk=cast.water.pk).update(short_name="水务局")


def reword(cast):
    sector = Sector.objects.get(code="food")
    versions.keep(
        region=cast.county, sector=sector, text="全年抽检{{ n('food.done') }}。", note="", by=cast.office, after=0
    )


def accept_another(cast):
    base.submission(cast.county, "T-03", "2023", status="accepted")


def retire(cast):
    base.change_catalogue(Sheet.objects.filter(number="T-03"), valid_to=datetime.date(2022, 12, 31))


CORRECTIONS = {
    "an indicator's name": (rename(Indicator, code="food.done", name="完成抽检"), "food/figures"),
    "a target": (rename(Indicator, code="food.rate", target=97), "figures/targets"),
    "decimals": (rename(Indicator, code="food.rate", decimals=2), FOOD),
    "a sector's name": (rename(Sector, code="food", name="食品安全"), "food"),
    "a sheet's name": (rename_sheet, "sources/table"),
    "a unit": (rename_unit, FOOD),
    "a department's name": (rename_department, "sources/table"),
    "another department": (hand_over, "sources/table"),
    "a wording of the office": (reword, FOOD),
    "a wording of the catalogue": (rename(Sector, code="water", wording="检测好。"), "water/text/1"),
    "another submission": (accept_another, "sources/table"),
    "a sheet that is retired": (retire, "sources/table"),
}  # fmt: skip


@pytest.mark.parametrize("what", CORRECTIONS)
def test_whatever_is_printed(cast, report, what):
    correct, key = CORRECTIONS[what]
    assert key not in changes(report)
    correct(cast)
    assert key in changes(report)
    assert_a_new_draft_is_wanted(report, cast)


def test_the_cover_follows_unless_the_office_wrote_it(cast, report):
    Region.objects.filter(pk=cast.county.pk).update(name="云泽市")
    before, after = (text(side) for side in (outdated(report).cover.left, outdated(report).cover.right))
    assert ("云泽县2023年" in before, "云泽市2023年" in after) == (True, True)
    edits.write_cover(report=report, title=report.title, issuer="县政府", dated=draft_reports.DAY, by=cast.office)
    Department.objects.filter(code="office", region=cast.county).update(name="云泽市质强办")
    drafts.regenerate(report=AnnualReport.objects.get(), by=cast.office, seen=1)
    again = AnnualReport.objects.get()
    assert (again.title, again.issuer) == ("云泽市2023年质量状况\n分析报告", "县政府")
    assert not outdated(report)


def test_the_mark_of_demonstration_data(cast, report):
    Submission.objects.filter(sheet__number="T-01").update(is_demo=True)
    assert outdated(report).demo is True
    assert_a_new_draft_is_wanted(report, cast)
    assert snapshots.load(AnnualReport.objects.get().snapshot).demo


def test_blocks_that_stand_in_another_order(cast, report):
    base.change_catalogue(Sector.objects.filter(code="food"), position=9)
    assert {block.key for block in outdated(report).blocks if block.moved}
    assert_a_new_draft_is_wanted(report, cast)


def test_what_is_hidden_is_not_looked_at(cast, report):
    edits.hide(report=report, key="problems/micro/food", by=cast.office)
    narrate(cast, "检测人员不足。")
    assert not outdated(report)
    assert issue(report, cast).status == "issued"


def test_that_days_pass_changes_nothing(cast, report, on):
    on("2025-03-01")
    assert not outdated(report)


def test_what_was_put_right_after_the_day_of_the_draft_was_overdue_on_it(cast, report):
    notice = RectificationNotice.objects.create(
        region=cast.county, department=cast.market, sector=Sector.objects.get(code="food"), premises="甲店",
        premises_type="food", issued_on=datetime.date(2023, 5, 1), due_on=datetime.date(2023, 6, 1),
    )  # fmt: skip
    drafts.regenerate(report=report, by=cast.office, seen=1)
    day = draft_reports.working(report).generated.day
    for later, is_outdated in ((1, False), (0, True)):
        notice.closed_on = day + datetime.timedelta(days=later)
        notice.save()
        assert bool(outdated(report)) == is_outdated


def test_where_nothing_can_be_generated_any_more_nothing_is_issued(cast, report):
    Sector.objects.filter(code="food").update(wording="{{ n('no.such') }}")
    assert "no.such" in outdated(report).problem
    with pytest.raises(WrongState, match=r"cannot be generated now.*no\.such"):
        issue(report, cast)
    Submission.objects.update(status="draft")
    with pytest.raises(WrongState, match="cannot be generated now"):
        issue(report, cast)


def test_what_changes_between_the_page_and_the_click_is_noticed(cast, report):
    seen = issuing.readiness(draft_reports.working(report)).mark
    for change in (lambda: last_year(cast), lambda: narrate(cast, "检测人员不足。")):
        change()
        with pytest.raises(WrongState, match="Generate the next draft"):
            issuing.issue(report=report, by=cast.office, reason="先行", seen=seen)
        drafts.regenerate(report=report, by=cast.office, seen=draft_reports.working(report).draft.number)
        seen = issuing.readiness(draft_reports.working(report)).mark


# What the office wrote itself


def write(report, cast, words, key=FOOD):
    edits.write(
        report=report, key=key, text=words, seen=draft_reports.working(report).by_key[key].version, by=cast.office
    )


def regenerated(report, cast, key=FOOD):
    drafts.regenerate(report=report, by=cast.office, seen=draft_reports.working(report).draft.number)
    return draft_reports.working(report).by_key[key]


def keep(report, cast, key=FOOD):
    edits.keep(report=report, key=key, seen=draft_reports.working(report).draft.number, by=cast.office)


def generated(report, key=FOOD):
    return draft_reports.working(report).by_key[key].text


def test_an_edited_sentence_with_a_change_that_turned(cast, report):
    added = edits.add(report=report, after=FOOD, text="抽检增长{{food.done|33.3%}}。", by=cast.office)
    write(report, cast, generated(report).replace("全年", "本年度"))
    last_year(cast)
    item = regenerated(report, cast)
    assert item.is_stale
    assert [(one.old, one.new, one.fits) for one in item.stale] == [("+33.3%", "-33.3%", False)]
    assert ("增长" in text(item.other_words[0]), "下降" in text(item.other_words[1])) == (True, True)
    other = draft_reports.working(report).by_key[added]
    assert [(one.old, one.new, one.fits) for one in other.stale] == [("+33.3%", "-33.3%", False)]
    assert edits.take_new(report=report, key=added, by=cast.office) == 0  # a fall is not put behind 增长
    open_now = issuing.readiness(draft_reports.working(report)).groups
    (outdated,) = [group for group in open_now if str(group.source.name) == gettext("Text out of date")]
    assert [point.block for point in outdated.points] == [FOOD, added]


def test_an_edited_sentence_with_last_years_value(cast, report):
    write(report, cast, "抽检{{food.done|40批次}}，上年{{food.done|30批次}}。")
    last_year(cast)
    item = regenerated(report, cast)
    assert [(one.old, one.new) for one in item.stale] == [("30批次", "60批次")]
    edits.take_new(report=report, key=FOOD, by=cast.office)
    assert draft_reports.printed(report, FOOD) == "抽检40批次，上年60批次。"


def test_last_years_value_that_was_the_same_or_is_gone(cast, report):
    last_year(cast, "40")
    regenerated(report, cast)
    write(report, cast, "抽检{{food.done|40批次}}，与上年{{food.done|40批次}}持平。")
    last_year(cast, "50")
    assert len(regenerated(report, cast).stale) == 2
    write(report, cast, "上年{{food.done|50批次}}。")
    Submission.objects.filter(period__year=2022).update(status="returned")
    assert [(one.old, one.new) for one in regenerated(report, cast).stale] == [("50批次", "")]


def test_words_of_a_department_under_the_offices(cast, report):
    write(report, cast, "检测设备还很不足。", WORDS)
    narrate(cast, "设备已经配齐。")
    assert_not_issued(report, cast)
    item = regenerated(report, cast, WORDS)
    assert (item.is_stale, item.stale, draft_reports.printed(report, WORDS)) == (True, (), "检测设备还很不足。")
    assert [text(side) for side in item.other_words] == ["1—3月：检测设备不足。", "1—3月：设备已经配齐。"]
    keep(report, cast, WORDS)
    assert not draft_reports.working(report).by_key[WORDS].is_stale
    assert not regenerated(report, cast, WORDS).is_stale
    edits.undo(report=report, key=WORDS, by=cast.office)
    assert draft_reports.working(report).by_key[WORDS].is_stale


def assert_not_issued(report, cast):
    with pytest.raises(WrongState, match="Generate the next draft"):
        issue(report, cast)


def test_words_that_are_gone_under_the_offices(cast, report):
    write(report, cast, "检测设备还很不足。", WORDS)
    narrate(cast, "")
    item = regenerated(report, cast, WORDS)
    assert (item.is_lost, item.is_stale) == (True, True)
    keep(report, cast, WORDS)
    assert not draft_reports.working(report).by_key[WORDS].is_stale


def test_a_figure_that_the_office_told_in_words(cast, report):
    write(report, cast, "抽检{{food.done|40批次}}，增长三成。")
    last_year(cast, "20")
    item = regenerated(report, cast)
    assert (item.stale, item.is_stale) == ((), True)


def test_other_figures_that_it_quotes_are_seen_by_themselves(cast, report):
    write(report, cast, generated(report).replace("全年", "本年度"))
    draft_reports.correct(cast, done="44", passed="43")
    item = regenerated(report, cast)
    assert (len(item.stale), item.has_other_words) == (3, False)
    assert edits.take_new(report=report, key=FOOD, by=cast.office) == 3
    assert not draft_reports.working(report).by_key[FOOD].is_stale


def test_what_is_kept_is_what_was_looked_at(cast, report):
    write(report, cast, "检测设备还很不足。", WORDS)
    narrate(cast, "设备已经配齐。")
    regenerated(report, cast)
    with pytest.raises(WrongState, match="was generated meanwhile"):
        edits.keep(report=report, key=WORDS, seen=1, by=cast.office)
    write(report, cast, "抽检{{food.done|40批次}}。")
    draft_reports.correct(cast, done="41", passed="40")
    regenerated(report, cast)
    keep(report, cast)  # that the report prints 41 is not kept away
    assert [one.new for one in draft_reports.working(report).by_key[FOOD].stale] == ["41批次"]


def test_a_revision_knows_what_the_words_were_written_over(cast, report):
    write(report, cast, "检测设备还很不足。", WORDS)
    issued = issue(report, cast)
    narrate(cast, "设备已经配齐。")
    revised = issuing.revise(report=issued, by=cast.office, reason="更正")
    assert draft_reports.working(revised).by_key[WORDS].is_stale


# After the issue


def test_what_has_changed_since_the_issue(cast, report):
    write(report, cast, "检测设备还很不足。", WORDS)
    issued = issue(report, cast)
    assert not issuing.since_issue(issued)
    last_year(cast)
    narrate(cast, "设备已经配齐。")
    since = issuing.since_issue(issued)
    (change,) = [one for one in since.figures if one.code == "food.done"]
    assert (change.last, change.change) == (Sides("30", "60"), Sides("+33.3%", "-33.3%"))
    found = {block.key: block for block in since.blocks}
    assert {FOOD, WORDS, "food/figures"} <= set(found)
    assert (found[WORDS].is_edited, found[FOOD].is_edited) == (True, False)


def test_what_a_footnote_tells(cast):
    """Also where the annex, which tells the same, is hidden."""
    base.report(cast.county, "2023Q1", {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"})
    begun = drafts.begin(region=cast.county, year=2023, by=cast.office, day=draft_reports.DAY)
    for key in ("remarks", "problems"):
        edits.hide(report=begun, key=key, by=cast.office)
    edits.hide(report=begun, key="measures", by=cast.office)
    assert not outdated(begun)
    explain(cast, "2023Q1", "1批次由乡镇抽检，尚未分环节")
    found = outdated(begun)
    assert (found.notes, found.blocks, found.places) == (True, (), 1)
    assert_a_new_draft_is_wanted(begun, cast)
