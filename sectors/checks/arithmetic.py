"""The checks that add up and compare: parts against totals, and the catalogue's rules; what all checks share. Pure.

Each check says what it finds, and what it asks for as linear rules, from which suspects are worked out. A figure
that is missing makes no finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from typing import Protocol

from sectors.calculation.cells import WIDE, formatted, rounded, with_unit
from sectors.calculation.formulas import NOW, ZERO, Form, Formula, Name, adding, difference, reading
from sectors.checks import naming
from sectors.checks.facts import Facts, ReportedFigure
from sectors.checks.findings import ERROR, WARNING, CheckKind, Finding
from sectors.checks.messages import Message, Text
from sectors.checks.nonlinear import solved
from sectors.checks.specs import BreakdownSpec, IndicatorSpec, RuleSpec
from sectors.checks.suspects import INFINITY, Linear, Suspect
from sectors.checks.templates import Template
from sectors.vocabulary import MissingFigures

ONE = Decimal(1)
# Between which differences left - right a relation holds.
LIMITS = {
    "==": (ZERO, ZERO),
    "<=": (-INFINITY, ZERO),
    ">=": (ZERO, INFINITY),
}
# Whether it may hold, when left - right lies between two values. What was rounded to the same says nothing for "!=".
HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "==": lambda low, high: low <= 0 <= high,
    "!=": lambda low, high: low == high != 0,
    "<=": lambda low, high: low <= 0,
    "<": lambda low, high: low < 0,
    ">=": lambda low, high: high >= 0,
    ">": lambda low, high: high > 0,
}
BROKEN = {"==": "≠", "!=": "=", "<=": ">", "<": "≥", ">=": "<", ">": "≤"}


class Check(Protocol):
    @property
    def rule(self) -> str: ...

    @property
    def names(self) -> frozenset[Name]:
        """What it reads."""
        ...

    def find(self, facts: Facts) -> Finding | None: ...

    def rows(self, facts: Facts) -> Iterator[Linear]: ...


@dataclass(frozen=True)
class SumCheck:
    """Exhaustive parts make their total."""

    breakdown: BreakdownSpec

    @property
    def rule(self) -> str:
        return f"{CheckKind.SUM}:{self.breakdown.total}:{self.breakdown.name}"

    @property
    def names(self) -> frozenset[Name]:
        return frozenset((code, NOW) for code in (self.breakdown.total, *self.breakdown.parts))

    @cached_property
    def difference(self) -> Formula:
        """The parts less their total."""
        return difference(adding(self.breakdown.parts), reading(self.breakdown.total))

    def find(self, facts: Facts) -> Finding | None:
        base = facts.base
        try:
            left: Decimal | None = base[self.breakdown.total]
            for part in self.breakdown.parts:
                left -= base[part]  # type: ignore[operator]
        except KeyError:  # something is computed, not applicable or missing
            left = self._left(facts)
            if left is None:
                return self._with_blanks(facts)
        if not left:
            return None
        low, high = facts.interval(self.difference) or (left, left)
        return None if low <= 0 <= high else self._finding(facts, left)

    def _left(self, facts: Facts) -> Decimal | None:
        """The total less its parts; one that is not applicable counts for nothing, unless all are."""
        total = facts.evaluation.base(self.breakdown.total)
        if total is None or all((part, NOW) in facts.series for part in self.breakdown.parts):
            return None
        for part in self.breakdown.parts:
            value = facts.evaluation.base(part, NOW, in_sum=True)
            if value is None:
                return None
            total -= value
        return total

    def _known(self, facts: Facts) -> tuple[list[str], Formula] | None:
        """Parts that are blank while the total is there, and the other ones less the total; None where anything else is
        missing."""
        total, parts = self.breakdown.total, self.breakdown.parts
        if facts.evaluation.base(total) is None:
            return None
        blank = [part for part in parts if facts.is_blank((part, NOW))]
        known = [part for part in parts if part not in blank]
        values = [facts.evaluation.base(part, NOW, in_sum=True) for part in known]
        if not blank or not known or None in values:
            return None
        return blank, difference(adding(known), reading(total))

    def _with_blanks(self, facts: Facts) -> Finding | None:
        """Parts that are more than their total, whatever those are that are blank."""
        known = self._known(facts)
        low, _high = (known and facts.interval(known[1])) or (ZERO, ZERO)
        if known is None or low <= 0:
            return None
        indicator = facts.indicators[self.breakdown.total]
        over = known[1].evaluate(lambda *name: facts.evaluation.base(*name)) or ZERO
        total = (facts.evaluation.base(indicator.code) or ZERO) / indicator.scale
        expected = total + over / indicator.scale
        values: dict[str, Text] = {
            "name": naming.cell(indicator),
            "split": naming.split(self.breakdown, facts.indicators),
            "declared": indicator.shown(total),
            "expected": indicator.shown(expected),
            "count": len(known[0]),
        }
        codes = (indicator.code, *(part for part in self.breakdown.parts if part not in known[0]))
        message = Message(Template.SUM_WITH_BLANKS, values)
        return Finding(self.rule, CheckKind.SUM, ERROR, codes, total, expected, message)

    def _finding(self, facts: Facts, left: Decimal) -> Finding:
        indicator = facts.indicators[self.breakdown.total]
        computed = ReportedFigure(indicator, facts.evaluation.value(indicator.code) or ZERO, indicator.decimals)
        total = facts.reported.get(indicator.code, computed)
        expected = total.value - left / indicator.scale
        cut_off = is_cut_off(total, expected)
        values = {
            "name": naming.cell(indicator),
            "parts": naming.parts(self.breakdown, facts.indicators),
            "expected": with_places(expected, total.places, 0 if indicator.exact else 2),
            "declared": total.text,
            "rounded": formatted(expected, total.places),
        }
        message = Message(Template.SUM_CUT_OFF if cut_off else Template.SUM, values)
        codes = (indicator.code, *self.breakdown.parts)
        if cut_off:
            own = (Suspect(indicator.code, rounded(expected, total.places)),)
            return Finding(self.rule, CheckKind.SUM, WARNING, codes, total.value, expected, message, own)
        hints = another_unit(total.value, expected)
        return Finding(self.rule, CheckKind.SUM, ERROR, codes, total.value, expected, message, hints=hints)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        row = linear(facts, self.rule, self.difference.form, "==")
        if row is not None and self._left(facts) is not None:
            total = facts.reported.get(self.breakdown.total)
            yield replace(row, high=row.high + (total.tolerance if total else ZERO))  # it may be cut off
        elif (known := self._known(facts)) and (row := linear(facts, self.rule, known[1].form, "<=")):
            yield row


@dataclass(frozen=True)
class PartCheck:
    """One of a total (其中) is at most the total."""

    part: str
    total: str

    @property
    def rule(self) -> str:
        return f"{CheckKind.PART}:{self.part}:{self.total}"

    @property
    def names(self) -> frozenset[Name]:
        return frozenset([(self.part, NOW), (self.total, NOW)])

    @cached_property
    def difference(self) -> Formula:
        return difference(reading(self.part), reading(self.total))

    def find(self, facts: Facts) -> Finding | None:
        value, limit = facts.evaluation.base(self.part), facts.evaluation.base(self.total)
        if value is None or limit is None or value <= limit:
            return None
        low, _high = facts.interval(self.difference) or (value - limit, ZERO)
        if low <= 0:
            return None
        part, total = facts.indicators[self.part], facts.indicators[self.total]
        values = {
            "part": naming.cell(part),
            "value": formatted(value / part.scale, part.decimals),
            "total": naming.cell(total),
            "limit": formatted(limit / total.scale, total.decimals),
        }
        message = Message(Template.PART, values)
        codes, expected = (self.part, self.total), limit / part.scale
        return Finding(self.rule, CheckKind.PART, ERROR, codes, value / part.scale, expected, message)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        row = linear(facts, self.rule, self.difference.form, "<=")
        if row is not None:
            yield row


@dataclass(frozen=True)
class RuleCheck:
    """A rule as the catalogue has it."""

    spec: RuleSpec

    @property
    def rule(self) -> str:
        return self.spec.code

    @cached_property
    def names(self) -> frozenset[Name]:
        return self.spec.comparison.names

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, _moment in self.names)

    def find(self, facts: Facts) -> Finding | None:
        sides = self.sides(facts)
        if sides is None:
            return self._with_blanks(facts)
        comparison, left = self.spec.comparison, sides[0] - sides[1]
        holds, missing = HOLDS[comparison.relation], self.spec.missing
        if holds(left, left):
            return None
        instead = None if missing == MissingFigures.SKIP_ANY else ZERO
        low, high = facts.interval(comparison.difference, instead=instead) or (left, left)
        return None if holds(low, high) else self._finding(facts, *sides)

    def _with_blanks(self, facts: Facts) -> Finding | None:
        """Where it is broken whatever those figures are that are blank, of which none is negative."""
        relation, form = self._bounded(facts)
        around = facts.interval_of(form) if form is not None else None
        if around is None or HOLDS[relation](*around):
            return None
        comparison, evaluation = self.spec.comparison, facts.filled
        left, right = comparison.left.evaluate(evaluation.base), comparison.right.evaluate(evaluation.base)
        return None if left is None or right is None else self._finding(facts, left, right)

    def _bounded(self, facts: Facts) -> tuple[str, Form | None]:
        """What it asks of the figures that are there, as a relation to zero."""
        relation = self.spec.comparison.relation
        if (
            self.spec.missing != MissingFigures.SKIP_ANY
            or relation == "!="
            or facts.reported.keys().isdisjoint(self.codes)
        ):
            return relation, None
        found = facts.without_blanks(self.spec.comparison.difference.form)
        if found is None:
            return relation, None
        known, weights = found
        is_more = all(weight > 0 for weight in weights)  # what is blank can only make it more
        if relation == "==" and (is_more or all(weight < 0 for weight in weights)):
            return ("<=" if is_more else ">="), known
        is_bound = is_more if relation in ("<=", "<") else all(weight < 0 for weight in weights)
        return relation, known if is_bound and relation != "==" else None

    def sides(self, facts: Facts) -> tuple[Decimal, Decimal] | None:
        """Both values in base units; None where too much is missing to judge."""
        missing, comparison = self.spec.missing, self.spec.comparison
        evaluation = facts.evaluation if missing == MissingFigures.SKIP_ANY else facts.filled
        left, right = comparison.left.evaluate(evaluation.base), comparison.right.evaluate(evaluation.base)
        if left is None or right is None:
            return None
        if missing == MissingFigures.SKIP_ALL and all(facts.evaluation.base(*name) is None for name in self.names):
            return None
        return left, right

    def _finding(self, facts: Facts, left: Decimal, right: Decimal) -> Finding:
        """Declared is the figure that stands alone, the total of a sum; expected is what the rest asks of it."""
        comparison = self.spec.comparison
        main = comparison.left.code or comparison.right.code or min(comparison.codes, default="")
        codes = tuple(code for code in (main, *sorted(comparison.codes - {main})) if code)
        indicator = facts.indicators.get(main) or IndicatorSpec("", ONE)
        declared, expected = (right, left) if main == comparison.right.code != comparison.left.code else (left, right)
        places = max((facts.reported[code].places for code in codes if code in facts.reported), default=0)
        shown = [f"{value / indicator.scale:.{max(places, indicator.decimals)}f}" for value in (left, right)]
        values = {
            "message": naming.in_row(self.spec.message, codes, facts.indicators),
            "left": shown[0],
            "sign": BROKEN[comparison.relation],
            "right": with_unit(shown[1], indicator.unit),
        }
        message = Message(Template.RULE, values)
        declared, expected = declared / indicator.scale, expected / indicator.scale
        return Finding(self.rule, CheckKind.RULE, self.spec.severity, codes, declared, expected, message)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        comparison = self.spec.comparison
        if self.spec.missing != MissingFigures.SKIP_ANY or comparison.relation not in LIMITS:
            return
        row = linear(facts, self.rule, comparison.difference.form, comparison.relation)
        if row is not None:
            yield row
        elif self.sides(facts) is None:
            relation, form = self._bounded(facts)
            row = linear(facts, self.rule, form, relation) if relation in LIMITS else None
            yield from [row] if row is not None else []
        else:
            yield from solved(facts, self.rule, comparison.difference, comparison.relation)

    @property
    def limit(self) -> tuple[str, str] | None:
        """The figure that may not be more than another, and that other, when this is all it says."""
        comparison = self.spec.comparison
        pair = (comparison.left.code, comparison.right.code)
        if not all(pair) or comparison.relation not in ("<=", ">="):
            return None
        return pair if comparison.relation == "<=" else (pair[1], pair[0])

    @property
    def breakdown(self) -> BreakdownSpec | None:
        """The breakdown that it amounts to, when it says that parts make a total."""
        comparison = self.spec.comparison
        for total, parts in ((comparison.right, comparison.left), (comparison.left, comparison.right)):
            form = parts.form
            adds_up = (
                form is not None and len(form.terms) > 1 and set(form.terms.values()) == {ONE} and not form.constant
            )
            if comparison.relation == "==" and total.code and adds_up and all(not m for _c, m in parts.names):
                return BreakdownSpec(total.code, self.spec.code, True, sorted(parts.codes))
        return None


def with_places(value: Decimal, places: int, more: int) -> str:
    """A computed value beside a declared one of so many decimals: with some more, where they say something."""
    text = formatted(value, places + more)
    while more and text.endswith("0"):
        text, more = text[:-1], more - 1
    return text.rstrip(".")


def breakdown_of(check: Check) -> BreakdownSpec | None:
    """The parts and total that a check is about, if it says that parts make a total."""
    if isinstance(check, SumCheck):
        return check.breakdown
    return check.breakdown if isinstance(check, RuleCheck) else None


def linear(facts: Facts, rule: str, form: Form | None, relation: str) -> Linear | None:
    """A relation of a linear expression to zero, with room for rounding; None where figures for it are missing."""
    expanded = facts.expand(form)
    if expanded is None or not expanded[0]:
        return None
    terms, (least, most) = expanded
    slack = sum((abs(w) * facts.reported[c].tolerance / facts.indicators[c].scale for c, w in terms.items()), ZERO)
    low, high = LIMITS[relation]
    exactly = (terms, -(least + most) / 2) if relation == "==" else None
    return Linear(
        rule, terms, low - slack - most, high + slack - least, exactly=exactly, slack=slack + (most - least) / 2
    )


def is_cut_off(figure: ReportedFigure, expected: Decimal) -> bool:
    """Whether the figure is the expected value with its last digits dropped instead of rounded."""
    cut_off = expected.quantize(ONE.scaleb(-figure.places), ROUND_DOWN, WIDE)
    return not figure.indicator.exact and cut_off == figure.value


def another_unit(value: Decimal, expected: Decimal) -> tuple[Message, ...]:
    """A hint where one is the other with the decimal point elsewhere."""
    if value <= 0 or expected <= 0:
        return ()
    power = (value / expected).log10().to_integral_value()
    if not power or abs(value / expected.scaleb(int(power)) - 1) > Decimal("0.01"):
        return ()
    times = f"{10 ** abs(int(power)):,}"
    return (Message(Template.TOO_LARGE if power > 0 else Template.TOO_SMALL, {"times": times}),)
