"""Between which values an expression lies when each figure that it reads lies between two: interval arithmetic. Pure.

Exact where every figure is read once. A figure that is read twice is one figure all the same: where the expression only
grows, or only falls, with it, it is taken at its ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import product

from sectors.calculation.evaluation import Absent, Definition, is_beyond
from sectors.calculation.formulas import NOW, PREVIOUS, ZERO, Name, Tree
from sectors.calculation.qualifiers import INFINITY, Interval

ANYTHING: Interval = (-INFINITY, INFINITY)
NOTHING: Interval = (ZERO, ZERO)
ONE = Decimal(1)


def is_bounded(interval: Interval) -> bool:
    return interval[0].is_finite() and interval[1].is_finite()


class Reading:
    """What an expression is read from: `entered` gives the interval of a reported figure, `known` those that are
    neither asked for nor computed, and `instead` is what a missing figure counts as. See `Evaluation`."""

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        entered: Callable[[Name], Interval | None],
        absent: Absent,
        *,
        instead: Decimal | None = None,
        of_year: bool = False,
    ) -> None:
        self.definitions, self.entered, self.absent, self.instead = definitions, entered, absent, instead
        self.of_year = of_year

    def interval(self, tree: Tree, known: Mapping[Name, Interval]) -> Interval | None:
        """Of an expression as data; None where it is missing. A divisor that may be 0 leaves no bound."""
        found = _Enclosure(self, known)
        whole = found.of(tree)
        if whole is None or not is_bounded(whole) or max(found.uses.values(), default=0) <= 1:
            return whole
        lowest, highest = dict(known), dict(known)
        for name, (least, most) in found.slopes(tree).items():
            low, high = found.ends[name]
            if least >= 0 or most <= 0:
                lowest[name], highest[name] = ((low, low), (high, high)) if least >= 0 else ((high, high), (low, low))
        ends = [_Enclosure(self, one).of(tree) or whole for one in (lowest, highest)]
        return max(whole[0], ends[0][0]), min(whole[1], ends[1][1])


class _Enclosure:
    """One walk through an expression. `uses` counts how often each figure was read that is not known exactly, and
    `ends` are between which values it lies."""

    def __init__(self, reading: Reading, known: Mapping[Name, Interval]) -> None:
        self.reading, self.known = reading, known
        self.uses: Counter[Name] = Counter()
        self.ends: dict[Name, Interval] = {}
        self._open: set[Name] = set()  # being computed, so that a circle ends

    def of(self, tree: Tree, moment: int = NOW, in_sum: bool = False) -> Interval | None:
        if isinstance(tree, str):
            return self._value(tree, moment, in_sum) if tree[0].isalpha() else (Decimal(tree), Decimal(tree))
        sign, *operands = tree
        if sign == "at":
            code, more = operands
            if self._open and self.reading.of_year and int(str(more)) >= PREVIOUS:
                return None
            return self._value(str(code), moment + int(str(more)), in_sum)
        found = [self.of(operand, moment, sign == "sum") for operand in operands if not isinstance(operand, int)]
        known = [interval for interval in found if interval is not None]
        return OPERATIONS[str(sign)](known) if len(known) == len(found) else None

    def slopes(self, tree: Tree, moment: int = NOW, in_sum: bool = False) -> dict[Name, Interval]:
        """By how much it changes with each figure that is not known exactly: between which slopes."""
        if isinstance(tree, str):
            return self._slope(tree, moment, in_sum) if tree[0].isalpha() else {}
        sign, *operands = tree
        if sign == "at":
            code, more = operands
            return self._slope(str(code), moment + int(str(more)), in_sum)
        trees = [operand for operand in operands if not isinstance(operand, int)]
        of_operands = [self.slopes(operand, moment, sign == "sum") for operand in trees]
        intervals = [self.of(operand, moment, sign == "sum") or ANYTHING for operand in trees]
        names = dict.fromkeys(name for slopes in of_operands for name in slopes)
        by = SLOPES[str(sign)]
        return {name: by(intervals, [slopes.get(name, NOTHING) for slopes in of_operands]) for name in names}

    def _value(self, code: str, moment: int, in_sum: bool) -> Interval | None:
        name, definition = (code, moment), self.reading.definitions.get(code)
        if in_sum and name in self.reading.absent:
            return NOTHING
        if definition is None or is_beyond(moment) or name in self._open:
            return None
        if name in self.known:
            return self._read(name, self.known[name])
        if definition.formula is not None:
            self._open.add(name)
            found = self.of(definition.formula.tree, moment)
            self._open.discard(name)
            return found or self._read(name, self.reading.entered(name))
        instead = self.reading.instead
        return self._read(name, self.reading.entered(name)) or (None if instead is None else (instead, instead))

    def _slope(self, code: str, moment: int, in_sum: bool) -> dict[Name, Interval]:
        name, definition = (code, moment), self.reading.definitions.get(code)
        if in_sum and name in self.reading.absent:
            return {}
        if name in self.ends:
            return {name: (ONE, ONE)}
        if definition is None or definition.formula is None or name in self.known or name in self._open:
            return {}
        self._open.add(name)
        found = self.slopes(definition.formula.tree, moment)
        self._open.discard(name)
        return found

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
    ends = [_times(one, other) for one, other in product(*intervals)]
    return min(ends), max(ends)


def _times(one: Decimal, other: Decimal) -> Decimal:
    """Without end is as large as one likes, and no number: nothing of it is nothing."""
    return one * other if one and other else ZERO


def _quotient(intervals: list[Interval]) -> Interval | None:
    low, high = intervals[1]
    if not low and not high:
        return None
    if low <= 0 <= high or all(any(end.is_infinite() for end in interval) for interval in intervals):
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


def _hull(intervals: list[Interval]) -> Interval:
    return min(low for low, _high in intervals), max(high for _low, high in intervals)


def _slope_of_product(operands: list[Interval], slopes: list[Interval]) -> Interval:
    return _sum([_product([slopes[0], operands[1]]), _product([slopes[1], operands[0]])])


def _slope_of_quotient(operands: list[Interval], slopes: list[Interval]) -> Interval:
    above, below = operands
    change = _difference([_product([slopes[0], below]), _product([slopes[1], above])])
    return _quotient([change, _product([below, below])]) or ANYTHING


def _slope_of_absolute(operands: list[Interval], slopes: list[Interval]) -> Interval:
    ((low, high),) = operands
    if low >= 0:
        return slopes[0]
    return _negative(slopes) if high <= 0 else _hull([slopes[0], _negative(slopes)])


def _slope_of_least(operands: list[Interval], slopes: list[Interval]) -> Interval:
    """Of those that may be the least."""
    limit = min(high for _low, high in operands)
    return _hull([slope for (low, _high), slope in zip(operands, slopes, strict=True) if low <= limit])


def _slope_of_greatest(operands: list[Interval], slopes: list[Interval]) -> Interval:
    limit = max(low for low, _high in operands)
    return _hull([slope for (_low, high), slope in zip(operands, slopes, strict=True) if high >= limit])


# Of what an operation gives, from its operands and their own slopes.
SLOPES: Mapping[str, Callable[[list[Interval], list[Interval]], Interval]] = {
    "+": lambda _operands, slopes: _sum(slopes),
    "sum": lambda _operands, slopes: _sum(slopes),
    "-": lambda _operands, slopes: _difference(slopes),
    "neg": lambda _operands, slopes: _negative(slopes),
    "*": _slope_of_product,
    "/": _slope_of_quotient,
    "abs": _slope_of_absolute,
    "min": _slope_of_least,
    "max": _slope_of_greatest,
}
