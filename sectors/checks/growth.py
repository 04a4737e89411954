"""Growth as a witness: what is reported now and its growth say what there was before, and parts made their total then.

Growth is what the catalogue computes from one figure at two times: `x / last_year(x) - 1`, `x / last_year(x)`,
`x - last_year(x)`, and the same with `previous`. Where the earlier figure is reported, it stands; where it is not, what
was declared as growth implies it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from sectors.calculation.bounded import overlap
from sectors.calculation.cells import formatted, with_unit
from sectors.calculation.formulas import NOW, ZERO, Form, Name, Tree, reading
from sectors.calculation.qualifiers import INFINITY, Interval
from sectors.checks import naming
from sectors.checks.arithmetic import ONE, as_declared, linear
from sectors.checks.facts import Facts
from sectors.checks.findings import ERROR, CheckKind, Finding
from sectors.checks.messages import Message, Text
from sectors.checks.specs import BreakdownSpec, IndicatorSpec, reads_signed
from sectors.checks.suspects import Linear, Suspect
from sectors.checks.templates import Template

RATE, INDEX, DIFFERENCE = "rate", "index", "difference"


@dataclass(frozen=True)
class Growth:
    """An indicator that says how a figure grew since another time."""

    code: str
    of: str
    moment: int
    way: str

    def before(self, level: Decimal, growth: Decimal) -> Decimal | None:
        """What there was, in base units; None where anything may have been."""
        if self.way == DIFFERENCE:
            return level - growth
        times = growth + ONE if self.way == RATE else growth
        return level / times if times > 0 else None

    def after(self, level: Decimal, before: Decimal) -> Decimal | None:
        """The growth from what there was, in base units."""
        if self.way == DIFFERENCE:
            return level - before
        return None if before <= 0 else level / before - (ONE if self.way == RATE else ZERO)


def growth_of(indicator: IndicatorSpec) -> Growth | None:
    """The growth that an indicator is, if it is one."""
    formula = indicator.formula
    moments = {moment: code for code, moment in formula.names} if formula is not None else {}
    if formula is None or len(moments) != len(formula.names) or len(moments) != 2 or len(set(moments.values())) > 1:
        return None
    code, moment = moments.get(NOW, ""), max(moments)
    then: Tree = ("at", code, moment)
    ways: dict[Tree, str] = {
        ("-", ("/", code, then), "1"): RATE,
        ("/", ("-", code, then), then): RATE,
        ("/", code, then): INDEX,
        ("-", code, then): DIFFERENCE,
    }
    way = ways.get(formula.tree)
    return Growth(indicator.code, code, moment, way) if way else None


@dataclass(frozen=True)
class Then:
    """What a figure was before, in base units: between which values, and as it is said; `by` is the growth that says
    so."""

    low: Decimal
    high: Decimal
    said: Decimal | None = None
    by: Growth | None = None


_LEAST, _NEAR, _MOST = -1, 0, 1
ANY = Then(ZERO, INFINITY)
NONE = Then(ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class GrowthCheck:
    """Parts made their total before, as they do now, or one of a total (其中) was no more than it."""

    breakdown: BreakdownSpec
    growths: Mapping[str, Growth]  # by what grows: the total, parts

    @property
    def moment(self) -> int:
        return next(growth.moment for growth in self.growths.values())

    @property
    def rule(self) -> str:
        name = self.breakdown.name if self.breakdown.exhaustive else self.breakdown.parts[0]
        return f"{CheckKind.GROWTH}:{self.breakdown.total}:{name}:{self.moment}"

    @property
    def members(self) -> Sequence[str]:
        return (self.breakdown.total, *self.breakdown.parts)

    @cached_property
    def names(self) -> frozenset[Name]:
        levels = {(code, moment) for code in self.members for moment in (NOW, self.moment)}
        return frozenset(levels | {(growth.code, NOW) for growth in self.growths.values()})

    def find(self, facts: Facts) -> Finding | None:
        if not any(growth.code in facts.reported for growth in self.growths.values()):
            return None
        found = self._then(facts)
        if found is None:
            return self._between(facts)
        if not any(then.by for then in found.values()) or self._agree(found):
            return None
        return self._finding(facts, found)

    def _then(self, facts: Facts) -> dict[str, Then] | None:
        """What each member was before; None where that of the total, or of a computed part, is not known."""
        found: dict[str, Then] = {}
        for code in self.members:
            then = self._earlier(facts, code)
            if then is None and (code == self.breakdown.total or facts.indicators[code].formula is not None):
                return None
            found[code] = then or ANY
        return found

    def _earlier(self, facts: Facts, code: str) -> Then | None:
        known = facts.evaluation.base(code, self.moment)
        if known is not None:
            low, high = facts.interval(reading(code, self.moment)) or (known, known)
            return Then(low, high, known)
        if (code, self.moment) in facts.series:
            return NONE
        growth, level = self.growths.get(code), facts.interval(reading(code))
        if growth is None or level is None or growth.code not in facts.reported:
            return None
        figure = facts.reported[growth.code]
        # Rounded or cut off: within its last digit.
        scale, digit = figure.indicator.scale, ONE.scaleb(-figure.places)
        least, most = (figure.low - digit) * scale, (figure.high + digit) * scale
        now = facts.evaluation.base(code) or ZERO
        said = growth.before(now, figure.value * scale)
        ends = growth.before(level[0], most), growth.before(level[1], least)
        if said is None or ends[0] is None or ends[1] is None:
            return None
        if facts.indicators[code].exact:  # counts were whole before, too
            said = min(max(said.to_integral_value(), ends[0]), ends[1])
        return Then(ends[0], ends[1], said, growth)

    def _agree(self, found: Mapping[str, Then]) -> bool:
        total, (low, high) = found[self.breakdown.total], self._sum(found, self.breakdown.parts)
        return low <= total.high and (high >= total.low or not self.breakdown.exhaustive)

    @staticmethod
    def _sum(found: Mapping[str, Then], codes: Iterable[str]) -> Interval:
        known = [found[code] for code in codes]
        return sum((then.low for then in known), ZERO), sum((then.high for then in known), ZERO)

    # What is said

    def _finding(self, facts: Facts, found: Mapping[str, Then]) -> Finding:
        growth = next(then.by for code in self.members if (then := found[code]).by)
        fits = self._fitting(facts, found, growth)
        return self._message(facts, growth, fits, Template.GROWTH if fits is not None else Template.GROWTH_NONE)

    def _fitting(self, facts: Facts, found: Mapping[str, Then], growth: Growth) -> Decimal | None:
        """The growth that would fit what the others say, in its own unit; None where none would or many do."""
        needed = self._needed(found, growth.of)
        level = facts.evaluation.base(growth.of)
        value = None if needed is None or level is None else growth.after(level, needed)
        return None if value is None else value / facts.indicators[growth.code].scale

    def _needed(self, found: Mapping[str, Then], code: str) -> Decimal | None:
        """What a member must have been by what the others say."""
        total, parts = self.breakdown.total, self.breakdown.parts
        others = [then.said for other, then in found.items() if other != code]
        if any(said is None for said in others):
            return None
        if code == total:
            return sum((found[part].said or ZERO for part in parts), ZERO)
        rest = sum((found[part].said or ZERO for part in parts if part != code), ZERO)
        return (found[total].said or ZERO) - rest

    def _message(self, facts: Facts, growth: Growth, fits: Decimal | None, template: Template, **more: Text) -> Finding:
        figure, indicator = facts.reported[growth.code], facts.indicators[growth.code]
        values: dict[str, Text] = {
            "name": indicator.name,
            "declared": figure.text_with_unit,
            "total": naming.cell(facts.indicators[self.breakdown.total]),
            "split": naming.split(self.breakdown, facts.indicators),
            "expected": "" if fits is None else with_unit(formatted(fits, figure.places), indicator.unit),
            **more,
        }
        own = () if fits is None else (Suspect(growth.code, as_declared(fits, figure)),)
        others = [code for code in self.members if code in facts.reported or code in facts.base]
        codes = dict.fromkeys([growth.code, *others, *(other.code for other in self._declared(facts))])
        return Finding(
            self.rule, CheckKind.GROWTH, ERROR, tuple(codes), figure.value, fits, Message(template, values), own
        )

    def _declared(self, facts: Facts) -> Iterator[Growth]:
        return (growth for code in self.members if (growth := self.growths.get(code)) and growth.code in facts.reported)

    def _between(self, facts: Facts) -> Finding | None:
        """Where the figures themselves are missing: a total grows no faster and no slower than all of its parts."""
        growths = list(self._declared(facts))
        rates = {growth.of for growth in growths if growth.way != DIFFERENCE}
        if not self.breakdown.exhaustive or rates != set(self.members) or len({growth.way for growth in growths}) > 1:
            return None
        if any(facts.indicators[code].formula is not None for code in self.breakdown.parts):
            return None
        total, *parts = (facts.reported[growth.code] for growth in growths)
        room = ONE.scaleb(-total.places)
        low = min(part.low - ONE.scaleb(-part.places) for part in parts)
        high = max(part.high + ONE.scaleb(-part.places) for part in parts)
        if overlap((low - room, high + room), (total.low, total.high)):
            return None
        ends = sorted(parts, key=lambda part: part.value)
        shown = {name: part.text_with_unit for name, part in (("low", ends[0]), ("high", ends[-1]))}
        return self._message(facts, growths[0], None, Template.GROWTH_BETWEEN, **shown)

    # What it asks for

    def rows(self, facts: Facts) -> Iterator[Linear]:
        """What was reported now, as long as growth is believed; and each growth, as long as everything else is."""
        found = self._then(facts)
        if found is None or not any(then.by for then in found.values()):
            return
        growths = [then.by for then in found.values() if then.by]
        yield from self._of_levels(facts, found, growths)
        for growth in growths:
            yield self._of_growth(facts, found, growth, growths)

    def _of_levels(self, facts: Facts, found: Mapping[str, Then], growths: Sequence[Growth]) -> Iterator[Linear]:
        """The parts before less their total before, as multiples of what is reported now: at most, at least nothing."""
        declared = frozenset(growth.code for growth in growths)
        said = facts.expand(self._before(facts, found, _NEAR, _NEAR))
        exactly = None if said is None or ANY in found.values() else (said[0], -(said[1][0] + said[1][1]) / 2)
        least, most = self._before(facts, found, _LEAST, _MOST), self._before(facts, found, _MOST, _LEAST)
        rows = [linear(facts, self.rule, least, "<=")]
        if self.breakdown.exhaustive and ANY not in found.values():
            rows.append(linear(facts, self.rule, most, ">="))
        yield from (replace(row, declared=declared, exactly=exactly) for row in rows if row is not None)

    def _before(self, facts: Facts, found: Mapping[str, Then], parts: int, total: int) -> Form:
        """The parts before less their total, by the least, the nominal or the most that each may have been."""
        form = Form()
        for code, then in found.items():
            is_total = code == self.breakdown.total
            multiple = self._multiple(facts, code, then, total if is_total else parts)
            form = form.plus(multiple, -ONE if is_total else ONE)
        return form

    @staticmethod
    def _multiple(facts: Facts, code: str, then: Then, digits: int) -> Form:
        """What a figure was, with its growth so many last digits lower."""
        if then.by is None:
            ends = {_LEAST: then.low, _NEAR: then.said or ZERO, _MOST: then.high if then.high.is_finite() else ZERO}
            return Form(constant=ends[digits])
        figure = facts.reported[then.by.code]
        value = (figure.value - digits * ONE.scaleb(-figure.places)) * figure.indicator.scale
        if then.by.way == DIFFERENCE:
            return Form({(code, NOW): ONE}, -value)
        return Form({(code, NOW): ONE / (value + ONE if then.by.way == RATE else value)})

    def _of_growth(self, facts: Facts, found: Mapping[str, Then], growth: Growth, growths: Sequence[Growth]) -> Linear:
        scale, level = facts.indicators[growth.code].scale, facts.interval(reading(growth.of))
        low, high = self._room(found, growth.of)
        assert level is not None
        least = growth.after(level[0], high) if high.is_finite() else -INFINITY
        most = growth.after(level[1], low) if low > 0 or growth.way == DIFFERENCE else INFINITY
        if least is None or most is None:  # the others leave nothing for it
            least, most = INFINITY, -INFINITY
        digit = ONE.scaleb(-facts.reported[growth.code].places) * scale
        figures = facts.leaves([(code, NOW) for code in self.members])
        others = {other.code for other in growths if other != growth}
        unless = frozenset(code for code, moment in figures if moment == NOW) | others
        rounding = self._rounding(facts, found, growth, most) if most.is_finite() else ZERO
        terms, fits = {growth.code: scale}, self._fitting(facts, found, growth)
        exactly = None if fits is None else (terms, fits * scale)
        return Linear(self.rule, terms, least - digit, most + digit, unless, exactly=exactly, slack=digit + rounding)

    def _rounding(self, facts: Facts, found: Mapping[str, Then], growth: Growth, most: Decimal) -> Decimal:
        """By how much the growth of the total would be less at most, had nothing been rounded."""
        parts = [found[part] for part in self.breakdown.parts]
        before = sum((then.low if then.said is None else then.said for then in parts), ZERO)
        level = facts.evaluation.base(growth.of)
        nominal = None if level is None or growth.of != self.breakdown.total else growth.after(level, before)
        return ZERO if nominal is None else most - nominal

    def _room(self, found: Mapping[str, Then], code: str) -> Interval:
        """Between which values a member was by what the others say."""
        total, parts = found[self.breakdown.total], self.breakdown.parts
        if code == self.breakdown.total:
            low, high = self._sum(found, parts)
            return low, high if self.breakdown.exhaustive else INFINITY
        low, high = self._sum(found, [part for part in parts if part != code])
        most = total.high - low
        least = total.low - high if self.breakdown.exhaustive and high.is_finite() else ZERO
        return max(least, ZERO), most


def growth_checks(
    indicators: Mapping[str, IndicatorSpec], breakdowns: Iterable[BreakdownSpec]
) -> Iterator[GrowthCheck]:
    """One of each breakdown and time of which any member has its growth among the indicators."""
    growths: dict[tuple[str, int], Growth] = {}
    for indicator in indicators.values():
        growth = growth_of(indicator)
        if growth is not None:
            growths.setdefault((growth.of, growth.moment), growth)
    for piece in _pieces(breakdowns):
        if reads_signed((piece.total, *piece.parts), indicators):
            continue  # by how much they grew says nothing of what was below 0
        for moment in sorted({moment for code, moment in growths if code in (piece.total, *piece.parts)}):
            own = {code: growths[code, moment] for code in (piece.total, *piece.parts) if (code, moment) in growths}
            yield GrowthCheck(piece, own)


def _pieces(breakdowns: Iterable[BreakdownSpec]) -> Iterable[BreakdownSpec]:
    """Breakdowns, of those that are not exhaustive each part (其中) by itself, and each of a total once."""
    found: dict[tuple[str, str, bool], BreakdownSpec] = {}
    for whole in breakdowns:
        for part in [whole.name] if whole.exhaustive else whole.parts:
            piece = whole if whole.exhaustive else replace(whole, parts=[part])
            found.setdefault((whole.total, part, whole.exhaustive), piece)
    return found.values()
