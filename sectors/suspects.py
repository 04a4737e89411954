"""Which figure of a wrong sum is likely the wrong one. Pure.

After Fellegi and Holt: a figure is suspect when changing it alone can satisfy every rule it stands in, those that
fail and those that hold. A figure that other rules confirm is thereby cleared. Suspect, not guilty: nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

INFINITY = Decimal("Infinity")


@dataclass(frozen=True)
class Linear:
    """low <= sum of coefficient x value <= high, values in the figures' own units."""

    rule: str
    terms: Mapping[str, Decimal]
    low: Decimal
    high: Decimal

    def allowed(self, code: str, values: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
        """Between which values `code` satisfies the rule when nothing else changes."""
        weight = self.terms[code]
        rest = sum((w * values[other] for other, w in self.terms.items() if other != code), Decimal(0))
        ends = [(self.low - rest) / weight, (self.high - rest) / weight]
        return min(ends), max(ends)

    def holds(self, values: Mapping[str, Decimal]) -> bool:
        total = sum((weight * values[code] for code, weight in self.terms.items()), Decimal(0))
        return self.low <= total <= self.high


@dataclass(frozen=True)
class Suspect:
    """A figure and a value that would repair every rule it stands in."""

    code: str
    repair: Decimal


def suspects(
    wrong: Linear, rules: Iterable[Linear], values: Mapping[str, Decimal], exact: Iterable[str]
) -> list[Suspect]:
    """Suspects of one rule that fails, those first that repair most failing rules at once.

    `rules` are all rules (the wrong one among them), `exact` the figures that are whole counts. An empty list says
    that no single figure explains it: something is missing, or more than one figure is wrong.
    """
    every, counts = list(rules), set(exact)
    found: list[tuple[int, Suspect]] = []
    for code in wrong.terms:
        touching = [rule for rule in every if code in rule.terms]
        repair = _repair(_wanted(wrong.allowed(code, values), values[code]), code, touching, values, code in counts)
        if repair is not None:
            found.append((sum(not rule.holds(values) for rule in touching), Suspect(code, repair)))
    most = max((count for count, _suspect in found), default=0)
    return [suspect for count, suspect in found if count == most]


def _wanted(allowed: tuple[Decimal, Decimal], value: Decimal) -> Decimal:
    """What the failing rule asks for: its middle where it has one (the exact sum), else the nearest end."""
    low, high = allowed
    return (low + high) / 2 if low.is_finite() and high.is_finite() else min(max(value, low), high)


def _repair(
    wanted: Decimal, code: str, rules: Sequence[Linear], values: Mapping[str, Decimal], whole: bool
) -> Decimal | None:
    """The value nearest to `wanted` that satisfies all the rules; None when no value does."""
    low, high = Decimal(0), INFINITY
    for rule in rules:
        least, greatest = rule.allowed(code, values)
        low, high = max(low, least), min(high, greatest)
    if whole:
        low = low.to_integral_value(ROUND_CEILING)
        high = high.to_integral_value(ROUND_FLOOR) if high.is_finite() else high
        wanted = wanted.to_integral_value()
    return min(max(wanted, low), high) if low <= high else None
