"""What goes wrong in several columns of a table at once: a row missing or counted twice, a row of totals. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from sectors.calculation.cells import rounded
from sectors.calculation.formulas import NOW, ZERO
from sectors.checks.arithmetic import Check
from sectors.checks.facts import Facts
from sectors.checks.findings import CheckKind
from sectors.checks.rates import DeclaredCheck
from sectors.checks.specs import BreakdownSpec
from sectors.checks.suspects import Cause, Suspect
from sectors.checks.written import breakdown_of

LEAST_TELLING = 10


def shortfall(facts: Facts, breakdown: BreakdownSpec) -> Decimal:
    """By how much the parts stay below their total, in the total's unit."""
    total = facts.evaluation.base(breakdown.total) or ZERO
    parts = [facts.evaluation.base(part, NOW, in_sum=True) or ZERO for part in breakdown.parts]
    return (total - sum(parts, ZERO)) / facts.indicators[breakdown.total].scale


def is_telling(values: Iterable[Decimal]) -> bool:
    """Whether rows that both have these figures hardly have them by chance, as they may a 0, a 1 and a 2."""
    figures = [abs(value) for value in values if value]
    return len(figures) > 1 and max(figures) >= LEAST_TELLING


class Columns:
    """The columns of tables of which the sums are among broken rules."""

    def __init__(
        self,
        facts: Facts,
        checks: Mapping[str, Check],
        failing: Collection[str],
        reading: Callable[[Check], Collection[str]],
    ) -> None:
        self.facts, self.checks, self.failing, self.reading = facts, checks, frozenset(failing), reading

    def causes(self) -> Iterator[Cause]:
        """A category that is missing from a table leaves all its sums short, and the shares of each; one that is there
        twice makes them all too many, by as much as it has itself or by the same."""
        sums: dict[tuple[object, ...], list[tuple[str, BreakdownSpec]]] = {}
        for rule in sorted(self.failing):
            breakdown = breakdown_of(self.checks[rule])
            if breakdown is not None and (short := shortfall(self.facts, breakdown)):
                indicators = [self.facts.indicators[part] for part in breakdown.parts]
                rows = sorted((indicator.table, indicator.row) for indicator in indicators)
                sums.setdefault((short > 0, *rows), []).append((rule, breakdown))
        for (is_short, *places), found in sums.items():
            rules, breakdowns = [rule for rule, _one in found], [one for _rule, one in found]
            shares = {f"{CheckKind.SHARE}:{one.total}:{one.name}" for one in breakdowns} & self.failing
            yield from self._of_pasted_rows([*rules, *shares], breakdowns)
            is_double = bool(is_short) and len(breakdowns) > 1 and all(map(self._is_double, breakdowns))
            if is_short and len({*places}) > 1 and not is_double:  # within one row no row is missing
                yield Cause(frozenset([*rules, *shares]))
            if len(breakdowns) > 1 and all(one.total in self.facts.reported for one in breakdowns):
                yield from self._of_totals(rules, breakdowns, is_short=bool(is_short), is_double=is_double)

    def _of_pasted_rows(self, rules: Collection[str], breakdowns: Sequence[BreakdownSpec]) -> Iterator[Cause]:
        """A row that is as another one, where what the sums leave for it fits everything that it stands in."""
        rows = list(zip(*(one.parts for one in breakdowns), strict=False)) if len(breakdowns) > 1 else []
        stored = [tuple(map(self.facts.stored, row)) for row in rows]
        for row, texts in zip(rows, stored, strict=True):
            values = [self.facts.values.get(code) for code in row]
            if stored.count(texts) < 2 or None in values or not is_telling(filter(None, values)):
                continue
            repairs = {code: self._left_for(code, one) for code, one in zip(row, breakdowns, strict=True)}
            changed = self.facts.with_values(repairs)
            read = [check for check in self.checks.values() if not repairs.keys().isdisjoint(self.reading(check))]
            if all(map(self._may_be, repairs, repairs.values())) and all(check.find(changed) is None for check in read):
                suspects = (Suspect(code, value, tuple(c for c in row if c != code)) for code, value in repairs.items())
                yield Cause(frozenset(rules), tuple(suspects))

    def _may_be(self, code: str, value: Decimal) -> bool:
        kind = self.facts.indicators[code].kind
        return (kind.minimum is None or value >= kind.minimum) and (kind.maximum is None or value <= kind.maximum)

    def _left_for(self, part: str, breakdown: BreakdownSpec) -> Decimal:
        """What the total leaves for a part, as that is written."""
        scales = [self.facts.indicators[code].scale for code in (breakdown.total, part)]
        short = shortfall(self.facts, breakdown) * scales[0] / scales[1]
        return rounded(self.facts.values[part] + short, self.facts.reported[part].places) + 0

    def _is_double(self, breakdown: BreakdownSpec) -> bool:
        """Whether the total is twice what its parts make, as where a sum takes in itself or subtotals."""
        figure = self.facts.reported.get(breakdown.total)
        return figure is not None and figure.value == 2 * shortfall(self.facts, breakdown)

    def _of_totals(
        self, rules: Collection[str], breakdowns: Sequence[BreakdownSpec], *, is_short: bool, is_double: bool
    ) -> Iterator[Cause]:
        """The totals of several columns are wrong together, where what was declared of them says so, they are twice
        what they should be or, for parts that are too many, they are so by the same or by a row."""
        repairs = {one.total: self._sum_of(one) for one in breakdowns}
        changed = self.facts.with_values(repairs)
        declared = [one for one in self.checks.values() if isinstance(one, DeclaredCheck)]
        read = [one for one in declared if not repairs.keys().isdisjoint(self.reading(one))]
        cleared = {one.rule for one in read if one.rule in self.failing and one.find(changed) is None}
        by = {shortfall(self.facts, one) for one in breakdowns}
        if cleared or is_double or not (is_short or (len(by) > 1 and not self.row_of(breakdowns))):
            suspects = tuple(
                Suspect(code, value, tuple(other for other in repairs if other != code))
                for code, value in repairs.items()
            )
            yield Cause(frozenset([*rules, *cleared]), suspects, row_too_many=not (is_short or cleared))

    def row_of(self, breakdowns: Sequence[BreakdownSpec]) -> Sequence[str]:
        """The parts of one row that are, in each column, as much as its parts are too many."""
        for parts in zip(*(one.parts for one in breakdowns), strict=False):
            values = [self.facts.values.get(part) for part in parts]
            scales = [self.facts.indicators[part].scale for part in parts]
            over = [-shortfall(self.facts, one) * self.facts.indicators[one.total].scale for one in breakdowns]
            if None not in values and [v * s for v, s in zip(values, scales, strict=True) if v is not None] == over:
                return parts
        return ()

    def _sum_of(self, breakdown: BreakdownSpec) -> Decimal:
        """What its parts make, as the total is written."""
        figure = self.facts.reported[breakdown.total]
        return rounded(figure.value - shortfall(self.facts, breakdown), figure.places) + 0
