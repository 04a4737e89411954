"""A value of an area with what it is made of, and why there is none. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from reports.aggregation.months import NONE, Months


class Coverage(NamedTuple):
    """How many of the expected periods (over all reporting regions) are answered; "not applicable" is an answer."""

    have: int
    expected: int

    @property
    def complete(self) -> bool:
        return self.have >= self.expected > 0

    @property
    def percent(self) -> str:
        """In whole per cent, cut off: what is not complete is never called 100%. Empty where nothing is expected."""
        return f"{100 * self.have // self.expected}%" if self.expected else ""

    @property
    def share(self) -> float:
        return self.have / self.expected if self.expected else 0.0


class Gap(StrEnum):
    """Why there is no value although something was reported."""

    NO_PAIRS = "pairs"  # in no period has one region all that the formula reads
    PERCENTAGES = "percentages"  # of several regions, which are not put together
    UNDEFINED = "undefined"  # a division by zero
    NOTHING = "nothing"  # 0 of 0, which does not apply
    NOTHING_BEFORE = "before"  # of a year, from a figure of the period before
    WORDS = "words"  # of several regions, which are not put together either

    @property
    def text(self) -> str:
        return {
            Gap.NO_PAIRS: _("In no period has one region reported all that this is computed from."),
            Gap.PERCENTAGES: _("Percentages of several regions cannot be added up or averaged."),
            Gap.UNDEFINED: _("What it would be divided by is 0."),
            Gap.NOTHING: _("All that it is computed from is 0: it does not apply."),
            Gap.WORDS: _("What several regions report in words is not put together."),
            Gap.NOTHING_BEFORE: _("It is computed from the period before, which a year has not."),
        }[self]


def undefined(read: Iterable[Decimal | None]) -> Gap:
    """Why nothing comes out of a formula that has all that it reads."""
    return Gap.UNDEFINED if any(read) else Gap.NOTHING


def least(coverages: Sequence[Coverage]) -> Coverage:
    """The one of the least share; of several the one of which most is expected."""
    expected = [one for one in coverages if one.expected]
    return min(expected, key=lambda one: (one.share, -one.expected), default=Coverage(0, 0))


class Origin(NamedTuple):
    """What a value is made of: the regions that have a number, and the months of all of them together. Many values of
    a table share one."""

    coverage: Coverage
    regions: frozenset[int] = frozenset()
    months: Months = NONE
    is_annual: bool = False  # by annual figures alone
    is_whole: bool = False  # nothing is missing, of twelve months or of the whole period
    is_even: bool = True  # of the same months in all regions that report


class Made(NamedTuple):
    """A value of an area in the indicator's unit. `other` is what the regions below say where the region's own
    statement is the value and both are whole."""

    value: Decimal | None
    origin: Origin
    places: int = 0  # the fewest decimals that a figure of an entered indicator, or a statement, was given with
    addends: int = 1  # how many figures of an entered indicator were added up
    not_applicable: bool = False
    reason: Gap | None = None
    other: Decimal | None = None


NOTHING = Made(None, Origin(Coverage(0, 0)))
