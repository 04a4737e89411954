"""What the database gives a cube: sums of regions that have the same, who reports, and figures one by one.

The number of queries does not depend on the number of indicators, periods or regions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

from reports.aggregation import months
from reports.aggregation.formula_inputs import FormulaInputs
from reports.aggregation.inexact import Inexact
from reports.aggregation.pairs import Pairs
from reports.aggregation.region_figures import Reporters
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Region
from sectors.sql.annual import (
    EVERYTHING,
    NUMBERS,
    AreaFigure,
    Areas,
    area_reporters,
    figures_of_periods,
    figures_of_years,
    figures_one_by_one,
)
from sectors.sql.figures import words_rows
from sectors.sql.regions import Within
from sectors.vocabulary import Frequency

NO_FIGURE = AreaFigure(0, 0, 0, "", 0, None, 0, 0, NUMBERS, months.NONE, 0, "")
_Key = tuple[int, int, str, int]  # area; year, kind and number of a period
_EMPTY: Mapping[str, Any] = {}
_NOBODY = Reporters()


class Fetched:
    """Accepted figures behind some codes, of regions and areas over years."""

    def __init__(
        self,
        catalogue: CompiledCatalogue,
        regions: Sequence[Region],
        years: Collection[int],
        codes: Iterable[str],
        *,
        apart: Collection[Region],
        by_period: bool,
        also: Collection[int] = (),
    ) -> None:
        self.catalogue, self._also = catalogue, also
        self._above = {region.pk: region.parent_id for region in regions}
        self.years = sorted({year - back for year in years for back in (0, 1, 2)})
        self._read = [row for row in map(catalogue.by_code.get, sorted(catalogue.with_inputs(codes))) if row]
        self._sheets = list({row.sheet_id: None for row in self._read})
        # One by itself may have others in it that were not asked for.
        self._within = Within(self._tops, is_alone=len(self._above) == 1)
        self._areas = Areas(self._within, tuple({region.pk: None for region in apart}))
        self._figures: dict[_Key, dict[str, AreaFigure]] = defaultdict(dict)
        self._differing: dict[_Key, dict[str, list[AreaFigure]]] = defaultdict(dict)
        self._has_periods = by_period
        if self._read:
            self._keep(figures_of_years(self._areas, self.years, self._keys, by_period=by_period, also=also))
        self.given: set[tuple[int, PeriodKey]] = set()
        self.reporters = _reporters(self._fetch_reporters())
        self._nested: dict[frozenset[int], bool] = {}
        self._counted_reporters: dict[tuple[int, int, int], tuple[int, int, bool]] = {}
        self._sheet_periods: dict[tuple[int, int, int], list[tuple[Mapping[str, AreaFigure], Collection[str]]]] = {}
        self.inputs, self.inputs_of_both = _inputs(catalogue)
        above = self._above if self._read else {}
        self.inexact = Inexact(catalogue, self._within, above, self.years, self.reporters, self.inputs, also)

    def _keep(self, rows: Iterable[AreaFigure]) -> None:
        """By area and period, then by code: one row where all regions of the area have the same, or the rows."""
        codes = self.catalogue.codes
        for row in rows:
            key, code = row[1:5], codes[row[0]]
            first = self._figures[key].setdefault(code, row)
            if first is not row:
                self._differing[key].setdefault(code, [first]).append(row)

    def _key(self, area: int, period: PeriodKey) -> _Key:
        if not self._has_periods and period.kind != Frequency.YEAR:
            self._has_periods = True
            if self._read:
                self._keep(figures_of_periods(self._areas, self.years, self._keys, also=self._also))
        return area, period.year, period.kind, period.number

    def figures(self, area: int, period: PeriodKey) -> Mapping[str, AreaFigure]:
        """By code; the first one where regions differ in what they have."""
        return self._figures.get(self._key(area, period), _EMPTY)

    def differing(self, area: int, period: PeriodKey) -> Mapping[str, Sequence[AreaFigure]]:
        """All rows of the codes in which regions differ."""
        return self._differing.get(self._key(area, period), _EMPTY)

    def periods_of_year(self, area: int, code: str, year: int) -> list[AreaFigure] | None:
        """The rows of an indicator's periods in the order of time; None where regions differ in what they have."""
        sheet, found = self.catalogue.sheet_of[code], list[AreaFigure]()
        if code in self.catalogue.irregular(year) or not self.counted_reporters(sheet, year, area)[2]:
            return None
        for figures, differing in self._of_sheet(area, sheet, year):
            row = figures.get(code)
            if row is None:
                continue
            if row.given != NUMBERS or code in differing or (found and not are_same_regions(row, found[0])):
                return None
            found.append(row)
        return found

    def _of_sheet(self, area: int, sheet: int, year: int) -> Sequence[tuple[Mapping[str, AreaFigure], Collection[str]]]:
        """Figures of the periods of a sheet, and the codes of those in which regions differ."""
        key = area, sheet, year
        if key not in self._sheet_periods:
            periods = self.catalogue.own_periods(sheet, year)
            self._sheet_periods[key] = [(self.figures(area, one), self.differing(area, one)) for one in periods]
        return self._sheet_periods[key]

    @cached_property
    def _keys(self) -> list[int]:
        """Most of the catalogue is fetched sooner whole than by naming it."""
        whole = 2 * len(self._read) >= len(self.catalogue.indicators)
        return [] if whole else [indicator.pk for indicator in self._read]

    def _fetch_reporters(self) -> dict[tuple[int, int, int], Reporters]:
        """By area, sheet and year; beside it the periods that anybody has a submission of a sheet for."""
        kinds: dict[tuple[int, int, int], dict[str, frozenset[int]]] = defaultdict(dict)
        rows = area_reporters(self._areas, self.years, self._sheets) if self._read else ()
        for sheet, area, year, kind, regions, periods in rows:
            kinds[area, sheet, year][kind] = region_keys(regions)
            if area == EVERYTHING:
                self.given |= {(sheet, PeriodKey(year, kind, number)) for number in region_keys(periods)}
        return {key: self._reporting(key[1], key[2], found) for key, found in kinds.items()}

    def _reporting(self, sheet: int, year: int, kinds: Mapping[str, frozenset[int]]) -> Reporters:
        own = kinds.get(self.catalogue.frequency(sheet, year), frozenset())
        return Reporters(own, kinds.get(Frequency.YEAR, frozenset()) - own)

    @cached_property
    def words(self) -> Mapping[tuple[str, int, int], Mapping[int, Mapping[tuple[str, int], str]]]:
        """What was reported in words: by code, area and year, then by region, then by kind and number of the period."""
        keys = [row.pk for row in self._read if row.is_words]
        found: dict[tuple[str, int, int], dict[int, dict[tuple[str, int], str]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        if not keys:
            return found
        areas: dict[int, list[int]] = defaultdict(list)
        for region, area in _areas(self._above, self._areas.apart):
            areas[region].append(area)
        rows = words_rows(self._within, self.years, keys, accepted=True, also=self._also)
        for key, region, kind, year, number, words in rows:
            for area in areas[region]:
                found[self.catalogue.codes[key], area, year][region][kind, number] = words
        return found

    # Where regions or years differ

    @cached_property
    def pairs(self) -> Pairs:
        codes, keys = self.catalogue.codes, self._keys
        rows = figures_one_by_one(self._within, self.years, keys, self._also)
        figures = ((codes[row[0]], *row[1:]) for row in rows)
        return Pairs(self.catalogue, self._above, self.reporters, self.inputs, figures)

    def roots(self, area: int) -> tuple[int, ...]:
        """The regions at the top of an area."""
        return (area,) if area != EVERYTHING else self._tops

    @cached_property
    def _tops(self) -> tuple[int, ...]:
        return tuple(region for region, above in self._above.items() if above not in self._above)

    def counted_reporters(self, sheet: int, year: int, area: int) -> tuple[int, int, bool]:
        """How many regions of an area report a sheet in a year for its own periods, and how many for the whole year
        only; whether none of them lies in another."""
        key = sheet, year, area
        found = self._counted_reporters.get(key)
        if found is None:
            of = self.reporters(sheet, year, area)
            found = self._counted_reporters[key] = len(of.own), len(of.annual_only), not self._is_nested(of.all)
        return found

    def _is_nested(self, regions: frozenset[int]) -> bool:
        """Whether one of some regions lies in another."""
        found = self._nested.get(regions)
        if found is None:
            found = self._nested[regions] = any(not regions.isdisjoint(self._lies_in(region)) for region in regions)
        return found

    def _lies_in(self, region: int) -> Iterable[int]:
        above = self._above.get(region)
        while above is not None:
            yield above
            above = self._above.get(above)


def _reporters(found: Mapping[tuple[int, int, int], Reporters]) -> Callable[..., Reporters]:
    """Who reports a sheet in a year, in an area or everywhere."""
    return lambda sheet, year, area=EVERYTHING: found.get((area, sheet, year), _NOBODY)


@lru_cache(maxsize=1024)
def region_keys(joined: str) -> frozenset[int]:
    """Keys of regions from a text with commas."""
    return frozenset(map(int, joined.split(","))) if joined else frozenset()


def are_same_regions(one: AreaFigure, other: AreaFigure) -> bool:
    return one.regions == other.regions or region_keys(one.regions) == region_keys(other.regions)


@lru_cache(maxsize=1)
def _inputs(catalogue: CompiledCatalogue) -> tuple[Callable[[str], FormulaInputs], Callable[[str], FormulaInputs]]:
    """What an indicator is made of, and what it is made of together with the year before; by code."""
    inputs: Callable[[str], FormulaInputs] = cache(lambda code: FormulaInputs.of(catalogue, code))
    return inputs, cache(lambda code: inputs(code).with_year_before())


def _areas(above: Mapping[int, int | None], apart: Collection[int]) -> list[tuple[int, int]]:
    """Each region with the areas that it counts for: everything, and those of `apart` that it lies in."""
    wanted = set(apart)
    found = [(pk, EVERYTHING) for pk in above]
    for pk in above if wanted else ():
        step: int | None = pk
        while step is not None:
            if step in wanted:
                found.append((pk, step))
            step = above.get(step)
    return found
