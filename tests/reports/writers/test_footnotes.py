"""Notes in the files: real footnotes of Word, one in the PDF, links there and back on the page."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree, html
from pypdf import PdfReader

from reports.document import footnotes
from reports.document.blocks import Block, Heading, Number, Paragraph, Text
from reports.document.figures import Note
from reports.writers import files, pagination, pdf
from reports.writers.docx import write_docx
from reports.writers.html import write_html
from reports.writers.pagination import Measures
from tests.reports.writers import documents

NOTES = (
    Note(("food.done",), "抽检完成填报40批次，与分项之和38批次不符，部门未说明。"),
    Note(("food.rate",), "合格率申报为97.5，按填报数计算为97.4。市场监管局说明：<口径>不同。"),
)


@pytest.fixture
def document():
    """With a sentence in which a figure stands again."""
    plain = documents.report()
    again = Paragraph((Text("再次说明，抽检"), Number("food.done", "40批次"), Text("。")), key="food/text/2")
    blocks = list(plain.blocks)
    at = next(place for place, block in enumerate(blocks) if getattr(block, "key", "") == "food/text/1") + 1
    return replace(plain, blocks=(*blocks[:at], again, *blocks[at:]), notes=NOTES)


def parts(document):
    stream = BytesIO()
    write_docx(document, stream)
    archive = ZipFile(stream)
    return {name: archive.read(name) for name in archive.namelist()}


def test_word_has_footnotes_of_its_own(document):
    made = parts(document)
    root, body = etree.fromstring(made["word/footnotes.xml"]), etree.fromstring(made["word/document.xml"])
    told = {note.get(qn("w:id")): "".join(note.itertext(qn("w:t"))) for note in root if not note.get(qn("w:type"))}
    assert told == {"1": f" {NOTES[0].text}", "2": f" {NOTES[1].text}"}
    assert [mark.get(qn("w:id")) for mark in body.iter(qn("w:footnoteReference"))] == ["1", "2"]
    # The figure that stands again leads to the same footnote.
    marks = {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    fields = [text.text.split() for text in body.iter(qn("w:instrText")) if "NOTEREF" in text.text]
    assert fields == [["NOTEREF", "_RefNote1", "\\h"]]
    assert {"_RefNote1", "_RefNote2"} <= marks
    ids = [mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkStart"))]
    assert len(ids) == len(set(ids))
    assert b"footnotes+xml" in made["[Content_Types].xml"]
    # Word opens a file whose settings name the lines between text and notes, in the order of the schema.
    settings = [child.tag for child in etree.fromstring(made["word/settings.xml"])]
    assert settings.index(qn("w:footnotePr")) == settings.index(qn("w:compat")) - 1
    names = {style.name: style for style in docx.Document(BytesIO(files.write(document, "docx"))).styles}
    assert names["footnote text"].font.size.pt == 10.5


def test_a_file_without_notes_has_nothing_of_them(document):
    without = parts(replace(document, notes=()))
    assert "word/footnotes.xml" not in without
    assert b"footnote" not in b"".join(without.values())
    assert "note-" not in write_html(replace(document, notes=()))


@pytest.mark.parametrize("to", files.FORMATS)
def test_the_same_document_gives_the_same_bytes(document, to):
    assert files.write(document, to) == files.write(document, to)
    assert files.write(document, to) != files.write(replace(document, notes=()), to)


def test_the_page_leads_to_the_note_and_back(document):
    page = html.fromstring(write_html(document))
    ids = {element.get("id"): element for element in page.iter() if element.get("id")}
    marks = page.xpath("//p//sup/a")
    assert [mark.text for mark in marks] == ["[1]", "[2]", "[1]"]
    assert [mark.get("href") for mark in marks] == ["#note-1", "#note-2", "#note-1"]
    notes = page.xpath("//section[@class='footnotes']/p")
    assert [note.text_content() for note in notes] == [f"[1] {NOTES[0].text}", f"[2] {NOTES[1].text}"]
    for note in notes:
        back = ids[note.find("a").get("href").removeprefix("#")]
        assert back.get("href") == f"#{note.get('id')}"
    assert page.xpath("//td/sup/text()") == ["a"]


def test_the_pdf_tells_each_note_once(document):
    reader = PdfReader(BytesIO(pdf.render(document, pdf.font_list([], system=False))))
    text = "".join("".join(page.extract_text().split()) for page in reader.pages)
    for number, note in enumerate(NOTES, start=1):
        assert text.count(f"[{number}]{note.text}") == 1
        assert text.count(note.text) == (2 if number == 1 else 1)  # and under the table


def test_footnotes_take_lines_of_their_page():
    """A page of lines has room for one only where no note stands under them."""
    lines = [Paragraph((Text("抽检"), Number("food.done", "40批次")), key=f"t{n}") for n in range(pagination.LINES)]
    blocks: tuple[Block, ...] = (*lines, Heading(1, "二、", "问题", key="p"))
    plain = replace(documents.report(), blocks=blocks)
    assert pagination.heading_pages(blocks, Measures()) == [2]
    assert pagination.heading_pages(blocks[3:], Measures()) == [1]
    noted = footnotes.placed(replace(plain, blocks=blocks[3:], notes=NOTES[:1] * 3))
    assert pagination.heading_pages(noted.blocks, Measures()) == [1]
    many = tuple(replace(NOTES[0], text=f"{NOTES[0].text}{n}") for n in range(6))
    noted = footnotes.placed(replace(plain, blocks=blocks[3:], notes=many))
    assert pagination.heading_pages(noted.blocks, Measures()) == [2]
