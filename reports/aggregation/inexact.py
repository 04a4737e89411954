"""What is known of values made of figures that are not exact. Few are: nothing here is done for any other.

The figures are put together twice, once all at their lowest and once all at their highest, by the same steps as the
value itself (`pairs`); a formula is then computed over what lies between.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from reports.aggregation.formula_inputs import FormulaInputs, Values
from reports.aggregation.months import Months
from reports.aggregation.pairs import Pairs
from reports.aggregation.region_figures import FigureRow, Reporters, at
from sectors.calculation.bounded import Bounds
from sectors.calculation.cells import interval_of
from sectors.calculation.formulas import LAST_YEAR, Name, reading
from sectors.calculation.intervals import ANYTHING, Reading
from sectors.calculation.periods import PeriodKey
from sectors.calculation.qualifiers import INFINITY, Interval
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.sql.annual import figures_one_by_one, inexact_figures
from sectors.sql.regions import Within
from sectors.vocabulary import Accumulation, Frequency, Qualifier

# Stands for what has no end while figures are put together: far more than all that can be typed makes together.
ENDLESS, ENDED = Decimal(10) ** 24, Decimal(10) ** 19
SAME = Decimal("1e-12")
LATEST = frozenset({Accumulation.STOCK, Accumulation.CUMULATIVE})  # of which a year has the latest
_Key = tuple[str, int]  # kind and number of a period
Period = PeriodKey | None  # None: the year


class _One(NamedTuple):
    interval: Interval
    qualifier: str
    as_of: datetime.date | None


class _Behind(NamedTuple):
    """What is known of the figures of something that is read that a region's part in a value is made of, in the order
    of time; None of an exact one of the period's last day."""

    name: Name
    used: Sequence[_One | None]

    @property
    def as_of(self) -> datetime.date | None:
        return self.used[-1].as_of if self.used[-1] else None

    def qualifiers(self, accumulation: str) -> set[str]:
        counting = self.used[-1:] if accumulation in LATEST else self.used
        return {one.qualifier for one in counting if one}


class Inexact:
    """Of regions by the one that each lies in, and years. Nothing in it refers back to it, so that it goes with its
    cube."""

    def __init__(
        self,
        catalogue: CompiledCatalogue,
        within: Within,
        above: Mapping[int, int | None],
        years: Sequence[int],
        reporters: Callable[[int, int], Reporters],
        inputs: Callable[[str], FormulaInputs],
        also: Collection[int] = (),
    ) -> None:
        self.catalogue, self.above, self.years, self._also = catalogue, above, years, also
        self._within = within
        self.reporters, self.inputs = reporters, inputs
        self._known: dict[tuple[str, int, int], dict[_Key, _One]] = defaultdict(dict)
        for row in inexact_figures(within, years, also) if above else ():
            code = catalogue.codes.get(row.indicator)
            if code is not None:
                interval = interval_of(row.value, row.places, row.qualifier, catalogue.by_code[code].kind)
                one = _One(interval, row.qualifier, row.as_of)
                self._known[code, row.region, row.year][row.kind, row.number] = one
        self._codes = {code for code, _region, _year in self._known}

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._codes)

    def is_behind(self, code: str) -> bool:
        """Whether there is any that a value may be made of, or that was declared for it."""
        return code in self._codes or not self._codes.isdisjoint(self.inputs(code).codes)

    def is_read(self, code: str, year: int, period: Period) -> bool:
        """Whether there is any among the figures that a value of the time is computed from."""
        read = {(of, at(year, period, moment)[0]) for of, moment in self.inputs(code).names}
        found = (known.values() for (of, _region, then), known in self._known.items() if (of, then) in read)
        return any(one.interval[0] < one.interval[1] for ones in found for one in ones)

    def of_declared(self, code: str, region: int, year: int, period: Period) -> Bounds | None:
        """Of a department's statement of a computed value."""
        key = (period.kind, period.number) if period else (Frequency.YEAR.value, 1)
        one = self._known.get((code, region, year), {}).get(key)
        return Bounds.of(one.interval, one.qualifier, one.as_of) if one else None

    def of_value(self, code: str, roots: tuple[int, ...], year: int, period: Period, value: Decimal) -> Bounds | None:
        """Of what an area makes of its figures; None where all that it is made of is exact."""
        read = [pairs.read(code, roots, year, period) for pairs in self._ends]
        found = self._between(code, read, 0, period)
        behind = self._behind_value(code, roots, year, period)
        as_of = _earliest(behind)
        if found is None:
            return None
        ends = [value if _is_same(end, value) else end for end in found]
        low, high = min(ends[0], value), max(ends[1], value)
        qualifiers = self._qualifiers(behind, read) if low < high else frozenset()
        if not qualifiers:
            return Bounds(value, value, as_of=as_of) if as_of else None
        return Bounds(low, high, qualifiers, as_of)

    def of_comparison(
        self, code: str, roots: tuple[int, ...], year: int, period: Period
    ) -> tuple[Bounds, Bounds] | None:
        """Of a value and of that of the year before, over what the two have in common; None where all of it is exact,
        and of the last day."""
        months, fitting = self._ends[0].in_common(code, roots, year, period)
        names, both = self.inputs(code).names, self.inputs(code).with_year_before()
        behind = list(self._behind(both, dict.fromkeys(fitting, months), year, period))
        if not behind:
            return None
        read = [end.read_of_both(code, roots, year, period) for end in self._ends]
        sides = []
        for back in (0, 1):
            interval = self._between(code, read, back, period) or ANYTHING
            of_year = {(name, moment + back * LAST_YEAR) for name, moment in names}
            sides.append(Bounds(*interval, as_of=_earliest(one for one in behind if one.name in of_year)))
        return sides[0], sides[1]

    def is_elsewhere(self, code: str, regions: Collection[int], year: int) -> bool:
        """Whether there is one of the year that is of none of these regions."""
        codes = {code, *self.inputs(code).codes}
        return any(of in codes and then == year and region not in regions for of, region, then in self._known)

    @cached_property
    def _ends(self) -> tuple[Pairs, Pairs]:
        """All figures at their lowest, and at their highest."""
        touched = {code for code in self.catalogue.by_code if self.is_behind(code)}
        names = {name for code in touched for name in self.inputs(code).codes}
        keys = [self.catalogue.by_code[name].pk for name in names]
        found = figures_one_by_one(self._within, self.years, keys, self._also)
        rows: list[FigureRow] = [(self.catalogue.codes[row[0]], *row[1:]) for row in found]
        low, high = (
            Pairs(self.catalogue, self.above, self.reporters, self.inputs, [self._at(row, end) for row in rows])
            for end in (0, 1)
        )
        return low, high

    def _at(self, row: FigureRow, end: int) -> FigureRow:
        code, region, year, kind, number, value, places = row
        one = self._known.get((code, region, year), {}).get((kind, number))
        if one is not None:
            value = max(min(one.interval[end], ENDLESS), -ENDLESS)
        return code, region, year, kind, number, value, places

    def _between(self, code: str, read: Sequence[Values | None], back: int, period: Period) -> Interval | None:
        """Between which values an indicator lies, in its own unit; None where nothing is read."""
        low, high = read
        if low is None or high is None or low.keys() != high.keys():  # computed region by region
            return ANYTHING
        if not low:
            return None
        scales = {name: self.catalogue.definitions[name[0]].scale for name in low}

        def entered(name: Name) -> Interval | None:
            ends = low.get(name), high.get(name)
            if ends[0] is None or ends[1] is None:
                return None
            return _end(ends[0]) * scales[name], _end(ends[1]) * scales[name]

        absent = {name for name, value in low.items() if value is None}
        reads = Reading(self.catalogue.definitions, entered, absent, of_year=period is None)
        found = reads.interval(reading(code, back).tree, {})
        scale = self.catalogue.definitions[code].scale
        return None if found is None else (found[0] / scale, found[1] / scale)

    def _behind(
        self, inputs: FormulaInputs, months: Mapping[int, Months], year: int, period: Period
    ) -> Iterator[_Behind]:
        """Where something is not exact, or of another day, among what is read of regions over these months."""
        regions = self._ends[0].regions
        for region, over in months.items():
            names = {name: (name[0], region, at(year, period, name[1])[0]) for name in inputs.names}
            if self._known.keys().isdisjoint(names.values()):
                continue
            parts = regions.parts(inputs, region, year, period)
            for name, place in names.items():
                known = self._known.get(place, {})
                used = [known.get(key) for key in regions.used(parts, name, year, period, over)]
                if any(used):
                    yield _Behind(name, used)

    def _behind_value(self, code: str, roots: tuple[int, ...], year: int, period: Period) -> list[_Behind]:
        pairs, inputs = self._ends[0], self.inputs(code)
        made = pairs.made(code, roots, year, period).origin.regions
        months = {region: pairs.regions.basis(inputs, region, year, period).months for region in made}
        return list(self._behind(inputs, months, year, period))

    def _qualifiers(self, behind: Iterable[_Behind], read: Sequence[Values | None]) -> frozenset[str]:
        low, high = read
        found: set[str] = set()
        for one in behind:
            if not (low and high) or low[one.name] != high[one.name]:
                found |= one.qualifiers(self.catalogue.by_code[one.name[0]].accumulation)
        return frozenset(found - {Qualifier.EXACT})


def _earliest(behind: Iterable[_Behind]) -> datetime.date | None:
    """The earliest day that the last figure of something that is read is as of."""
    return min((one.as_of for one in behind if one.as_of), default=None)


def _is_same(end: Decimal, value: Decimal) -> bool:
    """But for the last digits of a third, of which each database keeps its own count: the value is that end then."""
    return abs(end - value) <= abs(value) * SAME


def _end(value: Decimal) -> Decimal:
    """As far as it can be told by its size, one without end."""
    return value if abs(value) < ENDED else INFINITY.copy_sign(value)
