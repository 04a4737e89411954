"""What all regions of an area have alike in one year or period, as the database has put it together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reports.aggregation import months
from reports.aggregation.fetched import NO_FIGURE, Fetched, region_keys
from reports.aggregation.made import Coverage, Made, Origin
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import Entered
from sectors.sql.annual import NUMBERS
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, Frequency

# As plain texts, which thousands of cells are compared with.
_SUM, _MEAN, _TO_DATE = (str(way) for way in (Accumulation.FLOW, Accumulation.AVERAGE, Accumulation.CUMULATIVE))


class AreaSums(dict[str, Made | None]):
    """By code of an entered indicator the value of all regions together; None where they differ in what they have, so
    that it has to be computed over pairs.

    They are put together in one loop: a table has thousands of them.
    """

    def __init__(self, fetched: Fetched, area: int, period: PeriodKey) -> None:
        super().__init__()
        self.fetched, self.catalogue = fetched, fetched.catalogue
        self.area, self.year, self.kind = area, period.year, period.kind
        self.is_year = period.kind == Frequency.YEAR
        self.months = months.of_period(period)
        self.figures, self.differing = fetched.figures(area, period), fetched.differing(area, period)
        self._irregular = self.catalogue.irregular(period.year)
        self._origins: dict[tuple[Any, ...], Origin | None] = {}  # by sheet and what figures are made of
        self._read()

    def _read(self) -> None:
        entered, alike = self.catalogue.entered, dict[Any, tuple[Origin, int] | None]()
        for code, row in self.figures.items():
            if code not in entered:
                continue
            key = entered[code], row[7:]  # all that tells what it is made of
            try:
                found = alike[key]
            except KeyError:
                found = alike[key] = self._alike(*key)
            self[code] = found and _new(Made, (row[5], found[0], row[6], found[1], False, None, None))
        for code in (*self.differing, *(self._irregular & self.keys())):
            self[code] = None

    def __missing__(self, code: str) -> Made | None:
        entered = self.catalogue.entered.get(code)
        is_fetched = self.year in self.fetched.years and code not in self._irregular
        found = self._alike(entered, NO_FIGURE[7:]) if entered and is_fetched else None
        self[code] = found and Made(None, found[0])
        return self[code]

    def _alike(self, entered: Entered, of: tuple[Any, ...]) -> tuple[Origin, int] | None:
        """What figures are made of that are all made of the same, and how many are added up in each."""
        sheet, way, is_percent = entered
        key = sheet, of
        if key not in self._origins:
            self._origins[key] = self._origin(*key)
        origin = self._origins[key]
        if origin is None or (is_percent and len(origin.regions) > 1):
            return None
        # What counts from January on stands for the months that were left out, too: where any were, it is not like any
        # other.
        if way == _TO_DATE and self.is_year and not months.are_since_january(origin.months):
            return None
        return origin, origin.coverage.have if way == _SUM else 1 if way == _MEAN else len(origin.regions)

    def _origin(self, sheet: int, of: tuple[Any, ...]) -> Origin | None:
        answered, given, which, by_annual, joined = of
        own, annual_only, is_flat = self.fetched.counted_reporters(sheet, self.year, self.area)
        frequency = self.catalogue.frequency(sheet, self.year)
        if not self.is_year:
            annual_only, is_flat = 0, is_flat and frequency == self.kind
        if not is_flat or given != NUMBERS or (by_annual and own):
            return None
        regions, periods = region_keys(joined), PERIODS_A_YEAR[frequency] if self.is_year else 1
        coverage = Coverage(len(regions) if by_annual else answered, own * periods + annual_only)
        is_annual = bool(by_annual) or (self.is_year and frequency == Frequency.YEAR)
        is_whole = which == self.months and coverage.complete
        is_even = not regions or len(regions) == own + annual_only
        return Origin(coverage, regions, which, is_annual, is_whole, is_even)


# A table has thousands of values, and one is put together twice as fast without the steps between its class and the
# tuple that it is.
_new: Callable[[type[Made], tuple[Any, ...]], Made] = tuple.__new__
