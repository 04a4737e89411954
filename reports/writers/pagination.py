"""Where the lines and pages of a report end, computed without fonts: GB/T 9704-2012 gives the page, the styles of the
document fix the height of every line, and `text_metrics` breaks them.

Lengths are in twips (1/20 pt), as Word counts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reports.document import footnotes
from reports.document.blocks import (
    Block,
    Chart,
    Column,
    Heading,
    NotedNumber,
    PageBreak,
    Paragraph,
    Run,
    Table,
    runs_text,
)
from reports.writers import svg
from reports.writers.text_metrics import raised, text_width, wrapped
from reports.writers.typography import flowing, printed

PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838  # A4
TOP, BOTTOM, LEFT, RIGHT = 2098, 1984, 1588, 1474  # 37, 35, 28 and 26 mm
TEXT_WIDTH, TEXT_HEIGHT = PAGE_WIDTH - LEFT - RIGHT, PAGE_HEIGHT - TOP - BOTTOM
LINES, CHARACTERS = 22, 28
LINE = 579  # 22 lines of 28.95 pt fill 225 mm
BODY_SIZE, CAPTION_SIZE, TABLE_SIZE = 320, 240, 210  # 16, 12 and 10.5 pt
# 28 characters of 16 pt fit into 156 mm only when each gives up more than a fifth of a point; LibreOffice, which cuts
# the line to whole characters of the grid, needs a little more.
TRACKING = -6
GRID_WIDTH = CHARACTERS * 315
INDENT = 2 * (BODY_SIZE + TRACKING)  # the first line of a paragraph is two characters in
TABLE_LINE, ROW_HEIGHT = 300, 397  # 15 pt; a row has at least 7 mm
CELL_SIDE, CELL_TOP = 85, 20  # the margins inside a cell
BORDER = 10  # under the last row
TITLE_SIZE, TITLE_LINE = 440, 800
CONTENTS_SIZE, CONTENTS_LEVELS = 280, 3
# The lines of the contents are as far apart as leaves no page to a few of them.
CONTENTS_LINES = range(520, 439, -10)
CAPTION_LINE, NOTE_LINE, NOTE_AFTER, SPACER, CHART_BEFORE = 480, 360, 120, 160, 120
# A footnote's lines, and what parts the first of a page from the text.
FOOTNOTE_LINE, FOOTNOTE_ABOVE = 300, 300
# A table of so few rows stands on one page, unless that leaves half of the page before it empty.
MOST_ROWS_KEPT = 10
_ANNEX_LEAD = re.compile("(附件：|　　　)?([0-9]+\\.)?")
_MARK = raised("[")
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
            yield ("　" * row.indent if place == 0 else "") + _cell_text(row.cells[place])


def _wide(texts: Sequence[str]) -> int:
    """The width of the widest text in a cell; a little more than is needed, as another font's digits may be wider."""
    return max(map(text_width, texts), default=0) * TABLE_SIZE // 1000 + 2 * CELL_SIDE + TABLE_SIZE // 3


def _needed(column: Column, cells: Sequence[str]) -> int:
    """A figure is not broken; a title may take two lines, `合格率` and `（%）`."""
    name, bracket, unit = column.title.partition("（")
    half = (len(name) + 1) // 2 if text_width(name) > 4000 else len(name)
    return _wide([name[:half], bracket + unit, *cells])


class Measures:
    """Widths of columns, heights of rows and of pictures of one document, each measured once: what finds the pages and
    what writes the blocks ask for the same. A block is known by its identity, so the document has to stay as long."""

    def __init__(self) -> None:
        self._widths: dict[int, list[int]] = {}
        self._rows: dict[int, list[int]] = {}
        self._heights: dict[int, int] = {}

    def column_widths(self, table: Table) -> list[int]:
        if id(table) not in self._widths:
            self._widths[id(table)] = column_widths(table)
        return self._widths[id(table)]

    def is_kept_whole(self, table: Table) -> bool:
        """Whether no page ends within the table."""
        if len(table.rows) > MOST_ROWS_KEPT:
            return False
        return CAPTION_LINE + sum(self.row_heights(table)) <= TEXT_HEIGHT // 2

    def row_heights(self, table: Table) -> list[int]:
        """Those of the head and of every row."""
        if id(table) not in self._rows:
            self._rows[id(table)] = _row_heights(table, self.column_widths(table))
        return self._rows[id(table)]

    def picture_height(self, chart: Chart) -> int:
        if id(chart) not in self._heights:
            self._heights[id(chart)] = 20 * svg.height(chart, TEXT_WIDTH // 20)
        return self._heights[id(chart)]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a page break cannot divide. `after`: space under it, but not at the foot of a page. `keep`: stays with the
    next one. `head`: stands again above it on a new page. `foot`: the line that ends a table under it, where the page
    ends there. `notes`: the height of its footnotes."""

    height: int
    after: int = 0
    notes: int = 0
    keep: bool = False
    head: int = 0
    foot: int = 0
    is_heading: bool = False
    new_page: bool = False


def neighbours(blocks: Iterable[Block]) -> Iterator[tuple[Block | None, Block, Block | None]]:
    """Each block with the one before and the one after it."""
    every = [None, *blocks, None]
    return zip(every, every[1:], every[2:], strict=False)  # type: ignore[arg-type]


def is_annex_line(block: Block | None) -> bool:
    return isinstance(block, Paragraph) and block.style == "annex"


def is_held(block: Block, after: Block | None) -> bool:
    """Whether it ends on the page that the next one begins on: a table its notes, the text its list of annexes."""
    if isinstance(block, Table) or (isinstance(block, Paragraph) and block.style == "note"):
        return isinstance(after, Paragraph) and after.style == "note"
    return isinstance(block, Paragraph) and is_annex_line(after)


def annex_indents(line: Paragraph) -> tuple[int, int]:
    """Of a line in the list of annexes: where its name begins, and by how much what stands before it (附件：1.) is
    further left."""
    lead = _ANNEX_LEAD.match(runs_text(line.runs))
    text = lead[0] if lead else ""
    hanging = text_width(text) * BODY_SIZE // 1000 + len(text) * TRACKING
    return INDENT + hanging, hanging


def contents_line(headings: Iterable[Heading]) -> int:
    """How far apart the lines of the contents are."""
    texts = (printed(heading.printed) for heading in headings if heading.level <= CONTENTS_LEVELS)
    entries = sum(len(wrapped(text, TEXT_WIDTH * 9 // 10, size=CONTENTS_SIZE)) for text in texts)
    pages = {line: _contents_pages(entries, line) for line in CONTENTS_LINES}
    return next(line for line in CONTENTS_LINES if pages[line] == pages[CONTENTS_LINES[-1]])


def _contents_pages(entries: int, line: int) -> int:
    room = TEXT_HEIGHT - SPACER  # a paragraph behind them ends the section
    left = entries - (room - TITLE_LINE - LINE // 2) // line
    return 1 + max(0, -(-left // (room // line)))


def heading_pages(blocks: Iterable[Block], measures: Measures) -> list[int]:
    """The page of each heading, the first block being on page 1."""
    return [page for piece, page in _paged(blocks, measures) if piece.is_heading]


def page_count(blocks: Iterable[Block], measures: Measures) -> int:
    """How many pages the blocks take."""
    return max((page for _piece, page in _paged(blocks, measures)), default=0)


def _paged(blocks: Iterable[Block], measures: Measures) -> Iterator[tuple[_Piece, int]]:
    """Each piece with its page."""
    page, used, notes = 1, 0, 0
    pieces = list(_pieces(blocks, measures))
    held = False
    for place, piece in enumerate(pieces):
        needed = piece.height if held else _chain(pieces, place)
        needed += _with_notes(notes, piece)
        if used and (piece.new_page or used + needed > TEXT_HEIGHT):
            page, used, notes = page + 1, piece.head, 0
        used += piece.height + piece.after
        notes = _with_notes(notes, piece)
        held = piece.keep
        yield piece, page


def _with_notes(notes: int, piece: _Piece) -> int:
    """The height of a page's footnotes with those of a piece."""
    above = FOOTNOTE_ABOVE if piece.notes and not notes else 0
    return notes + above + piece.notes


def _chain(pieces: Sequence[_Piece], place: int) -> int:
    """The height of a piece with everything that it holds on to; its own where that is more than a page."""
    height = 0
    for piece in pieces[place:]:
        height += piece.height
        if not piece.keep:
            height += piece.foot
            break
        height += piece.after
    return height if height <= TEXT_HEIGHT else pieces[place].height


def _pieces(blocks: Iterable[Block], measures: Measures) -> Iterator[_Piece]:
    new_page = False
    for before, block, after in neighbours(blocks):
        pieces = _pieces_of(block, before, measures)
        if pieces and is_held(block, after):
            # The last row of a table with the gap under it; LibreOffice keeps all lines of a text, so Word is to do so.
            held = 2 if isinstance(block, Table) else len(pieces)
            pieces[-held:] = [replace(piece, keep=True) for piece in pieces[-held:]]
        if pieces and new_page:
            pieces[0] = replace(pieces[0], new_page=True)
        new_page = isinstance(block, PageBreak) or (new_page and not pieces)
        yield from pieces


def _pieces_of(block: Block, before: Block | None, measures: Measures) -> list[_Piece]:
    match block:
        case Heading() if block.annex_number:
            title = wrapped(printed(block.text), TEXT_WIDTH, size=TITLE_SIZE)
            return [_Piece(4 * LINE + TITLE_LINE * (len(title) - 1), keep=True, is_heading=True)]
        case Heading():
            return [_Piece(LINE * len(_body_lines(printed(block.printed))), keep=True, is_heading=True)]
        case Paragraph(style="title"):
            lines = wrapped(printed(runs_text(block.runs)), TEXT_WIDTH, size=TITLE_SIZE)
            return [_Piece(TITLE_LINE, keep=True) for _ in lines]
        case Paragraph(style="byline"):
            lines = wrapped(printed(runs_text(block.runs)), TEXT_WIDTH, size=BODY_SIZE, tracking=TRACKING)
            return [_Piece(LINE) for _ in lines]
        case Paragraph(style="note"):
            lines = wrapped(flowing(runs_text(block.runs)), TEXT_WIDTH, size=TABLE_SIZE)
            return [*(_Piece(NOTE_LINE) for _ in lines[1:]), _Piece(NOTE_LINE, NOTE_AFTER)]
        case Paragraph(style="annex"):
            left, hanging = annex_indents(block)
            text = printed(runs_text(block.runs))
            lines = wrapped(text, GRID_WIDTH - left, size=BODY_SIZE, tracking=TRACKING, indent=-hanging)
            above = 0 if is_annex_line(before) else LINE
            return [_Piece(above + LINE, keep=len(lines) > 1), *(_Piece(LINE) for _ in lines[1:])]
        case Paragraph():
            return list(_text_pieces(block))
        case Chart():
            picture = CHART_BEFORE + measures.picture_height(block)
            return [_Piece(picture, keep=True), *_caption(block.numbered_caption)]
        case Table():
            return _table_pieces(block, measures)
    return []


def _text_pieces(block: Paragraph) -> Iterator[_Piece]:
    """The lines of a paragraph, each with the footnotes whose marks stand in it."""
    marks = footnotes.marks_of(block.runs)
    for line in _body_lines(_measured(block.printed_runs)):
        notes = (mark.note for _, mark in zip(range(line.count(_MARK)), marks, strict=False) if mark.note)
        yield _Piece(LINE, notes=sum(map(_footnote_height, notes)))


def _footnote_height(note: str) -> int:
    return FOOTNOTE_LINE * len(wrapped(f"{raised('99')} {flowing(note)}", TEXT_WIDTH, size=TABLE_SIZE))


def _measured(runs: Sequence[Run]) -> str:
    """A paragraph's runs as their width is measured, the marks of footnotes smaller."""
    if not any(isinstance(run, NotedNumber) for run in runs):
        return flowing(runs_text(runs))
    return "".join(flowing(run.text) + raised(_mark_text(run)) for run in runs)


def _cell_text(runs: Sequence[Run]) -> str:
    """A cell with its letters of notes, measured as high as the text: a column may be a little too wide."""
    return "".join(run.text + _mark_text(run) for run in runs)


def _mark_text(run: Run) -> str:
    return "".join(mark.text for mark in footnotes.marks_of([run]))


def _table_pieces(table: Table, measures: Measures) -> list[_Piece]:
    head, *heights = measures.row_heights(table)
    inner = len(table.rows) - 1 if measures.is_kept_whole(table) else 0  # rows that hold on to the next one
    rows = [
        _Piece(height, keep=row.kind == "group" or place < inner, head=head, foot=BORDER)
        for place, (row, height) in enumerate(zip(table.rows, heights, strict=True))
    ]
    return [*_caption(table.numbered_caption), _Piece(head, keep=True), *rows, _Piece(SPACER + BORDER)]


def _caption(text: str) -> list[_Piece]:
    return [_Piece(CAPTION_LINE, keep=True) for _ in wrapped(printed(text), TEXT_WIDTH, size=CAPTION_SIZE)]


def _row_heights(table: Table, widths: list[int]) -> list[int]:
    """Those of the head and of every row."""
    heights = [_row_height([column.title for column in table.columns], widths)]
    for row in table.rows:
        texts, spans = [_cell_text(cell) for cell in row.cells], row.spans(len(widths))
        heights.append(_row_height(texts, [TEXT_WIDTH] if spans else widths, TABLE_SIZE * row.indent))
    return heights


def _body_lines(text: str) -> list[str]:
    return wrapped(text, GRID_WIDTH, size=BODY_SIZE, tracking=TRACKING, indent=INDENT)


def _row_height(texts: Sequence[str], widths: Sequence[int], indent: int = 0) -> int:
    """The height of the row's highest cell; the first one may be indented."""
    most = 1
    for place, (text, width) in enumerate(zip(texts, widths, strict=True)):
        room = width - 2 * CELL_SIDE - (0 if place else indent)
        if text_width(text) * TABLE_SIZE // 1000 > room or "\n" in text:
            most = max(most, len(wrapped(flowing(text), room, size=TABLE_SIZE)))
    return max(ROW_HEIGHT, TABLE_LINE * most + 2 * CELL_TOP)
