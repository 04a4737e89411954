"""Indicator kind -> parser and formatter: one table. Pure: no database.

A count is a whole number, an amount has decimals, a percentage lies between 0 and 100; an indicator may have limits of
its own. What a department *declares* for a computed indicator may be any number: the check judges it, not the parser.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import NamedTuple

from django.utils.translation import gettext as _

from sectors.calculation import numerals, qualifiers
from sectors.calculation.numerals import HALF_WIDTH, BadNumber, joined, squeezed
from sectors.calculation.qualifiers import INFINITY, Interval
from sectors.vocabulary import FigureState, Qualifier, Rounding

STORED_NOT_APPLICABLE = "n/a"
# What may be typed for it, in any case of letters. The page's scripts and a spreadsheet's validation take the same.
NOT_APPLICABLE_SPELLINGS = ("不适用", STORED_NOT_APPLICABLE, "na")
# The digits of a bound say no more than it does: at least 65.67 is at least 65.6, not 65.7.
ROUNDING: Mapping[str, str] = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Qualifier.AT_LEAST: ROUND_FLOOR,
    Qualifier.AT_MOST: ROUND_CEILING,
    Qualifier.OVER: ROUND_DOWN,
    Qualifier.NEARLY: ROUND_UP,
}
LEADING = re.compile(r"([+-]?[0-9,.]+)(.*)", re.DOTALL)
POINTS = "百分点"
# Digits enough for the largest value of an expression in the smallest unit; with fewer, rounding one is an error.
WIDE = Context(prec=40)


class Cell(NamedTuple):
    """What stands in a cell: its state, and for a number the value with the decimals it was given, what its qualifier
    says of it, and the day that it was true of where that is not the last of the period; else the words."""

    state: str
    value: Decimal | None = None
    places: int = 0
    qualifier: str = Qualifier.EXACT
    as_of: datetime.date | None = None
    words: str = ""

    @property
    def stored(self) -> str:
        """The same in every language: the digits as given, with qualifier and day (`120余`, `0（截至2022年10月19日）`),
        `n/a`, words, or nothing."""
        if self.state == FigureState.TEXT:
            return self.words
        if self.state == FigureState.NUMBER and self.value is not None:
            number = qualifiers.written(f"{self.value:.{self.places}f}", self.qualifier)
            return number + qualifiers.day_written(self.as_of)
        return STORED_NOT_APPLICABLE if self.state == FigureState.NOT_APPLICABLE else ""

    @property
    def text(self) -> str:
        """As a person would type it again."""
        return shown(self.stored)

    def printed(self, unit: str, year: int) -> str:
        """A number with its unit as a report of the year says it, or words; else empty."""
        if self.value is None:
            return self.words
        number = qualifiers.written(formatted(self.value, self.places), self.qualifier, unit_behind(unit))
        return number + qualifiers.day_written(self.as_of, year)


def shown(stored: str, year: int | None = None) -> str:
    """A stored text as a person would type it again; in a period of a year, a day of the same year without it."""
    if stored == STORED_NOT_APPLICABLE:
        return _("n/a")
    return stored.replace(f"（截至{year}年", "（截至") if year else stored


_STATED = re.compile(r"[+-]?[0-9]+(?:\.([0-9]+))?")


def places_of(stored: str) -> int:
    """How many decimals the number in a stored text has."""
    found = _STATED.search(stored)
    return len(found[1] or "") if found else 0


def as_stated(value: Decimal | None, stored: str) -> str:
    """A value that a stored text says as it says it, any other with as many decimals; empty for a missing one."""
    found = _STATED.search(stored)
    if value is not None and found and Decimal(found[0]) == value:
        return stored
    return formatted(value, places_of(stored))


@dataclass(frozen=True)
class Kind:
    decimals: int
    minimum: Decimal | None
    maximum: Decimal | None


class Limits(NamedTuple):
    """What an indicator says of its own about the numbers that it takes: any number where it is signed, and none below
    `minimum` or above `maximum`."""

    signed: bool = False
    minimum: Decimal | None = None
    maximum: Decimal | None = None


USUAL = Limits()
HUNDRED = Decimal(100)


def kind_of(*, unit: str, decimals: int, computed: bool, limits: Limits = USUAL) -> Kind:
    """Where the indicator says nothing, nothing is below 0 and no percentage above 100."""
    if computed:
        return Kind(6, None, None)
    signed, minimum, maximum = limits
    if minimum is None and not signed:
        minimum = Decimal(0)
    if maximum is None and unit == "%" and not signed:
        maximum = HUNDRED
    return Kind(decimals, minimum, maximum)


def interval_of(value: Decimal, places: int, qualifier: str, kind: Kind) -> Interval:
    """Between which values a figure of a kind of indicator lies, in its unit."""
    lowest = -INFINITY if kind.minimum is None else kind.minimum
    highest = INFINITY if kind.maximum is None else kind.maximum
    return qualifiers.interval(value, places, qualifier, lowest=lowest, highest=highest)


def says_not_applicable(text: str) -> bool:
    return squeezed(text).lower() in NOT_APPLICABLE_SPELLINGS


def parse(
    text: str,
    *,
    unit: str,
    decimals: int,
    computed: bool = False,
    limits: Limits = USUAL,
    also: Collection[str] = (),
    last_day: datetime.date | None = None,
) -> Cell:
    """Read what a person typed: full-width digits, thousands separators, blanks and the trailing unit, as it is called
    or `also` written, are understood; so are qualifiers, and the day that a number is as of, in a period that ends on
    `last_day`.

    Raises BadNumber with a sentence for anything else; nothing is guessed.
    """
    if not squeezed(text):
        return Cell(FigureState.BLANK)
    if says_not_applicable(text):
        return Cell(FigureState.NOT_APPLICABLE)
    plain = joined(text)
    numerals.refuse_shortened(plain)
    units = {name.translate(HALF_WIDTH) for name in (unit, *also)}
    try:
        plain, as_of = qualifiers.split_day(plain, last_day)
        plain, qualifier = qualifiers.split(plain, units)
    except qualifiers.BadQualifier as error:
        raise BadNumber(str(error)) from error
    value, places = numerals.number(_without_unit(plain, unit, units), text)
    kind = kind_of(unit=unit, decimals=decimals, computed=computed, limits=limits)
    places = _needed(value, places, kind, qualifier)
    _judge(value, places, kind, unit, limits)
    _judge_qualifier(value, places, qualifier, kind, text)
    return Cell(FigureState.NUMBER, value, places, qualifier, as_of)


def _without_unit(plain: str, unit: str, units: Collection[str]) -> str:
    found = LEADING.fullmatch(plain)
    if found is None or not found[2]:
        return plain
    if found[2] not in units:
        what = {"unit": unit, "given": found[2], "number": found[1]}
        if unit == POINTS and found[2] == "%":
            raise BadNumber(
                _(
                    "“%(number)s%%” is a share, and here stand percentage points (%(unit)s), the difference of two "
                    "shares: from 98%% to 98.5%% it is 0.5. If %(number)s points are meant, type %(number)s."
                )
                % what
            )
        if unit == "1":
            raise BadNumber(_("There is no unit here, but “%(given)s” was given. Type the bare number.") % what)
        raise BadNumber(
            _("The unit here is %(unit)s, but “%(given)s” was given. Convert the figure and leave the unit out.") % what
        )
    return found[1]


def _needed(value: Decimal, places: int, kind: Kind, qualifier: str) -> int:
    """Without zeros beyond the decimals that there may be: 12.00 is a whole number. 12.0余 is less than 12余."""
    if qualifier:
        return places
    return next((n for n in range(min(kind.decimals, places), places) if value == round(value, n)), places)


def _judge(value: Decimal, places: int, kind: Kind, unit: str, limits: Limits) -> None:
    if places > kind.decimals:
        if kind.decimals == 0:
            raise BadNumber(_("This is counted in whole %(unit)s: no decimals.") % {"unit": unit})
        raise BadNumber(_("At most %(count)d decimals here.") % {"count": kind.decimals})
    if kind.minimum is not None and value < kind.minimum:
        if not kind.minimum:
            raise BadNumber(_("This figure cannot be negative."))
        raise BadNumber(_("This figure is at least %(limit)s.") % {"limit": plain_digits(kind.minimum)})
    if kind.maximum is not None and value > kind.maximum:
        if limits.maximum is None:
            raise BadNumber(_("A rate here is at most 100%%; check numerator and denominator.") % {})
        raise BadNumber(_("This figure is at most %(limit)s.") % {"limit": plain_digits(kind.maximum)})


def _judge_qualifier(value: Decimal, places: int, qualifier: str, kind: Kind, text: str) -> None:
    """Less than nothing, or more than the whole, there is none: 不足0 and 100%以上 would be said of 0 and 100 alone."""
    low, high = interval_of(value, places, qualifier, kind)
    if not qualifier or low != high:
        return
    what = {"text": text.strip()[:40], "number": f"{value:.{places}f}"}
    if kind.minimum == 0 and kind.maximum in (None, HUNDRED):
        message = _(
            "“%(text)s” cannot be: here a figure is no less than 0, and a share no more than 100%%. Type %(number)s."
        )
    else:
        message = _("“%(text)s” cannot be: no figure here lies beyond %(number)s. Type %(number)s.")
    raise BadNumber(message % what)


def plain_digits(value: Decimal) -> str:
    """Without zeros behind: `-50`, `0.5`."""
    return f"{value.normalize():f}"


def rounded(value: Decimal, decimals: int, rounding: str = Rounding.HALF_UP) -> Decimal:
    """The one rounding function. Round once, from the unrounded value."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUNDING[rounding], context=WIDE)


def formatted(value: Decimal | None, decimals: int, rounding: str = Rounding.HALF_UP) -> str:
    """As printed: `1548`, `0.4838`; the empty string for a missing one. Never `-0`."""
    if value is None:
        return ""
    return f"{WIDE.plus(rounded(value, decimals, rounding)):f}"


UNSPACED: Mapping[str, str] = {"1": "", POINTS: f"个{POINTS}"}


def unit_behind(unit: str) -> str:
    """As it stands behind a number."""
    return UNSPACED.get(unit, unit)


def with_unit(text: str, unit: str) -> str:
    return text + unit_behind(unit)
