"""The same numbers in all three files: they are read back from each, in order, and held against the document."""

import datetime
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx.oxml.ns import qn
from lxml import etree, html
from pypdf import PdfReader

from reports.chapters import build
from reports.document import footnotes
from reports.document.blocks import Chart, Gap, Heading, Number, Paragraph, Table
from reports.writers import pdf
from reports.writers.docx import write_docx
from reports.writers.html import write_html
from reports.writers.typography import printed
from tests.reports.sample_report import change_chart, chart, report

CHART_SPACE = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


pytestmark = pytest.mark.django_db


@pytest.fixture
def small(db):
    return report(chart(), change_chart(), chart("column"))


@pytest.fixture
def whole_year(shipped_year):
    """With every sector and every kind of block."""
    return build.build(shipped_year, 2022, day=datetime.date(2022, 11, 11))


@pytest.fixture(params=["small", "whole_year"])
def document(request):
    return request.getfixturevalue(request.param)


def figures(document):
    """Code and text of every figure and gap, as read from top to bottom."""
    for block in document.blocks:
        match block:
            case Paragraph():
                yield from _figures(block.runs)
            case Chart():
                yield from (pair for row in block.table.rows for cell in row.cells for pair in _figures(cell))
            case Table():
                yield from (pair for row in block.rows for cell in row.cells for pair in _figures(cell))


def _figures(runs):
    return [(run.code, run.text) for run in runs if isinstance(run, Number | Gap)]


def texts(block):
    """What a block prints, each paragraph and cell by itself."""
    match block:
        case Heading():
            return [block.annex_number, block.text] if block.annex_number else [block.printed]
        case Paragraph():
            return [with_marks(block.printed_runs)]
        case Table():
            heads = [column.title for column in block.columns]
            return [block.numbered_caption, *heads, *(with_marks(cell) for row in block.rows for cell in row.cells)]
        case Chart():
            return [block.numbered_caption]
    return []


def with_marks(runs):
    return "".join(run.text + "".join(mark.text for mark in footnotes.marks_of([run])) for run in runs)


def test_the_page_has_every_number_with_its_code(document):
    page = html.fromstring(write_html(document))
    found = [(element.get("data-code"), element.text_content()) for element in page.iter() if element.get("data-code")]
    assert found == [(code, printed(text)) for code, text in figures(document)]
    assert len(found) > 40


def test_the_word_file_has_every_number(document):
    file = BytesIO()
    write_docx(document, file)
    with ZipFile(file) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
        spaces = [
            etree.fromstring(archive.read(f"word/charts/chart{number}.xml"))
            for number in range(1, sum(isinstance(block, Chart) for block in document.blocks) + 1)
        ]
    parts = (qn("w:t"), qn("w:br"), qn("w:footnoteReference"))
    said = ["".join(map(_word_text, p.iter(*parts))) for p in body.iter(qn("w:p"))]
    expected = [printed(text) for block in footnotes.placed(document).body for text in texts(block) if text]
    assert [text for text in said if text][-len(expected) :] == expected
    drawn = [block for block in document.blocks if isinstance(block, Chart)]
    assert list(map(_points, spaces)) == [
        [[(i, point.text) for i, point in enumerate(s.points) if point.value is not None] for s in block.series]
        for block in drawn
    ]


def _word_text(element):
    if element.tag == qn("w:footnoteReference"):
        return element.get(qn("w:id"))
    return "\n" if element.tag == qn("w:br") else element.text or ""


def _points(space):
    """Index and printed text of every point of every series."""
    return [
        [(int(point.get("idx")), _printed(point)) for point in cache.iter(f"{CHART_SPACE}pt")]
        for cache in space.iter(f"{CHART_SPACE}numCache")
    ]


def _printed(point):
    decimals = len(point.get("formatCode").partition(";")[0].partition(".")[2])
    return f"{float(point.findtext(f'{CHART_SPACE}v')):.{decimals}f}"


def test_the_pdf_has_every_number(document):
    """Nothing but the head of a table that goes on, or what a chart says besides, stands between two texts."""
    reader = PdfReader(BytesIO(pdf.render(document, pdf.font_list([], system=False))))
    pages = [_plain(page.extract_text()) for page in reader.pages]
    text = "".join(re.sub(r"—\d+—$|^—\d+—", "", page) for page in pages)
    for mark in footnotes.footnotes(footnotes.placed(document)):  # at the foot of a page
        note = _plain(mark.text + printed(mark.note))
        assert text.count(note) == 1
        text = text.replace(note, "")
    first, *_, last = (_plain(heading.printed) for heading in document.headings)
    place = text.index(first, text.index(last))  # behind the contents
    for block in footnotes.placed(document).body:
        heads = sum(len(_plain(column.title)) for column in block.columns) if isinstance(block, Table) else 0
        if isinstance(block, Chart):
            end = text.index(_plain(block.numbered_caption), place)
            for series in block.series:
                drawn = [printed(point.text) for point in series.points if point.value is not None]
                assert all(number in text[place:end] for number in drawn)
            place = end
        for said in map(printed, texts(block)):
            found = text.find(_plain(said), place)
            assert 0 <= found - place <= heads, (said, text[place : place + 80])
            place = found + len(_plain(said))


def _plain(text):
    return re.sub(r"\s", "", text)
