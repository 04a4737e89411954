"""The values of one area in one year or period: from sums where all that is read is alike, else over pairs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from reports.aggregation import months
from reports.aggregation.fetched import NO_FIGURE, Fetched, region_keys
from reports.aggregation.formula_inputs import FormulaInputs
from reports.aggregation.pairs import Answers, Made, common_months, least, read_over, read_to_date
from reports.aggregation.values import AnnualValue, Comparison, Coverage, Gap, undefined
from sectors.calculation.bounded import EXACTLY, Bounds, Marked, comparable, overlap
from sectors.calculation.evaluation import Evaluation
from sectors.calculation.formulas import Name
from sectors.calculation.periods import PeriodKey
from sectors.models import Indicator
from sectors.sql.annual import NUMBERS, AreaFigure
from sectors.vocabulary import Accumulation, Frequency

_NOTHING = Made(None, Coverage(0, 0))
# As plain texts, which thousands of cells are compared with.
_SUM, _MEAN, _TO_DATE = (str(way) for way in (Accumulation.FLOW, Accumulation.AVERAGE, Accumulation.CUMULATIVE))


class _SheetYear(NamedTuple):
    """Of an area: how many regions report a sheet in a year, or period, and whether none of them lies in another."""

    own: int
    annual_only: int
    all: int
    is_flat: bool


class Asked(NamedTuple):
    """What is asked for: which indicators by code, whether with the year before, from which figures, and how to come
    to other places: a weak reference, since a cube that its places refer to would be left to the garbage collector,
    which takes longer to find it than the cube took."""

    indicators: Mapping[str, Indicator]
    is_compared: bool
    fetched: Fetched
    place: Callable[[], Callable[[int, PeriodKey], Place] | None]


class _Declared(NamedTuple):
    """A department's own statement of a computed value; None: not applicable."""

    value: Decimal | None
    places: int
    region: int


class Place(dict[str, AnnualValue]):
    """Values of one period or year and area by code, each put together when it is first asked for, while there is the
    cube that it is of."""

    def __init__(self, asked: Asked, area: int, period: PeriodKey) -> None:
        super().__init__()
        self.asked, self.fetched, self.catalogue = asked, asked.fetched, asked.fetched.catalogue
        self.area, self.period = area, period
        self.year, self.is_year = period.year, period.kind == Frequency.YEAR
        self.is_fetched = period.year in self.fetched.years
        self.months, self.one = months.of_period(period), None if self.is_year else period
        self.figures, self.differing = self.fetched.figures(area, period), self.fetched.differing(area, period)
        self._sheets: dict[int, _SheetYear] = {}
        self._made: dict[str, Made] = {}
        self._alike: dict[str, AreaFigure | None] = {}
        self._read: dict[Name, Decimal | None] = {}  # by code and number of years back, of what is alike
        self.evaluation = Evaluation(self.catalogue.definitions, self._read)

    @cached_property
    def before(self) -> Place:
        """The same a year earlier."""
        place = self.asked.place()
        assert place is not None, "The cube of this place is gone."
        return place(self.area, PeriodKey(self.year - 1, self.period.kind, self.period.number))

    def back(self, years: int) -> Place:
        return self if not years else self.before.back(years - 1)

    def number(self, code: str) -> tuple[Decimal | None, int]:
        """The value and the decimals that it is printed with, for whoever shows nothing else of it."""
        indicator, value = self.asked.indicators[code], self._value(code)
        if value is not None or not indicator.formula:
            return value, indicator.decimals
        found = self[code]  # perhaps declared
        return found.value, found.places

    def _value(self, code: str) -> Decimal | None:
        """That of `made`, without what it was made of."""
        row = self._all_alike(self.fetched.inputs(code))
        if row is None:
            return self.made(code).value
        if not row.regions:
            return None
        return self.evaluation.value(code) if self.asked.indicators[code].formula else row.value

    def __missing__(self, code: str) -> AnnualValue:
        found = self._put_together(code)
        self[code] = found = self._bounded(code, found) if self.fetched.inexact.is_behind(code) else found
        return found

    def marked(self, code: str) -> Marked:
        """How the value of `number` is written beside its digits."""
        return self[code].marked if self.fetched.inexact.is_behind(code) else EXACTLY

    def _bounded(self, code: str, found: AnnualValue) -> AnnualValue:
        """With what is known of a value that may be made of figures that are not exact."""
        bounds, last_bounds = self._bounds(code, found.value, is_declared=found.source == "declared"), None
        comparison, other = found.comparison, found.other
        if found.last is not None:
            last_bounds = self.before._bounds(code, found.last, is_declared=self.before.made(code).value is None)
        if comparison is not None:
            comparison = self._comparison_of(code, comparison, bounds, last_bounds)
        if other is not None and self.fetched.inexact.is_elsewhere(code, self.made(code).regions, self.year):
            other = None
        declared = None if found.declared is None else self._bounds(code, found.declared, is_declared=True)
        return found._replace(
            bounds=bounds, last_bounds=last_bounds, comparison=comparison, other=other, declared_bounds=declared
        )

    def _bounds(self, code: str, value: Decimal | None, *, is_declared: bool) -> Bounds | None:
        if value is None:
            return None
        if not is_declared:
            return self.fetched.inexact.of_value(code, self.fetched.roots(self.area), self.year, self.one, value)
        declared = self.declared(code)
        return self.fetched.inexact.of_declared(code, declared.region, self.year, self.one) if declared else None

    def _comparison_of(
        self, code: str, comparison: Comparison, bounds: Bounds | None, last_bounds: Bounds | None
    ) -> Comparison | None:
        """None where it is not sure that there is a change, and which."""
        made, last = self.made(code), self.before.made(code)
        if made.value is not None and last.value is not None:
            found = self.fetched.inexact.of_comparison(code, self.fetched.roots(self.area), self.year, self.one)
            if found is None:
                return comparison
        else:
            found = (
                bounds or Bounds(comparison.now, comparison.now),
                last_bounds or Bounds(comparison.last, comparison.last),
            )
        if not comparable(*found):
            return None
        now, then = (side.interval for side in found)
        if all(low == high for low, high in (now, then)):
            return comparison
        return None if overlap(now, then) else comparison._replace(is_about=True)

    def _put_together(self, code: str) -> AnnualValue:
        indicator, now = self.asked.indicators[code], self.made(code)
        last = self.before.made(code) if self.asked.is_compared else _NOTHING
        comparison = None if now.value is None or last.value is None else self._comparison(code, now, last)
        if indicator.formula:
            declared = self.declared(code)
            earlier = self.before.declared(code) if self.asked.is_compared else None
            if declared or earlier:
                return self._with_declared(code, now, last, comparison, declared, earlier)
        return _new(
            AnnualValue,
            (
                *(indicator, now.value, last.value, now.coverage, self._source(code, now), None, now.places),
                *(now.not_applicable, comparison, last.coverage, now.other, now.reason, now.months or self.months),
                *(now.addends, self.fetched.inputs(code).grows, last.not_applicable, now.is_even),
                *(None, None, None, self.year),
            ),
        )

    def _source(self, code: str, now: Made) -> str:
        if now.value is None:
            return ""
        if self.asked.indicators[code].formula:
            return "computed"
        return "annual" if now.is_annual or (self.is_year and self._frequency(code) == Frequency.YEAR) else "periods"

    def _frequency(self, code: str) -> str:
        return self.catalogue.frequency(self.catalogue.sheet_of[code], self.year)

    # Computed from sums where all is alike, else over pairs

    def made(self, code: str) -> Made:
        found = self._made.get(code)
        if found is None:
            inputs = self.fetched.inputs(code)
            row = self._all_alike(inputs)
            if row is None:
                found = self.fetched.pairs.made(code, self.fetched.roots(self.area), self.year, self.one)
            elif self.catalogue.by_code[code].formula:
                found = self._of_computed(code, inputs, row)
            else:
                found = self._of_entered(code, row)
            if found.reason is Gap.NOTHING:
                is_exact = not self.fetched.inexact.is_behind(code)
                found = found._replace(not_applicable=is_exact, reason=Gap.NOTHING if is_exact else Gap.UNDEFINED)
            self._made[code] = found
        return found

    def _of_entered(self, code: str, row: AreaFigure) -> Made:
        sheet, regions = self.sheet(self.catalogue.sheet_of[code]), region_keys(row.regions)
        coverage = self._coverage(sheet, code, row)
        if not regions:
            return Made(None, coverage)
        way, addends = self.catalogue.by_code[code].accumulation, len(regions)
        if way == _MEAN:
            addends = 1
        elif way == _SUM and not row.by_annual:
            addends = row.answered
        is_whole = row.months == self.months and coverage.complete
        is_even, is_annual = len(regions) == sheet.all, bool(row.by_annual)
        return _new_made(
            Made,
            (
                *(row.value, coverage, regions, row.months, is_annual, is_whole, False, None, None),
                *(row.places, addends, is_even),
            ),
        )

    def _of_computed(self, code: str, inputs: FormulaInputs, row: AreaFigure) -> Made:
        coverage = least(
            [self.back(back).coverage(name, self.back(back).figure(name)) for name, back in inputs.of_the_time]
        )
        regions = region_keys(row.regions)
        if not regions:
            return Made(None, coverage)
        value = self.evaluation.value(code)
        reason = undefined(self._read[name] for name in inputs.names) if value is None else None
        is_whole = coverage.complete and row.months == self.months
        is_even = all(self.back(back)._is_of_all(name, regions) for name, back in inputs.of_the_time)
        return Made(value, coverage, regions, row.months, bool(row.by_annual), is_whole, reason=reason, is_even=is_even)

    def _is_of_all(self, code: str, regions: Collection[int]) -> bool:
        return len(regions) == self.sheet(self.catalogue.sheet_of[code]).all

    def _all_alike(self, inputs: FormulaInputs) -> AreaFigure | None:
        """One of all that is read; None where regions, or the things that are read, differ in what there is of them."""
        if inputs.reads_before:
            return None
        found: AreaFigure | None = None
        for name in inputs.names:
            code, back = name
            place = self.back(back) if back else self
            row = place.alike(code) if place.is_fetched else None
            if row is None or (found is not None and not _is_same(row, found)):
                return None
            found, self._read[name] = row, row.value
        is_single = found is None or "," not in found.regions
        return found if is_single or not (inputs.has_product or inputs.percentages) else None

    def alike(self, code: str) -> AreaFigure | None:
        """The figure of all regions together, or none of any; None where they differ in what they have."""
        try:
            return self._alike[code]
        except KeyError:
            found = self._alike[code] = self._read_alike(code)
            return found

    def _read_alike(self, code: str) -> AreaFigure | None:
        sheet = self.sheet(self.catalogue.sheet_of[code])
        if not sheet.is_flat or code in self.catalogue.irregular(self.year):
            return None
        row = self.figures.get(code)
        if row is None:
            return NO_FIGURE
        if code in self.differing or row.given != NUMBERS or (row.by_annual and sheet.own):
            return None
        # What counts from January on stands for the months that were left out, too: where any were, it is like none.
        is_to_date = self.catalogue.by_code[code].accumulation == _TO_DATE
        return None if self.is_year and is_to_date and not months.are_since_january(row.months) else row

    def figure(self, code: str) -> AreaFigure:
        """The one that `alike` found."""
        return self._alike[code] or NO_FIGURE

    def sheet(self, sheet: int) -> _SheetYear:
        found = self._sheets.get(sheet)
        if found is None:
            found = self._sheets[sheet] = self._reported(sheet)
        return found

    def _reported(self, sheet: int) -> _SheetYear:
        reporters = self.fetched.reporters(sheet, self.year, self.area)
        is_flat = not self.fetched.is_nested(reporters.all)
        if self.is_year:
            return _SheetYear(len(reporters.own), len(reporters.annual_only), len(reporters.all), is_flat)
        is_own = self.catalogue.frequency(sheet, self.year) == self.period.kind
        return _SheetYear(len(reporters.own), 0, len(reporters.own), is_flat and is_own)

    def coverage(self, code: str, row: AreaFigure) -> Coverage:
        return self._coverage(self.sheet(self.catalogue.sheet_of[code]), code, row)

    def _coverage(self, sheet: _SheetYear, code: str, row: AreaFigure) -> Coverage:
        periods = len(self.catalogue.expected_periods(code, self.year)) if self.is_year else 1
        have = row.answered if not row.by_annual else len(region_keys(row.regions))
        return _coverage(have, sheet.own * periods + sheet.annual_only)

    # The year before

    def _comparison(self, code: str, now: Made, last: Made) -> Comparison | None:
        inputs = self.fetched.inputs_of_both(code)
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
        return self.fetched.pairs.comparison(code, self.fetched.roots(self.area), self.year, self.one)

    def _periods_read(self, inputs: FormulaInputs, regions: frozenset[int]) -> dict[Name, Answers] | None:
        """The periods of all that is read; None where it is not these regions' or they differ in what they have."""
        own: dict[Name, Answers] = {}
        for name in inputs.names:
            rows = self.fetched.periods_of_year(self.area, name[0], self.year - name[1])
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
        row = self.figures.get(code)
        if row is None or code not in self.catalogue.valid_codes(self.period.last_day):
            return None
        rows = self.differing.get(code, [row])
        regions = [region for row in rows for region in region_keys(row.regions)]
        reporters = self.fetched.reporters(self.catalogue.sheet_of[code], self.year, self.area).all
        own = [region for region in self.fetched.roots(self.area) if region in regions] or list(reporters)
        if len(own) != 1:
            return None
        if len(regions) == 1:
            return _Declared(row.value, row.places, own[0])
        return _Declared(*self.fetched.pairs.declared(code, own[0], self.period), own[0])

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
            self.asked.indicators[code],
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
            grows=self.fetched.inputs(code).grows,
            last_not_applicable=earlier.value is None and (earlier.is_declared or last.not_applicable),
            is_even=now.is_even,
            year=self.year,
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
        is_own = declared.region in self.fetched.reporters(self.catalogue.sheet_of[code], self.year, self.area).own
        count = len(self.catalogue.expected_periods(code, self.year)) if is_own and self.is_year else 1
        return Coverage(count, count)


class _Stated(NamedTuple):
    value: Decimal | None
    regions: frozenset[int]
    coverage: Coverage
    is_declared: bool
    is_whole: bool


def _is_same(one: AreaFigure, other: AreaFigure) -> bool:
    """Whether they are of the same months and regions."""
    return one.months == other.months and (
        one.regions == other.regions or region_keys(one.regions) == region_keys(other.regions)
    )


# A table has thousands of cells: a handful of these stand in all of them, and a value is put together twice as fast
# without the steps between its class and the tuple that it is.
_coverage = lru_cache(maxsize=4096)(Coverage)
_new: Callable[[type[AnnualValue], tuple[Any, ...]], AnnualValue] = tuple.__new__
_new_made: Callable[[type[Made], tuple[Any, ...]], Made] = tuple.__new__
