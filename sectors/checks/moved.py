"""What was counted in one part of a total instead of in another: the total holds, and both parts are wrong. Pure.

Each part breaks what else it stands in, and each figure there could be wrong by itself. That both parts are off by the
same, one above and one below, is no chance: it is one slip.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import combinations

from sectors.calculation.formulas import ZERO
from sectors.checks.arithmetic import Check
from sectors.checks.facts import Facts
from sectors.checks.suspects import Linear, Step, Suspect
from sectors.checks.written import breakdown_of

MOST_PARTS = 60

Pair = tuple[Suspect, Suspect]


@dataclass(frozen=True)
class Moved:
    """Looks for such pairs. `checks` are those that read the figures in question, by their rules; `reads` what each
    reads; `rows` what they ask for; `broken` the rules that are."""

    facts: Facts
    checks: Mapping[str, Check]
    reads: Mapping[str, Collection[str]]
    rows: Sequence[Linear]
    steps: Mapping[str, Step]
    broken: Collection[str]

    def explaining(self, settled: Collection[frozenset[str]]) -> Iterator[tuple[frozenset[str], list[Pair]]]:
        """Broken rules with all pairs that explain them, where no single figure does, which explains `settled`."""
        found: dict[frozenset[str], list[Pair]] = {}
        for one, other in self._candidates():
            rules = self._broken_by(one) | self._broken_by(other)
            if any(rules <= known for known in settled):
                continue
            pair = self._put_back(one, other)
            if pair is not None and self._is_mended(pair):
                found.setdefault(rules, []).append(pair)
        done = set[str]()
        for rules in sorted(found, key=lambda rules: (-len(rules), sorted(rules))):
            if done.isdisjoint(rules):
                done |= rules
                yield rules, found[rules]

    @cached_property
    def _reading(self) -> Mapping[str, frozenset[str]]:
        """The broken rules that read a figure, by its code."""
        found: dict[str, set[str]] = {}
        for rule in self.checks.keys() & self.broken:
            for code in self.reads[rule]:
                found.setdefault(code, set()).add(rule)
        return {code: frozenset(rules) for code, rules in found.items()}

    def _broken_by(self, code: str) -> frozenset[str]:
        return self._reading.get(code, frozenset())

    def _candidates(self) -> Iterator[tuple[str, str]]:
        """Entered parts of one total that holds, of which each is in something broken that the other is not in."""
        wholes = [breakdown_of(check) for rule, check in self.checks.items() if rule not in self.broken]
        pairs: dict[tuple[str, str], None] = {}
        for whole in wholes:
            parts = whole.parts if whole is not None else ()
            own = sorted(part for part in parts if part in self.steps and part in self.facts.base)
            own = [part for part in own if self._broken_by(part)]
            pairs |= dict.fromkeys(combinations(own, 2) if len(own) <= MOST_PARTS else ())
        for one, other in pairs:
            rules, others = self._broken_by(one), self._broken_by(other)
            if rules - others and others - rules:
                yield one, other

    def _put_back(self, one: str, other: str) -> Pair | None:
        """Both as the rest wants them, and as much together."""
        scale, other_scale = (self.facts.indicators[code].scale for code in (one, other))
        whole = self.facts.base[one] + self.facts.base[other]
        (low, high), wanted = self._room(one, other), self._wanted(one, other)
        (least, most), wanted_other = self._room(other, one), self._wanted(other, one)
        low, high = max(low, (whole - most * other_scale) / scale), min(high, (whole - least * other_scale) / scale)
        ends = [wanted, None if wanted_other is None else (whole - wanted_other * other_scale) / scale]
        said = [min(max(end, low), high) for end in ends if end is not None]
        value = self.steps[one].within(low, high, said[0]) if said and low <= high else None
        rest = ZERO if value is None else (whole - value * scale) / other_scale
        if value is None or value == self.facts.values[one] or not self._may_be(other, rest):
            return None
        return Suspect(one, value, (other,)), Suspect(other, rest + 0, (one,))

    def _rows_of(self, code: str, other: str) -> list[Linear]:
        return [row for row in self.rows if code in row.terms and other not in row.reads]

    def _room(self, code: str, other: str) -> tuple[Decimal, Decimal]:
        """Between which values all lets a figure be that does not read the other one."""
        ends = [row.allowed(code, self.facts.values) for row in self._rows_of(code, other)]
        step = self.steps[code]
        return max([step.least, *(low for low, _high in ends)]), min([step.most, *(high for _low, high in ends)])

    def _may_be(self, code: str, value: Decimal) -> bool:
        return self.steps[code].least <= value <= self.steps[code].most

    def _wanted(self, code: str, other: str) -> Decimal | None:
        """What a broken equality says of it."""
        rows = [row for row in self._rows_of(code, other) if row.rule in self.broken and row.exactly is not None]
        return rows[0].wanted(code, self.facts.values) if rows else None

    def _is_mended(self, pair: Pair) -> bool:
        """Whether nothing is broken any more that reads either."""
        repairs = {suspect.code: suspect.repair for suspect in pair}
        changed = self.facts.with_values(repairs)
        touched = [check for rule, check in self.checks.items() if not repairs.keys().isdisjoint(self.reads[rule])]
        return all(check.find(changed) is None for check in touched)
