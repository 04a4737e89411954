"""A row of a table that has the figures of another one: what was pasted over is lost, and sums do not fit. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from sectors.checks.arithmetic import Check
from sectors.checks.columns import is_telling
from sectors.checks.facts import Facts
from sectors.checks.messages import Message
from sectors.checks.suspects import Suspect
from sectors.checks.templates import Template
from sectors.checks.written import breakdown_of

Row = tuple[int, int]  # table, row


class PastedRows:
    """Rows of the same figures among those that are suspected."""

    def __init__(self, facts: Facts, checks: Mapping[str, Check]) -> None:
        self.facts, self.checks = facts, checks

    def first(self, suspects: Sequence[Suspect]) -> tuple[list[Suspect], tuple[Message, ...]]:
        """Suspects, first those of rows with the same figures, and the message that names these."""
        suspected: dict[Row, list[Decimal]] = defaultdict(list)
        for code in dict.fromkeys(suspect.code for suspect in suspects):
            suspected[self._row(code)].append(self.facts.values[code])
        rows = [row for row, values in suspected.items() if is_telling(values)]
        alike = [row for row in rows if any(self._are_alike(row, other) for other in rows if other != row)]
        if not alike:
            return list(suspects), ()
        names = "、".join(
            self.facts.indicators[next(iter(self._cells[row].values()))].row_name for row in sorted(alike)
        )
        ordered = sorted(suspects, key=lambda suspect: self._row(suspect.code) not in alike)
        return ordered, (Message(Template.ROWS_ALIKE, {"rows": names}),)

    def _row(self, code: str) -> Row:
        indicator = self.facts.indicators[code]
        return indicator.table, indicator.row

    def _are_alike(self, one: Row, other: Row) -> bool:
        """In every column; a row of totals is as its only part."""
        cells, others = self._cells.get(one, {}), self._cells.get(other, {})
        if one[0] != other[0] or not cells or cells.keys() != others.keys():
            return False
        pairs = [frozenset((cells[column], others[column])) for column in cells]
        values = (map(self.facts.stored, pair) for pair in pairs)
        return all(len(set(pair)) == 1 for pair in values) and self._wholes.isdisjoint(pairs)

    @cached_property
    def _cells(self) -> Mapping[Row, Mapping[int, str]]:
        """The entered cells of tables with columns, by their columns."""
        found: dict[Row, dict[int, str]] = defaultdict(dict)
        for code, indicator in self.facts.indicators.items():
            if indicator.table and indicator.column_name and indicator.formula is None:
                found[self._row(code)][indicator.column] = code
        return found

    @cached_property
    def _wholes(self) -> frozenset[frozenset[str]]:
        """Each total with each of its parts."""
        breakdowns = (breakdown_of(check) for check in self.checks.values())
        return frozenset(frozenset((one.total, part)) for one in breakdowns if one is not None for part in one.parts)
