"""Figures added up to periods, years and regions by the database: what `reports.aggregation` computes from, the only
place that sums. Django's expressions would take a query for each step (`make bench NAME=boards`).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Context, Decimal
from functools import partial
from typing import Any, NamedTuple

from django.db import connection

from sectors.models import Figure, Indicator, Period, Sheet, Submission
from sectors.sql.execution import as_date, as_decimal, fetch, placeholders
from sectors.sql.names import Aliased
from sectors.sql.regions import CLOSURE, Within
from sectors.vocabulary import PERIODS_A_YEAR, Accumulation, FigureState, Frequency, SubmissionStatus

_f, _i, _h = Aliased(Figure, "f"), Aliased(Indicator, "i"), Aliased(Sheet, "h")
_p, _s = Aliased(Period, "p"), Aliased(Submission, "s")

# What the figures of an indicator and region, or period, are: all numbers, all "not applicable", or some of each.
NUMBERS, ABSENT, MIXED = 0, 1, 2

# Accepted figures of periods and years, each in the areas that it counts for, with the months that it stands for as
# bits. A sheet's own periods count, and the annual figure.
_MONTHS = f"""(CASE {_p.kind} {{lengths}} END)
            << (CASE {_p.kind} {{steps}} END * ({_p.number} - 1))"""
_FIGURES = f"""WITH area (region, area) AS ({{areas}}),
    figure AS (
        SELECT {_f.indicator} AS indicator, {_f.region} AS region, {_p.year}, {_p.kind}, {_p.number},
            {_f.value}, {_f.places}, {_MONTHS} AS months, {_p.kind} = {_h.frequency} AS own,
            CASE {_h.frequency} {{counts}} END AS a_year,
            CASE {_i.formula} WHEN '' THEN {_i.accumulation} ELSE 'computed' END AS way
        FROM {_f}
        JOIN {_s} ON {_s.id} = {_f.submission}
        JOIN {_p} ON {_p.id} = {_s.period}
        JOIN {_i} ON {_i.id} = {_f.indicator}
        JOIN {_h} ON {_h.id} = {_i.sheet}
        WHERE {{inside}} AND {{counted}}
            AND {_f.state} <> '{FigureState.BLANK}'
            AND {_p.year} IN ({{years}}) AND {_p.kind} IN ({_h.frequency}, '{Frequency.YEAR}') {{wanted}}
    )"""
# A region's year: its periods make it where all are answered or nothing else is there, else the annual figure. The
# latest counts of what does not add up. What was declared for a computed indicator is its annual figure only. Regions
# whose years are made of the same are put together: by months, by what is answered, and by an annual figure or not.
_YEARS = f""",
    latest AS (
        SELECT indicator, region, year, value,
            ROW_NUMBER() OVER (PARTITION BY indicator, region, year ORDER BY number DESC) AS age
        FROM figure WHERE own AND value IS NOT NULL
    ),
    one AS (
        SELECT indicator, region, year, MAX(way) AS way, MAX(a_year) AS a_year,
            COUNT(*) FILTER (WHERE own) AS answered,
            COUNT(value) FILTER (WHERE own) AS numbers,
            SUM(months) FILTER (WHERE own) AS months,
            SUM(value) FILTER (WHERE own) AS total,
            AVG(value) FILTER (WHERE own) AS mean,
            MAX(value) FILTER (WHERE kind = '{Frequency.YEAR}') AS annual,
            MIN(places) FILTER (WHERE own AND value IS NOT NULL) AS places,
            MIN(places) FILTER (WHERE kind = '{Frequency.YEAR}') AS annual_places,
            COUNT(*) FILTER (WHERE kind = '{Frequency.YEAR}' AND NOT own) AS annuals,
            COUNT(*) FILTER (WHERE kind = '{Frequency.YEAR}') AS years
        FROM figure GROUP BY indicator, region, year
    ),
    made AS (
        SELECT one.*, CASE WHEN way = 'computed' OR (annuals > 0 AND answered < a_year) THEN 1 ELSE 0 END AS by_annual
        FROM one
    ),
    of_year AS (
        SELECT made.indicator, made.region, made.year, made.way, by_annual,
            CASE by_annual WHEN 1 THEN annual_places ELSE COALESCE(places, 0) END AS places,
            CASE
                WHEN by_annual = 1 THEN annual
                WHEN way = '{Accumulation.FLOW}' THEN total
                WHEN way = '{Accumulation.AVERAGE}' THEN mean
                ELSE latest.value
            END AS value,
            CASE by_annual WHEN 1 THEN 0 ELSE answered END AS answered,
            CASE by_annual WHEN 1 THEN {{year}} ELSE months END AS months,
            CASE
                WHEN by_annual = 1 THEN CASE WHEN annual IS NULL THEN {ABSENT} ELSE {NUMBERS} END
                WHEN numbers = answered THEN {NUMBERS} WHEN numbers = 0 THEN {ABSENT} ELSE {MIXED}
            END AS given
        FROM made
        LEFT JOIN latest ON latest.indicator = made.indicator AND latest.region = made.region
            AND latest.year = made.year AND latest.age = 1
        WHERE way <> 'computed' OR years > 0
    )
    SELECT indicator, area, year, '{Frequency.YEAR}', 1, {{rolled}}, MIN(places),
        CAST(SUM(answered) AS INTEGER), given, months, by_annual, {{joined}}
    FROM of_year JOIN area ON area.region = of_year.region
    GROUP BY indicator, area, year, way, given, months, by_annual"""
_PERIODS = f"""
    SELECT indicator, area, year, kind, number, {{rolled}}, MIN(places), COUNT(*),
        CASE WHEN value IS NULL THEN {ABSENT} ELSE {NUMBERS} END, MAX(months), 0, {{joined}}
    FROM figure JOIN area ON area.region = figure.region WHERE own AND kind <> '{Frequency.YEAR}'
    GROUP BY indicator, area, year, kind, number, way, value IS NULL"""
_ROLLED = f"CASE way WHEN '{Accumulation.AVERAGE}' THEN AVG(value) ELSE SUM(value) END"
# Different numbers as a text with commas.
_JOINED = {
    "postgresql": "STRING_AGG(DISTINCT CAST({} AS TEXT), ',')",
    "sqlite": "GROUP_CONCAT(DISTINCT {})",
}

# The same one by one, of any kind of period and without being put together.
_ONE_BY_ONE = f"""SELECT {_f.indicator}, {_f.region}, {_p.year}, {_p.kind}, {_p.number}, {_f.value}, {_f.places}
    FROM {_f}
    JOIN {_s} ON {_s.id} = {_f.submission}
    JOIN {_p} ON {_p.id} = {_s.period}
    WHERE {{inside}} AND {{counted}}
        AND {_f.state} <> '{FigureState.BLANK}' AND {_p.year} IN ({{years}}) {{wanted}}
    ORDER BY {_p.year}, {_p.number}"""

# The few among them that say that they are not exact, or of another day than the period's last.
_INEXACT = f"""SELECT {_f.indicator}, {_f.region}, {_p.year}, {_p.kind}, {_p.number}, {_f.value}, {_f.places},
        {_f.qualifier}, {_f.as_of}
    FROM {_f}
    JOIN {_s} ON {_s.id} = {_f.submission}
    JOIN {_p} ON {_p.id} = {_s.period}
    WHERE ({_f.qualifier} > '' OR {_f.as_of} IS NOT NULL) AND {{inside}}
        AND {{counted}} AND {_p.year} IN ({{years}})"""

# Which regions have submissions of a sheet for a kind of period in a year, and for which of them there is any.
_REPORTERS = f"""WITH area (region, area) AS ({{areas}}),
    given AS (
        SELECT {_s.sheet} AS sheet, {_s.region} AS region, {_p.year}, {_p.kind}, {_p.number}
        FROM {_s} JOIN {_p} ON {_p.id} = {_s.period}
        WHERE {{inside}} AND {_p.year} IN ({{years}}) AND {_s.sheet} IN ({{sheets}})
    )
    SELECT sheet, area, year, kind, {{joined}}, {{numbers}}
    FROM given JOIN area ON area.region = given.region GROUP BY sheet, area, year, kind"""
# Of each kind of period how many make a year, its months as bits from January on, and the step to the next one.
_COUNTS = " ".join(f"WHEN '{kind}' THEN {count}" for kind, count in PERIODS_A_YEAR.items())
_LENGTHS = " ".join(f"WHEN '{kind}' THEN {(1 << 12 // count) - 1}" for kind, count in PERIODS_A_YEAR.items())
_STEPS = " ".join(f"WHEN '{kind}' THEN {12 // count}" for kind, count in PERIODS_A_YEAR.items())
_EXACT = Context(prec=15)  # SQLite computes in floating point, of which so many digits are what was meant

EVERYTHING = 0  # the area that is all regions together; others have the key of a region


class Areas(NamedTuple):
    """Regions, and those among them of which what lies in them is wanted by itself too."""

    regions: Within
    apart: tuple[int, ...] = ()

    def pairs(self) -> tuple[str, list[int]]:
        """A statement of each region with the areas that it counts for, with its values."""
        if self.regions.is_alone:
            found = [(pk, EVERYTHING) for pk in self.regions.regions] + [(pk, pk) for pk in self.apart]
            return f"VALUES {', '.join(['(%s, %s)'] * len(found))}", [part for pair in found for part in pair]
        statement, values = self._in(f"{EVERYTHING}", self.regions.regions)
        if not self.apart:
            return statement, values
        more, others = self._in(CLOSURE.area, self.apart)
        return f"{statement} UNION ALL {more}", [*values, *others]

    def _in(self, area: str, regions: tuple[int, ...]) -> tuple[str, list[int]]:
        inside, values = f"{CLOSURE.area} IN ({placeholders(regions)})", list(regions)
        return f"SELECT {CLOSURE.region}, {area} FROM {CLOSURE} WHERE {inside}", values


class AreaFigure(NamedTuple):
    """Regions of an area whose year, or period, of an indicator is made of the same, put together.

    `months` are bits from January on, `regions` their keys with commas, `answered` counts their figures of periods,
    `places` are the fewest decimals that one was given with.
    """

    indicator: int
    area: int
    year: int
    kind: str
    number: int
    value: Decimal | None
    places: int
    answered: int
    given: int
    months: int
    by_annual: int
    regions: str


# Thousands of them are made, twice as fast without the steps between the class and the tuple that it is.
_area_figure: Callable[[tuple[Any, ...]], AreaFigure] = partial(tuple.__new__, AreaFigure)
# Indicator, region, and year, kind and number of the period; value (None: not applicable), decimals given.
OneFigure = tuple[int, int, int, str, int, Decimal | None, int]
# Sheet, area, year and kind of period; with commas the regions, and the numbers of the periods that there are.
AreaReporters = tuple[int, int, int, str, str, str]


def figures_of_years(
    areas: Areas,
    years: Collection[int],
    indicators: Sequence[int] = (),
    *,
    by_period: bool = False,
    also: Collection[int] = (),
) -> Iterator[AreaFigure]:
    """Accepted figures of areas by year, and by period; of some indicators, where such are named. `also` are
    submissions that count although they are not accepted."""
    statement = _FIGURES + _YEARS + (f" UNION ALL {_PERIODS}" if by_period else "")
    return _figures(statement, areas, years, indicators, also)


def figures_of_periods(
    areas: Areas, years: Collection[int], indicators: Sequence[int] = (), *, also: Collection[int] = ()
) -> Iterator[AreaFigure]:
    """The same by period alone, without annual ones."""
    return _figures(_FIGURES + _PERIODS, areas, years, indicators, also)


def _figures(
    statement: str, areas: Areas, years: Collection[int], indicators: Sequence[int], also: Collection[int]
) -> Iterator[AreaFigure]:
    parts = {"counted": _counted(also), "rolled": _ROLLED, "joined": _joined("area.region"), "year": (1 << 12) - 1}
    parts |= {"lengths": _LENGTHS, "steps": _STEPS, "counts": _COUNTS, "wanted": _wanted(indicators)}
    rows = fetch(*_statement(statement, _f.region, areas, years, indicators, **parts))
    return map(_area_figure, rows if connection.vendor == "postgresql" else map(_exactly, rows))


def figures_one_by_one(
    regions: Within, years: Collection[int], indicators: Sequence[int], also: Collection[int] = ()
) -> Iterator[OneFigure]:
    """Accepted figures of regions in the order of time, of annual submissions and of any kind of period."""
    inside, values = regions.has(_f.region)
    places = {"inside": inside, "years": placeholders(years)}
    statement = _ONE_BY_ONE.format(**places, counted=_counted(also), wanted=_wanted(indicators))
    for row in fetch(statement, [*values, *years, *indicators]):
        yield (*row[:5], as_decimal(row[5]), row[6])


class InexactFigure(NamedTuple):
    """An accepted number with its qualifier and the day that it is as of; either may be missing."""

    indicator: int
    region: int
    year: int
    kind: str
    number: int
    value: Decimal
    places: int
    qualifier: str
    as_of: datetime.date | None


def inexact_figures(regions: Within, years: Collection[int], also: Collection[int] = ()) -> list[InexactFigure]:
    """Of any indicator and kind of period."""
    inside, values = regions.has(_f.region)
    statement = _INEXACT.format(inside=inside, years=placeholders(years), counted=_counted(also))
    rows = fetch(statement, [*values, *years])
    return [InexactFigure._make((*row[:5], as_decimal(row[5]), *row[6:8], row[8] and as_date(row[8]))) for row in rows]


def area_reporters(areas: Areas, years: Collection[int], sheets: Sequence[int]) -> list[AreaReporters]:
    """Which regions of areas have submissions of some sheets, by year and kind of period."""
    joined, numbers = _joined("area.region"), _joined("number")
    parts = {"sheets": placeholders(sheets), "joined": joined, "numbers": numbers}
    rows: list[AreaReporters] = fetch(*_statement(_REPORTERS, _s.region, areas, years, sheets, **parts))
    return rows


def _counted(also: Collection[int]) -> str:
    """Which submissions count: accepted ones, and some by their keys."""
    accepted = f"{_s.status} = '{SubmissionStatus.ACCEPTED}'"
    return f"({accepted} OR {_s.id} IN ({', '.join(str(int(key)) for key in also)}))" if also else accepted


def _joined(column: str) -> str:
    return _JOINED[connection.vendor].format(column)


def _wanted(indicators: Sequence[int]) -> str:
    return f"AND {_f.indicator} IN ({placeholders(indicators)})" if indicators else ""


def _statement(
    statement: str, region: str, areas: Areas, years: Collection[int], keys: Sequence[int], **parts: Any
) -> tuple[str, list[int]]:
    """With its values. `region` is the column that tells whether a row is one of the regions'."""
    (pairs, values), (inside, within) = areas.pairs(), areas.regions.has(region)
    given = {"areas": pairs, "inside": inside, "years": placeholders(years)}
    return statement.format(**given, **parts), [*values, *within, *years, *keys]


def _exactly(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:5], None if row[5] is None else _EXACT.create_decimal(row[5]), *row[6:])
