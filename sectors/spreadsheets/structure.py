"""How a worksheet is laid out: its formulas, indents, and what of it is hidden. Pure: no database.

Figures are read without it; what makes a new sheet of a form (`sectors.reading.forms`) asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from lxml import etree

from sectors.spreadsheets.positions import Position, address
from sectors.texts import whole_number

MOST_COLUMNS = 1000  # of which it is known whether they are hidden
MOST_CHOICES = 2000  # ranges with a list to choose from
LONGEST_FORMULA = 2000  # characters; what is longer counts as a formula that nobody can read
REFERENCE = re.compile(
    r"""("[^"]*"|'[^']*')|(?<![A-Za-z0-9_.$])(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})(?![A-Za-z0-9_(!.])"""
)
RANGE_END = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
YES = ("1", "true")


@dataclass(frozen=True)
class Structure:
    """Formulas without their sign =, indents of cells in steps, and rows and columns that are hidden, from 0. `choices`
    has the first and last cell of each range in which one of some words is chosen, with the words."""

    formulas: dict[Position, str] = field(default_factory=dict)
    indents: dict[Position, int] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    choices: list[tuple[Position, Position, tuple[str, ...]]] = field(default_factory=list)

    def choices_at(self, place: Position) -> tuple[str, ...]:
        """What a list offers in a cell; nothing without one."""
        return next((words for first, last, words in self.choices if _is_within(place, first, last)), ())


def of_part(part: bytes, styles: Any) -> Structure:
    """Of the XML of a worksheet that was looked at already; `styles` is the tree of the styles, or None."""
    found, indents = Structure(), [] if styles is None else _indents(styles)
    shared: dict[str, tuple[Position, str]] = {}
    number = -1
    kinds = ("{*}row", "{*}col", "{*}dataValidation")
    for _event, tag in etree.iterparse(BytesIO(part), tag=kinds, resolve_entities=False, no_network=True):
        if tag.tag.endswith("}col"):
            _hide_columns(found, tag)
            continue
        if tag.tag.endswith("}dataValidation"):
            found.choices.extend(_choices(tag, MOST_CHOICES - len(found.choices)))
            continue
        number, column = whole_number(tag.get("r") or "", number + 2) - 1, -1
        if tag.get("hidden") in YES:
            found.hidden_rows.add(number)
        for cell in tag.iterchildren("{*}c"):
            column = column_of(cell.get("r") or "", column + 1)
            style = whole_number(cell.get("s") or "")
            if style < len(indents) and indents[style]:
                found.indents[number, column] = indents[style]
            formula = cell.find("{*}f")
            if formula is not None:
                found.formulas[number, column] = _formula(formula, (number, column), shared)[:LONGEST_FORMULA]
        tag.clear()
    return found


def _is_within(place: Position, first: Position, last: Position) -> bool:
    return first[0] <= place[0] <= last[0] and first[1] <= place[1] <= last[1]


def _choices(tag: Any, most: int) -> Iterator[tuple[Position, Position, tuple[str, ...]]]:
    """Of a list that is written into the rule itself: `"new,continued"`; one that stands in other cells is none."""
    written = (tag.findtext("{*}formula1") or "").strip()
    if tag.get("type") != "list" or not (len(written) > 1 and written[0] == written[-1] == '"'):
        return
    words = tuple(word.strip() for word in written[1:-1].replace('""', '"').split(",") if word.strip())
    for area in (tag.get("sqref") or "").split()[: max(most, 0)]:
        ends = [RANGE_END.fullmatch(end) for end in area.split(":")]
        places = [(whole_number(end[2]) - 1, column_of(end[1], 0)) for end in ends if end]
        if places and len(places) == len(ends):
            yield places[0], places[-1], words


def column_of(reference: str, following: int) -> int:
    """2 for `C7`."""
    number = 0
    for letter in reference.rstrip("0123456789").upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1 if reference else following


def moved(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads so many rows further down and columns further right.

    >>> moved("MAX(B2:B$4)/$C2", 1, 2)
    'MAX(D3:D$4)/$C3'
    """

    def one(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        row, column = int(found[5]) - 1, column_of(found[3], 0)
        place = address((row if found[4] else max(row + rows, 0), column if found[2] else max(column + columns, 0)))
        letters = place.rstrip("0123456789")
        return f"{found[2]}{letters}{found[4]}{place[len(letters) :]}"

    return REFERENCE.sub(one, formula)


def _formula(tag: Any, place: Position, shared: dict[str, tuple[Position, str]]) -> str:
    """A formula that is filled over several cells is written once, in the first of them."""
    text, key = tag.text or "", tag.get("si") or ""
    if tag.get("t") != "shared":
        return text
    if text:
        shared[key] = place, text
    origin, written = shared.get(key, (place, ""))
    return moved(written, place[0] - origin[0], place[1] - origin[1])


def _hide_columns(found: Structure, tag: Any) -> None:
    if tag.get("hidden") in YES:
        first, last = whole_number(tag.get("min") or ""), whole_number(tag.get("max") or "")
        found.hidden_columns.update(range(max(first - 1, 0), min(last, MOST_COLUMNS)))


def _indents(styles: Any) -> Sequence[int]:
    found = []
    for style in styles.iterfind("{*}cellXfs/{*}xf"):
        alignment = style.find("{*}alignment")
        found.append(0 if alignment is None else whole_number(alignment.get("indent") or ""))
    return found
