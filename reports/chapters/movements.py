"""What has become better or worse against last year, and by how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from reports.aggregation.cube import AnnualValue
from reports.chapters.annexes import change_text
from reports.chapters.directions import better, ordinary_change
from reports.chapters.shortfalls import NOTICEABLE
from sectors.calculation.formulas import LAST_YEAR
from sectors.checks.growth import RATE, growth_of
from sectors.checks.rulebooks import rulebooks
from sectors.models import Indicator

# How many fail depends on how many are tested: of these only a rate tells whether it became better.
FAILED = "不合格"


@dataclass(frozen=True)
class Movement:
    """How a value has changed over like pairs: `text` as printed, `code` of the figure that says so. `size` is measured
    by what is an ordinary change, and positive where it is for the better."""

    value: AnnualValue
    text: str
    code: str
    size: Decimal

    @property
    def indicator(self) -> Indicator:
        return self.value.indicator


def of(values: Iterable[AnnualValue]) -> list[Movement]:
    """Of those of which it is known what is better, and whose change is to be noticed; in the order of the report.

    Where nothing can be compared here, what was declared as growth within the year says it.
    """
    by_code = {value.indicator.code: value for value in values}
    specs = rulebooks().indicators
    found: list[Movement | None] = []
    for code, value in by_code.items():
        growth = growth_of(specs[code])
        is_declared = growth is not None and growth.way == RATE and growth.moment == LAST_YEAR and growth.of in by_code
        found.append(_declared(value, by_code[growth.of]) if growth and is_declared else _compared(value))
    return [one for one in found if one is not None and one.size]


def _compared(value: AnnualValue) -> Movement | None:
    change, indicator = value.rounded_change, value.indicator
    if FAILED in indicator.name and not indicator.unit.is_percent:
        return None
    if change is None or value.is_unchanged or (value.is_partial and value.grows):
        return None
    if indicator.unit.is_percent and abs(change) < NOTICEABLE:
        return None
    return Movement(value, change_text(value), indicator.code, change / ordinary_change(indicator) * better(indicator))


def _declared(growth: AnnualValue, value: AnnualValue) -> Movement | None:
    """Whose growth is asked for is to grow, unless its name or target says otherwise."""
    if growth.value is None or growth.bounds or value.value is None or value.comparison is not None:
        return None
    text = f"{'+' if growth.value > 0 else ''}{growth.text_with_unit}"
    size = growth.value / ordinary_change(value.indicator) * (better(value.indicator) or 1)
    return Movement(value, text, growth.indicator.code, size)
