"""Blocks as WordprocessingML: cover, contents, headings, paragraphs, tables, and places for charts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from itertools import count

from reports.document.blocks import (
    DEMO_WORD,
    Block,
    Chart,
    Contents,
    Cover,
    Document,
    Heading,
    PageBreak,
    Paragraph,
    Row,
    Table,
)
from reports.writers import pagination, qr
from reports.writers.docx.markup import (
    FIELD_END,
    contents_mark,
    element,
    field,
    field_start,
    paragraph,
    run,
    runs,
    text_run,
)
from reports.writers.docx.styles import TABLE_SIZE, TITLE_LINE, TITLE_SIZE
from reports.writers.pagination import Measures
from reports.writers.text_metrics import wrapped
from reports.writers.typography import printed

EMU = 635  # in a twip
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_PARAGRAPH_STYLES = {"body": "Body Text", "note": "Note", "right": "Signature", "title": "Title", "byline": "Subtitle"}
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_TABLE_LOOK = '<w:tblLook w:val="0620" w:firstRow="1" w:noHBand="1" w:noVBand="1"/>'

QR_SIDE = 1417  # 25 mm
# Adds the picture of a QR code to the file and answers its id.
AddPicture = Callable[[bytes], str]
# Adds the chart to the file and answers the id that the text refers to it by.
AddChart = Callable[[Chart], str]


def cover(block: Cover, demo: bool, section: str, add_picture: AddPicture) -> Iterator[str]:
    """Title lines in the upper third, issuer and date at the foot of the page, under them how to verify it; its last
    paragraph ends the section."""
    yield paragraph("Subtitle", text_run(DEMO_WORD if demo else ""))
    for index, line in enumerate(block.title_lines):
        yield paragraph("Title", text_run(line), before=0 if index else 4 * pagination.LINE)
    yield paragraph("Subtitle", text_run(block.edition_note), before=pagination.LINE // 2)
    if block.number:
        yield paragraph("Subtitle", text_run(block.number))
    lines = sum(len(wrapped(line, pagination.TEXT_WIDTH, size=10 * TITLE_SIZE)) for line in block.title_lines)
    free = (pagination.LINES - 10) * pagination.LINE - lines * TITLE_LINE - _foot_height(block)
    yield paragraph("Cover Text", text_run(block.issuer), before=max(free, pagination.LINE))
    yield paragraph("Cover Text", text_run(block.date_text), section="" if block.code else section)
    if block.address:
        yield paragraph("Chart", run(_qr(add_picture(qr.png(block.address)))))
    if block.code:
        yield paragraph("Note", text_run(block.verification), align="center", section=section)


def _foot_height(block: Cover) -> int:
    """Of what an issued report has more on its cover than a draft."""
    number = pagination.LINE if block.number else 0
    picture = pagination.CHART_BEFORE + QR_SIDE if block.address else 0
    return number + picture + (pagination.NOTE_LINE + pagination.NOTE_AFTER if block.code else 0)


def _qr(relation: str) -> str:
    side = QR_SIDE * EMU
    return (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{side}" cy="{side}"/>'
        '<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="1000000" name="二维码" descr="核验文件的网址"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic xmlns:pic="{_PICTURE}">'
        '<pic:nvPicPr><pic:cNvPr id="1000000" name="qr.png"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{side}" cy="{side}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )


def contents(block: Contents, document: Document, measures: Measures, section: str) -> Iterator[str]:
    """A Word field that already shows its entries, for readers that never update fields."""
    yield paragraph("TOC Heading", text_run(block.title))
    start = field_start(f'TOC \\o "1-{pagination.CONTENTS_LEVELS}" \\f \\h \\z')
    pages = zip(document.headings, pagination.heading_pages(document.body, measures), strict=True)
    for bookmark, (heading, page) in enumerate(pages, start=1):
        if heading.level <= pagination.CONTENTS_LEVELS:
            yield paragraph(f"toc {heading.level}", start, _contents_entry(bookmark, heading, page))
            start = ""
    yield paragraph("Spacer", start, FIELD_END, section=section)


def _contents_entry(bookmark: int, heading: Heading, page: int) -> str:
    name = _bookmark_name(bookmark)
    content = text_run(heading.printed) + run("<w:tab/>") + field(f"PAGEREF {name} \\h", str(page))
    return element("hyperlink", content, anchor=name, history=1)


def _bookmark_name(number: int) -> str:
    return f"_Toc{number:09}"


def body(blocks: tuple[Block, ...], measures: Measures, add_chart: AddChart) -> Iterator[str]:
    """The blocks behind the contents. A page break is told to the paragraph that follows: one of its own would leave
    an empty line."""
    bookmarks, charts = count(1), count(1)
    new_page = False
    for before, block, after in pagination.neighbours(blocks):
        held = pagination.is_held(block, after)
        match block:
            case Heading():
                yield from _heading(block, next(bookmarks), new_page)
            case Paragraph(style="annex"):
                yield _annex_line(block, new_page, held, is_first=not pagination.is_annex_line(before))
            case Paragraph():
                style, content = _PARAGRAPH_STYLES[block.style], runs(block.printed_runs)
                yield paragraph(style, content, break_before=new_page, keep_next=held, keep_lines=held)
            case Table():
                yield from _table(block, measures, new_page, held)
            case Chart():
                yield from chart(block, measures.picture_height(block), next(charts), add_chart(block), new_page)
        new_page = isinstance(block, PageBreak)


def _heading(heading: Heading, bookmark: int, new_page: bool) -> Iterator[str]:
    """One paragraph; of an annex two, the first of which the contents lead to."""
    start, end = (
        element("bookmarkStart", id=bookmark, name=_bookmark_name(bookmark)),
        element("bookmarkEnd", id=bookmark),
    )
    if not heading.annex_number:
        yield paragraph(f"heading {heading.level}", start, text_run(heading.printed), end, break_before=new_page)
        return
    number = text_run(heading.annex_number) + contents_mark(printed(heading.printed), heading.level)
    yield paragraph("Annex Number", start, number, end, break_before=new_page)
    yield paragraph("Annex Title", text_run(heading.text))


def _annex_line(line: Paragraph, new_page: bool, held: bool, *, is_first: bool) -> str:
    """Of the list of annexes: a blank line over the first one, names that go on under themselves."""
    left, hanging = pagination.annex_indents(line)
    return paragraph(
        "Annex List",
        runs(line.runs),
        break_before=new_page,
        keep_next=held,
        keep_lines=True,
        before=pagination.LINE if is_first else 0,
        left=left,
        hanging=hanging,
    )


def chart(block: Chart, height: int, number: int, relation: str, new_page: bool) -> Iterator[str]:
    """The picture with its title under it; a screen reader reads its figures."""
    wide, high = pagination.TEXT_WIDTH * EMU, height * EMU
    alt_text = escape(printed(block.alt_text))
    inline = (
        f'<w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
        f'<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="{number}" name="图表{number}" descr="{alt_text}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{_CHART}"><c:chart r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    yield paragraph("Chart", run(inline), break_before=new_page)
    yield paragraph("Chart Title", text_run(block.numbered_caption))


def _table(table: Table, measures: Measures, new_page: bool, held: bool) -> Iterator[str]:
    widths, is_whole = measures.column_widths(table), measures.is_kept_whole(table)
    yield paragraph("caption", text_run(table.numbered_caption), break_before=new_page)
    head = "".join(
        _cell(width, paragraph("Table Head", text_run(column.title)))
        for column, width in zip(table.columns, widths, strict=True)
    )
    yield (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/>{_TABLE_LOOK}</w:tblPr>'
        f"<w:tblGrid>{''.join(f'<w:gridCol w:w={chr(34)}{width}{chr(34)}/>' for width in widths)}</w:tblGrid>"
        f"<w:tr>{_row_properties('<w:tblHeader/>')}{head}</w:tr>"
    )
    for place, row in enumerate(table.rows, start=1):
        yield _row(row, table, widths, keep_next=held if place == len(table.rows) else is_whole)
    yield "</w:tbl>"
    # Parts the table from the next one, which Word would join to it.
    yield paragraph("Spacer", keep_next=held)


def _row(row: Row, table: Table, widths: list[int], keep_next: bool) -> str:
    style = "Table Head" if row.kind == "group" else "Table Text"
    indent = 10 * TABLE_SIZE * row.indent
    if row.spans(len(table.columns)):
        only = paragraph(style, runs(row.cells[0]), keep_next=keep_next, left=indent, align="left")
        return f"<w:tr>{_row_properties()}{_cell(sum(widths), only, span=len(widths))}</w:tr>"
    cells = [
        _cell(width, paragraph(style, runs(cell), keep_next=keep_next, left=0 if place else indent, align=column.align))
        for place, (cell, column, width) in enumerate(zip(row.cells, table.columns, widths, strict=True))
    ]
    return f"<w:tr>{_row_properties()}{''.join(cells)}</w:tr>"


def _row_properties(more: str = "") -> str:
    return f'<w:trPr><w:cantSplit/><w:trHeight w:val="{pagination.ROW_HEIGHT}" w:hRule="atLeast"/>{more}</w:trPr>'


def _cell(width: int, content: str, span: int = 1) -> str:
    over = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{over}<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>'
