"""Whether the units of an expression fit together, asked when a formula or rule is loaded or edited. Pure.

Expressions are computed in base units, and a number without a unit is a pure number. What is added, compared or put
through `min` and `max` must have one dimension, and a pure number beside what has a unit is most likely meant in that
unit: it is refused with what to write instead. Things that are counted (家, 批次, 人) are numbers, so they divide and
multiply amounts without changing their dimension; only percentages are never put beside them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, DecimalException
from itertools import combinations

from django.utils.translation import gettext as _

from sectors.calculation.formulas import ARITHMETIC, FUNCTIONS, Comparison, Formula, compile_formula, compile_rule
from sectors.calculation.parser import FormulaError, Literal, code_of, number_of, parse_formula, parse_rule
from sectors.calculation.units import MeasureUnit, Units

PURE = "1"
ZERO, ONE = Decimal(0), Decimal(1)
Dimension = Mapping[str, int]  # exponents of base units, without things that are counted
PartsOf = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Measure:
    """What an expression gives: its dimension, the exponent of things that are counted, the unit in which a person
    would say it, the number, if it is nothing else, and the unit of both sides, if it is a quotient of like figures."""

    dimension: Dimension
    counts: int = 0
    unit: MeasureUnit | None = None
    number: Decimal | None = None
    quotient_in: str = ""

    @property
    def is_scaled(self) -> bool:
        """Whether its unit is not that in which it is computed."""
        return self.unit is not None and self.unit.scale != ONE

    @property
    def is_share(self) -> bool:
        return self.unit is not None and is_share(self.unit)

    @property
    def is_plain(self) -> bool:
        """A pure number or a percentage."""
        return not self.dimension and not self.counts and (self.unit is None or self.unit.base == PURE)

    @property
    def text(self) -> str:
        if self.unit is not None and self.unit.name != PURE:
            return self.unit.name
        return in_units(self.dimension) or (_("a number of things") if self.counts else _("a pure number"))


def is_share(unit: MeasureUnit) -> bool:
    """A percentage, or the like."""
    return unit.base == PURE and unit.scale != ONE


def in_units(dimension: Dimension) -> str:
    above = [name + (f"^{power}" if power > 1 else "") for name, power in dimension.items() if power > 0]
    below = [name + (f"^{-power}" if power < -1 else "") for name, power in dimension.items() if power < 0]
    return "/".join(["·".join(above) or PURE, *below]) if dimension else ""


def checked_formula(
    text: str, parts: PartsOf, units: Units, unit_of: Mapping[str, MeasureUnit], unit: MeasureUnit
) -> Formula:
    """`compile_formula`, with the units of figures by code and that of the indicator. Raises FormulaError."""
    formula = compile_formula(text, parts, units)
    parsed = parse_formula(text, units)
    _Check(parsed.literals, parts, units, unit_of).result(parsed.sides[0], unit)
    return formula


def checked_rule(text: str, parts: PartsOf, units: Units, unit_of: Mapping[str, MeasureUnit]) -> Comparison:
    """`compile_rule`, with the units of figures by code. Raises FormulaError."""
    rule = compile_rule(text, parts, units)
    parsed = parse_rule(text, units)
    _Check(parsed.literals, parts, units, unit_of).joined(parsed.sides)
    return rule


def fit_together(one: MeasureUnit, other: MeasureUnit, units: Units) -> bool:
    """Whether figures in these units can be added up."""
    return _fit(measured(one, units), measured(other, units))


def measured(unit: MeasureUnit, units: Units) -> Measure:
    """A base unit like 元/亩 is made of base units. One that is made of others, like 万元/亩, stands for itself."""
    base = units.get(unit.base)
    if base is not None and base.counts:
        return Measure({}, 1, unit)
    names = unit.base.split("/")
    known = [units[name] for name in names if name in units]
    if any(one.base != one.name for one in known):
        return Measure({unit.base: 1}, 0, unit)
    counts, dimension = 0, dict[str, int]()
    for place, name in enumerate(names):
        power = -1 if place else 1
        if name in units and units[name].counts:
            counts += power
        elif name != PURE:
            dimension[name] = dimension.get(name, 0) + power
    return Measure(_without_zeros(dimension), counts, unit)


def _without_zeros(dimension: Dimension) -> Dimension:
    return {name: power for name, power in sorted(dimension.items()) if power}


def _fit(one: Measure, other: Measure) -> bool:
    is_share_of_things = (one.is_share and other.counts) or (other.is_share and one.counts)
    return one.dimension == other.dimension and not is_share_of_things


class _Check:
    """One walk through an expression. What is not known, such as a code that no file has, fits anything."""

    def __init__(
        self, literals: Mapping[int, Literal], parts: PartsOf, units: Units, unit_of: Mapping[str, MeasureUnit]
    ) -> None:
        self.literals, self.parts, self.units, self.unit_of = literals, parts, units, unit_of

    def result(self, node: ast.expr, unit: MeasureUnit) -> None:
        """Whether an expression gives what an indicator in the unit is."""
        if unit.scale != ONE and self._is_multiplied(node, ONE / unit.scale):
            raise FormulaError(_times_hundred(unit) if is_share(unit) else _converted(unit), node.col_offset)
        found, wanted = self.of(node), measured(unit, self.units)
        if found is None or found.number == 0:
            return
        if found.is_share and not wanted.is_share and not wanted.dimension:
            message = _(
                "The formula gives a percentage, and the unit is %(unit)s. Divide by 1%% to compute points, as in "
                "rate / 1%%, or by 100%% to compute a share of 1."
            )
            raise FormulaError(message % {"unit": unit.name}, node.col_offset)
        if not _fit(found, wanted):
            what = {"found": found.text, "unit": unit.name}
            raise FormulaError(_("The formula gives %(found)s, and the unit is %(unit)s.") % what, node.col_offset)

    def of(self, node: ast.expr) -> Measure | None:
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
            if not _fit(one, other):
                raise FormulaError(not_together(one.text, other.text), node.col_offset)
        return found[0] if found else None

    def joined(self, nodes: Sequence[ast.expr], by: ast.operator | None = None) -> Measure | None:
        """Of what must have one dimension. Raises FormulaError where it has not."""
        found = [(node, measure) for node in nodes if (measure := self.of(node)) is not None]
        known = [(node, measure) for node, measure in found if measure.number is None]
        for node, measure in found:
            for _other, beside in known if measure.number else ():
                self._number_beside(node, measure.number or ZERO, beside)
        for (first, one), (node, other) in combinations(known, 2):
            if not _fit(one, other):
                raise FormulaError(not_together(one.text, other.text), node.col_offset)
            for place, share in ((node, one), (first, other)):
                if share.is_share and share.unit and self._is_multiplied(place, ONE / share.unit.scale):
                    raise FormulaError(_times_hundred(share.unit), place.col_offset)
        if known:
            return max((measure for _node, measure in known), key=lambda one: (one.is_scaled, bool(one.counts)))
        numbers = [measure.number for _node, measure in found if measure.number is not None]
        if len(numbers) < len(nodes):
            return None
        return Measure({}, number=ARITHMETIC[type(by)][1](*numbers) if by else numbers[0])

    def _number_beside(self, node: ast.expr, number: Decimal, beside: Measure) -> None:
        """Raises FormulaError where a number without a unit stands beside a value that has one."""
        if beside.dimension or beside.is_scaled:
            raise FormulaError(_with_unit(number, beside, self.units), node.col_offset)
        if beside.quotient_in and abs(number) > ONE:
            unit, said = f"{beside.quotient_in}/{beside.quotient_in}", _digits(number)
            raise FormulaError(_said(unit, [f"{said}%"], said), node.col_offset)

    def _product(self, node: ast.BinOp) -> Measure | None:
        left, right = self.of(node.left), self.of(node.right)
        divides = isinstance(node.op, ast.Div)
        for share, factor, place in ((left, right, node.right), (right, left, node.left)):
            if share is None or factor is None or not share.is_share or not factor.number or share.unit is None:
                continue
            is_factor = factor.number == (share.unit.scale if divides else ONE / share.unit.scale)
            if is_factor and not (divides and share is right):
                raise FormulaError(_times_hundred(share.unit), place.col_offset)
        if left is None or right is None:
            return None
        for value, factor, place in ((left, right, node.right), (right, left, node.left)):
            if value is left or not divides:
                self._convert(value, factor.number, place, divides=divides)
        if left.number is not None and right.number is not None:
            return Measure({}, number=_applied(ARITHMETIC[type(node.op)][1], left.number, right.number))
        power = -1 if divides else 1
        dimension = dict(left.dimension)
        for name, exponent in right.dimension.items():
            dimension[name] = dimension.get(name, 0) + power * exponent
        unit = _unit_of_product(left, right, divides)
        is_share = divides and left.unit is not None and left.unit == right.unit and not self._is_literal(node.right)
        quotient_in = left.unit.name if is_share and left.unit else ""
        return Measure(_without_zeros(dimension), left.counts + power * right.counts, unit, quotient_in=quotient_in)

    def _is_literal(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.col_offset in self.literals

    def _convert(self, value: Measure, factor: Decimal | None, place: ast.expr, *, divides: bool) -> None:
        """Raises FormulaError where a number without a unit would turn a value into another unit of the same kind."""
        unit = value.unit
        if unit is None or unit.base == PURE or not factor:
            return
        scales = {other.scale for other in self.units.values() if other.base == unit.base} - {unit.scale}
        if any((unit.scale == factor * scale) if not divides else (scale == factor * unit.scale) for scale in scales):
            raise FormulaError(_converted(unit), place.col_offset)

    def _is_multiplied(self, node: ast.expr, factor: Decimal) -> bool:
        """Whether all that makes a value was multiplied by a number without a unit: by 100, of a percentage."""
        if isinstance(node, ast.UnaryOp):
            return self._is_multiplied(node.operand, factor)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
            return self._are_multiplied(node.args, factor)
        if not isinstance(node, ast.BinOp):
            return False
        sides = [node.left, node.right]
        if isinstance(node.op, ast.Add | ast.Sub):
            return self._are_multiplied(sides, factor)
        if isinstance(node.op, ast.Div):
            is_divided = _is_number(node.right, ONE / factor)
            return is_divided or (
                self._is_multiplied(node.left, factor) and not self._is_multiplied(node.right, factor)
            )
        return any(_is_number(side, factor) or self._is_multiplied(side, factor) for side in sides)

    def _are_multiplied(self, nodes: Sequence[ast.expr], factor: Decimal) -> bool:
        rest = [node for node in nodes if not (_is_number(node, factor) or _is_number(node, Decimal(0)))]
        return bool(rest) and all(self._is_multiplied(node, factor) for node in rest)


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


def _is_number(node: ast.expr, number: Decimal) -> bool:
    return isinstance(node, ast.Constant) and number_of(node, node.value) == number  # type: ignore[arg-type]


def not_together(one: str, other: str) -> str:
    return _("%(one)s and %(other)s are neither added up nor compared.") % {"one": one, "other": other}


def _times_hundred(unit: MeasureUnit) -> str:
    what = {"unit": unit.name, "factor": f"{ONE / unit.scale:f}"}
    return (
        _("A value in %(unit)s is computed without × %(factor)s. To compute points of it, divide by 1%(unit)s.") % what
    )


def _converted(unit: MeasureUnit) -> str:
    message = _(
        "Values in %(unit)s are converted by themselves: leave the number out, or say its unit, as in 1%(unit)s."
    )
    return message % {"unit": unit.name}


def _with_unit(number: Decimal, beside: Measure, units: Units) -> str:
    """What to write instead of a number that has no unit."""
    unit, said = beside.unit, _digits(number)
    words = [_in_base_units(said, beside.dimension) if unit is None else said + unit.name]
    if unit is None:
        return _said(beside.text, words, said)
    if is_share(unit) and abs(number) <= ONE:
        words.insert(0, _digits(number / unit.scale) + unit.name)
    elif not is_share(unit) and unit.scale != ONE and unit.base in units:
        words.append(said + unit.base)
    text = _said(unit.name, words, said)
    if is_share(unit):
        text += " " + _("To compute in points, divide the value by 1%(unit)s.") % {"unit": unit.name}
    return text


def _said(unit: str, words: Sequence[str], number: str) -> str:
    message = _("Say the unit of the number, which stands beside a value in %(unit)s: %(words)s instead of %(number)s.")
    return message % {"unit": unit, "words": _(" or ").join(words), "number": number}


def _in_base_units(number: str, dimension: Dimension) -> str:
    above = [name for name, power in dimension.items() for _time in range(power)]
    below = [name for name, power in dimension.items() for _time in range(-power)]
    first = number + "".join(above[:1])
    return " ".join([first, *(f"* 1{name}" for name in above[1:]), *(f"/ 1{name}" for name in below)])


def _digits(number: Decimal) -> str:
    return f"{number.normalize():f}"
