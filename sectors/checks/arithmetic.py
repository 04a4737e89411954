"""The checks of parts against totals; what all checks share. Pure.

Each check says what it finds, and what it asks for as linear rules, from which suspects are worked out. A figure
that is missing makes no finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from typing import Protocol

from sectors.calculation.cells import WIDE, formatted, rounded
from sectors.calculation.formulas import NOW, ZERO, Form, Formula, Name, adding, difference, reading
from sectors.calculation.qualifiers import written
from sectors.checks import naming
from sectors.checks.facts import Facts
from sectors.checks.findings import ERROR, WARNING, CheckKind, Finding
from sectors.checks.messages import Message, Text
from sectors.checks.reported import ReportedFigure
from sectors.checks.specs import BreakdownSpec, reads_signed
from sectors.checks.suspects import INFINITY, Linear, Suspect
from sectors.checks.templates import Template
from sectors.vocabulary import Qualifier

ONE = Decimal(1)
# Between which differences left - right a relation holds.
LIMITS = {
    "==": (ZERO, ZERO),
    "<=": (-INFINITY, ZERO),
    ">=": (ZERO, INFINITY),
}


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
        """The total less its parts; what is not applicable does not exist here, and counts for nothing. Of a total that
        does not exist no part does, whatever is blank."""
        total = facts.evaluation.base(self.breakdown.total, NOW, in_sum=True)
        if total is None:
            return None
        is_absent = (self.breakdown.total, NOW) in facts.series
        for part in self.breakdown.parts:
            value = facts.evaluation.base(part, NOW, in_sum=True)
            if value is None and not (is_absent and facts.is_blank((part, NOW))):
                return None
            total -= value or ZERO
        return total

    def _is_absent(self, facts: Facts) -> bool:
        """Whether the total, or all of its parts, do not exist here: no figure of the other side can be accused."""
        sides: tuple[Sequence[str], ...] = ([self.breakdown.total], self.breakdown.parts)
        return any(all((code, NOW) in facts.series for code in side) for side in sides)

    def _known(self, facts: Facts) -> tuple[list[str], Formula] | None:
        """Parts that are blank while the total is there, and the other ones less the total; None where anything else is
        missing."""
        total, parts = self.breakdown.total, self.breakdown.parts
        if facts.evaluation.base(total) is None:
            return None
        blank = [part for part in parts if facts.is_blank((part, NOW))]
        known = [part for part in parts if part not in blank]
        values = [facts.evaluation.base(part, NOW, in_sum=True) for part in known]
        if not blank or not known or None in values or reads_signed(blank, facts.indicators):
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
        is_absent = (indicator.code, NOW) in facts.series
        cut_off = not is_absent and is_cut_off(total, expected)
        is_about = any(facts.is_inexact((part, NOW)) for part in self.breakdown.parts)
        about = Qualifier.ABOUT if is_about else Qualifier.EXACT
        values = {
            "name": naming.cell(indicator),
            "parts": naming.parts(self.breakdown, facts.indicators),
            "expected": written(with_places(expected, total.places, 0 if indicator.exact else 2), about),
            "declared": Message(Template.NOT_APPLICABLE) if is_absent else total.text,
            "rounded": formatted(expected, total.places),
        }
        message = Message(Template.SUM_CUT_OFF if cut_off else Template.SUM, values)
        codes = (indicator.code, *self.breakdown.parts)
        if cut_off:
            own = (Suspect(indicator.code, rounded(expected, total.places)),)
            return Finding(self.rule, CheckKind.SUM, WARNING, codes, total.value, expected, message, own)
        hints = (*another_unit(total.value, expected), *absence(facts, codes))
        declared = None if is_absent else total.value
        return Finding(self.rule, CheckKind.SUM, ERROR, codes, declared, expected, message, hints=hints)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        if self._is_absent(facts):
            return
        row, left = linear(facts, self.rule, self.difference.form, "=="), self._left(facts)
        if row is not None and left is not None:
            yield self._or_cut_off(row, left, facts)
        elif (known := self._known(facts)) and (row := linear(facts, self.rule, known[1].form, "<=")):
            yield row

    def _or_cut_off(self, row: Linear, left: Decimal, facts: Facts) -> Linear:
        """With room for a total that is cut off, which one that is off by a whole last digit is not."""
        total = facts.reported.get(self.breakdown.total)
        if total is None:
            return row
        wide = replace(row, high=row.high + total.tolerance)
        is_off = not row.holds(facts.values) and not is_cut_off(total, total.value - left / total.indicator.scale)
        return row if is_off and wide.holds(facts.values) else wide


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
        value, limit = facts.evaluation.base(self.part), facts.evaluation.base(self.total, NOW, in_sum=True)
        if value is None or limit is None or value <= limit:
            return None
        low, _high = facts.interval(self.difference) or (value - limit, ZERO)
        if low <= 0:
            return None
        part, total = facts.indicators[self.part], facts.indicators[self.total]
        is_absent = (self.total, NOW) in facts.series
        values = {
            "part": naming.cell(part),
            "value": formatted(value / part.scale, part.decimals),
            "total": naming.cell(total),
            "limit": Message(Template.NOT_APPLICABLE) if is_absent else formatted(limit / total.scale, total.decimals),
        }
        message = Message(Template.PART, values)
        codes, expected, hints = (self.part, self.total), limit / part.scale, absence(facts, [self.total])
        return Finding(self.rule, CheckKind.PART, ERROR, codes, value / part.scale, expected, message, hints=hints)

    def rows(self, facts: Facts) -> Iterator[Linear]:
        row = linear(facts, self.rule, self.difference.form, "<=")
        if row is not None and (self.total, NOW) not in facts.series:
            yield row


def with_places(value: Decimal, places: int, more: int) -> str:
    """A computed value beside a declared one of so many decimals: with some more, where they say something."""
    text = formatted(value, places + more)
    while more and text.endswith("0"):
        text, more = text[:-1], more - 1
    return text.rstrip(".")


def as_declared(value: Decimal, figure: ReportedFigure) -> Decimal:
    """What should have been declared, with as many decimals; with the indicator's where nothing would be left of it."""
    found = rounded(value, figure.places) + 0
    return found if found or not value else rounded(value, figure.indicator.decimals) + 0


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


def absence(facts: Facts, codes: Iterable[str]) -> tuple[Message, ...]:
    """A hint which of the figures do not exist here."""
    names = [facts.indicators[code].name for code in codes if (code, NOW) in facts.series]
    return (Message(Template.ABSENT, {"names": naming.first_of(names)}),) if names else ()


def is_cut_off(figure: ReportedFigure, expected: Decimal) -> bool:
    """Whether the figure is the expected value with its last digits dropped instead of rounded."""
    cut_off = expected.quantize(ONE.scaleb(-figure.places), ROUND_DOWN, WIDE)
    return not figure.indicator.exact and cut_off == figure.value


def another_unit(value: Decimal, expected: Decimal) -> tuple[Message, ...]:
    """A hint where one is the other with the decimal point elsewhere."""
    if value * expected <= 0:
        return ()
    power = (value / expected).log10().to_integral_value()
    if not power or abs(value / expected.scaleb(int(power)) - 1) > Decimal("0.01"):
        return ()
    times = f"{10 ** abs(int(power)):,}"
    return (Message(Template.TOO_LARGE if power > 0 else Template.TOO_SMALL, {"times": times}),)
