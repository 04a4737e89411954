"""The rival of `report`: a Word template of the same look, ready on the disk, that docxtpl fills.

It prints the same words, headings, contents, tables, charts and footnotes. What docxtpl cannot make new is given to it
ready: charts and footnotes as parts of the template, the markup that refers to them, the pages of headings and the
widths of columns.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from itertools import count
from typing import Any

from docxtpl import DocxTemplate

from reports.document import footnotes
from reports.document.blocks import Chart, Contents, Cover, Document, Gap, Heading, Paragraph, Run, Table
from reports.writers import pagination
from reports.writers.docx.body import chart as picture
from reports.writers.docx.markup import FIELD_END, contents_mark, field, field_start, marks, paragraph, run
from reports.writers.docx.package import Package
from reports.writers.typography import flowing

_RUN = "<w:r><w:rPr><w:rFonts w:hint='eastAsia'/>{}</w:rPr><w:t xml:space='preserve'>{{{{ r.text }}}}</w:t></w:r>"
_RUNS = (
    "{% for r in RUNS %}{% if r.gap %}"
    + _RUN.format("<w:highlight w:val='yellow'/>")
    + "{% else %}"
    + _RUN.format("")
    + "{% endif %}{{ r.marks|safe }}{% endfor %}"
)
_STYLES = {"body": "Body Text", "note": "Note", "right": "Signature", "annex": "Annex List"}


def ready(document: Document) -> tuple[bytes, dict[str, Any]]:
    """The template as a file, and what to fill it with: styles, sections and footers as the report has them, its text
    as docxtpl's loops."""
    document = footnotes.placed(document)
    package = Package(replace(document, blocks=()))
    if notes := footnotes.footnotes(document):
        package.add_footnotes(notes)
    content = _context(document, package)
    front, last = package.section(first=True), package.section(numbered=True)
    package.write([*_cover(), *_contents(front)], list(_body()), last)
    file = BytesIO()
    package.save(file)
    return file.getvalue(), content


def render(template: bytes, context: dict[str, Any]) -> bytes:
    made = DocxTemplate(BytesIO(template))
    made.render(context, autoescape=True)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def _context(document: Document, package: Package) -> dict[str, Any]:
    measures, charts = pagination.Measures(), count(1)
    blocks: list[dict[str, Any]] = []
    for block in document.body:
        match block:
            case Heading() if block.annex_number:
                field_of_annex = contents_mark(block.printed, block.level)
                blocks.append(
                    {"kind": "annex-title", "number": block.annex_number, "text": block.text, "mark": field_of_annex}
                )
            case Heading():
                blocks.append({"kind": f"h{block.level}", "text": flowing(block.printed)})
            case Paragraph():
                blocks.append({"kind": block.style, "runs": _runs(block.printed_runs)})
            case Table():
                blocks.append({"kind": "table", **_table(block, measures.column_widths(block))})
            case Chart():
                height, relation = measures.picture_height(block), package.add_chart(block)
                drawn = "".join(picture(block, height, next(charts), relation, new_page=False))
                blocks.append({"kind": "chart", "markup": drawn})
    pages = zip(document.headings, pagination.heading_pages(document.body, measures), strict=True)
    entries = [{"level": h.level, "text": flowing(h.printed), "page": page} for h, page in pages if h.level <= 3]
    front = {type(block): block for block in document.front}
    cover, contents = front[Cover], front[Contents]
    assert isinstance(cover, Cover)
    assert isinstance(contents, Contents)
    return {"cover": cover, "contents": contents, "entries": entries, "blocks": blocks}


def _runs(runs: tuple[Run, ...]) -> list[dict[str, Any]]:
    return [{"text": flowing(run.text), "gap": isinstance(run, Gap), "marks": marks(run)} for run in runs]


def _table(table: Table, widths: list[int]) -> dict[str, Any]:
    rows = [
        {
            "group": row.kind == "group",
            "spans": row.spans(len(widths)),
            "indent": 210 * row.indent,
            "cells": [
                {"runs": _runs(cell), "align": column.align, "width": width}
                for cell, column, width in zip(row.cells, table.columns, widths, strict=False)
            ],
        }
        for row in table.rows
    ]
    heads = [
        {"text": flowing(column.title), "width": width} for column, width in zip(table.columns, widths, strict=True)
    ]
    caption = flowing(table.numbered_caption)
    return {"caption": caption, "widths": widths, "heads": heads, "rows": rows, "columns": len(widths)}


def _text(expression: str) -> str:
    return run(f"<w:t xml:space='preserve'>{{{{ {expression} }}}}</w:t>")


def _cover() -> list[str]:
    lines = "{% for line in cover.title_lines %}" + paragraph("Title", _text("line")) + "{% endfor %}"
    after = [paragraph("Cover Text", _text(f"cover.{name}")) for name in ("edition_note", "issuer", "date_text")]
    return [lines, *after]


def _contents(section: str) -> list[str]:
    entry = _text("e.text") + run("<w:tab/>") + field("PAGEREF", "{{ e.page }}")
    levels = "".join(f"{{% if e.level == {n} %}}" + paragraph(f"toc {n}", entry) + "{% endif %}" for n in (1, 2, 3))
    start = paragraph("Spacer", field_start("TOC"))
    return [
        paragraph("TOC Heading", _text("contents.title")),
        start,
        "{% for e in entries %}" + levels + "{% endfor %}",
        paragraph("Spacer", FIELD_END, section=section),
    ]


def _body() -> list[str]:
    choices = [_when(f"h{n}", paragraph(f"heading {n}", _text("b.text"))) for n in (1, 2, 3, 4)]
    annex = paragraph("Annex Number", _text("b.number"), "{{ b.mark|safe }}") + paragraph(
        "Annex Title", _text("b.text")
    )
    choices += [_when(kind, paragraph(style, _RUNS.replace("RUNS", "b.runs"))) for kind, style in _STYLES.items()]
    choices += [_when("annex-title", annex), _when("table", _table_template()), _when("chart", "{{ b.markup|safe }}")]
    return ["{% for b in blocks %}", *choices, "{% endfor %}"]


def _when(kind: str, content: str) -> str:
    return f"{{% if b.kind == '{kind}' %}}{content}{{% endif %}}"


def _table_template() -> str:
    head = (
        "<w:tc><w:tcPr><w:tcW w:w='{{ h.width }}' w:type='dxa'/><w:vAlign w:val='center'/></w:tcPr>"
        + paragraph("Table Head", _text("h.text"))
        + "</w:tc>"
    )
    properties = f"<w:trPr><w:cantSplit/><w:trHeight w:val='{pagination.ROW_HEIGHT}' w:hRule='atLeast'/>%s</w:trPr>"
    cell = (
        "<w:tc><w:tcPr><w:tcW w:w='{{ c.width }}' w:type='dxa'/>"
        "{% if row.spans %}<w:gridSpan w:val='{{ b.columns }}'/>{% endif %}<w:vAlign w:val='center'/></w:tcPr>"
        "<w:p><w:pPr><w:pStyle w:val='{% if row.group %}TableHead{% else %}TableText{% endif %}'/>"
        "{% if row.indent and loop.first %}<w:ind w:left='{{ row.indent }}'/>{% endif %}"
        "<w:jc w:val='{{ c.align }}'/></w:pPr>" + _RUNS.replace("RUNS", "c.runs") + "</w:p></w:tc>"
    )
    return (
        paragraph("caption", _text("b.caption"))
        + f"<w:tbl><w:tblPr><w:tblStyle w:val='TableGrid'/><w:tblW w:w='{pagination.TEXT_WIDTH}' w:type='dxa'/>"
        + "<w:tblLayout w:type='fixed'/></w:tblPr>"
        + "<w:tblGrid>{% for w in b.widths %}<w:gridCol w:w='{{ w }}'/>{% endfor %}</w:tblGrid>"
        + f"<w:tr>{properties % '<w:tblHeader/>'}{{% for h in b.heads %}}{head}{{% endfor %}}</w:tr>"
        + f"{{% for row in b.rows %}}<w:tr>{properties % ''}{{% for c in row.cells %}}{cell}{{% endfor %}}</w:tr>"
        + "{% endfor %}</w:tbl>"
        + paragraph("Spacer")
    )
