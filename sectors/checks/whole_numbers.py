"""A declared rate or growth of counts, of which one count is not reported: some whole number must give it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from sectors.calculation.cells import formatted, rounded, with_unit
from sectors.calculation.formulas import LAST_YEAR, NOW, PREVIOUS, ZERO, Name
from sectors.calculation.qualifiers import INFINITY, Interval
from sectors.checks.arithmetic import ONE, is_cut_off, with_places
from sectors.checks.facts import Facts
from sectors.checks.findings import WARNING, CheckKind, Finding
from sectors.checks.growth import DIFFERENCE, growth_of
from sectors.checks.messages import Message, Text
from sectors.checks.reported import ReportedFigure, half
from sectors.checks.specs import IndicatorSpec
from sectors.checks.suspects import Linear, Suspect
from sectors.checks.templates import Template

MOMENTS = {LAST_YEAR: Template.SAME_PERIOD_LAST_YEAR, PREVIOUS: Template.PERIOD_BEFORE}


@dataclass(frozen=True)
class WholeNumberCheck:
    """`above / below - less` of two counts, each a code and a moment; `less` is 1 for growth, else 0."""

    indicator: IndicatorSpec
    above: Name
    below: Name
    less: Decimal = ZERO

    @property
    def rule(self) -> str:
        return f"{CheckKind.WHOLE}:{self.indicator.code}"

    @property
    def names(self) -> frozenset[Name]:
        return frozenset([(self.indicator.code, NOW), self.above, self.below])

    def find(self, facts: Facts) -> Finding | None:
        figure = facts.reported.get(self.indicator.code)
        above, below = facts.evaluation.base(*self.above), facts.evaluation.base(*self.below)
        if figure is None or (above is None) == (below is None):
            return None
        missing, known = (self.above, below) if above is None else (self.below, above)
        if known is None or known <= 0 or missing in facts.series:
            return None
        low, high = self._interval(figure, known, is_above=missing == self.above)
        if low.to_integral_value(ROUND_CEILING) <= high:
            return None
        said = figure.value * self.indicator.scale + self.less
        nominal = known * said if missing == self.above else known / said
        count = max(nominal.to_integral_value(), ONE if missing == self.below else ZERO)
        fits = (count / known if missing == self.above else known / count) - self.less
        return self._finding(facts, figure, missing, count, fits / self.indicator.scale)

    def _interval(self, figure: ReportedFigure, known: Decimal, *, is_above: bool) -> Interval:
        """Between which values the missing count lies, by what was declared."""
        near, scale = half(figure.places), self.indicator.scale
        least, most = (figure.low - near) * scale + self.less, (figure.high + near) * scale + self.less
        if is_above:
            return known * max(least, ZERO), known * most
        return known / most if most > 0 else INFINITY, known / least if least > 0 else INFINITY

    def _finding(self, facts: Facts, figure: ReportedFigure, missing: Name, count: Decimal, fits: Decimal) -> Finding:
        code, moment = missing
        values: dict[str, Text] = {
            "name": self.indicator.name,
            "declared": figure.text_with_unit,
            "of": facts.indicators[code].name,
            "count": formatted(count, 0),
            "fits": with_unit(with_places(fits, figure.places, 2), self.indicator.unit),
        }
        template = Template.WHOLE_CUT_OFF if is_cut_off(figure, fits) else Template.WHOLE
        if moment:
            values["of"] = Message(Template.OF_TIME, {"name": values["of"], "when": Message(MOMENTS[moment])})
        message, own = Message(template, values), Suspect(figure.indicator.code, rounded(fits, figure.places) + 0)
        codes = (figure.indicator.code, *(name[0] for name in (self.above, self.below) if name[1] == NOW))
        return Finding(self.rule, CheckKind.WHOLE, WARNING, codes, figure.value, fits, message, (own,))

    def rows(self, facts: Facts) -> Iterator[Linear]:
        """It warns only: nothing is bound by it."""
        return iter(())


def whole_number_checks(indicators: Mapping[str, IndicatorSpec]) -> Iterable[WholeNumberCheck]:
    for indicator in indicators.values():
        growth, formula = growth_of(indicator), indicator.formula
        if growth is not None and growth.way != DIFFERENCE:
            less = ZERO if growth.way == "index" else ONE
            if _is_count(indicators, growth.of):
                yield WholeNumberCheck(indicator, (growth.of, NOW), (growth.of, growth.moment), less)
        elif formula is not None and formula.sign == "/":
            codes = [side.code for side in formula.operands]
            if all(code and _is_count(indicators, code) for code in codes):
                yield WholeNumberCheck(indicator, (codes[0], NOW), (codes[1], NOW))


def _is_count(indicators: Mapping[str, IndicatorSpec], code: str) -> bool:
    return code in indicators and indicators[code].exact and indicators[code].scale == ONE
