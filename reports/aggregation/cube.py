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
from reports.aggregation.pairs import (
    Answers,
    Made,
    Pairs,
    Reporters,
    common_months,
    least,
    read_over,
    read_to_date,
)
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
    area_reporters,
    figures_of_periods,
    figures_of_years,
    figures_one_by_one,
)
from sectors.sql.regions import regions_within
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, Frequency, SubmissionStatus

__all__ = ["AnnualValue", "Comparison", "Coverage", "Cube", "Gap", "annual", "years_with_data"]

EVERYTHING = 0  # the area that is all regions together; others have the key of a region
_Place = tuple[int, int, str, int]  # area; year, kind and number of a period
_Figures = Mapping[_Place, Mapping[str, Sequence["AreaFigure"]]]


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
    `catalogue` is the one of now, if it was asked for already. Without `compared` the year before is not
    looked at.
    """

    def __init__(
        self,
        regions: Sequence[Region],
        years: Collection[int],
        indicators: Iterable[Indicator],
        *,
        apart: Collection[Region] = (),
        by_period: bool = False,
        compared: bool = True,
        catalogue: CompiledCatalogue | None = None,
    ) -> None:
        self.is_compared = compared
        self.indicators = {indicator.code: indicator for indicator in indicators}
        self.catalogue = catalogue or compiled.catalogue()
        self._above = {region.pk: region.parent_id for region in regions}
        self.years = sorted({year - back for year in years for back in (0, 1, 2)})
        self._read = [row for row in map(self.catalogue.by_code.get, self._codes_read()) if row]
        self._sheets = list({row.sheet_id: None for row in self._read})
        self._areas = _areas(self._above, apart)
        self._of_years = self._by_place(figures_of_years)
        if by_period:
            self._of_periods  # noqa: B018 - fetched with the rest
        self._given: set[tuple[int, PeriodKey]] = set()
        self._reporters = self._fetch_reporters()
        self._values: dict[_Place, _Values] = {}
        self._periods: dict[int, list[PeriodKey]] = {}
        self.inputs: Callable[[str], FormulaInputs] = cache(lambda code: FormulaInputs.of(self.catalogue, code))
        self.inputs_of_both: Callable[[str], FormulaInputs] = cache(lambda code: self.inputs(code).with_year_before())

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
        return self.values(region.pk if region else EVERYTHING, period)

    def values(self, area: int, period: PeriodKey) -> _Values:
        place = (area, period.year, period.kind, period.number)
        if place not in self._values:
            self._values[place] = _Values(self, area, period)
        return self._values[place]

    def periods(self, year: int) -> list[PeriodKey]:
        """Periods of the year in which something shown was reported or is expected, in the order of time."""
        if year not in self._periods:
            sheets = {indicator.sheet_id for indicator in self.indicators.values()}
            own = {(sheet, period) for sheet in sheets for period in self.catalogue.own_periods(sheet, year)}
            found = {period for _sheet, period in self._given & own if period.kind != Frequency.YEAR}
            self._periods[year] = sorted(found)
        return self._periods[year]

    # What was reported

    def _by_place(self, fetch: Callable[[Areas, Sequence[int], Sequence[int]], Iterable[AreaFigure]]) -> _Figures:
        """By area and period, then by code: one row where all regions of the area have the same."""
        found: dict[_Place, dict[str, list[AreaFigure]]] = defaultdict(lambda: defaultdict(list))
        codes = self.catalogue.codes
        for row in fetch(self._areas, self.years, self._keys) if self._read else ():
            found[row[1:5]][codes[row[0]]].append(row)
        return found

    @cached_property
    def _of_periods(self) -> _Figures:
        return self._by_place(figures_of_periods)

    def periods_of_year(self, area: int, code: str, year: int) -> list[AreaFigure] | None:
        """The rows of an indicator's periods in the order of time; None where regions differ in what they have."""
        found: list[AreaFigure] = []
        reporters = self.reporters(self.catalogue.sheet_of[code], year, area).all
        if code in self.irregular(year) or self.is_nested(reporters):
            return None
        for period in self.catalogue.expected_periods(code, year):
            rows = self._of_periods.get((area, year, period.kind, period.number), _EMPTY).get(code, ())
            if len(rows) > 1 or (rows and rows[0].given != NUMBERS):
                return None
            found += rows
        return found if len({region_keys(row.regions) for row in found}) <= 1 else None

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
                self._given |= {(sheet, PeriodKey(year, kind, number)) for number in region_keys(periods)}
        return {key: self._reporting(key[1], key[2], found) for key, found in kinds.items()}

    def _reporting(self, sheet: int, year: int, kinds: Mapping[str, frozenset[int]]) -> Reporters:
        own = kinds.get(self.catalogue.frequency(sheet, year), frozenset())
        return Reporters(own, kinds.get(Frequency.YEAR, frozenset()) - own)

    def reporters(self, sheet: int, year: int, area: int = EVERYTHING) -> Reporters:
        return self._reporters.get((area, sheet, year), _NOBODY)

    def figures(self, area: int, period: PeriodKey) -> Mapping[str, Sequence[AreaFigure]]:
        figures = self._of_years if period.kind == Frequency.YEAR else self._of_periods
        return figures.get((area, period.year, period.kind, period.number), _EMPTY)

    # Where regions or years differ

    @cached_property
    def pairs(self) -> Pairs:
        codes, keys = self.catalogue.codes, self._keys
        rows = figures_one_by_one(list(self._above), self.years, keys)
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
    def irregular(self) -> Callable[[int], frozenset[str]]:
        """What is read and not expected for all periods that its sheet's present frequency makes of a year."""
        codes = [row.code for row in self._read]
        return cache(lambda year: frozenset(code for code in codes if not self._is_plain(code, year)))

    def _is_plain(self, code: str, year: int) -> bool:
        row = self.catalogue.by_code[code]
        frequency = self.catalogue.sheets[row.sheet_id].frequency
        expected = self.catalogue.expected_periods(code, year)
        return len(expected) == PERIODS_A_YEAR[frequency] and all(period.kind == frequency for period in expected)


_NOBODY, _NOTHING = Reporters(), Made(None, Coverage(0, 0))
_NO_FIGURE = AreaFigure(0, 0, 0, "", 0, None, 0, 0, NUMBERS, months.NONE, 0, "")
_EMPTY: Mapping[str, Sequence[AreaFigure]] = {}


@lru_cache(maxsize=1024)
def region_keys(joined: str) -> frozenset[int]:
    """Keys of regions from a text with commas."""
    return frozenset(map(int, joined.split(","))) if joined else frozenset()


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


class _SheetYear(NamedTuple):
    """Of an area: how many regions report a sheet in a year, or period, and whether none of them lies in another."""

    own: int
    annual_only: int
    is_flat: bool


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
        self.year, self.is_year = period.year, period.kind == Frequency.YEAR
        self.months, self.one = months.of_period(period), None if self.is_year else period
        self.figures = cube.figures(area, period)
        self.sheet = cache(self._sheet)
        self._made: dict[str, Made] = {}
        self._alike: dict[str, AreaFigure | None] = {}

    @cached_property
    def before(self) -> _Values:
        """The same a year earlier."""
        return self.cube.values(self.area, PeriodKey(self.year - 1, self.period.kind, self.period.number))

    def back(self, years: int) -> _Values:
        return self if not years else self.before.back(years - 1)

    def number(self, code: str) -> tuple[Decimal | None, int]:
        """The value and the decimals that it is printed with, for whoever shows nothing else of it."""
        value = self.made(code).value
        if value is not None or not self.cube.indicators[code].formula:
            return value, self.cube.indicators[code].decimals
        found = self[code]  # perhaps declared
        return found.value, found.places

    def __missing__(self, code: str) -> AnnualValue:
        indicator, now = self.cube.indicators[code], self.made(code)
        last = self.before.made(code) if self.cube.is_compared else _NOTHING
        comparison = None if now.value is None or last.value is None else self._comparison(code, now, last)
        if indicator.formula:
            declared = self.declared(code)
            earlier = self.before.declared(code) if self.cube.is_compared else None
            if declared or earlier:
                found = self[code] = self._with_declared(code, now, last, comparison, declared, earlier)
                return found
        values = (indicator, now.value, last.value, now.coverage, self._source(code, now), None, now.places)
        more = (now.not_applicable, comparison, last.coverage, now.other, now.reason, now.months or self.months)
        grows = self.cube.inputs(code).grows
        found = self[code] = _new(AnnualValue, (*values, *more, now.addends, grows))
        return found

    def _source(self, code: str, now: Made) -> str:
        if now.value is None:
            return ""
        if self.cube.indicators[code].formula:
            return "computed"
        return "annual" if now.is_annual or (self.is_year and self._frequency(code) == Frequency.YEAR) else "periods"

    def _frequency(self, code: str) -> str:
        return self.catalogue.frequency(self.catalogue.sheet_of[code], self.year)

    # Computed from sums where all is alike, else over pairs

    def made(self, code: str) -> Made:
        found = self._made.get(code)
        if found is None:
            inputs = self.cube.inputs(code)
            found = self._of_entered(code) if inputs.names == ((code, 0),) else self._of_computed(code, inputs)
            if found is None:
                found = self.cube.pairs.made(code, self.cube.roots(self.area), self.year, self.one)
            self._made[code] = found
        return found

    def _of_entered(self, code: str) -> Made | None:
        row = self.alike(code)
        if row is None:
            return None
        regions = region_keys(row.regions)
        row_of = self.catalogue.by_code[code]
        if len(regions) > 1 and row_of.unit.is_percent:
            return None
        coverage = self.coverage(code, row)
        if not regions:
            return Made(None, coverage)
        is_sum, is_mean = row_of.accumulation == Accumulation.FLOW, row_of.accumulation == Accumulation.AVERAGE
        addends = 1 if is_mean else row.answered if is_sum and not row.by_annual else len(regions)
        is_whole = coverage.complete and row.months == self.months
        exact = (False, None, None, row.places, addends)
        return Made(row.value, coverage, regions, row.months, bool(row.by_annual), is_whole, *exact)

    def _of_computed(self, code: str, inputs: FormulaInputs) -> Made | None:
        row = self._all_alike(inputs)
        if row is None:
            return None
        coverage = least(
            [self.back(back).coverage(name, self.back(back).figure(name)) for name, back in inputs.of_the_time]
        )
        regions = region_keys(row.regions)
        if not regions:
            return Made(None, coverage)
        value = self.evaluation.value(code)
        reason = Gap.UNDEFINED if value is None else None
        is_whole = coverage.complete and row.months == self.months
        return Made(value, coverage, regions, row.months, bool(row.by_annual), is_whole, reason=reason)

    def _all_alike(self, inputs: FormulaInputs) -> AreaFigure | None:
        """One of all that is read; None where regions, or the things that are read, differ in what there is of them."""
        found: AreaFigure | None = None
        for code, back in inputs.names:
            row = self.back(back).alike(code) if self.year - back in self.cube.years else None
            if row is None or (found is not None and not _is_same(row, found)):
                return None
            found = row
        is_single = found is None or len(region_keys(found.regions)) <= 1
        return found if is_single or not (inputs.has_product or inputs.percentages) else None

    def alike(self, code: str) -> AreaFigure | None:
        """The figure of all regions together, or none of any; None where they differ in what they have."""
        if code not in self._alike:
            self._alike[code] = self._read_alike(code)
        return self._alike[code]

    def _read_alike(self, code: str) -> AreaFigure | None:
        sheet = self.sheet(self.catalogue.sheet_of[code])
        if not sheet.is_flat or code in self.cube.irregular(self.year):
            return None
        rows = self.figures.get(code)
        if not rows:
            return _NO_FIGURE
        row = rows[0]
        if len(rows) > 1 or row.given != NUMBERS or (row.by_annual and sheet.own):
            return None
        is_broken = self.is_year and row.months != months.YEAR
        is_to_date = self.catalogue.by_code[code].accumulation == Accumulation.CUMULATIVE
        return None if is_broken and is_to_date else row

    def figure(self, code: str) -> AreaFigure:
        """The one that `alike` found."""
        return self._alike[code] or _NO_FIGURE

    def _sheet(self, sheet: int) -> _SheetYear:
        reporters = self.cube.reporters(sheet, self.year, self.area)
        is_flat = not self.cube.is_nested(reporters.all)
        if self.is_year:
            return _SheetYear(len(reporters.own), len(reporters.annual_only), is_flat)
        is_own = self.catalogue.frequency(sheet, self.year) == self.period.kind
        return _SheetYear(len(reporters.own), 0, is_flat and is_own)

    def coverage(self, code: str, row: AreaFigure) -> Coverage:
        sheet = self.sheet(self.catalogue.sheet_of[code])
        periods = len(self.catalogue.expected_periods(code, self.year)) if self.is_year else 1
        have = row.answered if not row.by_annual else len(region_keys(row.regions))
        return _coverage(have, sheet.own * periods + sheet.annual_only)

    @cached_property
    def evaluation(self) -> Evaluation:
        return Evaluation(self.catalogue.definitions, _Sums(self))

    # The year before

    def _comparison(self, code: str, now: Made, last: Made) -> Comparison | None:
        inputs = self.cube.inputs_of_both(code)
        row, regions = self._all_alike(inputs), now.regions
        if row is not None:
            is_whole = now.is_whole and last.is_whole
            return Comparison(now.value, last.value, row.months, len(regions), len(regions), is_whole)  # type: ignore[arg-type]
        is_one = len(regions) <= 1 or not (inputs.has_product or inputs.percentages)
        may_be_whole = now.months == last.months == months.YEAR  # one of them by annual figures
        if self.is_year and is_one and regions == last.regions and not may_be_whole:
            read = self._periods_read(inputs, regions)
            if read is not None:
                return self._over_periods(code, read, len(regions))
        return self.cube.pairs.comparison(code, self.cube.roots(self.area), self.year, self.one)

    def _periods_read(self, inputs: FormulaInputs, regions: frozenset[int]) -> dict[Name, Answers] | None:
        """The periods of all that is read; None where it is not these regions' or they differ in what they have."""
        own: dict[Name, Answers] = {}
        for name in inputs.names:
            rows = self.cube.periods_of_year(self.area, name[0], self.year - name[1])
            if rows is None or (rows and region_keys(rows[0].regions) != regions):
                return None
            own[name] = {row.months: row.value for row in rows}
        return own

    def _over_periods(self, code: str, own: Mapping[Name, Answers], regions: int) -> Comparison | None:
        """Over the months that both years have in common, in regions that have the same."""
        to_date = read_to_date(self.catalogue, own)
        common = common_months(own, to_date)
        if not common:
            return None
        evaluation = Evaluation(self.catalogue.definitions, read_over(self.catalogue, own, common, to_date))
        now, last = evaluation.value(code), evaluation.value(code, 1)
        if now is None or last is None:
            return None
        return Comparison(now, last, common, regions, regions, is_plain=False)

    # Declared by a department

    def declared(self, code: str) -> _Declared | None:
        """What stands for the area: its own statement, or that of the only region in it that reports the sheet."""
        rows = self.figures.get(code, ())
        if not rows or code not in self.catalogue.valid_codes(self.period.last_day):
            return None
        regions = [region for row in rows for region in region_keys(row.regions)]
        reporters = self.cube.reporters(self.catalogue.sheet_of[code], self.year, self.area).all
        own = [region for region in self.cube.roots(self.area) if region in regions] or list(reporters)
        if len(own) != 1:
            return None
        if len(regions) == 1:
            return _Declared(rows[0].value, rows[0].places, own[0])
        return _Declared(*self.cube.pairs.declared(code, own[0], self.period), own[0])

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
        own, earlier = self._stated(code, now, declared), self.before._stated(code, last, before)
        if own.is_declared or earlier.is_declared:
            comparison = self._of_declared(own, earlier)
        value, places = (declared.value, declared.places) if declared else (None, 0)
        return AnnualValue(
            self.cube.indicators[code],
            own.value,
            earlier.value,
            own.coverage,
            "declared" if own.is_declared else self._source(code, now),
            value,
            places,
            own.value is None and (own.is_declared or now.not_applicable),
            comparison,
            earlier.coverage,
            now.other,
            now.reason if own.value is None else None,
            now.months or self.months,
            grows=self.cube.inputs(code).grows,
        )

    def _stated(self, code: str, made: Made, declared: _Declared | None) -> _Stated:
        if made.value is None and declared is not None:
            regions, coverage = frozenset([declared.region]), self._declared_coverage(code, declared)
            return _Stated(declared.value, regions, coverage, is_declared=True, is_whole=True)
        return _Stated(made.value, made.regions, made.coverage, is_declared=False, is_whole=made.is_whole)

    def _of_declared(self, now: _Stated, last: _Stated) -> Comparison | None:
        """Declared values are compared when they are of the same only region and both years are whole."""
        if now.value is None or last.value is None or not (now.is_whole and last.is_whole):
            return None
        if now.regions != last.regions or len(now.regions) != 1:
            return None
        return Comparison(now.value, last.value, self.months, 1, 1, is_plain=True)

    def _declared_coverage(self, code: str, declared: _Declared) -> Coverage:
        """An annual statement answers all that is expected of its region."""
        is_own = declared.region in self.cube.reporters(self.catalogue.sheet_of[code], self.year, self.area).own
        count = len(self.catalogue.expected_periods(code, self.year)) if is_own and self.is_year else 1
        return Coverage(count, count)


class _Stated(NamedTuple):
    value: Decimal | None
    regions: frozenset[int]
    coverage: Coverage
    is_declared: bool
    is_whole: bool


class _Sums:
    """Figures for an evaluation by code and number of years back."""

    def __init__(self, values: _Values) -> None:
        self.values = values

    def get(self, name: Name, /) -> Decimal | None:
        return self.values.back(name[1]).figure(name[0]).value


def _is_same(one: AreaFigure, other: AreaFigure) -> bool:
    """Whether they are of the same months and regions."""
    return one.months == other.months and (
        one.regions == other.regions or region_keys(one.regions) == region_keys(other.regions)
    )


# A table has thousands of cells: a handful of these stand in all of them, and a value is put together twice as fast
# without the steps between its class and the tuple that it is.
_coverage = lru_cache(maxsize=4096)(Coverage)
_new: Callable[[type[AnnualValue], tuple[Any, ...]], AnnualValue] = tuple.__new__
