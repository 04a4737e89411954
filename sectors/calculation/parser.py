"""Reads an expression into the syntax tree of Python, of which a whitelist is understood. Pure."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from sectors.calculation.numerals import MAX_DIGITS
from sectors.calculation.tokens import CODE, DOT, LITERAL, VALUE

MAX_LENGTH = 2000
COMPARISON: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


class FormulaError(ValueError):
    """A wrong expression; `column` is the place (from 0) in its text."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.column = column

    def marked(self, text: str) -> str:
        """The expression with the place marked."""
        return f"{text[: self.column]}▶{text[self.column :]}"


@dataclass(frozen=True)
class Literal:
    """A number with its unit."""

    number: Decimal
    unit: str


@dataclass(frozen=True)
class Parsed:
    """An expression as Python reads it: one side, or the two of a comparison; and its numbers with units by column."""

    sides: Sequence[ast.expr]
    literals: Mapping[int, Literal]
    relation: str = ""


def parse_formula(text: str, units: Collection[str]) -> Parsed:
    node, literals = _parse(text, units)
    if isinstance(node, ast.Compare):
        raise FormulaError(_("A formula gives a number; a comparison belongs in a rule."), node.col_offset)
    return Parsed([node], literals)


def parse_rule(text: str, units: Collection[str]) -> Parsed:
    node, literals = _parse(text, units)
    if isinstance(node, ast.Compare) and len(node.ops) > 1:
        raise FormulaError(_("A rule compares two expressions: write a rule for each comparison."), node.col_offset)
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) not in COMPARISON:
        raise FormulaError(_("A rule compares two expressions with one of == != < <= > >=."), node.col_offset)
    return Parsed([node.left, *node.comparators], literals, COMPARISON[type(node.ops[0])])


def check_length(text: str) -> None:
    """Before anything looks for patterns in it. Raises FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(_("The expression is longer than %(count)d characters.") % {"count": MAX_LENGTH})


def _parse(text: str, units: Collection[str]) -> tuple[ast.expr, Mapping[int, Literal]]:
    check_length(text)
    literals = dict[int, Literal]()
    plain = text
    for found in LITERAL.finditer(text):
        if found[2] in units:
            literals[found.start()] = Literal(_checked(Decimal(found[1]), found.start()), found[2])
            plain = plain[: found.start()] + VALUE * len(found[0]) + plain[found.end() :]
        elif not found[2].isascii():  # else it may be a word of Python, which is refused as such
            raise FormulaError(_("There is no unit “%(unit)s”.") % {"unit": found[2]}, found.start(2))
    return _python(plain), literals


def _python(text: str) -> ast.expr:
    if DOT in text:
        raise FormulaError(_("An indicator code is expected here."), text.index(DOT))
    plain = text.strip()
    before = len(text) - len(text.lstrip())
    try:
        # A code's parts may be all digits or a Python keyword (`food.task.in`), so codes are read before Python is.
        body = ast.parse(CODE.sub(lambda found: found[0].replace(".", DOT), plain), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = max((getattr(error, "offset", None) or len(plain)) - 1, 0)  # without one, at the end
        raise FormulaError(_("The expression cannot be read here."), column + before) from error
    _count_in_characters(body, plain.encode(), before)
    if isinstance(body, ast.Tuple):
        message = _("Here is a comma too many: a number has a point instead, 1.5, and each condition is a rule.")
        raise FormulaError(message, text.rindex(",", 0, body.elts[-1].col_offset))
    return body


def _count_in_characters(body: ast.expr, line: bytes, before: int) -> None:
    """Python counts columns in bytes of what it was given; a person counts characters of what they wrote."""
    for node in ast.walk(body):
        if isinstance(node, ast.expr):
            node.col_offset = before + len(line[: node.col_offset].decode(errors="ignore"))


def number_of(node: ast.Constant, value: float) -> Decimal:
    """A number without a unit. Raises FormulaError."""
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        raise FormulaError(_("This is not allowed in an expression."), node.col_offset)
    return _checked(Decimal(value) if isinstance(value, int) else Decimal(repr(value)), node.col_offset)


def _checked(number: Decimal, column: int) -> Decimal:
    if number and not -MAX_DIGITS <= number.adjusted() < MAX_DIGITS:
        raise FormulaError(_("The number is too long: at most %(count)d digits.") % {"count": MAX_DIGITS}, column)
    return number


def code_of(node: ast.expr) -> str:
    code = node.id.replace(DOT, ".") if isinstance(node, ast.Name) else ""
    if not CODE.fullmatch(code):
        raise FormulaError(_("An indicator code is expected here."), node.col_offset)
    return code
