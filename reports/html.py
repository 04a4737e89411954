"""Writes a `Document` as a web page: no script, no outside asset, and no inline style in the article, so that
a page with a strict content security policy may embed it.
"""

from collections.abc import Iterator
from html import escape
from itertools import count, starmap
from pathlib import Path

from reports.document import (
    DEMO_WORD,
    Block,
    Contents,
    Cover,
    Document,
    Gap,
    Heading,
    Number,
    PageBreak,
    Paragraph,
    Row,
    Run,
    Table,
    printable,
)

# The same file that a page of the site links to when it embeds the article.
_CSS = (Path(__file__).resolve().parent.parent / "static" / "app" / "report.css").read_text(encoding="utf-8")
_DEEPEST_INDENT = 3


def write_html(document: Document) -> str:
    """The document as a page of its own, to save or to send."""
    return (
        '<!DOCTYPE html>\n<html lang="zh-Hans">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escape(document.title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n"
        f"{body_html(document)}</body>\n</html>\n"
    )


def body_html(document: Document) -> str:
    """The document as an `article` element, to embed in a page that has the styles of `.report`."""
    anchors = count(1)
    parts = ['<article class="report" lang="zh-Hans">\n']
    if document.demo:
        parts.append(f'<p class="demo">{DEMO_WORD}</p>\n')
    parts += [_block(block, document, anchors) for block in document.blocks]
    return "".join([*parts, "</article>\n"])


def _escape(text: str) -> str:
    return escape(printable(text))


def _block(block: Block, document: Document, anchors: Iterator[int]) -> str:
    match block:
        case Cover():
            return _cover(block)
        case Contents():
            return _contents(block, document)
        case Heading():
            # The title is h1, so level 1 is h2.
            tag = f"h{block.level + 1}"
            return f'<{tag} id="{_anchor(next(anchors))}">{_escape(block.printed)}</{tag}>\n'
        case Paragraph():
            return f'<p class="{block.style}">{_runs(block.runs)}</p>\n'
        case Table():
            return _table(block)
        case PageBreak():
            return '<div class="page-break"></div>\n'


def _anchor(number: int) -> str:
    return f"heading-{number}"


def _runs(runs: tuple[Run, ...]) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    text = _escape(run.text).replace("\n", "<br>")
    match run:
        case Number():
            return f'<span class="figure" data-code="{_escape(run.code)}">{text}</span>'
        case Gap():
            return f'<mark class="gap" data-code="{_escape(run.code)}">{text}</mark>'
    return text


def _cover(cover: Cover) -> str:
    title = "".join(f"<span>{_escape(line)}</span>" for line in cover.title_lines)
    note = f'<p class="edition">{_escape(cover.edition_note)}</p>\n' if cover.edition_note else ""
    return (
        f'<header class="cover">\n<h1>{title}</h1>\n{note}'
        f'<p class="issuer">{_escape(cover.issuer)}</p>\n'
        f'<p class="date">{_escape(cover.date_text)}</p>\n</header>\n'
    )


def _contents(contents: Contents, document: Document) -> str:
    entries = "".join(starmap(_contents_entry, enumerate(document.headings, start=1)))
    title = _escape(contents.title)
    return f'<nav class="contents" aria-label="{title}">\n<h2>{title}</h2>\n<ol>\n{entries}</ol>\n</nav>\n'


def _contents_entry(number: int, heading: Heading) -> str:
    link = f'<a href="#{_anchor(number)}">{_escape(heading.printed)}</a>'
    return f'<li class="level-{heading.level}">{link}</li>\n'


def _table(table: Table) -> str:
    """A table in a frame that scrolls by keyboard too, for tables that are wider than a phone."""
    caption = _escape(table.caption)
    head = "".join(f'<th scope="col">{_escape(column.title)}</th>' for column in table.columns)
    rows = "".join(_row(row, table) for row in table.rows)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}">\n<table>\n'
        f"<caption>{caption}</caption>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n"
        "</table>\n</div>\n"
    )


def _row(row: Row, table: Table) -> str:
    span = f' colspan="{len(table.columns)}"' if row.spans(len(table.columns)) else ""
    indent = f' class="indent-{min(row.indent, _DEEPEST_INDENT)}"' if row.indent else ""
    head = f'<th scope="row"{span}{indent}>{_runs(row.cells[0])}</th>'
    cells = "".join(
        f'<td class="{column.align}">{_runs(cell)}</td>'
        for cell, column in zip(row.cells[1:], table.columns[1:], strict=False)
    )
    return f'<tr class="{row.kind}">{head}{cells}</tr>\n'
