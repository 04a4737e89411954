"""Writes a `Document` as a Word file in the page format of GB/T 9704-2012.

python-docx carries the package; the styles and the body are raw WordprocessingML, because the document grid,
East Asian fonts and fields have no other way in. Lengths are in twips (1/20 pt), font sizes in half-points,
as the format counts them. Word refuses children in the wrong order, so every element here is made with its
children in the order of the schema.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from math import ceil
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Twips

from reports.document import (
    DEMO_WORD,
    Block,
    Contents,
    Cover,
    Document,
    Gap,
    Heading,
    PageBreak,
    Paragraph,
    Row,
    Run,
    Table,
    printable,
    runs_text,
)

_PAGE_WIDTH, _PAGE_HEIGHT = 11906, 16838  # A4
_TOP, _BOTTOM, _LEFT, _RIGHT = 2098, 1984, 1588, 1474  # 37, 35, 28 and 26 mm
_TEXT_WIDTH = _PAGE_WIDTH - _LEFT - _RIGHT
_HEADER_DISTANCE = 851
# The page number's dash is 7 mm below the type area, so the foot of its 14 pt line is 25.5 mm above the edge.
_FOOTER_DISTANCE = 1446
_LINES, _CHARACTERS = 22, 28
_LINE = 579  # 22 lines of 28.95 pt fill 225 mm
# What the grid takes from a character of 16 pt to fit 28 of them into 156 mm, in 1/4096 pt.
_CHARACTER_SPACE = -849
# LibreOffice gives a character that is wider than its place on the grid two places. So the styles stay off
# the grid and reach its 28 characters by tracking (-0.25 pt) and its 22 lines by exact spacing instead.
_TRACKING = -5
_LATIN = "Times New Roman"
_FANGSONG, _KAITI, _HEITI, _SONGTI = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"
_TITLE_FONT = "方正小标宋简体"
_BODY_SIZE, _TITLE_SIZE, _TABLE_SIZE, _FOOTER_SIZE = 32, 44, 21, 28
_TITLE_LINE = 800
_ROW_HEIGHT = 397  # at least 7 mm
_TABLE_LINE = 280  # a line of table text, single spaced; only to reckon pages
_CONTENTS_LEVELS = 3
# Parts of python-docx's template that a report has no use for: a picture of an empty page, for example.
_UNUSED_PARTS = {
    "thumbnail",
    "extended-properties",
    "customXml",
    "numbering",
    "stylesWithEffects",
    "webSettings",
    "fontTable",
}

_Attributes = dict[str, str | int]
_INDENT: _Attributes = {"firstLineChars": 200, "firstLine": 632}


@dataclass(frozen=True)
class _Style:
    """A paragraph style. `line` is an exact spacing, or 0 for single spacing."""

    name: str
    east_asia: str = _FANGSONG
    size: int = _BODY_SIZE
    latin: str = _LATIN
    bold: bool = False
    line: int = _LINE
    before: int = 0
    after: int = 0
    align: str = "both"
    indent: _Attributes = field(default_factory=dict)
    keep_next: bool = False
    outline: int | None = None
    page_tab: bool = False
    custom: bool = False

    @property
    def style_id(self) -> str:
        """The style's id, made from its name as Word does."""
        return self.name.title().replace("Toc", "TOC").replace(" ", "")


_STYLES = (
    _Style("Normal"),
    _Style("Body Text", indent=_INDENT),
    _Style("heading 1", _HEITI, indent=_INDENT, keep_next=True, outline=0),
    _Style("heading 2", _KAITI, indent=_INDENT, keep_next=True, outline=1),
    _Style("heading 3", bold=True, indent=_INDENT, keep_next=True, outline=2),
    _Style("heading 4", indent=_INDENT, keep_next=True, outline=3),
    _Style("Title", _TITLE_FONT, _TITLE_SIZE, line=_TITLE_LINE, align="center"),
    _Style("Subtitle", _KAITI, align="center"),
    _Style("Cover Text", align="center", custom=True),
    _Style("Signature", align="right", indent={"rightChars": 200, "right": 632}),
    _Style("Note", size=_TABLE_SIZE, line=360, after=120, custom=True),
    _Style("caption", _HEITI, 24, line=480, align="center", keep_next=True),
    _Style("Table Text", size=_TABLE_SIZE, line=0, align="left", custom=True),
    _Style("Table Head", _HEITI, _TABLE_SIZE, line=0, align="center", keep_next=True, custom=True),
    _Style("Spacer", size=2, line=160, custom=True),
    _Style("header", _HEITI, 24, line=0, align="center"),
    _Style("footer", _SONGTI, _FOOTER_SIZE, _SONGTI, line=0),
    _Style("TOC Heading", _TITLE_FONT, _TITLE_SIZE, line=_TITLE_LINE, after=_LINE // 2, align="center"),
    _Style("toc 1", _HEITI, 28, line=520, align="left", page_tab=True),
    _Style("toc 2", _KAITI, 28, line=520, align="left", indent={"left": 280}, page_tab=True),
    _Style("toc 3", _FANGSONG, 28, line=520, align="left", indent={"left": 560}, page_tab=True),
)
_BY_NAME = {style.name: style for style in _STYLES}
_PARAGRAPH_STYLES = {"body": "Body Text", "note": "Note", "right": "Signature"}


def write_docx(document: Document, target: str | Path | BinaryIO) -> None:
    """Write the document to a path or a binary stream. The same document gives the same bytes."""
    word = docx.Document()
    _drop_unused_parts(word)
    _set_settings(word)
    _set_styles(word)
    _set_properties(word, document)
    _set_page(word.sections[0])
    if document.demo:
        _add_headers(word.sections[0])
    _write_front(word, document)
    _start_numbering(word.sections[-1])
    _append(word, *_body(document.body))
    _save(word, target)


# Elements


def _w(tag: str, *children: BaseOxmlElement, **attributes: str | int) -> BaseOxmlElement:
    """An element of the w: namespace with attributes of the same."""
    element = OxmlElement(f"w:{tag}", {qn(f"w:{name}"): str(value) for name, value in attributes.items()})
    element.extend(children)
    return element


def _paragraph_properties(
    style: str = "",
    keep_next: bool = False,
    page_tab: bool = False,
    off_grid: bool = False,
    spacing: _Attributes | None = None,
    indent: _Attributes | None = None,
    align: str = "",
    outline: int | None = None,
) -> BaseOxmlElement:
    """A w:pPr with what is given, in the schema's order."""
    properties = _w("pPr")
    if style:
        properties.append(_w("pStyle", val=_BY_NAME[style].style_id))
    if keep_next:
        properties.append(_w("keepNext"))
    if page_tab:
        properties.append(_w("tabs", _w("tab", val="right", leader="dot", pos=_TEXT_WIDTH)))
    if off_grid:
        properties.append(_w("snapToGrid", val=0))
    if spacing:
        properties.append(_w("spacing", **spacing))
    if indent:
        properties.append(_w("ind", **indent))
    if align:
        properties.append(_w("jc", val=align))
    if outline is not None:
        properties.append(_w("outlineLvl", val=outline))
    return properties


def _run_properties(style: _Style) -> BaseOxmlElement:
    """A w:rPr that says everything itself, so that no theme's font or colour comes through."""
    return _w(
        "rPr",
        _w("rFonts", ascii=style.latin, hAnsi=style.latin, eastAsia=style.east_asia, cs=style.latin),
        _w("b", val=int(style.bold)),
        _w("bCs", val=int(style.bold)),
        _w("snapToGrid", val=0),
        _w("color", val="000000"),
        _w("spacing", val=_TRACKING if style.size == _BODY_SIZE else 0),
        _w("sz", val=style.size),
        _w("szCs", val=style.size),
    )


def _run(content: str | BaseOxmlElement, highlight: bool = False) -> BaseOxmlElement:
    """A w:r of text or of one element. Quotes and dashes, in both scripts, take the East Asian font."""
    properties = _w("rPr", _w("rFonts", hint="eastAsia"))
    if highlight:
        properties.append(_w("highlight", val="yellow"))
    run = _w("r", properties)
    run.extend(_text_elements(content) if isinstance(content, str) else (content,))
    return run


def _text_elements(text: str) -> Iterator[BaseOxmlElement]:
    for index, line in enumerate(printable(text).split("\n")):
        if index:
            yield _w("br")
        element = _w("t")
        element.set(qn("xml:space"), "preserve")
        element.text = line
        yield element


def _runs(runs: tuple[Run, ...]) -> list[BaseOxmlElement]:
    return [_run(run.text, highlight=isinstance(run, Gap)) for run in runs]


def _paragraph(
    style: str,
    *children: BaseOxmlElement,
    spacing: _Attributes | None = None,
    indent: _Attributes | None = None,
    align: str = "",
) -> BaseOxmlElement:
    return _w("p", _paragraph_properties(style, spacing=spacing, indent=indent, align=align), *children)


def _field(instruction: str, shown: str) -> list[BaseOxmlElement]:
    """The runs of a field whose result is already there."""
    return [*_field_start(instruction), _run(shown), _run(_w("fldChar", fldCharType="end"))]


def _field_start(instruction: str) -> list[BaseOxmlElement]:
    code = _w("instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = f" {instruction} "
    return [_run(_w("fldChar", fldCharType="begin")), _run(code), _run(_w("fldChar", fldCharType="separate"))]


# The package


def _drop_unused_parts(word: WordDocument) -> None:
    for relationships in (word.part.rels, word.part.package.rels):
        for key in [k for k, rel in relationships.items() if rel.reltype.rsplit("/", 1)[-1] in _UNUSED_PARTS]:
            del relationships[key]


def _set_settings(word: WordDocument) -> None:
    """Chinese typesetting, current layout rules, footers that differ on even pages."""
    settings = word.settings.element
    for name, attribute, value in (
        ("zoom", "percent", "100"),
        ("defaultTabStop", "val", "420"),
        ("characterSpacingControl", "val", "compressPunctuation"),
        ("themeFontLang", "eastAsia", "zh-CN"),
    ):
        settings.find(qn(f"w:{name}")).set(qn(f"w:{attribute}"), value)
    settings.find(".//w:compatSetting", settings.nsmap).set(qn("w:val"), "15")
    settings.remove(settings.find(qn("w:savePreviewPicture")))
    word.settings.odd_and_even_pages_header_footer = True


def _set_properties(word: WordDocument, document: Document) -> None:
    properties = word.core_properties
    properties.title, properties.author = printable(document.title), printable(document.issuer)
    properties.subject, properties.keywords = "", DEMO_WORD if document.demo else ""
    properties.last_modified_by, properties.comments = printable(document.issuer), ""
    properties.language, properties.revision = "zh-CN", 1
    # Not the clock, which would make two files of one report differ: the day after the report's year.
    properties.created = properties.modified = datetime(document.year + 1, 1, 1, tzinfo=UTC)


def _save(word: WordDocument, target: str | Path | BinaryIO) -> None:
    """Save with constant times in the archive."""
    buffer = BytesIO()
    word.save(buffer)
    with ZipFile(buffer) as made, ZipFile(target, "w") as archive:
        for name in made.namelist():
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
            archive.writestr(entry, made.read(name))


# Styles


def _set_styles(word: WordDocument) -> None:
    """Replace the template's 164 styles, with their blue headings and theme fonts, by the report's own."""
    styles = word.styles.element
    for element in styles.findall(qn("w:style")) + styles.findall(qn("w:docDefaults")):
        styles.remove(element)
    styles.insert(0, _defaults())
    styles.extend(_style_element(style) for style in _STYLES)
    styles.append(_default_style("character", "Default Paragraph Font"))
    styles.append(_default_style("numbering", "No List"))
    styles.extend((_table_style("Normal Table", _w("tblPr", _cell_margins()), default=1), _grid_style()))


def _defaults() -> BaseOxmlElement:
    properties = _run_properties(_BY_NAME["Normal"])
    properties.append(_w("lang", val="en-US", eastAsia="zh-CN", bidi="ar-SA"))
    return _w("docDefaults", _w("rPrDefault", properties), _w("pPrDefault", _w("pPr")))


def _style_element(style: _Style) -> BaseOxmlElement:
    element = _w("style", type="paragraph", styleId=style.style_id)
    element.append(_w("name", val=style.name))
    if style.custom:
        element.set(qn("w:customStyle"), "1")
    if style.name == "Normal":
        element.set(qn("w:default"), "1")
    else:
        element.append(_w("basedOn", val="Normal"))
    if style.outline is not None:
        element.append(_w("next", val="BodyText"))
    element.extend((_w("qFormat"), _style_paragraph_properties(style), _run_properties(style)))
    return element


def _style_paragraph_properties(style: _Style) -> BaseOxmlElement:
    spacing: _Attributes = {"before": style.before, "after": style.after}
    spacing |= {"line": style.line, "lineRule": "exact"} if style.line else {"line": 240, "lineRule": "auto"}
    return _paragraph_properties(
        keep_next=style.keep_next,
        page_tab=style.page_tab,
        off_grid=True,
        spacing=spacing,
        indent=style.indent,
        align=style.align,
        outline=style.outline,
    )


def _default_style(kind: str, name: str) -> BaseOxmlElement:
    style_id = name.replace(" ", "")
    element = _w("style", _w("name", val=name), type=kind, default=1, styleId=style_id)
    element.extend((_w("uiPriority", val=99), _w("semiHidden"), _w("unhideWhenUsed")))
    return element


def _table_style(name: str, properties: BaseOxmlElement, **attributes: int) -> BaseOxmlElement:
    style_id = "TableNormal" if attributes else name.replace(" ", "")
    element = _w("style", _w("name", val=name), type="table", styleId=style_id, **attributes)
    if not attributes:
        element.append(_w("basedOn", val="TableNormal"))
    element.extend((_w("uiPriority", val=59), properties))
    return element


def _cell_margins() -> BaseOxmlElement:
    sides = {"top": 20, "left": 85, "bottom": 20, "right": 85}
    return _w("tblCellMar", *(_w(side, w=width, type="dxa") for side, width in sides.items()))


def _grid_style() -> BaseOxmlElement:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = (_w(side, val="single", sz=4, space=0, color="000000") for side in sides)
    return _table_style("Table Grid", _w("tblPr", _w("tblBorders", *borders)))


# Pages and sections


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Twips(_PAGE_WIDTH), Twips(_PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Twips(_TOP), Twips(_BOTTOM)
    section.left_margin, section.right_margin = Twips(_LEFT), Twips(_RIGHT)
    section.header_distance, section.footer_distance = Twips(_HEADER_DISTANCE), Twips(_FOOTER_DISTANCE)
    grid = _w("docGrid", type="linesAndChars", linePitch=_LINE, charSpace=_CHARACTER_SPACE)
    properties = section._sectPr
    properties.replace(properties.find(qn("w:docGrid")), grid)


def _add_headers(section: Section) -> None:
    """The demonstration mark on every page: later sections take over the first one's headers."""
    for header in (section.header, section.even_page_header):
        header.is_linked_to_previous = False
        _fill(header.part.element, _paragraph("header", _run(DEMO_WORD)))


def _start_numbering(section: Section) -> None:
    """Page numbers from 1, at the right of odd pages and at the left of even ones, one character in."""
    properties = section._sectPr
    properties.find(qn("w:cols")).addprevious(_w("pgNumType", start=1))
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        indent: _Attributes = {f"{side}Chars": 100, side: 280}
        number = (_run("— "), *_field("PAGE", "1"), _run(" —"))
        _fill(footer.part.element, _paragraph("footer", *number, indent=indent, align=side))


def _fill(part: BaseOxmlElement, paragraph: BaseOxmlElement) -> None:
    for child in list(part):
        part.remove(child)
    part.append(paragraph)


def _append(word: WordDocument, *elements: BaseOxmlElement) -> None:
    """Add to the end of the body, before the properties of its last section."""
    last = word.element.body[-1]
    for element in elements:
        last.addprevious(element)


def _write_front(word: WordDocument, document: Document) -> None:
    """The cover and the contents, each in a section of its own without a page number."""
    for block in document.front:
        match block:
            case Cover():
                _append(word, *_cover(block, document.demo))
            case Contents():
                _append(word, *_contents(block, document))
        _close_section(word)


def _close_section(word: WordDocument) -> None:
    """End the section in its last paragraph: python-docx adds an empty one, which may take another page."""
    word.add_section(WD_SECTION.NEW_PAGE)
    body = word.element.body
    holder, owner = body[-2], body[-3]
    owner.find(qn("w:pPr")).append(holder.find(f".//{qn('w:sectPr')}"))
    body.remove(holder)


# The cover and the contents


def _cover(cover: Cover, demo: bool) -> Iterator[BaseOxmlElement]:
    """Title lines in the upper third, issuer and date at the foot of the page."""
    yield _paragraph("Subtitle", _run(DEMO_WORD if demo else ""))
    for index, line in enumerate(cover.title_lines):
        yield _paragraph("Title", _run(line), spacing={"before": 0 if index else 4 * _LINE})
    yield _paragraph("Subtitle", _run(cover.edition_note), spacing={"before": _LINE // 2})
    # 20 characters of the title's size fill a line.
    title = sum(ceil(_text_width(line) / 20) for line in cover.title_lines) * _TITLE_LINE
    free = (_LINES - 10) * _LINE - title
    yield _paragraph("Cover Text", _run(cover.issuer), spacing={"before": max(free, _LINE)})
    yield _paragraph("Cover Text", _run(cover.date_text))


def _contents(contents: Contents, document: Document) -> Iterator[BaseOxmlElement]:
    """A Word field that already shows its entries, for readers that never update fields."""
    yield _paragraph("TOC Heading", _run(contents.title))
    start = _field_start(f'TOC \\o "1-{_CONTENTS_LEVELS}" \\h \\z')
    pages = zip(document.headings, _heading_pages(document.body), strict=True)
    for bookmark, (heading, page) in enumerate(pages, start=1):
        if heading.level <= _CONTENTS_LEVELS:
            yield _paragraph(f"toc {heading.level}", *start, _contents_entry(bookmark, heading, page))
            start = []
    yield _paragraph("Spacer", *start, _run(_w("fldChar", fldCharType="end")))


def _contents_entry(bookmark: int, heading: Heading, page: int) -> BaseOxmlElement:
    name = _bookmark_name(bookmark)
    runs = (_run(heading.printed), _run(_w("tab")), *_field(f"PAGEREF {name} \\h", str(page)))
    return _w("hyperlink", *runs, anchor=name, history=1)


def _bookmark_name(number: int) -> str:
    return f"_Toc{number:09}"


# The body


def _body(blocks: tuple[Block, ...]) -> Iterator[BaseOxmlElement]:
    bookmarks = count(1)
    break_page = False
    for block in blocks:
        elements = _block(block, bookmarks)
        if break_page and elements:
            _break_before(elements[0])
        break_page = isinstance(block, PageBreak) or (break_page and not elements)
        yield from elements


def _block(block: Block, bookmarks: Iterator[int]) -> list[BaseOxmlElement]:
    """The elements of one block; the first is a paragraph."""
    match block:
        case Heading():
            return [_heading(block, next(bookmarks))]
        case Paragraph():
            return [_paragraph(_PARAGRAPH_STYLES[block.style], *_runs(block.runs))]
        case Table():
            # The spacer parts the table from the next one, which Word would join to it.
            return [_paragraph("caption", _run(block.caption)), _table(block), _paragraph("Spacer")]
    return []


def _break_before(paragraph: BaseOxmlElement) -> None:
    """Start a page with the paragraph: a break of its own would leave an empty line on the page."""
    paragraph.find(qn("w:pPr")).find(qn("w:pStyle")).addnext(_w("pageBreakBefore"))


def _heading(heading: Heading, bookmark: int) -> BaseOxmlElement:
    return _paragraph(
        f"heading {heading.level}",
        _w("bookmarkStart", id=bookmark, name=_bookmark_name(bookmark)),
        _run(heading.printed),
        _w("bookmarkEnd", id=bookmark),
    )


def _table(table: Table) -> BaseOxmlElement:
    widths = _column_widths(table)
    element = _w(
        "tbl",
        _w(
            "tblPr",
            _w("tblStyle", val="TableGrid"),
            _w("tblW", w=sum(widths), type="dxa"),
            _w("jc", val="center"),
            _w("tblLayout", type="fixed"),
            _w("tblLook", val="0620", firstRow=1, noHBand=1, noVBand=1),
        ),
        _w("tblGrid", *(_w("gridCol", w=width) for width in widths)),
        _head_row(table, widths),
    )
    element.extend(_row(row, table, widths) for row in table.rows)
    return element


def _column_widths(table: Table) -> list[int]:
    shares = sum(column.width_share for column in table.columns)
    return [_TEXT_WIDTH * column.width_share // shares for column in table.columns]


def _head_row(table: Table, widths: list[int]) -> BaseOxmlElement:
    cells = (
        _cell(width, _paragraph("Table Head", _run(column.title)))
        for column, width in zip(table.columns, widths, strict=True)
    )
    return _w("tr", _row_properties(_w("tblHeader")), *cells)


def _row(row: Row, table: Table, widths: list[int]) -> BaseOxmlElement:
    style = "Table Head" if row.kind == "group" else "Table Text"
    if row.spans(len(table.columns)):
        paragraph = _paragraph(style, *_runs(row.cells[0]), indent=_row_indent(row), align="left")
        return _w("tr", _row_properties(), _cell(sum(widths), paragraph, span=len(widths)))
    element = _w("tr", _row_properties())
    for index, (cell, column, width) in enumerate(zip(row.cells, table.columns, widths, strict=True)):
        indent = _row_indent(row) if index == 0 else {}
        element.append(_cell(width, _paragraph(style, *_runs(cell), indent=indent, align=column.align)))
    return element


def _row_indent(row: Row) -> _Attributes:
    return {"left": 10 * _TABLE_SIZE * row.indent} if row.indent else {}


def _row_properties(*more: BaseOxmlElement) -> BaseOxmlElement:
    return _w("trPr", _w("cantSplit"), _w("trHeight", val=_ROW_HEIGHT, hRule="atLeast"), *more)


def _cell(width: int, paragraph: BaseOxmlElement, span: int = 1) -> BaseOxmlElement:
    properties = _w("tcPr", _w("tcW", w=width, type="dxa"))
    if span > 1:
        properties.append(_w("gridSpan", val=span))
    properties.append(_w("vAlign", val="center"))
    return _w("tc", properties, paragraph)


# Page numbers for the contents. Word and LibreOffice reckon them again when they print or update the field; a
# reader that does not gets these, which the fixed grid makes nearly right.


def _text_width(text: str) -> float:
    """Width in characters of the grid; a Latin letter or digit takes half of one."""
    return sum(1 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def _heading_pages(blocks: tuple[Block, ...]) -> list[int]:
    """The reckoned page of each heading."""
    pages: list[int] = []
    used = 0
    page = 1
    for block in blocks:
        heights = _heights(block)
        # A heading or a caption does not stay behind alone.
        keep = _LINE if isinstance(block, Heading | Table) else 0
        for index, height in enumerate(heights):
            if used and used + height + (keep if index == 0 else 0) > _LINES * _LINE:
                # The head of a table stands again on the next page.
                page, used = page + 1, _ROW_HEIGHT if isinstance(block, Table) and index else 0
            used += height
        if isinstance(block, Heading):
            pages.append(page)
        if isinstance(block, PageBreak) and used:
            page, used = page + 1, 0
    return pages


def _heights(block: Block) -> list[int]:
    """The heights of what a page break cannot divide: lines of a paragraph, rows of a table."""
    match block:
        case Heading():
            return [_LINE * ceil((_text_width(block.printed) + 2) / _CHARACTERS)]
        case Paragraph():
            return [_LINE] * ceil((_text_width(runs_text(block.runs)) + 2) / _CHARACTERS)
        case Table():
            widths = _column_widths(block)
            rows = [_row_height(row, widths) for row in block.rows]
            return [480 + _ROW_HEIGHT, *rows, 160]
    return []


def _row_height(row: Row, widths: list[int]) -> int:
    """The height of the row's highest cell."""
    if len(row.cells) < len(widths):
        return _ROW_HEIGHT
    lines = (
        ceil(_text_width(runs_text(cell)) * 10 * _TABLE_SIZE / (width - 170))
        for cell, width in zip(row.cells, widths, strict=True)
    )
    return max(_ROW_HEIGHT, 40 + _TABLE_LINE * max(lines))
