"""Figures that stand in one another's places: two columns, rows or cells exchanged, a column that is one row off. Pure.

What a clerk pasted one column or row off is one slip, and no figure of it is mistyped. It is named only where putting
everything back mends every relation that fails in the table and breaks none, and where only one way of it does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Protocol

from sectors.checks import naming
from sectors.checks.arithmetic import Check, SumCheck
from sectors.checks.comparisons import bounds
from sectors.checks.facts import Facts
from sectors.checks.findings import CheckKind, Finding
from sectors.checks.messages import Message
from sectors.checks.rates import DeclaredCheck
from sectors.checks.reported import Point
from sectors.checks.suspects import Suspect
from sectors.checks.templates import Template
from sectors.checks.written import RuleCheck, breakdown_of

RELATIONS = frozenset(
    {CheckKind.SUM, CheckKind.PART, CheckKind.RULE, CheckKind.DECLARED, CheckKind.GROWTH, CheckKind.SHARE}
)
PARTS = (slice(None), slice(-1), slice(1, None))  # with or without a row of totals at either end
MOST_CELLS = 200  # of a table in which two cells are looked for

Cells = Mapping[int, Mapping[int, str]]  # by row and column
Places = Mapping[str, str]  # by the cell, that whose figure belongs there


class Relations(Protocol):
    """The checks that read any of some figures, and what they read."""

    def touching(self, codes: Collection[str]) -> Sequence[Check]: ...

    def reading(self, one: Check) -> Collection[str]: ...


def is_equality(check: Check) -> bool:
    """Whether it says what a figure is, and not just how far it may go."""
    return isinstance(check, SumCheck | DeclaredCheck) or (
        isinstance(check, RuleCheck) and check.spec.comparison.relation == "=="
    )


@dataclass(frozen=True)
class Exchange:
    """What explains the findings `rules` by figures that stand in one another's places."""

    rules: frozenset[str]
    message: Message  # says so, and has the message of a finding yet to come
    suspects: tuple[Suspect, ...]

    def of(self, first: Finding, also: Sequence[Finding]) -> Finding:
        """The findings as one."""
        codes = dict.fromkeys(code for finding in (first, *also) for code in finding.indicators)
        message = replace(self.message, values={**self.message.values, "message": first.message})
        return replace(
            first, message=message, indicators=tuple(codes), suspects=self.suspects, also=tuple(also), hints=()
        )


class Exchanges:
    """Looks for them in the tables that findings are about."""

    def __init__(self, found: Mapping[str, Finding], facts: Facts, relations: Relations) -> None:
        self.found, self.facts, self.relations = found, facts, relations

    def explaining(self, settled: Sequence[Collection[str]]) -> Iterator[Exchange]:
        """One for each table in which it explains all that fails, where neither of `settled` does: rules that one
        figure explains."""
        done = set[str]()
        for table in self._tables:
            codes = {code for row in table.values() for code in row.values()}
            failing = {
                one.rule
                for one in self.relations.touching(codes)
                if one.rule in self.found and self.found[one.rule].kind in RELATIONS
            }
            if len(failing) < 2 or failing & done or any(failing <= set(rules) for rules in settled):
                continue
            exchange = self._only(table, failing)
            if exchange is not None:
                done |= failing
                yield exchange

    @cached_property
    def _tables(self) -> list[Cells]:
        """Those of the figures that relations are broken between."""
        named = {code for one in self.found.values() if one.kind in RELATIONS for code in one.indicators}
        broken = [one for one in self.relations.touching(named) if one.rule in self.found]
        read = {code for one in broken for code in self.relations.reading(one)}
        tables = {self.facts.indicators[code].table for code in read if code in self.facts.indicators}
        found: dict[int, dict[int, dict[int, str]]] = {table: {} for table in sorted(tables - {0})}
        for code, one in self.facts.indicators.items():
            if one.table in found:
                found[one.table].setdefault(one.row, {})[one.column] = code
        return [dict(sorted(rows.items())) for rows in found.values()]

    def _only(self, table: Cells, failing: Collection[str]) -> Exchange | None:
        """The one exchange that mends what fails, of the first kind that has any; of several that which mends most."""
        for ways in (self._columns(table), self._shifts(table), self._rows(table), self._cells(table, failing)):
            mending = [(count, *one) for one in ways if (count := self._mended(one[1], failing))]
            best = [one for one in mending if one[0] == max(count for count, *_way in mending)]
            if best:
                _count, message, places = best[0]
                return Exchange(frozenset(failing), message, tuple(self._suspects(places))) if len(best) == 1 else None
        return None

    def _suspects(self, places: Places) -> Iterator[Suspect]:
        moved = [code for code, other in places.items() if code in self.facts.reported]
        for code in moved:
            value = self.facts.values.get(places[code])
            if value is not None:
                yield Suspect(code, value, tuple(other for other in moved if other != code))

    # The ways

    def _columns(self, table: Cells) -> Iterator[tuple[Message, Places]]:
        columns = sorted({column for row in table.values() for column in row})
        for one, other in combinations(columns, 2):
            pairs = self._filled((row[one], row[other]) for row in table.values() if one in row and other in row)
            if len(pairs) > 1:
                names = {"one": self._column(pairs[0][0]), "other": self._column(pairs[0][1])}
                yield Message(Template.COLUMNS_EXCHANGED, names), self._exchanged(pairs)

    def _rows(self, table: Cells) -> Iterator[tuple[Message, Places]]:
        for one, other in combinations(table, 2):
            both = table[one].keys() & table[other].keys()
            pairs = self._filled((table[one][column], table[other][column]) for column in sorted(both))
            if len(pairs) > 1:
                names = {"one": self._row(pairs[0][0]), "other": self._row(pairs[0][1])}
                yield Message(Template.ROWS_EXCHANGED, names), self._exchanged(pairs)

    def _shifts(self, table: Cells) -> Iterator[tuple[Message, Places]]:
        """A column, or what is filled of it, moved down or up by one row."""
        for column in sorted({column for row in table.values() for column in row}):
            codes = [row[column] for row in table.values() if column in row]
            filled = [code for code in codes if self.facts.stored(code)]
            for block in dict.fromkeys(tuple(one[part]) for one in (codes, filled) for part in PARTS):
                if len(block) > 2:
                    names = {"name": self._column(block[0]), "first": self._row(block[0]), "last": self._row(block[-1])}
                    down = dict(zip(block, block[1:] + block[:1], strict=True))
                    yield Message(Template.SHIFTED_DOWN, names), down
                    yield Message(Template.SHIFTED_UP, names), {other: code for code, other in down.items()}

    def _cells(self, table: Cells, failing: Collection[str]) -> Iterator[tuple[Message, Places]]:
        codes = [code for row in table.values() for code in row.values() if code in self.facts.reported]
        broken = [one for one in self.relations.touching(codes) if one.rule in failing]
        if not any(is_equality(one) for one in broken):  # a limit holds for many cells that have nothing to do with it
            return
        reads = [set(self.relations.reading(one)) for one in broken]
        totals = [whole.total for one in broken if (whole := breakdown_of(one)) is not None]
        for pair in combinations(codes, 2) if len(codes) <= MOST_CELLS else ():
            # A part and the total of another column leave both short by as much, as a row does that is missing.
            is_row = len(totals) == 2 and len({*totals}.intersection(pair)) == 1 and not self._are_in_line(*pair)
            if not is_row and not any(read.isdisjoint(pair) for read in reads):
                one, other = (naming.cell(self.facts.indicators[code]) for code in pair)
                yield Message(Template.CELLS_EXCHANGED, {"one": one, "other": other}), self._exchanged([pair])

    def _are_in_line(self, one: str, other: str) -> bool:
        first, second = self.facts.indicators[one], self.facts.indicators[other]
        return first.row == second.row or first.column == second.column

    def _column(self, code: str) -> str:
        return self.facts.indicators[code].column_name or self.facts.indicators[code].name

    def _row(self, code: str) -> str:
        return self.facts.indicators[code].row_name or self.facts.indicators[code].name

    def _filled(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [pair for pair in pairs if all(self.facts.stored(code) for code in pair)]

    @staticmethod
    def _exchanged(pairs: Sequence[tuple[str, str]]) -> Places:
        return dict(pairs) | {other: code for code, other in pairs}

    # Whether it is so

    def _mended(self, places: Places, failing: Collection[str]) -> int:
        """How much of what fails holds with each figure in its place; 0 where anything fails then that reads one of
        them, or hardly anything is judged: the last figure of a column that was pasted a row too low is lost."""
        now, points = self.facts.now, self.facts.points
        moved: dict[str, Point | None] = {
            code: points.get(other, {}).get(now)
            for code, other in places.items()
            if points.get(code, {}).get(now) != points.get(other, {}).get(now)
        }
        touching = self.relations.touching(moved) if moved else []
        broken = [one for one in touching if one.rule in failing]
        if len(broken) < len(failing):
            return 0
        changed = self.facts.with_points(moved)
        stays = self.found.keys() - set(failing)
        judged = sum(self._is_judged(one, changed) for one in broken)
        if judged < 2 or any(one.rule not in stays and one.find(changed) is not None for one in touching):
            return 0
        changed.scope = set(moved)
        return 0 if any(bounds(changed, ())) else judged

    def _is_judged(self, check: Check, changed: Facts) -> bool:
        """Whether nothing that it reads was lost."""
        before, after = self.facts.evaluation, changed.evaluation
        return all(after.base(*name) is not None or before.base(*name) is None for name in check.names)
