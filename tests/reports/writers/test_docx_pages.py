"""What the Word file says of where pages end: annexes, the list of them, tables that stay whole."""

from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from reports.document.blocks import Column, Contents, Paragraph, Row, Table, Text
from reports.writers import pagination
from reports.writers.docx import write_docx
from tests.reports.sample_report import COLUMNS, annexes, figure_row, report


def read(*blocks):
    stream = BytesIO()
    write_docx(replace(report(), blocks=blocks), stream)
    return docx.Document(stream)


def attribute(element, name):
    return element.get(qn(f"w:{name}"))


def with_annexes(*before):
    return read(Contents(), *before, *annexes("主要指标数据", '数据“核查”"说明"\\'))


def paragraph_property(paragraph, tag, name="val"):
    found = paragraph._p.pPr.find(qn(f"w:{tag}"))
    return None if found is None else attribute(found, name)


def test_an_annex_has_its_number_at_the_edge_and_its_title_in_the_third_line():
    word = with_annexes()
    number, title = word.paragraphs[-8:-6]
    assert number.text == "附件1"
    label, name = number.style.element, title.style.element
    assert attribute(label.rPr.find(qn("w:rFonts")), "eastAsia") == "黑体"
    assert (attribute(label.pPr.find(qn("w:jc")), "val"), label.pPr.find(qn("w:ind"))) == ("left", None)
    assert number._p.pPr.find(qn("w:pageBreakBefore")) is not None
    assert title.text == "主要指标数据"
    assert attribute(name.rPr.find(qn("w:rFonts")), "eastAsia") == "方正小标宋简体"
    assert attribute(name.pPr.find(qn("w:jc")), "val") == "center"
    spacing = name.pPr.find(qn("w:spacing"))
    line = int(attribute(label.pPr.find(qn("w:spacing")), "line"))
    before, high, after = (int(attribute(spacing, part)) for part in ("before", "line", "after"))
    assert before == line  # the second line stays blank
    assert high + after == 2 * line
    # A heading for the outline, and on the page of its number.
    assert attribute(name.pPr.find(qn("w:outlineLvl")), "val") == "0"
    for style in (label, name):
        assert style.pPr.find(qn("w:keepNext")) is not None


def test_contents_list_an_annex_with_its_number_also_when_word_makes_them_anew():
    word = with_annexes()
    entries = [p.text for p in word.paragraphs if p.style.name.startswith("toc")]
    assert entries == ["附件1　主要指标数据\t2", '附件2　数据“核查”"说明"\\\t3']
    marks = [code for code in word.element.body.iter(qn("w:instrText")) if code.text.startswith(" TC ")]
    assert [code.text for code in marks] == [
        ' TC "附件1　主要指标数据" \\l 1 ',
        ' TC "附件2　数据“核查”\\"说明\\"\\\\" \\l 1 ',
    ]
    assert all(code.getparent().rPr.find(qn("w:vanish")) is not None for code in marks)


def test_the_list_of_annexes_stands_behind_a_blank_line_and_hangs():
    word = with_annexes(Paragraph((Text("正文。" * 30),)))
    last, first, second = word.paragraphs[-11:-8]
    assert [p.text for p in (first, second)] == ["附件：1.主要指标数据", '　　　2.数据“核查”"说明"\\']
    assert paragraph_property(first, "spacing", "before") == str(pagination.LINE)
    assert paragraph_property(second, "spacing", "before") == "0"
    for line in (first, second):
        left, hanging = (int(paragraph_property(line, "ind", name)) for name in ("left", "hanging"))
        assert left - hanging == pagination.INDENT  # two characters in
        assert abs(hanging - 3.75 * pagination.BODY_SIZE) < 40  # 附件：1. is before the name
    # Never alone at the head of a page.
    assert [p._p.pPr.find(qn("w:keepNext")) is not None for p in (last, first, second)] == [True, True, False]
    assert last._p.pPr.find(qn("w:keepLines")) is not None


def kept_rows(table):
    return [
        all(p._p.pPr.find(qn("w:keepNext")) is not None for cell in row.cells for p in cell.paragraphs)
        for row in table.rows[1:]
    ]


@pytest.mark.parametrize(("rows", "kept"), [(10, True), (11, False)])
def test_a_table_of_up_to_ten_rows_stays_on_one_page(rows, kept):
    table = Table("表", COLUMNS, tuple(map(figure_row, range(rows))))
    word = read(table, Paragraph((Text("注：无。"),), "note"))
    # The last row holds on to its note.
    assert kept_rows(word.tables[0]) == [kept] * (rows - 1) + [True]
    assert word.paragraphs[-2]._p.pPr.find(qn("w:keepNext")) is not None
    alone = read(table, Paragraph((Text("正文。"),)))
    assert kept_rows(alone.tables[0]) == [kept] * (rows - 1) + [False]


def test_a_high_table_may_go_on_on_the_next_page():
    high = Row(((Text("甲" * 400),),))
    word = read(Table("表", (Column("说明"),), (high,) * 4))
    assert kept_rows(word.tables[0]) == [False] * 4
