"""One slip, one finding: what has a common cause is shown as one, with the figures that are likely wrong. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Protocol

from sectors.calculation.formulas import NOW, ZERO
from sectors.checks.absences import Absences
from sectors.checks.arithmetic import Check, as_declared
from sectors.checks.columns import Columns
from sectors.checks.consequences import with_consequences
from sectors.checks.exchanges import RELATIONS, Exchanges
from sectors.checks.facts import Facts
from sectors.checks.fewest import Fewest, Group, with_computed
from sectors.checks.findings import ERROR, CheckKind, Finding
from sectors.checks.hints import Hints
from sectors.checks.messages import Message, Text
from sectors.checks.moved import Moved
from sectors.checks.pasted import PastedRows
from sectors.checks.rates import DeclaredCheck
from sectors.checks.specs import IndicatorSpec, never_negative
from sectors.checks.suspects import INFINITY, Cause, Linear, Step, Suspect, chosen, repair, single_causes
from sectors.checks.whole_numbers import WholeNumberCheck
from sectors.checks.written import breakdown_of

MOST_RANKED = 12  # so many are tried one by one
LEAST_DIGITS = 3  # fewer are the same by chance
# Which of several findings of one cause stands, and which follow from it.
_FIRST = (
    CheckKind.SUM,
    CheckKind.RULE,
    CheckKind.PART,
    CheckKind.FALL,
    CheckKind.ANNUAL,
    CheckKind.DECLARED,
    CheckKind.GROWTH,
    CheckKind.SHARE,
)
RANK = {kind: rank for rank, kind in enumerate(_FIRST)}


class CheckIndex(Protocol):
    """What is known of the checks: all of them, and those that read any of some figures."""

    @property
    def checks(self) -> Sequence[Check]: ...

    def touching(self, codes: Collection[str]) -> Sequence[Check]: ...

    def reading(self, one: Check) -> Collection[str]: ...


class Causes:
    """Looks for the causes of findings among the figures of one period."""

    def __init__(self, found: Iterable[Finding], facts: Facts, rulebook: CheckIndex) -> None:
        self.found = {finding.rule: finding for finding in found}
        self.facts, self.rulebook = facts, rulebook
        checks = rulebook.touching(self._in_question(rulebook))
        self.checks = {check.rule: check for check in checks}
        rows = {check.rule: list(check.rows(facts)) for check in checks}
        self.rows: list[Linear] = [row for own in rows.values() for row in own]
        # Rules that cannot be written as rows, and hold. The least of what would fit need be that of no whole number.
        hold = [one for one in checks if not rows[one.rule] and one.rule not in self.found]
        self.others = [one for one in hold if not isinstance(one, WholeNumberCheck)]
        self.failing = {row.rule for row in self.rows if row.rule in self.found and not row.holds(facts.values)}
        self.columns = Columns(facts, self.checks, self.failing, rulebook.reading)
        self.hints, self.pasted = Hints(facts, self.checks, self.columns), PastedRows(facts, self.checks)
        self.reads = {check.rule: rulebook.reading(check) for check in checks}
        broken = {rule for rule, one in self.found.items() if one.kind in RELATIONS}
        self.absences = Absences(facts, self.checks, self.reads, broken)
        self.steps = {
            code: Step(_last_digit(figure.places), figure.indicator.exact, *_ends(figure.indicator, facts))
            for code, figure in facts.reported.items()
        }

    def _in_question(self, rulebook: CheckIndex) -> set[str]:
        """The figures that findings are about, and those that these were computed from."""
        codes = {code for finding in self.found.values() for code in finding.indicators}
        broken = [check for check in rulebook.touching(codes) if check.rule in self.found]
        return codes.union(*(rulebook.reading(check) for check in broken))

    def explained(self) -> list[Finding]:
        """The findings, those of one cause as one, in the order they were found in."""
        groups = self._groups()
        merged: dict[str, Finding | None] = {}
        settled = [rules for rules, causes in groups if any(len(cause.suspects) == 1 for cause in causes)]
        for exchange in Exchanges(self.found, self.facts, self.rulebook).explaining(settled):
            first, *also = self._ranked(exchange.rules)
            merged |= dict.fromkeys(exchange.rules, None) | {first.rule: exchange.of(first, also)}
        for rules, suspects, hint in self._beyond_one_figure(settled):
            if merged.keys().isdisjoint(rules):
                merged |= self._merged(rules, suspects, (hint,))
        for rules, causes in groups:
            left = rules - merged.keys()
            merged |= self._as_one(left, causes) if left else {}
        each = {rule: merged.get(rule, finding) for rule, finding in self.found.items()}
        standing = [finding for finding in each.values() if finding is not None]
        return with_consequences(standing, self.facts, self.checks, self.rulebook.reading)

    def _beyond_one_figure(
        self, settled: Collection[frozenset[str]]
    ) -> Iterator[tuple[frozenset[str], Sequence[Suspect], Message]]:
        """What explains several broken rules that no figure by itself does: what is n/a, or was counted elsewhere."""
        for rules, suspect in self.absences.explaining(settled):
            yield rules, (suspect,), self.hints.suspected([suspect])
        moved = Moved(self.facts, self.checks, self.reads, self.rows, self.steps, self.absences.broken)
        for rules, pairs in moved.explaining(settled):
            yield rules, pairs[0] if len(pairs) == 1 else (), self.hints.moved(pairs)

    def _merged(
        self, rules: Collection[str], suspects: Sequence[Suspect], hints: Sequence[Text]
    ) -> dict[str, Finding | None]:
        """The findings as one, of which the gravest names the others."""
        first, *also = self._ranked(rules)
        codes = dict.fromkeys(code for finding in (first, *also) for code in finding.indicators)
        hints = (*first.hints, *hints)
        merged = replace(first, suspects=tuple(suspects), indicators=tuple(codes), also=tuple(also), hints=hints)
        return dict.fromkeys(rules, None) | {first.rule: merged}

    def _ranked(self, rules: Collection[str]) -> list[Finding]:
        """Findings of one cause, first the one that stands for all."""
        found = [self.found[rule] for rule in self.found if rule in rules]
        return sorted(found, key=lambda f: (f.severity != ERROR, RANK.get(f.kind, len(RANK))))

    def _groups(self) -> list[Group]:
        singles = single_causes(self.rows, self.failing, self.facts.values, self.steps)
        causes = [cause for cause in singles if self._keeps_others(cause)]
        causes += [*self.columns.causes(), *self._totals_with_rates(causes)]
        groups: list[Group] = chosen(causes, self.failing)
        left = self.failing.difference(*(rules for rules, _causes in groups))
        groups += [(frozenset([rule]), []) for rule in sorted(left)]
        fewest = Fewest(self.facts, self.rulebook.checks, self.failing, self.steps, self._keeps_others)
        return fewest.settled(groups)

    def _keeps_others(self, cause: Cause) -> bool:
        """Whether the rules that cannot be written as rows still hold."""
        repairs = {suspect.code: suspect.repair for suspect in cause.suspects}
        touched = [one for one in self.others if not repairs.keys().isdisjoint(self.rulebook.reading(one))]
        changed = self.facts.with_values(repairs) if touched else self.facts
        return all(one.find(changed) is None for one in touched)

    def _totals_with_rates(self, singles: Sequence[Cause]) -> Iterator[Cause]:
        """A total that its parts deny, together with what was declared of it and does not fit it either way."""
        together = [cause.fixes for cause in singles]
        declared = [one for one in self.checks.values() if isinstance(one, DeclaredCheck) and one.rule in self.failing]
        for rule in sorted(self.failing):
            breakdown = breakdown_of(self.checks[rule])
            code = breakdown.total if breakdown is not None else ""
            for one in declared if code in self.facts.reported else ():
                if code in one.formula.codes and not any({rule, one.rule} <= fixes for fixes in together):
                    yield from self._pair(code, one)

    def _pair(self, code: str, rate: DeclaredCheck) -> Iterator[Cause]:
        rows = [row for row in self.rows if code in row.terms and row.rule != rate.rule]
        value = repair(code, rows, self.facts.values, self.steps[code])
        computed = (
            None if value is None else self.facts.evaluation_with({(code, NOW): value}).value(rate.indicator.code)
        )
        if value is None or computed is None:
            return
        other = rate.indicator.code
        declared = as_declared(computed, self.facts.reported[other])
        suspects = (Suspect(code, value, (other,)), Suspect(other, declared, (code,)))
        cause = Cause(frozenset({row.rule for row in rows} & self.failing | {rate.rule}), suspects)
        values = self.facts.values | {suspect.code: suspect.repair for suspect in suspects}
        bound = [row for row in self.rows if other in row.terms and row.rule != rate.rule]
        if all(row.holds(values) for row in bound) and self._keeps_others(cause):
            yield cause

    def _as_one(self, rules: frozenset[str], causes: Sequence[Cause]) -> dict[str, Finding | None]:
        """The findings of one cause: the first of them names the others, which are no longer findings themselves."""
        first = self._ranked(rules)[0]
        singles = [cause for cause in causes if len(cause.suspects) == 1]
        suspects = [suspect for cause in singles for suspect in with_computed(cause.suspects, self.facts)]
        if first.kind == CheckKind.DECLARED and (singles or not causes):
            suspects = [*(own for own in first.suspects if own.code not in {s.code for s in suspects}), *suspects]
        if not suspects:
            suspects = list(dict.fromkeys(suspect for cause in causes for suspect in cause.suspects))
        suspects, pasted = self.pasted.first(self._likeliest_first(suspects))
        hints = (*pasted, *self.hints.of(first, rules, causes, suspects))
        return self._merged(rules, [*suspects, *(self.absences.beside(rules) if singles else ())], hints)

    def _likeliest_first(self, suspects: Sequence[Suspect]) -> list[Suspect]:
        """First the figure whose repair leaves the fewest findings, what was only cut off among them; of those that
        leave as many, one with the digits of its repair."""
        alone = [suspect for suspect in suspects if not suspect.together]
        if len(alone) < 2 or len(suspects) > MOST_RANKED:
            return list(suspects)
        left = {suspect.code: self._left_by(suspect) for suspect in alone}
        return sorted(suspects, key=lambda suspect: (left.get(suspect.code, 0), not self._is_misplaced(suspect)))

    def _is_misplaced(self, suspect: Suspect) -> bool:
        """Whether digits changed places, or the decimal point."""
        value, repair = self.facts.values[suspect.code], suspect.repair
        return _digits(value) == _digits(repair) or _is_moved(value, repair) or _is_moved(repair, value)

    def _left_by(self, suspect: Suspect) -> int:
        changed = self.facts.with_values({suspect.code: suspect.repair})
        return sum(self.checks[rule].find(changed) is not None for rule in self.found if rule in self.checks)


def _ends(indicator: IndicatorSpec, facts: Facts) -> tuple[Decimal, Decimal]:
    """What a figure may be at least and at most."""
    if indicator.formula is None:
        least, most = indicator.kind.minimum, indicator.kind.maximum
        return -INFINITY if least is None else least, INFINITY if most is None else most
    return (ZERO if never_negative(indicator.code, facts.indicators) else -INFINITY), INFINITY


def _digits(value: Decimal) -> list[int]:
    return sorted(digit for digit in value.as_tuple().digits if digit)


def _is_moved(value: Decimal, other: Decimal) -> bool:
    """Whether a value is another with the decimal point elsewhere, and what is left of its digits then."""
    power, digits = value.adjusted() - other.adjusted(), len(value.normalize().as_tuple().digits)
    return bool(power) and digits >= LEAST_DIGITS and other.scaleb(power).quantize(value) == value


def _last_digit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)
