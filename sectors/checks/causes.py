"""One slip, one finding: what has a common cause is shown as one, with the figures that are likely wrong. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Protocol

from sectors.calculation.formulas import NOW, ZERO
from sectors.checks.arithmetic import Check, as_declared
from sectors.checks.columns import Columns
from sectors.checks.exchanges import Exchanges
from sectors.checks.facts import Facts
from sectors.checks.findings import ERROR, CheckKind, Finding
from sectors.checks.hints import Hints
from sectors.checks.pasted import PastedRows
from sectors.checks.rates import HUNDRED, DeclaredCheck
from sectors.checks.repairs import smallest_changes
from sectors.checks.specs import IndicatorSpec, never_negative
from sectors.checks.suspects import INFINITY, Cause, Linear, Step, Suspect, chosen, repair, single_causes
from sectors.checks.whole_numbers import WholeNumberCheck
from sectors.checks.written import breakdown_of

MOST_RANKED = 12  # so many are tried one by one
LEAST_DIGITS = 3  # fewer are the same by chance
MANY = 1_000  # more figures than are ever changed together
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
# What speaks against one figure only, the gravest first.
ALONE = (
    CheckKind.BOUND,
    CheckKind.FALL,
    CheckKind.ANNUAL,
    CheckKind.WHOLE,
    CheckKind.CHANGE,
    CheckKind.OUTLIER,
    CheckKind.SIBLING,
)
UNUSUAL = (CheckKind.CHANGE, CheckKind.OUTLIER)

Group = tuple[frozenset[str], list[Cause]]


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
        for rules, causes in groups:
            left = rules - merged.keys()
            merged |= self._as_one(left, causes) if left else {}
        each = {rule: merged.get(rule, finding) for rule, finding in self.found.items()}
        return self._with_consequences([finding for finding in each.values() if finding is not None])

    def _with_consequences(self, found: Sequence[Finding]) -> list[Finding]:
        """What is not found any more once the only suspect of another finding is repaired follows from that, also where
        it cannot be written as rows."""
        reads = {one.rule: self.rulebook.reading(self.checks[one.rule]) for one in found if one.rule in self.checks}
        taken: dict[str, list[Finding]] = {}
        gone = set[str]()
        for first in found:
            suspect = first.suspects[0] if len(first.suspects) == 1 and not first.suspects[0].together else None
            if suspect is None or first.severity != ERROR or first.kind in ALONE or first.rule in gone:
                continue
            kept = gone | taken.keys() | {first.rule}
            others = [one for one in found if one.rule not in kept and suspect.code in reads.get(one.rule, ())]
            if mended := self._mended(suspect, others):
                taken[first.rule] = mended
                gone |= {one.rule for one in mended}
        return [_following_from(one, taken.get(one.rule, [])) for one in found if one.rule not in gone]

    def _mended(self, suspect: Suspect, findings: Sequence[Finding]) -> list[Finding]:
        """Those that are not found any more once a figure is repaired."""
        changed = self.facts.with_values({suspect.code: suspect.repair}) if findings else self.facts
        return [one for one in findings if self.checks[one.rule].find(changed) is None]

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
        if len(groups) == 1 and _is_settled(groups[0]):
            return groups
        return [settled for related, rows in self._related(groups) for settled in self._fewest(related, rows)]

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

    def _related(self, groups: Sequence[Group]) -> Iterator[tuple[list[Group], list[Linear]]]:
        """The groups whose rules hang together through any figures, and all rows that hang together with them."""
        every = [row for check in self.rulebook.checks for row in check.rows(self.facts)]
        left = list(groups)
        while left:
            own, rules, rows = left[:1], left[0][0], list[Linear]()
            while len(more := [group for group in left if not rules.isdisjoint(group[0])]) > len(own) or not rows:
                own, rows = more, _component(rules.union(*(group[0] for group in more)), every)
                rules = frozenset(row.rule for row in rows)
            left = [group for group in left if group not in own]
            yield own, rows

    def _fewest(self, groups: list[Group], rows: Sequence[Linear]) -> list[Group]:
        """The groups as they are, or the smallest sets of figures that explain them together where these are fewer: of
        several causes that explain a rule or two each, some accuse figures that are right."""
        if len(groups) == 1 and _is_settled(groups[0]):
            return groups
        failing = frozenset().union(*(rules for rules, _causes in groups))
        count, is_sure = sum(map(_size, groups)), all(map(_names_figures, groups))
        if is_sure and _apart_at_least([row for row in rows if row.rule in failing]) >= count:
            return groups
        answers = self._smallest(rows)
        if answers and len(answers[0]) < count + (not is_sure):
            single = {group[0]: group for group in groups if _is_settled(group)}
            return [single.get(group[0], group) for group in self._of_answers(answers, rows, failing)]
        left = [group for group in groups if not group[1]]
        if not left or answers:
            return groups
        # What is explained otherwise stands in the way of explaining the rest.
        open_rules = frozenset().union(*(rules for rules, _causes in left))
        rows = [row for row in rows if row.rule not in failing - open_rules]
        answers = self._smallest(_component(open_rules, rows))
        rest = self._of_answers(answers, rows, open_rules) if answers else left
        return [*(group for group in groups if group[1]), *rest]

    def _smallest(self, rows: Sequence[Linear]) -> list[tuple[Suspect, ...]]:
        """The smallest sets of changes that all rules allow, also those that are no rows; where it can be, all of them
        with another value. More figures than there are broken rules explain nothing: something else is wrong, such as
        what is n/a."""
        most = max(2, len(self.failing.intersection(row.rule for row in rows)))
        each = [self._with_computed(answer) for answer in smallest_changes(rows, self.facts.values, self.steps)]
        answers = [tuple(answer) for answer in each if self._keeps_others(Cause(frozenset(), tuple(answer)))]
        values, indicators = self.facts.values, self.facts.indicators
        answers = [one for one in answers if sum(indicators[s.code].formula is None for s in one) <= most]
        return [one for one in answers if all(s.repair != values[s.code] for s in one)] or answers

    def _of_answers(
        self, answers: Iterable[Sequence[Suspect]], rows: Sequence[Linear], failing: frozenset[str]
    ) -> list[Group]:
        """Rules that only several figures together explain: by the smallest sets of them."""
        causes = []
        for answer in answers:
            for suspects in _apart(answer, rows):
                codes = {suspect.code for suspect in suspects}
                fixes = failing & {row.rule for row in rows if not codes.isdisjoint(row.reads)}
                if fixes:
                    causes.append(Cause(fixes, suspects))
        return chosen(list(dict.fromkeys(causes)), failing)

    def _with_computed(self, answer: Sequence[Suspect]) -> list[Suspect]:
        """With the declared values that the repaired figures give, not just any that the rules allow."""
        evaluation = self.facts.evaluation_with({(suspect.code, NOW): suspect.repair for suspect in answer})
        found = []
        for suspect in answer:
            indicator, value = self.facts.indicators[suspect.code], evaluation.value(suspect.code)
            if indicator.formula and value is not None:
                suspect = replace(suspect, repair=as_declared(value, self.facts.reported[suspect.code]))
            found.append(suspect)
        return found

    def _as_one(self, rules: frozenset[str], causes: Sequence[Cause]) -> dict[str, Finding | None]:
        """The findings of one cause: the first of them names the others, which are no longer findings themselves."""
        first, *also = self._ranked(rules)
        singles = [cause for cause in causes if len(cause.suspects) == 1]
        suspects = [suspect for cause in singles for suspect in self._with_computed(cause.suspects)]
        if first.kind == CheckKind.DECLARED and (singles or not causes):
            suspects = [*(own for own in first.suspects if own.code not in {s.code for s in suspects}), *suspects]
        if not suspects:
            suspects = list(dict.fromkeys(suspect for cause in causes for suspect in cause.suspects))
        suspects, pasted = self.pasted.first(self._likeliest_first(suspects))
        codes = dict.fromkeys(code for finding in (first, *also) for code in finding.indicators)
        hints = (*first.hints, *pasted, *self.hints.of(first, rules, causes, suspects))
        merged = replace(first, suspects=tuple(suspects), indicators=tuple(codes), also=tuple(also), hints=hints)
        return dict.fromkeys(rules, None) | {first.rule: merged}

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


def _apart(answer: Sequence[Suspect], rows: Iterable[Linear]) -> list[tuple[Suspect, ...]]:
    """Changes that have no rule in common are slips of their own."""
    groups: list[set[str]] = [{suspect.code} for suspect in answer]
    for row in rows:
        touched = [group for group in groups if not group.isdisjoint(row.reads)]
        if len(touched) > 1:
            groups = [group for group in groups if group not in touched] + [set().union(*touched)]
    return [
        tuple(replace(s, together=tuple(c for c in sorted(group) if c != s.code)) for s in answer if s.code in group)
        for group in groups
    ]


def _component(rules: Collection[str], rows: Sequence[Linear]) -> list[Linear]:
    taken = {n for n, row in enumerate(rows) if row.rule in rules}
    reads = [row.reads for row in rows]
    codes = {code for n in taken for code in reads[n]}
    while more := {n for n, read in enumerate(reads) if n not in taken and not codes.isdisjoint(read)}:
        taken |= more
        codes |= {code for n in more for code in reads[n]}
    return [rows[n] for n in sorted(taken)]


def _names_figures(group: Group) -> bool:
    return any(cause.suspects for cause in group[1])


def _size(group: Group) -> int:
    """How many figures a group says are wrong at least; a missing row counts as one, what is not explained as many."""
    return min((max(len(cause.suspects), 1) for cause in group[1]), default=MANY)


def _is_settled(group: Group) -> bool:
    """Whether one figure, or a missing row, explains it."""
    return _size(group) == 1


def _apart_at_least(failing: Iterable[Linear]) -> int:
    """How many figures are wrong at least: of rules that have none in common, each has one."""
    seen, count = set[str](), 0
    for row in sorted(failing, key=lambda row: len(row.reads)):
        if seen.isdisjoint(row.reads):
            seen |= row.reads
            count += 1
    return count


def _ends(indicator: IndicatorSpec, facts: Facts) -> tuple[Decimal, Decimal]:
    """What a figure may be at least and at most."""
    if indicator.formula is None:
        return ZERO, HUNDRED if indicator.is_percent else INFINITY
    return (ZERO if never_negative(indicator.code, facts.indicators) else -INFINITY), INFINITY


def _digits(value: Decimal) -> list[int]:
    return sorted(digit for digit in value.as_tuple().digits if digit)


def _is_moved(value: Decimal, other: Decimal) -> bool:
    """Whether a value is another with the decimal point elsewhere, and what is left of its digits then."""
    power, digits = value.adjusted() - other.adjusted(), len(value.normalize().as_tuple().digits)
    return bool(power) and digits >= LEAST_DIGITS and other.scaleb(power).quantize(value) == value


def _last_digit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def with_course(found: Sequence[Finding], wholes: Mapping[str, Collection[str]]) -> list[Finding]:
    """What speaks against one figure only belongs to the finding that suspects the figure, and an unusual course to
    that of the whole it is a part of."""
    alone: dict[str, Finding] = {}
    for finding in sorted((f for f in found if f.kind in ALONE), key=lambda f: ALONE.index(f.kind)):
        code = finding.indicators[0]
        alone[code] = _joined(alone[code], [finding]) if code in alone else finding
    rest = [finding for finding in found if finding.kind not in ALONE]
    taken: dict[str, list[Finding]] = {}
    for code, finding in alone.items():
        target = _suspecting(finding, rest) or _whole(finding, [alone.get(w) for w in wholes.get(code, ())])
        if target is not None:
            taken.setdefault(target.rule, []).append(finding)
    gone = {finding.rule for findings in taken.values() for finding in findings}
    kept = {finding.rule: finding for finding in (*rest, *alone.values()) if finding.rule not in gone}
    left = [kept[finding.rule] for finding in found if finding.rule in kept]
    return [_joined(finding, taken.get(finding.rule, [])) for finding in left]


def _suspecting(finding: Finding, others: Sequence[Finding]) -> Finding | None:
    # A row that has unusually much for each of something may have too little of that.
    codes = finding.indicators if finding.kind == CheckKind.SIBLING else finding.indicators[:1]
    for code, other in product(codes, others):
        if code in {suspect.code for suspect in other.suspects} and (
            other.severity == ERROR or finding.severity != ERROR
        ):
            return other
    return None


def _whole(finding: Finding, wholes: Iterable[Finding | None]) -> Finding | None:
    """The unusual course of a whole, where both grew or both fell."""
    grew = (finding.difference or ZERO) > 0
    for whole in wholes if finding.kind in UNUSUAL else ():
        if whole is not None and whole.kind in UNUSUAL and ((whole.difference or ZERO) > 0) == grew:
            return whole
    return None


def _joined(finding: Finding, others: Sequence[Finding]) -> Finding:
    """With the consequences of the others, and the figures that they are about suspected first."""
    if not others:
        return finding
    unusual = {other.indicators[0] for other in others}
    first = sorted(finding.suspects, key=lambda suspect: suspect.code not in unusual)
    return replace(finding, suspects=tuple(first), also=_also(finding, others))


def _following_from(finding: Finding, others: Sequence[Finding]) -> Finding:
    """With the others, that it brings about, and all that they are about."""
    codes = dict.fromkeys(code for one in (finding, *others) for code in one.indicators)
    return replace(finding, indicators=tuple(codes), also=_also(finding, others))


def _also(finding: Finding, others: Sequence[Finding]) -> tuple[Finding, ...]:
    return (*finding.also, *(one for other in others for one in (other, *other.also)))
