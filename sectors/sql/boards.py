"""What the boards ask for, each in one statement (`make bench NAME=boards`)."""

from __future__ import annotations

import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, DateField, Q
from django.db.models.expressions import RawSQL

from sectors.models import Department, Figure, Period, Sheet, StoredFinding, Submission, Urge
from sectors.models.periods import last_day_expression
from sectors.sql.execution import as_date, as_time, fetch
from sectors.sql.names import Aliased
from sectors.sql.regions import Within
from sectors.vocabulary import FindingState, Severity

_d, _g, _h, _p = Aliased(Department, "d"), Aliased(StoredFinding, "g"), Aliased(Sheet, "h"), Aliased(Period, "p")
_s, _u = Aliased(Submission, "s"), Aliased(Urge, "u")

# `day` is compiled from `last_day_expression`, `filled` from `FigureQuerySet.filled` and `delivery` from
# `sectors.timeliness`, the last two for those of `given`. A period's last day is worked out once for each of these and
# not for each of their figures, which took longer than all the rest.
_SUBMISSIONS = f"""WITH day (period, last) AS ({{days}}),
    given AS (
        SELECT {_s.id} AS id, day.last AS last_day
        FROM {_s} JOIN {_p} ON {_p.id} = {_s.period} JOIN day ON day.period = {_p.id} WHERE {{chosen}}
    ),
    filled (submission, cells, required) AS ({{filled}}),
    delivery (submission, at, is_imported) AS ({{delivery}})
    SELECT {_s.sheet}, {_p.year}, {_p.kind}, {_p.number}, {_p.due}, {_s.extended_until},
        delivery.at, delivery.is_imported,
        {_s.id}, {_s.region}, {_s.department}, {_d.short_name}, {_s.period}, {_s.status}, {_d.signs}, {_s.is_demo},
        {_s.is_reopened},
        COALESCE(filled.cells, 0), COALESCE(filled.required, 0)
    FROM given
    JOIN {_s} ON {_s.id} = given.id
    JOIN {_p} ON {_p.id} = {_s.period}
    JOIN {_d} ON {_d.id} = {_s.department}
    JOIN delivery ON delivery.submission = {_s.id}
    LEFT JOIN filled ON filled.submission = {_s.id}
    ORDER BY {_p.due}, {_s.id}"""
_URGES = f"""SELECT {_u.period}, {_u.department}, MAX({_u.at})
    FROM {_u} JOIN {_p} ON {_p.id} = {_u.period} WHERE {{chosen}}
    GROUP BY {_u.period}, {_u.department}"""
_FINDINGS = f"""SELECT {_p.id}, {_p.year}, {_p.kind}, {_p.number},
        COUNT(*) FILTER (WHERE {_g.severity} = '{Severity.ERROR}' AND {_g.state} = '{FindingState.OPEN}'),
        COUNT(*) FILTER (WHERE {_g.severity} = '{Severity.ERROR}' AND {_g.state} = '{FindingState.EXPLAINED}'),
        COUNT(*) FILTER (WHERE {_g.severity} = '{Severity.WARNING}' AND {_g.state} = '{FindingState.OPEN}'),
        COUNT(*) FILTER (WHERE {_g.severity} = '{Severity.HINT}')
    FROM {_g}
    JOIN {_p} ON {_p.id} = {_g.period}
    LEFT JOIN {_s} ON {_s.id} = {_g.submission}
    WHERE {{chosen}} AND {_g.state} <> '{FindingState.CORRECTED}'
    GROUP BY {_p.id}, {_p.year}, {_p.kind}, {_p.number}"""


class Chosen(NamedTuple):
    """Periods of a year in some regions, one of them where kind and number are named; of one sector where it is."""

    regions: Within
    year: int
    kind: str = ""
    number: int = 0
    sector: int | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """Over periods `p`; with a sector also over their submissions `s`."""
        inside, regions = self.regions.has(_p.region)
        parts = [inside, f"{_p.year} = %s"]
        values: list[Any] = [*regions, self.year]
        if self.kind:
            parts.append(f"{_p.kind} = %s AND {_p.number} = %s")
            values += [self.kind, self.number]
        if self.sector is not None:
            parts.append(f"{_s.sheet} IN (SELECT {_h.id} FROM {_h} WHERE {_h.sector} = %s)")
            values.append(self.sector)
        return " AND ".join(parts), values


def submissions(chosen: Chosen) -> list[tuple[Any, ...]]:
    """Sheet; year, kind and number of the period; due day and extension; when it was delivered, and whether it was
    imported; key, region, department and its short name, period, status, whether the head signs, whether it is for
    demonstration, whether it was accepted and is reopened; cells that are filled, and required ones that are. Soonest
    due first."""
    days, filled, delivery = (of(connection.vendor) for of in (_days, _filled, _delivery))
    condition, values = chosen.condition()
    statement = _SUBMISSIONS.format(days=days[0], chosen=condition, filled=filled[0], delivery=delivery[0])
    return fetch(statement, [*days[1], *values, *filled[1], *delivery[1]])


@cache
def _days(_vendor: str) -> tuple[str, list[Any]]:
    """The last day of each period, as text with its values."""
    rows = Period.objects.order_by().values_list("pk", last_day_expression())
    text, values = rows.query.sql_with_params()
    return text, list(values)


@cache
def _filled(_vendor: str) -> tuple[str, list[Any]]:
    """Of each submission how many cells are filled, and how many required ones, as text with its values."""
    filled: Any = Figure.objects.filled(RawSQL("given.last_day", (), DateField()))
    rows = filled.extra(tables=["given"], where=["given.id = sectors_figure.submission_id"]).order_by()
    counts = {"cells": Count("pk"), "required": Count("pk", filter=Q(indicator__required=True))}
    text, values = rows.values_list("submission").annotate(**counts).query.sql_with_params()
    return text, list(values)


@cache
def _delivery(_vendor: str) -> tuple[str, list[Any]]:
    """The statement of `SubmissionQuerySet.with_delivery` as text, with its values."""
    given: Any = Submission.objects.filter(pk__in=RawSQL("SELECT id FROM given", ())).order_by().with_delivery()
    text, values = given.values_list("pk", "delivered_at", "is_imported").query.sql_with_params()
    return text, list(values)


def last_urges(chosen: Chosen) -> dict[tuple[int, int], datetime.datetime]:
    """When a department was last urged or reminded, by period and department."""
    return {(period, department): as_time(at) for period, department, at in _fetch(_URGES, chosen)}


def open_findings(chosen: Chosen) -> list[tuple[int, int, str, int, int, int, int, int]]:
    """By period: its key, year, kind and number; open errors, errors that wait for the office, open warnings; hints."""
    rows: list[Any] = _fetch(_FINDINGS, chosen)
    return rows


def opened_periods(regions: Within) -> list[tuple[int, str, int, datetime.date]]:
    """Periods of some regions that have submissions: year, kind and number, and the first due day."""
    inside, values = regions.has(_p.region)
    statement = f"""SELECT {_p.year}, {_p.kind}, {_p.number}, MIN({_p.due}) FROM {_p}
        WHERE {inside} AND EXISTS (SELECT 1 FROM {_s} WHERE {_s.period} = {_p.id})
        GROUP BY {_p.year}, {_p.kind}, {_p.number}"""
    return [(year, kind, number, as_date(due)) for year, kind, number, due in fetch(statement, values)]


def _fetch(statement: str, chosen: Chosen) -> list[tuple[Any, ...]]:
    condition, values = chosen.condition()
    return fetch(statement.format(chosen=condition), values)
