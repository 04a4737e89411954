"""Edit checks. Pure: figures and rules in, findings out.

A `Rulebook` is the catalogue's rules made ready: which checks there are, and which figures each of them reads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from itertools import chain

from sectors.calculation.evaluation import is_beyond
from sectors.calculation.formulas import NOW, Form, Name
from sectors.checks.arithmetic import ONE, Check, PartCheck, SumCheck
from sectors.checks.causes import Causes
from sectors.checks.comparisons import bounds, course, gaps, is_share
from sectors.checks.consequences import with_course
from sectors.checks.facts import Facts
from sectors.checks.findings import ERROR, Finding
from sectors.checks.growth import growth_checks
from sectors.checks.levels import level_checks
from sectors.checks.rates import DeclaredCheck, SharesCheck
from sectors.checks.siblings import codes_of, siblings, tables_of
from sectors.checks.specs import BreakdownSpec, IndicatorSpec, RuleSpec, reads_signed
from sectors.checks.whole_numbers import whole_number_checks
from sectors.checks.written import RuleCheck, breakdown_of


class Rulebook:
    """What is checked of indicators (by code), given their breakdowns and the catalogue's rules."""

    def __init__(
        self, indicators: Mapping[str, IndicatorSpec], breakdowns: Iterable[BreakdownSpec], rules: Iterable[RuleSpec]
    ) -> None:
        self.indicators = indicators
        self.breakdowns = list(breakdowns)
        written = [RuleCheck(rule) for rule in rules]
        self.checks: list[Check] = [
            *(SumCheck(whole) for whole in self.breakdowns if whole.exhaustive and not self._makes(whole)),
            *(PartCheck(part, total) for part, total in self._parts()),
            *(DeclaredCheck(one, one.formula) for one in indicators.values() if one.formula is not None),
            *written,
        ]
        self.checks += [*growth_checks(indicators, self.breakdowns), *level_checks(indicators)]
        self.checks += whole_number_checks(indicators)
        self.tables = tables_of(indicators)
        self.rates = [one for one in indicators.values() if _is_rate(one)]
        self.checks += list(self._shares())
        self.within = {
            *(
                (part, whole.total)
                for whole in self.breakdowns
                for part in whole.parts
                if not reads_signed((part, whole.total), indicators)
            ),
            *(rule.limit for rule in written if rule.limit and rule.spec.severity == ERROR),
        }
        bounded = self.within | {rule.limit for rule in written if rule.limit}
        # Those that nothing else holds to a hundred per cent.
        self.free_rates = [rate for rate in self.rates if rate.is_pass_rate and not is_share(rate, bounded)]
        self.wholes: dict[str, list[str]] = {}
        for part, whole in sorted(bounded):
            self.wholes.setdefault(part, []).append(whole)
        self.reads = [(one, self.reading(one)) for one in self.checks]

    def _parts(self) -> Iterable[tuple[str, str]]:
        """Each part (其中) with its total, once also where two breakdowns of the total name it. One of several that may
        be below 0 may be more than all together."""
        some = [breakdown for breakdown in self.breakdowns if not breakdown.exhaustive]
        each = dict.fromkeys((part, breakdown.total) for breakdown in some for part in breakdown.parts)
        return [pair for pair in each if not reads_signed(pair, self.indicators)]

    def narrowed(self, keep: Callable[[Check, frozenset[str]], bool]) -> Rulebook:
        """With those checks only of which `keep` says so, from what they are and read."""
        found = copy(self)
        found.reads = [(one, reads) for one, reads in self.reads if keep(one, reads)]
        found.checks = [one for one, _reads in found.reads]
        return found

    def touching(self, codes: Collection[str]) -> list[Check]:
        """The checks that read one of the figures, or something computed from it."""
        return [one for one, reads in self.reads if not reads.isdisjoint(codes)]

    def reading(self, one: Check) -> frozenset[str]:
        """The reported figures that a check reads, by their codes."""
        return frozenset(code for code, _moment in self.names([one]))

    def touching_both(self, codes: Collection[str], others: Collection[str]) -> list[Check]:
        """The checks that read one of the figures and one of some others."""
        return [one for one, reads in self.reads if not (reads.isdisjoint(codes) or reads.isdisjoint(others))]

    def names(self, checks: Iterable[Check]) -> set[Name]:
        """The reported figures that checks read: codes and moments."""
        found: set[Name] = set()
        waiting = [name for one in checks for name in one.names]
        while waiting:
            code, moment = name = waiting.pop()
            if name not in found and code in self.indicators and not is_beyond(moment):
                found.add(name)
                formula = self.indicators[code].formula
                waiting += [(other, moment + more) for other, more in formula.names] if formula else []
        return found

    def _makes(self, breakdown: BreakdownSpec) -> bool:
        """Whether the total is computed from these very parts, so that it cannot differ."""
        formula = self.indicators[breakdown.total].formula
        return formula is not None and formula.form == Form({(part, NOW): ONE for part in breakdown.parts})

    def _shares(self) -> Iterable[SharesCheck]:
        """Where each part of a total has its share of it among the indicators."""
        share_of = {
            (rate.formula.operands[0].code, rate.formula.operands[1].code): rate.code
            for rate in self.rates
            if rate.formula is not None
        }
        for one in self.checks:
            breakdown = breakdown_of(one)
            shares = [share_of.get((part, breakdown.total), "") for part in breakdown.parts] if breakdown else []
            if breakdown and shares and all(shares):
                yield SharesCheck(self.indicators[breakdown.total], breakdown.name, shares)


def _is_rate(indicator: IndicatorSpec) -> bool:
    return indicator.formula is not None and indicator.formula.sign == "/" and indicator.is_percent


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
    found = _found(facts, rulebook, each, near)
    for other in facts.at_ends() if found and facts.inexact else ():  # what stands whatever the figures are
        rules = {finding.rule for finding in _found(other, rulebook, each, near)}
        found = [finding for finding in found if finding.rule in rules]
    if blanks or required:
        found += gaps(facts, rulebook.breakdowns, required=required)
    return with_course(Causes(found, facts, rulebook).explained(), rulebook.wholes) if found else []


def _found(facts: Facts, rulebook: Rulebook, each: Sequence[Check], near: Sequence[Check]) -> list[Finding]:
    found = [finding for one in each if (finding := one.find(facts)) is not None]
    found += [finding for one in near if found and (finding := one.find(facts)) is not None]
    found += [*bounds(facts, rulebook.within, rulebook.free_rates), *course(facts, rulebook.rates)]
    return [*found, *siblings(facts, rulebook.tables)]


def stays_clean(facts: Facts, rulebook: Rulebook, changed: Collection[str]) -> bool:
    """Whether nothing is found in a scope where nothing was, now that the values of `changed` are others.

    Only what these can have brought about is looked at, so no figure may have come or gone meanwhile.
    """
    scope = facts.scope or ()
    narrow = copy(facts)
    narrow.scope = {code for code in scope if code in changed or facts.indicators[code].formula is not None}
    # Where nothing changed here, something may have in other regions.
    tables = [rows for rows in rulebook.tables if not changed or not codes_of([rows]).isdisjoint(changed)]
    found = chain(
        (one.find(facts) for one in rulebook.touching_both(changed, scope)),
        bounds(narrow, rulebook.within, rulebook.free_rates),
        course(narrow, rulebook.rates),
        siblings(facts, tables),
    )
    return not any(found)
