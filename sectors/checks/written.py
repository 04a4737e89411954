"""The written rules of the catalogue and the administration. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sectors.calculation.cells import with_unit
from sectors.calculation.formulas import NOW, ZERO, Form, Name
from sectors.checks import naming
from sectors.checks.arithmetic import LIMITS, ONE, Check, SumCheck, absence, linear
from sectors.checks.facts import Facts
from sectors.checks.findings import CheckKind, Finding
from sectors.checks.messages import Message
from sectors.checks.nonlinear import solved
from sectors.checks.specs import BreakdownSpec, IndicatorSpec, RuleSpec
from sectors.checks.suspects import Linear
from sectors.checks.templates import Template
from sectors.vocabulary import MissingFigures

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
        relation, form = self.spec.comparison.relation, self.spec.comparison.difference.form
        if (
            self.spec.missing != MissingFigures.SKIP_ANY
            or relation == "!="
            or facts.reported.keys().isdisjoint(self.codes)
        ):
            return relation, None
        absent = self._absent(facts)
        if form is not None and absent:
            form = Form({name: weight for name, weight in form.terms.items() if name not in absent})
            if all(facts.evaluation.base(*name) is not None for name in form.terms):
                return relation, form
        found = facts.without_blanks(form)
        if found is None:
            return relation, None
        known, weights = found
        is_more = all(weight > 0 for weight in weights)  # what is blank can only make it more
        if relation == "==" and (is_more or all(weight < 0 for weight in weights)):
            return ("<=" if is_more else ">="), known
        is_bound = is_more if relation in ("<=", "<") else all(weight < 0 for weight in weights)
        return relation, known if is_bound and relation != "==" else None

    def _absent(self, facts: Facts) -> frozenset[Name]:
        """Its figures that do not exist here, where it adds up amounts: they count for nothing in it. A count within
        another is a part of it, an amount may only be limited by another."""
        form, relation = self.spec.comparison.difference.form, self.spec.comparison.relation
        absent = frozenset(name for name in self.names if name in facts.series)
        if not absent or form is None or form.constant or {abs(weight) for weight in form.terms.values()} != {ONE}:
            return frozenset()
        each = [facts.indicators[code] for code, moment in form.terms if moment == NOW and code in facts.indicators]
        adds_up = all(one.formula is None and (one.exact or (one.is_amount and relation == "==")) for one in each)
        return absent if adds_up and len(each) == len(form.terms) else frozenset()

    def _has_side(self, facts: Facts) -> bool:
        """Whether something exists on either side of it."""
        form, absent = self.spec.comparison.difference.form, self._absent(facts)
        return form is None or not absent or len({w > 0 for name, w in form.terms.items() if name not in absent}) > 1

    def sides(self, facts: Facts) -> tuple[Decimal, Decimal] | None:
        """Both values in base units; None where too much is missing to judge."""
        missing, comparison = self.spec.missing, self.spec.comparison
        evaluation = facts.evaluation if missing == MissingFigures.SKIP_ANY else facts.filled
        left = comparison.left.evaluate(evaluation.base)
        right = None if left is None else comparison.right.evaluate(evaluation.base)
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
        hints = absence(facts, codes if self._absent(facts) else ())
        return Finding(self.rule, CheckKind.RULE, self.spec.severity, codes, declared, expected, message, hints=hints)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        comparison = self.spec.comparison
        if self.spec.missing != MissingFigures.SKIP_ANY or comparison.relation not in LIMITS:
            return
        is_whole = self.sides(facts) is not None
        relation, form = (comparison.relation, comparison.difference.form) if is_whole else self._bounded(facts)
        row = linear(facts, self.rule, form, relation) if self._has_side(facts) else None
        if row is not None:
            yield row
        elif is_whole:
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


def breakdown_of(check: Check) -> BreakdownSpec | None:
    """The parts and total that a check is about, if it says that parts make a total."""
    if isinstance(check, SumCheck):
        return check.breakdown
    return check.breakdown if isinstance(check, RuleCheck) else None
