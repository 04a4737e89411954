"""Values over like pairs: computed figure by figure where regions or years differ in what they have.

A pair is a region and a period. docs/figures.md defines what is computed here. Pure: figures in, values out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from reports.aggregation.formula_inputs import FormulaInputs, Values, regionwise
from reports.aggregation.made import Coverage, Gap, Made, Origin, least, undefined
from reports.aggregation.months import NONE, YEAR, Months, of_period, union, within
from reports.aggregation.region_figures import Basis, FigureRow, RegionFigures, Reported, Reporters, at, of_name
from reports.aggregation.values import Comparison
from sectors.calculation.evaluation import Evaluation
from sectors.calculation.formulas import ZERO, Name
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.vocabulary import Accumulation, Frequency

Standing = Sequence[tuple[int, Basis]]  # by region


class Pairs:
    """Figures of regions over years, and the values that areas make of them.

    `above` is the region that each region lies in; an area is given by the regions at its top. `period` is one period
    of the year, or None for the year itself.
    """

    def __init__(
        self,
        catalogue: CompiledCatalogue,
        above: Mapping[int, int | None],
        reporters: Callable[[int, int], Reporters],
        inputs: Callable[[str], FormulaInputs],
        figures: Iterable[FigureRow],
    ) -> None:
        self.catalogue, self.reporters, self.inputs = catalogue, reporters, inputs
        self._below: dict[int, list[int]] = {}
        for region, parent in above.items():
            if parent is not None and parent in above:
                self._below.setdefault(parent, []).append(region)
        self.regions = RegionFigures(catalogue, reporters, figures)
        self.made = cache(self._made)

    def _made(self, code: str, roots: tuple[int, ...], year: int, period: PeriodKey | None) -> Made:
        inputs = self.inputs(code)
        standing = [item for root in roots for item in self._standing(code, inputs, root, year, period)]
        numbers = [(region, basis) for region, basis in standing if basis.months]
        full = YEAR if period is None else of_period(period)
        coverage = _coverage(inputs, standing)
        value, reason = self._value(code, inputs, [basis.values for _region, basis in numbers])
        if not numbers:
            absent = any(basis.is_absent for _region, basis in standing)
            answered = any(self._has_any(name, region, year, period) for name in inputs.names for region, _ in standing)
            is_gap = answered and not absent and code not in inputs.codes
            gap = Gap.NOTHING_BEFORE if period is None and inputs.reads_before else Gap.NO_PAIRS
            return Made(None, Origin(coverage), not_applicable=absent, reason=gap if is_gap else None)
        is_yearly = period is None and self._is_yearly(code, year)
        origin = Origin(
            coverage,
            frozenset(region for region, _basis in numbers),
            union([basis.months for _region, basis in numbers]),
            is_annual=is_yearly or all(basis.is_annual for _region, basis in numbers),
            is_whole=coverage.complete and all(basis.whole_months == full for _region, basis in numbers),
            is_even=len({basis.months for _region, basis in standing}) == 1,
        )
        other = None if value is None else self._other(code, inputs, roots, standing, year, period)
        return Made(value, origin, reason=reason, other=other, **self._digits(code, numbers, year, period))

    def _is_yearly(self, code: str, year: int) -> bool:
        """Whether it is entered once a year."""
        row = self.catalogue.by_code[code]
        return not row.formula and self.catalogue.frequency(row.sheet_id, year) == Frequency.YEAR

    def _digits(self, code: str, standing: Standing, year: int, period: PeriodKey | None) -> dict[str, Any]:
        """How exact the figures are that an entered indicator's value is made of."""
        row = self.catalogue.by_code[code]
        if row.formula:
            return {}
        is_flow, count, places = row.accumulation == Accumulation.FLOW, 0, []
        for region, basis in standing:
            part = self.regions.reported(code, region, year, period)
            count += len(within(part.numbers(), basis.months)) if is_flow and not basis.is_annual else 1
            places.append(part.places)
        return {"places": min(places), "addends": 1 if row.accumulation == Accumulation.AVERAGE else count}

    def read(self, code: str, roots: tuple[int, ...], year: int, period: PeriodKey | None) -> Values | None:
        """What the value of an area is computed from, put together over its regions; None where it is computed region
        by region."""
        inputs = self.inputs(code)
        standing = [item for root in roots for item in self._standing(code, inputs, root, year, period)]
        return self._read_together(inputs, [basis.values for _region, basis in standing if basis.months])

    def read_of_both(self, code: str, roots: tuple[int, ...], year: int, period: PeriodKey | None) -> Values | None:
        """The same of a value and that of the year before, over what the two have in common."""
        _months, fitting = self.in_common(code, roots, year, period)
        return self._read_together(self.inputs(code), list(fitting.values()))

    def _read_together(self, inputs: FormulaInputs, regions: Sequence[Values]) -> Values | None:
        if len(regions) > 1 and inputs.has_product:
            return None
        names = regions[0] if regions else ()
        return {name: self._together(name, [one.get(name) for one in regions]) for name in names}

    def _has_any(self, name: Name, region: int, year: int, period: PeriodKey | None) -> bool:
        part = self.regions.reported(name[0], region, *at(year, period, name[1]))
        return bool(part.own) or part.has_annual

    def _standing(self, code: str, inputs: FormulaInputs, region: int, year: int, period: PeriodKey | None) -> Standing:
        """The regions from this one on whose statements make the value: its own, or those of the regions below."""
        inner = self._below.get(region, ())
        below = [item for one in inner for item in self._standing(code, inputs, one, year, period)]
        if not self._reports(inputs, region, year, period):
            return below
        own = (region, self.regions.basis(inputs, region, year, period))
        if not own[1].is_answered:
            return below or [own]
        stands = _is_whole(inputs, [own]) or not (_is_whole(inputs, below) and self._makes_value(code, inputs, below))
        return [own] if stands else below

    def _makes_value(self, code: str, inputs: FormulaInputs, standing: Standing) -> bool:
        """A number, or "not applicable"."""
        numbers = [basis.values for _region, basis in standing if basis.months]
        return not numbers or self._value(code, inputs, numbers)[0] is not None

    def _reports(self, inputs: FormulaInputs, region: int, year: int, period: PeriodKey | None) -> bool:
        read = (of_name(name, year, period) for name in inputs.of_the_time)
        sheets = {(self.catalogue.sheet_of[code], then) for code, then in read}
        return any(region in self.reporters(*sheet).all for sheet in sheets)

    def _other(
        self,
        code: str,
        inputs: FormulaInputs,
        roots: tuple[int, ...],
        standing: Standing,
        year: int,
        period: PeriodKey | None,
    ) -> Decimal | None:
        """What the regions below the only root make together, where its own whole statement stands."""
        if len(roots) != 1 or [region for region, _basis in standing] != list(roots):
            return None
        inner = self._below.get(roots[0], ())
        below = [item for region in inner for item in self._standing(code, inputs, region, year, period)]
        own = standing[0][1].whole_months
        is_alike = all(basis.whole_months == own for _region, basis in below if basis.months)
        if not (below and is_alike and _is_whole(inputs, standing) and _is_whole(inputs, below)):
            return None
        return self._value(code, inputs, [basis.values for _region, basis in below if basis.months])[0]

    def _value(
        self, code: str, inputs: FormulaInputs, regions: Sequence[Mapping[Name, Decimal | None]], back: int = 0
    ) -> tuple[Decimal | None, Gap | None]:
        """The value of regions together in the indicator's unit, from what is read in each of them."""
        if not regions:
            return None, None
        if any(sum(values.get(name) is not None for values in regions) > 1 for name in inputs.percentages):
            return None, Gap.PERCENTAGES
        read = {name: self._together(name, [values.get(name) for values in regions]) for name in regions[0]}
        if (code, back) in read:
            return read[code, back], None
        if len(regions) > 1 and inputs.has_product:
            value = regionwise(self.catalogue, code, back, read, regions)
        else:
            absent = {name for name, value in read.items() if value is None}
            value = Evaluation(self.catalogue.definitions, read, absent).value(code, back)
        return value, undefined(read.values()) if value is None else None

    def _together(self, name: Name, values: Iterable[Decimal | None]) -> Decimal | None:
        """None where it applies in none of them."""
        known = [value for value in values if value is not None]
        if not known:
            return None
        total = sum(known, ZERO)
        is_mean = self.catalogue.by_code[name[0]].accumulation == Accumulation.AVERAGE
        return total / len(known) if is_mean else total

    # Years

    def comparison(self, code: str, roots: tuple[int, ...], year: int, period: PeriodKey | None) -> Comparison | None:
        """The value and that of the year before over the pairs that both have."""
        now, last = self._origins(code, roots, year, period)
        inputs = self.inputs(code).with_year_before()
        months, fitting = self.in_common(code, roots, year, period)
        this, before = (self._value(code, inputs, list(fitting.values()), back)[0] for back in (0, 1))
        if this is None or before is None:
            return None
        is_all = now.regions == last.regions == frozenset(fitting)
        full = YEAR if period is None else of_period(period)
        is_plain = now.is_whole and last.is_whole and is_all and (months == full or months == now.months == last.months)
        return Comparison(this, before, months, len(fitting), len(now.regions | last.regions), is_plain)

    def _origins(self, code: str, roots: tuple[int, ...], year: int, period: PeriodKey | None) -> tuple[Origin, Origin]:
        return self.made(code, roots, year, period).origin, self.made(code, roots, year - 1, period).origin

    def in_common(
        self, code: str, roots: tuple[int, ...], year: int, period: PeriodKey | None
    ) -> tuple[Months, Mapping[int, Values]]:
        """The months over which a value is compared with that of the year before, and what is read in each region."""
        now, last = self._origins(code, roots, year, period)
        if not now.regions or not last.regions:
            return NONE, {}
        inputs = self.inputs(code).with_year_before()
        parts = {region: self.regions.parts(inputs, region, year, period) for region in now.regions}
        candidates = {
            basis.months for region in parts if (basis := self.regions.basis(inputs, region, year, period)).months
        }
        best: tuple[Months, dict[int, Mapping[Name, Decimal | None]]] = (NONE, {})
        for months in sorted(candidates, key=lambda months: (-months.bit_count(), _in_order(months))):
            fitting = {
                region: values for region in parts if (values := self._exactly(inputs, parts[region], months, period))
            }
            if len(fitting) * months.bit_count() > len(best[1]) * best[0].bit_count():
                best = months, fitting
        return best

    def _exactly(
        self, inputs: FormulaInputs, parts: Mapping[Name, Reported], months: Months, period: PeriodKey | None
    ) -> Mapping[Name, Decimal | None] | None:
        if months == YEAR and self.regions.is_by_annual_figures(parts):
            return self.regions.whole(inputs, parts).values
        return self.regions.over(inputs, parts, months, self.regions.to_date(inputs, period))


def _in_order(months: Months) -> tuple[int, ...]:
    return tuple(number for number in range(12) if months >> number & 1)


def _coverage(inputs: FormulaInputs, standing: Standing) -> Coverage:
    """That of the least covered thing that is read of the same year."""
    found: list[Coverage] = []
    for name in inputs.of_the_time:
        pairs = [basis.covered[name] for _region, basis in standing]
        found.append(Coverage(sum(have for have, _all in pairs), sum(expected for _have, expected in pairs)))
    return least(found)


def _is_whole(inputs: FormulaInputs, standing: Standing) -> bool:
    return _coverage(inputs, standing).complete
