"""What chapters 二 and 三 propose, rule by rule, and that they say so where there is nothing to propose."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from inspections.models import Inspection, NonconformingSample, RectificationNotice, SamplingBatch
from reports.aggregation.cube import annual
from reports.chapters import build, shortfalls
from reports.document.blocks import Heading, Number, Paragraph, Table, runs_text
from reports.editing.assembly import block_runs
from sectors.findings import reasons, storage
from sectors.models import Indicator, Sector, Submission, Unit
from tests import base

pytestmark = pytest.mark.django_db

DAY = datetime.date(2024, 1, 20)


def texts(region, chapter, year=2023, day=DAY):
    """Key -> text of the headings and paragraphs of a chapter."""
    found = {}
    for block in build.build(region, year, day=day).blocks:
        if isinstance(block, Paragraph | Heading) and block.key.startswith(chapter):
            found[block.key] = runs_text(block.runs) if isinstance(block, Paragraph) else block.printed
    return found


def said(region, key, **options):
    return texts(region, key, **options).get(key, "")


# Figures


def found(region, year=2023):
    values = annual(region, year).values()
    return {s.value.indicator.code: (s.missed, s.fall) for s in shortfalls.of(values)}


def rates(cast, before, now, **changes):
    """The county's rate of 抽检合格率 (its target is 98%) in two years, in per cent."""
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), **changes)
    for year, rate in (("2022", before), ("2023", now)):
        if rate is not None:
            base.report(cast.county, year, {"food.done": "1000", "food.passed": str(int(Decimal(rate) * 10))})
    return found(cast.county).get("food.rate")


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("97", "97.9", (True, 0)),  # below its target
        ("97", "98", None),  # reached to the dot
        ("99.5", "99.1", None),  # above its target and hardly moved
        ("99.5", "99.0", (False, Decimal("0.5"))),  # above its target, but a fall to be seen
        ("98.5", "97.9", (True, Decimal("0.6"))),
        ("98", "97.9", (True, Decimal("0.1"))),  # any fall is told of one that missed
        (None, "97", (True, 0)),  # no last year
        ("99", None, None),  # nothing reported
    ],
)
def test_a_rate_is_named_when_it_missed_its_target_or_fell(cast, before, now, expected):
    if now is None:
        base.report(cast.county, "2023", {"food.firms": "1"})
    assert rates(cast, before, now) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"target": None}, (False, 5)),
        ({"target": None, "name": "抽检不合格率"}, None),  # better low
        ({"target": None, "name": "抽检占比"}, None),  # neither
        ({"target": Decimal(96), "target_is": "at_most"}, None),
        ({"target": Decimal(90), "target_is": "at_most"}, (True, 0)),
    ],
)
def test_which_way_a_rate_is_good(cast, changes, expected):
    assert rates(cast, "100", "95", **changes) == expected


def test_a_task_that_is_more_than_fulfilled_has_not_fallen(cast):
    assert rates(cast, "300", "110", target=None) is None
    assert rates(cast, "300", "99", target=None) == (False, Decimal(201))


def test_a_rate_that_grows_over_the_year_is_not_held_against_it_before_its_end(cast):
    """Passed samples against the firms there are: after one quarter a quarter of the year's."""
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.passed / food.firms")
    for quarter in (1, 2, 3):
        base.report(cast.county, f"2023Q{quarter}", {"food.passed": "20", "food.firms": "100"})
    assert "food.rate" not in found(cast.county)
    early = annual(cast.county, 2023)["food.rate"]
    assert (early.is_too_early, early.reaches_target) == (True, None)
    base.report(cast.county, "2023Q3", {"food.passed": "400", "food.firms": "100"})
    reached = annual(cast.county, 2023)["food.rate"]
    assert (reached.is_too_early, reached.reaches_target) == (False, True)
    base.report(cast.county, "2023Q3", {"food.passed": "20", "food.firms": "100"})
    base.report(cast.county, "2023Q4", {"food.passed": "20", "food.firms": "100"})
    assert found(cast.county)["food.rate"] == (True, 0)


def test_a_rate_of_part_of_the_year_counts_and_the_sentence_says_so(cast):
    base.report(cast.county, "2023Q1", {"food.done": "10", "food.passed": "9"})
    assert said(cast.county, "problems/micro/food/figures") == (
        "按已接受的数据，抽检合格率（1—3月）为90.0%（10批次中9批次，95%置信区间59.6%—98.2%），未达到98%的目标。"
    )


def test_the_sentence_has_the_figure_the_fall_and_the_target_as_numbers(cast):
    rates(cast, "99", "90")
    (paragraph,) = [
        block
        for block in build.build(cast.county, 2023, day=DAY).blocks
        if isinstance(block, Paragraph) and block.key == "problems/micro/food/figures"
    ]
    assert runs_text(paragraph.runs) == "从年度数据看，抽检合格率为90.0%，较上年下降9.0个百分点，未达到98%的目标。"
    assert [run.text for run in paragraph.runs if isinstance(run, Number)] == ["90.0%", "9.0个百分点", "98%"]
    assert {run.code for run in paragraph.runs if isinstance(run, Number)} == {"food.rate"}


def test_indicators_that_missed_the_same_target_stand_together_the_worst_first_and_few_by_name(cast):
    rate = Indicator.objects.get(code="food.rate")
    for number in range(6):
        rate.pk, rate.code, rate.name, rate.row = None, f"food.rate{number}", f"第{number}项率", 50 + number
        rate.formula = f"food.passed / food.done - {number} / 100"
        rate._state.adding = True
        rate.save()
    rates(cast, None, "97")
    sentence = said(cast.county, "problems/micro/food/figures")
    assert sentence == (
        "从年度数据看，第5项率为92.0%，第4项率为93.0%，第3项率为94.0%，第2项率为95.0%，第1项率为96.0%，"
        "均未达到98%的目标；另有2项指标下降或者未达到要求。"
    )
    measure = said(cast.county, "measures/mend/figures")
    assert "7项指标" in measure
    assert "市场监管局负责第5项率、第4项率、第3项率等7项指标" in measure
    # How many there are, and how many more than those with names, are two facts.
    runs = [run for block in build.build(cast.county, 2023, day=DAY).body for run in block_runs(block)]
    counts = {(run.code, run.text) for run in runs if isinstance(run, Number) and run.code.startswith("shortfalls")}
    assert counts == {("shortfalls", "7项"), ("shortfalls.food.more", "2项"), ("shortfalls.more", "2项")}


# The registry


def notice(cast, sector, due, closed=None, issued=None):
    RectificationNotice.objects.create(
        region=cast.county,
        department=cast.market,
        sector=Sector.objects.get(code=sector),
        premises="甲店",
        premises_type="food",
        closed_on=closed,
        due_on=due,
        issued_on=issued or due - datetime.timedelta(days=10),
    )


def test_notices_that_are_overdue_or_were_closed_late_are_counted_by_sector(cast):
    base.report(cast.county, "2023Q1", {"food.done": "1"})
    due = datetime.date(2023, 6, 1)
    notice(cast, "food", due)  # overdue
    notice(cast, "food", due, closed=due)  # in time
    notice(cast, "food", due, closed=due + datetime.timedelta(days=1))  # late
    notice(cast, "food", due, closed=DAY + datetime.timedelta(days=1))  # overdue on the day of the report
    notice(cast, "food", DAY, issued=datetime.date(2023, 12, 30))  # due on the day of the report: in time still
    notice(cast, "food", datetime.date(2022, 6, 1))  # of another year
    notice(cast, "water", due, closed=due)
    problems = texts(cast.county, "problems/micro")
    assert problems["problems/micro/food/notices"] == (
        "监督检查全年下达整改通知书5份（台账，1—12月），截至2024年1月20日逾期未整改到位的有2份，"
        "超过期限才完成整改的有1份，整改要求落实不够到位。"
    )
    assert "problems/micro/water/notices" not in problems
    assert "逾期未整改到位的2份整改通知书" in said(cast.county, "measures/mend/notices")


def batch(cast, failed, producer="甲合作社", day="2023-05-01", item="", closed=None, **more):
    of = {"region": more.pop("region", cast.county), "department": cast.market}
    of["sector"] = Sector.objects.get(code="food")
    days = dict.fromkeys(("taken_on", "received_on", "tested_on", "reported_on"), day)
    what = {"programme": "risk", "category": "produce.vegetable", "product": "豇豆", "samples": 5, "place": "一号市场"}
    made = SamplingBatch.objects.create(**of, **days, **what | more, failed=failed, producer=producer)
    if item:
        NonconformingSample.objects.create(**of, batch=made, item=item, found_on=day, closed_on=closed)


def test_who_failed_more_than_once_is_named_with_the_items(cast):
    base.report(cast.county, "2023Q1", {"food.done": "1"})
    batch(cast, 1, item="毒死蜱")
    batch(cast, 2, day="2023-06-01", item="毒死蜱", closed="2023-07-01")
    batch(cast, 0, day="2023-07-01")
    batch(cast, 1, producer="乙农场", item="敌敌畏")  # once only
    batch(cast, 1, producer="", place="二号市场")
    batch(cast, 1, producer="", place="二号市场")
    for _ in range(3):
        batch(cast, 1, producer="丙店", programme="rapid")
    batch(cast, 1, producer="丁店", day="2022-05-01")
    batch(cast, 1, producer="丁店")
    assert said(cast.county, "problems/micro/food/repeated") == (
        "多次检出不合格样品（台账，1—12月）的单位和工程有2个（甲合作社2批次、二号市场2批次），不合格项目为毒死蜱，"
        "还有1批次没有完成核查处置。"
    )
    assert "2个单位和工程列入" in said(cast.county, "measures/mend/repeated")
    # Where problems of several sectors stand together, it names its own.
    assert "需要关注：一是食品方面多次检出不合格样品" in said(cast.county, "summary/risks")


def test_the_report_of_a_prefecture_tells_of_the_records_and_the_lateness_of_its_counties(cast):
    base.report(cast.county, "2023Q1", {"food.done": "1"})
    notice(cast, "food", datetime.date(2023, 6, 1))
    for _ in range(2):
        batch(cast, 1, item="毒死蜱")
    reported(cast, "2023Q2", 1)
    reported(cast, "2023Q3", None, status="returned")
    problems = texts(cast.prefecture, "problems")
    assert "逾期未整改到位的有1份" in problems["problems/micro/food/notices"]
    assert "甲合作社2批次" in problems["problems/micro/food/repeated"]
    late = problems["problems/macro/data/late"]
    assert "逾期报送1份（云泽县市场监督管理局1份），到期尚未报送1份（云泽县市场监督管理局1份）" in late


def test_what_clerks_typed_into_records_cannot_pretend_to_be_figures(cast):
    base.report(cast.county, "2023Q1", {"food.done": "1"})
    for _ in range(2):
        batch(cast, 1, producer="店\ue000food.done\ue00299\ue003\x0b")
    assert "店□food.done□99□2批次" in said(cast.county, "problems/micro/food/repeated")
    document = build.build(cast.county, 2023, day=DAY)
    (words,) = [b for b in document.blocks if isinstance(b, Paragraph) and b.key == "problems/micro/food/repeated"]
    assert "food.done" not in {run.code for run in words.runs if isinstance(run, Number)}


# Reporting


def reported(cast, in_period, days, *, status="accepted"):
    """A submission that its clerk handed in so many days after the due day (None: not at all)."""
    sheet = base.submission(cast.county, in_period=in_period, status=status)
    if days is not None:
        at = timezone.make_aware(datetime.datetime.combine(sheet.due, datetime.time(9))) + datetime.timedelta(days=days)
        sheet.transitions.create(old="draft", new="submitted", by=cast.clerk, at=at)
        sheet.transitions.create(old="submitted", new="accepted", by=cast.office, at=at + datetime.timedelta(days=30))
    return sheet


def test_departments_that_were_late_or_owe_are_counted(cast):
    reported(cast, "2023Q1", 0)
    reported(cast, "2023Q2", 1)
    reported(cast, "2023Q3", None, status="returned")
    Submission.objects.filter(period__number=2, period__year=2023).update(extended_until=None)
    base.submission(cast.county, "T-02", in_period="2023Q1", status="draft")
    assert said(cast.county, "problems/macro/data/late") == (
        "一些报表没有按时报送。截至2024年1月20日到期应报报表4份，按期报送1份，逾期报送1份（市场监管局1份），"
        "到期尚未报送2份（市场监管局1份、水利局1份）。报送不及时，影响质量形势的及时研判。"
    )
    assert "对市场监管局、水利局重点督促" in said(cast.county, "measures/data/late")


def test_before_the_year_is_over_nothing_is_put_off_to_the_next(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target=Decimal(98))
    base.report(cast.county, "2023Q1", {"food.done": "100", "food.passed": "50"})
    for day, when in ((datetime.date(2023, 7, 20), "年内"), (DAY, "下一年度")):
        assert f"{when}按季通报进展" in texts(cast.county, "measures/mend", day=day)["measures/mend/figures"]


def test_more_time_that_was_granted_is_not_late(cast):
    sheet = reported(cast, "2023Q1", 3)
    assert said(cast.county, "problems/macro/data/late")
    Submission.objects.filter(pk=sheet.pk).update(extended_until=sheet.due + datetime.timedelta(days=3))
    assert not said(cast.county, "problems/macro/data/late")


def test_what_was_loaded_as_history_or_is_not_due_yet_is_not_late(cast):
    history = base.submission(cast.county, in_period="2023", status="accepted")
    history.transitions.create(old="draft", new="accepted", by=None)
    sheet = base.submission(cast.county, in_period="2023Q4")
    type(sheet.period).objects.filter(pk=sheet.period_id).update(due=DAY)
    assert not said(cast.county, "problems/macro/data/late")


def test_required_figures_that_nobody_reported_are_told_with_their_sectors_and_departments(cast):
    base.report(cast.county, "2023", {"food.done": "6"})
    assert said(cast.county, "problems/macro/data/missing") == (
        "一些数据没有报全。必填指标2项中有1项全年没有数据，集中在食品，部分比率无法计算。"
    )
    assert "由市场监管局对1项没有数据的必填指标" in said(cast.county, "measures/data/missing")
    base.report(cast.county, "2023", {"food.task": "n/a"})
    assert not said(cast.county, "problems/macro/data/missing")


def test_percentages_that_counties_reported_are_not_called_missing(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.price"), required=True, unit=Unit.objects.get(name="%"))
    key = "problems/macro/data/missing"
    base.report(cast.county, "2023", {"food.task": "5", "food.done": "5"})
    base.report(cast.other_county, "2023", {"food.task": "5", "food.done": "5"})
    assert "必填指标3项中有1项全年没有数据" in said(cast.prefecture, key)
    assert "补齐缺少的数据。对1项没有数据的必填指标" in said(cast.prefecture, "measures/data/missing")
    base.report(cast.county, "2023", {"food.price": "50"})
    base.report(cast.other_county, "2023", {"food.price": "60"})
    assert said(cast.prefecture, key) == ""


def test_open_findings_are_counted_and_whether_they_were_explained(cast):
    base.report(cast.county, "2023Q1", {"food.task": "9", "food.done": "7", "food.done.farm": "3", "food.passed": "8"})
    found = storage.refresh(base.submission(cast.county, status="accepted"))
    key = "problems/macro/data/remarks"
    assert f"{len(found)}项" in said(cast.county, key)
    for severity, words in (("error", "互相不一致"), ("warning", "需要核实")):
        assert (words in said(cast.county, key)) is any(finding.severity == severity for finding in found)
    assert "填报部门均未作出说明" in said(cast.county, key)
    reasons.explain(finding=found[0], text="1批次由乡镇抽检", by=cast.clerk)
    assert f"其中{len(found) - 1}项填报部门尚未作出说明" in said(cast.county, key)
    for finding in found[1:]:
        reasons.explain(finding=finding, text="1批次由乡镇抽检", by=cast.clerk)
    assert "填报部门均已作出说明" in said(cast.county, key)
    assert "把关不严" not in said(cast.county, key)


# Words, order, nothing


def answer(cast, code, text, sheet="T-01"):
    submission = base.submission(cast.county, sheet, status="accepted")
    submission.narratives.create(question=submission.sheet.questions.get(code=code), text=text)


def test_before_the_end_of_the_year_nothing_is_told_of_all_of_it(cast):
    base.report(cast.county, "2023Q1", {"food.done": "1"})
    day = datetime.date(2023, 7, 1)
    for issued in (datetime.date(2023, 5, 1), datetime.date(2023, 7, 2)):
        notice(cast, "food", issued + datetime.timedelta(days=20), issued=issued)
    batch(cast, 1, day="2023-06-30")
    batch(cast, 1, day="2023-07-02")
    micro = texts(cast.county, "problems/micro/food", day=day)
    assert micro["problems/micro/food/notices"].startswith(
        "监督检查年内下达整改通知书1份（台账，1—7月），截至2023年7月1日"
    )
    assert "problems/micro/food/repeated" not in micro
    assert "中有1项年内没有数据" in said(cast.county, "problems/macro/data/missing", day=day)


def test_departments_words_follow_what_the_data_say_in_the_section_of_their_sector(cast):
    rates(cast, "99", "90")
    answer(cast, "food.problem", "一是检测慢。\n二是人员少。")
    keys = list(texts(cast.county, "problems/micro"))
    assert keys == [
        "problems/micro",
        "problems/micro/food",
        "problems/micro/food/figures",
        "problems/micro/food/figures/public",
        "problems/micro/food/food.problem/2023Q1/1",
        "problems/micro/food/food.problem/2023Q1/2",
    ]


def test_measures_of_departments_stand_under_their_sector(cast):
    base.report(cast.county, "2023", {"food.task": "9", "food.done": "6"})
    submission = base.submission(cast.county, "T-03", "2023", "accepted")
    submission.narratives.create(question=submission.sheet.questions.get(code="plants.measure"), text="更换滤料。")
    assert texts(cast.county, "measures") == {
        "measures": "三、下一步工作计划和措施",
        "measures/sectors": "（一）落实各领域工作措施",
        "measures/plants": "1.水厂方面",
        "measures/plants/plants.measure/1": "更换滤料。",
    }


def test_a_year_without_problems_says_so_sensibly(cast):
    base.report(cast.county, "2023", {"food.task": "6", "food.done": "6", "food.passed": "6"})
    problems, measures = texts(cast.county, "problems"), texts(cast.county, "measures")
    assert list(problems) == [
        "problems",
        "problems/macro",
        "problems/macro/none",
        "problems/micro",
        "problems/micro/none",
    ]
    assert "没有反映出" in problems["problems/macro/none"]
    assert problems["problems/micro/none"] == "本年度没有发现未达到目标的质量指标。"
    assert list(measures) == ["measures", "measures/none"]
    assert "缺" not in "".join([*problems.values(), *measures.values()])


@pytest.mark.parametrize(
    ("last", "target", "records", "expected"),
    [
        ("", None, False, "本年度没有可与上年和目标比较的质量指标，也没有抽检和检查记录，不能据此判断有无突出问题。"),
        ("6", None, False, "本年度可与上年比较的比率没有明显下降。"),
        ("", None, True, "本年度抽样检验没有发现多次不合格的情况。"),
        ("6", 98, True, "本年度可与上年比较的比率没有明显下降，没有发现未达到目标的质量指标，"
         "抽样检验没有发现多次不合格的情况。"),
    ],
)  # fmt: skip
def test_without_anything_to_tell_from_nothing_is_said_to_be_well(cast, last, target, records, expected):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target=target)
    base.report(cast.county, "2023", {"food.done": "6", "food.passed": "6"})
    if last:
        base.report(cast.county, "2022", {"food.done": last, "food.passed": last})
    if records:
        batch(cast, 0)
    assert said(cast.county, "problems/micro/none") == expected


@pytest.mark.parametrize("output", ["50", "200"])
def test_amounts_are_no_evidence_that_rates_have_not_fallen(cast, output):
    base.report(cast.county, "2022", {"food.output": "100"})
    base.report(cast.county, "2023", {"food.output": output})
    assert "没有可与上年和目标比较的质量指标" in said(cast.county, "problems/micro/none")


def inspection(cast):
    of = {"region": cast.county, "department": cast.market, "sector": Sector.objects.get(code="food")}
    Inspection.objects.create(**of, premises="一号市场", premises_type="food", held_on="2023-05-01")


def test_it_is_said_of_inspections_or_results_only_where_there_are_such(cast):
    base.report(cast.county, "2023", {"food.firms": "6"})
    batch(cast, 0, programme="rapid")
    assert "不能据此判断" in said(cast.county, "problems/micro/none")
    inspection(cast)
    assert said(cast.county, "problems/micro/none") == "本年度监督检查没有发现逾期未整改的情况。"
    batch(cast, 0)
    assert said(cast.county, "problems/micro/none") == (
        "本年度监督检查没有发现逾期未整改的情况，抽样检验没有发现多次不合格的情况。"
    )


def test_places_of_one_name_in_two_counties_are_two(cast):
    for county in (cast.county, cast.other_county):
        base.report(county, "2023Q1", {"food.done": "1"})
        batch(cast, 1, producer="", place="第一中学", region=county)
    key = "problems/micro/food/repeated"
    assert said(cast.prefecture, key) == ""
    batch(cast, 1, producer="", place="第一中学", region=cast.other_county)
    assert "有1个（石浦县第一中学2批次）" in said(cast.prefecture, key)
    assert "有1个（第一中学2批次）" in said(cast.other_county, key)
    assert said(cast.county, key) == ""
    for county in (cast.county, cast.other_county):  # a producer is the same wherever it sells
        batch(cast, 1, producer="甲合作社", region=county)
    assert "甲合作社2批次" in said(cast.prefecture, key)


def test_what_was_disposed_of_after_the_day_was_open_on_it(cast):
    base.report(cast.county, "2023Q1", {"food.done": "1"})
    for closed in (None, DAY, DAY + datetime.timedelta(days=1)):
        batch(cast, 1, item="毒死蜱", closed=closed)
    assert "还有2批次没有完成核查处置" in said(cast.county, "problems/micro/food/repeated")


@pytest.mark.parametrize(
    ("done", "passed", "printed"),
    [
        ("10000", "9796", "98.0%（修约前97.96%），未达到98%的目标"),
        ("100000", "97999", "98.0%（修约前97.999%），未达到98%的目标"),
        ("1000", "979", "97.9%，未达到98%的目标"),
    ],
)
def test_no_number_is_printed_on_the_wrong_side_of_its_target(cast, done, passed, printed):
    base.report(cast.county, "2023", {"food.done": done, "food.passed": passed})
    document = build.build(cast.county, 2023, day=DAY)
    assert f"抽检合格率为{printed}" in said(cast.county, "problems/micro/food/figures")
    (table,) = [block for block in document.blocks if isinstance(block, Table) and block.key == "figures/targets"]
    assert runs_text(table.rows[0].cells[2]) == printed.partition("，")[0].replace("%", "", 1)


def test_headings_are_numbered_without_gaps(cast):
    rates(cast, "99", "90")
    reported(cast, "2023Q1", 9)
    notice(cast, "water", datetime.date(2023, 6, 1))
    answer(cast, "food.problem", "检测慢。")
    numbers = [
        block.number
        for block in build.build(cast.county, 2023, day=DAY).blocks
        if isinstance(block, Heading) and block.key.startswith("problems/micro/")
    ]
    assert numbers == ["1.", "2."]


def test_the_report_needs_as_many_queries_for_two_as_for_twenty(cast):
    base.report(cast.county, "2023Q1", {"food.done": "10", "food.passed": "9"})
    for _ in range(2):
        batch(cast, 1, item="毒死蜱")
        notice(cast, "food", datetime.date(2023, 6, 1))
    reported(cast, "2023Q2", 5)

    def count():
        return base.queries(lambda: build.build(cast.county, 2023, day=DAY))

    count()  # likewise
    few = count()
    for number in range(20):
        batch(cast, 1, producer=f"第{number % 7}家", item="毒死蜱")
        notice(cast, "water" if number % 2 else "food", datetime.date(2023, 6, 1))
    reported(cast, "2023Q3", 5)
    base.wide(cast.county, 20, 1)
    count()  # the rules of the catalogue that has grown are read once a process
    assert count() == few


@pytest.mark.parametrize(("target", "gap"), [(0, 2000), (-10, 300)])
def test_what_misses_a_target_of_zero_or_less_is_as_grave_as_it_is_far_off(cast, target, gap):
    base.change_catalogue(Indicator.objects.filter(code="food.done"), target=target, target_is="at_most")
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", {"food.done": "5"})
    missed = shortfalls.of(annual(cast.county, 2023).values())
    assert [one.gap for one in missed if one.value.indicator.code == "food.done"] == [gap]
