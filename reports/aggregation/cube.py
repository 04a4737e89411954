"""The only place that sums: annual values of a region from accepted submissions, last year's beside them.

The database adds up: what a period or a year is for one region, and what regions make together. What is left to do
here is to compute computed indicators from the rolled-up parts. The number of queries does not depend on the number
of indicators, periods or regions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Count, Q

from reports.aggregation.values import AnnualValue, Coverage
from sectors.calculation.evaluation import Evaluation
from sectors.calculation.formulas import Name
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Indicator, Region, Submission
from sectors.sql.annual import Areas, area_expected, area_figures
from sectors.sql.regions import regions_within
from sectors.vocabulary import Frequency, SubmissionStatus

__all__ = ["AnnualValue", "Coverage", "Cube", "annual", "years_with_data"]

EVERYTHING = 0  # the area that is all regions together; others have the key of a region
_Place = tuple[int, int, str, int]  # area; year, kind and number of a period

# Figures of one indicator in one area and period, or year, as the statement gives them: value, decimals given, 1 where
# all who reported said that it does not apply, how many reported it, and more than 0 where periods made the value.
_Rolled = tuple[Decimal | None, int, int, int, int]
_NOTHING: _Rolled = (None, 0, 0, 0, 0)


def annual(region: Region, year: int, indicators: Iterable[Indicator] | None = None) -> dict[str, AnnualValue]:
    """Annual values by indicator code for the region with all regions in it, in the order of the report.

    `indicators` (with `unit` and `sheet` fetched) defaults to all that are valid at the end of the year.
    """
    catalogue = compiled.catalogue()
    indicators = catalogue.of_year(year) if indicators is None else indicators
    return Cube(list(regions_within(region)), (year,), indicators, catalogue=catalogue).annual(year)


def years_with_data(region: Region) -> list[tuple[int, bool]]:
    """Years for which the region (or one in it) has accepted submissions, latest first, and whether any is demo."""
    accepted = Submission.objects.filter(region__in=regions_within(region), status=SubmissionStatus.ACCEPTED)
    counted = (
        accepted.order_by("-period__year")
        .values_list("period__year")
        .annotate(demo=Count("pk", filter=Q(is_demo=True)))
    )
    return [(year, demo > 0) for year, demo in counted]


class Cube:
    """Values of indicators over years, periods and regions, from a number of queries that none of them changes.

    `regions` are one region and all in it, `indicators` come with `unit` and `sheet` fetched. `apart` are regions among
    them whose values, with all in them, are wanted by themselves too, `by_period` says that values of periods are.
    `catalogue` is the one of now, if it was asked for already.
    """

    def __init__(
        self,
        regions: Sequence[Region],
        years: Collection[int],
        indicators: Iterable[Indicator],
        *,
        apart: Collection[Region] = (),
        by_period: bool = False,
        catalogue: CompiledCatalogue | None = None,
    ) -> None:
        self.indicators = {indicator.code: indicator for indicator in indicators}
        self._catalogue = catalogue or compiled.catalogue()
        by_code = self._catalogue.by_code
        areas = _areas(regions, apart)
        with_earlier = sorted({year - back for year in years for back in (0, 1, 2)})
        read = [by_code[code] for code in self._catalogue.with_inputs(self.indicators) if code in by_code]
        self._figures = _figures(areas, with_earlier, read, self._catalogue, by_period=by_period)
        self._expected = _expected(areas, with_earlier, read)
        self._values: dict[_Place, _Values] = {}
        self._periods: dict[int, list[PeriodKey]] = {}

    def annual(self, year: int, region: Region | None = None) -> dict[str, AnnualValue]:
        """By indicator code; of everything, or of one region that was named in `apart`."""
        values = self.at(PeriodKey.whole(year), region)
        return {code: values[code] for code in self.indicators}

    def at(self, period: PeriodKey, region: Region | None = None) -> _Values:
        """The same for one period: a flow is the period's own amount, a ratio is computed from the period's parts.

        `last` is the same period a year before, and the coverage counts the regions that report.
        """
        place = (region.pk if region else EVERYTHING, period.year, period.kind, period.number)
        if place not in self._values:
            self._values[place] = self._read(*place)
        return self._values[place]

    def _read(self, area: int, year: int, kind: str, number: int) -> _Values:
        back = [self._figures.get((area, year - steps, kind, number), {}) for steps in (0, 1, 2)]
        expected = self._expected.get((area, year, kind, number), {})
        return _Values(self._catalogue, self.indicators, back, expected)

    def periods(self, year: int) -> list[PeriodKey]:
        """Periods of the year in which something shown was reported or is expected, in the order of time."""
        if year not in self._periods:
            sheets = {indicator.sheet_id for indicator in self.indicators.values()}
            found = [
                PeriodKey(of, kind, number)
                for (area, of, kind, number), expected in self._expected.items()
                if area == EVERYTHING and of == year and kind != Frequency.YEAR and not sheets.isdisjoint(expected)
            ]
            self._periods[year] = sorted(found)
        return self._periods[year]


def _areas(regions: Sequence[Region], apart: Collection[Region]) -> list[tuple[int, int]]:
    """Each region with the areas that it counts for: everything, and those of `apart` that it lies in."""
    above = {region.pk: region.parent_id for region in regions}
    wanted = {region.pk for region in apart}
    found = [(pk, EVERYTHING) for pk in above]
    for pk in above if wanted else ():
        step: int | None = pk
        while step is not None:
            if step in wanted:
                found.append((pk, step))
            step = above.get(step)
    return found


def _figures(
    areas: Areas, years: Sequence[int], read: Sequence[Indicator], catalogue: CompiledCatalogue, *, by_period: bool
) -> dict[_Place, dict[str, _Rolled]]:
    """By area and period, then by code."""
    found: dict[_Place, dict[str, _Rolled]] = defaultdict(dict)
    # Most of the catalogue is fetched sooner whole than by naming it.
    keys = [indicator.pk for indicator in read] if 2 * len(read) < len(catalogue.indicators) else []
    for row in area_figures(areas, years, indicators=keys, by_period=by_period) if read else ():
        found[row[1:5]][catalogue.codes[row[0]]] = row[5:]
    return found


def _expected(areas: Areas, years: Sequence[int], read: Sequence[Indicator]) -> dict[_Place, dict[int, int]]:
    """By area and period, then by sheet."""
    found: dict[_Place, dict[int, int]] = defaultdict(dict)
    sheets = list({indicator.sheet_id: None for indicator in read})
    for row in area_expected(areas, years, sheets) if sheets else ():
        found[row[1:5]][row[0]] = row[5]
    return found


class _Values(dict[str, AnnualValue]):
    """Values of one period or year and area by code, each put together when it is first asked for."""

    def __init__(
        self,
        catalogue: CompiledCatalogue,
        indicators: Mapping[str, Indicator],
        back: Sequence[Mapping[str, _Rolled]],
        expected: Mapping[int, int],
    ) -> None:
        super().__init__()
        self.catalogue, self.indicators, self.expected = catalogue, indicators, expected
        self.sheet_of = catalogue.sheet_of
        self.now, self.before = back[0], back[1]
        self.back = back

    @cached_property
    def evaluation(self) -> Evaluation:
        reported = _Reported(self.back)
        return Evaluation(self.catalogue.definitions, reported, reported)

    def number(self, code: str) -> tuple[Decimal | None, int]:
        """The value and the decimals that it is printed with, for whoever shows nothing else of it."""
        indicator, row = self.indicators[code], self.now.get(code, _NOTHING)
        value = self.evaluation.value(code) if indicator.formula else row[0]
        # Declared, where its parts are missing.
        return row[:2] if value is None and row[0] is not None else (value, indicator.decimals)

    def __missing__(self, code: str) -> AnnualValue:
        indicator = self.indicators[code]
        if indicator.formula:
            found = self[code] = self._computed(indicator, code)
            return found
        value, places, absent, have, periods = self.now.get(code, _NOTHING)
        last = self.before.get(code, _NOTHING)[0]
        coverage = _coverage(have, self.expected.get(self.sheet_of[code], 0))
        source = "" if value is None else "periods" if periods else "annual"
        found = self[code] = _new(AnnualValue, (indicator, value, last, coverage, source, None, places, absent > 0))
        return found

    def _computed(self, indicator: Indicator, code: str) -> AnnualValue:
        """Computed from its parts; where they are missing, what was declared."""
        declared, places, absent, _have, _periods = self.now.get(code, _NOTHING)
        value, last = self.evaluation.value(code), self.evaluation.value(code, 1)
        source, coverage = "" if value is None else "computed", self._coverage(code)
        if value is None and declared is not None:
            value, source, coverage = declared, "declared", self._own_coverage(code)
        if last is None:
            last = self.before.get(code, _NOTHING)[0]
        return AnnualValue(indicator, value, last, coverage, source, declared, places, absent > 0)

    def _coverage(self, code: str) -> Coverage:
        """A computed value is covered as well as the least covered of what was entered for it."""
        return min(map(self._own_coverage, self.catalogue.entered_for(code)), key=_share, default=Coverage(0, 0))

    def _own_coverage(self, code: str) -> Coverage:
        return _coverage(self.now.get(code, _NOTHING)[3], self.expected.get(self.sheet_of[code], 0))


# A table has thousands of cells: a handful of these stand in all of them, and a value is put together twice as fast
# without the steps between its class and the tuple that it is.
_coverage = lru_cache(maxsize=4096)(Coverage)
_new: Callable[[type[AnnualValue], tuple[Any, ...]], AnnualValue] = tuple.__new__


def _share(coverage: Coverage) -> float:
    return coverage.share


class _Reported:
    """Figures for an evaluation by code and number of years back, and which of them do not apply."""

    def __init__(self, back: Sequence[Mapping[str, _Rolled]]) -> None:
        self.back = back

    def get(self, name: Name, /) -> Decimal | None:
        code, steps = name
        return self.back[steps].get(code, _NOTHING)[0] if steps < len(self.back) else None

    def __contains__(self, name: Name, /) -> bool:
        code, steps = name
        return steps < len(self.back) and self.back[steps].get(code, _NOTHING)[2] > 0
