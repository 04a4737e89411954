"""Between which values an expression lies when each figure that it reads lies between two: interval arithmetic. Pure.

Exact where every figure is read once, and wider than need be where one is read twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import product

from sectors.calculation.evaluation import FARTHEST, Absent, Definition
from sectors.calculation.formulas import NOW, PREVIOUS, ZERO, Name, Tree

INFINITY = Decimal("Infinity")
Interval = tuple[Decimal, Decimal]  # the lowest and the highest value, in base units
ANYTHING: Interval = (-INFINITY, INFINITY)


class IntervalEvaluation:
    """As `Evaluation`, over intervals: `entered` gives that of a reported figure, `known` those that are not asked for
    or computed, and `instead` is what a missing figure counts as.

    `uses` counts how often each figure was read that is not known exactly.
    """

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        entered: Callable[[Name], Interval | None],
        absent: Absent,
        *,
        known: Mapping[Name, Interval],
        instead: Decimal | None = None,
    ) -> None:
        self.definitions, self.entered, self.absent = definitions, entered, absent
        self.known, self.instead = known, instead
        self.uses: Counter[Name] = Counter()
        self.ends: dict[Name, Interval] = {}  # of the figures in `uses`
        self._open: set[Name] = set()  # being computed, so that a circle ends

    def of(self, tree: Tree, moment: int = NOW, in_sum: bool = False) -> Interval | None:
        """Of an expression as data; None where it is missing. A divisor that may be 0 leaves no bound."""
        if isinstance(tree, str):
            return self._value(tree, moment, in_sum) if tree[0].isalpha() else (Decimal(tree), Decimal(tree))
        sign, *operands = tree
        if sign == "at":
            code, more = operands
            return self._value(str(code), moment + int(str(more)), in_sum)
        found = [self.of(operand, moment, sign == "sum") for operand in operands if not isinstance(operand, int)]
        known = [interval for interval in found if interval is not None]
        return OPERATIONS[str(sign)](known) if len(known) == len(found) else None

    def _value(self, code: str, moment: int, in_sum: bool) -> Interval | None:
        name, definition = (code, moment), self.definitions.get(code)
        if in_sum and name in self.absent:
            return ZERO, ZERO
        if definition is None or moment % PREVIOUS > FARTHEST or name in self._open:
            return None
        if name in self.known:
            return self._read(name, self.known[name])
        if definition.formula is not None:
            self._open.add(name)
            found = self.of(definition.formula.tree, moment)
            self._open.discard(name)
            return found or self._read(name, self.entered(name))
        missing = None if self.instead is None else (self.instead, self.instead)
        return self._read(name, self.entered(name)) or missing

    def _read(self, name: Name, found: Interval | None) -> Interval | None:
        if found is not None and found[0] < found[1]:
            self.uses[name] += 1
            self.ends[name] = found
        return found


def _sum(intervals: list[Interval]) -> Interval:
    return sum((low for low, _high in intervals), ZERO), sum((high for _low, high in intervals), ZERO)


def _negative(intervals: list[Interval]) -> Interval:
    ((low, high),) = intervals
    return -high, -low


def _difference(intervals: list[Interval]) -> Interval:
    return _sum([intervals[0], _negative(intervals[1:])])


def _product(intervals: list[Interval]) -> Interval:
    if any(end.is_infinite() for interval in intervals for end in interval):
        return ANYTHING
    ends = [one * other for one, other in product(*intervals)]
    return min(ends), max(ends)


def _quotient(intervals: list[Interval]) -> Interval | None:
    low, high = intervals[1]
    if not low and not high:
        return None
    if low <= 0 <= high or any(end.is_infinite() for interval in intervals for end in interval):
        return ANYTHING
    ends = [one / other for one, other in product(*intervals)]
    return min(ends), max(ends)


def _absolute(intervals: list[Interval]) -> Interval:
    ((low, high),) = intervals
    return (ZERO if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))


def _least(intervals: list[Interval]) -> Interval:
    return min(low for low, _high in intervals), min(high for _low, high in intervals)


def _greatest(intervals: list[Interval]) -> Interval:
    return max(low for low, _high in intervals), max(high for _low, high in intervals)


OPERATIONS: Mapping[str, Callable[[list[Interval]], Interval | None]] = {
    "+": _sum,
    "sum": _sum,
    "-": _difference,
    "neg": _negative,
    "*": _product,
    "/": _quotient,
    "abs": _absolute,
    "min": _least,
    "max": _greatest,
}
