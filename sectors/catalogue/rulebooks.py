"""The catalogue made ready for checking, kept as long as what it says stays the same.

Any process may change the catalogue, so its text is compared each time: that is one short query.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Prefetch

from sectors.calculation.formulas import compile_formula, compile_rule
from sectors.checks.arithmetic import Check
from sectors.checks.engine import Rulebook
from sectors.checks.facts import BreakdownSpec, IndicatorSpec, RuleSpec
from sectors.models import Breakdown, BreakdownPart, Indicator, Rule
from sectors.sql.catalogue import catalogue_text


@dataclass(frozen=True)
class Scope:
    """What is to be looked at for a sheet: its figures, the checks they stand in, the sheets that these read, and the
    checks `near` that read nothing but these sheets."""

    codes: frozenset[str]
    checks: list[Check]
    sheets: frozenset[int]
    near: list[Check]


@dataclass
class Catalogue:
    """Indicators by code and by key, breakdowns, and the rules with the days they hold."""

    traits: dict[str, IndicatorSpec]
    codes: dict[int, str]
    keys: dict[str, int]
    frequencies: dict[str, str]
    counted: frozenset[int]  # sheets with cells that a registry counts
    splits: list[BreakdownSpec]
    rules: list[tuple[datetime.date, datetime.date, RuleSpec]]
    rulebooks: dict[tuple[int, ...], Rulebook] = field(default_factory=dict)
    of_day: dict[datetime.date, Rulebook] = field(default_factory=dict)
    valid_on: dict[datetime.date, frozenset[str]] = field(default_factory=dict)
    scopes: dict[tuple[int, int, datetime.date], Scope] = field(default_factory=dict)

    def rulebook(self, day: datetime.date) -> Rulebook:
        """With the rules of a day."""
        if day in self.of_day:
            return self.of_day[day]
        valid = tuple(n for n, (first, last, _rule) in enumerate(self.rules) if first <= day <= last)
        if valid not in self.rulebooks:
            self.rulebooks[valid] = Rulebook(self.traits, self.splits, [self.rules[n][2] for n in valid])
        self.of_day[day] = self.rulebooks[valid]
        return self.of_day[day]

    def valid(self, day: datetime.date) -> frozenset[str]:
        """Indicators of a day."""
        if day not in self.valid_on:
            self.valid_on[day] = frozenset(code for code, trait in self.traits.items() if _valid(trait, day))
        return self.valid_on[day]

    def scope(self, rulebook: Rulebook, sheet: int, day: datetime.date) -> Scope:
        key = (id(rulebook), sheet, day)
        if key not in self.scopes:
            own = frozenset(code for code in self.valid(day) if self.traits[code].sheet == sheet)
            checks = rulebook.touching(own)
            sheets = self.sheets(code for code, _moment in rulebook.names(checks)) | {sheet}
            near = [one for one, reads in rulebook.reads if self.sheets(reads) <= sheets and own.isdisjoint(reads)]
            self.scopes[key] = Scope(own, checks, sheets, near)
        return self.scopes[key]

    def sheets(self, codes: Iterable[str]) -> frozenset[int]:
        return frozenset(self.traits[code].sheet for code in codes)


def catalogue() -> Catalogue:
    return _catalogue(catalogue_text())


@lru_cache(maxsize=2)
def _catalogue(text: str) -> Catalogue:
    """`text` tells one state of the catalogue from another; nothing is read from it."""
    parts = Breakdown.objects.part_codes()
    rows = list(Indicator.objects.select_related("unit", "sheet"))
    rules = [
        (
            rule.valid_from or datetime.date.min,
            rule.valid_to or datetime.date.max,
            RuleSpec(rule.code, compile_rule(rule.expression, parts), rule.severity, rule.message, rule.missing),
        )
        for rule in Rule.objects.filter(is_on=True)
    ]
    return Catalogue(
        traits={row.code: _trait(row, parts) for row in rows},
        codes={row.pk: row.code for row in rows},
        keys={row.code: row.pk for row in rows},
        frequencies={row.code: row.sheet.frequency for row in rows},
        counted=frozenset(row.sheet_id for row in rows if row.counted),
        splits=_splits(),
        rules=rules,
    )


def _trait(indicator: Indicator, parts: dict[str, list[str]]) -> IndicatorSpec:
    return IndicatorSpec(
        code=indicator.code,
        scale=indicator.unit.scale,
        formula=compile_formula(indicator.formula, parts) if indicator.formula else None,
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
        valid_from=indicator.valid_from,
        valid_to=indicator.valid_to,
    )


def _splits() -> list[BreakdownSpec]:
    members = Prefetch("memberships", BreakdownPart.objects.select_related("indicator"))
    return [
        BreakdownSpec(b.total.code, b.name, b.exhaustive, [m.indicator.code for m in b.memberships.all()])
        for b in Breakdown.objects.select_related("total").prefetch_related(members)
    ]


def _valid(trait: IndicatorSpec, day: datetime.date) -> bool:
    return (trait.valid_from or datetime.date.min) <= day <= (trait.valid_to or datetime.date.max)
