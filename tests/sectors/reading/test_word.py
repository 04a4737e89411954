"""Files that somebody sent: their text, and why they are not read."""

import zipfile
from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document
from docx.shared import Pt

from sectors.reading.word import DOCUMENT, LIMITS, open_report
from sectors.spreadsheets.container import BadFile

pytestmark = pytest.mark.usefixtures("english")


def word(build):
    document, into = Document(), BytesIO()
    build(document)
    document.save(into)
    return into.getvalue()


def read(data, **limits):
    return open_report(BytesIO(data), len(data), replace(LIMITS, **limits))


def why_not(data, **limits):
    with pytest.raises(BadFile) as caught:
        read(data, **limits)
    return str(caught.value)


def parts(**content):
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name.replace("__", "/"), data)
    return into.getvalue()


def document(body):
    return parts(**{DOCUMENT: f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'})


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_paragraphs_and_headings_are_read_in_their_order():
    def build(document):
        document.add_heading("一、基本情况", 1)
        document.add_paragraph("全县有电梯 １１４ 部。")
        document.add_paragraph("")
        document.add_paragraph("另有锅炉9台。")

    blocks = read(word(build))
    assert [(block.number, block.text, block.is_heading) for block in blocks] == [
        (1, "一、基本情况", True),
        (2, "全县有电梯114部。", False),
        (3, "另有锅炉9台。", False),
    ]


def test_the_mark_of_a_footnote_is_no_text():
    def build(document):
        paragraph = document.add_paragraph("合格率99%")
        mark = paragraph.add_run("[3]")
        mark.font.superscript = True
        mark.font.size = Pt(8)
        paragraph.add_run("。面积5万m")
        paragraph.add_run("2").font.superscript = True

    assert read(word(build))[0].text == "合格率99%。面积5万m2"


def test_paragraphs_in_a_cell_or_a_box_are_parted():
    """120 and 35 are no 12035."""
    box = "<w:r><w:txbxContent><w:p><w:r><w:t>共35</w:t></w:r></w:p></w:txbxContent></w:r>"
    lines = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in ("120", "35"))
    data = document(
        f"<w:p>{box}<w:r><w:t>120批次</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>抽检</w:t></w:r></w:p></w:tc>"
        f"<w:tc>{lines}</w:tc></w:tr></w:tbl>"
    )
    assert [block.text for block in read(data)] == ["共35 120批次"]


@pytest.mark.parametrize(
    "gone",
    [
        "<w:moveFrom><w:r><w:t>9</w:t></w:r></w:moveFrom>",
        "<w:del><w:r><w:delText>9</w:delText></w:r></w:del>",
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r>",
    ],
)
def test_what_was_moved_deleted_or_hidden_is_no_text(gone):
    (block,) = read(document(f"<w:p>{gone}<w:ins><w:r><w:t>120批次</w:t></w:r></w:ins></w:p>"))
    assert block.text == "120批次"


def test_each_cell_of_a_table_is_a_sentence_with_its_heads():
    def build(document):
        table = document.add_table(rows=4, cols=4)
        rows = [
            ["项目", "单位", "2022年", "2021年"],
            ["设备", "设备", "设备", "设备"],
            ["电梯", "部", "114", "108"],
            ["锅炉", "台", "9（3/4期）", "-"],
        ]
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
        table.rows[1].cells[0].merge(table.rows[1].cells[3]).text = "设备"

    blocks = read(word(build))
    assert [block.text for block in blocks] == [
        "设备，电梯，2022年114部。",
        "设备，电梯，2021年108部。",
        "设备，锅炉，2022年9台。",
    ]
    assert [block.number for block in blocks] == [3, 3, 4]


def test_a_unit_in_the_head_of_a_column_is_the_cells():
    def build(document):
        table = document.add_table(rows=2, cols=3)
        for row, texts in zip(
            table.rows, (["项目", "抽检（批次）", "合格率（%）"], ["蔬菜", "34", "97.1"]), strict=True
        ):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text

    assert [block.text for block in read(word(build))] == ["，蔬菜，抽检34批次。", "，蔬菜，合格率97.1%。"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_is_read_however_it_was_saved(encoding):
    assert read("全县有电梯114部。\r\n另有锅炉9台。".encode(encoding))[1].text == "另有锅炉9台。"


def test_lines_that_only_a_page_broke_off_are_one_paragraph():
    text = "全县开出承诺达标合格证1522张，按规定建立了生产记录，附带合格证上市\n\n农产品达到5274吨。\n（二）工程质量\n"
    assert [block.text for block in read(text.encode())] == [
        "全县开出承诺达标合格证1522张，按规定建立了生产记录，附带合格证上市农产品达到5274吨。",
        "(二)工程质量",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 text", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", ".doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\x00\x01\x02\x03\xff", "neither"),
        (b"   \n  ", "no text"),
        (b"PK\x03\x04 cut off", "damaged"),
        (parts(xl__workbook="<a/>"), "no Word file"),
        (document(""), "no text"),
        (document("<w:p>")[:-30], "damaged"),
        (parts(**{DOCUMENT: "<w:document"}), "damaged"),
        (parts(**{DOCUMENT: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "damaged"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(data, words):
    assert words in why_not(data)


def test_nothing_is_unpacked_beyond_the_limits():
    text = "<w:p><w:r><w:t>" + "字" * 5000 + "</w:t></w:r></w:p>"
    assert "larger than" in why_not(document(text), size=100)
    assert "Unpacked" in why_not(document(text), unpacked=1000)
    assert "Unpacked" in why_not(document(text * 9), tags=20)
    assert "characters" in why_not(document(text), characters=4000)
    assert "characters" in why_not(("字" * 5000).encode(), characters=4000)
