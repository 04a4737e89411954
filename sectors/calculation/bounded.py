"""What is known of values made of figures that are not exact: between which values they lie, as of which day. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from sectors.calculation.cells import ROUNDING
from sectors.calculation.evaluation import Absent, Definition, Entered, folded, is_beyond
from sectors.calculation.formulas import NOW, Name
from sectors.calculation.intervals import ANYTHING, Reading
from sectors.calculation.qualifiers import Interval, day_written, written
from sectors.vocabulary import Qualifier


class Bounds(NamedTuple):
    """Between which values a figure, or what is made of several, lies; with which qualifiers these were given, and the
    earliest day that one was as of."""

    low: Decimal
    high: Decimal
    qualifiers: frozenset[str] = frozenset()
    as_of: datetime.date | None = None

    @classmethod
    def of(cls, interval: Interval, qualifier: str, as_of: datetime.date | None) -> Bounds:
        return cls(*interval, frozenset({qualifier} - {Qualifier.EXACT}), as_of)

    def qualifier(self, value: Decimal, *, is_sum: bool) -> Qualifier:
        """How the value is written. Of sums and levels 余 and 近 stay what they are; else they are bounds.

        >>> Bounds(Decimal(200), Decimal(210), frozenset({"over"})).qualifier(Decimal(200), is_sum=True).label
        '余'
        >>> Bounds(Decimal("0.9"), Decimal("0.95"), frozenset({"over"})).qualifier(Decimal("0.9"), is_sum=False).label
        '以上'
        >>> Bounds(Decimal(90), Decimal(110), frozenset({"over", "nearly"})).qualifier(Decimal(100), is_sum=True).label
        '约'
        """
        if self.low == self.high or not self.qualifiers:
            return Qualifier.EXACT
        # A little more than a fall by 12 is below -12.
        more, less = (Qualifier.OVER, Qualifier.NEARLY) if value >= 0 else (Qualifier.NEARLY, Qualifier.OVER)
        if value == self.low:
            return more if is_sum and self.qualifiers == {more} else Qualifier.AT_LEAST
        if value == self.high:
            return less if is_sum and self.qualifiers == {less} else Qualifier.AT_MOST
        return Qualifier.ABOUT

    @property
    def interval(self) -> Interval:
        return self.low, self.high


_WITHOUT_SIGN: Mapping[str, str] = {
    Qualifier.AT_LEAST: Qualifier.AT_MOST,
    Qualifier.AT_MOST: Qualifier.AT_LEAST,
}


class Marked(NamedTuple):
    """How a value is written beside its digits."""

    qualifier: str = Qualifier.EXACT
    as_of: datetime.date | None = None

    def write(self, text: str, unit: str = "", year: int | None = None) -> str:
        """The printed digits with qualifier, unit and day; the day without its year where that is the given one."""
        return written(text, self.qualifier, unit) + day_written(self.as_of, year) if text else ""

    def rounding(self, usual: str) -> str:
        """By which the digits are rounded: those of a bound so that they stay one, all others as usual."""
        return self.qualifier if self.qualifier in ROUNDING else usual

    def without_sign(self) -> Marked:
        """Beside the digits of a value below 0 without their sign: at most -5 is a fall by 5 or more."""
        return self._replace(qualifier=_WITHOUT_SIGN.get(self.qualifier, self.qualifier))

    def until(self, year: int) -> str:
        """`截至10月19日`; empty without a day."""
        return day_written(self.as_of, year).strip("（）")


EXACTLY = Marked()


def folded_bounds(accumulation: str, parts: Iterable[Bounds]) -> Bounds:
    """Those of successive periods as one, by the indicator's accumulation; the day is that of the last."""
    known = list(parts)
    low, high = (folded(accumulation, [part.interval[end] for part in known]) for end in (0, 1))
    behind = frozenset().union(*(part.qualifiers for part in known)) if (low, high) != known[-1].interval else None
    return Bounds(low, high, known[-1].qualifiers if behind is None else behind, known[-1].as_of)


class Bounded:
    """Bounds of the values of an evaluation. `known` are those of what is not exact of what was entered, by code and
    moment, in the indicators' own units; `entered` and `absent` are those of the evaluation."""

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        known: Mapping[Name, Bounds],
        entered: Entered,
        absent: Absent,
        *,
        of_year: bool = False,
    ) -> None:
        self.definitions, self.known, self.entered = definitions, known, entered
        self._reading = Reading(definitions, self._interval, absent, of_year=of_year)

    def bounds(self, code: str, value: Decimal) -> Bounds | None:
        """Of an indicator with this value, in its own unit; None where all that it is made of is exact."""
        if not self.known:
            return None
        behind = [self.known[name] for name in self.behind(code) if name in self.known]
        if not behind:
            return None
        scale = self.definitions[code].scale
        low, high = self._reading.interval(code, {}) or ANYTHING
        days = [one.as_of for one in behind if one.as_of is not None]
        return Bounds(
            min(low / scale, value),
            max(high / scale, value),
            frozenset().union(*(one.qualifiers for one in behind)),
            min(days, default=None),
        )

    def marked(self, code: str, value: Decimal | None) -> Marked:
        """How a value, that of a computed indicator or an entered one, is written."""
        found = None if value is None else self.bounds(code, value)
        if found is None or value is None:
            return EXACTLY
        is_entered = self.definitions[code].formula is None
        return Marked(found.qualifier(value, is_sum=is_entered), found.as_of)

    def _interval(self, name: Name) -> Interval | None:
        """In base units."""
        scale, found = self.definitions[name[0]].scale, self.known.get(name)
        if found is not None:
            return found.low * scale, found.high * scale
        value = self.entered.get(name)
        return None if value is None else (value * scale, value * scale)

    def behind(self, code: str, moment: int = NOW, above: tuple[Name, ...] = ()) -> Iterable[Name]:
        """The entered figures that a value is made of."""
        definition, name = self.definitions.get(code), (code, moment)
        if definition is None or is_beyond(moment) or name in above:
            return
        if definition.formula is None:
            yield name
            return
        for other, more in definition.formula.names:
            yield from self.behind(other, moment + more, (*above, name))


def overlap(one: Interval, other: Interval) -> bool:
    """Whether it is not sure which of two is the larger."""
    return one[0] <= other[1] and other[0] <= one[1]


def comparable(now: Bounds | None, last: Bounds | None) -> bool:
    """Whether two are as of the same day of their years."""
    days = [one.as_of and (one.as_of.month, one.as_of.day) if one else None for one in (now, last)]
    return days[0] == days[1]
