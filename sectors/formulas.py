"""The expression language of formulas and rules: a whitelist over `ast`, compiled to Decimal closures. Pure.

Names are indicator codes (`food.rate`). `+ - * /`, parentheses, numbers, comparisons (in rules only),
`parts(code)` and `last_year(code)` are understood. Everything is reckoned in base units; a missing operand or a
division by zero makes the result missing (None), never an error and never zero.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

MAX_LENGTH, MAX_DEPTH = 2000, 30
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)+")
ONE_CODE = CODE.pattern.replace("(", "(?:")
WORD = re.compile(rf"(parts|last_year)\(\s*({ONE_CODE})\s*\)|({ONE_CODE})|([-*/])")
SIGNS = {"*": "×", "/": "÷", "-": "−"}
DOT = "X"  # stands for the dots of a code while Python parses; codes have no capitals
ARITHMETIC: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
COMPARISON: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}

# Looks up a value in base units by code and years back (0 is the year at hand). The flag says that the value is
# a part being added up, where "not applicable" counts for nothing instead of making the sum missing.
Lookup = Callable[[str, int, bool], Decimal | None]
Closure = Callable[[Lookup], Decimal | None]


class FormulaError(ValueError):
    """A wrong expression; `column` is the place (from 0) in its text."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True)
class Formula:
    """A compiled expression; `names` are the (code, years back) it reads."""

    text: str
    names: frozenset[tuple[str, int]]
    evaluate: Closure

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(code for code, _back in self.names)


@dataclass(frozen=True)
class Comparison:
    """Two compiled expressions and the relation that should hold between them."""

    text: str
    left: Formula
    relation: str
    right: Formula

    @property
    def codes(self) -> frozenset[str]:
        return self.left.codes | self.right.codes


def compile_formula(text: str, parts: Mapping[str, Sequence[str]] | None = None) -> Formula:
    """Compile an arithmetic expression. `parts` gives the codes that `parts(code)` adds up. Raises FormulaError."""
    node = _parse(text)
    if isinstance(node, ast.Compare):
        raise FormulaError(_("A formula gives a number; a comparison belongs in a rule."), node.col_offset)
    return _formula(text, node, parts or {})


def compile_rule(text: str, parts: Mapping[str, Sequence[str]] | None = None) -> Comparison:
    """Compile a comparison of two expressions. Raises FormulaError."""
    node = _parse(text)
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) not in COMPARISON:
        raise FormulaError(_("A rule compares two expressions with one of == != < <= > >=."), node.col_offset)
    known = parts or {}
    left, right = _formula(text, node.left, known), _formula(text, node.comparators[0], known)
    return Comparison(text, left, COMPARISON[type(node.ops[0])], right)


def _parse(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise FormulaError(_("The expression is longer than %(count)d characters.") % {"count": MAX_LENGTH})
    if DOT in text:
        raise FormulaError(_("An indicator code is expected here."), text.index(DOT))
    plain = text.lstrip()
    try:
        # A code's parts may be all digits or a Python keyword (`food.task.in`), so codes are read before Python is.
        return ast.parse(CODE.sub(lambda found: found[0].replace(".", DOT), plain.rstrip()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = max((getattr(error, "offset", None) or len(plain.rstrip())) - 1, 0)  # without one, at the end
        raise FormulaError(_("The expression cannot be read here."), column + len(text) - len(plain)) from error


def _formula(text: str, node: ast.expr, parts: Mapping[str, Sequence[str]]) -> Formula:
    names: set[tuple[str, int]] = set()
    evaluate = _build(node, parts, names, 0)
    return Formula(text, frozenset(names), evaluate)


def _build(node: ast.expr, parts: Mapping[str, Sequence[str]], names: set[tuple[str, int]], depth: int) -> Closure:
    if depth > MAX_DEPTH:
        raise FormulaError(_("The expression is nested too deeply."), node.col_offset)
    if isinstance(node, ast.Name):
        return _read(_code(node), 0, names)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return _constant(node, node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _negative(_build(node.operand, parts, names, depth + 1))
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        left = _build(node.left, parts, names, depth + 1)
        right = _build(node.right, parts, names, depth + 1)
        return _arithmetic(ARITHMETIC[type(node.op)], left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _call(node, node.func.id, parts, names)
    raise FormulaError(_("This is not allowed in an expression."), node.col_offset)


def _constant(node: ast.Constant, value: float) -> Closure:
    if isinstance(value, bool) or not math.isfinite(value):
        raise FormulaError(_("This is not allowed in an expression."), node.col_offset)
    number = Decimal(repr(value))
    return lambda lookup: number


def _code(node: ast.expr) -> str:
    code = node.id.replace(DOT, ".") if isinstance(node, ast.Name) else ""
    if not CODE.fullmatch(code):
        raise FormulaError(_("An indicator code is expected here."), node.col_offset)
    return code


def _call(node: ast.Call, name: str, parts: Mapping[str, Sequence[str]], names: set[tuple[str, int]]) -> Closure:
    if name not in ("parts", "last_year") or len(node.args) != 1 or node.keywords:
        raise FormulaError(_("Only parts(code) and last_year(code) may be called."), node.col_offset)
    code = _code(node.args[0])
    if name == "last_year":
        return _read(code, 1, names)
    if not parts.get(code):
        raise FormulaError(_("%(code)s has no exhaustive breakdown.") % {"code": code}, node.col_offset)
    return _sum([_read(part, 0, names, in_sum=True) for part in parts[code]])


def _read(code: str, back: int, names: set[tuple[str, int]], *, in_sum: bool = False) -> Closure:
    names.add((code, back))
    return lambda lookup: lookup(code, back, in_sum)


def _negative(operand: Closure) -> Closure:
    def evaluate(lookup: Lookup) -> Decimal | None:
        value = operand(lookup)
        return None if value is None else -value

    return evaluate


def _arithmetic(apply: Callable[[Decimal, Decimal], Decimal], left: Closure, right: Closure) -> Closure:
    def evaluate(lookup: Lookup) -> Decimal | None:
        a, b = left(lookup), right(lookup)
        if a is None or b is None or (apply is operator.truediv and not b):
            return None
        return apply(a, b)

    return evaluate


def _sum(parts: Sequence[Closure]) -> Closure:
    def evaluate(lookup: Lookup) -> Decimal | None:
        values = [part(lookup) for part in parts]
        return None if None in values else sum((v for v in values if v is not None), Decimal(0))

    return evaluate


@dataclass(frozen=True)
class Definition:
    """What reckoning needs of an indicator: the scale of its unit and its formula, if it is computed."""

    code: str
    scale: Decimal
    formula: Formula | None = None


class Book:
    """Values of many indicators, computed ones reckoned when asked for, each once.

    `entered` maps (code, years back) to values in the indicator's own unit; `absent` are those reported as not
    applicable. A formula that reads itself in a
    circle gives a missing value; the catalogue refuses such formulas when they are loaded.
    """

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        entered: Mapping[tuple[str, int], Decimal | None],
        absent: Collection[tuple[str, int]] = (),
    ) -> None:
        self.definitions = definitions
        self.entered = entered
        self.absent = absent
        self._known: dict[tuple[str, int], Decimal | None] = {}

    def value(self, code: str, back: int = 0) -> Decimal | None:
        """In the indicator's own unit, unrounded; None when missing."""
        base = self.base(code, back)
        return None if base is None else base / self.definitions[code].scale

    def base(self, code: str, back: int = 0, in_sum: bool = False) -> Decimal | None:
        """In base units."""
        key = (code, back)
        if in_sum and key in self.absent:
            return Decimal(0)
        if key not in self._known:
            self._known[key] = None  # stands while a circle is being read
            self._known[key] = self._reckon(code, back)
        return self._known[key]

    def _reckon(self, code: str, back: int) -> Decimal | None:
        definition = self.definitions.get(code)
        if definition is None:
            return None
        if definition.formula is not None:
            return definition.formula.evaluate(lambda name, more, in_sum: self.base(name, back + more, in_sum))
        value = self.entered.get((code, back))
        return None if value is None else value * definition.scale


def in_words(text: str, names: Mapping[str, str]) -> str:
    """An expression as a person reads it: names instead of codes, and the signs of arithmetic."""

    def word(found: re.Match[str]) -> str:
        call, inner, code, sign = found.groups()
        if sign:
            return SIGNS[sign]
        name = names.get(inner or code, inner or code)
        if call == "parts":
            return _("sum of the parts of %(name)s") % {"name": name}
        return _("%(name)s of the year before") % {"name": name} if call else name

    return WORD.sub(word, text)


def circle(formulas: Mapping[str, Formula]) -> list[str]:
    """Codes along the first circle of formulas reading one another, or an empty list."""
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
    for name, back in sorted(formulas[code].names):
        found = [] if back else _follow(name, formulas, [*path, code], done)
        if found:
            return found
    done.add(code)
    return []


def definitions(rows: Iterable[tuple[str, Decimal, str]], parts: Mapping[str, Sequence[str]]) -> dict[str, Definition]:
    """(code, scale, formula text) -> definitions by code."""
    return {code: Definition(code, scale, compile_formula(text, parts) if text else None) for code, scale, text in rows}
