"""The least SQL that gives the numbers of the boards, written out by hand for PostgreSQL: nothing of the product's own.

Each statement adds up in the database all that a board shows added up. What the boards do besides is left out on
purpose: no ratio is computed, no year is asked whether it is whole, no sentence is made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

ACCEPTED_FIGURES = """
    FROM sectors_figure f
    JOIN sectors_submission s ON s.id = f.submission_id
    JOIN sectors_period p ON p.id = s.period_id
    WHERE f.region_id = ANY(%s) AND f.indicator_id = ANY(%s) AND p.year = ANY(%s)
        AND s.status = 'accepted' AND f.state <> 'blank'"""
SUMS = f"""SELECT f.indicator_id, p.year, p.kind, p.number, NULL, SUM(f.value), COUNT(f.value) {ACCEPTED_FIGURES}
    GROUP BY f.indicator_id, p.year, p.kind, p.number"""
SUMS_BY_REGION = f"""SELECT f.indicator_id, p.year, p.kind, p.number, f.region_id, SUM(f.value), COUNT(f.value)
    {ACCEPTED_FIGURES} GROUP BY GROUPING SETS (
        (f.indicator_id, p.year, p.kind, p.number), (f.indicator_id, p.year, p.kind, p.number, f.region_id))"""
EXPECTED = """SELECT s.sheet_id, p.year, p.kind, COUNT(DISTINCT s.region_id) FROM sectors_submission s
    JOIN sectors_period p ON p.id = s.period_id
    WHERE s.region_id = ANY(%s) AND p.year = ANY(%s) GROUP BY s.sheet_id, p.year, p.kind"""

_SUBMISSIONS = """WITH given AS (
        SELECT s.id, s.region_id, s.sheet_id, s.department_id, d.short_name, d.signs, s.status, p.kind, p.number,
            GREATEST(p.due, s.extended_until) AS due
        FROM sectors_submission s JOIN sectors_period p ON p.id = s.period_id
        JOIN sectors_department d ON d.id = s.department_id
        JOIN sectors_sheet h ON h.id = s.sheet_id
        WHERE s.region_id = ANY(%s) AND p.year = %s AND (%s = 0 OR h.sector_id = %s)
    ), filled AS (
        SELECT f.submission_id, COUNT(*) AS cells, COUNT(*) FILTER (WHERE i.required) AS required
        FROM given JOIN sectors_figure f ON f.submission_id = given.id
        JOIN sectors_indicator i ON i.id = f.indicator_id AND i.formula = ''
        WHERE f.state <> 'blank' GROUP BY f.submission_id
    ), left_on AS (
        SELECT t.submission_id, MIN(t.at) AS at FROM given JOIN sectors_transition t ON t.submission_id = given.id
        WHERE t.new = 'signed' AND t.by_id IS NOT NULL GROUP BY t.submission_id
    )"""
_JOINED = """FROM given LEFT JOIN filled ON filled.submission_id = given.id
    LEFT JOIN left_on ON left_on.submission_id = given.id"""
EACH_SUBMISSION = f"{_SUBMISSIONS} SELECT given.*, filled.cells, filled.required, left_on.at {_JOINED}"
BY_REGION = f"""{_SUBMISSIONS} SELECT region_id, COUNT(*), COUNT(*) FILTER (WHERE status = 'accepted'),
        COUNT(*) FILTER (WHERE status IN ('draft', 'returned') AND due < %s),
        COUNT(*) FILTER (WHERE left_on.at::date <= due), SUM(required) {_JOINED} GROUP BY region_id"""
FINDINGS = """SELECT g.period_id, g.severity, g.state, COUNT(*) FROM sectors_storedfinding g
    JOIN sectors_period p ON p.id = g.period_id
    WHERE g.region_id = ANY(%s) AND p.year = %s GROUP BY g.period_id, g.severity, g.state"""
LATE = """SELECT DISTINCT d.short_name FROM sectors_submission s JOIN sectors_period p ON p.id = s.period_id
    JOIN sectors_department d ON d.id = s.department_id
    WHERE s.region_id = %s AND p.year = %s AND s.status IN ('draft', 'returned') AND p.due < %s"""
URGES = """SELECT u.period_id, u.department_id, MAX(u.at) FROM sectors_urge u
    JOIN sectors_period p ON p.id = u.period_id
    WHERE p.region_id = %s AND p.year = %s GROUP BY u.period_id, u.department_id"""

Rows = list[tuple[Any, ...]]


def office(own: int, regions: Sequence[int], year: int, today: date) -> list[Rows]:
    """The own region's submissions one by one, the counts of every region, findings and urges."""
    return [
        _rows(EACH_SUBMISSION, [own], year, 0, 0),
        _rows(BY_REGION, list(regions), year, 0, 0, today),
        _rows(FINDINGS, list(regions), year),
        _rows(URGES, own, year),
    ]


def leadership(
    own: int, regions: Sequence[int], indicators: Collection[int], years: Sequence[int], today: date
) -> list[Rows]:
    """Sums of what the key indicators are computed from, how many report, the year's counts, and who is late."""
    return [
        _rows(SUMS, list(regions), list(indicators), list(years)),
        _rows(EXPECTED, list(regions), list(years)),
        _rows(BY_REGION, list(regions), max(years), 0, 0, today),
        _rows(LATE, own, max(years), today),
    ]


def sector(own: int, regions: Sequence[int], indicators: Collection[int], years: Sequence[int], key: int) -> list[Rows]:
    """Sums by region as well where there are several, who reports, the sector's sheets and findings."""
    by_region = SUMS_BY_REGION if len(regions) > 1 else SUMS
    return [
        _rows(by_region, list(regions), list(indicators), list(years)),
        _rows(EXPECTED, list(regions), list(years)),
        _rows(EACH_SUBMISSION, [own], max(years), key, key),
        _rows(FINDINGS, list(regions), max(years)),
    ]


def explored(regions: Sequence[int], indicators: Collection[int], years: Sequence[int]) -> list[Rows]:
    return [
        _rows(SUMS_BY_REGION, list(regions), list(indicators), list(years)),
        _rows(EXPECTED, list(regions), list(years)),
    ]


def total(sums: Rows, indicator: int, year: int) -> Decimal | None:
    """What the periods of a year add up to, of all regions together."""
    found = [row[5] for row in sums if row[:2] == (indicator, year) and row[4] is None and row[5] is not None]
    return sum(found, Decimal()) if found else None


def _rows(statement: str, *values: Any) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: Rows = cursor.fetchall()
    return found
