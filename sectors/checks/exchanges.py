"""Figures that stand in one another's places: two columns, rows or cells exchanged, a column that is one row off. Pure.

What a clerk pasted one column or row off is one slip, and no figure of it is mistyped. It is named only where putting
everything back mends every relation that fails in the table and breaks none, and where only one way of it does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Protocol

from sectors.checks import naming
from sectors.checks.arithmetic import Check
from sectors.checks.comparisons import bounds
from sectors.checks.facts import Facts, Point
from sectors.checks.findings import CheckKind, Finding
from sectors.checks.messages import Message
from sectors.checks.suspects import Suspect
from sectors.checks.templates import Template

RELATIONS = frozenset(
    {CheckKind.SUM, CheckKind.PART, CheckKind.RULE, CheckKind.DECLARED, CheckKind.GROWTH, CheckKind.SHARE}
)
MOST_CELLS = 200  # of a table in which two cells are looked for

Cells = Mapping[int, Mapping[int, str]]  # by row and column
Places = Mapping[str, str]  # by the cell, that whose figure belongs there


class Relations(Protocol):
    """The checks that read any of some figures, and what they read."""

    def touching(self, codes: Collection[str]) -> Sequence[Check]: ...

    def reading(self, one: Check) -> Collection[str]: ...


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
        """The only exchange of the first kind that mends all that fails."""
        for ways in (self._columns(table), self._shifts(table), self._rows(table), self._cells(table, failing)):
            mending = [one for one in ways if self._mends(one[1], failing)]
            if len(mending) == 1:
                ((message, places),) = mending
                return Exchange(frozenset(failing), message, tuple(self._suspects(places)))
            if mending:
                return None
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
            pairs = [(row[one], row[other]) for row in table.values() if one in row and other in row]
            if len(pairs) > 1:
                names = {"one": self._column(pairs[0][0]), "other": self._column(pairs[0][1])}
                yield Message(Template.COLUMNS_EXCHANGED, names), self._exchanged(pairs)

    def _rows(self, table: Cells) -> Iterator[tuple[Message, Places]]:
        for one, other in combinations(table, 2):
            pairs = [(code, table[other][column]) for column, code in table[one].items() if column in table[other]]
            if len(pairs) > 1:
                names = {"one": self._row(pairs[0][0]), "other": self._row(pairs[0][1])}
                yield Message(Template.ROWS_EXCHANGED, names), self._exchanged(pairs)

    def _shifts(self, table: Cells) -> Iterator[tuple[Message, Places]]:
        """A column, with or without a row of totals at either end, moved down or up by one row."""
        for column in sorted({column for row in table.values() for column in row}):
            codes = [row[column] for row in table.values() if column in row]
            for block in (codes, codes[:-1], codes[1:]):
                if len(block) > 2:
                    names = {"name": self._column(block[0]), "first": self._row(block[0]), "last": self._row(block[-1])}
                    down = dict(zip(block, block[1:] + block[:1], strict=True))
                    yield Message(Template.SHIFTED_DOWN, names), down
                    yield Message(Template.SHIFTED_UP, names), {other: code for code, other in down.items()}

    def _cells(self, table: Cells, failing: Collection[str]) -> Iterator[tuple[Message, Places]]:
        codes = [code for row in table.values() for code in row.values() if code in self.facts.reported]
        broken = [one for one in self.relations.touching(codes) if one.rule in failing]
        reads = [set(self.relations.reading(one)) for one in broken]
        for pair in combinations(codes, 2) if len(codes) <= MOST_CELLS else ():
            if not any(read.isdisjoint(pair) for read in reads):
                one, other = (naming.cell(self.facts.indicators[code]) for code in pair)
                yield Message(Template.CELLS_EXCHANGED, {"one": one, "other": other}), self._exchanged([pair])

    def _column(self, code: str) -> str:
        return self.facts.indicators[code].column_name or self.facts.indicators[code].name

    def _row(self, code: str) -> str:
        return self.facts.indicators[code].row_name or self.facts.indicators[code].name

    @staticmethod
    def _exchanged(pairs: Sequence[tuple[str, str]]) -> Places:
        return dict(pairs) | {other: code for code, other in pairs}

    # Whether it is so

    def _mends(self, places: Places, failing: Collection[str]) -> bool:
        """Whether with each figure in its place nothing fails that reads one of them."""
        now, points = self.facts.now, self.facts.points
        moved: dict[str, Point | None] = {
            code: points.get(other, {}).get(now)
            for code, other in places.items()
            if points.get(code, {}).get(now) != points.get(other, {}).get(now)
        }
        touching = self.relations.touching(moved) if moved else []
        if not set(failing) <= {one.rule for one in touching}:
            return False
        changed = self.facts.with_points(moved)
        stays = self.found.keys() - set(failing)
        if any(one.rule not in stays and one.find(changed) is not None for one in touching):
            return False
        changed.scope = set(moved)
        return not any(bounds(changed, ()))
