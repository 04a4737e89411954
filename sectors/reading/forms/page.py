"""A worksheet as a person sees it: what is shown, with merged cells as one, and what its cells hold. Pure."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from sectors.calculation import numerals
from sectors.reading.forms.words import DASHES, squeezed
from sectors.spreadsheets.positions import Position
from sectors.spreadsheets.structure import Structure
from sectors.spreadsheets.worksheet import Value, Worksheet

MOST_ROWS, MOST_COLUMNS = 500, 80  # of a form; what is larger is a list
STEP = 2  # blanks that one step of an indent is as wide as
WIDE = 0x2E80  # from here on characters are two blanks wide, and so is the blank between them


@dataclass(frozen=True)
class Area:
    """A cell, or cells that are merged."""

    first: Position
    last: Position

    @property
    def place(self) -> Position:
        return self.first


@dataclass
class Page:
    """What is shown of a worksheet, its rows and columns from 0."""

    worksheet: Worksheet
    structure: Structure
    areas: dict[Position, Area] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for first, last in self.worksheet.merged:
            if first[0] > MOST_ROWS:
                continue
            area = Area(first, (min(last[0], MOST_ROWS), min(last[1], MOST_COLUMNS)))
            for row in range(first[0], area.last[0] + 1):
                for column in range(first[1], area.last[1] + 1):
                    self.areas[row, column] = area

    @cached_property
    def size(self) -> Position:
        """Rows and columns up to the last that holds anything."""
        filled = [
            (r, c) for r, row in enumerate(self.worksheet.rows) for c, value in enumerate(row) if str(value).strip()
        ]
        return max((r for r, _c in filled), default=-1) + 1, max((c for _r, c in filled), default=-1) + 1

    @cached_property
    def rows(self) -> list[int]:
        return [row for row in range(self.size[0]) if row not in self.structure.hidden_rows]

    @cached_property
    def columns(self) -> list[int]:
        return [column for column in range(self.size[1]) if column not in self.structure.hidden_columns]

    @cached_property
    def shown_rows(self) -> frozenset[int]:
        return frozenset(self.rows)

    @cached_property
    def shown_columns(self) -> frozenset[int]:
        return frozenset(self.columns)

    def area(self, place: Position) -> Area:
        return self.areas.get(place) or Area(place, place)

    def value(self, place: Position) -> Value:
        return self.worksheet.value(self.area(place).first)

    def raw(self, place: Position) -> str:
        """What a cell shows, with the blanks before it."""
        origin = self.area(place).first
        return self.worksheet.text(origin).rstrip()

    def text(self, place: Position) -> str:
        return self.raw(place).strip()

    def indent(self, place: Position) -> int:
        """How far a text is moved to the right, in blanks."""
        raw = self.raw(place)
        before = raw[: len(raw) - len(raw.lstrip())]
        blanks = sum(2 if ord(sign) >= WIDE else 1 for sign in before)
        return blanks + STEP * self.structure.indents.get(self.area(place).first, 0)

    def starting(self, row: int) -> list[tuple[Area, str]]:
        """What begins in a row and is shown, from left to right."""
        found, seen = [], set()
        for column in self.columns:
            area = self.area((row, column))
            if area in seen or self._first_shown(area)[0] != row:
                continue
            seen.add(area)
            if text := self.text((row, column)):
                found.append((area, text))
        return found

    def _first_shown(self, area: Area) -> Position:
        """Where an area begins to be seen."""
        row = next((r for r in range(area.first[0], area.last[0] + 1) if r not in self.structure.hidden_rows), -1)
        return row, area.first[1]

    def width(self, area: Area) -> int:
        """In shown columns."""
        return sum(column in range(area.first[1], area.last[1] + 1) for column in self.columns)

    def is_number(self, place: Position) -> bool:
        """A number or a formula, or a text that is a number."""
        value = self.value(place)
        if self.area(place).first in self.structure.formulas:
            return True
        if isinstance(value, bool | datetime.date | datetime.time | datetime.timedelta):
            return False
        if isinstance(value, int | float):
            return math.isfinite(value)
        return bool(numerals.PLAIN.fullmatch(squeezed(value).removesuffix("%"))) if value.strip() else False

    def is_blocked(self, place: Position) -> bool:
        return bool(DASHES.fullmatch(squeezed(self.text(place))))

    def is_typed(self, place: Position) -> bool:
        """A number that is no formula's."""
        return self.is_number(place) and self.area(place).first not in self.structure.formulas

    def number(self, place: Position) -> float | None:
        value = self.value(place)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            text = squeezed(value) if isinstance(value, str) else ""
            return float(text.replace(",", "")) if numerals.PLAIN.fullmatch(text) else None
        return float(value)

    def places(self, place: Position) -> int:
        """Decimals that a cell shows."""
        value = self.value(place)
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            text = squeezed(str(value)).removesuffix("%")
            return len(text.partition(".")[2]) if numerals.PLAIN.fullmatch(text) else 0
        shown = self.worksheet.shown(place, value)
        return min(shown.places, 6) if shown else 0

    def shows_percent(self, place: Position) -> bool:
        return self.text(place).endswith("%")

    def hidden(self) -> Iterator[Position]:
        """The first cells of hidden rows and columns that hold something."""
        for row in sorted(self.structure.hidden_rows):
            if any(str(value).strip() for value in (self.worksheet.rows[row : row + 1] or [[]])[0]):
                yield row, 0
        for column in sorted(self.structure.hidden_columns):
            if any(str(line[column]).strip() for line in self.worksheet.rows if column < len(line)):
                yield 0, column
