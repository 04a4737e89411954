"""The page in front of the chapters: what it says, where each number is from, and that it says nothing without data."""

import datetime
from decimal import Decimal

import pytest

from reports.chapters import build
from reports.document.blocks import Heading, Number, PageBreak, Paragraph, Table, block_key, runs_text
from reports.document.numbering import numbered
from sectors.models import Breakdown, Chapter, Indicator, Sector
from tests import base

pytestmark = pytest.mark.django_db

DAY = datetime.date(2024, 1, 20)


def blocks(region, year=2023):
    """Those of the summary by key."""
    body = build.build(region, year, day=DAY).body
    end = next(place for place, block in enumerate(body) if isinstance(block, PageBreak))
    assert isinstance(body[end + 1], Heading)
    assert block_key(body[end + 1]) == "situation"
    return {block_key(block): block for block in body[:end]}


def said(region, key, year=2023):
    block = blocks(region, year).get(f"summary/{key}")
    return runs_text(block.runs) if isinstance(block, Paragraph) else ""


def moved(region):
    table = blocks(region).get("summary/moved")
    return [[runs_text(cell) for cell in row.cells] for row in table.rows] if isinstance(table, Table) else []


def test_a_year_of_which_nothing_can_be_judged_has_one_line(cast):
    base.report(cast.county, "2023", {"food.firms": "3"})
    assert list(blocks(cast.county)) == ["summary", "summary/none"]
    assert said(cast.county, "none") == "本年度没有可以概括的指标数据。"


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"food.done": "100", "food.passed": "98"}, "产品质量全部达标，1项目标达到。"),
        ({"food.done": "100", "food.passed": "97"}, "产品质量未全部达标，1项目标未达到。"),
        ({"food.done": "100", "food.passed": "97以上"}, "产品质量尚不能判断，1项目标不能判断。"),
        ({"food.done": "0", "food.passed": "0"}, ""),
    ],
)
def test_the_verdict_on_a_chapter_counts_its_targets(cast, figures, expected):
    base.report(cast.county, "2023", figures)
    assert said(cast.county, "verdicts") == expected


def test_targets_that_all_have_one_verdict_are_not_counted_twice(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.price"), target=Decimal(5))
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "99", "food.price": "6"})
    assert said(cast.county, "verdicts") == "产品质量全部达标，2项目标均达到。"


def test_a_chapter_of_which_some_targets_are_open_is_not_called_reached(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.price"), target=Decimal(5))
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "99"})
    assert said(cast.county, "verdicts") == "产品质量暂无未达标，2项目标达到1项、不能判断1项。"


def test_the_verdict_names_chapters_and_targets_that_nothing_was_done_for(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.price"), target=Decimal(5), target_is="at_most")
    base.change_catalogue(Indicator.objects.filter(code="plants.count"), target=Decimal(1), target_is="at_least")
    base.report(cast.county, "2023", {"food.done": "0", "food.passed": "0", "food.price": "5"})
    chapter = Chapter.objects.get(code="engineering")
    Sector.objects.filter(sheets__indicators__code="plants.count").update(chapter=chapter)
    assert said(cast.county, "verdicts") == (
        "产品质量暂无未达标，2项目标达到1项、不能判断1项；工程质量尚不能判断，1项目标不能判断。"
    )


def test_what_is_not_of_the_whole_year_is_said_in_front(cast):
    base.report(cast.county, "2023Q1", {"food.task": "100", "food.done": "100", "food.passed": "97"})
    assert list(blocks(cast.county))[:3] == ["summary", "summary/partial", "summary/verdicts"]
    assert said(cast.county, "partial") == "全年数据尚不完整，以下按已接受的数据概括。"


def test_that_required_figures_are_not_there_is_said_in_front(cast):
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "97"})
    assert said(cast.county, "partial") == "必填指标中1项没有数据。"
    base.report(cast.county, "2022Q1", {"food.done": "100", "food.passed": "97"})
    assert said(cast.county, "partial", 2022) == "全年数据尚不完整，必填指标中1项没有数据。"
    base.report(cast.county, "2023", {"food.task": "100"})
    assert said(cast.county, "partial") == ""


def test_numbers_are_figures_of_their_codes(cast):
    base.report(cast.county, "2022", {"food.done": "100", "food.passed": "99"})
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "90"})
    found = blocks(cast.county)
    numbers = {run.code: run.text for run in found["summary/verdicts"].runs if isinstance(run, Number)}
    assert numbers == {"summary.product": "1项", "summary.worse": "1项"}
    cells = [
        run for row in found["summary/moved"].rows for cell in row.cells for run in cell if isinstance(run, Number)
    ]
    assert [(run.code, run.text) for run in cells] == [("food.rate", "90.0%"), ("food.rate", "-9.0个百分点")]


def test_a_rate_of_few_is_told_with_its_counts(cast):
    base.report(cast.county, "2022", {"food.done": "44", "food.passed": "44"})
    base.report(cast.county, "2023", {"food.done": "44", "food.passed": "42"})
    assert moved(cast.county) == [["抽检合格率", "95.5%（42/44）", "-4.5个百分点"]]
    assert [column.title for column in blocks(cast.county)["summary/moved"].columns] == ["走弱", "本年", "比上年"]


def test_what_rose_and_fell_stands_side_by_side_by_what_is_better(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.output"), is_key=True)
    base.change_catalogue(Indicator.objects.filter(code="food.price"), target=Decimal(5), target_is="at_most")
    last = {"food.done": "100", "food.passed": "99", "food.output": "10", "food.price": "10", "food.firms": "10"}
    now = {"food.done": "100", "food.passed": "90", "food.output": "12", "food.price": "6", "food.firms": "1"}
    base.report(cast.county, "2022", last)
    base.report(cast.county, "2023", now)
    assert moved(cast.county) == [
        ["食品产量", "12.0吨", "+20.0%", "抽检合格率", "90.0%", "-9.0个百分点"],
        ["每批次费用", "6.00元", "-40.0%", "—", "—", "—"],
    ]  # firms are neither better many nor few
    found = blocks(cast.county)
    text, table = numbered([found["summary/verdicts"], found["summary/moved"]])
    assert isinstance(text, Paragraph)
    assert isinstance(table, Table)
    assert runs_text(text.runs).endswith("。与上年相比，2项指标向好、1项指标走弱。")
    assert text.refers == (table.number,)  # at the end, since the table shows nothing of the verdict


def test_fewer_that_fail_are_no_progress_where_fewer_are_tested(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), name="抽检不合格企业")
    base.report(cast.county, "2022", {"food.firms": "10"})
    base.report(cast.county, "2023", {"food.firms": "0"})
    assert moved(cast.county) == []


@pytest.mark.parametrize(
    ("last", "now"),
    [
        ({"food.done": "1000", "food.passed": "990"}, {"food.done": "1000", "food.passed": "987"}),  # hardly moved
        ({"food.done": "100", "food.passed": "99"}, {"food.done": "100", "food.passed": "95以上"}),  # may be as it was
        ({"food.firms": "5"}, {"food.done": "100", "food.passed": "95"}),  # nothing to compare with
    ],
)
def test_what_has_not_surely_moved_is_not_told(cast, last, now):
    base.report(cast.county, "2022", last)
    base.report(cast.county, "2023", now)
    assert moved(cast.county) == []


def test_a_total_does_not_stand_beside_its_parts(cast):
    rate = Indicator.objects.get(code="food.rate")
    for of in ("done", "passed"):
        total = Indicator.objects.get(code=f"food.{of}")
        part = Indicator.objects.get(code="food.done.farm")
        if of == "passed":
            part.pk, part.code, part.name, part.row = None, "food.passed.farm", "种植环节合格", 60
            part._state.adding = True
            part.save()
            Breakdown.objects.create(total=total, name="按环节", exhaustive=False, position=0).parts.add(
                part, through_defaults={"position": 0}
            )
    rate.pk, rate.code, rate.name, rate.row = None, "food.rate.farm", "种植环节合格率", 61
    rate.formula = "food.passed.farm / food.done.farm"
    rate._state.adding = True
    rate.save()
    base.change_catalogue(Indicator.objects.filter(code="food.price"), required=False)
    figures = {"food.done": "100", "food.done.farm": "50", "food.done.school": "50"}
    base.report(cast.county, "2022", figures | {"food.passed": "99", "food.passed.farm": "50"})
    base.report(cast.county, "2023", figures | {"food.passed": "80", "food.passed.farm": "45"})
    assert [row[0] for row in moved(cast.county)] == ["抽检合格率"]
    assert "种植环节合格率" not in said(cast.county, "risks")
    assert "抽检合格率为80.0%" in said(cast.county, "risks")


def test_a_shortfall_of_a_part_of_the_year_says_which(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.price"), required=False)
    base.report(cast.county, "2023Q1", {"food.done": "100", "food.passed": "97"})
    base.report(cast.county, "2023Q3", {"food.done": "100", "food.passed": "90"})
    assert "抽检合格率（1—3月和7—9月）为93.5%，未达到98%的目标" in said(cast.county, "risks")
    for quarter in ("2023Q2", "2023Q4"):
        base.report(cast.county, quarter, {"food.done": "100", "food.passed": "90"})
    assert "抽检合格率为91.8%，未达到98%的目标" in said(cast.county, "risks")


def test_the_gravest_shortfalls_are_the_risks(cast):
    rate = Indicator.objects.get(code="food.rate")
    for number in range(1, 5):
        rate.pk, rate.code, rate.name, rate.row = None, f"food.rate{number}", f"第{number}项率", 50 + number
        rate.formula = f"food.passed / food.done - {number} / 100"
        rate._state.adding = True
        rate.save()
    base.change_catalogue(Indicator.objects.filter(code="food.price"), required=False)
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "97"})
    assert said(cast.county, "risks") == (
        "需要关注：一是第4项率为93.0%，未达到98%的目标；二是第3项率为94.0%，未达到98%的目标；"
        "三是第2项率为95.0%，未达到98%的目标。"
    )
