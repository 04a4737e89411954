"""Where the lines and pages of a report end, computed without fonts: GB/T 9704-2012 gives the page, the styles of the
document fix the height of every line, and `text_metrics` breaks them.

Lengths are in twips (1/20 pt), as Word counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reports.document.blocks import Block, Chart, Column, Heading, PageBreak, Paragraph, Table, printable, runs_text
from reports.writers import svg
from reports.writers.text_metrics import text_width, wrapped

PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838  # A4
TOP, BOTTOM, LEFT, RIGHT = 2098, 1984, 1588, 1474  # 37, 35, 28 and 26 mm
TEXT_WIDTH, TEXT_HEIGHT = PAGE_WIDTH - LEFT - RIGHT, PAGE_HEIGHT - TOP - BOTTOM
LINES, CHARACTERS = 22, 28
LINE = 579  # 22 lines of 28.95 pt fill 225 mm
BODY_SIZE, TABLE_SIZE = 320, 210  # 16 and 10.5 pt
# 28 characters of 16 pt fit into 156 mm only when each gives up more than a fifth of a point; LibreOffice, which cuts
# the line to whole characters of the grid, needs a little more.
TRACKING = -6
GRID_WIDTH = CHARACTERS * 315
INDENT = 2 * (BODY_SIZE + TRACKING)  # the first line of a paragraph is two characters in
TABLE_LINE, ROW_HEIGHT = 300, 397  # 15 pt; a row has at least 7 mm
CELL_SIDE, CELL_TOP = 85, 20  # the margins inside a cell
BORDER = 10  # under the last row
CAPTION_LINE, NOTE_LINE, NOTE_AFTER, SPACER, CHART_BEFORE = 480, 360, 120, 160, 120
# No column of figures takes more than this part of the line.
_WIDEST = 4
# Left columns keep at least this many characters, or figures have to wrap.
_LEAST_LEFT = 8


def column_widths(table: Table) -> list[int]:
    """The widths of the columns, which fill the line.

    Where everything fits without a break, or with titles in two lines, what is left is spread over all columns. Else
    figures (right) and short words (centre) get what they need, and the columns at the left divide the rest as
    `Column` promises.
    """
    columns = table.columns
    cells = [list(_cells(table, place)) for place in range(len(columns))]
    whole = [_wide([column.title, *texts]) for column, texts in zip(columns, cells, strict=True)]
    least = TEXT_WIDTH // _WIDEST
    needed = {
        place: min(_needed(column, cells[place]), least)
        for place, column in enumerate(columns)
        if column.align != "left"
    }
    for wide in (whole, [needed.get(place, width) for place, width in enumerate(whole)]):
        if sum(wide) <= TEXT_WIDTH:
            return _filling([TEXT_WIDTH * width // sum(wide) for width in wide])
    left = [place for place in range(len(columns)) if place not in needed]
    rest = TEXT_WIDTH - sum(needed.values())
    if rest < len(left) * _LEAST_LEFT * TABLE_SIZE or not left:
        total = sum(column.width_share for column in columns)
        return _filling([TEXT_WIDTH * column.width_share // total for column in columns])
    needed |= _shared(rest, {place: whole[place] for place in left}, columns)
    return _filling([needed[place] for place in range(len(columns))])


def _shared(rest: int, wanted: dict[int, int], columns: Sequence[Column]) -> dict[int, int]:
    """The room of the columns at the left by their shares; what one of them has no use for goes to the others."""
    shares = sum(columns[place].width_share for place in wanted)
    given = {place: rest * columns[place].width_share // shares for place in wanted}
    content = [place for place in wanted if wanted[place] < given[place]]
    if not content or len(content) == len(wanted):
        return given
    others = {place: width for place, width in wanted.items() if place not in content}
    kept = {place: wanted[place] for place in content}
    return kept | _shared(rest - sum(kept.values()), others, columns)


def _filling(widths: list[int]) -> list[int]:
    """With what rounding left over."""
    return [widths[0] + TEXT_WIDTH - sum(widths), *widths[1:]]


def _cells(table: Table, place: int) -> Iterator[str]:
    for row in table.rows:
        if not row.spans(len(table.columns)):
            yield ("　" * row.indent if place == 0 else "") + runs_text(row.cells[place])


def _wide(texts: Sequence[str]) -> int:
    """The width of the widest text in a cell; a little more than is needed, as another font's digits may be wider."""
    return max(map(text_width, texts), default=0) * TABLE_SIZE // 1000 + 2 * CELL_SIDE + TABLE_SIZE // 3


def _needed(column: Column, cells: Sequence[str]) -> int:
    """A figure is not broken; a title may take two lines, `合格率` and `（%）`."""
    name, bracket, unit = column.title.partition("（")
    half = (len(name) + 1) // 2 if len(name) > 4 else len(name)
    return _wide([name[:half], bracket + unit, *cells])


class Measures:
    """Widths of columns and heights of pictures of one document, each measured once: what finds the pages and what
    writes the blocks ask for the same. A block is known by its identity, so the document has to stay as long."""

    def __init__(self) -> None:
        self._widths: dict[int, list[int]] = {}
        self._heights: dict[int, int] = {}

    def column_widths(self, table: Table) -> list[int]:
        if id(table) not in self._widths:
            self._widths[id(table)] = column_widths(table)
        return self._widths[id(table)]

    def picture_height(self, chart: Chart) -> int:
        if id(chart) not in self._heights:
            self._heights[id(chart)] = 20 * svg.height(chart, TEXT_WIDTH // 20)
        return self._heights[id(chart)]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a page break cannot divide. `keep`: stays with the next one. `head`: stands again above it on a new page.
    `foot`: the line that ends a table under it, where the page ends there."""

    height: int
    keep: bool = False
    head: int = 0
    foot: int = 0
    is_heading: bool = False
    new_page: bool = False


def heading_pages(blocks: Iterable[Block], measures: Measures) -> list[int]:
    """The page of each heading, the first block being on page 1."""
    pages: list[int] = []
    page, used = 1, 0
    pieces = list(_pieces(blocks, measures))
    held = False
    for place, piece in enumerate(pieces):
        needed = piece.height if held else _chain(pieces, place)
        if used and (piece.new_page or used + needed > TEXT_HEIGHT):
            page, used = page + 1, piece.head
        used += piece.height
        held = piece.keep
        if piece.is_heading:
            pages.append(page)
    return pages


def _chain(pieces: Sequence[_Piece], place: int) -> int:
    """The height of a piece with everything that it holds on to; its own where that is more than a page."""
    height = 0
    for piece in pieces[place:]:
        height += piece.height
        if not piece.keep:
            height += piece.foot
            break
    return height if height <= TEXT_HEIGHT else pieces[place].height


def _pieces(blocks: Iterable[Block], measures: Measures) -> Iterator[_Piece]:
    new_page = False
    for block in blocks:
        pieces = _pieces_of(block, measures)
        if pieces and new_page:
            pieces[0] = replace(pieces[0], new_page=True)
        new_page = isinstance(block, PageBreak) or (new_page and not pieces)
        yield from pieces


def _pieces_of(block: Block, measures: Measures) -> list[_Piece]:
    match block:
        case Heading():
            return [_Piece(LINE * len(_body_lines(block.printed)), keep=True, is_heading=True)]
        case Paragraph(style="note"):
            lines = wrapped(printable(runs_text(block.runs)), TEXT_WIDTH, size=TABLE_SIZE)
            return [*(_Piece(NOTE_LINE) for _ in lines[1:]), _Piece(NOTE_LINE + NOTE_AFTER)]
        case Paragraph():
            return [_Piece(LINE) for _ in _body_lines(runs_text(block.runs))]
        case Chart():
            picture = CHART_BEFORE + measures.picture_height(block)
            return [_Piece(picture, keep=True), _Piece(CAPTION_LINE, keep=True)]
        case Table():
            return _table_pieces(block, measures.column_widths(block))
    return []


def _table_pieces(table: Table, widths: list[int]) -> list[_Piece]:
    head = _row_height([column.title for column in table.columns], widths)
    rows = []
    for row in table.rows:
        texts = [runs_text(cell) for cell in row.cells]
        spans = row.spans(len(widths))
        height = _row_height(texts, [TEXT_WIDTH] if spans else widths, TABLE_SIZE * row.indent)
        rows.append(_Piece(height, keep=row.kind == "group", head=head, foot=BORDER))
    return [_Piece(CAPTION_LINE, keep=True), _Piece(head, keep=True), *rows, _Piece(SPACER + BORDER)]


def _body_lines(text: str) -> list[str]:
    return wrapped(printable(text), GRID_WIDTH, size=BODY_SIZE, tracking=TRACKING, indent=INDENT)


def _row_height(texts: Sequence[str], widths: Sequence[int], indent: int = 0) -> int:
    """The height of the row's highest cell; the first one may be indented."""
    most = 1
    for place, (text, width) in enumerate(zip(texts, widths, strict=True)):
        room = width - 2 * CELL_SIDE - (0 if place else indent)
        if text_width(text) * TABLE_SIZE // 1000 > room or "\n" in text:
            most = max(most, len(wrapped(printable(text), room, size=TABLE_SIZE)))
    return max(ROW_HEIGHT, TABLE_LINE * most + 2 * CELL_TOP)
