"""Forms that departments fill in Excel, read as sheets: what is recognised of each, and what becomes of it."""

from io import BytesIO
from typing import Any

import pytest
from django.core.management import call_command
from ruamel.yaml import YAML

from sectors.catalogue.yaml_files import as_yaml
from sectors.reading.forms import corrections, formulas, recognition, specification
from sectors.reading.forms.form import Use
from sectors.reading.forms.units import Units
from sectors.spreadsheets.container import BadFile, open_file
from sectors.spreadsheets.structure import moved
from tests import base
from tests.sectors.reading import form_files
from tests.sectors.reading.form_files import Sheet as Form

SHIPPED_UNITS = base.SHIPPED_CATALOGUE / "units.yaml"
UNITS = YAML(typ="safe").load(SHIPPED_UNITS.read_text())["units"]
KNOWN = Units({str(way): str(unit["name"]) for unit in UNITS for way in (unit["name"], *unit.get("also", []))})


def read(data, units=KNOWN, worksheet=0):
    book = open_file(BytesIO(data), len(data))
    return recognition.read(recognition.page_of(book, recognition.names(book)[worksheet]), units)


def draft(form, number="Z-91"):
    facts = specification.Facts(
        form.number or number,
        form.title,
        form.frequency or "quarter",
        "market",
        "n01",
        "新领域",
        "product",
        "产品质量",
        1,
        30,
    )
    return specification.draft(form, facts, KNOWN.known.values())


def table_of(form, number=1):
    return draft(form).content["sheets"][0]["tables"][number - 1]


def checked(text, path):
    """Whether the catalogue takes it beside the shipped units. Raises CommandError with each problem."""
    file = path / "form.yaml"
    file.write_text(text)
    call_command("check_catalogue", str(file), str(SHIPPED_UNITS), alone=True)


# What a person would say of each form: title, number, who fills it, frequency; of each table its columns with their
# unit and what they add up, and its rows with their unit, what they add up, and which row they are a part of; how many
# formulas are computed, and what is left out.
ENTERED, COMPUTED = Use.ENTERED, Use.COMPUTED
EXPECTED: dict[str, dict[str, Any]] = {
    "three_heads": {
        "facts": ("食品安全监督抽检情况统计表", "特质监01表", "云泽县市场监督管理局", "quarter"),
        "columns": [
            [
                ("监督抽检·计划批次", "批次", (), ENTERED),
                ("监督抽检·完成情况·完成批次", "批次", (), ENTERED),
                ("监督抽检·完成情况·合格批次", "批次", (), ENTERED),
                ("监督抽检·完成情况·合格率", "%", (), COMPUTED),
                ("监督抽检·完成率", "%", (), COMPUTED),
                ("风险监测·监测批次", "批次", (), ENTERED),
                ("风险监测·问题批次", "批次", (), ENTERED),
            ]
        ],
        "rows": [
            [
                ("粮食加工品", "", (), None, ENTERED),
                ("食用油、油脂及其制品", "", (), None, ENTERED),
                ("肉制品", "", (), None, ENTERED),
                ("乳制品", "", (), None, ENTERED),
                ("合计", "", (1, 2, 3, 4), None, COMPUTED),
            ]
        ],
        "formulas": 15,
        "left_out": [],
    },
    "months": {
        "facts": ("特种设备安全监察情况月报表", "", "", "month"),
        "columns": [[("数据", "", (), ENTERED)]],
        "rows": [
            [
                ("在用特种设备数量", "台", (), None, ENTERED),
                ("电梯", "台", (), 1, ENTERED),
                ("锅炉", "台", (), 1, ENTERED),
                ("检查使用单位", "家次", (), None, ENTERED),
                ("发现隐患", "个", (), None, ENTERED),
                ("已整改隐患", "个", (), None, ENTERED),
                ("隐患整改率", "%", (), None, COMPUTED),
            ]
        ],
        "formulas": 1,
        "left_out": ["D3", "P3"],
    },
    "within_words": {
        "facts": ("农产品质量安全监管情况季报", "农质02表", "", "quarter"),
        "columns": [[("本期", "", (), ENTERED)], [("本期", "", (), ENTERED)]],
        "rows": [
            [
                ("监测样品数", "批次", (), None, ENTERED),
                ("蔬菜", "批次", (), 1, ENTERED),
                ("水果", "批次", (), 1, ENTERED),
                ("合格样品数", "批次", (), None, ENTERED),
                ("合格率", "%", (), None, COMPUTED),
            ],
            [("检查生产经营主体", "家次", (), None, ENTERED), ("立案查处", "件", (), None, ENTERED)],
        ],
        "formulas": 1,
        "left_out": ["E5", "F5", "G5", "H5"],
    },
    "indents": {
        "facts": ("建设工程质量监督情况表", "", "", "year"),
        "columns": [[("数量", "", (), ENTERED)]],
        "rows": [
            [
                ("在监工程项目", "项", (2, 3, 4), None, COMPUTED),
                ("房屋建筑工程", "项", (), 1, ENTERED),
                ("市政工程", "项", (), 1, ENTERED),
                ("其他工程", "项", (), 1, ENTERED),
                ("监督检查", "项", (6, 7), None, ENTERED),
                ("日常巡查", "项", (), 5, ENTERED),
                ("专项检查", "项", (), 5, ENTERED),
                ("质量投诉", "项", (), None, ENTERED),
                ("已办结", "项", (), 8, ENTERED),
            ]
        ],
        "formulas": 1,
        "left_out": [],
    },
    "two_tables": {
        "facts": ("旅游服务质量情况统计表", "", "云泽县文化和旅游局", "quarter"),
        "columns": [
            [("数量", "", (), ENTERED)],
            [
                ("受理·电话", "件", (), ENTERED),
                ("受理·网络", "件", (), ENTERED),
                ("受理·小计", "件", (1, 2), COMPUTED),
                ("办结", "件", (), ENTERED),
            ],
        ],
        "rows": [
            [("接待游客", "万人次", (), None, ENTERED), ("旅游收入", "万元", (), None, ENTERED)],
            [
                ("景区", "", (), None, ENTERED),
                ("酒店民宿", "", (), None, ENTERED),
                ("旅行社", "", (), None, ENTERED),
                ("合计", "", (1, 2, 3), None, COMPUTED),
            ],
        ],
        "formulas": 7,
        "left_out": [],
    },
    "hidden": {
        "facts": ("医疗服务质量监测表", "", "云泽县卫生健康委员会", "year"),
        "columns": [[("公立医院", "所", (), ENTERED), ("民营医院", "所", (), ENTERED)]],
        "rows": [
            [
                ("机构数", "", (), None, ENTERED),
                ("开展质控检查机构", "", (), None, ENTERED),
                ("委托检查机构", "", (), None, ENTERED),
            ]
        ],
        "formulas": 0,
        "left_out": ["A6", "B1", "E3"],
    },
    "numbered": {
        "facts": ("粮食质量安全监测情况表", "", "云泽县粮食和物资储备局", "quarter"),
        "columns": [[("本季", "", (), ENTERED)]],
        "rows": [
            [
                ("收购粮食总量", "吨", (), None, ENTERED),
                ("小麦", "吨", (), 1, ENTERED),
                ("优质小麦", "吨", (), 2, ENTERED),
                ("玉米", "吨", (), 1, ENTERED),
                ("库存粮食总量", "吨", (), None, ENTERED),
                ("政策性粮食", "吨", (), 5, ENTERED),
                ("商品粮", "吨", (), 5, ENTERED),
                ("库存粮食宜存率", "%", (), None, ENTERED),
            ]
        ],
        "formulas": 0,
        "left_out": [],
    },
    "groups": {
        "facts": ("养老服务质量检查情况表", "", "", "month"),
        "columns": [
            [("检查机构", "家", (), ENTERED), ("发现问题", "个", (), ENTERED), ("整改完成", "个", (), ENTERED)],
        ],
        "rows": [
            [
                ("公办", "", (), None, ENTERED),
                ("民办", "", (), None, ENTERED),
                ("城市小计", "", (1, 2), None, COMPUTED),
                ("敬老院", "", (), None, ENTERED),
                ("互助点", "", (), None, ENTERED),
                ("农村小计", "", (4, 5), None, COMPUTED),
                ("合计", "", (3, 6), None, COMPUTED),
            ]
        ],
        "formulas": 9,
        "left_out": [],
    },
    "side_by_side": {
        "facts": ("公路养护质量情况统计表", "", "云泽县交通运输局", "quarter"),
        "columns": [[("数量", "", (), ENTERED)], [("数量", "", (), ENTERED)]],
        "rows": [
            [
                ("公路总里程", "公里", (), None, ENTERED),
                ("优良路里程", "公里", (), None, ENTERED),
                ("优良路率", "%", (), None, COMPUTED),
            ],
            [
                ("养护投入", "万元", (), None, ENTERED),
                ("投入机械", "台班", (), None, ENTERED),
                ("投诉", "起", (), None, ENTERED),
            ],
        ],
        "formulas": 1,
        "left_out": [],
    },
    "quarters": {
        "facts": ("农业机械质量监督情况统计表", "农机03表", "云泽县农业农村局", "quarter"),
        "columns": [[("数据", "", (), ENTERED)]],
        "rows": [
            [
                ("监督抽查批次", "批次", (2, 3), None, COMPUTED),
                ("拖拉机", "批次", (), 1, ENTERED),
                ("收割机", "批次", (), 1, ENTERED),
                ("合格批次", "批次", (), None, ENTERED),
                ("抽查合格率", "%", (), None, COMPUTED),
            ]
        ],
        "formulas": 2,
        "left_out": ["A10", "C3", "G3"],
    },
}


def recognised(form):
    return {
        "facts": (form.title, form.number, form.organisation, form.frequency),
        "columns": [[(c.name, c.unit, c.total_of, c.use) for c in table.columns] for table in form.tables],
        "rows": [[(r.name, r.unit, r.total_of, r.parent, r.use) for r in table.rows] for table in form.tables],
        "formulas": sum(len(table.formulas) for table in form.tables),
        "left_out": sorted(remark.address for remark in form.remarks),
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_everything_of_a_form_is_recognised(name):
    """All rows, columns, units, totals and formulas of the ten forms: a share of 1."""
    assert recognised(read(form_files.ALL[name]())) == EXPECTED[name]


def test_every_form_has_its_expectation():
    assert EXPECTED.keys() == form_files.ALL.keys()
    assert sum(len(table) for one in EXPECTED.values() for table in one["rows"]) > 60


@pytest.mark.parametrize("name", EXPECTED)
def test_the_catalogue_takes_each_form_as_it_was_recognised(name, tmp_path):
    checked(as_yaml(draft(read(form_files.ALL[name]())).content), tmp_path)


def test_a_total_with_a_formula_is_computed_and_one_that_is_typed_is_checked():
    first, checks, complaints = table_of(read(form_files.indents()))["indicators"]
    assert first["formula"] == "parts(n01.t1.r1)"
    assert [(split["exhaustive"], len(split["indicators"])) for split in first["parts"]] == [(True, 3)]
    assert "formula" not in checks
    assert [(split["exhaustive"], split["name"]) for split in checks["parts"]] == [(True, "分项")]
    assert [(split["exhaustive"], split["name"]) for split in complaints["parts"]] == [(False, "其中")]


def test_shares_lose_their_hundred_and_total_rows_stay_last():
    table = table_of(read(form_files.three_heads()))
    assert [column.get("formula") for column in table["columns"]][3:5] == ["{row}.c3 / {row}.c2", "{row}.c2 / {row}.c1"]
    assert table["total_row"] == {"code": "r5", "name": "合计", "computed": True}
    assert [row["code"] for row in table["rows"]] == ["r1", "r2", "r3", "r4"]


def test_subtotals_of_a_matrix_are_computed():
    table = table_of(read(form_files.groups()))
    assert [(row["name"], row["computed"], len(row["parts"][0]["rows"])) for row in table["rows"]] == [
        ("城市小计", True, 2),
        ("农村小计", True, 2),
    ]
    assert table["total_row"]["computed"]


def test_a_column_that_adds_up_others_is_computed_or_checked():
    data = form_files.two_tables()
    assert table_of(read(data), 2)["columns"][2]["formula"] == "{row}.c1 + {row}.c2"
    form = read(data)
    form.tables[1].columns[2].use = ENTERED
    table = table_of(form, 2)
    assert "formula" not in table["columns"][2]
    assert [rule["expression"] for rule in table["rules"]] == ["{row}.c3 == {row}.c1 + {row}.c2"]


def test_a_total_may_stand_below_the_numbers_of_rows():
    rows = [["序号", "检查对象", "检查户次", "立案（件）"], [1, "学校食堂"], [2, "大型超市"], ["合计"]]
    (table,) = read(Form().rows(*rows).data()).tables
    assert [(row.name, row.total_of) for row in table.rows] == [("学校食堂", ()), ("大型超市", ()), ("合计", (1, 2))]
    assert [column.unit for column in table.columns] == ["户次", "件"]


def test_figures_that_are_said_in_words_are_figures():
    rows = [
        ["指标", "单位", "数量"],
        ["甲", "件", "不适用"],
        ["乙", "件", "约30"],
        ["丙", "℃", -3.5],
        ["丁", "%", "95%以上"],
    ]
    (table,) = read(Form().rows(*rows).data()).tables
    assert [row.name for row in table.rows] == ["甲", "乙", "丙", "丁"]


def test_a_total_that_comes_first_adds_up_what_follows():
    rows = [["投诉情况"], ["类别", "件数", "办结"], ["总计", 10, 9], ["食品", 6, 5], ["药品", 4, 4]]
    form = read(Form().rows(*rows).data())
    assert form.tables[0].rows[0].total_of == (2, 3)
    (row,) = table_of(form)["rows"]
    assert (row["name"], row["parts"][0]["exhaustive"], "computed" in row) == ("总计", True, False)


def test_months_with_columns_of_their_own_leave_one_of_each():
    heads = [["指标", "1月", None, "2月", None], [None, "抽检", "合格", "抽检", "合格"]]
    form = read(Form().rows(*heads, ["蔬菜", 1, 1, 1, 1]).merge("A1:A2", "B1:C1", "D1:E1").data())
    assert form.frequency == "month"
    assert [column.name for column in form.tables[0].columns] == ["抽检", "合格"]


def test_units_that_the_catalogue_lacks_are_added():
    assert draft(read(form_files.side_by_side())).content["units"] == [{"name": "台班"}]
    assert "units" not in draft(read(form_files.months())).content


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([["没有表头的一段话。"]], "A1"),
        ([[None], [None, "通知"], [None, None, "请各部门填报"]], "B2"),
        ([["名单"], ["张三", 5], ["李四", 6]], "A1"),
    ],
)
def test_what_is_no_form_is_said_with_its_cell(cells, said):
    with pytest.raises(BadFile, match=said):
        read(Form().rows(*cells).data())


def test_a_list_is_no_form():
    rows = [["序号", "名称", "数量"], *([n, f"样品{n}", n] for n in range(1, 600))]
    with pytest.raises(BadFile, match="C600"):
        read(Form().rows(*rows).data())


def test_a_formula_that_nobody_understands_is_told_and_the_cell_is_entered():
    rows = [["指标", "单位", "本期"], ["抽检", "批次", 5], ["合格", "批次", "=VLOOKUP(A3,Sheet2!A:B,2,0)"]]
    form = read(Form().rows(*rows).data())
    assert [remark.address for remark in form.remarks] == ["C3"]
    assert [row.use for row in form.tables[0].rows] == [ENTERED, ENTERED]


def test_a_formula_over_what_is_left_out_is_told():
    form = read(form_files.within_words())
    form.tables[0].rows[0].use = Use.LEFT_OUT
    found = draft(form)
    assert [remark.address for remark in found.remarks] == ["D12"]
    rate = found.content["sheets"][0]["tables"][0]["indicators"][-1]
    assert (rate["name"], "formula" in rate) == ("合格率", False)


def test_rows_and_columns_keep_their_codes_when_others_are_left_out():
    form = read(form_files.three_heads())
    form.tables[0].rows[1].use = form.tables[0].columns[5].use = Use.LEFT_OUT
    table = table_of(form)
    assert [row["code"] for row in table["rows"]] == ["r1", "r3", "r4"]
    assert [column["code"] for column in table["columns"]] == ["c1", "c2", "c3", "c4", "c5", "c7"]


def test_a_form_is_corrected(tmp_path):
    form = read(form_files.numbered())
    typed = {
        "t1.name": "库存",
        "t1.r1.name": "收购总量",
        "t1.r1.unit": "万吨",
        "t1.r1.decimals": "２",
        "t1.r5.name": "库存粮食总量",
        "t1.r5.total_of": "6-7",
        "t1.r8.name": "宜存率",
        "t1.r8.use": "left_out",
    }
    assert corrections.apply(form, typed, KNOWN) == []
    table = table_of(form)
    assert table["name"] == "库存"
    assert (table["indicators"][0]["name"], table["indicators"][0]["unit"]) == ("收购总量", "万吨")
    assert table["indicators"][0]["decimals"] == 2
    assert table["indicators"][1]["parts"][0]["exhaustive"]
    assert len(table["indicators"]) == 2
    checked(as_yaml(draft(form).content), tmp_path)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", " "),
        ("unit", ""),
        ("decimals", "7"),
        ("decimals", "-1"),
        ("decimals", "一"),
        ("total_of", "2-9"),
        ("total_of", "3-2"),
        ("total_of", "1"),
        ("total_of", "甲"),
        ("parent", "1"),
        ("parent", "2"),
        ("parent", "99"),
        ("parent", "x"),
    ],
)
def test_a_correction_that_cannot_be_taken_is_said_at_its_field(field, text):
    form = read(form_files.numbered())
    typed = {"t1.r1.name": "收购", f"t1.r1.{field}": text}
    assert [problem.field for problem in corrections.apply(form, typed, KNOWN)] == [f"t1.r1.{field}"]


def test_totals_in_a_circle_are_written_without_one(tmp_path):
    form = read(form_files.indents())
    rows = form.tables[0].rows
    rows[4].total_of, rows[5].total_of = (6, 8), (5,)
    checked(as_yaml(draft(form).content), tmp_path)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("SUM(B1:B2)", "B1 + B2"),
        ('IF(B1=0,"",ROUND(C1/B1*100,2))', "C1 / B1"),
        ("(B1-B2)/(C1/C2)", "(B1 - B2) / (C1 / C2)"),
        ("B1-(C1-C2)", "B1 - (C1 - C2)"),
        ("B4+SUM(B7:B8,B10)", "B4 + B7 + B8 + B10"),
        ('IF(COUNT(C5,C4)+ISNUMBER(MATCH(C5,{"n/a","na"},0))=2,IFERROR(((C5/C4)*100),""),"")', "C5 / C4"),
    ],
)
def test_formulas_are_read_without_their_guards(text, written):
    node = formulas.without_hundred(formulas.read(text))
    assert formulas.written(node, lambda place: "ABCDEFGH"[place[1]] + str(place[0] + 1)) == written


@pytest.mark.parametrize(
    "text",
    ["Sheet2!B1+1", "VLOOKUP(A1,B:C,2)", "B1&C1", "B1^2", "SUM(B1:ZZ9999)", "(" * 200, "", "B1+"],
)
def test_other_formulas_are_not_guessed_at(text):
    with pytest.raises(formulas.NotUnderstood):
        formulas.read(text)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("C4/B4*100", "C4/B4"),
        ("C4/B4*100-100", "C4/B4-1"),
        ("100-ROUND(C4/B4*100,1)", "1-C4/B4"),
        ("(C4-B4)/B4*100", "(C4-B4)/B4"),
        ("C4/B4*100-D4/B4*100", "C4/B4-D4/B4"),
        ("C4/B4-1", "C4/B4-1"),  # a share already, whose cell shows it as a percentage
        ("C4-B4", "C4-B4"),
    ],
)
def test_a_percentage_is_written_as_the_share_that_it_is(text, share):
    assert formulas.without_hundred(formulas.read(text)) == formulas.read(share)


def test_a_formula_that_is_filled_down_reads_further_cells():
    assert moved('IF($B2="B2",SUM(C2:C$4),D3)', 1, 2) == 'IF($B3="B2",SUM(E3:E$4),F4)'
