"""The checks of rates and other computed values: what was declared against what figures give, shares together. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, combinations

from sectors.calculation.bounded import overlap
from sectors.calculation.cells import formatted
from sectors.calculation.formulas import NOW, ZERO, Form, Formula, Name, constant, difference
from sectors.calculation.qualifiers import Interval, written
from sectors.checks.arithmetic import ONE, another_unit, as_declared, is_cut_off, linear, with_places
from sectors.checks.facts import Facts
from sectors.checks.findings import ERROR, WARNING, CheckKind, Finding
from sectors.checks.messages import Message
from sectors.checks.nonlinear import solved
from sectors.checks.reported import ReportedFigure, half
from sectors.checks.specs import IndicatorSpec, never_negative
from sectors.checks.suspects import INFINITY, Linear, Suspect
from sectors.checks.templates import Template
from sectors.vocabulary import Qualifier

HUNDRED = Decimal(100)
MOST_CHOICES = 4  # up to how many declared operands every choice among what is computed and printed is tried


@dataclass(frozen=True)
class DeclaredCheck:
    """What was declared for a computed indicator is what its figures give."""

    indicator: IndicatorSpec
    formula: Formula

    @property
    def rule(self) -> str:
        return f"{CheckKind.DECLARED}:{self.indicator.code}"

    @property
    def names(self) -> frozenset[Name]:
        return self.formula.names | {(self.indicator.code, NOW)}

    def find(self, facts: Facts) -> Finding | None:
        figure = facts.reported.get(self.indicator.code)
        computed = None if figure is None else facts.evaluation.value(self.indicator.code)
        if figure is None or computed is None or abs(figure.value - computed) <= half(figure.places):
            return None
        digit = half(figure.places)
        stated = (figure.low - digit, figure.high + digit)
        if any(overlap(stated, interval) for interval in self._intervals(facts)):
            return None
        return self._finding(facts, figure, computed)

    def _intervals(self, facts: Facts) -> Iterator[Interval]:
        """Between which values it lies, in its own unit, by the figures themselves and by what is printed of them: of
        each operand that was declared either what its figures give or what was declared."""
        declared = sorted(facts.declared(self.formula.names))
        counts = range(len(declared) + 1) if len(declared) <= MOST_CHOICES else (0, len(declared))
        for printed in chain.from_iterable(combinations(declared, count) for count in counts):
            found = facts.interval(self.formula, printed=printed)
            if found is not None:
                yield found[0] / self.indicator.scale, found[1] / self.indicator.scale

    def _finding(self, facts: Facts, figure: ReportedFigure, computed: Decimal) -> Finding:
        cut_off = is_cut_off(figure, computed)
        about = Qualifier.ABOUT if facts.is_inexact((self.indicator.code, NOW)) else Qualifier.EXACT
        values = {
            "name": self.indicator.name,
            "declared": figure.text,
            "computed": written(with_places(computed, figure.places, 2), about),
            "rounded": formatted(computed, figure.places),
        }
        message = Message(Template.DECLARED_CUT_OFF if cut_off else Template.DECLARED, values)
        code, severity = self.indicator.code, WARNING if cut_off else ERROR
        own = (Suspect(code, as_declared(computed, figure)),)
        hints = () if cut_off else self._mistake(facts, figure, computed)
        return Finding(self.rule, CheckKind.DECLARED, severity, (code,), figure.value, computed, message, own, hints)

    def _mistake(self, facts: Facts, figure: ReportedFigure, computed: Decimal) -> tuple[Message, ...]:
        """What the declared value would be right for, if it is one of the usual mistakes."""
        if self.indicator.is_percent and self._is(figure, self._relative(facts)):
            return (Message(Template.GROWTH_OF_RATE),)
        if self.indicator.is_percent and self._is(figure, self._points(facts)):
            return (Message(Template.DIFFERENCE_IN_POINTS),)
        return another_unit(figure.value, computed)

    def _relative(self, facts: Facts) -> Decimal | None:
        """For a difference of two values, how much larger the first is."""
        if self.formula.sign != "-":
            return None
        now, then = (side.evaluate(facts.evaluation.base) for side in self.formula.operands)
        return (now / then - 1) * HUNDRED if now is not None and then else None

    def _points(self, facts: Facts) -> Decimal | None:
        """For a growth (a / b - 1) of rates, their difference."""
        quotient = self.formula.operands[0] if self.formula.sign == "-" else self.formula
        if quotient is self.formula or quotient.sign != "/" or self.formula.operands[1].form != Form(constant=ONE):
            return None
        now, then = (side.evaluate(facts.evaluation.base) for side in quotient.operands)
        return (now - then) * HUNDRED if now is not None and then is not None else None

    @staticmethod
    def _is(figure: ReportedFigure, value: Decimal | None) -> bool:
        return value is not None and abs(figure.value - value) <= half(figure.places)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        """A declared rate confirms its parts: a - rate x b lies within the rate's last digit, rounded or cut off, and
        as far beyond as what is printed of its parts allows. And its parts confirm the rate."""
        figure, computed = facts.reported.get(self.indicator.code), self.formula.evaluate(facts.evaluation.base)
        if figure is None or computed is None:
            return
        leaves = frozenset(code for code, moment in facts.leaves(self.formula.names) if moment == NOW)
        (least, most), *printed = self._intervals(facts)
        low, high = min([least, *(low for low, _high in printed)]), max([most, *(high for _low, high in printed)])
        middle, near, digit = computed / self.indicator.scale, half(figure.places), ONE.scaleb(-figure.places)
        # What is cut off is nearer to nothing.
        own = (
            min(low - near, middle - digit) if middle >= 0 else low - near,
            max(high + near, middle + digit) if middle <= 0 else high + near,
        )
        yield Linear(self.rule, {self.indicator.code: ONE}, *own, leaves)
        if not (low.is_finite() and high.is_finite()):
            return
        above, under, less = self._quotient()
        if above is None or under is None:
            yield from self._solved(facts, figure)
            return
        below, above_by = digit if figure.value <= 0 else near, digit if figure.value >= 0 else near
        at_least, at_most = ("<=", ">=") if self._divides_by_negative(facts) else (">=", "<=")
        bounds = (figure.value - below - high + most, at_least), (figure.value + above_by + least - low, at_most)
        exactly = facts.expand(_against(above, under, figure.value * self.indicator.scale + less))
        for bound, relation in bounds:
            row = linear(facts, self.rule, _against(above, under, bound * self.indicator.scale + less), relation)
            if row is not None and exactly is not None:
                terms, (low_end, high_end) = exactly
                says = (terms, -(low_end + high_end) / 2)
                yield replace(row, declared=frozenset([self.indicator.code]), exactly=says)

    def _divides_by_negative(self, facts: Facts) -> bool:
        """Whether more of what is divided makes less, since it is divided by what is below 0."""
        quotient = self.formula.operands[0] if self.formula.sign == "-" else self.formula
        below = quotient.operands[1].evaluate(facts.evaluation.base) if quotient.sign == "/" else None
        return below is not None and below < 0

    def _solved(self, facts: Facts, figure: ReportedFigure) -> Iterator[Linear]:
        """A declared product confirms each of what is multiplied, when the others stay."""
        scale, own = self.indicator.scale, frozenset([self.indicator.code])
        missed = difference(self.formula, constant(figure.value * scale))
        yield from solved(facts, self.rule, missed, "==", off=half(figure.places) * scale, unless=own)

    def _quotient(self) -> tuple[Form | None, Form | None, Decimal]:
        """What is divided by what, less how much: of growth (a / b - 1) and of rates; anything else is divided by 1."""
        quotient, less = self.formula, ZERO
        if self.formula.sign == "-" and (by := self.formula.operands[1].form) is not None and not by.terms:
            quotient, less = self.formula.operands[0], by.constant
        if quotient.sign != "/":
            return self.formula.form, Form(constant=ONE), ZERO
        above, below = quotient.operands
        return above.form, below.form, less


@dataclass(frozen=True)
class SharesCheck:
    """The shares that all parts of a whole have in it are a hundred per cent together."""

    total: IndicatorSpec
    name: str
    shares: Sequence[str]

    @property
    def rule(self) -> str:
        return f"{CheckKind.SHARE}:{self.total.code}:{self.name}"

    @property
    def names(self) -> frozenset[Name]:
        return frozenset((code, NOW) for code in self.shares)

    def find(self, facts: Facts) -> Finding | None:
        shares = self._known(facts)
        total, (least, most) = sum((share.value for share in shares), ZERO), self._whole(facts, shares)
        by, slack = total - min(max(total, least), most), sum((half(share.places) for share in shares), ZERO)
        if not shares or abs(by) <= slack or (by < 0 and len(shares) < len(self.shares)):
            return None
        digits = 2 * slack
        if len(shares) < len(self.shares):
            template = Template.SHARES_OVER
        else:
            template = Template.SHARES_CUT_OFF if -digits < by < 0 else Template.SHARES
        message = Message(template, {"name": self.total.name, "total": f"{total.normalize():f}"})
        severity = WARNING if template == Template.SHARES_CUT_OFF else ERROR
        codes = tuple(share.indicator.code for share in shares)
        return Finding(self.rule, CheckKind.SHARE, severity, codes, total, HUNDRED, message)

    def _known(self, facts: Facts) -> list[ReportedFigure]:
        """The shares that are declared; none where another one may be negative."""
        shares = [facts.reported[code] for code in self.shares if code in facts.reported]
        missing = [code for code in self.shares if code not in facts.reported]
        return shares if all(never_negative(code, facts.indicators) for code in missing) else []

    @staticmethod
    def _whole(facts: Facts, shares: Sequence[ReportedFigure]) -> Interval:
        """What they may come to before they are rounded: a hundred, or what they do where they were computed from
        figures that had been rounded."""
        formulas = [share.indicator.formula for share in shares if share.indicator.formula is not None]
        each = [formula.evaluate(facts.evaluation.base) for formula in formulas]
        around = [facts.interval(formula) for formula in formulas]
        made = sum((value for value in each if value is not None), ZERO) * HUNDRED
        low, high = (sum((one[end] for one in around if one is not None), ZERO) for end in (0, 1))
        if None in each or None in around or not low <= ONE <= high:
            return HUNDRED, HUNDRED
        return min(made, HUNDRED), max(made, HUNDRED)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        shares = self._known(facts)
        if shares:
            low, high = self._whole(facts, shares)
            digits = sum((ONE.scaleb(-share.places) for share in shares), ZERO)
            terms = {share.indicator.code: ONE for share in shares}
            is_all = len(shares) == len(self.shares)
            least, exactly = (low - digits, (terms, HUNDRED)) if is_all else (-INFINITY, None)
            yield Linear(self.rule, terms, least, high + digits / 2, exactly=exactly, slack=digits / 2)


def _against(above: Form | None, below: Form | None, rate: Decimal) -> Form | None:
    return None if above is None or below is None else above.plus(below, -rate)
