"""What a rule that does not only add up asks of each figure in it, when the others stay. Pure.

A quotient of sums is, of any one figure, (a x + b) / (c x + d): three values of it give all the others. What is more
than that (products of a figure with itself, the smallest of several) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, DivisionByZero, InvalidOperation

from sectors.calculation.formulas import NOW, ZERO, Formula
from sectors.checks.facts import Facts
from sectors.checks.suspects import INFINITY, Linear

ONE = Decimal(1)
NEAR = Decimal("1e-9")  # of what is compared: so much is computing and no difference


def solved(
    facts: Facts,
    rule: str,
    difference: Formula,
    relation: str,
    *,
    off: Decimal = ZERO,
    unless: frozenset[str] = frozenset(),
) -> Iterator[Linear]:
    """One relation for each reported figure behind an expression that is to be zero, or keeps to one side of it. `off`
    is by how much more than rounding allows it may miss it, `unless` are other figures with which it is another."""
    codes = sorted(code for code, moment in facts.leaves(difference.names) if moment == NOW)
    around = facts.interval(difference)
    if any(code not in facts.reported for code in codes):  # several figures make it, of which none can be accused
        return
    if around is None or not (around[0].is_finite() and around[1].is_finite()):
        return
    room = (around[1] - around[0]) / 2 + off
    for code in codes:
        function = _function(facts, difference, code)
        root = _root(function, facts.reported[code].value)
        slope = None if root is None else _slope(function, root)
        if root is None or not slope:
            continue
        slack, others = abs(room / slope), (frozenset(codes) | unless) - {code}
        low, high = root - slack, root + slack
        if relation != "==":
            keeps_below = (relation in ("<=", "<")) == (slope > 0)
            low, high = (-INFINITY, high) if keeps_below else (low, INFINITY)
        yield Linear(rule, {code: ONE}, low, high, unless=others, slack=slack)


def _function(facts: Facts, difference: Formula, code: str) -> Callable[[Decimal], Decimal | None]:
    def value(instead: Decimal) -> Decimal | None:
        return difference.evaluate(facts.evaluation_with({(code, NOW): instead}).base)

    return value


def _root(function: Callable[[Decimal], Decimal | None], value: Decimal) -> Decimal | None:
    """Where it is zero; None where it is not of the form, or nowhere."""
    step = abs(value) + 1
    found = [function(value), function(value + step), function(value + 2 * step)]
    now, next_one, last = found
    if now is None or next_one is None or last is None:
        return None
    try:
        root = value + _distance(step, now, next_one, last)
    except (DivisionByZero, InvalidOperation):
        return None
    at_root = function(root)
    return root if at_root is not None and abs(at_root) <= NEAR * max(abs(now), abs(next_one), abs(last)) else None


def _distance(step: Decimal, now: Decimal, next_one: Decimal, last: Decimal) -> Decimal:
    """The u at which (a u + now) / (c u + 1) is zero, from its values at one step and at two: a - c f = (f - now) / u
    for each of them."""
    slope, mean_slope = (next_one - now) / step, (last - now) / (2 * step)
    c = ZERO if slope == mean_slope else (slope - mean_slope) / (last - next_one)
    return -now / (slope + c * next_one)


def _slope(function: Callable[[Decimal], Decimal | None], root: Decimal) -> Decimal | None:
    step = max(abs(root), ONE) * NEAR
    above, below = function(root + step), function(root - step)
    return None if above is None or below is None else (above - below) / (2 * step)
