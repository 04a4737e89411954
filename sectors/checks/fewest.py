"""The fewest figures that are wrong, where rules hang together that no single figure explains. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sectors.calculation.formulas import NOW
from sectors.checks.arithmetic import Check, as_declared
from sectors.checks.facts import Facts
from sectors.checks.repairs import smallest_changes
from sectors.checks.suspects import Cause, Linear, Step, Suspect, chosen

MANY = 1_000  # more figures than are ever changed together

# Broken rules, and what explains all of them.
Group = tuple[frozenset[str], list[Cause]]


class Fewest:
    """Looks for the fewest figures that explain `failing` rules among those that hang together. `keeps_others` says
    of a cause whether the rules that cannot be written as rows still hold."""

    def __init__(
        self,
        facts: Facts,
        checks: Sequence[Check],
        failing: Collection[str],
        steps: Mapping[str, Step],
        keeps_others: Callable[[Cause], bool],
    ) -> None:
        self.facts, self.checks, self.failing, self.steps = facts, checks, frozenset(failing), steps
        self.keeps_others = keeps_others

    def settled(self, groups: Sequence[Group]) -> list[Group]:
        if len(groups) == 1 and _is_settled(groups[0]):
            return list(groups)
        return [settled for related, rows in self._related(groups) for settled in self._fewest(related, rows)]

    def _related(self, groups: Sequence[Group]) -> Iterator[tuple[list[Group], list[Linear]]]:
        """The groups whose rules hang together through any figures, and all rows that hang together with them."""
        every = [row for check in self.checks for row in check.rows(self.facts)]
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
        each = [with_computed(answer, self.facts) for answer in smallest_changes(rows, self.facts.values, self.steps)]
        answers = [tuple(answer) for answer in each if self.keeps_others(Cause(frozenset(), tuple(answer)))]
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


def with_computed(answer: Sequence[Suspect], facts: Facts) -> list[Suspect]:
    """With the declared values that the repaired figures give, not just any that the rules allow."""
    evaluation = facts.evaluation_with({(suspect.code, NOW): suspect.repair for suspect in answer})
    found = []
    for suspect in answer:
        indicator, value = facts.indicators[suspect.code], evaluation.value(suspect.code)
        if indicator.formula and value is not None:
            suspect = replace(suspect, repair=as_declared(value, facts.reported[suspect.code]))
        found.append(suspect)
    return found


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
