"""A value over time: its periods, and years that have none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from reports.aggregation.cube import AnnualValue, Cube
from sectors.calculation.bounded import EXACTLY, Marked
from sectors.calculation.cells import formatted, unit_behind
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Indicator
from sectors.vocabulary import AMOUNTS, Frequency


class TrendPoint(NamedTuple):
    """A value and the decimals that it is printed with, or words in its place."""

    at: PeriodKey
    value: Decimal | None
    places: int
    indicator: Indicator
    not_applicable: bool
    marked: Marked = EXACTLY
    words: str = ""

    @property
    def label(self) -> str:
        return self.at.label

    @property
    def text(self) -> str:
        return self.words or self._written("")

    @property
    def text_with_unit(self) -> str:
        return self._written(unit_behind(self.indicator.unit.name))

    def _written(self, unit: str) -> str:
        rounding = self.marked.rounding(self.indicator.rounding)
        return self.marked.write(formatted(self.value, self.places, rounding), unit, self.at.year)


def trend(cube: Cube, indicator: Indicator, years: Collection[int], catalogue: CompiledCatalogue) -> list[TrendPoint]:
    """Values of the periods, in the order of time. A year without periods stands for itself, unless it is an amount:
    a year's amount is not to be held against a quarter's. What is still to come is left out."""
    is_amount = indicator.accumulation in AMOUNTS and not indicator.unit.is_percent
    found: list[TrendPoint] = []
    for year in sorted(years):
        frequency = catalogue.frequency(indicator.sheet_id, year)
        periods = [point(cube, indicator, at) for at in cube.periods(year) if at.kind == frequency]
        if any(point.value is not None for point in periods):
            found += periods
        elif not is_amount or frequency == Frequency.YEAR:
            found.append(point(cube, indicator, PeriodKey.whole(year)))
    while found and found[-1].value is None:
        found.pop()
    while found and found[0].value is None:
        del found[0]
    return found


def point(cube: Cube, indicator: Indicator, at: PeriodKey) -> TrendPoint:
    """A value of one period, or year, with nothing beside it."""
    place = cube.at(at)
    code = indicator.code
    value, places = place.number(code)
    absent = value is None and place.made(code).not_applicable
    words = place[code].words if indicator.is_words else ""
    return TrendPoint(at, value, places, indicator, absent, place.marked(code), words)


def largest(values: Iterable[AnnualValue]) -> Sequence[AnnualValue]:
    """Those that are there, the largest first."""
    return sorted((one for one in values if one.value is not None), key=lambda one: -(one.value or 0))
