"""Whether the units of an expression fit together, asked when a formula or rule is loaded or edited. Pure.

Expressions are computed in base units, and a number without a unit is a pure number. What is added, compared or put
through `min` and `max` must have one dimension, and a pure number beside what has a unit is most likely meant in that
unit: it is refused with what to write instead. Things that are counted (家, 批次, 人) are numbers, so they divide and
multiply amounts without changing their dimension; only percentages are never put beside them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, DecimalException
from fractions import Fraction
from functools import partial
from itertools import combinations

from django.utils.translation import gettext as _

from sectors.calculation.dimension_messages import (
    converted,
    digits,
    index_and_share,
    not_together,
    number_with_unit,
    said_with_unit,
    times_hundred,
    times_hundredth,
    without_factor,
)
from sectors.calculation.formulas import ARITHMETIC, FUNCTIONS, Comparison, Formula, compile_formula, compile_rule
from sectors.calculation.measures import (
    ONE,
    PURE,
    ZERO,
    Measure,
    fit,
    is_converted,
    is_share,
    measured,
    without_zeros,
)
from sectors.calculation.miswritten import refuse
from sectors.calculation.multipliers import make, multipliers, terms
from sectors.calculation.parser import (
    FormulaError,
    Literal,
    check_length,
    code_of,
    number_of,
    parse_formula,
    parse_rule,
)
from sectors.calculation.units import MeasureUnit, Units

PartsOf = Mapping[str, Sequence[str]]


def checked_formula(
    text: str, parts: PartsOf, units: Units, unit_of: Mapping[str, MeasureUnit], unit: MeasureUnit
) -> Formula:
    """`compile_formula`, with the units of figures by code and that of the indicator. Raises FormulaError."""
    check_length(text)
    refuse(text, units)
    formula = compile_formula(text, parts, units)
    parsed = parse_formula(text, units)
    _Check(parsed.literals, parts, units, unit_of).result(parsed.sides[0], unit)
    return formula


def checked_rule(text: str, parts: PartsOf, units: Units, unit_of: Mapping[str, MeasureUnit]) -> Comparison:
    """`compile_rule`, with the units of figures by code. Raises FormulaError."""
    check_length(text)
    refuse(text, units)
    rule = compile_rule(text, parts, units)
    parsed = parse_rule(text, units)
    _Check(parsed.literals, parts, units, unit_of).joined(parsed.sides)
    return rule


class _Check:
    """One walk through an expression. What is not known, such as a code that no file has, fits anything."""

    def __init__(
        self, literals: Mapping[int, Literal], parts: PartsOf, units: Units, unit_of: Mapping[str, MeasureUnit]
    ) -> None:
        self.literals, self.parts, self.units, self.unit_of = literals, parts, units, unit_of
        self._known: dict[ast.expr, Measure | None] = {}

    def result(self, node: ast.expr, unit: MeasureUnit) -> None:
        """Whether an expression gives what an indicator in the unit is."""
        found, wanted = self.of(node), measured(unit, self.units)
        if self._is_multiplied(node, unit):
            raise FormulaError(without_factor(unit) if is_share(unit) else converted(wanted), node.col_offset)
        if found is None or found.number == 0:
            return
        self._refuse_ambiguous([(node, found)])
        if found.is_share and not wanted.is_share and not wanted.dimension:
            message = _(
                "The formula gives a percentage, and the unit is %(unit)s. Divide by 1%% to compute points, as in "
                "rate / 1%%, or by 100%% to compute a share of 1."
            )
            raise FormulaError(message % {"unit": unit.name}, node.col_offset)
        if is_converted(found, wanted):
            raise FormulaError(converted(found if found.unit else wanted), node.col_offset)
        if wanted.is_share and self._is_divided(node, unit):
            raise FormulaError(times_hundredth(unit), node.col_offset)
        if found.is_index and wanted.is_share:
            raise FormulaError(index_and_share(unit), node.col_offset)
        if not fit(found, wanted):
            what = {"found": found.text, "unit": unit.name}
            raise FormulaError(_("The formula gives %(found)s, and the unit is %(unit)s.") % what, node.col_offset)

    def of(self, node: ast.expr) -> Measure | None:
        if node not in self._known:
            self._known[node] = self._of(node)
        return self._known[node]

    def _of(self, node: ast.expr) -> Measure | None:
        if isinstance(node, ast.Constant):
            return Measure({}, number=number_of(node, node.value))  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            literal = self.literals.get(node.col_offset)
            return self._of_code(code_of(node)) if literal is None else measured(self.units[literal.unit], self.units)
        if isinstance(node, ast.UnaryOp):
            found = self.of(node.operand)
            return replace(found, number=-found.number) if found and found.number is not None else found
        if isinstance(node, ast.BinOp):
            sides = [node.left, node.right]
            return self.joined(sides, node.op) if isinstance(node.op, ast.Add | ast.Sub) else self._product(node)
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        if node.func.id == "parts":
            return self._of_parts(node, self.parts[code_of(node.args[0])])
        if node.func.id in FUNCTIONS:
            return self.joined(node.args)
        return self._of_code(code_of(node.args[0]))

    def _of_code(self, code: str) -> Measure | None:
        unit = self.unit_of.get(code)
        return None if unit is None else measured(unit, self.units)

    def _of_parts(self, node: ast.expr, codes: Sequence[str]) -> Measure | None:
        found = [measure for code in codes if (measure := self._of_code(code)) is not None]
        for one, other in combinations(found, 2):
            if not fit(one, other):
                raise FormulaError(not_together(one.text, other.text), node.col_offset)
        return found[0] if found else None

    def joined(self, nodes: Sequence[ast.expr], by: ast.operator | None = None) -> Measure | None:
        """Of what must have one dimension. Raises FormulaError where it has not."""
        found = [(node, measure) for node in nodes if (measure := self.of(node)) is not None]
        known = [(node, measure) for node, measure in found if measure.number is None]
        self._refuse_ambiguous(known)
        for node, measure in found:
            for _other, beside in known if measure.number else ():
                self._number_beside(node, measure.number or ZERO, beside)
        for one, other in combinations(known, 2):
            self._pair(*one, *other)
        if known:
            return _sum([measure for _node, measure in known], adds=by is not None)
        numbers = [measure.number for _node, measure in found if measure.number is not None]
        if len(numbers) < len(nodes):
            return None
        return Measure({}, number=ARITHMETIC[type(by)][1](*numbers) if by else numbers[0])

    @staticmethod
    def _refuse_ambiguous(known: Sequence[tuple[ast.expr, Measure]]) -> None:
        for node, measure in known:
            if measure.is_ambiguous:
                message = _(
                    "× %(factor)s can be meant in two ways. Figures in different units are converted by themselves: "
                    "leave the number out. For so many of what it is divided by, say their unit, as in x / y * 1万人."
                )
                raise FormulaError(message % {"factor": f"{float(measure.factor):g}"}, node.col_offset)

    def _pair(self, first: ast.expr, one: Measure, node: ast.expr, other: Measure) -> None:
        """Raises FormulaError where two values do not fit together, or numbers have turned one into the unit of the
        other."""
        for index, share in ((one, other), (other, one)):
            if index.is_index and share.is_share and share.unit:
                raise FormulaError(index_and_share(share.unit), node.col_offset)
        if not fit(one, other):
            raise FormulaError(not_together(one.text, other.text), node.col_offset)
        for place, share in ((node, one), (first, other)):
            if share.is_share and share.unit and self._is_multiplied(place, share.unit):
                raise FormulaError(without_factor(share.unit), place.col_offset)
        if is_converted(one, other):
            (place, value), beside = ((first, one), other) if one.factor != 1 else ((node, other), one)
            raise FormulaError(converted(value if value.unit else beside), place.col_offset)

    def _number_beside(self, node: ast.expr, number: Decimal, beside: Measure) -> None:
        """Raises FormulaError where a number without a unit stands beside a value that has one."""
        if beside.dimension or beside.is_scaled:
            raise FormulaError(number_with_unit(number, beside, self.units), node.col_offset)
        if beside.quotient_in and abs(number) > ONE:
            unit, said = f"{beside.quotient_in}/{beside.quotient_in}", digits(number)
            raise FormulaError(said_with_unit(unit, [f"{said}%"], said), node.col_offset)

    def _product(self, node: ast.BinOp) -> Measure | None:
        left, right = self.of(node.left), self.of(node.right)
        divides = isinstance(node.op, ast.Div)
        for share, factor, place in ((left, right, node.right), (right, left, node.left)):
            if share is None or factor is None or not share.is_share or not factor.number or share.unit is None:
                continue
            is_factor = factor.number == (share.unit.scale if divides else ONE / share.unit.scale)
            if is_factor and not (divides and share is right):
                raise FormulaError(times_hundred(share.unit), place.col_offset)
        if left is None or right is None:
            return None
        if left.number is not None and right.number is not None:
            return Measure({}, number=_applied(ARITHMETIC[type(node.op)][1], left.number, right.number))
        found = self._combined(left, right, divides, is_literal=self._is_literal(node.right))
        number, value, place = (
            (right.number, left, node.right) if left.number is None else (left.number, right, node.left)
        )
        if not number:
            return self._checked_shares(found, node)
        times = 1 / Fraction(number) if divides and value is left else Fraction(number)
        if abs(times) * value.terms == 1:  # a mean
            return replace(found, unit=value.unit, factor=value.factor)
        if not (divides and value is right):
            self._convert(value, times, place)
        self._checked_shares(found, place)
        is_full_mark = value.is_index and (divides or any(times == Fraction(share.scale) for share in self._shares()))
        return replace(found, unit=None) if is_full_mark else found

    def _combined(self, left: Measure, right: Measure, divides: bool, is_literal: bool) -> Measure:
        power = -1 if divides else 1
        dimension = dict(left.dimension)
        for name, exponent in right.dimension.items():
            dimension[name] = dimension.get(name, 0) + power * exponent
        unit = _unit_of_product(left, right, divides)
        is_share = divides and left.unit is not None and left.unit == right.unit and not is_literal
        return Measure(
            without_zeros(dimension),
            left.counts + power * right.counts,
            unit,
            quotient_in=left.unit.name if is_share and left.unit else "",
            factor=_factor(left) * _factor(right) ** power,
            scale=left.scale * (right.scale**power if right.scale else 0),
            shares=left.shares + power * right.shares,
            above=left.above if divides else left.above | right.above,
        )

    def _shares(self) -> list[MeasureUnit]:
        return [unit for unit in self.units.values() if is_share(unit)]

    def _checked_shares(self, found: Measure, place: ast.expr) -> Measure:
        """Raises FormulaError where percentages in it are divided by 100 by hand, or what divides by one is multiplied
        by it."""
        for unit in self._shares() if found.shares else ():
            if found.factor == (Fraction(unit.scale) if found.shares > 0 else 1 / Fraction(unit.scale)):
                raise FormulaError(times_hundredth(unit), place.col_offset)
        return found

    def _is_literal(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.col_offset in self.literals

    def _convert(self, value: Measure, times: Fraction, place: ast.expr) -> None:
        """Raises FormulaError where numbers without a unit would turn a value into another unit of the same kind."""
        unit = value.unit
        if unit is None or unit.base == PURE:
            return
        scales = {
            Fraction(other.scale) / Fraction(unit.scale) for other in self.units.values() if other.base == unit.base
        } - {1}
        if any(abs(factor) * scale == 1 for factor in (times, times * value.factor) for scale in scales):
            raise FormulaError(converted(value), place.col_offset)

    def _is_multiplied(self, node: ast.expr, unit: MeasureUnit) -> bool:
        """Whether numbers turn all of a value, or one term of it, into the unit: × 100, of a percentage."""
        if unit.scale == ONE:
            return False
        wanted = {1 / Fraction(one.scale) for one in (self._shares() if is_share(unit) else [unit])}
        number_of = partial(self._multiplier, unit.base)
        own = terms(node, self._is_number)
        if any(make(multipliers(term, number_of, self._is_number), wanted) for term in own):
            return True
        return make(multipliers(node, number_of, self._is_number), wanted)

    def _is_divided(self, node: ast.expr, unit: MeasureUnit) -> bool:
        """Whether numbers turn a quotient, which is a share already, into one: / 100, of a percentage."""
        times = Fraction(1)
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
            left, right = self.of(node.left), self.of(node.right)
            if right is not None and right.number:
                times *= Fraction(right.number) ** (-1 if isinstance(node.op, ast.Div) else 1)
                node = node.left
            elif left is not None and left.number and isinstance(node.op, ast.Mult):
                times, node = times * Fraction(left.number), node.right
            else:
                break
        found = self.of(node)
        return times == Fraction(unit.scale) and found is not None and found.is_plain and found.unit is None

    def _is_number(self, node: ast.expr) -> bool:
        found = self.of(node)
        return found is not None and found.number is not None

    def _multiplier(self, base: str, side: ast.expr, beside: ast.expr, divides: bool) -> Fraction | None:
        """The number that a side of a product is. With a unit, it is one where it divides, or beside a pure number:
        5% of a count are no number but a count."""
        found = self.of(side)
        if found is not None and found.number is not None:
            return Fraction(found.number)
        if not isinstance(side, ast.Name) or side.col_offset not in self.literals:
            return None
        literal = self.literals[side.col_offset]
        unit, other = self.units[literal.unit], self.of(beside)
        is_pure = divides or (base == PURE and other is not None and other.is_plain)
        return Fraction(literal.number) * Fraction(unit.scale) if unit.base == base and is_pure else None


def _sum(known: Sequence[Measure], *, adds: bool) -> Measure:
    most = max(known, key=lambda one: (one.is_scaled, bool(one.counts)))
    return replace(
        most,
        factor=most.factor if len({one.factor for one in known}) == 1 else Fraction(1),
        scale=most.scale if len({one.scale for one in known}) == 1 else Fraction(0),
        shares=most.shares if len({one.shares for one in known}) == 1 else 0,
        terms=sum(one.terms for one in known) if adds else 1,
    )


def _factor(measure: Measure) -> Fraction:
    return Fraction(abs(measure.number)) or Fraction(1) if measure.number is not None else measure.factor


def _unit_of_product(left: Measure, right: Measure, divides: bool) -> MeasureUnit | None:
    """The unit of the one side where the other is a number or, of a product, a percentage."""
    if right.is_plain and (right.unit is None or not divides):
        share = right.unit if left.is_plain and right.is_share else None
        return share or left.unit
    return right.unit if left.is_plain and not divides else None


def _applied(apply: Callable[[Decimal, Decimal], Decimal], one: Decimal, other: Decimal) -> Decimal | None:
    try:
        return apply(one, other)
    except DecimalException:
        return None
