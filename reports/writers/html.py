"""Writes a `Document` as a web page: no script, no outside asset, and no inline style in the article, so that
a page with a strict content security policy may embed it.
"""

from collections.abc import Callable, Iterator
from html import escape
from itertools import count, starmap
from pathlib import Path

from reports.document import footnotes
from reports.document.blocks import (
    DEMO_WORD,
    Block,
    Chart,
    Contents,
    Cover,
    Document,
    Gap,
    Heading,
    NotedNumber,
    NoteMark,
    Number,
    PageBreak,
    Paragraph,
    Row,
    Run,
    Table,
)
from reports.document.characters import printable
from reports.writers import qr, svg
from reports.writers.typography import printed

# The same files that a page of the site links to when it embeds the article; the second is about notes.
_STYLES = Path(__file__).resolve().parent.parent.parent / "static" / "app"
_CSS, _NOTES_CSS = ((_STYLES / name).read_text(encoding="utf-8") for name in ("report.css", "report-notes.css"))
_DEEPEST_INDENT = 3
# In the drawing's own unit: on a phone its letters are still big enough to read.
_CHART_WIDTH = 330
_FIGURES_WORD, _NOTES_WORD, _BACK_WORD = "图中数据", "脚注", "回到正文"

# The address that tells where a figure comes from, by its code; an empty one where nothing can be told.
Link = Callable[[str], str]


def write_html(document: Document) -> str:
    """The document as a page of its own, to save or to send."""
    notes = _NOTES_CSS if document.notes else ""
    return (
        '<!DOCTYPE html>\n<html lang="zh-Hans">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escape(document.title)}</title>\n<style>{_CSS}{notes}</style>\n</head>\n<body>\n"
        f"{body_html(document)}</body>\n</html>\n"
    )


def body_html(document: Document, link: Link | None = None) -> str:
    """The document as an `article` element, to embed in a page that has the styles of `.report`.

    With `link` every figure leads to where it comes from.
    """
    document = footnotes.placed(document)
    anchors = count(1)
    parts = ['<article class="report" lang="zh-Hans">\n']
    if document.demo:
        parts.append(f'<p class="demo">{DEMO_WORD}</p>\n')
    parts += [_block(block, document, anchors, link) for block in document.blocks]
    parts.append(notes_html(document))
    return "".join([*parts, "</article>\n"])


def notes_html(document: Document) -> str:
    """The footnotes of a document in which they are placed, each with the way back to where it is told."""
    marks = footnotes.footnotes(document)
    if not marks:
        return ""
    notes = "".join(
        f'<p class="footnote" id="{_note(mark)}"><a href="#{_note(mark)}-mark" aria-label="{_BACK_WORD}">'
        f"{_escape(mark.text)}</a> {_escape(mark.note)}</p>\n"
        for mark in marks
    )
    return f'<section class="footnotes" role="doc-endnotes" aria-label="{_NOTES_WORD}">\n{notes}</section>\n'


def _note(mark: NoteMark) -> str:
    return f"note-{mark.number}"


def block_html(block: Block, document: Document, link: Link | None = None) -> str:
    """One block of it, for a page that shows them one by one; its heading is nothing to jump to."""
    return _block(block, document, None, link)


def _escape(text: str) -> str:
    return escape(printed(text))


def _block(block: Block, document: Document, anchors: Iterator[int] | None, link: Link | None) -> str:
    match block:
        case Cover():
            return _cover(block)
        case Contents():
            return _contents(block, document)
        case Heading():
            # The title is h1, so level 1 is h2.
            tag = f"h{block.level + 1}"
            anchor = f' id="{_anchor(next(anchors))}"' if anchors else ""
            return f"<{tag}{anchor}>{_escape(block.printed)}</{tag}>\n"
        case Paragraph(style="title"):
            return f"<h1>{_runs(block.runs, link)}</h1>\n"
        case Paragraph():
            return f'<p class="{block.style}">{_runs(block.printed_runs, link)}</p>\n'
        case Table():
            return _table(block, link)
        case Chart():
            return _chart(block, link)
        case PageBreak():
            return '<div class="page-break"></div>\n'


def _anchor(number: int) -> str:
    return f"heading-{number}"


def _runs(runs: tuple[Run, ...], link: Link | None) -> str:
    return "".join(_run(run, link) for run in runs)


def _run(run: Run, link: Link | None) -> str:
    text = _escape(run.text).replace("\n", "<br>")
    match run:
        case NotedNumber():
            return _figure("span", "figure", run.code, text, link) + "".join(map(_mark, run.marks))
        case Number():
            return _figure("span", "figure", run.code, text, link)
        case Gap():
            return _figure("mark", "gap", run.code, text, link)
    return text


def _mark(mark: NoteMark) -> str:
    if not mark.number:
        return f"<sup>{_escape(mark.text)}</sup>"
    place = f' id="{_note(mark)}-mark"' if mark.note else ""
    return f'<sup><a href="#{_note(mark)}"{place}>{_escape(mark.text)}</a></sup>'


def _figure(tag: str, name: str, code: str, text: str, link: Link | None) -> str:
    address = link(code) if link else ""
    place = f'class="{name}" data-code="{escape(printable(code))}"'
    return f'<a href="{escape(address)}" {place}>{text}</a>' if address else f"<{tag} {place}>{text}</{tag}>"


def _cover(cover: Cover) -> str:
    title = "".join(f"<span>{_escape(line)}</span>" for line in cover.title_lines)
    note = f'<p class="edition">{_escape(cover.edition_note)}</p>\n' if cover.edition_note else ""
    number = f'<p class="number">{_escape(cover.number)}</p>\n' if cover.number else ""
    return (
        f'<header class="cover">\n<h1>{title}</h1>\n{note}{number}'
        f'<p class="issuer">{_escape(cover.issuer)}</p>\n'
        f'<p class="date">{_escape(cover.date_text)}</p>\n{_verification(cover)}</header>\n'
    )


def _verification(cover: Cover) -> str:
    if not cover.code:
        return ""
    drawing = f'<a href="{escape(cover.address)}">{qr.svg(cover.address)}</a>\n' if cover.address else ""
    return f'<div class="verification">\n{drawing}<p>{_escape(cover.verification)}</p>\n</div>\n'


def _contents(contents: Contents, document: Document) -> str:
    entries = "".join(starmap(_contents_entry, enumerate(document.headings, start=1)))
    title = _escape(contents.title)
    return f'<nav class="contents" aria-label="{title}">\n<h2>{title}</h2>\n<ol>\n{entries}</ol>\n</nav>\n'


def _contents_entry(number: int, heading: Heading) -> str:
    link = f'<a href="#{_anchor(number)}">{_escape(heading.printed)}</a>'
    return f'<li class="level-{heading.level}">{link}</li>\n'


def _table(table: Table, link: Link | None) -> str:
    """A table in a frame that scrolls by keyboard too, for tables that are wider than a phone."""
    caption = _escape(table.numbered_caption)
    head = "".join(f'<th scope="col">{_escape(column.title)}</th>' for column in table.columns)
    rows = "".join(_row(row, table, link) for row in table.rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}">\n<table>\n'
        f"<caption>{caption}</caption>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n"
        "</table>\n</div>\n"
    )


def _chart(chart: Chart, link: Link | None) -> str:
    """The picture, and its figures as a table that opens under it."""
    caption = f"<figcaption>{_escape(chart.numbered_caption)}</figcaption>"
    return (
        f'<figure class="chart">\n{svg.svg(chart, _CHART_WIDTH)}\n{caption}\n'
        f"<details>\n<summary>{_FIGURES_WORD}</summary>\n{_table(chart.table, link)}</details>\n</figure>\n"
    )


def _row(row: Row, table: Table, link: Link | None) -> str:
    span = f' colspan="{len(table.columns)}"' if row.spans(len(table.columns)) else ""
    indent = f' class="indent-{min(row.indent, _DEEPEST_INDENT)}"' if row.indent else ""
    head = f'<th scope="row"{span}{indent}>{_runs(row.cells[0], link)}</th>'
    cells = "".join(
        f'<td class="{column.align}">{_runs(cell, link)}</td>'
        for cell, column in zip(row.cells[1:], table.columns[1:], strict=False)
    )
    return f'<tr class="{row.kind}">{head}{cells}</tr>\n'
