"""What all regions of an area have alike in one year or period, as the database has put it together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from reports.aggregation import months
from reports.aggregation.fetched import NO_FIGURE, Fetched, region_keys
from reports.aggregation.pairs import Made
from reports.aggregation.values import Coverage
from sectors.calculation.periods import PeriodKey
from sectors.sql.annual import NUMBERS, AreaFigure
from sectors.vocabulary import Accumulation, Frequency

# As plain texts, which thousands of cells are compared with.
_SUM, _MEAN, _TO_DATE = (str(way) for way in (Accumulation.FLOW, Accumulation.AVERAGE, Accumulation.CUMULATIVE))


class SheetReporters(NamedTuple):
    """Of an area: how many regions report a sheet in a year, or period, and whether none of them lies in another."""

    own: int
    annual_only: int
    all: int
    is_flat: bool


class AreaSums(dict[str, AreaFigure | None]):
    """By code the figure of all regions together: `NO_FIGURE` where none has one, None where they differ in what they
    have, so that it has to be computed over pairs.

    Figures, and the values of what is entered, are worked out in one loop each: a table has thousands of them.
    """

    def __init__(self, fetched: Fetched, area: int, period: PeriodKey) -> None:
        super().__init__()
        self.fetched, self.catalogue = fetched, fetched.catalogue
        self.area, self.year, self.kind = area, period.year, period.kind
        self.is_year = period.kind == Frequency.YEAR
        self.months = months.of_period(period)
        self.figures, self.differing = fetched.figures(area, period), fetched.differing(area, period)
        self.irregular = self.catalogue.irregular(period.year)
        self._sheets: dict[int, SheetReporters] = {}
        self._read()

    def _read(self) -> None:
        sheet_of, by_code, is_year = self.catalogue.sheet_of, self.catalogue.by_code, self.is_year
        for code, row in self.figures.items():
            sheet = self._sheets.get(sheet_of[code]) or self.sheet(sheet_of[code])
            is_alike = sheet.is_flat and row.given == NUMBERS and not (row.by_annual and sheet.own)
            # What counts from January on stands for the months that were left out, too: where any were, it is not like
            # any other.
            if is_year and by_code[code].accumulation == _TO_DATE:
                is_alike = is_alike and months.are_since_january(row.months)
            self[code] = row if is_alike and code not in self.differing and code not in self.irregular else None

    def __missing__(self, code: str) -> AreaFigure | None:
        is_fetched = self.year in self.fetched.years and code not in self.irregular
        found = self[code] = NO_FIGURE if is_fetched and self.sheet(self.catalogue.sheet_of[code]).is_flat else None
        return found

    def sheet(self, sheet: int) -> SheetReporters:
        found = self._sheets.get(sheet)
        if found is None:
            found = self._sheets[sheet] = self._reporters(sheet)
        return found

    def _reporters(self, sheet: int) -> SheetReporters:
        own, annual_only, is_flat = self.fetched.counted_reporters(sheet, self.year, self.area)
        if self.is_year:
            return SheetReporters(own, annual_only, own + annual_only, is_flat)
        return SheetReporters(own, 0, own, is_flat and self.catalogue.frequency(sheet, self.year) == self.kind)

    def coverage(self, code: str) -> Coverage:
        """How much of what is expected of a figure is there."""
        sheet, row = self.sheet(self.catalogue.sheet_of[code]), self[code] or NO_FIGURE
        have = len(region_keys(row.regions)) if row.by_annual else row.answered
        return _coverage(have, sheet.own * self._expected(code) + sheet.annual_only)

    def _expected(self, code: str) -> int:
        return len(self.catalogue.expected_periods(code, self.year)) if self.is_year else 1

    def is_of_all(self, code: str, regions: int) -> bool:
        """Whether so many regions are all that report it."""
        return regions == self.sheet(self.catalogue.sheet_of[code]).all

    def entered(self, codes: Iterable[str]) -> dict[str, Made]:
        """Values of entered indicators, of those that all regions have alike; percentages of several are none."""
        sheet_of, by_code, expected = self.catalogue.sheet_of, self.catalogue.by_code, self.catalogue.expected_periods
        found: dict[str, Made] = {}
        for code in codes:
            row = self[code]
            if row is None or ("," in row.regions and self.fetched.inputs(code).percentages):
                continue
            own, annual_only, everybody, _is_flat = self._sheets.get(sheet_of[code]) or self.sheet(sheet_of[code])
            regions = region_keys(row.regions)
            addends = count = len(regions)
            have, way = count if row.by_annual else row.answered, by_code[code].accumulation
            periods = len(expected(code, self.year)) if self.is_year else 1
            coverage = _coverage(have, own * periods + annual_only)
            if not count:
                found[code] = Made(None, coverage)
                continue
            if way == _MEAN:
                addends = 1
            elif way == _SUM:
                addends = have
            is_whole = row.months == self.months and have >= coverage.expected > 0
            found[code] = _made(
                Made,
                (
                    *(row.value, coverage, regions, row.months, bool(row.by_annual), is_whole, False, None, None),
                    *(row.places, addends, count == everybody),
                ),
            )
        return found


# A handful of coverages stand in all cells of a table, and a value is put together twice as fast without the steps
# between its class and the tuple that it is.
_coverage = lru_cache(maxsize=4096)(Coverage)
_made: Callable[[type[Made], tuple[Any, ...]], Made] = tuple.__new__
