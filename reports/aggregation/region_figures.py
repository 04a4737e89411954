"""What one region reported of what a value is made of: its periods, or its year. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from reports.aggregation.common_months import Answers, common_months, covers, put_together, read_over, read_to_date
from reports.aggregation.formula_inputs import FormulaInputs
from reports.aggregation.months import (
    NONE,
    YEAR,
    Months,
    last_month,
    months_of,
    of_period,
    since_january,
    union,
    within,
)
from sectors.calculation.evaluation import period_at
from sectors.calculation.formulas import PREVIOUS, Name
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, Frequency

# Indicator, region, and year, kind and number of the period; the value, None for "not applicable", and its decimals.
FigureRow = tuple[str, int, int, str, int, Decimal | None, int]
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


class RegionFigures:
    """Figures of regions over years, and what one region has of what a value is made of. `period` is one period of the
    year, or None for the year itself."""

    def __init__(
        self,
        catalogue: CompiledCatalogue,
        reporters: Callable[[int, int], Reporters],
        figures: Iterable[FigureRow],
    ) -> None:
        self.catalogue, self.reporters = catalogue, reporters
        self._figures: dict[tuple[str, int, int], dict[tuple[str, int], tuple[Decimal | None, int]]] = {}
        for code, region, year, kind, number, value, places in figures:
            self._figures.setdefault((code, region, year), {})[kind, number] = value, places
        self.reported = cache(self._read)
        self._expected = cache(self._expected_months)

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

    def basis(self, inputs: FormulaInputs, region: int, year: int, period: PeriodKey | None) -> Basis:
        parts = self.parts(inputs, region, year, period)
        if self.is_by_annual_figures(parts):
            return self.whole(inputs, parts)
        to_date = self.to_date(inputs, period)
        answered = common_months({name: part.own for name, part in parts.items()}, to_date)
        covered = {name: part.covered(answered) for name, part in parts.items()}
        usable = {name: part.numbers() if name in inputs.plain else part.own for name, part in parts.items()}
        months = common_months(usable, to_date)
        values = read_over(self.catalogue, usable, months, to_date) if months else {}
        expected = union([parts[name].whole_months for name in inputs.of_the_time])
        if all(value is None for value in values.values()):
            return Basis(NONE, expected, {}, covered, is_absent=bool(answered))
        return Basis(months, expected, values, covered)

    def parts(self, inputs: FormulaInputs, region: int, year: int, period: PeriodKey | None) -> dict[Name, Reported]:
        return {name: self._part(inputs, name, region, year, period) for name in inputs.names}

    def _part(self, inputs: FormulaInputs, name: Name, region: int, year: int, period: PeriodKey | None) -> Reported:
        """What a region reported of one thing that is read, wherever in time, seen from the year or period."""
        code, moment = name
        if period is None and moment >= PREVIOUS:
            return Reported()
        then, when = at(year, period, moment)
        part = self.reported(code, region, then, when)
        if name not in inputs.plain:
            valid = [self._valid_months(*of_name(other, year, period)) for other in inputs.summed_with(name)]
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

    def is_by_annual_figures(self, parts: Mapping[Name, Reported]) -> bool:
        """Whether all are whole, of the same months, and one of them by an annual figure."""
        whole = all(part.is_whole for part in parts.values()) and any(part.is_annual for part in parts.values())
        return whole and len({part.whole_months for part in parts.values()}) == 1

    def whole(self, inputs: FormulaInputs, parts: Mapping[Name, Reported]) -> Basis:
        values = {name: self._of_whole_year(name, part) for name, part in parts.items()}
        covered = {name: (len(part.expected), len(part.expected)) for name, part in parts.items()}
        if any(values[name] is None for name in inputs.plain) or set(values.values()) == {None}:
            return Basis(NONE, YEAR, {}, covered, is_absent=True, is_annual=True)
        return Basis(YEAR, YEAR, values, covered, is_annual=True)

    def _of_whole_year(self, name: Name, part: Reported) -> Decimal | None:
        return part.annual if part.is_annual else put_together(self.catalogue, name, part.numbers().values())

    def over(
        self, inputs: FormulaInputs, parts: Mapping[Name, Reported], months: Months, to_date: Collection[Name]
    ) -> dict[Name, Decimal | None] | None:
        """What is read over exactly these months; None where they are not made of periods with a number of it."""
        usable = {name: part.numbers() if name in inputs.plain else part.own for name, part in parts.items()}
        return read_over(self.catalogue, usable, months, to_date) if covers(usable, months, to_date) else None

    def to_date(self, inputs: FormulaInputs, period: PeriodKey | None) -> frozenset[Name]:
        return read_to_date(self.catalogue, inputs.names) if period is None else frozenset()

    def used(
        self, parts: Mapping[Name, Reported], name: Name, year: int, period: PeriodKey | None, months: Months
    ) -> list[tuple[str, int]]:
        """Kinds and numbers of the periods, in the order of time, with the numbers that something that is read is made
        of over some months."""
        part, (then, when) = parts[name], at(year, period, name[1])
        if when is not None:
            return [(when.kind, when.number)]
        if months == YEAR and part.is_annual and self.is_by_annual_figures(parts):
            return [(str(Frequency.YEAR), 1)]
        kind = self.catalogue.frequency(self.catalogue.sheet_of[name[0]], then)
        lasts = sorted(last_month(own) for own in within(part.numbers(), months))
        return [(str(kind), last * PERIODS_A_YEAR[kind] // 12) for last in lasts]

    def declared(self, code: str, region: int, period: PeriodKey) -> tuple[Decimal | None, int]:
        """A region's statement of a computed value for a year or period, and its decimals. Raises KeyError."""
        return self._figures[code, region, period.year][period.kind, period.number]


def at(year: int, period: PeriodKey | None, moment: int) -> tuple[int, PeriodKey | None]:
    """Year and period that a moment means, seen from a year or one of its periods. Of a year there is none before; what
    is asked of it then is of the year itself."""
    if period is None:
        return year - moment % PREVIOUS, None
    then = period_at(PeriodKey(year, period.kind, period.number), moment)
    return then.year, then


def of_name(name: Name, year: int, period: PeriodKey | None) -> tuple[str, int]:
    """A code and the year that it is read of."""
    return name[0], at(year, period, name[1])[0]
