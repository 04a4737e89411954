"""Two reports side by side: figures with their differences, and texts with the words that differ. Pure.

Blocks are paired by their keys: the same sentence of two years, of a draft and an issued report, of two editions, of a
draft and what would be generated now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import zip_longest

from django.utils.translation import gettext as _

from reports.document.blocks import Block, Chart, Cover, Document, Heading, Row, Table, block_key, runs_text
from reports.document.figures import FigureUsed
from reports.editing import audiences, figure_tokens
from reports.editing.assembly import Placed, printed_text
from reports.editing.audiences import Printing
from reports.vocabulary import Audience
from sectors.approval.text_diff import Piece, Pieces, differing
from sectors.calculation.cells import rounded
from sectors.calculation.qualifiers import written
from sectors.vocabulary import Qualifier

LINES_SHOWN = 12  # of a table that differs


@dataclass(frozen=True)
class Sides:
    """The same in two reports; a side is empty where it has none."""

    left: str
    right: str


@dataclass(frozen=True)
class FigureChange:
    """One figure in two reports; either may be missing. `difference` is in points for a percentage, else in per cent
    of the left value where both are exact, and empty where only words tell the difference. `last` is last year's
    value and `change` the change on it, each where it is told and differs."""

    code: str
    name: str
    unit: str
    left: str
    right: str
    difference: str
    last: Sides | None = None
    change: Sides | None = None


@dataclass(frozen=True)
class Pair:
    """A block in two reports; a side is empty where it has none. `editions` are those that print it, where both reports
    have it in others."""

    key: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    level: int = 0
    editions: Sides | None = None

    @property
    def differs(self) -> bool:
        return self.editions is not None or any(piece.differs for piece in (*self.left, *self.right))


def figures(left: Iterable[FigureUsed], right: Iterable[FigureUsed]) -> list[FigureChange]:
    """The figures that print another value, in the order of the right report, then those that only the left one has.
    One that was declared with other decimals is none."""
    return _figures(left, right, _of_value)


def figures_of_one_year(left: Iterable[FigureUsed], right: Iterable[FigureUsed]) -> list[FigureChange]:
    """The same in two reports of one year, with figures of which last year's value or the change prints otherwise."""
    return _figures(left, right, _of_year)


_Compare = Callable[[FigureUsed | None, FigureUsed | None], FigureChange | None]


def _figures(left: Iterable[FigureUsed], right: Iterable[FigureUsed], compare: _Compare) -> list[FigureChange]:
    before = {figure.code: figure for figure in left}
    after = {figure.code: figure for figure in right}
    codes = [*after, *(code for code in before if code not in after)]
    found = (compare(before.get(code), after.get(code)) for code in codes)
    return [change for change in found if change]


def _of_value(left: FigureUsed | None, right: FigureUsed | None) -> FigureChange | None:
    known = right or left
    if known is None:
        return None
    if left and right and (left.text == right.text or (left.value == right.value and not is_inexact(left, right))):
        return None
    if not (left and left.text) and not (right and right.text):
        return None
    before, after = (figure.text if figure else "" for figure in (left, right))
    difference = _difference(left, right) if left and right and not is_inexact(left, right) else ""
    return FigureChange(known.code, known.name, known.unit, before, after, difference)


def _of_year(left: FigureUsed | None, right: FigureUsed | None) -> FigureChange | None:
    known, value = right or left, _of_value(left, right)
    if known is None:
        return None
    last, change = (_sides(left, right, text) for text in (_last_text, _change_text))
    if not last and not change:
        return value
    same = FigureChange(known.code, known.name, known.unit, left.text if left else "", right.text if right else "", "")
    return replace(value or same, last=last, change=change)


def _sides(left: FigureUsed | None, right: FigureUsed | None, text: Callable[[FigureUsed], str]) -> Sides | None:
    before, after = (text(figure) if figure else "" for figure in (left, right))
    return Sides(before, after) if before != after else None


def _last_text(figure: FigureUsed) -> str:
    return figure_tokens.last_text(figure)


def is_inexact(*figures: FigureUsed) -> bool:
    return any(figure.text_with_unit for figure in figures)


def _change_text(figure: FigureUsed) -> str:
    if figure.change is None:
        return ""
    about = Qualifier.ABOUT if figure.is_change_about else Qualifier.EXACT
    return written(figure_tokens.signed_change(figure, figure.change), about)


def _difference(left: FigureUsed, right: FigureUsed) -> str:
    if left.value is None or right.value is None:
        return ""
    if right.unit == "%":
        return f"{rounded(right.value - left.value, 1):+}个百分点"
    return f"{rounded((right.value / left.value - 1) * 100, 1):+}%" if left.value > 0 else ""


def texts(left: Document, right: Document) -> list[Pair]:
    """Every sentence, heading and caption of either report, in the order of the right one."""
    printing = [audiences.printing(document.body, document) for document in (left, right)]
    pairs = _pairs(list(left.body), list(right.body))
    return [replace(pair, editions=_editions(*(side.get(pair.key) for side in printing))) for pair in pairs]


def _editions(left: Printing | None, right: Printing | None) -> Sides | None:
    if left is None or right is None or left.printed == right.printed:
        return None
    before, after = (_(", ").join(str(one.label) for one in Audience if one in side.printed) for side in (left, right))
    return Sides(before or _("in no edition"), after or _("in no edition"))


def _pairs(left: Sequence[Block], right: Sequence[Block]) -> Iterator[Pair]:
    before = {block_key(block): block for block in left if block_key(block)}
    after = [block_key(block) for block in right if block_key(block)]
    blocks = {block_key(block): block for block in right}
    for key in _merged(list(before), after):
        pair = _pair(key, before.get(key), blocks.get(key))
        if pair.left or pair.right:
            yield pair


def _merged(before: list[str], after: list[str]) -> list[str]:
    """The keys of the right report, with those that only the left one has where they stood in it."""
    there, merged = set(after), list(after)
    for previous, key in zip(["", *before], before, strict=False):
        if key not in there:
            merged.insert(merged.index(previous) + 1 if previous in there else 0, key)
            there.add(key)
    return merged


def _pair(key: str, left: Block | None, right: Block | None) -> Pair:
    texts = [printed_text(block) if block is not None else "" for block in (left, right)]
    block = right or left
    return Pair(key, *differing(*texts), level=block.level if isinstance(block, Heading) else 0)


@dataclass(frozen=True)
class Line:
    """A sentence, or a row of a table, in two reports."""

    left: Pieces
    right: Pieces


@dataclass(frozen=True)
class BlockChange:
    """A block that two reports print otherwise: the heading that it stands under, its own caption where it has one, and
    the lines that differ, `more` of which are left out. `moved` is one that only stands elsewhere, `is_edited` one in
    whose place the office's own words are printed."""

    key: str
    section: str
    caption: str
    lines: tuple[Line, ...] = ()
    more: int = 0
    moved: bool = False
    is_edited: bool = False


def blocks(left: Sequence[Placed], right: Sequence[Placed]) -> list[BlockChange]:
    """What is generated otherwise on the right, in its order: of what is printed, and without numbers of headings,
    which follow from what stands there."""
    before, after = ({item.key: item for item in side if _generated(item)} for side in (left, right))
    sections = _sections(left) | _sections(right)
    elsewhere = _elsewhere([key for key in before if key in after], [key for key in after if key in before])
    found = []
    for key in _merged(list(before), list(after)):
        old, new = before.get(key), after.get(key)
        if _generated(old) != _generated(new):
            found.append(_block_change(key, sections[key], old, new))
        elif key in elsewhere:
            found.append(replace(_block_change(key, sections[key], old, new), moved=True))
    return found


def covers(left: Document, right: Document) -> Line | None:
    """Title lines and issuing body as they were generated; None where they are the same. The date is the office's."""
    texts = [
        "\n".join([*block.title_lines, block.issuer])
        for document in (left, right)
        for block in document.front
        if isinstance(block, Cover)
    ]
    return Line(*differing(*texts)) if len(texts) == 2 and texts[0] != texts[1] else None


def _generated(item: Placed | None) -> Block | None:
    """What is printed of it, if it is not hidden or the office's alone."""
    if item is None or item.hidden or item.generated is None:
        return None
    return replace(item.generated, number="") if isinstance(item.generated, Heading) else item.generated


def _sections(placed: Sequence[Placed]) -> dict[str, str]:
    """The text of the heading over each block; of a heading its own."""
    section, found = "", {}
    for item in placed:
        if isinstance(item.block, Heading):
            section = item.block.text
        found[item.key] = section
    return found


def _elsewhere(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Keys that stand in another order."""
    matched = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return set(after).difference(*(after[match.b : match.b + match.size] for match in matched))


def _block_change(key: str, section: str, left: Placed | None, right: Placed | None) -> BlockChange:
    before, after = (_lines(_generated(item)) for item in (left, right))
    lines = list(_differing_lines(before, after))
    edited = any(item is not None and item.is_edited for item in (left, right))
    caption = next((_caption(block) for block in map(_generated, (right, left)) if block), "")
    return BlockChange(
        key, section, caption, tuple(lines[:LINES_SHOWN]), max(len(lines) - LINES_SHOWN, 0), is_edited=edited
    )


def _caption(block: Block) -> str:
    return printed_text(block) if isinstance(block, Table | Chart) else ""


def _differing_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    for what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            for old, new in zip_longest(before[i:j], after[k:m], fillvalue=""):
                yield Line(*differing(old, new))


def _lines(block: Block | None) -> list[str]:
    """A block line by line as it is printed: a row of a table is one."""
    if isinstance(block, Chart):
        block = block.table
    if isinstance(block, Table):
        heads = "　".join(column.title for column in block.columns)
        return [block.caption, heads, *map(_row_text, block.rows)]
    return [] if block is None else [printed_text(block)]


def _row_text(row: Row) -> str:
    return "　".join(map(runs_text, row.cells))
