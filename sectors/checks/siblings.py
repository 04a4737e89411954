"""What a row of a table has of one thing for each of another, beside the other rows and the same row of other regions:
a cost per project, a yield per hectare. What is a hundred times theirs asks whether number and unit are right. Pure.

A robust spread, after Iglewicz and Hoaglin, of logarithms: costs differ by factors. Never an error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from statistics import median

from sectors.calculation.cells import rounded
from sectors.checks.facts import Facts
from sectors.checks.findings import WARNING, CheckKind, Finding
from sectors.checks.messages import Message
from sectors.checks.specs import IndicatorSpec
from sectors.checks.templates import Template

FEWEST = 4  # others than the one that is looked at
LEAST_FACTOR = 2.0  # as a logarithm to base 10: a hundred times
UNUSUAL = 3.5 / 0.6745  # distances from the median, in medians of such distances

# By row, the code of each column.
Rows = Sequence[Mapping[int, str]]
Pair = tuple[str, str]  # an amount, and what it is divided by


def tables_of(indicators: Mapping[str, IndicatorSpec]) -> list[Rows]:
    """The tables with an amount beside something else, of what is entered."""
    cells: dict[int, dict[int, dict[int, str]]] = {}
    for indicator in indicators.values():
        if indicator.table and indicator.formula is None and not indicator.is_percent:
            cells.setdefault(indicator.table, {}).setdefault(indicator.row, {})[indicator.column] = indicator.code
    found = [[row for row in rows.values() if len(row) > 1] for rows in cells.values()]
    return [rows for rows in found if any(not indicators[code].exact for code in codes_of([rows]))]


def codes_of(tables: Iterable[Rows]) -> set[str]:
    return {code for rows in tables for row in rows for code in row.values()}


def siblings(facts: Facts, tables: Iterable[Rows]) -> Iterator[Finding]:
    """Amounts in scope that are far from those of the other rows, or regions, for each of something else; one finding
    for each."""
    for rows in tables:
        codes = codes_of([rows])
        if facts.scope is not None and codes.isdisjoint(facts.scope):
            continue
        logs = {
            code: math.log10(figure.value)
            for code in codes
            if (figure := facts.reported.get(code)) and figure.value > 0
        }
        seen = set[str]()
        for pairs in _pairs(facts, rows, logs):
            for pair in pairs:
                if seen.isdisjoint(pair) and (facts.scope is None or not {*pair}.isdisjoint(facts.scope)):
                    finding = _beside(facts, pair, pairs, logs) or _elsewhere(facts, pair, logs)
                    if finding is not None:
                        seen |= set(pair)
                        yield finding


def _pairs(facts: Facts, rows: Rows, logs: Mapping[str, float]) -> Iterator[list[Pair]]:
    """Of each two columns and their units the amounts with what they are divided by. A share of counts may be as small
    as it likes."""
    for one, other in combinations(sorted({column for row in rows for column in row}), 2):
        by_units: dict[tuple[str, str], list[Pair]] = {}
        for row in rows:
            pair = row.get(one, ""), row.get(other, "")
            if logs.keys() >= set(pair):
                known = [facts.indicators[code] for code in pair]
                if not (known[0].exact and known[1].exact):
                    pair = pair[::-1] if known[0].exact else pair
                    by_units.setdefault((known[0].unit, known[1].unit), []).append(pair)
        yield from by_units.values()


def _beside(facts: Facts, pair: Pair, pairs: Iterable[Pair], logs: Mapping[str, float]) -> Finding | None:
    """Against the other rows of the table."""
    others = [logs[a] - logs[b] for a, b in pairs if (a, b) != pair]
    distance = _distance(logs[pair[0]] - logs[pair[1]], others)
    return _finding(facts, pair, distance, (Template.ROWS_MORE, Template.ROWS_LESS)) if distance else None


def _elsewhere(facts: Facts, pair: Pair, logs: Mapping[str, float]) -> Finding | None:
    """Against the same of other regions."""
    above, below = (facts.elsewhere().get(code, {}) for code in pair)
    common = [region for region in above.keys() & below.keys() if above[region] > 0 and below[region] > 0]
    others = [math.log10(above[region]) - math.log10(below[region]) for region in common]
    distance = _distance(logs[pair[0]] - logs[pair[1]], others)
    return _finding(facts, pair, distance, (Template.REGIONS_MORE, Template.REGIONS_LESS)) if distance else None


def _distance(value: float, others: Sequence[float]) -> float:
    """How far it is from the middle of the others; 0 where that is not unusual or these are too few to tell."""
    if len(others) < FEWEST:
        return 0.0
    middle = median(others)
    spread = median(abs(other - middle) for other in others)
    return value - middle if abs(value - middle) >= max(LEAST_FACTOR, UNUSUAL * spread) else 0.0


def _finding(facts: Facts, pair: Pair, distance: float, templates: tuple[Template, Template]) -> Finding:
    figure, base = (facts.reported[code] for code in pair)
    values = {
        "name": figure.indicator.name,
        "value": figure.text_with_unit,
        "of": base.indicator.name,
        "count": base.text_with_unit,
        "times": f"{rounded(Decimal(10 ** abs(distance)), 0):,}",
    }
    usual = rounded(figure.value / Decimal(10**distance), figure.places)
    message = Message(templates[0] if distance > 0 else templates[1], values)
    rule = f"{CheckKind.SIBLING}:{figure.indicator.code}"
    return Finding(rule, CheckKind.SIBLING, WARNING, pair, figure.value, usual, message)
