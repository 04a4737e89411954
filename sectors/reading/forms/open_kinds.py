"""What a column of open rows holds: words, a day, a choice or a number, by its head and by what stands below. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from sectors.reading.forms import words
from sectors.reading.forms.form import Line
from sectors.reading.forms.page import Page
from sectors.reading.forms.units import Units
from sectors.reading.forms.words import squeezed
from sectors.spreadsheets.positions import Position
from sectors.vocabulary import ValueKind

IN_BRACKETS = re.compile(r"\s*[（(\[【]([^（）()\[\]【】]+)[)）\]】]\s*$")
BETWEEN = re.compile(r"[/／、|｜;；]")
MOST_LISTED, LONGEST_LISTED = 12, 12  # words in a head's brackets that are a list, and their characters
DAY = "日期"  # in brackets: a downloaded sheet says so of a column of days


def options_in(name: str) -> tuple[str, tuple[str, ...]]:
    """A head and what its brackets offer: 建设性质（新建/续建）. Other brackets stay."""
    found = IN_BRACKETS.search(name)
    listed = [word.strip() for word in BETWEEN.split(found[1])] if found else []
    is_list = 1 < len(listed) <= MOST_LISTED and all(0 < len(word) <= LONGEST_LISTED for word in listed)
    if not found or not is_list or len(set(listed)) < len(listed) or listed[-1].endswith("等"):
        return name, ()
    return name[: found.start()].strip(), tuple(listed)


def settle(page: Page, column: Line, cells: Sequence[Position], *, is_named: bool, units: Units) -> None:
    """Sets the kind; of a number the unit as far as its head says one, and the decimals that its cells show."""
    filled = [cell for cell in cells if page.text(cell)]
    column.kind = ValueKind.TEXT if is_named else _kind(page, column, filled, units)
    if column.kind != ValueKind.CHOICE:
        column.options = ()
    if column.kind == ValueKind.DATE:
        column.name = re.sub(rf"\s*[（(]{DAY}[)）]$", "", column.name)
    if column.kind != ValueKind.NUMBER:
        column.unit = ""
        return
    column.unit = column.unit or units.in_name(squeezed(column.name))
    column.decimals = max([0, *(page.places(cell) for cell in filled if page.is_number(cell))])


def _kind(page: Page, column: Line, filled: Sequence[Position], units: Units) -> ValueKind:
    name = squeezed(column.name)
    if column.options:
        return ValueKind.CHOICE
    if filled and all(_is_day(page, cell) for cell in filled):
        return ValueKind.DATE
    numbers = [cell for cell in filled if page.is_number(cell)]
    if column.unit:
        return ValueKind.NUMBER
    if filled:
        return ValueKind.NUMBER if len(numbers) == len(filled) and not words.OF_WORDS.search(name) else ValueKind.TEXT
    if name.endswith((DAY, f"({DAY})")):
        column.doubts.append(_("By its name it holds days, such as 2023-05-31."))
        return ValueKind.DATE
    if words.OF_WORDS.search(name):
        return ValueKind.TEXT
    return ValueKind.NUMBER if words.AMOUNT.search(name) or units.in_name(name) else ValueKind.TEXT


def _is_day(page: Page, cell: Position) -> bool:
    return isinstance(page.value(cell), datetime.date)
