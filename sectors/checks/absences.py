"""A figure that is n/a though there is one, or is there though there is none. Pure.

One broken sum beside n/a does not tell which of both is wrong. Where several are mended by one such figure, and
nothing is broken by it, it is the slip, and the figures beside it are right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from sectors.calculation.formulas import NOW, ZERO
from sectors.checks.arithmetic import Check
from sectors.checks.columns import shortfall
from sectors.checks.facts import Facts
from sectors.checks.specs import BreakdownSpec, never_negative
from sectors.checks.suspects import Suspect
from sectors.checks.written import breakdown_of


@dataclass(frozen=True)
class Absences:
    """Looks for them. `checks` are those that read the figures in question, by their rules; `reads` what each reads;
    `broken` the rules that are."""

    facts: Facts
    checks: Mapping[str, Check]
    reads: Mapping[str, Collection[str]]
    broken: Collection[str]

    def explaining(self, settled: Collection[frozenset[str]]) -> Iterator[tuple[frozenset[str], Suspect]]:
        """Broken rules with the only figure that explains them all, where none that is there does, which explains
        `settled`."""
        several = {suspect: rules for suspect, rules in self._mending.items() if len(rules) > 1}
        known = {one: rules for one, rules in several.items() if not any(rules <= others for others in settled)}
        for suspect, rules in known.items():
            rivals = [others for one, others in known.items() if one != suspect and not rules.isdisjoint(others)]
            if all(len(others) < len(rules) for others in rivals):
                yield rules, suspect

    def beside(self, rules: frozenset[str]) -> list[Suspect]:
        """What is n/a and would explain broken rules as well as a figure that is there."""
        return [one for one, mended in self._mending.items() if rules <= mended and self._is_absent(one.code)]

    @cached_property
    def _mending(self) -> dict[Suspect, frozenset[str]]:
        return {suspect: self._mended(suspect) for suspect in dict.fromkeys(self._candidates())}

    def _candidates(self) -> Iterator[Suspect]:
        """What is n/a with what is left for it, and nothing instead of what is there beside n/a."""
        for rule in sorted(self.checks.keys() & self.broken):
            absent = [code for code in self.reads[rule] if self._is_absent(code)]
            breakdown = breakdown_of(self.checks[rule])
            if breakdown is not None:
                left = {code: self._left_for(code, breakdown) for code in absent}
                yield from (Suspect(code, value) for code, value in left.items() if self._may_be(code, value))
            if absent:
                yield from (Suspect(code, ZERO) for code in self.reads[rule] if self._is_there(code))

    def _may_be(self, code: str, value: Decimal) -> bool:
        return value > 0 or (value < 0 and not never_negative(code, self.facts.indicators))

    def _is_absent(self, code: str) -> bool:
        return (code, NOW) in self.facts.series and self.facts.indicators[code].formula is None

    def _is_there(self, code: str) -> bool:
        return bool(self.facts.values.get(code)) and self.facts.indicators[code].formula is None

    def _left_for(self, code: str, breakdown: BreakdownSpec) -> Decimal:
        short = shortfall(self.facts, breakdown) * self.facts.indicators[breakdown.total].scale
        return (-short if code == breakdown.total else short) / self.facts.indicators[code].scale

    def _mended(self, suspect: Suspect) -> frozenset[str]:
        """The broken rules that read it, where none of them stays and no other comes."""
        touched = {rule: check for rule, check in self.checks.items() if suspect.code in self.reads[rule]}
        changed = self.facts.with_values({suspect.code: suspect.repair})
        is_mended = all(check.find(changed) is None for check in touched.values())
        return frozenset(touched.keys() & self.broken) if is_mended else frozenset()
