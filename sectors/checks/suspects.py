"""Which figures of broken rules are likely the wrong ones. Pure.

After Fellegi and Holt: the smallest set of figures whose change can satisfy every rule, those that fail and those
that hold. So a figure that other rules confirm is cleared. Suspect, not guilty: nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations

INFINITY = Decimal("Infinity")
MOST_MORE = 7  # with up to how many decimals less one more than it was given a figure is repaired
MOST_SETS, MOST_CAUSES = 24, 3  # up to which number of causes every choice among so many is tried

Values = Mapping[str, Decimal]


@dataclass(frozen=True)
class Linear:
    """low <= sum of coefficient x value <= high, values in the figures' own units.

    What was declared for a rate or a growth binds its parts as long as it is believed itself: void when one of
    `declared` changes. And it is bound by its parts as long as these stay: void when one of `unless` changes. What it
    says but for rounding is `exactly`: sum of coefficient x value = a constant; left out, the middle of the two bounds.
    """

    rule: str
    terms: Mapping[str, Decimal]
    low: Decimal
    high: Decimal
    unless: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    exactly: tuple[Mapping[str, Decimal], Decimal] | None = None
    slack: Decimal = Decimal(0)  # how much of the room is left by rounding only

    @property
    def voids(self) -> frozenset[str]:
        """Figures whose change makes it void."""
        return self.unless | self.declared

    @property
    def reads(self) -> frozenset[str]:
        return self.voids | self.terms.keys()

    def allowed(self, code: str, values: Values) -> tuple[Decimal, Decimal]:
        """Between which values `code` satisfies the rule when nothing else changes; none where low is over high."""
        if self.low > self.high:
            return self.low, self.high
        weight = self.terms[code]
        rest = sum((w * values[other] for other, w in self.terms.items() if other != code), Decimal(0))
        ends = [(self.low - rest) / weight, (self.high - rest) / weight]
        return min(ends), max(ends)

    def wanted(self, code: str, values: Values) -> Decimal:
        """The value of `code` that it asks for when nothing else changes: what it says exactly, or the end that is
        nearest where it only sets a limit."""
        if self.exactly is not None and self.exactly[0].get(code):
            terms, total = self.exactly
            rest = sum((weight * values[other] for other, weight in terms.items() if other != code), Decimal(0))
            return (total - rest) / terms[code]
        least, greatest = self.allowed(code, values)
        slack = self.slack / abs(self.terms[code])
        return _middle(values[code], least + slack, greatest - slack)

    def holds(self, values: Values) -> bool:
        total = sum((weight * values[code] for code, weight in self.terms.items()), Decimal(0))
        return self.low <= total <= self.high


@dataclass(frozen=True)
class Suspect:
    """A figure and a value that would repair every rule it stands in, when those of `together` change with it."""

    code: str
    repair: Decimal
    together: tuple[str, ...] = ()

    @property
    def places(self) -> int:
        """The decimals that the repair needs."""
        return max(0, -int(self.repair.normalize().as_tuple().exponent))


@dataclass(frozen=True)
class Cause:
    """What would explain broken rules: a figure that is wrong, several at once, or a row that is missing from a table
    (without suspects) or too many in it (the totals of its columns are suspects together)."""

    fixes: frozenset[str]
    suspects: tuple[Suspect, ...] = ()
    row_too_many: bool = False


@dataclass(frozen=True)
class Step:
    """How fine a figure is: the size of its last digit; whole counts have nothing between their steps. `least` and
    `most` are what it may be."""

    size: Decimal
    whole: bool
    least: Decimal = Decimal(0)
    most: Decimal = INFINITY

    def within(self, low: Decimal, high: Decimal, wanted: Decimal) -> Decimal | None:
        """The value nearest to `wanted` from low to high, as a person would write it: with as few more decimals as it
        takes, and never -0."""
        high = min(high, self.most)
        for more in range(1 if self.whole else MOST_MORE):
            size = self.size.scaleb(-more)
            least = (low / size).to_integral_value(ROUND_CEILING) * size
            greatest = (high / size).to_integral_value(ROUND_FLOOR) * size if high.is_finite() else high
            if least <= greatest:
                nearest = (wanted / size).to_integral_value() * size
                return min(max(nearest, least), greatest) + 0
        return None


def single_causes(rows: Sequence[Linear], failing: set[str], values: Values, steps: Mapping[str, Step]) -> list[Cause]:
    """Figures that, changed alone, satisfy every rule they stand in."""
    found = []
    for code in dict.fromkeys(code for row in rows if row.rule in failing for code in row.terms):
        touching = [row for row in rows if code in row.terms]
        value = repair(code, touching, values, steps[code])
        if value is not None:
            fixed = {row.rule for row in rows if code in row.reads} & failing
            found.append(Cause(frozenset(fixed), (Suspect(code, value),)))
    return found


def repair(code: str, rows: Iterable[Linear], values: Values, step: Step) -> Decimal | None:
    """The value that all rules allow; where there is a choice, what the narrowest one that fails says exactly."""
    low, high = min(step.least, values[code]), INFINITY
    wanted, narrowest = values[code], None
    for row in rows:
        least, greatest = row.allowed(code, values)
        if not least <= values[code] <= greatest and (narrowest is None or greatest - least < narrowest):
            wanted, narrowest = row.wanted(code, values), greatest - least
        low, high = max(low, least), min(high, greatest)
    return step.within(low, high, min(max(wanted, low), high)) if low <= high else None


def _middle(value: Decimal, least: Decimal, greatest: Decimal) -> Decimal:
    """The middle of what is allowed, or its nearest end where it has one end only."""
    return (least + greatest) / 2 if least.is_finite() and greatest.is_finite() else min(max(value, least), greatest)


def chosen(causes: Sequence[Cause], failing: Set[str]) -> list[tuple[frozenset[str], list[Cause]]]:
    """The fewest causes that explain all that can be explained: groups of rules, each with what explains them all."""
    sets = sorted({cause.fixes for cause in causes}, key=lambda fixes: (-len(fixes), sorted(fixes)))
    target = frozenset().union(*sets) & failing
    groups, left = [], target
    for fixes in _cover(sets, target):
        group = fixes & left
        left -= group
        if group:
            groups.append((group, [cause for cause in causes if cause.fixes >= group]))
    return groups


def _cover(sets: Sequence[frozenset[str]], target: frozenset[str]) -> Sequence[frozenset[str]]:
    if len(sets) <= MOST_SETS:
        for count in range(1, MOST_CAUSES + 1):
            for choice in combinations(sets, count):
                if frozenset().union(*choice) >= target:
                    return choice
    cover, left = [], target
    while left:
        best = max(sets, key=lambda fixes: len(fixes & left))
        cover.append(best)
        left -= best
    return cover
