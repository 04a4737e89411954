"""What a row of a table has of one thing for each of another, beside the other rows: a cost per project, a yield per
hectare. What is a hundred times that of its siblings asks whether number and unit are right. Pure.

A robust spread, after Iglewicz and Hoaglin, of logarithms: costs differ by factors. Never an error.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from statistics import median

from sectors.calculation.cells import rounded
from sectors.checks.facts import WARNING, CheckKind, Facts, Finding, IndicatorSpec
from sectors.checks.messages import Message, Template

FEWEST_ROWS = 4  # besides the one that is looked at
LEAST_FACTOR = 2.0  # as a logarithm to base 10: a hundred times
UNUSUAL = 3.5 / 0.6745  # distances from the median, in medians of such distances

# By row, the code of each column.
Rows = Sequence[Mapping[int, str]]


def tables_of(indicators: Mapping[str, IndicatorSpec]) -> list[Rows]:
    """The tables with an amount beside something else in enough rows, of what is entered."""
    cells: dict[int, dict[int, dict[int, str]]] = {}
    for indicator in indicators.values():
        if indicator.table and indicator.formula is None and not indicator.is_percent:
            cells.setdefault(indicator.table, {}).setdefault(indicator.row, {})[indicator.column] = indicator.code
    found = [[row for row in rows.values() if len(row) > 1] for rows in cells.values()]
    is_amount = [any(not indicators[code].exact for row in rows for code in row.values()) for rows in found]
    return [rows for rows, wanted in zip(found, is_amount, strict=True) if wanted and len(rows) > FEWEST_ROWS]


def siblings(facts: Facts, tables: Iterable[Rows]) -> Iterator[Finding]:
    """Amounts in scope that are far from those of the other rows for each of something else; one finding for each."""
    for rows in tables:
        codes = {code for row in rows for code in row.values()}
        if facts.scope is not None and codes.isdisjoint(facts.scope):
            continue
        logs = {
            code: math.log10(figure.value)
            for code in codes
            if (figure := facts.reported.get(code)) and figure.value > 0
        }
        seen = set[str]()
        for one, other in combinations(sorted({column for row in rows for column in row}), 2):
            for finding in _of_columns(facts, rows, logs, one, other):
                if not seen & set(finding.indicators):
                    seen |= set(finding.indicators)
                    yield finding


def _of_columns(facts: Facts, rows: Rows, logs: Mapping[str, float], one: int, other: int) -> Iterator[Finding]:
    by_units: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in rows:
        a, b = row.get(one, ""), row.get(other, "")
        if a in logs and b in logs:
            by_units.setdefault((facts.indicators[a].unit, facts.indicators[b].unit), []).append((a, b))
    for pairs in by_units.values():
        is_amount = [not facts.indicators[code].exact for code in pairs[0]]
        # A share of counts may be as small as it likes.
        if len(pairs) > FEWEST_ROWS and any(is_amount):
            for (a, b), distance in zip(pairs, _distances([logs[a] - logs[b] for a, b in pairs]), strict=True):
                if distance and (facts.scope is None or not {a, b}.isdisjoint(facts.scope)):
                    yield _finding(facts, a, b, distance) if is_amount[0] else _finding(facts, b, a, -distance)


def _distances(values: Collection[float]) -> list[float]:
    """How far each is from the others' middle; 0 where that is not unusual."""
    middle = median(values)
    spread = median(abs(value - middle) for value in values)
    least = max(LEAST_FACTOR, UNUSUAL * spread)
    return [value - middle if abs(value - middle) >= least else 0.0 for value in values]


def _finding(facts: Facts, code: str, per: str, distance: float) -> Finding:
    figure, base = facts.reported[code], facts.reported[per]
    usual = figure.value / Decimal(10**distance)
    values = {
        "name": figure.indicator.name,
        "value": figure.indicator.shown(figure.value, figure.places),
        "of": base.indicator.name,
        "count": base.indicator.shown(base.value, base.places),
        "times": f"{rounded(Decimal(10 ** abs(distance)), 0):,}",
    }
    template = Template.SIBLINGS_MORE if distance > 0 else Template.SIBLINGS_LESS
    rule = f"{CheckKind.SIBLING}:{code}"
    return Finding(
        rule,
        CheckKind.SIBLING,
        WARNING,
        (code, per),
        figure.value,
        rounded(usual, figure.places),
        Message(template, values),
    )
