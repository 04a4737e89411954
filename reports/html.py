"""Writes a `Document` as a web page: no script, no outside asset, and no inline style in the article, so that
a page with a strict content security policy may embed it.
"""

from collections.abc import Iterator
from html import escape
from itertools import count

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

_CSS = """
:root { --ink: #1a1a1a; --muted: #595959; --line: #8c8c8c; --shade: #f2f2f2; --gap: #ffe680; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; line-height: 1.8;
  font: 16px/1.8 "FangSong_GB2312", "FangSong", "STFangsong", "Noto Serif CJK SC", "Noto Serif SC", serif; }
.report { max-width: 52rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
.report h1 { font-size: 1.75rem; line-height: 1.4; text-align: center; font-weight: normal; margin: 0 0 1em; }
.report h1 span { display: block; }
.report h2, .report h3, .report h4, .report h5 { font-size: 1.125rem; line-height: 1.6; margin: 1em 0 .5em; }
.report h2, .report caption, .report th { font-family: "SimHei", "Heiti SC", "Noto Sans CJK SC", sans-serif; }
.report h2 { font-size: 1.375rem; }
.report h3 { font: 1.25rem/1.6 "KaiTi_GB2312", "KaiTi", "Kaiti SC", "Noto Serif CJK SC", serif; }
.report h5 { font-weight: normal; }
.report p { margin: 0; text-indent: 2em; text-align: justify; }
.report p.note { text-indent: 0; font-size: .875rem; color: var(--muted); }
.report p.right { text-indent: 0; text-align: right; padding-right: 2em; }
.report .cover { padding: 4rem 0 3rem; }
.report .cover p { text-indent: 0; text-align: center; }
.report .cover .issuer { margin-top: 3rem; }
.report .demo { text-indent: 0; text-align: center; background: var(--gap); padding: .25rem; }
.report .contents ol { list-style: none; padding: 0; }
.report .contents a { color: inherit; text-decoration: none; display: block; padding: .25rem 0; }
.report .contents a:hover { text-decoration: underline; }
.report .contents .level-2 { padding-left: 1em; }
.report .contents .level-3 { padding-left: 2em; }
.report .contents .level-4 { padding-left: 3em; }
.report .scroll { overflow-x: auto; margin: 1rem 0; }
.report table { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.5; }
.report caption { padding: .5rem 0; text-align: center; }
.report th, .report td { border: 1px solid var(--line); padding: .25rem .5rem; min-width: 4.5em;
  text-align: left; overflow-wrap: normal; }
.report thead th { background: var(--shade); text-align: center; }
.report tbody th { font-weight: normal; font-family: inherit; min-width: 8em; }
.report tbody .group th { background: var(--shade); }
.report td.right { text-align: right; font-variant-numeric: tabular-nums; }
.report td.center { text-align: center; }
.report .indent-1 { padding-left: 1.5em; }
.report .indent-2 { padding-left: 2.5em; }
.report .indent-3 { padding-left: 3.5em; }
.report mark.gap { background: var(--gap); color: inherit; }
@media print {
  @page { size: A4; margin: 37mm 26mm 35mm 28mm; }
  .report { max-width: none; padding: 0; }
  .report .scroll { overflow: visible; }
  .report .cover, .report .contents, .report .page-break { break-after: page; }
  .report h2, .report h3, .report h4, .report h5, .report caption { break-after: avoid; }
  .report tr { break-inside: avoid; }
  .report thead { display: table-header-group; }
  .report .demo { position: fixed; top: 0; left: 0; right: 0; }
}
"""
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
    entries = "".join(
        f'<li class="level-{heading.level}"><a href="#{_anchor(number)}">{_escape(heading.printed)}</a></li>\n'
        for number, heading in enumerate(document.headings, start=1)
    )
    title = _escape(contents.title)
    return f'<nav class="contents" aria-label="{title}">\n<h2>{title}</h2>\n<ol>\n{entries}</ol>\n</nav>\n'


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
