"""Signs as GB/T 15835 wants them, and none that a reader of the file could not see: in every format, read back."""

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from lxml import etree, html
from pypdf import PdfReader

from reports.document.blocks import Cover, Heading, Number, Paragraph, Row, Table, Text
from reports.writers import pagination, pdf
from reports.writers.docx import write_docx
from reports.writers.html import write_html
from reports.writers.text_metrics import text_width, wrapped
from reports.writers.typography import MAY_BREAK, MINUS, flowing, printed
from tests.reports.sample_report import COLUMNS, change_chart, report

HOSTILE = "甲\u202e乙\u2066丙\u200f丁\ue123戊\U000f1234己\x85庚\x9b辛\ufeff壬\u00ad癸\ufdd0\x00\x0b"
CLEAN = "甲乙丙丁□戊□己\n庚辛壬癸"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-8.1", f"{MINUS}8.1"),
        ("比上年-8.1%", f"比上年{MINUS}8.1%"),
        ("（-3个百分点，1—6月）", f"（{MINUS}3个百分点，1—6月）"),
        ("-18℃至-5℃", f"{MINUS}18℃至-5℃"),
        ("GB/T 9704-2012", "GB/T 9704-2012"),
        ("N-01、2022-2023、0999-6622", "N-01、2022-2023、0999-6622"),
        ("标段-1", "标段-1"),
        ("--5", "--5"),
        ("-", "-"),
    ],
)
def test_a_minus_is_told_from_a_hyphen(text, shown):
    assert printed(text) == shown


def test_a_minus_stays_with_its_number_and_has_its_own_width():
    assert text_width(f"{MINUS}8") == 564 + 500
    assert wrapped(f"甲乙丙{MINUS}8.1", 4000) == ["甲乙丙", f"{MINUS}8.1"]


def document(text):
    cells = ((Text(text),), (Text(text),), (Number("a", text),), (Text(text),))
    words = Paragraph((Text(f"变化为{text}，即"), Number("a", text)))
    blocks = (Cover((text,), text, text), Heading(1, "", text), words, Table(text, COLUMNS, (Row(cells),)))
    return replace(report(), title=text, blocks=(*blocks, change_chart()))


def word_file(made):
    stream = BytesIO()
    write_docx(made, stream)
    return stream


def word_parts(made):
    with ZipFile(word_file(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pdf_text(made):
    content = pdf.render(made, pdf.font_list([], system=False))
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def test_every_format_prints_a_minus():
    made = document("-8.1%")
    word, page, paper = word_parts(made), html.fromstring(write_html(made)).text_content(), pdf_text(made)
    body = etree.fromstring(word["word/document.xml"])
    shown = "".join(node.text or "" for node in body.iter(qn("w:t")))
    assert [text.count(f"{MINUS}8.1%") for text in (shown, page, paper)] == [11, 12, 11]  # the page has its title twice
    for text in (shown, page, paper):
        assert "-8.1" not in text
    # In the font of its digits, which a run with the East Asian hint would not take.
    below = [run for run in body.iter(qn("w:r")) if MINUS in "".join(node.text or "" for node in run.iter(qn("w:t")))]
    assert [run.find(f".//{qn('w:rFonts')}") for run in below] == [None] * 11
    assert list(body.iter(qn("w:noBreakHyphen"))) == []


def test_charts_label_with_a_minus_and_keep_numbers():
    word = word_parts(document("甲"))
    space = etree.fromstring(word["word/charts/chart1.xml"])
    formats = {element.get("formatCode") for element in space.iter("{*}numFmt")}
    assert formats == {f'0.0;"{MINUS}"0.0', f'0;"{MINUS}"0', "General"}
    book = openpyxl.load_workbook(BytesIO(word["word/embeddings/Microsoft_Excel_Sheet1.xlsx"]))
    assert [cell.value for cell in book["Sheet1"]["B"]][1:] == [12.5, 0, -8.1]
    assert f"{MINUS}8.1" in write_html(document("甲"))


def test_nothing_that_no_reader_sees_comes_into_a_file():
    made = document(HOSTILE)
    parts = {name: part.decode() for name, part in word_parts(made).items() if name.endswith(".xml")}
    texts = [*parts.values(), write_html(made), pdf_text(made)]
    for text in texts:
        assert not set(text) & set(HOSTILE) - set(CLEAN)
    flat = CLEAN.replace("\n", "")
    assert docx.Document(word_file(made)).core_properties.title == CLEAN
    assert all(flat in text.replace("\n", "").replace("<br>", "").replace(" ", "") for text in texts[-2:])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("信用代码91654027MA77ABCD1X。", "信用代码9165|4027|MA77|ABCD|1X。"),
        ("GB/T19001-2016/ISO9001:2015", "GB/|T19001-|2016/|ISO9001:|2015"),
        ("https://www.samr.gov.cn/abc", "https://|www.|samr.|gov.|cn/|abc"),
        ("12,345,678,901.5和1234567890123.45%", "12,345,678,901.5和1234567890123.45%"),
        (f"{MINUS}12,345,678,901.5", f"{MINUS}12,345,678,901.5"),
        ("7131>6036/1095=6.512", "7131>|6036/|1095=|6.512"),
        ("Certification", "Certification"),
        ("GB/T 9704-2012", "GB/T 9704-2012"),
    ],
)
def test_a_long_code_may_go_on_in_the_next_line_and_a_figure_may_not(text, parts):
    assert flowing(text) == parts.replace("|", MAY_BREAK)
    assert text_width(flowing(text)) == text_width(text)


WITH_CODES = (
    "甲" * 9 + "的信用代码为91654027MA77ABCD1X，执行GB/T19001-2016/ISO9001:2015，网址https://www.samr.gov.cn/abc。"
)


def slack(lines):
    """By how many characters the shortest line of each paragraph, but for its last one, is shorter than the column."""
    tracked = pagination.TRACKING / pagination.BODY_SIZE
    natural = [text_width(line) / 1000 + len(line) * tracked for line in lines]
    return max(pagination.GRID_WIDTH / pagination.BODY_SIZE - wide for wide in natural)


@pytest.mark.parametrize("more", range(0, 18, 3))
def test_codes_do_not_stretch_the_line_before_them(more):
    """In the PDF, and where lines are worked out for the contents."""
    text = "乙" * more + WITH_CODES
    written = pdf.render(replace(report(), blocks=(Paragraph((Text(text),)),)), pdf.font_list([], system=False))
    (page,) = PdfReader(BytesIO(written)).pages
    lines = [re.sub(f"[{MAY_BREAK} ]", "", line) for line in page.extract_text().splitlines()]
    body = ["　　" + lines[0], *lines[1:-2]]  # without the last line and the number of the page
    assert len(body) >= 2
    assert slack(body) < 4
    worked_out = wrapped("　　" + flowing(text), pagination.GRID_WIDTH, size=320, tracking=pagination.TRACKING)
    assert slack(worked_out[:-1]) < 4
