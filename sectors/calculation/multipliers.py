"""The pure numbers by which all of a value is multiplied, wherever they stand in its expression. Pure.

`a / (b / 100)`, `a * 10 * 10 / b` and `(a / b - c / d) / 0.01` are all multiplied by 100.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction
from math import prod
from typing import TypeGuard

from sectors.calculation.formulas import FUNCTIONS

MOST = 12  # so many of them are tried with each other
# The number that a side of a product is, told the side, the other one, and whether it divides; None where it is none.
NumberOf = Callable[[ast.expr, ast.expr, bool], Fraction | None]


def multipliers(node: ast.expr, number_of: NumberOf, is_number: Callable[[ast.expr], bool]) -> list[Fraction]:
    """Those of a sum are those of all its terms, or together the weights of its terms."""
    if isinstance(node, ast.UnaryOp):
        return multipliers(node.operand, number_of, is_number)
    if _is_product(node):
        divides = isinstance(node.op, ast.Div)
        return [
            *_of_side(node.left, node.right, False, number_of, is_number),
            *_of_side(node.right, node.left, divides, number_of, is_number),
        ]
    own = terms(node, is_number)
    return _common([multipliers(term, number_of, is_number) for term in own]) if own != [node] else []


def _is_product(node: ast.expr) -> TypeGuard[ast.BinOp]:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)


def _of_side(
    side: ast.expr, beside: ast.expr, divides: bool, number_of: NumberOf, is_number: Callable[[ast.expr], bool]
) -> list[Fraction]:
    number = None if _is_product(side) else number_of(side, beside, divides)
    found = multipliers(side, number_of, is_number) if number is None else [number]
    return [1 / one if divides else one for one in found if one]


def terms(node: ast.expr, is_number: Callable[[ast.expr], bool]) -> list[ast.expr]:
    """What is added up or compared by `min` and `max`, without numbers."""
    if isinstance(node, ast.UnaryOp):
        return terms(node.operand, is_number)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sides: Sequence[ast.expr] = [node.left, node.right]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        sides = node.args
    else:
        return [] if is_number(node) else [node]
    return [term for side in sides for term in terms(side, is_number)]


def _common(found: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    shared = Counter(found[0]) if found else Counter()
    for one in found[1:]:
        shared &= Counter(one)
    if shared or not any(found):
        return list(shared.elements())
    return [sum((prod(one, start=Fraction(1)) for one in found), Fraction(0))]


def make(numbers: Iterable[Fraction], wanted: Collection[Fraction]) -> bool:
    """Whether some of the numbers multiply to one that is wanted; what another one takes back counts for nothing."""
    left: Counter[Fraction] = Counter()
    for number in map(abs, numbers):
        if left[1 / number]:
            left[1 / number] -= 1
        elif number != 1:
            left[number] += 1
    products = {Fraction(1)}
    for number in [*left.elements()][:MOST]:
        products |= {product * number for product in products}
    return not products.isdisjoint(wanted)
