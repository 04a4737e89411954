"""The Word file: the page of GB/T 9704-2012, real headings, tables and fields, XML in schema order."""

import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips
from lxml import etree

from reports.document.blocks import Column, Contents, PageBreak, Paragraph, Table, Text
from reports.writers.docx import write_docx
from tests.reports.sample_report import report


def written(document):
    stream = BytesIO()
    write_docx(document, stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def data():
    return written(report())


@pytest.fixture
def word(data):
    return docx.Document(BytesIO(data))


def texts(element):
    return "".join(node.text or "" for node in element.iter(qn("w:t")))


def attribute(element, name):
    return element.get(qn(f"w:{name}"))


def test_page_is_a4_with_the_standard_type_area(word):
    for section in word.sections:
        assert (section.page_width, section.page_height) == (Twips(11906), Twips(16838))
        margins = section.top_margin, section.left_margin, section.right_margin, section.bottom_margin
        for margin, millimetres in zip(margins, (37, 28, 26, 35), strict=True):
            assert abs(margin - Mm(millimetres)) < Mm(0.05)


def test_grid_gives_22_lines_of_28_characters(word):
    body = word.sections[-1]
    grid = body._sectPr.find(qn("w:docGrid"))
    width = (body.page_width - body.left_margin - body.right_margin) / Pt(1)
    height = (body.page_height - body.top_margin - body.bottom_margin) / Pt(1)

    assert attribute(grid, "type") == "linesAndChars"
    line = int(attribute(grid, "linePitch")) / 20
    assert 28.95 <= line <= 29
    assert int(height / line) == 22
    # The pitch is the default font's size plus the tracking, which the grid counts in 1/4096 pt.
    assert word.styles["Normal"].font.size == Pt(16)
    pitch = 16 + int(attribute(grid, "charSpace")) / 4096
    assert int(width / pitch) == 28


def test_body_text_has_28_characters_a_line_off_the_grid_too(word):
    section = word.sections[-1]
    width = (section.page_width - section.left_margin - section.right_margin) / Pt(1)
    style = word.styles["Body Text"]
    tracking = int(attribute(style.element.rPr.find(qn("w:spacing")), "val")) / 20
    assert attribute(style.element.pPr.find(qn("w:snapToGrid")), "val") == "0"
    assert int(width / (style.font.size.pt + tracking)) == 28


def test_body_text_has_exact_lines_and_a_first_line_indent(word):
    style = word.styles["Body Text"]
    spacing = style.element.pPr.find(qn("w:spacing"))
    assert (attribute(spacing, "line"), attribute(spacing, "lineRule")) == ("579", "exact")
    assert attribute(style.element.pPr.find(qn("w:ind")), "firstLineChars") == "200"


@pytest.mark.parametrize(
    ("name", "east_asia", "size", "bold"),
    [
        ("Normal", "仿宋_GB2312", 16, False),
        ("Body Text", "仿宋_GB2312", 16, False),
        ("Title", "方正小标宋简体", 22, False),
        ("Heading 1", "黑体", 16, False),
        ("Heading 2", "楷体_GB2312", 16, False),
        ("Heading 3", "仿宋_GB2312", 16, True),
        ("Heading 4", "仿宋_GB2312", 16, False),
        ("Table Text", "仿宋_GB2312", 10.5, False),
        ("Caption", "黑体", 12, False),
        ("Footer", "宋体", 14, False),
    ],
)
def test_styles_set_both_scripts(word, name, east_asia, size, bold):
    style = word.styles[name]
    fonts = style.element.rPr.find(qn("w:rFonts"))
    latin = "宋体" if name == "Footer" else "Times New Roman"
    assert attribute(fonts, "eastAsia") == east_asia
    assert attribute(fonts, "ascii") == attribute(fonts, "hAnsi") == latin
    assert (style.font.size, style.font.bold) == (Pt(size), bold)
    assert str(style.font.color.rgb) == "000000"


def test_no_theme_font_or_colour_is_left(data):
    with ZipFile(BytesIO(data)) as archive:
        styles = archive.read("word/styles.xml").decode()
    for word_ in ("asciiTheme", "eastAsiaTheme", "hAnsiTheme", "themeColor"):
        assert word_ not in styles


def test_language_is_chinese(word):
    languages = [attribute(lang, "eastAsia") for lang in word.styles.element.iter(qn("w:lang"))]
    assert languages == ["zh-CN"]
    assert word.core_properties.language == "zh-CN"


def test_headings_are_real_headings(word):
    headings = [(p.style.name, p.text) for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [
        ("Heading 1", "一、基本情况"),
        ("Heading 2", "（一）产品质量方面"),
        ("Heading 3", "1.茶叶"),
        ("Heading 3", "2.竹木制品"),
        ("Heading 4", "（1）竹地板"),
        ("Heading 1", "二、主要质量问题及原因分析"),
    ]
    for level in range(1, 5):
        outline = word.styles[f"Heading {level}"].element.pPr.find(qn("w:outlineLvl"))
        assert attribute(outline, "val") == str(level - 1)


def test_contents_are_a_field_that_shows_its_entries(word):
    codes = [code.text.strip() for code in word.element.body.iter(qn("w:instrText"))]
    assert codes[0] == 'TOC \\o "1-3" \\f \\h \\z'
    bookmarks = {attribute(mark, "name"): mark for mark in word.element.body.iter(qn("w:bookmarkStart"))}
    entries = list(word.element.body.iter(qn("w:hyperlink")))
    assert len(entries) == len(codes) - 1 == 5  # the heading of level 4 is not listed
    for entry, code in zip(entries, codes[1:], strict=True):
        anchor = attribute(entry, "anchor")
        assert code == f"PAGEREF {anchor} \\h"
        heading = texts(bookmarks[anchor].getparent())
        assert texts(entry).startswith(heading)
        assert int(texts(entry).removeprefix(heading)) >= 1
    tab = word.styles["toc 1"].element.pPr.find(f".//{qn('w:tab')}")
    assert (attribute(tab, "val"), attribute(tab, "leader")) == ("right", "dot")


def test_the_text_begins_on_the_front_of_a_sheet(word):
    kinds = [attribute(section._sectPr.find(qn("w:type")), "val") for section in word.sections]
    assert kinds == ["nextPage", "nextPage", "oddPage"]


def test_contents_reckon_pages(word):
    pages = [int(texts(entry)[-1]) for entry in word.element.body.iter(qn("w:hyperlink"))]
    # The table of 竹木制品 fills more than a page; the last chapter starts a page.
    assert pages[:3] == [1, 1, 1]
    assert pages == sorted(pages)
    assert pages[-1] > pages[3] + 1


def test_every_field_is_closed_and_none_asks_on_opening(data):
    with ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name.endswith(".xml")}
    for name in ("word/document.xml", "word/footer1.xml", "word/footer2.xml"):
        depth = 0
        for mark in etree.fromstring(parts[name]).iter(qn("w:fldChar")):
            depth += {"begin": 1, "separate": 0, "end": -1}[attribute(mark, "fldCharType")]
            assert attribute(mark, "dirty") is None
            assert depth >= 0
        assert depth == 0
    assert b"updateFields" not in parts["word/settings.xml"]


def test_page_numbers_start_after_the_contents(word):
    cover, contents, body = word.sections
    for section in (cover, contents):
        assert section._sectPr.findall(qn("w:footerReference")) == []
        assert section._sectPr.find(qn("w:pgNumType")) is None
    assert attribute(body._sectPr.find(qn("w:pgNumType")), "start") == "1"
    assert word.settings.odd_and_even_pages_header_footer


@pytest.mark.parametrize(("footer", "side"), [("footer", "right"), ("even_page_footer", "left")])
def test_page_number_is_at_the_outer_edge(word, footer, side):
    paragraph = getattr(word.sections[-1], footer).paragraphs[0]
    assert paragraph.text == "— 1 —"
    assert attribute(paragraph._p.pPr.find(qn("w:jc")), "val") == side
    assert attribute(paragraph._p.pPr.find(qn("w:ind")), f"{side}Chars") == "100"
    assert [code.text for code in paragraph._p.iter(qn("w:instrText"))] == [" PAGE "]


def test_tables_repeat_their_head_and_keep_their_rows_whole(word):
    tables = word.tables
    assert len(tables) == 2
    for table in tables:
        heads = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in table.rows]
        assert heads == [True] + [False] * (len(heads) - 1)
        assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)


def test_table_cells(word):
    table = word.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["指标", "单位", "2031年", "比上年"]
    assert attribute(table.rows[1]._tr.find(f".//{qn('w:gridSpan')}"), "val") == "4"
    cells = table.rows[2].cells
    assert [cell.text for cell in cells] == ["第1类产品检测样品", "批次", "37", "+1.5%"]
    alignments = [attribute(cell._tc.find(f".//{qn('w:jc')}"), "val") for cell in cells]
    assert alignments == ["left", "center", "right", "right"]
    assert attribute(cells[0]._tc.find(f".//{qn('w:ind')}"), "left") == "210"
    assert {cell.paragraphs[0].style.name for cell in cells} == {"Table Text"}
    snap = word.styles["Table Text"].element.pPr.find(qn("w:snapToGrid"))
    assert attribute(snap, "val") == "0"


def test_caption_stands_above_and_stays_with_its_table(word):
    caption = word.tables[0]._tbl.getprevious()
    assert texts(caption) == "茶叶主要数据"
    assert attribute(caption.pPr.find(qn("w:pStyle")), "val") == "Caption"
    for style in ("Caption", "Table Head"):  # the head row and the names of groups stay with the row that follows
        assert word.styles[style].element.pPr.find(qn("w:keepNext")) is not None


def test_gaps_are_highlighted_and_nothing_else(word):
    marks = list(word.element.body.iter(qn("w:highlight")))
    assert [texts(mark.getparent().getparent()) for mark in marks] == ["〔缺：合格样品〕", "〔缺〕"] * 2
    assert {attribute(mark, "val") for mark in marks} == {"yellow"}


def test_a_page_break_starts_the_next_paragraph_on_a_page(word):
    broken = [p for p in word.paragraphs if p._p.find(f".//{qn('w:pageBreakBefore')}") is not None]
    assert [p.text for p in broken] == ["二、主要质量问题及原因分析"]
    assert list(word.element.body.iter(qn("w:lastRenderedPageBreak"))) == []


def test_a_page_break_may_stand_before_a_table_or_another_break():
    blocks = (PageBreak(), PageBreak(), Table("表", (Column("指标"),), ()))
    word = docx.Document(BytesIO(written(replace(report(), blocks=blocks))))
    broken = [p.text for p in word.paragraphs if p._p.find(f".//{qn('w:pageBreakBefore')}") is not None]
    assert broken == ["表"]


def test_core_properties(word):
    properties = word.core_properties
    assert (properties.title, properties.author) == ("云泽县2031年质量状况分析报告", "云泽县质量办")
    assert properties.created == properties.modified
    assert (properties.created.year, properties.comments) == (2032, "")


def test_a_demonstration_says_so_on_every_page():
    word = docx.Document(BytesIO(written(replace(report(), demo=True))))
    assert word.paragraphs[0].text == "演示数据"
    for section in word.sections:  # the later ones are linked to the first
        assert section.header.paragraphs[0].text == "演示数据"
        assert section.even_page_header.paragraphs[0].text == "演示数据"


def test_a_real_report_does_not(data):
    with ZipFile(BytesIO(data)) as archive:
        assert not any("演示" in archive.read(name).decode() for name in archive.namelist())


def test_control_characters_and_markup_are_only_text():
    blocks = (Paragraph((Text("甲\x0b<w:br/>&\x00乙\n丙"),)),)
    word = docx.Document(BytesIO(written(replace(report(), blocks=blocks))))
    assert word.paragraphs[0].text == "甲<w:br/>&乙\n丙"


def test_a_document_without_headings_has_an_empty_contents_field():
    blocks = (Contents(), Paragraph((Text("没有标题。"),)))
    word = docx.Document(BytesIO(written(replace(report(), blocks=blocks))))
    marks = [attribute(mark, "fldCharType") for mark in word.element.body.iter(qn("w:fldChar"))]
    assert marks == ["begin", "separate", "end"]


def test_writes_to_a_path(tmp_path, data):
    path = tmp_path / "report.docx"
    write_docx(report(), path)
    assert path.read_bytes() == data


def test_the_same_document_gives_the_same_bytes_in_another_process(tmp_path, data):
    path = tmp_path / "report.docx"
    program = "import sys; from tests.reports.writers import test_docx as t; t.write_docx(t.report(), sys.argv[1])"
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", program, str(path)]
    subprocess.run(command, check=True, cwd=root, env={"PYTHONHASHSEED": "7"})
    assert path.read_bytes() == data


# Word refuses a file whose elements are out of the schema's order; these are the orders of ISO/IEC 29500-1.
SCHEMA_ORDER = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers "
        "pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct "
        "autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing "
        "mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl "
        "divId cnfStyle rPr sectPr pPrChange"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
        "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u "
        "effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
    ),
    "sectPr": (
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders "
        "lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter "
        "docGrid"
    ),
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "tc": "tcPr p",
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
        "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption "
        "tblDescription"
    ),
    "tblBorders": "top left start bottom right end insideH insideV",
    "tblCellMar": "top left start bottom right end",
    "tcPr": (
        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText "
        "vAlign hideMark headers cellIns cellDel cellMerge"
    ),
    "style": (
        "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed "
        "qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr "
        "tblStylePr"
    ),
    "styles": "docDefaults latentStyles style",
    "docDefaults": "rPrDefault pPrDefault",
    "settings": (
        "zoom proofState defaultTabStop evenAndOddHeaders characterSpacingControl noLineBreaksAfter "
        "noLineBreaksBefore compat rsids "
        "mathPr themeFontLang clrSchemeMapping doNotAutoCompressPictures shapeDefaults "
        "decimalSymbol listSeparator docId defaultImageDpi"
    ),
}
WORD_PARTS = ("document", "styles", "settings", "header1", "footer1")


@pytest.mark.parametrize("name", WORD_PARTS)
def test_elements_are_in_the_order_of_the_schema(name):
    with ZipFile(BytesIO(written(replace(report(), demo=True)))) as archive:
        root = etree.fromstring(archive.read(f"word/{name}.xml"))
    checked = 0
    for element in root.iter(*(qn(f"w:{parent}") for parent in SCHEMA_ORDER)):
        order = SCHEMA_ORDER[etree.QName(element).localname].split()
        children = [etree.QName(child).localname for child in element]
        assert set(children) <= set(order)
        assert children == sorted(children, key=order.index)
        checked += 1
    assert checked


def test_styles_in_use_are_defined(data, word):
    defined = {attribute(style, "styleId") for style in word.styles.element.iter(qn("w:style"))}
    for tag in ("pStyle", "tblStyle"):
        used = {attribute(element, "val") for element in word.element.body.iter(qn(f"w:{tag}"))}
        assert used
        assert used <= defined
    for tag in ("basedOn", "next"):
        assert {attribute(e, "val") for e in word.styles.element.iter(qn(f"w:{tag}"))} <= defined
