"""Edit checks. Pure: figures and rules in, findings out.

A `Rulebook` is the catalogue's rules made ready: which checks there are, and which figures each of them reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from itertools import chain

from sectors.calculation.formulas import NOW, Form, Name
from sectors.checks.arithmetic import ONE, Check, Declared, Part, Rule, Shares, Sum, split_of
from sectors.checks.causes import Causes, with_course
from sectors.checks.comparisons import bounds, course, gaps
from sectors.checks.facts import ERROR, WARNING, Facts, Finding, Known, Split, Trait, Written
from sectors.checks.suspects import Suspect

__all__ = [
    "ERROR",
    "WARNING",
    "Facts",
    "Finding",
    "Known",
    "Rulebook",
    "Split",
    "Suspect",
    "Trait",
    "Written",
    "check",
    "stays_clean",
]


class Rulebook:
    """What is checked of the indicators `traits`, given their breakdowns and the catalogue's rules."""

    def __init__(self, traits: Mapping[str, Trait], splits: Iterable[Split], written: Iterable[Written]) -> None:
        self.traits = traits
        self.splits = list(splits)
        rules = [Rule(rule) for rule in written]
        self.checks: list[Check] = [
            *(Sum(split) for split in self.splits if split.exhaustive and not self._makes(split)),
            *(Part(part, split.total) for split in self.splits if not split.exhaustive for part in split.parts),
            *(Declared(trait, trait.formula) for trait in traits.values() if trait.formula is not None),
            *rules,
        ]
        self.checks += list(self._shares())
        self.rates = [t for t in traits.values() if t.formula is not None and t.formula.sign == "/" and t.is_percent]
        self.within = {
            *((part, split.total) for split in self.splits for part in split.parts),
            *(rule.limit for rule in rules if rule.limit and rule.written.severity == ERROR),
        }
        self.wholes: dict[str, list[str]] = {}
        for part, whole in sorted(self.within | {rule.limit for rule in rules if rule.limit}):
            self.wholes.setdefault(part, []).append(whole)
        self.reads = [(one, self._reads(one)) for one in self.checks]

    def touching(self, codes: Collection[str]) -> list[Check]:
        """The checks that read one of the figures, or something computed from it."""
        return [one for one, reads in self.reads if not reads.isdisjoint(codes)]

    def touching_both(self, codes: Collection[str], others: Collection[str]) -> list[Check]:
        """The checks that read one of the figures and one of some others."""
        return [one for one, reads in self.reads if not (reads.isdisjoint(codes) or reads.isdisjoint(others))]

    def names(self, checks: Iterable[Check]) -> set[Name]:
        """The reported figures that checks read: codes and moments."""
        found: set[Name] = set()
        waiting = [name for one in checks for name in one.names]
        while waiting:
            code, moment = name = waiting.pop()
            if name not in found and code in self.traits:
                found.add(name)
                formula = self.traits[code].formula
                waiting += [(other, moment + more) for other, more in formula.names] if formula else []
        return found

    def _reads(self, one: Check) -> frozenset[str]:
        return frozenset(code for code, _moment in self.names([one]))

    def _makes(self, split: Split) -> bool:
        """Whether the total is computed from these very parts, so that it cannot differ."""
        formula = self.traits[split.total].formula
        return formula is not None and formula.form == Form({(part, NOW): ONE for part in split.parts})

    def _shares(self) -> Iterable[Shares]:
        """Where each part of a total has its share of it among the indicators."""
        share_of = {
            (trait.formula.operands[0].code, trait.formula.operands[1].code): code
            for code, trait in self.traits.items()
            if trait.formula is not None and trait.formula.sign == "/" and trait.is_percent
        }
        for one in self.checks:
            split = split_of(one)
            shares = [share_of.get((part, split.total), "") for part in split.parts] if split else []
            if split and shares and all(shares):
                yield Shares(self.traits[split.total], split.name, shares)


def check(
    facts: Facts,
    rulebook: Rulebook,
    checks: Sequence[Check] | None = None,
    *,
    near: Sequence[Check] = (),
    blanks: bool = False,
    required: bool = False,
) -> list[Finding]:
    """All findings over the figures, or those of some checks only; also `blanks` beside filled cells, and empty
    `required` cells. Where something is found, the checks `near` are asked as well: what they say accuses or clears
    the same figures."""
    each = rulebook.checks if checks is None else checks
    found = [finding for one in each if (finding := one.find(facts)) is not None]
    found += [finding for one in near if found and (finding := one.find(facts)) is not None]
    found += [*bounds(facts, rulebook.within), *course(facts, rulebook.rates)]
    if blanks or required:
        found += gaps(facts, rulebook.splits, required=required)
    return with_course(Causes(found, facts, rulebook).explained(), rulebook.wholes) if found else []


def stays_clean(facts: Facts, rulebook: Rulebook, changed: Collection[str]) -> bool:
    """Whether nothing is found in a scope where nothing was, now that the values of `changed` are others.

    Only what these can have brought about is looked at, so no figure may have come or gone meanwhile.
    """
    scope = facts.scope or ()
    narrow = copy(facts)
    narrow.scope = {code for code in scope if code in changed or facts.traits[code].formula is not None}
    found = chain(
        (one.find(facts) for one in rulebook.touching_both(changed, scope)),
        bounds(narrow, rulebook.within),
        course(narrow, rulebook.rates),
    )
    return not any(found)
