"""Written reports, as offices send them."""

from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt


def _run(paragraph, text, font, size, *, bold=False):
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold = font, Pt(size), bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def plain_word(text):
    """Everything is body text: headings differ by their font alone, as most offices write."""
    document = Document()
    for line in text.strip().splitlines():
        marks, _blank, words = line.partition(" ") if line.startswith("#") else ("", "", line)
        paragraph = document.add_paragraph()
        if marks == "#":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        else:
            paragraph.paragraph_format.first_line_indent = Pt(32)
        paragraph.paragraph_format.line_spacing = Pt(29)
        font = {"#": "方正小标宋简体", "##": "黑体", "###": "楷体_GB2312"}.get(marks, "仿宋_GB2312")
        _run(paragraph, words, font, 22 if marks == "#" else 16)
    return _bytes(document)


def styled_word(text):
    """Headings by Word's styles; lines with | are rows of a table."""
    document = Document()
    rows = []
    for line in [*text.strip().splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if rows:
            _table(document, rows)
            rows = []
        marks, _blank, words = line.partition(" ") if line.startswith("#") else ("", "", line)
        if marks:
            document.add_heading(words, len(marks) - 1)
        elif words:
            _run(document.add_paragraph(), words, "宋体", 14)
    return _bytes(document)


def _table(document, rows):
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for cells, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text


def _bytes(document):
    into = BytesIO()
    document.save(into)
    return into.getvalue()
