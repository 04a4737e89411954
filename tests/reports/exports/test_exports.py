"""Exports: files opened again and read, whose rows they are, long ones as jobs, and text that would be a formula."""

import csv
import datetime
import io
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from reports.aggregation import cube
from reports.exports import choice, files, lists
from reports.exports.files import ExportColumn, ExportNumber, Listing
from reports.exports.scopes import Scope
from sectors import jobs
from sectors.approval import moves
from sectors.models import Assignment, Figure, Job, Region, Sector, Sheet, StoredFinding, Submission
from sectors.spreadsheets import escaping
from sectors.vocabulary import JobState
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(cast):
    base.report(cast.county, "2022Q1", {"food.task": "5", "food.done": "4", "food.passed": "3", "food.output": "2.5"})
    base.report(cast.county, "2022Q2", {"food.task": "7", "food.done": "n/a"}, "draft")
    base.report(cast.county, "2023Q1", {"food.task": "1"})
    base.report(cast.county, "2022Q1", {"water.tests": "2"})
    base.report(cast.other_county, "2022Q1", {"food.task": "9"})


def ask(client, who, **chosen):
    client.force_login(who)
    return client.post(reverse("exports"), {"what": "figures", "ending": "xlsx", **chosen})


def body(answer):
    assert answer.status_code == 200, answer.content
    assert "attachment" in answer["Content-Disposition"]
    return io.BytesIO(b"".join(answer.streaming_content))


def sheet(answer):
    return openpyxl.load_workbook(body(answer)).active


def rows(answer, *heads):
    head, *found = [list(row) for row in sheet(answer).iter_rows(values_only=True)]
    return [tuple(row[head.index(name)] for name in heads) for row in found]


@pytest.mark.usefixtures("figures")
def test_long_figures_are_those_of_ones_scope_in_the_order_of_the_report(client, cast):
    heads = ("报告期", "指标代码", "状态", "数值")
    own = [
        ("2022Q1", "food.task", "数字", 5),
        ("2022Q2", "food.task", "数字", 7),
        ("2023Q1", "food.task", "数字", 1),
        ("2022Q1", "food.done", "数字", 4),
        ("2022Q2", "food.done", "不适用", None),
        ("2022Q1", "food.passed", "数字", 3),
        ("2022Q1", "food.output", "数字", 2.5),
    ]
    assert rows(ask(client, cast.clerk), *heads) == own
    assert rows(ask(client, cast.office), *heads) == [*own, ("2022Q1", "water.tests", "数字", 2)]
    assert [row[0] for row in rows(ask(client, cast.outsider_office), "数值")] == [9]
    assert {row[0] for row in rows(ask(client, cast.admin), "行政区划")} == {"云泽县", "石浦县"}


@pytest.mark.usefixtures("figures")
def test_year_sector_and_region_narrow_it_down(client, cast):
    assert {row[0] for row in rows(ask(client, cast.office, year="2023"), "报告期")} == {"2023Q1"}
    water = Sector.objects.get(code="water")
    assert rows(ask(client, cast.office, sector=water.pk), "指标代码") == [("water.tests",)]
    assert rows(ask(client, cast.admin, region=cast.other_county.pk), "数值") == [(9,)]


@pytest.mark.usefixtures("figures")
def test_the_worksheet_has_types_formats_widths_and_a_frozen_head(client, cast):
    page = sheet(ask(client, cast.clerk))
    head = [cell.value for cell in page[1]]
    value = {
        page.cell(row, head.index("指标代码") + 1).value: page.cell(row, head.index("数值") + 1) for row in range(2, 9)
    }
    assert (value["food.output"].data_type, value["food.output"].number_format) == ("n", "0.0")
    assert value["food.passed"].number_format == "0"
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:R8"
    assert page["A1"].font.bold
    assert page.column_dimensions["J"].width > page.column_dimensions["A"].width > 10
    assert page["A2"].value == "990101"


@pytest.mark.usefixtures("figures")
def test_wide_figures_have_a_column_for_each_period(client, cast):
    answer = ask(client, cast.clerk, what="wide")
    assert rows(answer, "指标代码", "2022Q1", "2022Q2", "2023Q1") == [
        ("food.task", 5, 7, 1),
        ("food.done", 4, "不适用", None),
        ("food.passed", 3, None, None),
        ("food.output", 2.5, None, None),
    ]


@pytest.mark.usefixtures("figures")
def test_annual_values_are_the_aggregations_to_the_last_digit(client, cast):
    values = cube.annual(cast.county, 2022)
    found = dict(rows(ask(client, cast.office, what="annual", year="2022"), "指标代码", "数值"))
    assert set(found) == set(values)
    for code, value in values.items():
        assert (found[code] is None) == (value.value is None)
        if value.value is not None:
            assert Decimal(str(found[code])) == Decimal(f"{value.value:.15g}")
    assert found["food.rate"] == 75


@pytest.mark.parametrize(("passed", "done"), [("1", "16"), ("3", "16"), ("1", "80")])
def test_a_csv_rounds_as_the_report_prints(client, cast, passed, done):
    base.report(cast.county, "2022", {"food.done": done, "food.passed": passed})  # 6.25 %, 18.75 %, 1.25 %
    text = body(ask(client, cast.office, what="annual", year="2022", ending="csv")).read().decode("utf-8-sig")
    found = {row["指标代码"]: row["数值"] for row in csv.DictReader(io.StringIO(text))}
    assert found == {code: value.text for code, value in cube.annual(cast.county, 2022).items()}


def test_last_years_part_is_told_beside_its_value(client, cast):
    base.report(cast.county, "2021Q1", {"food.task": "5"})
    base.report(cast.county, "2022Q1", {"food.task": "5"})
    base.report(cast.county, "2022Q2", {"food.task": "6"})
    heads = ("指标代码", "上年", "上年已有期数", "上年应有期数", "已有期数", "应有期数")
    found = rows(ask(client, cast.office, what="annual", year="2022"), *heads)
    assert ("food.task", 5, 1, 4, 2, 4) in found


@pytest.mark.usefixtures("figures")
def test_a_csv_opens_in_excel_as_chinese(client, cast):
    text = body(ask(client, cast.clerk, ending="csv")).read()
    assert text.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [(row["指标代码"], row["数值"]) for row in found][-1] == ("food.output", "2.5")


@pytest.mark.parametrize("text", ["=1+1", "+86 999", "-5%", "@sum", "\tx", "＝1＋1", "＋1", "－1", "＠a", "\n=1"])
def test_text_that_would_be_a_formula_is_made_harmless(cast, tmp_path, text):
    listing = Listing("x", (ExportColumn("a"),), [(text,)], 1)
    files.write_xlsx(listing, tmp_path / "a.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"]
    assert (cell.data_type, escaping.unescape(cell.value)) == ("s", text)
    listing = Listing("x", (ExportColumn("a"),), [(text,)], 1)
    last = next(csv.reader([list(files.csv_lines(listing))[1]], strict=False), [])
    assert last[0].startswith("'")
    assert escaping.unescape(escaping.escape(text)) == text


def test_days_moments_and_numbers_keep_their_types(tmp_path, settings):
    moment = datetime.datetime(2023, 1, 5, 20, 30, tzinfo=datetime.UTC)
    row = (datetime.date(2023, 1, 5), moment, ExportNumber(Decimal("0.125"), 3), 7, None, "字")
    listing = Listing("x", tuple(ExportColumn(str(n)) for n in range(6)), [row], 1)
    files.write_xlsx(listing, tmp_path / "a.xlsx")
    cells = openpyxl.load_workbook(tmp_path / "a.xlsx").active[2]
    day, moment, *others = [cell.value for cell in cells]
    assert (day.isoformat(), moment.isoformat()) == ("2023-01-05T00:00:00", "2023-01-06T04:30:00")
    assert others == [0.125, 7, None, "字"]
    assert cells[2].number_format == "0.000"
    assert (
        list(files.csv_lines(Listing("x", listing.columns, [row], 1)))[1]
        == "2023-01-05,2023-01-06 04:30,0.125,7,,字\r\n"
    )


def test_more_rows_than_a_worksheet_holds_are_refused(tmp_path):
    listing = Listing("x", (ExportColumn("a"),), [], files.XLSX_ROWS + 1)
    with pytest.raises(files.TooManyRows, match="1048576"):
        files.write_xlsx(listing, tmp_path / "a.xlsx")
    assert not (tmp_path / "a.xlsx").exists()


@pytest.mark.usefixtures("figures")
def test_a_long_export_is_written_by_a_job(client, cast, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(choice, "AT_ONCE", 3)
    answer = ask(client, cast.clerk, year="2022")
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk])
    assert (job.state, job.total) == (JobState.DONE, 6)
    page = openpyxl.load_workbook(jobs.file_of(job)).active
    assert page.max_row == 7
    client.force_login(cast.outsider_clerk)
    assert client.get(reverse("job-file", args=[job.pk])).status_code == 404


@pytest.mark.usefixtures("figures")
def test_filled_forms_come_as_a_zip_of_workbooks(client, cast):
    file = zipfile.ZipFile(body(ask(client, cast.office, what="forms", year="2022")))
    assert {name.split("/")[1] for name in file.namelist()} == {"市场监管局", "水利局"}
    assert len(file.namelist()) == 3
    name = next(name for name in file.namelist() if "2022Q1" in name and "T-01" in name)
    values = {cell.value for row in openpyxl.load_workbook(io.BytesIO(file.read(name))).worksheets[0] for cell in row}
    assert {5, 4, 3, 2.5} <= values


def test_findings_and_steps_are_exported_with_their_words(client, cast):
    of = base.take_to("signed", cast, base.submission(cast.county, in_period="2022Q1"))
    moves.move(submission=of, action="return", by=cast.office, reason="=请核对")
    StoredFinding.objects.create(
        submission=of, region=of.region, period=of.period, rule="x", kind="rule", severity="error", statement="不相符",
        declared=Decimal("59.50000000"), expected=Decimal("59.56"), basis="b",
    )  # fmt: skip
    found = rows(ask(client, cast.office, what="findings"), "级别", "状态", "审核说明", "申报值", "计算值")
    assert found == [("错误", "未解决", "不相符", 59.5, 59.56)]
    steps = rows(ask(client, cast.office, what="transitions"), "原状态", "新状态", "理由")
    assert steps[-1] == ("已签发", "退回", "'=请核对")
    assert ask(client, cast.outsider_head, what="transitions").status_code == 422


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("what", ["figures", "wide", "annual", "transitions", "findings"])
def test_the_number_of_queries_does_not_grow_with_the_rows(cast, what, tmp_path):
    def queries():
        path = tmp_path / "a.xlsx"
        list(lists.LISTS[what](Scope(cast.office, year=2022)).rows)  # the catalogue is compiled by now
        return base.queries(lambda: files.write_xlsx(lists.LISTS[what](Scope(cast.office, year=2022)), path))

    # With what does not apply: then values are put together region by region, which asks for the figures once more.
    base.take_to("accepted", cast, base.submission(cast.county, in_period="2022Q4"))
    before = queries()
    of = base.submission(cast.county, in_period="2022Q3")
    base.take_to("accepted", cast, base.submission(cast.county, in_period="2022H2"))
    wide = Submission.objects.get(pk=base.wide(cast.county, 5, 4).pk)
    for submission in (of, wide):
        Figure.objects.bulk_create(
            Figure(region=cast.county, submission=submission, indicator=indicator, state="number", value=1)
            for indicator in submission.sheet.indicators.filter(formula="")
        )
    assert queries() == before


@pytest.mark.usefixtures("figures")
def test_annual_values_without_a_region_are_those_of_every_region(client, cast):
    heads = ("区划代码", "行政区划", "年份", "指标代码", "数值")
    found = rows(ask(client, cast.admin, what="annual"), *heads)
    assert {row[:3] for row in found} == {
        ("990101", "云泽县", 2022),
        ("990101", "云泽县", 2023),
        ("990102", "石浦县", 2022),
    }
    for region in (cast.county, cast.other_county):
        values = cube.annual(region, 2022)
        of_region = {code: value for at, _name, year, code, value in found if (at, year) == (region.code, 2022)}
        assert set(of_region) == set(values)
        assert {code for code, value in of_region.items() if value is not None} == {
            code for code, value in values.items() if value.value is not None
        }
    one = rows(ask(client, cast.admin, what="annual", region=cast.other_county.pk), *heads)
    assert one == [row for row in found if row[0] == "990102"]


@pytest.mark.usefixtures("figures")
def test_a_prefecture_exports_what_its_counties_make(client, cast):
    department = cast.prefecture.departments.create(code="office", name="市质强办", short_name="质强办")
    office = base.user("office", department, "prefecture_office")
    found = rows(ask(client, office, what="annual", year="2022"), "行政区划", "指标代码", "数值")
    assert [row for row in found if row[1] == "food.task"] == [("云州市", "food.task", 14)]


def test_the_number_of_queries_does_not_grow_with_the_regions(cast, tmp_path):
    def queries():
        path = tmp_path / "a.xlsx"
        return base.queries(lambda: files.write_xlsx(lists.annual(Scope(cast.admin, year=2022)), path))

    base.report(cast.county, "2022Q1", {"food.task": "5"})
    base.report(cast.other_county, "2022Q1", {"food.task": "5"})
    queries()  # reads the catalogue
    few = queries()
    for number in range(6):
        region = Region.objects.create(code=f"99020{number}", name=f"{number}县", level="county")
        department = region.departments.create(code="market", name="市监局", short_name="市监局")
        Assignment.objects.create(sheet=Sheet.objects.get(number="T-01"), region=region, department=department)
        base.report(region, "2022Q1", {"food.task": "5"})
    assert queries() == few


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("what", choice.WORDS)
@pytest.mark.parametrize("who", ["clerk", "head", "office", "leader", "admin"])
def test_with_nothing_to_export_it_is_said_so(client, cast, who, what, ending):
    answer = ask(client, getattr(cast, who), what=what, ending=ending)
    assert answer.status_code == 422
    assert "没有可导出的内容" in answer.content.decode()


@pytest.mark.usefixtures("figures")
@pytest.mark.parametrize("what", ["annual", "figures", "wide"])
def test_a_choice_without_anything_names_what_was_chosen(client, cast, what):
    water = Sector.objects.get(code="water")
    answer = ask(client, cast.office, what=what, sector=water.pk, year="2023")
    assert answer.status_code == 422
    assert "饮用水 2023" in answer.content.decode()


def test_without_an_accepted_figure_there_are_no_annual_values(client, cast):
    base.report(cast.county, "2023Q1", {"food.task": "1"}, "signed")
    base.report(cast.county, "2023Q1", {"water.tests": "1"})
    assert ask(client, cast.clerk, what="annual").status_code == 422  # of its own sheets
    assert ("food.task", None) in rows(ask(client, cast.office, what="annual"), "指标代码", "数值")


@pytest.mark.usefixtures("figures")
def test_a_job_whose_figures_are_gone_says_so(client, cast, monkeypatch, media):
    monkeypatch.setattr(choice, "AT_ONCE", 3)
    export = choice.Export.of_job(cast.clerk, "figures", "xlsx", None, 2022, None)
    Submission.objects.all().delete()
    job = jobs.start("reports.export", by=cast.clerk, title="x", **export.arguments)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "没有可导出的内容" in job.message


def test_two_regions_of_one_name_are_two(client, cast):
    Region.objects.filter(pk=cast.other_county.pk).update(name="云泽县")
    for region, text in ((cast.county, "5"), (cast.other_county, "9")):
        base.report(region, "2022Q1", {"food.task": text})
    assert rows(ask(client, cast.admin, what="wide"), "区划代码", "2022Q1") == [("990101", 5), ("990102", 9)]


def test_a_wrong_choice_is_told_and_nothing_is_exported(client, cast):
    answer = ask(client, cast.clerk, what="everything", year="1999")
    assert answer.status_code == 422
    assert "1999" in answer.content.decode()


def test_a_link_may_name_the_choice(client, cast):
    client.force_login(cast.office)
    text = client.get(reverse("exports"), {"what": "wide"}).content.decode()
    inputs = re.findall(r'<input type="radio"[^>]*>', text)
    assert [re.findall('value="([^"]*)"', one) for one in inputs if "checked" in one] == [["wide"]]
