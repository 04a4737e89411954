"""Reported figures, as checks and sheets ask for them with every cell that is saved (`make bench NAME=entry`)."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection

from sectors.calculation.periods import PeriodKey
from sectors.models import Figure, Indicator, Period, Region, Submission
from sectors.sql.execution import as_date, as_decimal, fetch, placeholders
from sectors.sql.names import Aliased
from sectors.sql.regions import Within
from sectors.vocabulary import FigureState, SubmissionStatus

_f, _i, _p, _s = Aliased(Figure, "f"), Aliased(Indicator, "i"), Aliased(Period, "p"), Aliased(Submission, "s")
_r, _o = Aliased(Region, "r"), Aliased(Region, "o")

# Indicator, kind, year and number of the period, value (None when not applicable or in words), decimals given,
# qualifier, as of.
FigureRow = tuple[int, str, int, int, Decimal | None, int, str, datetime.date | None]


def figure_rows(
    region: int,
    years: tuple[int, int],
    *,
    since: Mapping[str, int] | None = None,
    sheets: Iterable[int] = (),
    indicators: Collection[int] = (),
    accepted: bool = False,
) -> list[FigureRow]:
    """Reported figures of a region from the first to the last of some years, of some sheets or indicators, where such
    are named, and of some kinds of period, each from a year on (`since`)."""
    sheets, since = list(sheets), since or {}
    where = [f"{_f.region} = %s", f"{_f.state} <> '{FigureState.BLANK}'", f"{_p.year} BETWEEN %s AND %s"]
    values: list[Any] = [region, *years]
    if since:
        where.append(f"({' OR '.join([f'({_p.kind} = %s AND {_p.year} >= %s)'] * len(since))})")
        values += [value for pair in since.items() for value in pair]
    if sheets:
        of_sheets = f"SELECT {_i.id} FROM {_i} WHERE {_i.sheet} IN ({placeholders(sheets)})"
        where.append(f"{_f.indicator} IN ({of_sheets})")
    if indicators:
        where.append(f"{_f.indicator} IN ({placeholders(indicators)})")
    if accepted:
        where.append(f"{_s.status} = '{SubmissionStatus.ACCEPTED}'")
    query = f"""SELECT {_f.indicator}, {_p.kind}, {_p.year}, {_p.number}, {_f.value}, {_f.places}, {_f.qualifier},
            {_f.as_of}
        FROM {_f}
        JOIN {_s} ON {_s.id} = {_f.submission} JOIN {_p} ON {_p.id} = {_s.period}
        WHERE {" AND ".join(where)}"""
    rows: list[FigureRow] = fetch(query, [*values, *sheets, *indicators])
    if connection.vendor == "postgresql":
        return rows
    return [(*row[:4], as_decimal(row[4]), *row[5:7], row[7] and as_date(row[7])) for row in rows]


# Indicator, region, kind, year and number of the period, and the words.
WordsRow = tuple[int, int, str, int, int, str]


def words_rows(
    regions: Within,
    years: Collection[int],
    indicators: Collection[int],
    *,
    accepted: bool = False,
    also: Collection[int] = (),
) -> list[WordsRow]:
    """What was reported in words, in the order of time; of accepted submissions alone, and those of `also`, or all."""
    counted = f"{_s.status} = '{SubmissionStatus.ACCEPTED}'"
    if also:
        counted = f"({counted} OR {_s.id} IN ({placeholders(also)}))"
    inside, within = regions.has(_f.region)
    statement = f"""SELECT {_f.indicator}, {_f.region}, {_p.kind}, {_p.year}, {_p.number}, {_f.words}
        FROM {_f}
        JOIN {_s} ON {_s.id} = {_f.submission} JOIN {_p} ON {_p.id} = {_s.period}
        WHERE {_f.state} = '{FigureState.TEXT}' AND {inside}
            AND {_p.year} IN ({placeholders(years)}) AND {_f.indicator} IN ({placeholders(indicators)})
            {f"AND {counted}" if accepted else ""}
        ORDER BY {_p.year}, {_p.number}"""
    values = [*within, *years, *indicators, *(also if accepted else ())]
    rows: list[WordsRow] = fetch(statement, values)
    return rows


_BESIDE = f"""SELECT {_f.indicator}, {_f.region}, {_f.value} FROM {_f}
    JOIN {_r} ON {_r.id} = {_f.region} JOIN {_o} ON {_o.parent} = {_r.parent}
    JOIN {_s} ON {_s.id} = {_f.submission} JOIN {_p} ON {_p.id} = {_s.period}
    WHERE {_o.id} = %s AND {_r.id} <> {_o.id} AND {_s.status} = '{SubmissionStatus.ACCEPTED}'
        AND {_f.value} IS NOT NULL AND {_p.kind} = %s AND {_p.number} = %s AND {_p.year} BETWEEN %s AND %s
        AND {_f.indicator} IN ({{wanted}})
    ORDER BY {_p.year}"""


def figures_beside(region: int, period: PeriodKey, indicators: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """By indicator and region: accepted figures of the regions that lie in the same one, of the same period of this
    year or, where there is none yet, of the last."""
    statement = _BESIDE.format(wanted=placeholders(indicators))
    values = [region, period.kind, period.number, period.year - 1, period.year, *indicators]
    found: dict[int, dict[int, Decimal]] = {}
    for key, where, value in fetch(statement, values):
        found.setdefault(key, {})[where] = as_decimal(value) or Decimal(0)
    return found


# State, value, decimals given, qualifier, as of, words; then the note.
FigureCell = tuple[str, Decimal | None, int, str, datetime.date | None, str, str]


def figures_in(submission: int, indicators: Collection[int]) -> dict[int, FigureCell]:
    """What stands in some cells of a submission, by the indicator's key."""
    query = f"""SELECT {_f.indicator}, {_f.state}, {_f.value}, {_f.places}, {_f.qualifier}, {_f.as_of},
            {_f.words}, {_f.note}
        FROM {_f} WHERE {_f.submission} = %s AND {_f.indicator} IN ({placeholders(indicators)})"""
    rows = fetch(query, [submission, *indicators])
    return {row[0]: (row[1], as_decimal(row[2]), *row[3:5], row[5] and as_date(row[5]), *row[6:]) for row in rows}
