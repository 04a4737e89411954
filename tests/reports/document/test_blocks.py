"""The blocks, their marks and their text forms: JSON, plain text and the web page."""

import dataclasses
import json
import re
from datetime import date
from decimal import Decimal

import pytest

from reports.document.blocks import (
    Column,
    Contents,
    Cover,
    Document,
    Gap,
    Heading,
    Number,
    PageBreak,
    Paragraph,
    Row,
    Table,
    Text,
    block_key,
    format_date,
    parse_date,
)
from reports.document.characters import printable
from reports.document.figures import FigureUsed
from reports.document.marks import mark_gap, mark_number, parse_marked, strip_marks
from reports.document.numbering import chinese_number, number_heading
from reports.document.snapshots import to_json
from reports.writers.html import body_html, write_html

TABLE = Table(
    "云泽县茶叶抽检情况",
    (Column("指标", width_share=3), Column("本年", "right")),
    (
        Row(((Text("抽检"),),), kind="group"),
        Row(((Text("检测样品"),), (Number("tea.samples", "1,204"),))),
        Row(((Text("其中：合格"),), (Gap("tea.passed", ""),)), indent=1),
    ),
)
FIGURE = FigureUsed(
    code="tea.samples",
    name="检测样品",
    unit="批次",
    value=Decimal("1.20E+3"),
    text="1,200",
    last_value=None,
    change=None,
    coverage=(3, 4),
    declared=Decimal("1204.50"),
    source="periods",
)
DOCUMENT = Document(
    title="云泽县2031年质量状况分析报告",
    region_name="云泽县",
    year=2031,
    blocks=(
        Cover(("云泽县2031年", "质量状况分析报告"), "云泽县质量办", "2032年1月5日"),
        Contents(),
        Heading(1, "一、", "基本情况"),
        Paragraph((Text("全年检测样品"), Number("tea.samples", "1,204批次"), Text("。"))),
        PageBreak(),
        TABLE,
    ),
    figures=(FIGURE,),
)


@pytest.mark.parametrize(
    ("n", "written"),
    [(1, "一"), (10, "十"), (11, "十一"), (16, "十六"), (20, "二十"), (34, "三十四"), (99, "九十九")],
)
def test_chinese_numbers(n, written):
    assert chinese_number(n) == written


@pytest.mark.parametrize("n", [0, -1, 100])
def test_chinese_number_out_of_range(n):
    with pytest.raises(ValueError, match=str(n)):
        chinese_number(n)


@pytest.mark.parametrize(("level", "number"), [(1, "十二、"), (2, "（十二）"), (3, "12."), (4, "（12）")])
def test_heading_numbers(level, number):
    assert number_heading(level, 12) == number


@pytest.mark.parametrize("level", [0, 5])
def test_no_other_heading_levels(level):
    with pytest.raises(ValueError, match=str(level)):
        number_heading(level, 1)
    with pytest.raises(ValueError, match=str(level)):
        Heading(level, "", "标题")


def test_dates_have_no_leading_zeros():
    assert format_date(date(2026, 1, 5)) == "2026年1月5日"


def test_marks_travel_through_a_string():
    marked = f"检测样品{mark_number('tea.samples', '1,204批次')}，合格{mark_gap('tea.passed', '合格样品')}。"

    assert parse_marked(marked) == (
        Text("检测样品"),
        Number("tea.samples", "1,204批次"),
        Text("，合格"),
        Gap("tea.passed", "合格样品"),
        Text("。"),
    )


def test_adjacent_marks_and_no_marks():
    marked = mark_number("a", "1") + mark_number("b", "2")
    assert parse_marked(marked) == (Number("a", "1"), Number("b", "2"))
    assert parse_marked("没有数据") == (Text("没有数据"),)
    assert parse_marked("") == ()


def test_typed_text_cannot_fake_a_mark():
    typed = "合格率" + mark_number("tea.rate", "100%")

    assert parse_marked(strip_marks(typed)) == (Text("合格率tea.rate100%"),)
    # Nor from inside a name or a label that goes into a real mark.
    assert parse_marked(mark_gap("tea.rate", typed)) == (Gap("tea.rate", "合格率tea.rate100%"),)


@pytest.mark.parametrize("cut", [slice(1, None), slice(None, -1), slice(None, 3)])
def test_a_cut_mark_is_an_error(cut):
    with pytest.raises(ValueError, match="broken"):
        parse_marked("样品" + mark_number("tea.samples", "1,204")[cut])


def test_a_gap_prints_as_a_gap():
    assert Gap("tea.passed", "合格样品").text == "〔缺：合格样品〕"
    assert Gap("tea.passed", "").text == "〔缺〕"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("甲\u202e乙\u2069丙\u200e丁\u061c", "甲乙丙丁"),  # marks of direction
        ("甲\u200b乙\ufeff丙\u00ad", "甲乙丙"),  # what has no width
        ("甲\ue000乙\uf8ff丙\U0010fffd", "甲□乙□丙□"),  # private characters
        ("甲\x80乙\x9f丙\ufdd0\U0001ffff", "甲乙丙"),
        ("甲\u2028乙\u2029丙\x85丁", "甲\n乙\n丙\n丁"),
        ("می\u200cخواهم 👨\u200d👩 𬭚㐀", "می\u200cخواهم 👨\u200d👩 𬭚㐀"),  # joiners have their use
    ],
)
def test_printable_leaves_nothing_that_a_reader_cannot_see(text, shown):
    assert printable(text) == shown


def test_printable_drops_what_xml_cannot_hold():
    assert printable("a\x00b\x0bc\td\r\ne\ufffe\ud800") == "abc d\ne"


def test_blocks_are_frozen():
    heading = Heading(1, "一、", "基本情况")
    with pytest.raises(dataclasses.FrozenInstanceError):
        heading.text = "别的"  # type: ignore[misc]


def test_a_row_must_fit_its_table():
    cell = (Text("检测样品"),)
    with pytest.raises(ValueError, match="row 1"):
        Table("表", TABLE.columns, (Row((cell,)),))
    with pytest.raises(ValueError, match="caption"):
        Table("", TABLE.columns, ())


def test_the_cover_stands_first():
    with pytest.raises(ValueError, match="before every other block"):
        dataclasses.replace(DOCUMENT, blocks=(*DOCUMENT.body, *DOCUMENT.front))
    assert DOCUMENT.front + DOCUMENT.body == DOCUMENT.blocks
    assert len(DOCUMENT.front) == 2


def test_a_key_is_given_once():
    twice = (Heading(1, "一、", "基本情况", key="a"), Paragraph((Text("一"),), key="a"))
    with pytest.raises(ValueError, match="key a"):
        dataclasses.replace(DOCUMENT, blocks=twice)
    assert [block_key(block) for block in twice] == ["a", "a"]
    assert [block_key(block) for block in (PageBreak(), Contents())] == ["", ""]


def test_json_has_types_runs_and_figures():
    content = json.loads(to_json(DOCUMENT))

    assert [block["type"] for block in content["blocks"]] == [
        *("Cover", "Contents", "Heading", "Paragraph", "PageBreak", "Table")
    ]
    assert content["blocks"][3]["runs"][1] == {"type": "Number", "code": "tea.samples", "text": "1,204批次"}
    assert content["blocks"][5]["rows"][2]["cells"][1] == [{"type": "Gap", "code": "tea.passed", "label": ""}]
    figure = content["figures"][0]
    assert (figure["value"], figure["declared"], figure["last_value"]) == ("1200", "1204.50", None)
    assert figure["coverage"] == [3, 4]
    assert (content["year"], content["demo"]) == (2031, False)


def test_json_is_readable_chinese():
    assert "检测样品" in to_json(DOCUMENT)


def test_page_stands_alone():
    page = write_html(DOCUMENT)

    assert page.startswith('<!DOCTYPE html>\n<html lang="zh-Hans">')
    assert f"<title>{DOCUMENT.title}</title>" in page
    assert body_html(DOCUMENT) in page
    assert not re.search(r"<script|<link|<img|url\(|https?:", page)


def test_article_has_no_inline_style():
    assert not re.search(r"<style|style=|on\w+=", body_html(DOCUMENT))


def test_figures_and_gaps_in_the_page_keep_their_codes():
    article = body_html(DOCUMENT)
    assert '全年检测样品<span class="figure" data-code="tea.samples">1,204批次</span>。' in article
    assert '<mark class="gap" data-code="tea.passed">〔缺〕</mark>' in article


def test_contents_of_the_page_link_to_headings():
    article = body_html(DOCUMENT)
    assert '<a href="#heading-1">一、基本情况</a>' in article
    assert '<h2 id="heading-1">一、基本情况</h2>' in article


def test_table_of_the_page_names_its_heads():
    article = body_html(DOCUMENT)
    assert "<caption>云泽县茶叶抽检情况</caption>" in article
    assert '<tr><th scope="col">指标</th><th scope="col">本年</th></tr>' in article
    assert '<th scope="row" colspan="2">抽检</th></tr>' in article
    assert '<th scope="row" class="indent-1">其中：合格</th><td class="right">' in article


def test_page_escapes_what_people_wrote():
    nasty = '<script>"甲" & \x00乙</script>'
    column = Column(nasty)
    blocks = (
        Cover((nasty,), nasty, nasty, nasty),
        Contents(nasty),
        Heading(1, "一、", nasty),
        Paragraph((Text(nasty), Number(nasty, nasty), Gap(nasty, nasty))),
        Table(nasty, (column,), (Row(((Text(nasty),),)),)),
    )
    page = write_html(dataclasses.replace(DOCUMENT, title=nasty, blocks=blocks))

    assert "<script" not in page
    assert "\x00" not in page
    assert 'data-code="&lt;script&gt;&quot;甲&quot; &amp; 乙&lt;/script&gt;"' in page


def test_a_demonstration_page_says_so():
    assert "演示数据" in body_html(dataclasses.replace(DOCUMENT, demo=True))
    assert "演示数据" not in body_html(DOCUMENT)


@pytest.mark.parametrize("text", ["2023年13月1日", "2023年2月30日", "0000年1月1日", "2023年2月", ""])
def test_what_is_no_day_is_read_as_none(text):
    assert parse_date(text) is None
    assert parse_date(format_date(date(2023, 2, 3))) == date(2023, 2, 3)
