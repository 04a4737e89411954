"""Numbers of pictures and tables, and where the text refers to them."""

from decimal import Decimal
from typing import Any

from reports.document.blocks import Block, Chart, Column, Heading, Paragraph, Point, Series, Table, Text, runs_text
from reports.document.numbering import numbered, with_subject

ANNEX = Heading(1, "附件1", "主要指标数据", key="figures")


def heading(key: str) -> Heading:
    return Heading(3, "1.", "食品", key=key)


def table(key: str, **more: Any) -> Table:
    return Table("抽检结果", (Column("项目"),), (), key=key, **more)


def chart(key: str) -> Chart:
    points = tuple(Point("food.rate", str(number), Decimal(number)) for number in (1, 2))
    return Chart("bar", "占比（横轴从1%开始）", "%", ("甲", "乙"), (Series("2031年", points),), key=key)


def text(key: str, words: str = "全年抽检合格。") -> Paragraph:
    return Paragraph((Text(words),) if words else (), key=key)


def numbers(blocks: list[Block]) -> list[str]:
    return [block.number for block in blocks if isinstance(block, Chart | Table)]


def printed(blocks: list[Block]) -> list[str]:
    return [runs_text(block.printed_runs) for block in blocks if isinstance(block, Paragraph)]


def test_each_kind_is_counted_and_annexes_by_themselves() -> None:
    blocks: list[Block] = [
        table("a"),
        chart("b"),
        table("c"),
        ANNEX,
        table("d"),
        Heading(1, "附件2", "说明", key="e"),
        table("f"),
    ]
    found = numbered(blocks)
    assert numbers(found) == ["表1", "图1", "表2", "附表1", "附表2"]
    captions = [block.numbered_caption for block in found if isinstance(block, Chart | Table)]
    assert captions[:2] == ["表1　抽检结果", "图1　占比（单位：%，横轴从1%开始）"]
    assert table("a").numbered_caption == "抽检结果"


def test_the_last_sentence_before_tables_refers_to_all_of_them() -> None:
    blocks: list[Block] = [heading("food"), text("food/text/1"), text("food/text/2"), table("a"), table("b")]
    assert printed(numbered(blocks)) == ["全年抽检合格。", "全年抽检合格（见表1、表2）。"]


def test_a_remark_in_brackets_stays_behind_the_sentence_that_refers() -> None:
    remark = "（以上为1—6月数据，甲（乙）没有列入。全年数据尚不完整。）"
    for paragraph in (
        text("food/text/1", f"全年抽检合格。{remark}"),  # as the office has it
        Paragraph((Text("全年抽检"), Text("合格。"), Text(remark)), key="food/text/1"),
    ):
        blocks: list[Block] = [heading("food"), paragraph, table("a")]
        assert printed(numbered(blocks)) == [f"全年抽检合格（见表1）。{remark}"]
    for words in (remark, "全年抽检合格（抽检40批次。）", "（甲。）"):
        blocks = [heading("food"), text("food/text/1", words), table("a")]
        assert printed(numbered(blocks)) == [f"{words}（见表1）"]


def test_the_sentence_of_a_picture_refers_to_it() -> None:
    blocks: list[Block] = [
        heading("food"),
        text("food/text/1"),
        chart("food/chart/a"),
        text("food/chart/a/text", "甲最多。"),
    ]
    assert printed(numbered(blocks)) == ["全年抽检合格。", "甲最多（见图1）。"]


def test_words_of_a_department_are_not_added_to() -> None:
    blocks: list[Block] = [
        heading("food"),
        text("food/text/1"),
        text("food/words/food.work/1", "开展了抽检。"),
        table("a"),
    ]
    assert printed(numbered(blocks)) == ["全年抽检合格（见表1）。", "开展了抽检。"]
    of_measures: list[Block] = [heading("measures"), text("measures/mend/measure/food.rate", "由甲负责。"), table("a")]
    assert printed(numbered(of_measures)) == ["由甲负责。"]
    alone: list[Block] = [heading("food"), text("food/words/food.work/1", "开展了抽检。"), table("a")]
    assert printed(numbered(alone)) == ["开展了抽检。"]


def test_no_section_refers_to_what_stands_in_another() -> None:
    assert printed(numbered([heading("a"), text("a/text/1"), heading("b"), table("b/table")])) == ["全年抽检合格。"]


def test_what_refers_to_it_already_is_left() -> None:
    own = text("food/text/1", "结果见表1。")
    assert printed(numbered([heading("food"), own, table("a")])) == ["结果见表1。"]
    other = text("food/text/1", "结果见表11。")
    assert printed(numbered([heading("food"), other, table("a")])) == ["结果见表11（见表1）。"]


def test_a_sentence_without_a_full_stop_and_one_without_words() -> None:
    blocks: list[Block] = [heading("food"), text("food/text/1", "抽检结果如下："), text("food/text/2", ""), table("a")]
    assert printed(numbered(blocks)) == ["抽检结果如下：（见表1）", ""]


def test_numbers_are_made_anew_when_a_table_is_gone() -> None:
    once = numbered([heading("food"), text("food/text/1"), table("a"), table("b")])
    assert numbers(once) == ["表1", "表2"]
    again = numbered([block for block in once if block.key != "a"])  # type: ignore[union-attr]
    assert numbers(again) == ["表1"]
    assert printed(again) == ["全年抽检合格（见表1）。"]
    assert numbered(once) == once


def test_a_caption_says_what_it_is_of() -> None:
    named = with_subject(with_subject(table("a"), "食品"), "某县2031年")
    assert isinstance(named, Table)
    assert named.caption == "某县2031年食品抽检结果"
    assert with_subject(named, "食品及相关产品") == named
    drawn = with_subject(chart("b"), "食品")
    assert isinstance(drawn, Chart)
    assert drawn.caption == "食品占比（单位：%，横轴从1%开始）"
    assert with_subject(heading("c"), "食品") == heading("c")
