"""Between which values lies what is made of figures that are not exact: reckoned by trying.

A world is reckoned (`tests.truth.reference`) once for each choice among the ends of such figures. Nothing here knows of
intervals of sums and quotients; no end stands for a number that is far away.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import NamedTuple

from tests.truth.reference import BEFORE, Comparison, Mark, Period, Reference, World

QUALIFIERS = ("over", "at_least", "at_most", "about", "nearly")
FAR = Fraction(10**9)
MOST_CHOICES = 6  # figures whose ends are chosen each by itself


class Marked(NamedTuple):
    """A figure that is not exact: the place of its submission, and its code."""

    row: int
    code: str


def ends(
    value: Fraction, qualifier: str, *, is_percent: bool = False, is_free: bool = False
) -> tuple[Fraction, Fraction]:
    """Of a number of 0 or more. One that `is_free` may be less than 0, and more than the whole."""
    least, most = (-FAR, FAR) if is_free else (Fraction(0), Fraction(100) if is_percent else FAR)
    unit = last_digit(value)
    low, high = {
        "": (value, value),
        "over": (value, value + unit),
        "at_least": (value, FAR),
        "at_most": (-FAR, value),
        "about": (value - unit / 2, value + unit / 2),
        "nearly": (value - unit, value),
    }[qualifier]
    return max(low, least), min(high, most)


def last_digit(value: Fraction) -> Fraction:
    """One unit of the last digit: a hundredth, of whole numbers that of the last digit which is not 0."""
    if value != int(value):
        return Fraction(1, 100)
    unit = 1
    while value and value % (unit * 10) == 0:
        unit *= 10
    return Fraction(unit)


@dataclass(frozen=True)
class Said:
    """What is known of a value: its least and its most, what says so of the figures behind it, and the day."""

    low: Fraction
    high: Fraction
    qualifiers: frozenset[str]
    as_of: datetime.date | None

    def qualifier(self, value: Fraction, *, is_sum: bool) -> str:
        if self.low == self.high:
            return ""
        if value == self.low:
            return "over" if is_sum and self.qualifiers == {"over"} else "at_least"
        if value == self.high:
            return "nearly" if is_sum and self.qualifiers == {"nearly"} else "at_most"
        return "about"


class Tried:
    """A world with each choice among the ends of its figures that are not exact."""

    def __init__(self, world: World, only: tuple[str, int] | None = None) -> None:
        self.world, self.only = world, only
        self.stated = Reference(world, only)

    @cached_property
    def marked(self) -> list[Marked]:
        rows = enumerate(self.world.submissions)
        return [Marked(number, code) for number, row in rows for code, mark in row.marks.items() if mark.qualifier]

    @cached_property
    def choices(self) -> list[tuple[Sequence[int], Reference]]:
        found = list(product((0, 1), repeat=len(self.marked)))
        return [(choice, Reference(self.chosen(choice), self.only)) for choice in found]

    def chosen(self, choice: Sequence[int]) -> World:
        rows = list(self.world.submissions)
        for one, end in zip(self.marked, choice, strict=True):
            row, indicator = rows[one.row], self.world.indicators[one.code]
            value = row.figures[one.code]
            assert isinstance(value, Fraction)
            both = ends(
                value, row.marks[one.code].qualifier, is_percent=indicator.is_percent, is_free=bool(indicator.formula)
            )
            rows[one.row] = replace(row, figures={**row.figures, one.code: both[end]})
        return replace(self.world, submissions=rows)

    def values(self, area: str, code: str, year: int) -> list[Fraction | None]:
        return [reference.value(area, code, year).value for _choice, reference in self.choices]

    def said(self, area: str, code: str, year: int) -> Said | None:
        """None where there is no value, or may be none."""
        values = self.values(area, code, year)
        known = [value for value in (*values, self.stated.value(area, code, year).value) if value is not None]
        if len(known) <= len(values):
            return None
        return Said(min(known), max(known), self.behind(values), self.as_of(area, code, year))

    def behind(self, values: Sequence[Fraction | None]) -> frozenset[str]:
        """The qualifiers of the figures of which one end gives another value than the other."""
        of = dict(zip((choice for choice, _reference in self.choices), values, strict=True))
        found = set()
        for place, one in enumerate(self.marked):
            if any(of[choice] != of[(*choice[:place], 1 - choice[place], *choice[place + 1 :])] for choice in of):
                found.add(self.world.submissions[one.row].marks[one.code].qualifier)
        return frozenset(found)

    def comparisons(self, area: str, code: str, year: int) -> list[Comparison | None]:
        return [reference.comparison(area, code, year) for _choice, reference in self.choices]

    # The day

    def as_of(self, area: str, code: str, year: int) -> datetime.date | None:
        """The earliest of those of the last figure of all that it is made of."""
        if "declared" in self.stated.value(area, code, year).sources:
            region, _answer = self.stated.declared(area, code, year)
            return self.day(region, code, Period(year, *(self.only or ())))
        return min(filter(None, self.days(area, code, year)), default=None)

    def days(self, area: str, code: str, year: int) -> Iterator[datetime.date | None]:
        standing = self.stated.standing(area, code, year)
        for region, months in self.stated.made_of(standing, code, year).items():
            reading = self.stated.reading(region, code, year, with_last_year=False)
            for (leaf, moment), answers in reading.answers.items():
                if answers.is_by_annual and reading.takes_year:
                    yield self.day(region, leaf, Period(year - moment))
                    continue
                within = [period for period in answers.numbers if period.months <= months]
                if within and moment < BEFORE:
                    yield self.day(region, leaf, max(within, key=lambda period: period.last_month))
                elif within:
                    yield self.day(region, leaf, self.stated.moved(year, moment))

    def day(self, region: str, code: str, period: Period) -> datetime.date | None:
        sheet = self.world.indicators[code].sheet
        rows = [row for row in self.world.submissions if (row.region, row.sheet, row.period) == (region, sheet, period)]
        return next((row.marks.get(code, Mark()).as_of for row in rows if row.status == "accepted"), None)
