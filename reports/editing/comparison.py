"""Two reports side by side: figures with their differences, and texts with the words that differ. Pure.

Blocks are paired by their keys: the same sentence of two years, of a draft and an issued report, of two editions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.document.blocks import Block, Document, FigureUsed, Heading, block_key
from reports.editing.assembly import printed_text
from sectors.approval.text_diff import Piece, differing
from sectors.calculation.cells import rounded


@dataclass(frozen=True)
class FigureChange:
    """One figure in two reports; either may be missing. `difference` is in points for a percentage, else in per cent
    of the left value where that can be said, and empty where only words tell the difference."""

    code: str
    name: str
    unit: str
    left: str
    right: str
    difference: str


@dataclass(frozen=True)
class Pair:
    """A block in two reports; a side is empty where it has none."""

    key: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    level: int = 0

    @property
    def differs(self) -> bool:
        return any(piece.differs for piece in (*self.left, *self.right))


def figures(left: Iterable[FigureUsed], right: Iterable[FigureUsed]) -> list[FigureChange]:
    """The figures that print another value, in the order of the right report, then those that only the left one has.
    One that was declared with other decimals is none."""
    before = {figure.code: figure for figure in left}
    after = {figure.code: figure for figure in right}
    codes = [*after, *(code for code in before if code not in after)]
    found = (_change(before.get(code), after.get(code)) for code in codes)
    return [change for change in found if change]


def _change(left: FigureUsed | None, right: FigureUsed | None) -> FigureChange | None:
    known = right or left
    if known is None:
        return None
    if left and right and (left.text == right.text or left.value == right.value):
        return None
    if not (left and left.text) and not (right and right.text):
        return None
    before, after = (figure.text if figure else "" for figure in (left, right))
    difference = _difference(known.unit, left.value if left else None, right.value if right else None)
    return FigureChange(known.code, known.name, known.unit, before, after, difference)


def _difference(unit: str, left: Decimal | None, right: Decimal | None) -> str:
    if left is None or right is None:
        return ""
    if unit == "%":
        return f"{rounded(right - left, 1):+}个百分点"
    return f"{rounded((right / left - 1) * 100, 1):+}%" if left else ""


def texts(left: Document, right: Document) -> list[Pair]:
    """Every sentence, heading and caption of either report, in the order of the right one."""
    return list(_pairs(list(left.body), list(right.body)))


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
