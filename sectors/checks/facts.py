"""What is judged: figures of one period with those of other times beside them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from sectors.calculation.bounded import overlap
from sectors.calculation.cells import STORED_NOT_APPLICABLE, formatted, unit_behind
from sectors.calculation.evaluation import Evaluation, is_beyond
from sectors.calculation.formulas import NOW, TO_DATE, ZERO, Form, Formula, Name, reading
from sectors.calculation.intervals import Reading, is_bounded
from sectors.calculation.qualifiers import Interval, written
from sectors.checks.reported import Inexact, InexactFigures, Point, Points, ReportedFigure, Tolerances, half
from sectors.checks.series import Changed, Series
from sectors.checks.specs import IndicatorSpec, reads_signed
from sectors.vocabulary import Accumulation, Qualifier

FEW = 4


@dataclass
class Facts:
    """The figures of one period that are judged. `scope` are the codes whose own course over time is of interest;
    `periods` has, for annual figures, those of each period of the year, `inexact_periods` what is known of them.
    `derived` are the tolerances of values that several figures make; `joint` those among them of which no single figure
    can be accused. `elsewhere` gives, by code, what other regions reported, by region: it is asked only where something
    is held against that. `inexact` are figures that are not exact. `annual` has, for figures of shorter
    periods, those of whole years by code and year."""

    indicators: Mapping[str, IndicatorSpec]
    points: Points
    now: int = 0
    a_year: int = 1
    scope: Collection[str] | None = None
    periods: Mapping[str, Sequence[Point | None]] = field(default_factory=dict)
    derived: Tolerances = field(default_factory=dict)
    joint: Collection[str] = ()
    elsewhere: Callable[[], Mapping[str, Mapping[int, Decimal]]] = dict
    inexact: InexactFigures = field(default_factory=dict)
    inexact_periods: Mapping[str, Sequence[Inexact | None]] = field(default_factory=dict)
    annual: Points = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.series = Series(self.points, self.indicators, self.now, self.a_year, self.derived, self.inexact)
        self.reported: dict[str, ReportedFigure] = {}
        self.base: dict[str, Decimal] = {}  # entered figures in base units
        for code, times in self.points.items():
            value, places = times.get(self.now, (None, 0))
            if value is not None:
                indicator = self.indicators[code]
                if indicator.formula is None:
                    self.base[code] = value * indicator.scale
                if code not in self.joint:
                    off = self.derived[code].get(self.now) if code in self.derived else None
                    inexact = self.inexact[code].get(self.now) if code in self.inexact else None
                    self.reported[code] = ReportedFigure(indicator, value, places, off, inexact)
        self.evaluation = self.evaluation_with({})

    @cached_property
    def filled(self) -> Evaluation:
        """The same with every gap counted as zero."""
        return self.evaluation_with({}, ZERO)

    @cached_property
    def values(self) -> dict[str, Decimal]:
        return {code: figure.value for code, figure in self.reported.items()}

    def stored(self, code: str) -> str:
        """What stands for a code, as `Cell.stored` has it."""
        value, places = self.points.get(code, {}).get(self.now, (None, 0))
        if code in self.reported and self.reported[code].inexact:
            return self.reported[code].text
        if value is None:
            return STORED_NOT_APPLICABLE if (code, NOW) in self.series else ""
        return formatted(value, places)

    @property
    def judged(self) -> Iterator[ReportedFigure]:
        """The figures in scope."""
        return (figure for code, figure in self.reported.items() if self.scope is None or code in self.scope)

    def interval(
        self, formula: Formula, *, instead: Decimal | None = None, printed: Collection[Name] = ()
    ) -> Interval | None:
        """Between which values in base units an expression lies, since what it reads was rounded; `printed` are
        computed values for which what was declared stands."""
        of_year = self.a_year == 1
        read = Reading(self.indicators, self.series.interval, self.series, instead=instead, of_year=of_year)
        return read.interval(formula.tree, {name: self._printed(name) for name in printed})

    def is_blank(self, name: Name) -> bool:
        """Whether a figure is neither reported nor not applicable, and would be entered."""
        indicator = self.indicators.get(name[0])
        is_entered = indicator is not None and indicator.formula is None
        return is_entered and self.series.get(name) is None and name not in self.series

    def without_blanks(self, form: Form | None) -> tuple[Form, Collection[Decimal]] | None:
        """A linear expression of what is there, and the weights of what is blank; None where something else is
        missing, or nothing, and where what is blank may be below 0, so that it need not add."""
        if form is None:
            return None
        blank = {name: weight for name, weight in form.terms.items() if self.is_blank(name)}
        known = {name: weight for name, weight in form.terms.items() if name not in blank}
        if reads_signed([code for code, _moment in blank], self.indicators):
            return None
        if not blank or not known or any(self.evaluation.base(*name) is None for name in known):
            return None
        return Form(known, form.constant), blank.values()

    def interval_of(self, form: Form) -> Interval | None:
        """Between which values in base units a linear expression lies."""
        low = high = form.constant
        for name, weight in form.terms.items():
            found = self.interval(reading(*name))
            if found is None:
                return None
            ends = [weight * end for end in found]
            low, high = low + min(ends), high + max(ends)
        return low, high

    def _printed(self, name: Name) -> Interval:
        """A declared value, in base units, with what its last digit leaves open."""
        indicator, points = self.indicators[name[0]], self.points[name[0]]
        (time,) = self.series.times(name[1])
        value, places = points[time]
        assert value is not None
        low, high = self.series.ends(name)
        return (low - half(places)) * indicator.scale, (high + half(places)) * indicator.scale

    def declared(self, names: Iterable[Name]) -> set[Name]:
        """Computed values for which something was declared, among names and what these are computed from."""
        found: set[Name] = set()
        waiting, seen = list(names), set[Name]()
        while waiting:
            code, moment = name = waiting.pop()
            formula = self.indicators[code].formula if code in self.indicators else None
            if formula is None or name in seen or is_beyond(moment):
                continue
            seen.add(name)
            if self.series.get(name) is not None:
                found.add(name)
            waiting += [(other, moment + more) for other, more in formula.names]
        return found

    def evaluation_with(self, changes: Mapping[Name, Decimal], instead: Decimal | None = None) -> Evaluation:
        """The same figures with some of them others, in their own units, and gaps counted as `instead`."""
        entered = Changed(self.series, changes) if changes else self.series
        of_year = self.a_year == 1
        return Evaluation(self.indicators, entered, self.series, instead=instead, declared_stands=True, of_year=of_year)

    def with_values(self, values: Mapping[str, Decimal]) -> Facts:
        """The same with some figures of the period others, in their own units: of those that are reported or n/a."""
        figures = {code: self._with_value(code, value) for code, value in values.items()}
        points = {code: {**self.points[code], self.now: (one.value, one.places)} for code, one in figures.items()}
        found = copy(self)
        found.__dict__.pop("filled", None)
        found.__dict__.pop("values", None)
        found.points = {**self.points, **points}
        found.series = Series(found.points, self.indicators, self.now, self.a_year, self.derived, self.inexact)
        found.reported = self.reported | figures
        found.base = self.base | {
            code: value * self.indicators[code].scale
            for code, value in values.items()
            if self.indicators[code].formula is None
        }
        found.evaluation = found.evaluation_with({})
        return found

    def _with_value(self, code: str, value: Decimal) -> ReportedFigure:
        if code in self.reported:
            return replace(self.reported[code], value=value)
        return ReportedFigure(self.indicators[code], value, self.indicators[code].decimals)

    def is_inexact(self, name: Name) -> bool:
        """Whether something that is not exact is behind a value."""
        return any(
            time in self.inexact.get(code, {})
            for code, moment in self.leaves([name])
            for time in self.series.times(moment)
        )

    def said(self, name: Name) -> str:
        """A value at any time, which is there, as a person reads it."""
        indicator, value = self.indicators[name[0]], self.evaluation.value(*name)
        assert value is not None
        known = [one for time in self.series.times(name[1]) if (one := self.inexact.get(name[0], {}).get(time))]
        single = known[0].qualifier if len(known) == 1 and known[0].written else Qualifier.EXACT
        about = Qualifier.ABOUT if self.is_inexact(name) else Qualifier.EXACT
        return written(formatted(value, indicator.decimals), single or about, unit_behind(indicator.unit))

    def nearest(self, name: Name, figure: ReportedFigure) -> Decimal | None:
        """What was reported at another time; of what is not exact the value nearest to a figure, or its own where both
        may be the same."""
        value = self.series.get(name)
        if value is None or (figure.inexact is None and name[0] not in self.inexact):
            return value
        low, high = self.series.ends(name)
        if overlap((figure.low, figure.high), (low, high)):
            return figure.value
        return low if figure.high < low else high

    def at_ends(self) -> Iterator[Facts]:
        """The same with figures of the period that are not exact at their lowest or highest: all, and each of a few."""
        ends = {code: (one.low, one.high) for code, one in self.reported.items() if one.inexact}
        each = [[code] for code in ends] if 1 < len(ends) <= FEW else []
        for codes in [list(ends), *each] if ends else ():
            for end in (0, 1):
                yield self._exactly({code: ends[code][end] for code in codes})

    def _exactly(self, values: Mapping[str, Decimal]) -> Facts:
        """With values instead of what was not exact."""
        inexact = {
            code: {time: one for time, one in times.items() if code not in values or time != self.now}
            for code, times in self.inexact.items()
        }
        return replace(self, inexact=inexact).with_values(values)

    def with_points(self, given: Mapping[str, Point | None]) -> Facts:
        """The same with other figures in some places, or none."""
        points = {code: {**self.points.get(code, {})} for code in given}
        for code, point in given.items():
            points[code].pop(self.now, None)
            if point is not None:
                points[code][self.now] = point
        return replace(self, points={**self.points, **points})

    def leaves(self, names: Iterable[Name]) -> set[Name]:
        """The reported figures behind names."""
        found: set[Name] = set()
        for code, moment in names:
            formula = self.indicators[code].formula if code in self.indicators else None
            reads = {(other, moment + more) for other, more in formula.names} if formula else set()
            if reads and all(self.evaluation.base(*name) is not None for name in reads):
                found |= self.leaves(reads)
            elif self.series.get((code, moment)) is not None:
                found.add((code, moment))
        return found

    def expand(self, form: Form | None) -> tuple[dict[str, Decimal], Interval] | None:
        """A linear expression as coefficients of reported figures, each in its own unit, and a constant in base
        units; figures of other times are constants, which were rounded too. None where it is not linear in reported
        figures."""
        if form is None:
            return None
        terms: dict[str, Decimal] = {}
        low = high = form.constant
        for (code, moment), weight in form.terms.items():
            more = self._expand(code, moment)
            if more is None:
                return None
            for name, coefficient in more[0].items():
                terms[name] = terms.get(name, ZERO) + weight * coefficient
            ends = [weight * end for end in more[1]]
            low, high = low + min(ends), high + max(ends)
        return {code: weight for code, weight in terms.items() if weight}, (low, high)

    def _expand(self, code: str, moment: int) -> tuple[dict[str, Decimal], Interval] | None:
        formula = self.indicators[code].formula if code in self.indicators else None
        if moment == TO_DATE and code in self.reported and formula is None:
            return self._expand_to_date(code)
        if moment != NOW:
            found = self.series.interval((code, moment)) if formula is None else self.interval(reading(code, moment))
            return None if found is None or not is_bounded(found) else ({}, found)
        if formula is not None:
            return self.expand(formula.form)
        if code in self.reported:
            return {code: self.indicators[code].scale}, (ZERO, ZERO)
        return ({}, (ZERO, ZERO)) if (code, NOW) in self.series else None

    def _expand_to_date(self, code: str) -> tuple[dict[str, Decimal], Interval] | None:
        """The period's own figure, and what those before it in the year add."""
        whole, own = self.series.interval((code, TO_DATE)), self.series.interval((code, NOW))
        if whole is None or own is None:
            return None
        if self.indicators[code].accumulation == Accumulation.AVERAGE:
            return {}, whole
        return {code: self.indicators[code].scale}, (whole[0] - own[0], whole[1] - own[1])
