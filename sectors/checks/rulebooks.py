"""What is checked on which day and in which sheet, worked out once for each state of the catalogue."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from sectors.calculation.formulas import compile_rule
from sectors.catalogue.compiled import CompiledBreakdown, CompiledCatalogue, catalogue
from sectors.checks.arithmetic import Check
from sectors.checks.engine import Rulebook
from sectors.checks.facts import BreakdownSpec, IndicatorSpec, RuleSpec
from sectors.models import Indicator, Rule


@dataclass(frozen=True)
class SheetChecks:
    """What is to be looked at for a sheet: its figures, the checks they stand in, the sheets that these read, and the
    checks `near` that read nothing but these sheets."""

    codes: frozenset[str]
    checks: list[Check]
    sheets: frozenset[int]
    near: list[Check]


class Rulebooks:
    """The rulebook of each day: what the checks know of all indicators and breakdowns, with the rules of the day."""

    def __init__(self, of: CompiledCatalogue) -> None:
        self.catalogue = of
        self.indicators = {row.code: _indicator(row, of) for row in of.indicators}
        self.breakdowns = [_breakdown(row) for row in of.breakdowns]
        self.rules = [_rule(rule, of) for rule in of.rules]
        self.of_day, self.valid, self.of_sheet = cache(self._of_day), cache(self._valid), cache(self._of_sheet)
        self._with_rules = cache(self._made)

    def reads(self, sheet: int, day: datetime.date, other: int) -> bool:
        """Whether the checks of a sheet on a day read figures of another."""
        return other in self.of_sheet(sheet, day).sheets

    def _of_day(self, day: datetime.date) -> Rulebook:
        """Days with the same rules have the same rulebook."""
        return self._with_rules(tuple(n for n, rule in enumerate(self.catalogue.rules) if rule.valid_on(day)))

    def _made(self, valid: tuple[int, ...]) -> Rulebook:
        return Rulebook(self.indicators, self.breakdowns, [self.rules[n] for n in valid])

    def _valid(self, day: datetime.date) -> frozenset[str]:
        """Codes of the indicators of a day."""
        return frozenset(row.code for row in self.catalogue.valid_on(day))

    def _of_sheet(self, sheet: int, day: datetime.date) -> SheetChecks:
        rulebook = self.of_day(day)
        own = frozenset(row.code for row in self.catalogue.sheet(sheet, day).indicators)
        checks = rulebook.touching(own)
        sheets = self._sheets(code for code, _moment in rulebook.names(checks)) | {sheet}
        near = [one for one, reads in rulebook.reads if self._sheets(reads) <= sheets and own.isdisjoint(reads)]
        return SheetChecks(own, checks, sheets, near)

    def _sheets(self, codes: Iterable[str]) -> frozenset[int]:
        return frozenset(self.indicators[code].sheet for code in codes)


def rulebooks() -> Rulebooks:
    """Those of the catalogue as it is now."""
    return _rulebooks(catalogue())


@lru_cache(maxsize=1)
def _rulebooks(of: CompiledCatalogue) -> Rulebooks:
    return Rulebooks(of)


def _indicator(indicator: Indicator, of: CompiledCatalogue) -> IndicatorSpec:
    return IndicatorSpec(
        code=indicator.code,
        scale=indicator.unit.scale,
        formula=of.formula(indicator.code),
        name=indicator.name,
        unit=indicator.unit.name,
        decimals=indicator.decimals,
        exact=indicator.decimals == 0 and not indicator.unit.is_percent,
        accumulation=indicator.accumulation,
        required=indicator.required,
        change_limit=indicator.change_limit,
        sheet=indicator.sheet_id,
        table=indicator.table_id,
        row=indicator.row,
        column=indicator.column,
    )


def _breakdown(breakdown: CompiledBreakdown) -> BreakdownSpec:
    parts = [part.code for part in breakdown.parts]
    return BreakdownSpec(breakdown.total.code, breakdown.name, breakdown.exhaustive, parts)


def _rule(rule: Rule, of: CompiledCatalogue) -> RuleSpec:
    return RuleSpec(rule.code, compile_rule(rule.expression, of.parts), rule.severity, rule.message, rule.missing)
