"""Figures added up to periods, years and regions by the database: what `reports.aggregation` computes from, the only
place that sums. Django's expressions would take a query for each step (`make bench NAME=boards`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Context, Decimal
from typing import Any

from django.db import connection

from sectors.models import Figure, Indicator, Period, Sheet, Submission
from sectors.sql.execution import fetch, placeholders
from sectors.sql.names import Aliased
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, FigureState, Frequency, SubmissionStatus

_f, _i, _h = Aliased(Figure, "f"), Aliased(Indicator, "i"), Aliased(Sheet, "h")
_p, _s = Aliased(Period, "p"), Aliased(Submission, "s")

# Accepted figures of periods and years, each in the areas that it counts for. A sheet's own periods count, and the
# annual figure.
_FIGURES = f"""WITH area (region, area) AS (VALUES {{areas}}),
    figure AS (
        SELECT {_f.indicator} AS indicator, {_f.region} AS region, {_p.year}, {_p.kind}, {_p.number},
            {_f.value}, {_f.places},
            CASE {_f.state} WHEN '{FigureState.NOT_APPLICABLE}' THEN 1 ELSE 0 END AS absent,
            CASE {_i.formula} WHEN '' THEN {_i.accumulation} ELSE 'computed' END AS way
        FROM {_f}
        JOIN {_s} ON {_s.id} = {_f.submission}
        JOIN {_p} ON {_p.id} = {_s.period}
        JOIN {_i} ON {_i.id} = {_f.indicator}
        JOIN {_h} ON {_h.id} = {_i.sheet}
        WHERE {_f.region} IN ({{regions}}) AND {_s.status} = '{SubmissionStatus.ACCEPTED}'
            AND {_f.state} <> '{FigureState.BLANK}'
            AND {_p.year} IN ({{years}}) AND {_p.kind} IN ({_h.frequency}, '{Frequency.YEAR}') {{wanted}}
    )"""
# Meaning of a year: the periods make the value where there are any, else the annual figure is it. The latest counts
# of what does not add up. What was declared for a computed indicator is its annual figure only.
_YEARS = f""",
    latest AS (
        SELECT indicator, region, year, value, places,
            ROW_NUMBER() OVER (PARTITION BY indicator, region, year ORDER BY number DESC) AS age
        FROM figure WHERE kind <> '{Frequency.YEAR}' AND value IS NOT NULL
    ),
    one AS (
        SELECT indicator, region, year, MAX(way) AS way,
            COUNT(value) FILTER (WHERE kind <> '{Frequency.YEAR}') AS periods,
            SUM(value) FILTER (WHERE kind <> '{Frequency.YEAR}') AS total,
            AVG(value) FILTER (WHERE kind <> '{Frequency.YEAR}') AS mean,
            MAX(value) FILTER (WHERE kind = '{Frequency.YEAR}') AS annual,
            MAX(places) FILTER (WHERE kind = '{Frequency.YEAR}') AS places,
            COUNT(*) FILTER (WHERE kind = '{Frequency.YEAR}') AS years,
            COALESCE(MAX(absent) FILTER (WHERE kind = '{Frequency.YEAR}'), MAX(absent)) AS absent
        FROM figure GROUP BY indicator, region, year
    ),
    of_year AS (
        SELECT one.indicator, one.region, one.year, one.way,
            CASE
                WHEN periods = 0 OR one.way = 'computed' THEN annual
                WHEN one.way = '{Accumulation.FLOW}' THEN total
                WHEN one.way = '{Accumulation.AVERAGE}' THEN mean
                ELSE latest.value
            END AS value,
            CASE periods WHEN 0 THEN years ELSE periods END AS have,
            CASE periods WHEN 0 THEN one.places ELSE latest.places END AS places,
            CASE periods WHEN 0 THEN absent ELSE 0 END AS absent,
            periods
        FROM one
        LEFT JOIN latest ON latest.indicator = one.indicator AND latest.region = one.region
            AND latest.year = one.year AND latest.age = 1
    )
    SELECT indicator, area, year, '{Frequency.YEAR}', 1, {{rolled}}, CAST(SUM(have) AS INTEGER), MAX(periods)
    FROM of_year JOIN area ON area.region = of_year.region
    GROUP BY indicator, area, year, way HAVING {{one_statement}}"""
_PERIODS = f"""
    UNION ALL
    SELECT indicator, area, year, kind, number, {{rolled}}, COUNT(value), COUNT(value)
    FROM figure JOIN area ON area.region = figure.region WHERE kind <> '{Frequency.YEAR}'
    GROUP BY indicator, area, year, kind, number, way HAVING {{one_statement}}"""
_ROLLED = f"""CASE way WHEN '{Accumulation.AVERAGE}' THEN AVG(value) ELSE SUM(value) END, MAX(places),
        CASE COUNT(value) WHEN 0 THEN MIN(absent) ELSE 0 END"""
# What several regions declared cannot be added up or averaged; only computing again is right.
_ONE_STATEMENT = "way <> 'computed' OR COUNT(value) <= 1"

# How many values are expected of a sheet. A region counts by the sheet's frequency, or once where it has annual
# submissions only.
_EXPECTED = f"""WITH area (region, area) AS (VALUES {{areas}}),
    given AS (
        SELECT {_s.sheet} AS sheet, {_s.region} AS region, {_p.year}, {_p.kind}, {_p.number}, {_h.frequency},
            CASE {_p.kind} {{lengths}} END AS periods
        FROM {_s}
        JOIN {_p} ON {_p.id} = {_s.period}
        JOIN {_h} ON {_h.id} = {_s.sheet}
        WHERE {_s.region} IN ({{regions}}) AND {_p.year} IN ({{years}}) AND {_s.sheet} IN ({{sheets}})
    )
    SELECT sheet, area, year, '{Frequency.YEAR}', 1, SUM(periods)
    FROM (
        SELECT sheet, region, year,
            COALESCE(MAX(periods) FILTER (WHERE kind = frequency), MIN(periods)) AS periods
        FROM given GROUP BY sheet, region, year
    ) AS each JOIN area ON area.region = each.region
    GROUP BY sheet, area, year
    UNION ALL
    SELECT sheet, area, year, kind, number, COUNT(*)
    FROM given JOIN area ON area.region = given.region WHERE kind <> '{Frequency.YEAR}'
    GROUP BY sheet, area, year, kind, number"""
_LENGTHS = " ".join(f"WHEN '{kind}' THEN {count}" for kind, count in PERIODS_A_YEAR.items())
_EXACT = Context(prec=15)  # SQLite computes in floating point, of which so many digits are what was meant

# Region and the area that it counts for.
Areas = Sequence[tuple[int, int]]
# Indicator, area, and year, kind and number of the period or year; value, decimals given, 1 where all who reported said
# that it does not apply, how many reported it, and more than 0 where periods made the value.
AreaFigure = tuple[int, int, int, str, int, Decimal | None, int, int, int, int]
# Sheet, area, and year, kind and number of the period or year; how many values are expected.
AreaExpected = tuple[int, int, int, str, int, int]


def area_figures(
    areas: Areas, years: Collection[int], *, indicators: Sequence[int] = (), by_period: bool = False
) -> list[AreaFigure]:
    """Accepted figures of areas by year, and with `by_period` by period; of some indicators, where such are named."""
    statement = _FIGURES + _YEARS + (_PERIODS if by_period else "")
    wanted = f"AND {_f.indicator} IN ({placeholders(indicators)})" if indicators else ""
    rows = _rows(statement, areas, years, indicators, wanted=wanted, rolled=_ROLLED, one_statement=_ONE_STATEMENT)
    return rows if connection.vendor == "postgresql" else [_exactly(row) for row in rows]


def area_expected(areas: Areas, years: Collection[int], sheets: Sequence[int]) -> list[AreaExpected]:
    """How many values of each of some sheets are expected of areas by year and period."""
    return _rows(_EXPECTED, areas, years, sheets, sheets=placeholders(sheets), lengths=_LENGTHS)


def _rows(statement: str, areas: Areas, years: Collection[int], keys: Sequence[int], **parts: str) -> list[Any]:
    regions = list({region: None for region, _area in areas})
    given = {"areas": ", ".join(["(%s, %s)"] * len(areas)), "regions": placeholders(regions)}
    values = [part for pair in areas for part in pair]
    return fetch(statement.format(**given, years=placeholders(years), **parts), [*values, *regions, *years, *keys])


def _exactly(row: AreaFigure) -> AreaFigure:
    return (*row[:5], None if row[5] is None else _EXACT.create_decimal(row[5]), *row[6:])
