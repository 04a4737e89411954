"""Norms: what a rule of the catalogue asks of one figure alone, such as 水分不高于12.5%."""

from __future__ import annotations

import datetime
import operator
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.aggregation.cube import AnnualValue
from reports.document.blocks import Number, Run, Text
from sectors.calculation.cells import with_unit
from sectors.checks.rulebooks import rulebooks
from sectors.models import Indicator
from sectors.vocabulary import Severity

HOLDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}
WORDS = {"<=": "高于", "<": "不低于", ">=": "低于", ">": "不高于"}  # of what breaks it


@dataclass(frozen=True)
class Norm:
    """The limit of an indicator, in its own unit."""

    indicator: Indicator
    relation: str
    limit: Decimal

    def is_missed_by(self, value: AnnualValue) -> bool:
        """Whether it surely is, wherever a value that is not exact may lie."""
        if value.value is None:
            return False
        ends = (value.value,) if value.bounds is None else value.bounds.interval
        return not any(HOLDS[self.relation](end, self.limit) for end in ends)

    @property
    def runs(self) -> list[Run]:
        """`，高于12.5%的规定`."""
        limit = with_unit(f"{self.limit.normalize():f}", self.indicator.unit.name)
        return [Text(f"，{WORDS[self.relation]}"), Number(self.indicator.code, limit), Text("的规定")]


def of_year(year: int) -> Mapping[str, Sequence[Norm]]:
    """By code. What an error says is no norm but a slip of the pen: it stops the submission."""
    found: dict[str, list[Norm]] = defaultdict(list)
    books, last_day = rulebooks(), datetime.date(year, 12, 31)
    for row, rule in zip(books.catalogue.rules, books.rules, strict=True):
        one = rule.comparison
        indicator = books.catalogue.by_code.get(one.left.code)
        if indicator is None or one.right.names or one.relation not in HOLDS:
            continue
        limit = one.right.evaluate(lambda *_name: None)
        if limit is not None and row.valid_on(last_day) and rule.severity == Severity.WARNING:
            found[indicator.code].append(Norm(indicator, one.relation, limit / indicator.unit.scale))
    return found
