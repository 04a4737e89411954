"""A declared growth beside nothing: what is 0 now fell by all there was, and nothing grows from 0. Pure.

What was before follows from the figure and its growth, and may be anything that is not negative; where it is reported
and not 0, the declared growth is held against the computed one instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sectors.calculation.cells import formatted, with_unit
from sectors.calculation.formulas import NOW, ZERO, Name, reading
from sectors.calculation.qualifiers import Interval
from sectors.checks.arithmetic import ONE
from sectors.checks.facts import Facts
from sectors.checks.findings import ERROR, WARNING, CheckKind, Finding
from sectors.checks.growth import DIFFERENCE, RATE, Growth, growth_of
from sectors.checks.messages import Message
from sectors.checks.reported import ReportedFigure
from sectors.checks.specs import IndicatorSpec, never_negative
from sectors.checks.suspects import Linear
from sectors.checks.templates import Template


@dataclass(frozen=True)
class LevelCheck:
    """What is declared as the growth of a figure is a growth to it, and from what it was."""

    growth: Growth

    @property
    def rule(self) -> str:
        return f"{CheckKind.GROWTH}:{self.growth.code}"

    @property
    def names(self) -> frozenset[Name]:
        return frozenset([(self.growth.code, NOW), (self.growth.of, NOW), (self.growth.of, self.growth.moment)])

    def find(self, facts: Facts) -> Finding | None:
        template = self._contradiction(facts)
        if template is None:
            return None
        figure, of = facts.reported[self.growth.code], facts.indicators[self.growth.of]
        expected = self._all_of_it(figure) if template == Template.GROWTH_TO_ZERO else None
        values = {
            "name": figure.indicator.name,
            "declared": figure.text_with_unit,
            "of": of.name,
            "level": of.shown(facts.evaluation.value(of.code) or ZERO),
            "expected": with_unit(formatted(expected, figure.places), figure.indicator.unit),
        }
        severity = WARNING if template == Template.GROWTH_NOT_TO_ZERO else ERROR
        codes, message = (self.growth.code, of.code), Message(template, values)
        return Finding(self.rule, CheckKind.GROWTH, severity, codes, figure.value, expected, message)

    def _contradiction(self, facts: Facts) -> Template | None:
        figure = facts.reported.get(self.growth.code)
        level = None if figure is None else facts.interval(reading(self.growth.of))
        if figure is None or level is None:
            return None
        before = self._before(facts)
        if self.growth.way == DIFFERENCE:
            is_more = before is None and level[1] < (figure.value - ONE.scaleb(-figure.places)) * figure.indicator.scale
            return Template.GROWTH_OVER_LEVEL if is_more else None
        said, least, most = (self._times(figure, digits) for digits in (0, -1, 1))
        if before is not None:
            stays_nothing = said == ONE and level[0] <= 0
            is_from_zero = before[0] <= 0 and not stays_nothing and level[0] >= before[1] * max(most, ZERO)
            return Template.GROWTH_FROM_ZERO if is_from_zero and (level[0] > 0 or before[1] == 0) else None
        if not level[1]:
            return None if least <= 0 or said == ONE else Template.GROWTH_TO_ZERO
        is_unusual = level[0] > 0 and not said and facts.indicators[self.growth.of].change_limit != 0
        return Template.GROWTH_NOT_TO_ZERO if is_unusual else None

    def _before(self, facts: Facts) -> Interval | None:
        """What there was; what was not applicable was nothing."""
        name = (self.growth.of, self.growth.moment)
        return (ZERO, ZERO) if name in facts.series else facts.interval(reading(*name))

    def _times(self, figure: ReportedFigure, digits: int) -> Decimal:
        """How many times as much there is, with the growth so many last digits higher."""
        value = (figure.value + digits * ONE.scaleb(-figure.places)) * figure.indicator.scale
        return value + ONE if self.growth.way == RATE else value

    def _all_of_it(self, figure: ReportedFigure) -> Decimal:
        """The growth that leaves nothing, in its own unit."""
        return (-ONE if self.growth.way == RATE else ZERO) / figure.indicator.scale

    def rows(self, facts: Facts) -> Iterator[Linear]:
        """To nothing only one growth leads, as long as nothing is believed."""
        if self._contradiction(facts) == Template.GROWTH_TO_ZERO:
            value = self._all_of_it(facts.reported[self.growth.code])
            levels = frozenset(code for code, moment in facts.leaves([(self.growth.of, NOW)]) if moment == NOW)
            yield Linear(self.rule, {self.growth.code: ONE}, value, value, levels)


def level_checks(indicators: Mapping[str, IndicatorSpec]) -> Iterator[LevelCheck]:
    """One of each growth of what cannot be below nothing."""
    for indicator in indicators.values():
        growth = growth_of(indicator)
        if growth is not None and never_negative(growth.of, indicators):
            yield LevelCheck(growth)
