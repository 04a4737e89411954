"""What is read of forms and lists in the manner of counties: variants of what the three of them have."""

import pytest

from sectors.reading.forms.form import Use
from sectors.transfer import lists
from tests.sectors.reading.form_files import Sheet
from tests.sectors.reading.test_forms import draft, read


def columns_of(form):
    (table,) = form.tables
    return [(column.name, column.unit, column.use) for column in table.columns] if table.has_only_columns else None


def test_quarters_as_rows_are_periods():
    rows = [[f"{name}季度", None, None] for name in "一二三四"]
    form = read(Sheet().rows(["投诉办理表"], ["季度", "受理（件）", "办结（件）"], *rows, ["合计", None, None]).data())
    assert form.frequency == "quarter"
    assert columns_of(form) == [("受理", "件", Use.ENTERED), ("办结", "件", Use.ENTERED)]


def test_an_ordinary_form_with_a_day_beside_its_figures_keeps_its_rows():
    form = read(
        Sheet().rows(["工作表"], ["项目", "数量（个）", "完成时间"], ["培训", 3, None], ["检查", 5, None]).data()
    )
    assert [row.name for row in form.tables[0].rows] == ["培训", "检查"]


def test_what_a_form_says_beside_and_behind_is_taken():
    sheet = Sheet().rows(
        ["沙岭县设备情况表（2026年1-3月）"],
        ["指标", "单位", "本期", "备注"],
        ["在用设备", "台", None, None],
        ["其中：电梯", "台", None, None],
        ["投入", "万元", None, "保留一位小数"],
        ["道路", "公里", None, None],
    )
    form = read(sheet.data())
    found = {row.name: (row.accumulation, row.decimals) for row in form.tables[0].rows}
    assert form.title == "沙岭县设备情况表"
    assert found == {"在用设备": ("stock", 0), "电梯": ("stock", 0), "投入": ("", 1), "道路": ("", 2)}


def test_the_first_wording_says_each_figure_after_its_name():
    rows = [["检查", "次", None], ["其中：夜查", "次", None], ["处罚", "件", None]]
    content = draft(read(Sheet().rows(["执法表"], ["指标", "单位", "本期"], *rows).data())).content
    assert content["wording"] == "检查{{ n('n01.t1.r1') }}（夜查{{ n('n01.t1.r2') }}）；处罚{{ n('n01.t1.r3') }}。\n"


@pytest.mark.parametrize(
    ("post", "role"),
    [
        ("局长", "head"),
        ("党组书记、局长", "head"),
        ("副主任", "head"),
        ("办公室主任", "clerk"),
        ("四级主任科员", "clerk"),
        ("站长", "clerk"),
        ("", "clerk"),
    ],
)
def test_a_post_says_who_signs(post, role):
    assert lists.role(post) == role


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("谭  军", ("谭", "军")),
        ("欧阳丽", ("欧阳", "丽")),
        ("单于", ("单", "于")),
        ("买买提·艾力", ("", "买买提·艾力")),
    ],
)
def test_a_name_is_taken_apart(name, parts):
    assert lists.split_name(name) == parts


@pytest.mark.parametrize("text", ["139 0002-0001", "+86 139 0002 0001", "(86)139–0002–0001", "008613900020001"])
def test_a_telephone_is_a_username_without_its_gaps(text):
    assert lists.username(text) == "13900020001"


def test_another_number_that_begins_like_the_country_is_kept():
    assert lists.username("8613-900020") == "8613900020"
