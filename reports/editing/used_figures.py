"""Which of a region's figures make a value of the year, and which only stand beside it. Pure.

docs/figures.md says how a year is made; what several regions and formulas have in common `reports.aggregation` knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from reports.aggregation.months import YEAR, Months, of_period
from sectors.calculation.periods import PeriodKey
from sectors.vocabulary import Accumulation, Frequency

LATEST = frozenset((Accumulation.STOCK, Accumulation.CUMULATIVE))


@dataclass(frozen=True)
class ReportedFigure:
    """A figure by its key; the value is None where it does not apply."""

    pk: int
    period: PeriodKey
    value: Decimal | None


@dataclass(frozen=True)
class Standing:
    """What a region's part in a value is made of: these months of its periods, or its annual figures where periods are
    not all in. `is_absent`: the value is that something does not apply."""

    months: Months
    by_annual: bool = False
    is_absent: bool = False


ABSENT = Standing(YEAR, by_annual=True, is_absent=True)


def used(
    figures: Iterable[ReportedFigure], *, accumulation: str, expected: Collection[PeriodKey], standing: Standing
) -> set[int]:
    """Keys of the figures of one indicator in one region and year that its part is made of.

    The periods make the year when all that are expected are answered, or when there is no annual figure; otherwise the
    annual figure does. Of what does not add up the latest counts, of what is not applicable nothing beside a number.
    """
    rows = sorted(figures, key=lambda row: row.period)
    own = [row for row in rows if row.period in expected]
    annual = [row for row in rows if row.period.kind == Frequency.YEAR and row.period not in expected]
    is_complete = bool(expected) and len(own) == len(expected)
    if standing.by_annual and annual and not is_complete:
        making = annual
    else:
        making = [row for row in own if not of_period(row.period) & ~standing.months]
    if standing.is_absent:
        return {row.pk for row in making if row.value is None}
    numbers = [row.pk for row in making if row.value is not None]
    return set(numbers[-1:] if accumulation in LATEST else numbers)
