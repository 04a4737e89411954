"""Three stranger counties are set up in the browser from what they have, up to a draft of the year's report."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from sectors.models import Assignment, Department, Figure, Indicator, Sheet, User
from tests.counties import hefeng, linhekou, shaling
from tests.counties.setting_up import County, submission
from tests.sectors.reading.test_forms import draft, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(request, client, media, monkeypatch, on):
    on("2026-10-09")
    found = County(client, request.param, monkeypatch)
    found.add_region()
    return found


def of(*modules):
    names = [module.__name__.rpartition(".")[2] for module in modules]
    return pytest.mark.parametrize("county", modules, indirect=True, ids=names)


def set_up(county, corrected):
    """Departments, sheets and people; `corrected`: what a person changes of each form, by its file."""
    county.import_list("department")
    sheets = [county.make_sheet(name, **corrected.get(name, {}))[0] for name in county.module.FORMS]
    county.import_list("user")
    page = county.client.get(reverse("setup"))
    assert [step.title for step in page.context["steps"] if step.missing] == ["首个报告期"]
    assert page.context["unassigned"] == []
    return sheets


def report_period(county, key, sheet, department, values):
    """A sheet of a period filled, signed and accepted."""
    county.person("office", county.module.OFFICE)
    period = county.open_period(key)
    found = submission(period, sheet)
    assert found.department in Department.objects.called(department)
    county.person("clerk", department)
    stored = county.fill(found, values)
    assert county.move(found, "submit") == "submitted"
    county.person("head", department)
    assert county.move(found, "sign") == "signed"
    county.person("office", county.module.OFFICE)
    assert county.move(found, "accept") == "accepted"
    return stored


def take_over(county):
    """Last year's figures that the page confirms by itself, by name."""
    address, _page, rows = county.read_report(2025)
    sure = [choice.value for row in rows for choice in row.choices if choice.is_chosen and row.proposal.is_sure]
    county.store_report(address, sorted({one.partition(":")[2]: one for one in sure}.values()))
    stored = Figure.objects.filter(submission__period__year=2025).select_related("indicator")
    return {figure.indicator.name: figure.value for figure in stored}, rows


def best(rows, text, place=0):
    """What the page proposes first for a number of the report."""
    return [row.proposal.fits[0].entry.name for row in rows if row.proposal.mention.text == text][place]


@of(hefeng)
def test_three_head_rows(county):
    works = "房屋市政工程质量监督季报.xlsx"
    products, construction = set_up(county, {works: {"chapter": "engineering"}})
    assert (products.number, products.sector.name) == ("禾质办01表", "产品质量监督抽查情况")
    assert construction.sector.chapter.name == "工程质量"
    area = Indicator.objects.get(name="在监建筑面积")
    assert (area.unit.name, area.decimals, area.accumulation) == ("万平方米", 2, "stock")
    assert Indicator.objects.get(name="市政基础设施工程").accumulation == "stock"  # a part of what is a level

    past, rows = take_over(county)
    assert past["在监工程项目"] == 78
    assert past["在监建筑面积"] == Decimal("126.35")
    assert best(rows, "218批次") == "合计·监督抽查·抽查批次·总批次"
    assert best(rows, "64批次") == "食品相关产品·监督抽查·抽查批次·总批次"
    assert best(rows, "27批次") == "儿童用品·监督抽查·抽查批次·合格"

    values: dict[str, str] = {}
    for name, tested in (("食品相关产品", 16), ("塑料包装", 9), ("日用消费品", 20), ("儿童用品", 8)):
        values |= _row(name, firms=tested, tested=tested, passed=tested - 1)
    for name in ("建筑装饰材料", "农业生产资料"):
        values |= _row(name, firms=5, tested=6, passed=6)
    report_period(county, "2026Q3", products, hefeng.MARKET, values)
    text, pdf = county.draft_report(2026)
    assert "禾丰县" in text
    assert "产品质量监督抽查情况" in text
    assert "95.8" in text  # 46 of 48: of all rows, those within others not counted twice
    assert pdf.startswith(b"%PDF")


def _row(name, *, firms, tested, passed):
    return {
        f"{name}·监督抽查·抽查企业数": str(firms),
        f"{name}·监督抽查·抽查批次·总批次": str(tested),
        f"{name}·监督抽查·抽查批次·合格": str(passed),
        f"{name}·后处理·不合格企业·责令整改": str(tested - passed),
        f"{name}·后处理·不合格企业·立案查处": "0",
    }


@of(shaling)
def test_months_as_columns_and_as_rows(county):
    devices, complaints = set_up(county, {})
    assert (devices.name, devices.frequency) == ("沙岭县特种设备安全监察工作月报表", "month")
    assert devices.department_code == Department.objects.get(name=shaling.MARKET).code  # 市场监管局, shortened
    assert complaints.frequency == "month"
    names = Indicator.objects.filter(sheet=complaints).order_by("row").values_list("name", flat=True)
    assert [*names] == ["受理·合计", "受理·投诉", "受理·举报", "办结", "办结率", "挽回经济损失"]

    past, rows = take_over(county)
    assert {"检查使用单位": 486, "发现隐患": 173, "整改隐患": 171, "立案": 14}.items() <= past.items()
    assert past["办结"] == 2318
    assert (best(rows, "2347件"), best(rows, "1985件")) == ("受理·合计", "受理·投诉")
    assert not any(row.proposal.is_sure for row in rows if row.proposal.mention.text in ("512件", "98家次"))

    values = {"受理·投诉": "150", "受理·举报": "30", "办结": "171", "挽回经济损失": "12.34"}
    report_period(county, "2026-09", complaints, shaling.AFFAIRS, values)
    text, _pdf = county.draft_report(2026)
    assert "180" in text
    assert "95.0" in text


@of(linhekou)
def test_rows_that_the_department_adds(county):
    projects = "在建交通工程项目质量情况表.xlsx"
    county.import_list("department")
    transport = Department.objects.get(name=linhekou.TRANSPORT)
    farming, _none = county.make_sheet("农产品质量安全工作情况表.xlsx")
    assert farming.department_code == Department.objects.get(name=linhekou.FARMING).code
    sheet, remarks = county.make_sheet(projects, chapter="engineering", department=transport.code)
    names = Indicator.objects.filter(sheet=sheet).order_by("row").values_list("name", "of_rows")
    assert [*names] == [
        ("项目数", "count"),
        ("总投资", "sum(c3)"),
        ("长度", "sum(c4)"),
        ("质量监督抽检·抽检点数", "sum(c6)"),
        ("质量监督抽检·合格点数", "sum(c7)"),
    ]
    assert any("项目名称" in text and "总投资" in text for text in remarks)
    (table,) = sheet.tables.all()
    assert [column["name"] for column in table.open_columns][:3] == ["项目名称", "建设单位", "总投资"]
    county.import_list("user")

    past, _rows = take_over(county)
    assert past["监督执法：检查生产经营主体"] == 642
    assert past["检验检测：快速检测样品"] == 12_000
    assert "总投资" not in past  # told of the county and of three projects: a person chooses

    values = {"项目数": "5", "总投资": "46820", "长度": "61.4"}
    values |= {"质量监督抽检·抽检点数": "900", "质量监督抽检·合格点数": "870"}
    report_period(county, "2026Q3", sheet, linhekou.TRANSPORT, values)
    text, _pdf = county.draft_report(2026)
    assert "46820" in text.replace(",", "")


@of(hefeng, shaling, linhekou)
def test_a_list_of_people_gives_departments_and_people(county):
    result, _stored = county.import_list("department")
    assert result.totals["new"] == 3
    office = Department.objects.get(code="office")
    assert (office.name, office.signs) == (county.module.OFFICE, False)
    result, stored = county.import_list("user")
    assert result.totals["new"] == 5
    roles = User.objects.exclude(username="root").order_by("username").values_list("role", flat=True)
    assert [*roles] == ["office", "clerk", "head", "clerk", "head"]
    assert "科室" in result.left_out
    passwords = re.findall(r"<code>([^<]+)</code>", stored.content.decode())
    assert len(passwords) >= 5
    again, _stored = county.import_list("user")
    assert (again.totals["new"], again.totals["update"]) == (0, 0)
    again, _stored = county.import_list("department")
    assert (again.totals["new"], again.totals["update"]) == (0, 0)
    assert Department.objects.count() == 3


def test_an_old_excel_file_is_read_like_a_new_one():
    assert draft(read(shaling.devices())).content == draft(read(shaling.devices_as_xlsx())).content


@of(hefeng)
def test_one_person_changed_by_hand_keeps_the_role_when_the_list_comes_again(county):
    county.import_list("department")
    county.import_list("user")
    User.objects.filter(last_name="吕").update(role="head")
    result, _stored = county.import_list("user")
    assert result.totals["update"] == 0
    assert User.objects.get(last_name="吕").role == "head"
    assert Sheet.objects.count() == Assignment.objects.count() == 0
