"""What numbers are proposed as: in a text in another county's manner, and in the product's own report, read back."""

import datetime
import math
import re

import pytest
from django.core.management import call_command

from reports.aggregation.cube import annual
from reports.chapters import build
from reports.writers.docx import write_docx
from sectors.catalogue.compiled import catalogue
from sectors.reading import proofreading, reports
from sectors.reading.blocks import of_text
from sectors.reading.word import open_report
from sectors.spreadsheets.container import BadFile
from tests import base
from tests.sectors.reading.marked import marked

pytestmark = pytest.mark.django_db
needs_catalogue = pytest.mark.usefixtures("shipped_catalogue")

TEXT = (base.DATA / "reports" / "another-manner.txt").read_text(encoding="utf-8")


def read(text, year=2021, known=None):
    return reports.read(of_text(text), catalogue(), year, known or {})


def first(text, place=0, **more):
    return read(text, **more)[place]


@needs_catalogue
def test_a_report_in_another_manner_is_read():
    report = marked(TEXT)
    found = reports.read(report.blocks, catalogue(), 2021, {})
    figures = [(proposal, report.code_of(proposal)) for proposal in found]
    right = [proposal for proposal, code in figures if code and proposal.best and proposal.best.entry.code == code]
    among_three = [proposal for proposal, code in figures if code in [fit.entry.code for fit in proposal.fits[:3]]]
    wrong = [p.mention.text for p, code in figures if p.is_sure and p.fits[0].entry.code != code]
    assert not wrong
    assert len(right) >= 0.93 * report.count
    assert len(among_three) >= 0.97 * report.count
    assert sum(proposal.is_sure for proposal in found) >= 0.5 * report.count


def test_the_own_report_is_read_back(shipped_year, tmp_path, capsys):
    """What is confirmed by default is what the system has, computed or declared; nothing else is."""
    region, path = shipped_year, tmp_path / "report.docx"
    write_docx(build.build(region, 2022, day=datetime.date(2023, 1, 10)), path)
    with path.open("rb") as file:
        found = reports.read(open_report(file, path.stat().st_size), catalogue(), 2022, {})
    values = annual(region, 2022)
    sure = [proposal for proposal in found if proposal.is_sure]
    assert len(sure) > 250
    assert [proposal.sentence for proposal in sure if not _is_of(proposal, values)] == []
    codes = {proposal.best.entry.code for proposal in found if proposal.best and _is_of(proposal, values)}
    assert len(codes) >= 340
    call_command("proofread", path, region=region.code, year=2022)
    last = capsys.readouterr().out.splitlines()[-1]
    assert [
        int(number) >= most for number, most in zip(re.findall(r"\d+", last), (370, 340, 345, 250), strict=False)
    ] == [True] * 4


def _is_of(proposal, values):
    entry = proposal.best.entry
    cell = proofreading.told_by(proposal, entry, catalogue().by_code[entry.code], 2022).cell
    stored = [value for value in (values[entry.code].value, values[entry.code].declared) if value is not None]
    assert cell.value is not None
    return any(math.isclose(value, cell.value, abs_tol=0.51 * 10**-cell.places) for value in stored)


@needs_catalogue
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("（一）产品质量\n1.特种设备\n全县有电梯175部。", "equipment.lifts"),
        ("1.特种设备\n电梯175部、锅炉12台。", "equipment.lifts"),
        ("特种设备方面没有标题。全县有大型游乐设施1台。", "equipment.rides"),
        ("1.林果产品\n林果产量46200吨。", "orchard.output"),
        ("1.农产品\n全县8个乡镇农产品质量安全监管站。", "agri.rapid.stations"),
    ],
)
def test_name_unit_and_section_say_what_a_number_is_of(text, code):
    assert first(text).best.entry.code == code


@needs_catalogue
@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("1.林果产品\n林果产量46200吨。", "4.62"),
        ("1.林果产品\n林果产量近4.6万吨。", "近4.6"),
        ("1.特种设备\n压力管道31.6公里。", "31600"),
        ("1.旅游服务\n接待游客241.6万人，同比下降45.6%。", "-45.6"),
        ("1.药品\n报告数测算人口18万人。", "18"),
    ],
)
def test_a_number_is_told_in_the_unit_of_its_indicator(text, typed):
    found = read(text)[-1]
    assert proofreading.typed(found.mention, found.best.entry) == typed


@needs_catalogue
def test_each_indicator_is_given_to_one_number_and_the_order_decides():
    text = "1.农产品\n风险监测6次，检测样品120批次，合格率100%。节前联合监测3次，检测样品34个，合格率99%。"
    codes = [proposal.best.entry.code for proposal in read(text)]
    assert codes == [
        *("agri.risk.times", "agri.risk.samples", "agri.risk.rate"),
        *("agri.festival.times", "agri.festival.samples", "agri.festival.rate"),
    ]


@needs_catalogue
@pytest.mark.parametrize(
    "text",
    [
        "1.特种设备\n2020年全县有电梯121部。",
        "1.特种设备\n计划全县有电梯200部。",
        "1.特种设备\n电梯增加54部。",
        "1.特种设备\n全省平均有电梯1750部。",
        "1.特种设备\n全县有电梯三部。",
        "1.特种设备\n全县有电梯175部。城区有电梯90部。",
        "全县有电梯175部。",
        "1.特种设备\n未发生特种设备事故。",
    ],
)
def test_what_could_be_something_else_is_not_confirmed_by_default(text):
    assert not any(proposal.is_sure for proposal in read(text))


@needs_catalogue
def test_the_values_of_other_years_count():
    text = "1.特种设备\n电梯175部。"
    plain, backed = first(text), first(text, known={"equipment.lifts": [170]})
    assert backed.best.score > plain.best.score
    assert first(text, known={"equipment.lifts": [3]}).best.score < plain.best.score


@needs_catalogue
def test_a_file_with_numbers_beyond_measure_is_refused(monkeypatch):
    monkeypatch.setattr(reports, "MOST_NUMBERS", 3)
    with pytest.raises(BadFile):
        read("1.特种设备\n锅炉1台，锅炉2台，锅炉3台，锅炉4台。")
