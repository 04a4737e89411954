"""Values over like pairs: computed figure by figure where regions or years differ in what they have.

A pair is a region and a period. docs/figures.md defines what is computed here. Pure: figures in, values out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from reports.aggregation.formula_inputs import FormulaInputs, Values, regionwise
from reports.aggregation.months import (
    NONE,
    YEAR,
    Months,
    in_common,
    last_month,
    months_of,
    of_period,
    since_january,
    union,
    within,
)
from reports.aggregation.values import Comparison, Coverage, Gap, undefined
from sectors.calculation.evaluation import Evaluation, folded, period_at
from sectors.calculation.formulas import PREVIOUS, ZERO, Name
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, Frequency

# Indicator, region, and year, kind and number of the period; the value, None for "not applicable", and its decimals.
FigureRow = tuple[str, int, int, str, int, Decimal | None, int]
Answers = Mapping[Months, Decimal | None]  # by the months of the period, in the order of time
Covered = Mapping[Name, tuple[int, int]]  # answered and expected periods


@dataclass(frozen=True, slots=True)
class Reporters:
    """Regions that report a sheet in a year: for its own periods, or for the whole year only."""

    own: frozenset[int] = frozenset()
    annual_only: frozenset[int] = frozenset()

    @property
    def all(self) -> frozenset[int]:
        return self.own | self.annual_only


class Reported(NamedTuple):
    """What one region reported of an indicator in a year, or in one period of it."""

    own: Answers = {}
    expected: Collection[Months] = ()
    annual: Decimal | None = None
    has_annual: bool = False
    places: int = 0  # the fewest decimals that one was given with
    is_to_date: bool = False  # stands for the months since January

    @property
    def is_complete(self) -> bool:
        return bool(self.expected) and all(period in self.own for period in self.expected)

    @property
    def is_annual(self) -> bool:
        """Whether the annual figure makes the year."""
        return self.has_annual and not self.is_complete

    @property
    def is_whole(self) -> bool:
        return self.has_annual or self.is_complete

    @property
    def whole_months(self) -> Months:
        months = YEAR if self.is_annual else union(self.expected)
        return since_january(last_month(months)) if self.is_to_date else months

    def covered(self, months: Months) -> tuple[int, int]:
        """How many of the expected periods are answered in these months, and how many there are."""
        return sum(period in self.own for period in within(self.expected, months)), len(self.expected)

    def moved(self, months: Months) -> Reported:
        """What was reported for one period, as if it were that of these months."""
        own = dict(zip([months], self.own.values(), strict=False))
        return self._replace(own=own, expected=[months for _expected in self.expected])

    def numbers(self) -> dict[Months, Decimal]:
        return {months: value for months, value in self.own.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Basis:
    """The pairs of one region that have all that a value is made of: their months, and what is read over them."""

    months: Months = NONE
    whole_months: Months = NONE  # of all that is expected
    values: Mapping[Name, Decimal | None] = field(default_factory=dict)
    covered: Covered = field(default_factory=dict)
    is_absent: bool = False  # answered, but something in it does not apply each time
    is_annual: bool = False

    @property
    def is_answered(self) -> bool:
        return bool(self.months) or self.is_absent


Standing = Sequence[tuple[int, Basis]]  # by region


class Made(NamedTuple):
    """A value of an area in the indicator's unit, with what it is made of: the regions that have one."""

    value: Decimal | None
    coverage: Coverage
    regions: frozenset[int] = frozenset()
    months: Months = NONE  # of all regions together
    is_annual: bool = False  # by annual figures alone
    is_whole: bool = False  # nothing is missing, of twelve months or of the whole period
    not_applicable: bool = False
    other: Decimal | None = None
    reason: Gap | None = None
    places: int = 0  # the fewest decimals that a figure of an entered indicator was given with
    addends: int = 1  # how many of them were added up
    is_even: bool = True  # of the same months in all regions that report


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
        self._figures: dict[tuple[str, int, int], dict[tuple[str, int], tuple[Decimal | None, int]]] = {}
        for code, region, year, kind, number, value, places in figures:
            self._figures.setdefault((code, region, year), {})[kind, number] = value, places
        self.made, self._reported = cache(self._made), cache(self._read)
        self._expected = cache(self._expected_months)

    # One region

    def _read(self, code: str, region: int, year: int, period: PeriodKey | None) -> Reported:
        row = self.catalogue.by_code[code]
        frequency = self.catalogue.frequency(row.sheet_id, year)
        reporters = self.reporters(row.sheet_id, year)
        expected = self._expected(code, year)
        given = self._figures.get((code, region, year), {})
        own = {months: given[key][0] for key, months in expected.items() if key in given}
        wanted: Collection[Months]
        is_to_date = row.accumulation == Accumulation.CUMULATIVE
        places = min((places for value, places in given.values() if value is not None), default=0)
        if period is not None:
            key = (period.kind, period.number)
            months = expected.get(key, NONE) if period.kind == frequency else NONE
            in_period = (months,) if months and region in reporters.own else ()
            return Reported({months: own[months]} if months in own else {}, in_period, places=places)
        if frequency == Frequency.YEAR:
            wanted = tuple(expected.values()) if region in reporters.all else ()
            return Reported(own, wanted, places=places, is_to_date=is_to_date)
        is_valid_at_end = code in self.catalogue.valid_codes(PeriodKey.whole(year).last_day)
        annual = given.get((Frequency.YEAR, 1)) if is_valid_at_end else None
        if region in reporters.own:
            wanted = tuple(expected.values())
        else:
            wanted = (YEAR,) if region in reporters.annual_only and is_valid_at_end else ()
        return Reported(own, wanted, annual[0] if annual else None, annual is not None, places, is_to_date)

    def _expected_months(self, code: str, year: int) -> dict[tuple[str, int], Months]:
        periods = self.catalogue.expected_periods(code, year)
        return {(period.kind, period.number): of_period(period) for period in periods}

    def _basis(self, inputs: FormulaInputs, region: int, year: int, period: PeriodKey | None) -> Basis:
        parts = self._parts(inputs, region, year, period)
        if self._is_by_annual_figures(parts):
            return self._whole(inputs, parts)
        to_date = self._to_date(inputs, period)
        answered = common_months({name: part.own for name, part in parts.items()}, to_date)
        covered = {name: part.covered(answered) for name, part in parts.items()}
        usable = {name: part.numbers() if name in inputs.plain else part.own for name, part in parts.items()}
        months = common_months(usable, to_date)
        values = read_over(self.catalogue, usable, months, to_date) if months else {}
        expected = union([parts[name].whole_months for name in inputs.of_the_time])
        if all(value is None for value in values.values()):
            return Basis(NONE, expected, {}, covered, is_absent=bool(answered))
        return Basis(months, expected, values, covered)

    def _parts(self, inputs: FormulaInputs, region: int, year: int, period: PeriodKey | None) -> dict[Name, Reported]:
        return {name: self._part(inputs, name, region, year, period) for name in inputs.names}

    def _part(self, inputs: FormulaInputs, name: Name, region: int, year: int, period: PeriodKey | None) -> Reported:
        """What a region reported of one thing that is read, wherever in time, seen from the year or period."""
        code, moment = name
        if period is None and moment >= PREVIOUS:
            return Reported()
        then, when = at(year, period, moment)
        part = self._reported(code, region, then, when)
        if name not in inputs.plain:
            valid = [self._valid_months(*_of_name(other, year, period)) for other in inputs.summed_with(name)]
            part = self._in_sum(part, code, region, then, when, union(valid))
        return part if period is None or moment < PREVIOUS else part.moved(of_period(period))

    def _valid_months(self, code: str, year: int) -> Months:
        return union(list(self._expected(code, year).values()))

    def _in_sum(
        self, part: Reported, code: str, region: int, year: int, period: PeriodKey | None, summed: Months
    ) -> Reported:
        """What a region reported of a part: while it is not valid it does not apply, so that the sum goes on without
        it in the months that others are `summed` in."""
        sheet, valid = self.catalogue.sheet_of[code], set(self._expected(code, year).values())
        kind = self.catalogue.frequency(sheet, year)
        periods = [months_of(kind, number) for number in range(1, PERIODS_A_YEAR[kind] + 1)]
        if period is not None:
            periods = [of_period(period)] if period.kind == kind else []
        others = within(set(periods) - valid, summed)
        if not others:
            return part
        own = {months: part.own.get(months) for months in sorted([*part.own, *others], key=last_month)}
        reporters = self.reporters(sheet, year)
        if region in reporters.own:
            return part._replace(own=own, expected=tuple(sorted({*part.expected, *others}, key=last_month)))
        # What the region does not report at all is missing in the months in which it is valid.
        is_ended = not valid or (region in reporters.annual_only and not part.expected)
        return part._replace(own=own, has_annual=period is None) if is_ended else part

    def _is_by_annual_figures(self, parts: Mapping[Name, Reported]) -> bool:
        """Whether all are whole, of the same months, and one of them by an annual figure."""
        whole = all(part.is_whole for part in parts.values()) and any(part.is_annual for part in parts.values())
        return whole and len({part.whole_months for part in parts.values()}) == 1

    def _whole(self, inputs: FormulaInputs, parts: Mapping[Name, Reported]) -> Basis:
        values = {name: self._of_whole_year(name, part) for name, part in parts.items()}
        covered = {name: (len(part.expected), len(part.expected)) for name, part in parts.items()}
        if any(values[name] is None for name in inputs.plain) or set(values.values()) == {None}:
            return Basis(NONE, YEAR, {}, covered, is_absent=True, is_annual=True)
        return Basis(YEAR, YEAR, values, covered, is_annual=True)

    def _of_whole_year(self, name: Name, part: Reported) -> Decimal | None:
        return part.annual if part.is_annual else _folded(self.catalogue, name, part.numbers().values())

    def _over(
        self, inputs: FormulaInputs, parts: Mapping[Name, Reported], months: Months, to_date: Collection[Name]
    ) -> dict[Name, Decimal | None] | None:
        """What is read over exactly these months; None where they are not made of periods with a number of it."""
        usable = {name: part.numbers() if name in inputs.plain else part.own for name, part in parts.items()}
        return read_over(self.catalogue, usable, months, to_date) if covers(usable, months, to_date) else None

    def _to_date(self, inputs: FormulaInputs, period: PeriodKey | None) -> frozenset[Name]:
        return read_to_date(self.catalogue, inputs.names) if period is None else frozenset()

    # Areas

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
            return Made(None, coverage, not_applicable=absent, reason=gap if is_gap else None)
        return Made(
            value,
            coverage,
            frozenset(region for region, _basis in numbers),
            union([basis.months for _region, basis in numbers]),
            is_annual=all(basis.is_annual for _region, basis in numbers),
            is_whole=coverage.complete and all(basis.whole_months == full for _region, basis in numbers),
            other=None if value is None else self._other(code, inputs, roots, standing, year, period),
            reason=reason,
            is_even=len({basis.months for _region, basis in standing}) == 1,
        )._replace(**self._digits(code, numbers, year, period))

    def _digits(self, code: str, standing: Standing, year: int, period: PeriodKey | None) -> dict[str, Any]:
        """How exact the figures are that an entered indicator's value is made of."""
        row = self.catalogue.by_code[code]
        if row.formula:
            return {}
        is_flow, count, places = row.accumulation == Accumulation.FLOW, 0, []
        for region, basis in standing:
            part = self._reported(code, region, year, period)
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

    def last_figure(
        self, code: str, region: int, year: int, period: PeriodKey | None, months: Months, *, is_annual: bool
    ) -> tuple[str, int] | None:
        """Kind and number of the last period in the months with a number that a region's part in a value is made of."""
        if period is not None:
            return period.kind, period.number
        given = self._figures.get((code, region, year), {})
        frequency = self.catalogue.frequency(self.catalogue.sheet_of[code], year)
        kind = str(Frequency.YEAR) if is_annual else str(frequency)
        known = [key for key, (value, _places) in given.items() if key[0] == kind and value is not None]
        return max((key for key in known if within([months_of(*key)], months)), default=None)

    def declared(self, code: str, region: int, period: PeriodKey) -> tuple[Decimal | None, int]:
        """A region's statement of a computed value for a year or period, and its decimals. Raises KeyError."""
        return self._figures[code, region, period.year][period.kind, period.number]

    def _has_any(self, name: Name, region: int, year: int, period: PeriodKey | None) -> bool:
        part = self._reported(name[0], region, *at(year, period, name[1]))
        return bool(part.own) or part.has_annual

    def _standing(self, code: str, inputs: FormulaInputs, region: int, year: int, period: PeriodKey | None) -> Standing:
        """The regions from this one on whose statements make the value: its own, or those of the regions below."""
        inner = self._below.get(region, ())
        below = [item for one in inner for item in self._standing(code, inputs, one, year, period)]
        if not self._reports(inputs, region, year, period):
            return below
        own = (region, self._basis(inputs, region, year, period))
        if not own[1].is_answered:
            return below or [own]
        stands = _is_whole(inputs, [own]) or not (_is_whole(inputs, below) and self._makes_value(code, inputs, below))
        return [own] if stands else below

    def _makes_value(self, code: str, inputs: FormulaInputs, standing: Standing) -> bool:
        """A number, or "not applicable"."""
        numbers = [basis.values for _region, basis in standing if basis.months]
        return not numbers or self._value(code, inputs, numbers)[0] is not None

    def _reports(self, inputs: FormulaInputs, region: int, year: int, period: PeriodKey | None) -> bool:
        read = (_of_name(name, year, period) for name in inputs.of_the_time)
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
        now, last = self.made(code, roots, year, period), self.made(code, roots, year - 1, period)
        inputs = self.inputs(code).with_year_before()
        months, fitting = self.in_common(code, roots, year, period)
        this, before = (self._value(code, inputs, list(fitting.values()), back)[0] for back in (0, 1))
        if this is None or before is None:
            return None
        is_all = now.regions == last.regions == frozenset(fitting)
        full = YEAR if period is None else of_period(period)
        is_plain = now.is_whole and last.is_whole and is_all and (months == full or months == now.months == last.months)
        return Comparison(this, before, months, len(fitting), len(now.regions | last.regions), is_plain)

    def in_common(
        self, code: str, roots: tuple[int, ...], year: int, period: PeriodKey | None
    ) -> tuple[Months, Mapping[int, Values]]:
        """The months over which a value is compared with that of the year before, and what is read in each region."""
        now, last = self.made(code, roots, year, period), self.made(code, roots, year - 1, period)
        if not now.regions or not last.regions:
            return NONE, {}
        inputs = self.inputs(code).with_year_before()
        parts = {region: self._parts(inputs, region, year, period) for region in now.regions}
        candidates = {basis.months for region in parts if (basis := self._basis(inputs, region, year, period)).months}
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
        if months == YEAR and self._is_by_annual_figures(parts):
            return self._whole(inputs, parts).values
        return self._over(inputs, parts, months, self._to_date(inputs, period))


def at(year: int, period: PeriodKey | None, moment: int) -> tuple[int, PeriodKey | None]:
    """Year and period that a moment means, seen from a year or one of its periods. Of a year there is none before; what
    is asked of it then is of the year itself."""
    if period is None:
        return year - moment % PREVIOUS, None
    then = period_at(PeriodKey(year, period.kind, period.number), moment)
    return then.year, then


def _of_name(name: Name, year: int, period: PeriodKey | None) -> tuple[str, int]:
    """A code and the year that it is read of."""
    return name[0], at(year, period, name[1])[0]


def common_months(usable: Mapping[Name, Answers], to_date: Collection[Name]) -> Months:
    """The largest set of months made of usable periods of everything. Those of `to_date` stand for the months since
    January."""
    others = [own for name, own in usable.items() if name not in to_date]
    if not to_date:
        return in_common(others)
    ends = set.intersection(*({last_month(months) for months in usable[name]} for name in to_date))
    for month in sorted(ends, reverse=True):
        months = since_january(month)
        if all(union(within(own, months)) == months for own in others):
            return months
    return NONE


def covers(usable: Mapping[Name, Answers], months: Months, to_date: Collection[Name]) -> bool:
    """Whether exactly these months are made of usable periods of everything."""
    for name, own in usable.items():
        if name not in to_date:
            is_made = union(within(own, months)) == months
        else:
            is_ended = any(last_month(period) == last_month(months) for period in own)
            is_made = is_ended and months == since_january(last_month(months))
        if not is_made:
            return False
    return True


def read_over(
    catalogue: CompiledCatalogue, usable: Mapping[Name, Answers], months: Months, to_date: Collection[Name]
) -> dict[Name, Decimal | None]:
    """Each put together over its periods in the months, in the indicator's own unit; None where none has a number."""
    values: dict[Name, Decimal | None] = {}
    for name, own in usable.items():
        if name in to_date:
            known = [value for period, value in own.items() if last_month(period) <= last_month(months)]
            values[name] = next((value for value in reversed(known) if value is not None), None)
        else:
            values[name] = _folded(catalogue, name, [own[period] for period in within(own, months)])
    return values


def _folded(catalogue: CompiledCatalogue, name: Name, values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return folded(catalogue.by_code[name[0]].accumulation, known) if known else None


def read_to_date(catalogue: CompiledCatalogue, names: Iterable[Name]) -> frozenset[Name]:
    """Those that stand for the months since January, where a year is made."""
    by_code = catalogue.by_code
    return frozenset(name for name in names if by_code[name[0]].accumulation == Accumulation.CUMULATIVE)


def _in_order(months: Months) -> tuple[int, ...]:
    return tuple(number for number in range(12) if months >> number & 1)


def _coverage(inputs: FormulaInputs, standing: Standing) -> Coverage:
    """That of the least covered thing that is read of the same year."""
    found: list[Coverage] = []
    for name in inputs.of_the_time:
        pairs = [basis.covered[name] for _region, basis in standing]
        found.append(Coverage(sum(have for have, _all in pairs), sum(expected for _have, expected in pairs)))
    return least(found)


def least(coverages: Sequence[Coverage]) -> Coverage:
    """The one of the least share; of several the one of which most is expected."""
    expected = [one for one in coverages if one.expected]
    return min(expected, key=lambda one: (one.share, -one.expected), default=Coverage(0, 0))


def _is_whole(inputs: FormulaInputs, standing: Standing) -> bool:
    return _coverage(inputs, standing).complete
