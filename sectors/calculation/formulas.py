"""The expression language of formulas and rules: a whitelist over `ast`, compiled to Decimal closures. Pure.

Names are indicator codes (`food.rate`). `+ - * /`, parentheses, numbers, numbers with a unit (`98%`, `5万吨`),
comparisons (in rules only), `abs`, `min`, `max` and `parts(code)` are understood, and figures of other times:
`last_year(code)` (the same period), `previous(code)` (the period before) and, in rules, `year_to_date(code)`.
Everything is computed in base units; a missing operand or a division by zero makes the result missing (None), never an
error and never zero. Whether units fit together is asked by `sectors/calculation/dimensions.py`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache

from django.utils.translation import gettext as _

from sectors.calculation.parser import FormulaError, Literal, code_of, number_of, parse_formula, parse_rule
from sectors.calculation.tokens import CODE, LITERAL
from sectors.calculation.units import Units

MAX_DEPTH = 30
ARITHMETIC: Mapping[type[ast.operator], tuple[str, Callable[[Decimal, Decimal], Decimal]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
}
# A moment is one number, so that moments add up: years back, 100 for each period back, 10,000 for "since January".
NOW, LAST_YEAR, PREVIOUS, TO_DATE = 0, 1, 100, 10_000
MOMENTS = {"last_year": LAST_YEAR, "previous": PREVIOUS, "year_to_date": TO_DATE}
# A formula is computed over years as well; what a year has made of its periods stands as the figure itself.
IN_FORMULAS = ("last_year", "previous")
# How many operands a function takes at least and at most.
FUNCTIONS: Mapping[str, tuple[int, int, Callable[[list[Decimal]], Decimal]]] = {
    "abs": (1, 1, lambda values: abs(values[0])),
    "min": (2, 50, min),
    "max": (2, 50, max),
}
ZERO = Decimal(0)
# What an expression makes beyond that, in base units, is no figure any more, and neither stored nor printed.
LARGEST = Decimal(10) ** 20

Name = tuple[str, int]  # code, moment
# Looks up a value in base units by code and moment. The flag says that the value is a part being added up, where
# "not applicable" counts for nothing instead of making the sum missing.
Lookup = Callable[[str, int, bool], Decimal | None]
Closure = Callable[[Lookup], Decimal | None]
Parts = tuple[tuple[str, tuple[str, ...]], ...]
Scales = tuple[tuple[str, Decimal], ...]
# An expression as a page can compute it: a code, digits, or an operation before its operands: `("+", "a.b", "1")`,
# `("sum", "a.b", "a.c")`, `("neg", ...)`, `("at", code, moment)`, `("min", ...)`.
Tree = str | tuple["str | int | Tree", ...]


@dataclass(frozen=True)
class Form:
    """An expression that only adds up, with multiples: coefficients by name, and a constant. In base units."""

    terms: Mapping[Name, Decimal] = field(default_factory=dict)
    constant: Decimal = ZERO

    def plus(self, other: Form, times: Decimal = Decimal(1)) -> Form:
        terms = dict(self.terms)
        for name, weight in other.terms.items():
            terms[name] = terms.get(name, ZERO) + weight * times
        return Form({name: weight for name, weight in terms.items() if weight}, self.constant + other.constant * times)

    def scaled(self, times: Decimal) -> Form:
        return Form().plus(self, times)


@dataclass(frozen=True)
class Formula:
    """A compiled expression. `names` are the codes and moments it reads; `form` is None where it is not linear;
    `sign` and `operands` are its outermost operation, if that is one of `+ - * /`; `tree` is all of it as data."""

    text: str
    names: frozenset[Name]
    evaluate: Closure
    form: Form | None = None
    sign: str = ""
    operands: tuple[Formula, ...] = ()
    tree: Tree = ""

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, _moment in self.names)

    @property
    def code(self) -> str:
        """The code, where the expression is nothing else; an empty text otherwise."""
        is_name = self.form is not None and not self.sign and list(self.form.terms.values()) == [Decimal(1)]
        return next((code for code, moment in self.names if is_name and moment == NOW), "")


@dataclass(frozen=True)
class Comparison:
    """Two compiled expressions and the relation that should hold between them."""

    text: str
    left: Formula
    relation: str
    right: Formula

    @property
    def names(self) -> frozenset[Name]:
        return self.left.names | self.right.names

    @property
    def codes(self) -> frozenset[str]:
        return self.left.codes | self.right.codes

    @cached_property
    def difference(self) -> Formula:
        """Left less right."""
        return difference(self.left, self.right)


def reading(code: str, moment: int = NOW) -> Formula:
    """A figure by itself."""
    return _read(code, moment)


def adding(codes: Iterable[str]) -> Formula:
    """The sum of figures, in which one that is not applicable counts for nothing."""
    return _sum([_read(code, NOW, in_sum=True) for code in codes])


def difference(left: Formula, right: Formula) -> Formula:
    return _arithmetic("-", operator.sub, left, right)


def compile_formula(text: str, parts: Mapping[str, Sequence[str]], units: Units) -> Formula:
    """Compile an arithmetic expression. `parts` gives the codes that `parts(code)` adds up. Raises FormulaError."""
    return _compiled_formula(text, _parts_in(text, parts), _scales_in(text, units))


def compile_rule(text: str, parts: Mapping[str, Sequence[str]], units: Units) -> Comparison:
    """Compile a comparison of two expressions. Raises FormulaError."""
    return _compiled_rule(text, _parts_in(text, parts), _scales_in(text, units))


def _parts_in(text: str, parts: Mapping[str, Sequence[str]]) -> Parts:
    """The breakdowns an expression adds up: what it was compiled with, so that it is compiled once."""
    if "parts" not in text:
        return ()
    codes = sorted({found[0] for found in CODE.finditer(text)} & parts.keys())
    return tuple((code, tuple(parts[code])) for code in codes)


def _scales_in(text: str, units: Units) -> Scales:
    """Likewise the scales of the units in it."""
    named = {found[2] for found in LITERAL.finditer(text)} & units.keys()
    return tuple((name, units[name].scale) for name in sorted(named))


@lru_cache(maxsize=8192)
def _compiled_formula(text: str, parts: Parts, scales: Scales) -> Formula:
    parsed = parse_formula(text, dict(scales))
    context = _Context(dict(parts), IN_FORMULAS, parsed.literals, dict(scales))
    return _formula(text, parsed.sides[0], context)


@lru_cache(maxsize=8192)
def _compiled_rule(text: str, parts: Parts, scales: Scales) -> Comparison:
    parsed = parse_rule(text, dict(scales))
    context = _Context(dict(parts), tuple(MOMENTS), parsed.literals, dict(scales))
    left, right = (_formula(text, side, context) for side in parsed.sides)
    return Comparison(text, left, parsed.relation, right)


@dataclass(frozen=True)
class _Context:
    """What an expression is compiled with: what `parts(code)` adds up, which other times may be named, its numbers with
    units, and the scales of these."""

    parts: Mapping[str, Sequence[str]]
    times: Collection[str]
    literals: Mapping[int, Literal]
    scales: Mapping[str, Decimal]


def _formula(text: str, node: ast.expr, context: _Context) -> Formula:
    built = _build(node, context, 0)
    form = built.form
    if form is not None and max(map(abs, (*form.terms.values(), form.constant))) >= LARGEST:
        form = None
    return replace(built, text=text, form=form, evaluate=_within_limits(built.evaluate))


def _within_limits(compute: Closure) -> Closure:
    def evaluate(lookup: Lookup) -> Decimal | None:
        value = compute(lookup)
        # What only writes a formula down computes no number.
        return None if isinstance(value, Decimal) and abs(value) >= LARGEST else value

    return evaluate


def _build(node: ast.expr, context: _Context, depth: int) -> Formula:
    if depth > MAX_DEPTH:
        raise FormulaError(_("The expression is nested too deeply."), node.col_offset)
    if isinstance(node, ast.Name):
        literal = context.literals.get(node.col_offset)
        if literal is None:
            return _read(code_of(node), NOW)
        return constant((literal.number * context.scales[literal.unit]).normalize())
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return constant(number_of(node, node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _negative(_build(node.operand, context, depth + 1))
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        left, right = (_build(side, context, depth + 1) for side in (node.left, node.right))
        return _arithmetic(*ARITHMETIC[type(node.op)], left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _call(node, node.func.id, context, depth)
    raise FormulaError(_("This is not allowed in an expression."), node.col_offset)


def constant(number: Decimal) -> Formula:
    return Formula("", frozenset(), lambda lookup: number, Form(constant=number), tree=f"{number:f}")


def _call(node: ast.Call, name: str, context: _Context, depth: int) -> Formula:
    if name in FUNCTIONS:
        least, most, apply = FUNCTIONS[name]
        if not least <= len(node.args) <= most:
            raise FormulaError(_("%(name)s takes another number of values.") % {"name": name}, node.col_offset)
        return _function(name, apply, [_build(argument, context, depth + 1) for argument in node.args])
    if name not in (*context.times, "parts") or len(node.args) != 1:
        known = ", ".join(sorted((*context.times, *FUNCTIONS, "parts")))
        raise FormulaError(_("Only these may be called here: %(names)s.") % {"names": known}, node.col_offset)
    code = code_of(node.args[0])
    if name in MOMENTS:
        return _read(code, MOMENTS[name])
    if not context.parts.get(code):
        raise FormulaError(_("%(code)s has no exhaustive breakdown.") % {"code": code}, node.col_offset)
    return adding(context.parts[code])


def _read(code: str, moment: int, *, in_sum: bool = False) -> Formula:
    name = (code, moment)
    form, tree = Form({name: Decimal(1)}), ("at", code, moment) if moment else code
    return Formula("", frozenset([name]), lambda lookup: lookup(code, moment, in_sum), form, tree=tree)


def _negative(operand: Formula) -> Formula:
    def evaluate(lookup: Lookup) -> Decimal | None:
        value = operand.evaluate(lookup)
        return None if value is None else -value

    form = operand.form and operand.form.scaled(Decimal(-1))
    return Formula("", operand.names, evaluate, form, tree=("neg", operand.tree))


def _arithmetic(sign: str, apply: Callable[[Decimal, Decimal], Decimal], left: Formula, right: Formula) -> Formula:
    first, second, divides = left.evaluate, right.evaluate, sign == "/"

    def evaluate(lookup: Lookup) -> Decimal | None:
        a, b = first(lookup), second(lookup)
        if a is None or b is None or (divides and not b):
            return None
        return apply(a, b)

    form, tree = _form(sign, left.form, right.form), (sign, left.tree, right.tree)
    return Formula("", left.names | right.names, evaluate, form, sign, (left, right), tree)


def _form(sign: str, left: Form | None, right: Form | None) -> Form | None:
    if left is None or right is None:
        return None
    if sign in "+-":
        return left.plus(right, Decimal(1 if sign == "+" else -1))
    if sign == "*" and not (left.terms and right.terms):
        return right.scaled(left.constant) if right.terms else left.scaled(right.constant)
    if sign == "/" and not right.terms and right.constant:
        return left.scaled(1 / right.constant)
    return None


def _function(name: str, apply: Callable[[list[Decimal]], Decimal], operands: Sequence[Formula]) -> Formula:
    def evaluate(lookup: Lookup) -> Decimal | None:
        values = [operand.evaluate(lookup) for operand in operands]
        known = [value for value in values if value is not None]
        return apply(known) if len(known) == len(values) else None

    names: frozenset[Name] = frozenset().union(*(operand.names for operand in operands))
    return Formula("", names, evaluate, tree=(name, *(operand.tree for operand in operands)))


def _sum(parts: Sequence[Formula]) -> Formula:
    def evaluate(lookup: Lookup) -> Decimal | None:
        total = ZERO
        for part in parts:
            value = part.evaluate(lookup)
            if value is None:
                return None
            total += value
        return total

    form = Form(dict.fromkeys((name for part in parts for name in part.names), Decimal(1)))
    return Formula("", frozenset(form.terms), evaluate, form, tree=("sum", *(part.tree for part in parts)))


def circle(formulas: Mapping[str, Formula]) -> list[str]:
    """Codes along the first circle of formulas reading one another, or an empty list. From period to period a circle
    has no beginning either; from year to year one may begin with what was declared."""
    done: set[str] = set()
    for start in formulas:
        path = _follow(start, formulas, [], done)
        if path:
            return path
    return []


def _follow(code: str, formulas: Mapping[str, Formula], path: list[str], done: set[str]) -> list[str]:
    if code in path:
        return [*path[path.index(code) :], code]
    if code in done or code not in formulas:
        return []
    for name, moment in sorted(formulas[code].names):
        found = [] if moment == LAST_YEAR else _follow(name, formulas, [*path, code], done)
        if found:
            return found
    done.add(code)
    return []
