"""Forms with rows that the department adds: each becomes an open table, and its totals are made of the rows."""

import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from sectors.catalogue.yaml_files import as_yaml
from sectors.models import Indicator, Table
from sectors.reading.forms import corrections, words
from sectors.spreadsheets.row_writer import made_of_rows
from tests.counties import linhekou
from tests.sectors.reading.form_files import SIGNATURES, Sheet
from tests.sectors.reading.test_forms import KNOWN, checked, draft, read

HEADS = ["序号", "项目名称", "投资（万元）"]


def table_of(form, number=1):
    """The open table as the catalogue has it."""
    return draft(form).content["sheets"][0]["tables"][number - 1]


def columns_of(form, number=1):
    return [(column["name"], column.get("unit") or column["kind"]) for column in table_of(form, number)["open_columns"]]


def made_of(form, number=1):
    return {one["name"]: one.get("of_rows", "") for one in table_of(form, number)["indicators"]}


def test_numbered_rows_below_two_heads_become_an_open_table(tmp_path):
    form = read(linhekou.projects())
    assert columns_of(form) == [
        ("项目名称", "text"),
        ("建设单位", "text"),
        ("总投资", "万元"),
        ("长度", "公里"),
        ("开工时间", "text"),
        ("质量监督抽检·抽检点数", "点"),
        ("质量监督抽检·合格点数", "点"),
        ("备注", "text"),
    ]
    assert list(made_of(form).values()) == ["count", "sum(c3)", "sum(c4)", "sum(c6)", "sum(c7)"]
    assert table_of(form)["rows_of_year"] == "last"  # 在建
    assert draft(form).remarks == []
    checked(as_yaml(draft(form).content), tmp_path)


def blank_rows():
    """Blank rows, a count and sums by formulas, a choice in brackets, days, a rate of each row."""
    return Sheet().rows(
        ["重点项目建设情况统计表"],
        ["填报单位：禾丰县发展和改革委员会", None, None, None, "2026年一季度"],
        ["项目名称", "建设地点", "建设性质（新建/续建）", "长度（公里）", "投资（万元）", "开工日期", "完成率（%）"],
        *[[]] * 3,
        ["合计", "=COUNTA(A4:A6)", None, "=SUM(D4:D6)", "=MAX(E4:E6)"],
        SIGNATURES,
    )


def test_blank_rows_are_room_for_rows(tmp_path):
    form = read(blank_rows().data())
    assert (form.title, form.frequency) == ("重点项目建设情况统计表", "quarter")
    (table,) = form.tables
    assert [column.kind for column in table.open_columns] == [
        "text",
        "text",
        "choice",
        "number",
        "number",
        "date",
        "number",
    ]
    assert table.open_columns[2].options == ("新建", "续建")
    assert made_of(form) == {"项目数": "count", "长度": "sum(c4)", "投资": "max(c5)"}
    assert "G3" in [remark.address for remark in form.remarks]
    assert "rows_of_year" not in table_of(form)
    checked(as_yaml(draft(form).content), tmp_path)


def test_a_share_of_totals_is_computed_and_one_of_each_row_is_typed():
    heads = ["序号", "工程名称", "抽检（点）", "合格（点）", "合格率（%）"]
    rows = [[n, None, None, None, f"=D{n + 2}/C{n + 2}*100"] for n in (1, 2)]
    total = ["合计", None, "=SUM(C3:C4)", "=SUM(D3:D4)", "=D5/C5*100"]
    form = read(Sheet().rows(["抽检情况表"], heads, *rows, total).data())
    share = table_of(form)["indicators"][-1]
    assert (share["name"], share["formula"], share["accumulation"]) == ("合格率", "n01.t1.c3 / n01.t1.c2", "ratio")
    assert ("合格率", "%") in columns_of(form)
    assert "E3" in [remark.address for remark in form.remarks]


def test_projects_of_last_time_are_no_rows_of_the_form():
    """Known by their head and a column of words, also where they are filled in."""
    heads = ["序号", "项目名称", "建设单位", "投资（万元）", "竣工"]
    filled = [[1, "滨河路改造", "城投公司", 320.5, "是"], [2, "东桥加固", "公路局", 88, "否"]]
    form = read(Sheet().rows(["项目表"], heads, *filled, ["合计", None, None, "=SUM(D3:D4)"]).data())
    assert made_of(form) == {"项目数": "count", "投资": "sum(c3)"}
    assert columns_of(form)[2:] == [("投资", "万元"), ("竣工", "text")]
    assert table_of(form)["open_columns"][2]["decimals"] == 1


def test_rows_that_the_department_adds_may_have_no_total():
    heads = ["序号", "企业名称", "地址", "产值（万元）", "合格率（%）"]
    form = read(Sheet().rows(["品牌企业情况表"], heads, [1], [2], [3]).data())
    assert made_of(form) == {"企业数": "count", "产值": "sum(c3)"}


def test_nothing_below_heads_is_room_too():
    heads = ["序号", "品牌名称", "类别（国家级、省级）", "产值（万元）"]
    form = read(Sheet().rows(["品牌情况表"], heads).data())
    assert made_of(form) == {"品牌数": "count", "产值": "sum(c3)"}


@pytest.mark.parametrize(
    "rows",
    [
        [HEADS, ["合计", None, "=SUM(C4:C6)"], [1], [], [2]],  # a total first, a blank row between
        [HEADS, [1], [2], HEADS, [3], ["合计", None, "=SUM(C3:C6)"]],  # the head once more on the next printed page
        [HEADS, [1], ["…"], [], ["合　计", None, None]],
        [HEADS, [], [], ["总计", None, "=SUBTOTAL(9,C3:C4)"], [], ["说明：可自行添加。"]],
    ],
)
def test_one_open_table_stays_one(rows):
    form = read(Sheet().rows(["项目表"], *rows).data())
    assert len(form.tables) == 1
    assert made_of(form) == {"项目数": "count", "投资": "sum(c2)"}
    assert form.remarks[1:] == []


def test_hidden_columns_are_no_columns():
    sheet = Sheet().rows(["项目表"], ["序号", "项目名称", "内部编号", "投资（万元）"], [1], [2])
    sheet.page.column_dimensions["C"].hidden = True
    assert columns_of(read(sheet.data())) == [("项目名称", "text"), ("投资", "万元")]


def test_three_open_tables_below_each_other_have_their_names(tmp_path):
    form = read(
        Sheet()
        .rows(["情况表"], ["一、项目"], HEADS, [1], [2], ["合计", None, "=SUM(C4:C5)"], [], ["二、企业"])
        .rows(["序号", "企业名称", "许可证号", "检查次数"], [1], [2], [], ["三、案件"])
        .rows(["序号", "案件名称", "罚没金额（元）", "结案日期"], [1], [2], [3])
        .data()
    )
    assert [table.name for table in form.tables] == ["项目", "企业", "案件"]
    assert [list(made_of(form, number)) for number in (1, 2, 3)] == [
        ["项目数", "投资"],
        ["企业数", "检查次数"],
        ["案件数", "罚没金额"],
    ]
    checked(as_yaml(draft(form).content), tmp_path)


def test_two_open_tables_beside_each_other():
    rows = [[*HEADS, "序号", "企业名称", "产值（万元）"], [1, None, None, 1], [2, None, None, 2]]
    form = read(Sheet().rows(["情况表"], *rows).data())
    assert [list(made_of(form, number)) for number in (1, 2)] == [["项目数", "投资"], ["企业数", "产值"]]


def test_a_list_to_choose_from_is_a_choice():
    sheet = Sheet().rows(["项目表"], ["序号", "项目名称", "阶段"], [1], [2])
    rule = DataValidation(type="list", formula1='"前期,在建,竣工"')
    rule.add("C3:C40")
    sheet.page.add_data_validation(rule)
    assert read(sheet.data()).tables[0].open_columns[1].options == ("前期", "在建", "竣工")


def test_open_columns_are_corrected(tmp_path):
    form = read(blank_rows().data())
    typed = {
        "t1.rows_of_year": "last",
        "t1.o2.name": "乡镇",
        "t1.o2.kind": "choice",
        "t1.o2.options": "城关镇、东乡",
        "t1.o2.required": "1",
        "t1.o4.name": "里程",
        "t1.o4.unit": "米",
        "t1.o4.decimals": "1",
        "t1.o5.name": "投资",
        "t1.o5.use": "left_out",
        "t1.c3.name": "最大投资",
        "t1.c3.unit": "万元",
    }
    assert corrections.apply(form, typed, KNOWN) == []
    table = table_of(form)
    assert table["rows_of_year"] == "last"
    assert table["open_columns"][1] == {
        "code": "c2",
        "name": "乡镇",
        "kind": "choice",
        "options": {"o1": "城关镇", "o2": "东乡"},
        "required": True,
    }
    length = next(one for one in table["indicators"] if one.get("of_rows") == "sum(c4)")
    assert (length["unit"], length["decimals"]) == ("米", 1)
    assert made_of(form)["最大投资"] == ""  # its column is left out: it is entered
    checked(as_yaml(draft(form).content), tmp_path)


@pytest.mark.parametrize(
    ("field", "typed"), [("options", {"kind": "choice", "options": " 、"}), ("unit", {"unit": ""})]
)
def test_a_column_that_cannot_be_taken_is_said_at_its_field(field, typed):
    form = read(blank_rows().data())
    sent = {"t1.o4.name": "长度", "t1.o4.unit": "公里"} | {f"t1.o4.{key}": text for key, text in typed.items()}
    assert [problem.field for problem in corrections.apply(form, sent, KNOWN)] == [f"t1.o4.{field}"]


@pytest.mark.parametrize(
    ("made", "found"), [("count", ("个数", "")), ("sum(c)", ("之和", "长度")), ("max(c)", ("中最大的", "长度"))]
)
def test_what_a_downloaded_sheet_says_of_rows_is_known_again(made, found):
    indicator = Indicator(of_rows=made, table=Table(open_columns=[{"code": "c", "name": "长度"}]))
    said = words.OF_ROWS.search(made_of_rows(indicator))
    assert said is not None
    assert (said[1] or said[3], said[2] or "") == found
