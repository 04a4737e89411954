"""Figures over time, seen from one period, with what rounding leaves open. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sectors.calculation.evaluation import Entered, folded
from sectors.calculation.formulas import PREVIOUS, TO_DATE, ZERO, Name
from sectors.calculation.qualifiers import Interval
from sectors.checks.reported import InexactFigures, Points, Tolerances, half
from sectors.checks.specs import IndicatorSpec
from sectors.vocabulary import Accumulation


class Series:
    """Figures by code and time, seen from one period: what an Evaluation calls entered.

    Times are numbered on: year x periods a year + number of the period, from 0.
    """

    def __init__(
        self,
        points: Points,
        indicators: Mapping[str, IndicatorSpec],
        now: int,
        a_year: int,
        derived: Tolerances,
        inexact: InexactFigures,
    ) -> None:
        self.points, self.indicators, self.now, self.a_year, self.derived = points, indicators, now, a_year, derived
        self.inexact = inexact

    def times(self, moment: int) -> range:
        """The periods that a moment means."""
        end = self.now - moment % PREVIOUS * self.a_year - moment % TO_DATE // PREVIOUS
        return range(end - end % self.a_year if moment >= TO_DATE else end, end + 1)

    def get(self, name: Name, /) -> Decimal | None:
        """A value in its own unit; year to date needs every period so far."""
        points = self.points.get(name[0])
        if not points:
            return None
        if name[1] < TO_DATE:
            point = points.get(self.now - name[1] % PREVIOUS * self.a_year - name[1] // PREVIOUS)
            return point[0] if point else None
        values = [points[time][0] for time in self.times(name[1]) if time in points]
        known = [value for value in values if value is not None]
        if not known or len(values) < len(self.times(name[1])):
            return None
        return folded(self.indicators[name[0]].accumulation, known)

    def __contains__(self, name: Name) -> bool:
        """Whether the figure was reported as not applicable."""
        points = self.points.get(name[0], {})
        values = [points[time][0] for time in self.times(name[1]) if time in points]
        return bool(values) and not any(value is not None for value in values)

    def tolerance(self, name: Name) -> Decimal:
        """In base units."""
        indicator, points = self.indicators[name[0]], self.points.get(name[0], {})
        if indicator.exact:
            return ZERO
        derived = self.derived.get(name[0], {})
        given = [derived.get(time, half(points[time][1])) for time in self.times(name[1]) if time in points]
        return (folded(indicator.accumulation, given) if given else ZERO) * indicator.scale

    def interval(self, name: Name) -> Interval | None:
        """What a value may have been before it was rounded, or may be where it is not exact, in base units."""
        value = self.get(name)
        if value is None:
            return None
        scale, tolerance = self.indicators[name[0]].scale, self.tolerance(name)
        low, high = self.ends(name) if name[0] in self.inexact else (value, value)
        return low * scale - tolerance, high * scale + tolerance

    def ends(self, name: Name) -> Interval:
        """Between which values one that is there lies where it is not exact, in its own unit."""
        accumulation, given = self.indicators[name[0]].accumulation, self.inexact.get(name[0], {})
        known = [(time, point[0]) for time in self.times(name[1]) if (point := self.points[name[0]].get(time))]
        ends = [
            (given[time].low, given[time].high) if time in given else (value, value)
            for time, value in known
            if value is not None
        ]
        return folded(accumulation, [low for low, _high in ends]), folded(accumulation, [high for _low, high in ends])

    def before(self, code: str, count: int) -> list[Decimal]:
        """Values of the `count` periods before this one, the latest first; for year-to-date figures what each added."""
        return [
            value for value in (self.added(code, time) for time in range(self.now - 1, self.now - 1 - count, -1))
            if value is not None
        ]  # fmt: skip

    def added(self, code: str, time: int) -> Decimal | None:
        points = self.points.get(code, {})
        value = points[time][0] if time in points else None
        if value is None or self.indicators[code].accumulation != Accumulation.CUMULATIVE or time % self.a_year == 0:
            return value
        earlier = points[time - 1][0] if time - 1 in points else None
        return None if earlier is None else value - earlier


class Changed:
    """Entered values with some of them others."""

    def __init__(self, entered: Entered, changes: Mapping[Name, Decimal]) -> None:
        self.entered, self.changes = entered, changes

    def get(self, name: Name, /) -> Decimal | None:
        return self.changes[name] if name in self.changes else self.entered.get(name)
