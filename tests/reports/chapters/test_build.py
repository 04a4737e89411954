"""The whole report: its structure, and every figure of the shipped year in the section of its sector."""

import csv
import datetime
import io
import json
import re
from typing import Any

import docx
import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from reports.chapters import build, sources
from reports.document import phrases
from reports.document.blocks import Gap, Number, PageBreak, Paragraph, Table, Text, block_key, format_date, runs_text
from reports.editing.audiences import for_audience
from reports.writers import files
from reports.writers.docx import write_docx
from reports.writers.typography import printed
from sectors.catalogue.loader import load
from sectors.findings import reasons, storage
from sectors.models import Assignment, Figure, Indicator, Region, Sector, Sheet, Submission
from sectors.transfer.figure_files import import_figures
from sectors.vocabulary import FigureState
from tests import base
from tests.reports import editions

pytestmark = pytest.mark.django_db

DAY = datetime.date(2022, 11, 11)


def sections(document):
    """Sector name -> the texts of its paragraphs and table cells, in chapter 一 and in the annex of figures."""
    names = dict(Sector.objects.values_list("code", "name"))
    found: dict[str, list[str]] = {}
    for block in document.blocks:
        name = names.get(block_key(block).partition("/")[0])
        if name and isinstance(block, Paragraph):
            found.setdefault(name, []).append(runs_text(block.runs))
        elif name and isinstance(block, Table):
            found.setdefault(name, []).extend(runs_text(cell) for row in block.rows for cell in row.cells)
    return found


def test_structure_is_that_of_the_annual_report(shipped_year):
    document = editions.internal(shipped_year, 2022, DAY)
    headings = [block.printed for block in document.headings if block.level <= 2]
    assert headings[1:5] == ["一、基本情况", "（一）产品质量方面", "（二）工程质量方面", "（三）服务质量方面"]
    assert headings[6:8] == ["（一）宏观质量管理方面", "（二）微观质量监管方面"]
    assert [block.printed for block in document.headings if block.level == 1] == [
        "综述",
        "一、基本情况",
        "二、主要质量问题及原因分析",
        "三、下一步工作计划和措施",
        "附件1　主要指标数据",
        "附件2　数据核查说明",
        "附件3　数据来源和覆盖情况",
    ]
    assert list(sections(document)) == list(Sector.objects.values_list("name", flat=True))
    assert all(
        any(isinstance(b, Table) and b.caption == f"特克斯县2022年{name}主要数据" for b in document.blocks)
        for name in sections(document)
    )
    assert not document.demo


def test_every_figure_of_the_shipped_year_stands_in_its_sector(shipped_year):
    document = build.build(shipped_year, 2022, day=DAY)
    printed = sections(document)
    origins = {figure.code: figure.source for figure in document.figures}
    names = dict(Indicator.objects.values_list("code", "sheet__sector__name"))
    lines = 0
    for path in sorted(base.SHIPPED_DATA.glob("*.csv")):
        for row in csv.DictReader(path.open(encoding="utf-8")):
            code, text = row["indicator"], row["value"] or row["declared"]
            lines += 1
            if row["declared"] and origins[code] == "computed":
                continue  # the computed value stands in for the declared one
            cells = {cell.removesuffix(phrases.DECLARED) for cell in printed[names[code]]}
            assert text in cells, (code, text)
    assert lines > 350


def test_a_missing_figure_is_a_visible_gap_and_never_zero(shipped_year):
    document = build.build(shipped_year, 2022, day=DAY)
    gaps = {
        run.code
        for block in document.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row.cells
        for run in cell
        if isinstance(run, Gap)
    }
    missing = {figure.code for figure in document.figures if figure.value is None}
    assert gaps == missing
    assert missing


def test_a_generated_block_has_a_key_that_outlives_its_figures(shipped_year):
    before = build.build(shipped_year, 2022, day=DAY)
    assert all(block_key(block) for block in before.body if not isinstance(block, PageBreak))
    assert len({*map(block_key, before.body)} - {""}) > 120
    sheets = Submission.objects.filter(sheet__sector__code__in=("agri", "food", "tourism"))
    Figure.objects.filter(submission__in=sheets).update(value=F("value") * 3 + 1)
    Figure.objects.filter(indicator__code="agri.risk.times").update(value=None, state=FigureState.BLANK)
    after = build.build(shipped_year, 2022, day=DAY)
    # What is proposed comes and goes with the figures; all else, and what departments wrote, stays where it was.
    comes_and_goes = re.compile(r"problems/|measures/|\w+/chart/")
    for stays in (lambda key: not comes_and_goes.match(key), re.compile(r"(problems|measures)/.*/\w+\.\w+/\d").match):
        keys = [list(filter(stays, map(block_key, document.body))) for document in (before, after)]
        assert keys[0] == keys[1] != []
    assert after.blocks != before.blocks


def test_the_narrative_of_a_department_is_known_by_its_question_and_paragraph(cast):
    sheet = base.submission(cast.county, status="accepted")
    question = sheet.sheet.questions.get(code="food.problem")
    sheet.narratives.create(question=question, text="一是检测慢。\n\n二是人员少。")
    by_key: dict[str, Any] = {block_key(block): block for block in build.build(cast.county, 2023, day=DAY).body}
    assert by_key["problems/micro/food"].text == "食品方面"
    assert runs_text(by_key["problems/micro/food/food.problem/2023Q1/2"].runs) == "二是人员少。"


def neighbour(*sheets):
    """A county with these sheets that has reported one figure."""
    other = Region.objects.create(code="654028", name="邻县", level="county")
    department = other.departments.create(code="office", name="邻县质强办", short_name="质强办")
    for sheet in sheets:
        other.assignments.create(sheet=sheet, department=department)
    base.report(other, "2023Q1", {"agri.risk.times": "1"})
    return build.build(other, 2023, day=DAY)


def test_wordings_read_without_any_figure_too(shipped_year):
    """A sector that has reported one figure only still has its text, with gaps."""
    assert len(sections(neighbour(*Sheet.objects.all()))) == 16


def test_what_a_county_is_not_asked_for_is_neither_told_nor_missing(shipped_year):
    sheet = Indicator.objects.get(code="agri.risk.times").sheet
    document = neighbour(sheet)
    assert list(sections(document)) == ["农产品"]
    tables = [block.caption for block in document.blocks if isinstance(block, Table)]
    assert [caption.partition("年")[2] for caption in tables if "主要数据" in caption] == ["农产品主要数据"]
    by_key: dict[str, Any] = {block_key(block): block for block in document.body}
    missing = re.search("有([0-9]+)项..没有数据", runs_text(by_key["problems/macro/data/missing"].runs))
    required = sheet.indicators.filter(required=True).exclude(code="agri.risk.times")
    assert missing
    assert int(missing[1]) == required.count()


def test_every_figure_of_the_shipped_year_is_said_or_stands_in_a_table_beside_it(shipped_year):
    """The annex has all of them; here are the few that chapter 一 leaves to it."""
    document = build.build(shipped_year, 2022, day=DAY)
    names = dict(Sector.objects.values_list("code", "name"))
    shown = set()
    for block in document.blocks:
        if block_key(block).partition("/")[0] in names and not block_key(block).endswith("/figures"):
            runs = list(block.runs) if isinstance(block, Paragraph) else []
            if isinstance(block, Table):
                runs = [run for row in block.rows for cell in row.cells for run in cell]
            shown |= {run.code for run in runs if isinstance(run, Number)}
    present = {figure.code for figure in document.figures if figure.value is not None}
    assert len(present) > 350
    # Zeros that are told in words: 没有发生……
    in_words = {"accidents", "incidents", "black", "abnormal", "sampling", "banned", "residue", "malicious"}
    in_words |= {"accident_complaints", "event_complaints", "illness", "material_failed"}
    left = {code for code in present - shown if code.rpartition(".")[2] not in in_words}
    assert left <= {"industrial.licensed.cement", "agri.law.closed", "elderly.support.scattered.urban"} | {
        f"orchard.practice.{name}.rate" for name in ("thinning", "pruning", "grading")
    }


def test_a_report_of_which_half_is_missing_reads_on(shipped_year):
    """Every second sheet has nothing accepted: gaps are told as such, nothing is made up, nothing breaks off."""
    gone = list(Submission.objects.order_by("sheet__number").values_list("pk", flat=True))[::2]
    Submission.objects.filter(pk__in=gone).update(status="draft")
    document = build.build(shipped_year, 2022, day=DAY)
    assert len(sections(document)) == 16
    for block in document.blocks:
        if isinstance(block, Paragraph):
            text = runs_text(block.runs)
            assert not re.search(r"[，、：；。][，、；。]|None|^[，、；。]|(包括|由)[，。；]", text), (
                block.key,
                text,
            )
    by_key: dict[str, Any] = {block_key(block): block for block in document.blocks}
    rows = [[runs_text(cell) for cell in row.cells] for row in by_key["sources/table"].rows]
    assert sum(row[3] == "未报送" for row in rows) == len(gone)
    assert "没有已接受数据的报表为" in runs_text(by_key["sources/summary"].runs)


def test_a_report_without_a_last_year_has_no_empty_columns(shipped_year):
    def heads():
        document = build.build(shipped_year, 2022, day=DAY)
        tables = [b for b in document.blocks if isinstance(b, Table) and b.key.endswith("/figures")]
        rows = [[runs_text(cell) for cell in row.cells] for table in tables for row in table.rows]
        return {tuple(c.title for c in table.columns) for table in tables}, [r for r in rows if r[0] == "风险监测样品"]

    assert heads() == ({("指标", "单位", "2022年")}, [["风险监测样品", "批次", "150"]])
    base.report(shipped_year, "2021", {"agri.risk.samples": "120"})
    row = ["风险监测样品", "批次", "150", "120", "+25.0%"]
    assert heads() == ({("指标", "单位", "2022年", "2021年", "比上年")}, [row])


def test_last_year_that_does_not_apply_is_told_in_the_annex(cast):
    base.report(cast.county, "2022", {"food.done": "n/a"})
    base.report(cast.county, "2023", {"food.done": "5"})
    (row,) = [row for row in rows(build.build(cast.county, 2023, day=DAY), "food/figures") if row[0] == "抽检完成"]
    assert row[2:] == ["5", "不适用", "—"]


@pytest.mark.parametrize(
    ("passed", "origin", "row"),
    [
        ("97.9", ("", ""), ["抽检合格率", "≥98%", "97.9", "未达到", "工作目标"]),
        ("98", ("国家规划", "2021"), ["抽检合格率", "≥98%", "98.0", "达到", "国家规划，2021年起"]),
        ("", ("", ""), ["抽检合格率", "≥98%", "〔缺〕", "—", "工作目标"]),
    ],
)
def test_the_annex_holds_the_year_against_its_targets(cast, passed, origin, row):
    source, since = origin
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target_source=source, target_since=since)
    figures = {"food.passed": str(int(float(passed) * 10))} if passed else {}
    base.report(cast.county, "2023", {"food.done": "1000"} | figures)
    document = build.build(cast.county, 2023, day=DAY)
    tables = [block for block in document.blocks if isinstance(block, Table) and block.key == "figures/targets"]
    assert [[runs_text(cell) for cell in line.cells] for table in tables for line in table.rows] == [row]


def test_sources_count_the_periods_that_a_sheet_was_reported_for(cast):
    base.report_otherwise("T-01", "month", 2023, "quarter")
    base.change_catalogue(Sheet.objects.filter(number="T-02"), valid_to=datetime.date(2023, 6, 30))
    base.report(cast.county, "2023Q1", {"food.done": "5"})
    base.report(cast.county, "2024-02", {"food.done": "5"})
    expected = {
        year: {row.number: (row.accepted, row.expected) for row in sources.of_year(cast.county, year)}
        for year in (2023, 2024)
    }
    assert expected[2023] == {"T-01": (1, 4), "T-02": (0, 2), "T-03": (0, 1)}
    assert expected[2024] == {"T-01": (1, 12), "T-03": (0, 1)}


@pytest.mark.parametrize(
    ("quarters", "annual", "printed"),
    [
        ("1", False, "1/4期"),
        ("1", True, "1/4期和年度数据"),
        ("", True, "年度数据"),
        ("1234", True, "4/4期"),  # then the quarters make the year
        ("", False, "未报送"),
    ],
)
def test_sources_name_the_annual_figures_that_make_the_year(cast, quarters, annual, printed):
    base.report(cast.county, "2023Q1", {"water.tests": "5"})
    for quarter in quarters:
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "5"})
    if annual:
        base.report(cast.county, "2023", {"food.done": "99"})
    document = build.build(cast.county, 2023, day=DAY)
    assert {row[0]: row[3] for row in rows(document, "sources/table")}["T-01"] == printed


def test_what_is_not_of_the_whole_year_is_marked_in_every_table(shipped_catalogue):
    figures = {
        f"food.sampling.{row}.{column}": "9" for row in ("produce", "school", "all") for column in ("task", "done")
    }

    def found(quarters):
        for quarter in quarters:
            base.report(shipped_catalogue, f"2023Q{quarter}", figures)
        document = build.build(shipped_catalogue, 2023, day=DAY)
        (target,) = [row for row in rows(document, "figures/targets") if row[0] == "食品抽检合计任务完成率"]
        key = "food/table/S-01/sampling"
        assert rows(document, key)
        notes = [block for block in document.blocks if isinstance(block, Paragraph) and block.key == f"{key}/note"]
        return target[2], [runs_text(note.runs) for note in notes]

    assert found("12") == ("100.0（1—6月）", ["注：以上为1—6月数据，全年数据尚不完整。"])
    assert found("34") == ("100.0", [])


def test_captions_of_a_part_of_the_year_name_its_months(shipped_catalogue):
    figures = {
        f"food.sampling.{row}.{column}": "9" for row in ("produce", "school", "all") for column in ("task", "done")
    }

    def captions(quarters):
        for quarter in quarters:
            base.report(shipped_catalogue, f"2023Q{quarter}", figures)
        document = build.build(shipped_catalogue, 2023, day=DAY)
        return [b.caption for b in document.blocks if isinstance(b, Table) and b.key == "food/table/S-01/sampling"]

    (partial,) = captions("12")
    assert partial.endswith("（1—6月）")
    (whole,) = captions("34")
    assert partial == f"{whole}（1—6月）"


def test_the_notes_on_scope_say_whose_data_of_which_months_are_in_it(cast):
    for quarter in "12":
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "5"})
    base.submission(cast.county, "T-02", "2023Q1")

    def said(day=DAY):
        document = build.build(cast.county, 2023, day=day)
        found = {b.key: runs_text(b.runs) for b in document.blocks if isinstance(b, Paragraph)}
        return {key.removeprefix("scope/"): text for key, text in found.items() if key.startswith("scope/")}

    scope = said()
    assert scope["year"].startswith("本报告的数据为2023年1—6月的，数量为各月累计，存量为期末数")
    assert "，均只有部分时期的数据" in scope["coverage"]
    assert scope["sources"] == ("数据由1个部门通过1张统计报表报送，由质强办汇总。另有2张统计报表没有数据列入。")
    # What was accepted behind the day on the cover is in it all the same.
    accepted = Submission.objects.filter(status="accepted").latest("pk")
    accepted.transitions.create(old="signed", new="accepted", by=None, at=timezone.now())
    today = format_date(timezone.localdate())
    assert said()["year"].endswith(f"截至{today}审核接受的数据列入本报告。")
    base.report(cast.county, "2023", {"food.done": "20"})
    for quarter in "34":
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "5"})
    assert said()["year"].startswith("本报告的年度为2023年1月1日至12月31日。")


def test_of_what_nothing_is_known_nothing_is_claimed(shipped_catalogue):
    def said():
        return next(text for text in texts(build.build(shipped_catalogue, 2023, day=DAY)) if "执法检查" in text)

    base.report(shipped_catalogue, "2023Q1", {"agri.risk.samples": "9"})
    assert said() == "〔缺：执法检查、出动执法人员等6项〕。"
    base.report(shipped_catalogue, "2023Q1", {"agri.law.cases": "0"})
    assert said().startswith("〔缺：执法检查、出动执法人员等4项〕。")
    assert "没有立案查处的农产品案件" in said()


@pytest.mark.parametrize(("passed", "expected"), [("14", "蔬菜、复用餐饮具"), ("15", "复用餐饮具"), ("13", "蔬菜")])
def test_all_kinds_that_failed_most_are_named(shipped_catalogue, passed, expected):
    figures = {"food.sampling.all.done": "30", "food.sampling.all.passed": "29"}
    figures |= {"food.kinds.vegetable.done": "15", "food.kinds.vegetable.passed": passed}
    figures |= {"food.canteen.tableware.done": "15", "food.canteen.tableware.passed": "14"}
    base.report(shipped_catalogue, "2023Q1", figures)
    document = build.build(shipped_catalogue, 2023, day=DAY)
    assert any(f"合格率最低的品种是{expected}，为" in text for text in texts(document))


# A prefecture, whose figures are those of its counties


def texts(document):
    return [runs_text(block.runs) for block in document.blocks if isinstance(block, Paragraph)]


def rows(document, key):
    (table,) = [block for block in document.blocks if isinstance(block, Table) and block.key == key]
    return [[runs_text(cell) for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize(("demo_year", "is_marked"), [(2021, False), (2022, True), (2023, True)])
def test_a_report_is_marked_when_what_it_compares_with_is_made_up(cast, demo_year, is_marked):
    for year in (2021, 2022, 2023):
        base.report(cast.county, f"{year}Q1", {"food.done": "9"})
    Submission.objects.filter(period__year=demo_year).update(is_demo=True)
    assert build.build(cast.county, 2023, day=DAY).demo is is_marked


@pytest.mark.parametrize("demo_of", ["county", "other_county", ""])
def test_a_prefecture_is_marked_when_figures_of_a_county_are_made_up(cast, demo_of):
    for region in (cast.county, cast.other_county):
        base.report(region, "2023Q1", {"food.done": "5"})
    if demo_of:
        Submission.objects.filter(region=getattr(cast, demo_of)).update(is_demo=True)
    document = build.build(cast.prefecture, 2023, day=DAY)  # which reports nothing itself
    assert document.demo is bool(demo_of)
    assert any("抽检10批次" in text for text in texts(document))
    with pytest.raises(build.NoData):
        build.build(cast.prefecture, 2021, day=DAY)


def test_the_sources_of_a_prefecture_are_those_of_its_counties_too(cast):
    for quarter in "1234":
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "5"})
    base.report(cast.other_county, "2023Q1", {"food.done": "5"})
    base.submission(cast.county, "T-02", "2023Q1")
    document = editions.internal(cast.prefecture, 2023, DAY)
    assert [row[:1] + row[2:4] for row in rows(document, "sources/table")] == [
        ["T-01", "云泽县市场监督管理局", "4/4期"],
        ["T-01", "石浦县市场监督管理局", "1/4期"],
        ["T-02", "云泽县水利局", "未报送"],
    ]
    assert "本报告的数据应由3个部门通过2张报表填报，1张有已接受的数据，各期数据都不齐全。" in texts(document)[-1]
    assert "没有已接受数据的报表为T-02，" in texts(document)[-1]
    # What no county was asked for in the year is no source, and what the prefecture is asked for itself is one.
    base.make_reporting(cast.prefecture)
    document = build.build(cast.prefecture, 2023, day=DAY)
    assert [row[2] for row in rows(document, "sources/table") if row[0] != "T-02"] == [
        "市局",
        "云泽县市场监督管理局",
        "石浦县市场监督管理局",
        "市局",
    ]


@pytest.mark.parametrize(
    ("before", "after", "printed"),
    [
        ("12", "", "市场监管局、水利局"),
        ("12", "34", "市场监管局、水利局"),
        ("1234", "", "市场监管局"),
        ("", "1", "水利局"),
    ],
)
def test_the_departments_of_a_sheet_that_was_handed_over_are_those_that_sent_it(cast, before, after, printed):
    base.report(cast.county, "2023Q1", {"water.tests": "5"})
    for quarter in before:
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "5"})
    Assignment.objects.filter(sheet__number="T-01", region=cast.county).update(department=cast.water)
    for quarter in after:
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "5"})
    document = build.build(cast.county, 2023, day=DAY)
    assert {row[0]: row[2] for row in rows(document, "sources/table")}["T-01"] == printed


def test_sources_tell_periods_and_days(cast):
    for number in (1, 2):
        base.report(cast.county, f"2023Q{number}", {"food.done": "3"})
    last = base.submission(cast.county, in_period="2023Q2", status="accepted")
    at = datetime.datetime(2023, 7, 9, 4, tzinfo=datetime.UTC)
    last.transitions.create(old="signed", new="accepted", by=cast.office, at=at)
    base.report(cast.county, "2023", {"water.tests": "8"})
    document = build.build(cast.county, 2023, day=DAY)
    tables = [block for block in document.blocks if isinstance(block, Table) and block.key == "sources/table"]
    assert [[runs_text(cell) for cell in row.cells] for table in tables for row in table.rows] == [
        ["T-01", "食品抽检情况表", "市场监管局", "2/4期", "2023年7月9日"],
        ["T-02", "饮用水检测情况表", "水利局", "年度数据", "—"],
        ["T-03", "水厂情况表", "水利局", "未报送", "—"],
    ]


def test_a_year_without_accepted_figures_has_no_report(cast):
    base.report(cast.county, "2023Q1", {"food.done": "1"}, "signed")
    with pytest.raises(build.NoData):
        build.build(cast.county, 2023, day=DAY)


def test_another_county_has_its_report_from_files_alone(cast):
    load(base.DATA / "shanyin")
    region = Region.objects.get(code="990201")
    import_figures([base.DATA / "shanyin" / "2022.csv"], region=region, year=2022)
    document = editions.internal(region, 2022, DAY)
    assert "全年检测茶叶800公斤，合格率为99.5%。" in sections(document)["茶叶"]
    assert document.title.startswith("山阴县2022年")
    assert "附表3　山阴县2022年茶叶主要数据" in [
        block.numbered_caption for block in for_audience(document, "internal").blocks if isinstance(block, Table)
    ]
    assert [block.text for block in document.headings if block.level == 1][-3:] == [
        "主要指标数据",
        "数据核查说明",
        "数据来源和覆盖情况",
    ]


def test_narratives_of_departments_cannot_pretend_to_be_figures(cast):
    sheet = base.submission(cast.county, status="draft")
    text = "问题\ue000food.done\ue00299\ue003一"
    sheet.narratives.create(question=sheet.sheet.questions.get(code="food.problem"), text=text)
    base.report(cast.county, "2023Q1", {"food.done": "1"})
    document = build.build(cast.county, 2023, day=DAY)
    said = [b.runs for b in document.blocks if isinstance(b, Paragraph) and "问题" in runs_text(b.runs)]
    assert said == [(Text("1—3月：问题□food.done□99□一"),)]
    for to in files.FORMATS:
        assert files.write(document, to)


def annex(document):
    """Rows of the annex: severity, what it says, declared, computed, what was said."""
    tables = [block for block in document.blocks if isinstance(block, Table) and block.key == "remarks/table"]
    return [[runs_text(cell) for cell in row.cells[1:]] for table in tables for row in table.rows]


def explain(cast, in_period, text, office=""):
    (found,) = storage.refresh(base.submission(cast.county, in_period=in_period, status="accepted"))
    reasons.explain(finding=found, text=text, by=cast.clerk)
    if office:
        reasons.judge(finding=found, accept=True, text=office, by=cast.office)


def test_the_annex_holds_declared_against_computed_with_both_reasons(cast):
    base.report(cast.county, "2022", {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"})
    assert [len(row) for row in annex(build.build(cast.county, 2022, day=DAY))] == [4]
    explain(cast, "2022", "1批次由乡镇抽检，\n尚未分环节", "已看过乡镇台账，可以保留。")
    document = build.build(cast.county, 2022, day=DAY)
    ((severity, text, declared, computed, said),) = annex(document)
    assert (severity, declared, computed) == ("不一致", "7", "6")
    assert "抽检完成" in text
    assert said == "市场监管局说明：1批次由乡镇抽检， 尚未分环节。质强办准予保留：已看过乡镇台账，可以保留。"
    assert "其中1项已有说明" in "".join(runs_text(b.runs) for b in document.blocks if isinstance(b, Paragraph))


def test_the_annex_tells_what_was_said_in_which_period(cast):
    """The year shows one finding; the departments have explained it in the quarters that it is made of."""
    for number in (1, 2):
        figures = {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"}
        base.report(cast.county, f"2023Q{number}", figures)
        explain(cast, f"2023Q{number}", f"第{number}批由乡镇抽检，尚未分环节")
    ((_severity, _text, declared, computed, said),) = annex(build.build(cast.county, 2023, day=DAY))
    assert (declared, computed) == ("14", "12")
    assert said == (
        "2023年第1季度市场监管局说明：第1批由乡镇抽检，尚未分环节。"
        "2023年第2季度市场监管局说明：第2批由乡镇抽检，尚未分环节。"
    )


def test_the_annex_has_what_shows_in_a_single_period_only(cast):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"})
    base.report(cast.county, "2023Q2", {"food.done": "50", "food.passed": "40"})
    explain(cast, "2023Q1", "含上年第四季度复检的1批次")
    ((_severity, text, _declared, _computed, said),) = annex(build.build(cast.county, 2023, day=DAY))
    assert text.startswith("2023年第1季度：")
    assert said == "市场监管局说明：含上年第四季度复检的1批次。"


def test_the_annex_leaves_out_what_is_mended_or_not_accepted_or_about_other_figures(cast):
    wrong = {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"}
    base.report(cast.county, "2023Q1", wrong)
    explain(cast, "2023Q1", "1批次由乡镇抽检，尚未分环节")
    base.report(cast.county, "2023Q1", {"food.done": "8"})
    storage.refresh(base.submission(cast.county, status="accepted"))
    assert [row[-1] for row in annex(build.build(cast.county, 2023, day=DAY))] == ["6"]
    base.report(cast.county, "2023Q1", {"food.done": "6"})
    storage.refresh(base.submission(cast.county, status="accepted"))
    base.report(cast.county, "2023Q2", wrong, "draft")
    storage.refresh(base.submission(cast.county, in_period="2023Q2"))
    assert annex(build.build(cast.county, 2023, day=DAY)) == []


def test_the_three_formats_have_the_same_numbers(shipped_year, tmp_path):
    for ending in ("docx", "html", "json"):
        call_command("build_report", region="654027", year=2022, output=tmp_path / f"r.{ending}", date=DAY)
    figures = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["figures"]
    html = (tmp_path / "r.html").read_text(encoding="utf-8")
    word = docx.Document(tmp_path / "r.docx")
    cells = {_without_notes(cell) for table in word.tables for row in table.rows for cell in row.cells}
    checked = 0
    for figure in figures:
        if figure["value"] is not None:
            text = printed(figure["text"])
            assert f'data-code="{figure["code"]}">{text}<' in html, figure["code"]
            assert {text, text + phrases.DECLARED} & cells, figure["code"]
            checked += 1
    assert checked > 350


def _without_notes(cell):
    """The cell's text without the letters of notes under the table."""
    runs = [run for paragraph in cell.paragraphs for run in paragraph.runs]
    return "".join(run.text for run in runs if run.style.name != "footnote reference")


def test_the_same_figures_make_the_same_file(shipped_year):
    first, second = io.BytesIO(), io.BytesIO()
    for file in (first, second):
        write_docx(build.build(shipped_year, 2022, day=DAY), file)
    assert first.getvalue() == second.getvalue()


@pytest.mark.parametrize(
    ("region", "year", "output", "message"),
    [
        ("000000", 2022, "r.docx", "000000"),
        ("990101", 1999, "r.docx", "1999"),
        ("990101", 2023, "r.odt", r"\.docx"),
        ("990101", 2023, "nowhere/r.docx", "nowhere"),
    ],
)
def test_bad_orders_fail_with_a_sentence_and_leave_no_file(cast, tmp_path, region, year, output, message):
    base.report(cast.county, "2023Q1", {"food.done": "1"})
    with pytest.raises(CommandError, match=message):
        call_command("build_report", region=region, year=year, output=tmp_path / output)
    assert list(tmp_path.iterdir()) == []
