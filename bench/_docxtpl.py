"""The rival of `report`: a Word template of the same look, ready on the disk, that docxtpl fills.

It prints the same words, headings, contents and tables. What docxtpl cannot make new, Word's own charts, it leaves out;
and it is given its context ready, with the pages of its headings and the widths of its columns.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate

from reports.document.blocks import Chart, Contents, Cover, Document, Gap, Heading, PageBreak, Paragraph, Run, Table
from reports.writers import pagination
from reports.writers.docx.markup import FIELD_END, field, field_start, paragraph, run
from reports.writers.docx.package import Package

_RUN = "<w:r><w:rPr><w:rFonts w:hint='eastAsia'/>{}</w:rPr><w:t xml:space='preserve'>{{{{ r.text }}}}</w:t></w:r>"
_RUNS = (
    "{% for r in RUNS %}{% if r.gap %}"
    + _RUN.format("<w:highlight w:val='yellow'/>")
    + "{% else %}"
    + _RUN.format("")
    + "{% endif %}{% endfor %}"
)
_STYLES = {"body": "Body Text", "note": "Note", "right": "Signature"}


def template(document: Document) -> bytes:
    """The template as a file: styles, sections and footers as the report has them, its text as docxtpl's loops."""
    package = Package(replace(document, blocks=()))
    front, last = package.section(first=True), package.section(numbered=True)
    package.write([*_cover(), *_contents(front)], list(_body()), last)
    file = BytesIO()
    package.word.save(file)
    return file.getvalue()


def render(ready: bytes, context: dict[str, Any]) -> bytes:
    made = DocxTemplate(BytesIO(ready))
    made.render(context, autoescape=True)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def context(document: Document) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    for block in document.body:
        match block:
            case Heading():
                blocks.append({"kind": f"h{block.level}", "text": block.printed, "number": 1})
            case Paragraph():
                blocks.append({"kind": block.style, "runs": _runs(block.runs)})
            case Table():
                blocks.append({"kind": "table", **_table(block)})
            case Chart() | PageBreak():
                pass
    pages = zip(document.headings, pagination.heading_pages(document.body, pagination.Measures()), strict=True)
    entries = [{"level": h.level, "text": h.printed, "page": page} for h, page in pages if h.level <= 3]
    front = {type(block): block for block in document.front}
    cover, contents = front[Cover], front[Contents]
    assert isinstance(cover, Cover)
    assert isinstance(contents, Contents)
    return {"cover": cover, "contents": contents, "entries": entries, "blocks": blocks}


def _runs(runs: tuple[Run, ...]) -> list[dict[str, Any]]:
    return [{"text": run.text, "gap": isinstance(run, Gap)} for run in runs]


def _table(table: Table) -> dict[str, Any]:
    widths = pagination.column_widths(table)
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
    heads = [{"text": column.title, "width": width} for column, width in zip(table.columns, widths, strict=True)]
    return {"caption": table.caption, "widths": widths, "heads": heads, "rows": rows, "columns": len(widths)}


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
    choices += [_when(kind, paragraph(style, _RUNS.replace("RUNS", "b.runs"))) for kind, style in _STYLES.items()]
    choices.append(_when("table", _table_template()))
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
