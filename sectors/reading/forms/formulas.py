"""Formulas of cells: what they compute, over which cells. Pure: no database.

A form guards its formulas (`=IF(B4=0,"",ROUND(C4/B4*100,2))`); a computed indicator needs no guard, and its decimals
round it. What is left are the four operations and sums.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sectors.spreadsheets.positions import Position

TOKEN = re.compile(
    r"""\s*(?:("(?:[^"]|"")*")|(\$?[A-Z]{1,3}\$?[0-9]{1,7}(?![\w.(!]))|([0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+)"""
    r"""|([A-Za-z_][\w.]*)(?=\()|([-+*/(),:%]|[<>=&^]+|[{};])|(\S))"""
)
RANGE = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}:\$?[A-Z]{1,3}\$?[0-9]{1,7}"
OVER_RANGE = re.compile(rf"(?:(SUM|MAX|COUNTA|COUNT)\(|SUBTOTAL\((10?[2349]|[2349]),){RANGE}\)")
COUNTED = re.compile(rf"COUNTA\({RANGE}\)")
OF_RANGE = {
    **dict.fromkeys(("SUM", "9", "109"), "sum"),
    **dict.fromkeys(("MAX", "4", "104"), "max"),
    **dict.fromkeys(("COUNTA", "COUNT", "2", "3", "102", "103"), "count"),
}
MOST_CELLS = 400  # of a range
DEEPEST = 40
OWN = -1  # stands for the row that a formula is in
LOOSE, TIGHT = ("+", "-"), ("*", "/")
TEXT, CELL, NUMBER, NAME, SIGN = range(5)
Token = tuple[int, str]


class NotUnderstood(Exception):
    """A formula that says something else than sums and the four operations."""


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Cell:
    place: Position


@dataclass(frozen=True)
class Sum:
    places: tuple[Position, ...]


@dataclass(frozen=True)
class Operation:
    sign: str
    left: Node
    right: Node


Node = Number | Cell | Sum | Operation


def read(text: str) -> Node:
    """What a formula without its sign = computes. Raises NotUnderstood.

    >>> read("IF(B4=0,0,ROUND(C4/B4*100,2))") == read("C4/B4*100")
    True
    """
    return _Reader(list(_tokens(text))).whole()


def over_range(text: str) -> str:
    """`sum`, `max` or `count` (of cells that hold something), where a formula is that of a range and nothing else; a
    count may have words around it. Empty for any other.

    >>> over_range("=MAX(D5:D14)"), over_range('"共"&COUNTA(B5:B14)&"个"'), over_range("SUBTOTAL(109,D5:D14)")
    ('max', 'count', 'sum')
    """
    plain = "".join(text.lstrip("=+ ").upper().split())
    if found := OVER_RANGE.fullmatch(plain):
        return OF_RANGE[found[1] or found[2]]
    return OF_RANGE["COUNTA"] if COUNTED.search(plain) else ""


def cells(node: Node) -> Iterator[Position]:
    """All cells that are read, as often as they are."""
    if isinstance(node, Cell):
        yield node.place
    elif isinstance(node, Sum):
        yield from node.places
    elif isinstance(node, Operation):
        yield from cells(node.left)
        yield from cells(node.right)


def as_sum(node: Node) -> tuple[Position, ...] | None:
    """The cells that are added up, each once; None for anything else."""
    if isinstance(node, Sum):
        return node.places
    if isinstance(node, Operation) and node.sign == "+":
        ends = [(one.place,) if isinstance(one, Cell) else as_sum(one) for one in (node.left, node.right)]
        found = tuple(place for end in ends if end for place in end)
        return found if None not in ends and len(set(found)) == len(found) else None
    return None


def in_any_row(node: Node, row: int) -> Node:
    """The formula of a row with OWN in place of that row, so that those of several rows can be held together."""
    if isinstance(node, Number):
        return node
    if isinstance(node, Operation):
        return Operation(node.sign, in_any_row(node.left, row), in_any_row(node.right, row))
    moved = tuple((OWN if place[0] == row else place[0], place[1]) for place in cells(node))
    return Cell(moved[0]) if isinstance(node, Cell) else Sum(moved)


def is_quotient(node: Node) -> bool:
    return isinstance(node, Operation) and (node.sign == "/" or is_quotient(node.left) or is_quotient(node.right))


def without_hundred(node: Node) -> Node:
    """A share without the × 100 that makes it a percentage.

    >>> without_hundred(read("C4/B4*100")) == read("C4/B4") == without_hundred(read("100*(C4/B4)"))
    True
    """
    if isinstance(node, Operation) and node.sign in TIGHT:
        hundred = Number(Decimal(100))
        if node.sign == "*" and hundred in (node.left, node.right):
            return node.left if node.right == hundred else node.right
        left = without_hundred(node.left)
        if left is not node.left:
            return Operation(node.sign, left, node.right)
    if isinstance(node, Operation) and node.sign in LOOSE:  # a growth: C4/B4*100-100
        ends = [_hundredth(node.left), _hundredth(node.right)]
        if ends[0] is not None and ends[1] is not None:
            return Operation(node.sign, ends[0], ends[1])
    return node


def _hundredth(node: Node) -> Node | None:
    """A part of a percentage as one of a share; None where it is one already."""
    if isinstance(node, Number):
        return Number(node.value / 100)
    found = without_hundred(node)
    return None if found is node else found


def written(node: Node, name: Callable[[Position], str]) -> str:
    """In the language of the catalogue, with the codes that `name` gives."""
    if isinstance(node, Number):
        return f"{node.value.normalize():f}"
    if isinstance(node, Cell):
        return name(node.place)
    if isinstance(node, Sum):
        return " + ".join(map(name, node.places))
    left, right = written(node.left, name), written(node.right, name)
    if node.sign in TIGHT and _is_loose(node.left):
        left = f"({left})"
    if (_is_loose(node.right) and node.sign != "+") or (node.sign == "/" and isinstance(node.right, Operation)):
        right = f"({right})"
    return f"{left} {node.sign} {right}"


def _is_loose(node: Node) -> bool:
    is_long = isinstance(node, Sum) and len(node.places) > 1
    return is_long or (isinstance(node, Operation) and node.sign in LOOSE)


def place_of(reference: str) -> Position:
    """(6, 2) for `$C$7`."""
    plain = reference.replace("$", "")
    letters = plain.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(plain[len(letters) :]) - 1, column - 1


def _tokens(text: str) -> Iterator[Token]:
    for found in TOKEN.finditer(text.lstrip("=+ ")):
        kind = next((n for n, part in enumerate(found.groups()[:5]) if part), None)
        if kind is None:
            raise NotUnderstood(text)
        yield kind, found[kind + 1]


class _Reader:
    """Goes through the tokens once, by rank of the operations."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def whole(self) -> Node:
        found = self._loose()
        if self.at < len(self.tokens):
            raise NotUnderstood
        return found

    def _is(self, *signs: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] in [(SIGN, sign) for sign in signs]

    def _take(self) -> Token:
        if self.at >= len(self.tokens):
            raise NotUnderstood
        self.at += 1
        return self.tokens[self.at - 1]

    def _loose(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotUnderstood
        found = self._tight()
        while self._is(*LOOSE):
            sign = self._take()[1]
            found = Operation(sign, found, self._tight())
        self.depth -= 1
        return found

    def _tight(self) -> Node:
        found = self._operand()
        while self._is(*TIGHT):
            sign = self._take()[1]
            found = Operation(sign, found, self._operand())
        return found

    def _operand(self) -> Node:
        kind, text = self._take()
        found: Node
        if kind == CELL:
            found = Cell(place_of(text))
        elif kind == NUMBER:
            found = Number(Decimal(text))
        elif kind == NAME:
            found = self._function(text.upper().removeprefix("_XLFN."))
        elif (kind, text) == (SIGN, "("):
            found = self._loose()
            if self._take() != (SIGN, ")"):
                raise NotUnderstood
        else:
            raise NotUnderstood
        if self._is("%"):
            self.at += 1
            found = Operation("/", found, Number(Decimal(100)))
        return found

    def _function(self, name: str) -> Node:
        values = self._arguments()
        if name == "SUM":
            return Sum(tuple(place for value in values for place in _range(value)))
        if name in ("ROUND", "IFERROR", "N") and values:
            return _Reader(values[0]).whole()
        if name == "IF" and len(values) > 1:
            chosen = [value for value in values[1:] if not _is_nothing(value)]
            if len(chosen) == 1:
                return _Reader(chosen[0]).whole()
        raise NotUnderstood

    def _arguments(self) -> list[list[Token]]:
        """The tokens of each argument, without its commas."""
        if self._take() != (SIGN, "("):
            raise NotUnderstood
        found: list[list[Token]] = [[]]
        depth = 0
        while (token := self._take()) != (SIGN, ")") or depth:
            depth += (token == (SIGN, "(")) - (token == (SIGN, ")"))
            if token == (SIGN, ",") and not depth:
                found.append([])
            else:
                found[-1].append(token)
        return found


def _is_nothing(tokens: list[Token]) -> bool:
    """What a guard shows instead of a result: nothing, a text, 0."""
    return not tokens or (len(tokens) == 1 and (tokens[0][0] == TEXT or tokens[0] == (NUMBER, "0")))


def _range(tokens: list[Token]) -> Iterator[Position]:
    """The cells of `C4:C9`, or those of `C4+C5`."""
    if len(tokens) == 3 and tokens[1] == (SIGN, ":") and tokens[0][0] == tokens[2][0] == CELL:
        (top, left), (bottom, right) = place_of(tokens[0][1]), place_of(tokens[2][1])
        if (abs(bottom - top) + 1) * (abs(right - left) + 1) > MOST_CELLS:
            raise NotUnderstood
        for row in range(min(top, bottom), max(top, bottom) + 1):
            for column in range(min(left, right), max(left, right) + 1):
                yield row, column
        return
    inner = _Reader(tokens).whole()
    places = (inner.place,) if isinstance(inner, Cell) else as_sum(inner)
    if places is None:
        raise NotUnderstood
    yield from places
