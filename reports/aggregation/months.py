"""Months of a year as sets of bits, the first bit for January: what periods stand for, and have in common. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from sectors.calculation.periods import PeriodKey
from sectors.vocabulary import PERIODS_A_YEAR

Months = int
NONE: Months = 0
YEAR: Months = 0xFFF


@lru_cache(maxsize=64)
def months_of(kind: str, number: int) -> Months:
    """Those of a period: 0b111000 for the second quarter."""
    length = 12 // PERIODS_A_YEAR[kind]
    return ((1 << length) - 1) << (length * (number - 1))


def of_period(period: PeriodKey) -> Months:
    return months_of(period.kind, period.number)


@lru_cache(maxsize=4096)
def numbers(months: Months) -> frozenset[int]:
    """From 1 to 12."""
    return frozenset(number for number in range(1, 13) if months >> (number - 1) & 1)


@lru_cache(maxsize=4096)
def spans(months: Months) -> Sequence[tuple[int, int]]:
    """First and last month of each stretch without a gap: (1, 6), (10, 12)."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers(months)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return tuple(found)


def last_month(months: Months) -> int:
    return months.bit_length()


def since_january(month: int) -> Months:
    return (1 << month) - 1


def are_since_january(months: Months) -> bool:
    """Whether they begin with January and leave none out."""
    return not months & (months + 1)


def union(periods: Iterable[Months]) -> Months:
    found = NONE
    for period in periods:
        found |= period
    return found


def within(periods: Iterable[Months], months: Months) -> list[Months]:
    """The periods that lie wholly in the months."""
    return [period for period in periods if not period & ~months]


def in_common(periods: Iterable[Iterable[Months]]) -> Months:
    """The largest set of months that is made of whole periods of each of several."""
    return _in_common(frozenset(map(frozenset, periods)))


@lru_cache(maxsize=1024)
def _in_common(periods: Collection[Collection[Months]]) -> Months:
    common = YEAR if periods else NONE
    while common:
        smaller = common
        for own in periods:
            smaller &= union(within(own, smaller))
        if smaller == common:
            break
        common = smaller
    return common
