"""The only place that sums: annual values of a region from accepted submissions, last year's beside them.

docs/figures.md says what is computed. The database puts together regions whose years, or periods, are made of the same;
where all that is read and compared is, as in most cases, the rest is computed from these sums. Where it is not, figures
are fetched one by one and `pairs` computes over what regions and years have in common. The number of queries does not
depend on the number of indicators, periods or regions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

from django.db.models import Count, Q

from reports.aggregation import months
from reports.aggregation.formula_inputs import FormulaInputs
from reports.aggregation.months import Months
from reports.aggregation.pairs import Made, Pairs, Reporters, least
from reports.aggregation.values import AnnualValue, Comparison, Coverage, Gap
from sectors.calculation.evaluation import Evaluation
from sectors.calculation.formulas import Name
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Indicator, Region, Submission
from sectors.sql.annual import (
    NUMBERS,
    AreaFigure,
    Areas,
    area_figures,
    area_reporters,
    figures_one_by_one,
    given_periods,
)
from sectors.sql.regions import regions_within
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, Frequency, SubmissionStatus

__all__ = ["AnnualValue", "Comparison", "Coverage", "Cube", "Gap", "annual", "years_with_data"]

EVERYTHING = 0  # the area that is all regions together; others have the key of a region
_Place = tuple[int, int, str, int]  # area; year, kind and number of a period


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
        self.catalogue = catalogue or compiled.catalogue()
        self._above = {region.pk: region.parent_id for region in regions}
        self._years = sorted({year - back for year in years for back in (0, 1, 2)})
        self._read = [row for row in map(self.catalogue.by_code.get, self._codes_read()) if row]
        self._sheets = list({row.sheet_id: None for row in self._read})
        areas = _areas(self._above, apart)
        self._figures = self._fetched(areas, by_period=by_period)
        self._reporters = self._fetch_reporters(areas)
        self._values: dict[_Place, _Values] = {}
        self._periods: dict[int, list[PeriodKey]] = {}
        self.inputs: Callable[[str], FormulaInputs] = cache(lambda code: FormulaInputs.of(self.catalogue, code))

    def _codes_read(self) -> Iterable[str]:
        return sorted(self.catalogue.with_inputs(self.indicators))

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
            self._values[place] = _Values(self, place[0], period)
        return self._values[place]

    def periods(self, year: int) -> list[PeriodKey]:
        """Periods of the year in which something shown was reported or is expected, in the order of time."""
        if year not in self._periods:
            sheets = {indicator.sheet_id for indicator in self.indicators.values()}
            found = {
                PeriodKey(of, kind, number)
                for sheet, of, kind, number in self._given
                if of == year and kind != Frequency.YEAR and sheet in sheets
            }
            own = {period for sheet in sheets for period in self.catalogue.own_periods(sheet, year)}
            self._periods[year] = sorted(found & own)
        return self._periods[year]

    # What was reported

    def _fetched(self, areas: Areas, *, by_period: bool) -> dict[_Place, dict[str, list[AreaFigure]]]:
        """By area and period, then by code: one row where all regions of the area have the same."""
        found: dict[_Place, dict[str, list[AreaFigure]]] = defaultdict(lambda: defaultdict(list))
        codes = self.catalogue.codes
        for row in area_figures(areas, self._years, indicators=self._keys, by_period=by_period) if self._read else ():
            found[row[1:5]][codes[row[0]]].append(row)
        return found

    @cached_property
    def _keys(self) -> list[int]:
        """Most of the catalogue is fetched sooner whole than by naming it."""
        whole = 2 * len(self._read) >= len(self.catalogue.indicators)
        return [] if whole else [indicator.pk for indicator in self._read]

    def _fetch_reporters(self, areas: Areas) -> dict[tuple[int, int, int], Reporters]:
        """By area, sheet and year."""
        kinds: dict[tuple[int, int, int], dict[str, frozenset[int]]] = defaultdict(dict)
        for sheet, area, year, kind, regions in area_reporters(areas, self._years, self._sheets) if self._read else ():
            kinds[area, sheet, year][kind] = region_keys(regions)
        return {key: self._reporting(key[1], key[2], found) for key, found in kinds.items()}

    def _reporting(self, sheet: int, year: int, kinds: Mapping[str, frozenset[int]]) -> Reporters:
        own = kinds.get(self.catalogue.frequency(sheet, year), frozenset())
        return Reporters(own, kinds.get(Frequency.YEAR, frozenset()) - own)

    def reporters(self, sheet: int, year: int, area: int = EVERYTHING) -> Reporters:
        return self._reporters.get((area, sheet, year), _NOBODY)

    def figures(self, area: int, period: PeriodKey) -> Mapping[str, Sequence[AreaFigure]]:
        return self._figures.get((area, period.year, period.kind, period.number), {})

    @cached_property
    def _given(self) -> Sequence[tuple[int, int, str, int]]:
        return given_periods(list(self._above), self._years, self._sheets) if self._read else ()

    # Where regions or years differ

    @cached_property
    def pairs(self) -> Pairs:
        codes, keys = self.catalogue.codes, self._keys
        rows = figures_one_by_one(list(self._above), self._years, keys)
        figures = ((codes[row[0]], *row[1:]) for row in rows)
        return Pairs(self.catalogue, self._above, self.reporters, self.inputs, figures)

    def roots(self, area: int) -> tuple[int, ...]:
        """The regions at the top of an area."""
        return (area,) if area != EVERYTHING else self._tops

    @cached_property
    def _tops(self) -> tuple[int, ...]:
        return tuple(region for region, above in self._above.items() if above not in self._above)

    @cached_property
    def is_nested(self) -> Callable[[frozenset[int]], bool]:
        """Whether one of some regions lies in another."""
        return cache(lambda regions: any(not regions.isdisjoint(self._lies_in(region)) for region in regions))

    def _lies_in(self, region: int) -> Iterable[int]:
        above = self._above.get(region)
        while above is not None:
            yield above
            above = self._above.get(above)

    @cached_property
    def is_plain(self) -> Callable[[str, int], bool]:
        """Whether an indicator is expected for all periods that its sheet's present frequency makes of a year."""
        return cache(self._is_plain)

    def _is_plain(self, code: str, year: int) -> bool:
        row = self.catalogue.by_code[code]
        frequency = self.catalogue.sheets[row.sheet_id].frequency
        expected = self.catalogue.expected_periods(code, year)
        return len(expected) == PERIODS_A_YEAR[frequency] and all(period.kind == frequency for period in expected)


_NOBODY = Reporters()


@lru_cache(maxsize=1024)
def region_keys(joined: str) -> frozenset[int]:
    """Keys of regions from a text with commas."""
    return frozenset(map(int, joined.split(",")))


def _areas(above: Mapping[int, int | None], apart: Collection[Region]) -> list[tuple[int, int]]:
    """Each region with the areas that it counts for: everything, and those of `apart` that it lies in."""
    wanted = {region.pk for region in apart}
    found = [(pk, EVERYTHING) for pk in above]
    for pk in above if wanted else ():
        step: int | None = pk
        while step is not None:
            if step in wanted:
                found.append((pk, step))
            step = above.get(step)
    return found


class _Alike(NamedTuple):
    """What all regions of an area have of something, where it is the same."""

    months_set: Months = months.NONE
    regions: frozenset[int] = frozenset()
    by_annual: bool = False


class _Declared(NamedTuple):
    """A department's own statement of a computed value; None: not applicable."""

    value: Decimal | None
    places: int
    region: int


class _Values(dict[str, AnnualValue]):
    """Values of one period or year and area by code, each put together when it is first asked for."""

    def __init__(self, cube: Cube, area: int, period: PeriodKey) -> None:
        super().__init__()
        self.cube, self.area, self.period, self.catalogue = cube, area, period, cube.catalogue
        self.is_year, self.months = period.kind == Frequency.YEAR, months.of_period(period)
        self.back = [cube.figures(area, _years_before(period, steps)) for steps in (0, 1, 2)]

    def number(self, code: str) -> tuple[Decimal | None, int]:
        """The value and the decimals that it is printed with, for whoever shows nothing else of it."""
        found = self[code]
        return found.value, found.places

    def __missing__(self, code: str) -> AnnualValue:
        inputs, indicator = self.cube.inputs(code), self.cube.indicators[code]
        now, last = self._made(code, inputs, 0), self._made(code, inputs, 1)
        comparison = self._comparison(code, inputs, now, last)
        if indicator.formula and self.is_year:
            declared, before = self._declared(code, 0), self._declared(code, 1)
            if declared or before:
                found = self[code] = self._with_declared(code, now, last, comparison, declared, before)
                return found
        source = self._source(code, now)
        values = (indicator, now.value, last.value, now.coverage, source, None, now.places, now.not_applicable)
        more = (comparison, last.coverage, now.other, now.reason, now.months or self.months, now.addends, inputs.grows)
        found = self[code] = _new(AnnualValue, values + more)
        return found

    def _source(self, code: str, now: Made) -> str:
        if now.value is None:
            return ""
        if self.cube.indicators[code].formula:
            return "computed"
        return "annual" if now.is_annual or (self.is_year and self._frequency(code, 0) == Frequency.YEAR) else "periods"

    def _frequency(self, code: str, back: int) -> str:
        return self.catalogue.frequency(self.catalogue.sheet_of[code], self.period.year - back)

    # Computed from sums where all is alike, else over pairs

    def _made(self, code: str, inputs: FormulaInputs, back: int) -> Made:
        names = [(name, steps + back) for name, steps in inputs.names]
        alike = self._alike(names, inputs)
        if alike is None:
            period = _years_before(self.period, back)
            return self.cube.pairs.made(code, self.cube.roots(self.area), period.year, None if self.is_year else period)
        coverages = [self._coverage(name, steps + back, alike) for name, steps in inputs.of_the_time]
        coverage = least(coverages)
        if not alike.regions:
            return Made(None, coverage)
        value = self.evaluation.value(code, back)
        found = Made(value, coverage, alike.regions, alike.months_set, alike.by_annual)
        if value is None:
            return found._replace(reason=Gap.UNDEFINED)
        return found if self.cube.indicators[code].formula else found._replace(**self._digits(code, back, alike))

    def _digits(self, code: str, back: int, alike: _Alike) -> dict[str, Any]:
        """How exact the figures are that an entered indicator's value is made of."""
        row, accumulation = self.back[back][code][0], self.catalogue.by_code[code].accumulation
        if accumulation == Accumulation.AVERAGE:
            return {"places": row.places, "addends": 1}
        is_sum = accumulation == Accumulation.FLOW and not row.by_annual
        return {"places": row.places, "addends": row.answered if is_sum else len(alike.regions)}

    def _comparison(self, code: str, inputs: FormulaInputs, now: Made, last: Made) -> Comparison | None:
        if now.value is None or last.value is None:
            return None
        alike = self._alike(inputs.with_year_before().names, inputs)
        if alike is None:
            period = None if self.is_year else self.period
            return self.cube.pairs.comparison(code, self.cube.roots(self.area), self.period.year, period)
        is_whole = now.coverage.complete and last.coverage.complete and alike.months_set == self.months
        count = len(alike.regions)
        return Comparison(now.value, last.value, alike.months_set, count, count, is_whole)

    def _alike(self, names: Iterable[Name], inputs: FormulaInputs) -> _Alike | None:
        """None where regions, or the things that are read, differ in what there is of them."""
        found: _Alike | None = None
        for code, back in names:
            one = self._alike_of(code, back)
            if one is None or (found is not None and one[:2] != found[:2]):
                return None
            found = one
        if found and len(found.regions) > 1 and (inputs.has_product or inputs.percentages):
            return None
        return found

    def _alike_of(self, code: str, back: int) -> _Alike | None:
        cube, year = self.cube, self.period.year - back
        if back >= len(self.back) or not cube.is_plain(code, year):
            return None
        sheet, rows = self.catalogue.sheet_of[code], self.back[back].get(code, ())
        reporters = cube.reporters(sheet, year, self.area)
        if cube.is_nested(reporters.all) or not (
            self.is_year or self.catalogue.frequency(sheet, year) == self.period.kind
        ):
            return None
        if not rows:
            return _Alike()
        row = rows[0]
        if len(rows) > 1 or row.given != NUMBERS or (row.by_annual and reporters.own):
            return None
        to_date = self.is_year and self.catalogue.by_code[code].accumulation == Accumulation.CUMULATIVE
        if to_date and row.months != months.YEAR:
            return None
        return _Alike(row.months, region_keys(row.regions), bool(row.by_annual))

    def _coverage(self, code: str, back: int, alike: _Alike) -> Coverage:
        year = self.period.year - back
        reporters = self.cube.reporters(self.catalogue.sheet_of[code], year, self.area)
        periods = len(self.catalogue.expected_periods(code, year)) if self.is_year else 1
        expected = len(reporters.own) * periods + (len(reporters.annual_only) if self.is_year else 0)
        rows = self.back[back].get(code)
        have = 0 if not rows else len(alike.regions) if rows[0].by_annual else rows[0].answered
        return _coverage(have, expected)

    @cached_property
    def evaluation(self) -> Evaluation:
        return Evaluation(self.catalogue.definitions, _Sums(self.back))

    # Declared by a department

    def _declared(self, code: str, back: int) -> _Declared | None:
        """What stands for the area: its own statement, or that of the only region in it that reports the sheet."""
        rows, year = self.back[back].get(code, ()), self.period.year - back
        regions = [region for row in rows for region in region_keys(row.regions)]
        if not regions or not self.catalogue.is_valid_at_end(code, year):
            return None
        reporters = self.cube.reporters(self.catalogue.sheet_of[code], year, self.area).all
        own = [region for region in self.cube.roots(self.area) if region in regions] or list(reporters)
        if len(own) != 1:
            return None
        if len(regions) == 1:
            return _Declared(rows[0].value, rows[0].places, own[0])
        return _Declared(*self.cube.pairs.declared(code, own[0], year), own[0])

    def _with_declared(
        self,
        code: str,
        now: Made,
        last: Made,
        comparison: Comparison | None,
        declared: _Declared | None,
        before: _Declared | None,
    ) -> AnnualValue:
        """A declared value stands where nothing can be computed, and beside what is."""
        own, earlier = (self._or_declared(made, given) for made, given in ((now, declared), (last, before)))
        if own.is_declared or earlier.is_declared:
            comparison = self._of_declared(own, earlier)
        value, places = (declared.value, declared.places) if declared else (None, 0)
        return AnnualValue(
            self.cube.indicators[code],
            own.value,
            earlier.value,
            self._declared_coverage(code, declared) if own.is_declared and declared else now.coverage,
            "declared" if own.is_declared else self._source(code, now),
            value,
            places,
            own.value is None and (now.not_applicable or (declared is not None and value is None)),
            comparison,
            last.coverage,
            now.other,
            now.reason if own.value is None else None,
            now.months or self.months,
            grows=self.cube.inputs(code).grows,
        )

    def _or_declared(self, made: Made, declared: _Declared | None) -> _Stated:
        if made.value is None and declared is not None and declared.value is not None:
            return _Stated(declared.value, frozenset([declared.region]), is_declared=True, is_whole=True)
        is_whole = made.coverage.complete and made.months == months.YEAR
        return _Stated(made.value, made.regions, is_declared=False, is_whole=is_whole)

    @staticmethod
    def _of_declared(now: _Stated, last: _Stated) -> Comparison | None:
        """Declared values are compared when they are of the same only region and both years are whole."""
        if now.value is None or last.value is None or not (now.is_whole and last.is_whole):
            return None
        if now.regions != last.regions or len(now.regions) != 1:
            return None
        return Comparison(now.value, last.value, months.YEAR, 1, 1, is_plain=True)

    def _declared_coverage(self, code: str, declared: _Declared) -> Coverage:
        """An annual statement answers all that is expected of its region."""
        sheet, year = self.catalogue.sheet_of[code], self.period.year
        is_own = declared.region in self.cube.reporters(sheet, year, self.area).own
        count = len(self.catalogue.expected_periods(code, year)) if is_own else 1
        return Coverage(count, count)


class _Stated(NamedTuple):
    value: Decimal | None
    regions: frozenset[int]
    is_declared: bool
    is_whole: bool


class _Sums:
    """Figures for an evaluation by code and number of years back."""

    def __init__(self, back: Sequence[Mapping[str, Sequence[AreaFigure]]]) -> None:
        self.back = back

    def get(self, name: Name, /) -> Decimal | None:
        code, steps = name
        rows = self.back[steps].get(code) if steps < len(self.back) else None
        return rows[0].value if rows else None


def _years_before(period: PeriodKey, count: int) -> PeriodKey:
    return PeriodKey(period.year - count, period.kind, period.number)


# A table has thousands of cells: a handful of these stand in all of them, and a value is put together twice as fast
# without the steps between its class and the tuple that it is.
_coverage = lru_cache(maxsize=4096)(Coverage)
_new: Callable[[type[AnnualValue], tuple[Any, ...]], AnnualValue] = tuple.__new__
