"""The checks that reckon: parts against totals, declared values against computed ones, shares, rules. Pure.

Each check says what it finds, and what it asks for as linear rules, from which suspects are worked out. A figure
that is missing makes no finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from sectors.calculation.cells import formatted, rounded, with_unit
from sectors.calculation.formulas import NOW, ZERO, Form, Formula, Name
from sectors.checks.facts import (
    COUNT_ZERO,
    ERROR,
    SKIP_ALL,
    SKIP_ANY,
    WARNING,
    Facts,
    Finding,
    Known,
    Split,
    Trait,
    Written,
    half,
)
from sectors.checks.suspects import INFINITY, Linear, Suspect

ONE, HUNDRED = Decimal(1), Decimal(100)
# Between which differences left - right a relation holds.
LIMITS = {
    "==": (ZERO, ZERO),
    "<=": (-INFINITY, ZERO),
    ">=": (ZERO, INFINITY),
}
HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "==": lambda difference, tolerance: abs(difference) <= tolerance,
    "!=": lambda difference, tolerance: difference != 0,
    "<=": lambda difference, tolerance: difference <= tolerance,
    "<": lambda difference, tolerance: difference < tolerance or difference < 0,
    ">=": lambda difference, tolerance: difference >= -tolerance,
    ">": lambda difference, tolerance: difference > -tolerance or difference > 0,
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
class Sum:
    """Exhaustive parts make their total."""

    split: Split

    @property
    def rule(self) -> str:
        return f"sum:{self.split.total}:{self.split.name}"

    @property
    def names(self) -> frozenset[Name]:
        return frozenset((code, NOW) for code in (self.split.total, *self.split.parts))

    def find(self, facts: Facts) -> Finding | None:
        base = facts.base
        try:
            left: Decimal | None = base[self.split.total]
            for part in self.split.parts:
                left -= base[part]  # type: ignore[operator]
        except KeyError:  # something is computed, not applicable or missing
            left = self._left(facts)
        if not left:
            return None
        tolerance = sum(map(facts.tolerance, (self.split.total, *self.split.parts)), ZERO)
        return self._finding(facts, left) if abs(left) > tolerance else None

    def _left(self, facts: Facts) -> Decimal | None:
        """The total less its parts; one that is not applicable counts for nothing, unless all are."""
        total = facts.book.base(self.split.total)
        if total is None or all((part, NOW) in facts.series for part in self.split.parts):
            return None
        for part in self.split.parts:
            value = facts.book.base(part, NOW, in_sum=True)
            if value is None:
                return None
            total -= value
        return total

    def _finding(self, facts: Facts, left: Decimal) -> Finding:
        trait = facts.traits[self.split.total]
        total = facts.known.get(trait.code) or Known(trait, facts.book.value(trait.code) or ZERO, trait.decimals)
        expected = total.value - left / trait.scale
        cut_off = is_cut_off(total, expected)
        message = (
            _(
                "%(name)s: the parts (%(split)s) give %(expected)s; %(declared)s is cut off, rounded it would be "
                "%(rounded)s."
            )
            if cut_off
            else _("%(name)s: the parts (%(split)s) give %(expected)s, %(declared)s is reported.")
        ) % {
            "name": trait.name,
            "split": self.split.name,
            "expected": _with_places(expected, total.places, 0 if trait.exact else 2),
            "declared": total.text,
            "rounded": formatted(expected, total.places),
        }
        codes = (trait.code, *self.split.parts)
        if cut_off:
            own = (Suspect(trait.code, rounded(expected, total.places)),)
            return Finding(self.rule, "sum", WARNING, codes, total.value, expected, message, own)
        hint = another_unit(total.value, expected)
        return Finding(self.rule, "sum", ERROR, codes, total.value, expected, message, hint=hint)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        terms = {(part, NOW): ONE for part in self.split.parts} | {(self.split.total, NOW): -ONE}
        row = linear(facts, self.rule, Form(terms), "==")
        if row is not None and self._left(facts) is not None:
            total = facts.known.get(self.split.total)
            yield replace(row, high=row.high + (total.tolerance if total else ZERO))  # it may be cut off


@dataclass(frozen=True)
class Part:
    """One of a total (其中) is at most the total."""

    part: str
    total: str

    @property
    def rule(self) -> str:
        return f"part:{self.part}"

    @property
    def names(self) -> frozenset[Name]:
        return frozenset([(self.part, NOW), (self.total, NOW)])

    def find(self, facts: Facts) -> Finding | None:
        value, limit = facts.book.base(self.part), facts.book.base(self.total)
        if value is None or limit is None or value <= limit:
            return None
        if value - limit <= facts.tolerance(self.part) + facts.tolerance(self.total):
            return None
        part, total = facts.traits[self.part], facts.traits[self.total]
        what = {
            "part": part.name,
            "value": formatted(value / part.scale, part.decimals),
            "total": total.name,
            "limit": formatted(limit / total.scale, total.decimals),
        }
        message = _("%(part)s (%(value)s) is more than %(total)s (%(limit)s), of which it is a part.") % what
        codes, expected = (self.part, self.total), limit / part.scale
        return Finding(self.rule, "part", ERROR, codes, value / part.scale, expected, message)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        row = linear(facts, self.rule, Form({(self.part, NOW): ONE, (self.total, NOW): -ONE}), "<=")
        if row is not None:
            yield row


@dataclass(frozen=True)
class Declared:
    """What was declared for a computed indicator is what its figures give."""

    trait: Trait
    formula: Formula

    @property
    def rule(self) -> str:
        return f"declared:{self.trait.code}"

    @property
    def names(self) -> frozenset[Name]:
        return self.formula.names | {(self.trait.code, NOW)}

    def find(self, facts: Facts) -> Finding | None:
        figure = facts.known.get(self.trait.code)
        computed = None if figure is None else facts.book.value(self.trait.code)
        if figure is None or computed is None or abs(figure.value - computed) <= half(figure.places):
            return None
        slack = facts.slack(self.formula.evaluate, self.formula.names) / self.trait.scale
        if abs(figure.value - computed) <= half(figure.places) + slack:
            return None
        return self._finding(facts, figure, computed)

    def _finding(self, facts: Facts, figure: Known, computed: Decimal) -> Finding:
        cut_off = is_cut_off(figure, computed)
        message = (
            _(
                "%(name)s is declared as %(declared)s, which is cut off: its figures give %(computed)s, rounded "
                "%(rounded)s."
            )
            if cut_off
            else _("%(name)s is declared as %(declared)s, but its figures give %(computed)s.")
        ) % {
            "name": self.trait.name,
            "declared": figure.text,
            "computed": _with_places(computed, figure.places, 2),
            "rounded": formatted(computed, figure.places),
        }
        code, severity = self.trait.code, WARNING if cut_off else ERROR
        own = (Suspect(code, rounded(computed, figure.places)),)
        hint = "" if cut_off else self._mistaken(facts, figure, computed)
        return Finding(self.rule, "declared", severity, (code,), figure.value, computed, message, own, hint)

    def _mistaken(self, facts: Facts, figure: Known, computed: Decimal) -> str:
        """What the declared value would be right for, if it is one of the usual mistakes."""
        if self.trait.is_percent and self._is(figure, self._relative(facts)):
            return _("This is the growth of the rate in per cent; a rate grows by percentage points.")
        if self.trait.is_percent and self._is(figure, self._points(facts)):
            return _("This is the difference in percentage points; growth is asked for in per cent.")
        return another_unit(figure.value, computed)

    def _relative(self, facts: Facts) -> Decimal | None:
        """For a difference of two values, how much larger the first is."""
        if self.formula.sign != "-":
            return None
        now, then = (side.evaluate(facts.book.base) for side in self.formula.operands)
        return (now / then - 1) * HUNDRED if now is not None and then else None

    def _points(self, facts: Facts) -> Decimal | None:
        """For a growth (a / b - 1) of rates, their difference."""
        quotient = self.formula.operands[0] if self.formula.sign == "-" else self.formula
        if quotient is self.formula or quotient.sign != "/" or self.formula.operands[1].form != Form(constant=ONE):
            return None
        now, then = (side.evaluate(facts.book.base) for side in quotient.operands)
        return (now - then) * HUNDRED if now is not None and then is not None else None

    @staticmethod
    def _is(figure: Known, value: Decimal | None) -> bool:
        return value is not None and abs(figure.value - value) <= half(figure.places)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        """A declared rate confirms its parts: a - rate x b lies within the rate's last digit, rounded or cut off.
        And its parts confirm the rate."""
        figure, computed = facts.known.get(self.trait.code), self.formula.evaluate(facts.book.base)
        if figure is None or computed is None:
            return
        leaves = frozenset(code for code, moment in facts.leaves(self.formula.names) if moment == NOW)
        near = half(figure.places) + facts.slack(self.formula.evaluate, self.formula.names) / self.trait.scale
        middle, digit = computed / self.trait.scale, ONE.scaleb(-figure.places)
        yield Linear(self.rule, {self.trait.code: ONE}, middle - max(near, digit), middle + near, leaves)
        above, below = self.formula.operands if self.formula.sign == "/" else (self.formula, None)
        for bound, relation in ((figure.value - half(figure.places), ">="), (figure.value + digit, "<=")):
            form = _against(above.form, below.form if below else Form(constant=ONE), bound * self.trait.scale)
            row = linear(facts, self.rule, form, relation)
            if row is not None:
                yield replace(row, declared=self.trait.code)


def _against(above: Form | None, below: Form | None, rate: Decimal) -> Form | None:
    return None if above is None or below is None else above.plus(below, -rate)


@dataclass(frozen=True)
class Shares:
    """The shares that all parts of a whole have in it are a hundred per cent together."""

    total: Trait
    name: str
    shares: Sequence[str]

    @property
    def rule(self) -> str:
        return f"share:{self.total.code}:{self.name}"

    @property
    def names(self) -> frozenset[Name]:
        return frozenset((code, NOW) for code in self.shares)

    def find(self, facts: Facts) -> Finding | None:
        known = [facts.known[code] for code in self.shares if code in facts.known]
        if len(known) < len(self.shares):
            return None
        total = sum((share.value for share in known), ZERO)
        if abs(total - HUNDRED) <= sum((half(share.places) for share in known), ZERO):
            return None
        digits = sum((ONE.scaleb(-share.places) for share in known), ZERO)
        cut_off = HUNDRED - digits < total < HUNDRED
        message = (
            _("%(name)s: the shares of its parts add up to %(total)s%%, as if cut off instead of rounded.")
            if cut_off
            else _("%(name)s: the shares of its parts add up to %(total)s%% instead of 100%%.")
        ) % {"name": self.total.name, "total": f"{total.normalize():f}"}
        severity = WARNING if cut_off else ERROR
        return Finding(self.rule, "share", severity, tuple(self.shares), total, HUNDRED, message)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        known = [facts.known[code] for code in self.shares if code in facts.known]
        if len(known) == len(self.shares):
            digits = sum((ONE.scaleb(-share.places) for share in known), ZERO)
            terms = dict.fromkeys(self.shares, ONE)
            yield Linear(self.rule, terms, HUNDRED - digits, HUNDRED + digits / 2)


@dataclass(frozen=True)
class Rule:
    """A rule as the catalogue has it."""

    written: Written

    @property
    def rule(self) -> str:
        return self.written.code

    @property
    def names(self) -> frozenset[Name]:
        return self.written.comparison.names

    def find(self, facts: Facts) -> Finding | None:
        sides = self.sides(facts)
        if sides is None:
            return None
        holds, difference = HOLDS[self.written.comparison.relation], sides[0] - sides[1]
        if holds(difference, ZERO) or holds(difference, self._slack(facts)):
            return None
        return self._finding(facts, *sides)

    def sides(self, facts: Facts) -> tuple[Decimal, Decimal] | None:
        """Both values in base units; None where too much is missing to judge."""
        missing, comparison = self.written.missing, self.written.comparison
        book = facts.book if missing == SKIP_ANY else facts.filled
        left, right = comparison.left.evaluate(book.base), comparison.right.evaluate(book.base)
        if left is None or right is None:
            return None
        if missing == SKIP_ALL and all(facts.book.base(*name) is None for name in self.names):
            return None
        return left, right

    def _slack(self, facts: Facts) -> Decimal:
        left, right = self.written.comparison.left.evaluate, self.written.comparison.right.evaluate

        def difference(lookup: object) -> Decimal | None:
            a, b = left(lookup), right(lookup)  # type: ignore[arg-type]
            return None if a is None or b is None else a - b

        return facts.slack(difference, self.names, None if self.written.missing == SKIP_ANY else ZERO)

    def _finding(self, facts: Facts, left: Decimal, right: Decimal) -> Finding:
        """Declared is the figure that stands alone, the total of a sum; expected is what the rest asks of it."""
        comparison = self.written.comparison
        main = comparison.left.code or comparison.right.code or min(comparison.codes, default="")
        codes = tuple(code for code in (main, *sorted(comparison.codes - {main})) if code)
        trait = facts.traits.get(main) or Trait("", ONE)
        declared, expected = (right, left) if main == comparison.right.code != comparison.left.code else (left, right)
        places = max((facts.known[code].places for code in codes if code in facts.known), default=0)
        shown = [f"{value / trait.scale:.{max(places, trait.decimals)}f}" for value in (left, right)]
        message = _("%(message)s (%(left)s %(sign)s %(right)s)") % {
            "message": self.written.message,
            "left": shown[0],
            "sign": BROKEN[comparison.relation],
            "right": with_unit(shown[1], trait.unit),
        }
        severity = self.written.severity
        return Finding(self.rule, "rule", severity, codes, declared / trait.scale, expected / trait.scale, message)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        comparison = self.written.comparison
        if self.written.missing in (SKIP_ALL, COUNT_ZERO) or comparison.relation not in LIMITS:
            return
        row = linear(facts, self.rule, comparison.form, comparison.relation)
        if row is not None:
            yield row

    @property
    def limit(self) -> tuple[str, str] | None:
        """The figure that may not be more than another, and that other, when this is all it says."""
        comparison = self.written.comparison
        pair = (comparison.left.code, comparison.right.code)
        if not all(pair) or comparison.relation not in ("<=", ">="):
            return None
        return pair if comparison.relation == "<=" else (pair[1], pair[0])

    @property
    def split(self) -> Split | None:
        """The breakdown that it amounts to, when it says that parts make a total."""
        comparison = self.written.comparison
        for total, parts in ((comparison.right, comparison.left), (comparison.left, comparison.right)):
            form = parts.form
            adds_up = (
                form is not None and len(form.terms) > 1 and set(form.terms.values()) == {ONE} and not form.constant
            )
            if comparison.relation == "==" and total.code and adds_up and all(not m for _c, m in parts.names):
                return Split(total.code, self.written.code, True, sorted(parts.codes))
        return None


def _with_places(value: Decimal, places: int, more: int) -> str:
    """A computed value beside a declared one of so many decimals: with some more, where they say something."""
    text = formatted(value, places + more)
    while more and text.endswith("0"):
        text, more = text[:-1], more - 1
    return text.rstrip(".")


def split_of(check: Check) -> Split | None:
    """The parts and total that a check is about, if it says that parts make a total."""
    if isinstance(check, Sum):
        return check.split
    return check.split if isinstance(check, Rule) else None


def linear(facts: Facts, rule: str, form: Form | None, relation: str) -> Linear | None:
    """A relation of a linear expression to zero, with room for rounding; None where figures for it are missing."""
    expanded = facts.expand(form)
    if expanded is None or not expanded[0]:
        return None
    terms, constant = expanded
    slack = sum((abs(w) * facts.known[c].tolerance / facts.traits[c].scale for c, w in terms.items()), ZERO)
    low, high = LIMITS[relation]
    return Linear(rule, terms, low - slack - constant, high + slack - constant, slack=slack)


def is_cut_off(figure: Known, expected: Decimal) -> bool:
    """Whether the figure is the expected value with its last digits dropped instead of rounded."""
    return not figure.trait.exact and expected.quantize(ONE.scaleb(-figure.places), ROUND_DOWN) == figure.value


def another_unit(value: Decimal, expected: Decimal) -> str:
    """A hint where one is the other with the decimal point elsewhere."""
    if value <= 0 or expected <= 0:
        return ""
    power = (value / expected).log10().to_integral_value()
    if not power or abs(value / expected.scaleb(int(power)) - 1) > Decimal("0.01"):
        return ""
    times = f"{10 ** abs(int(power)):,}"
    if power > 0:
        return _("It is %(times)s times too large: was it given in another unit?") % {"times": times}
    return _("It is %(times)s times too small: was it given in another unit?") % {"times": times}
