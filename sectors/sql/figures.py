"""Reported figures, as the checks and the sheets ask for them with every cell that is saved."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from django.db import connection

from sectors.sql.execution import as_decimal, fetch, placeholders
from sectors.vocabulary import Frequency

# Indicator, kind, year and number of the period, value (None when not applicable), decimals given.
FigureRow = tuple[int, str, int, int, Decimal | None, int]


def figure_rows(
    region: int,
    years: tuple[int, int],
    *,
    kind: str = "",
    sheets: Iterable[int] = (),
    indicators: Collection[int] = (),
    accepted: bool = False,
) -> list[FigureRow]:
    """Reported figures of a region from the first to the last of some years, of one kind of period (for years also of
    the last year's other periods) and of some sheets or indicators, where such are named.

    The checks ask for it with every cell that is saved, and so does what follows from the cell.
    """
    sheets = list(sheets)
    where = ["f.region_id = %s", "f.state <> 'blank'", "p.year BETWEEN %s AND %s"]
    values: list[Any] = [region, *years]
    if kind:
        where.append("(p.kind = %s OR p.year = %s)" if kind == Frequency.YEAR else "p.kind = %s")
        values += [kind, years[1]] if kind == Frequency.YEAR else [kind]
    if sheets:
        where.append(f"f.indicator_id IN (SELECT id FROM sectors_indicator WHERE sheet_id IN ({placeholders(sheets)}))")
    if indicators:
        where.append(f"f.indicator_id IN ({placeholders(indicators)})")
    if accepted:
        where.append("s.status = 'accepted'")
    query = (
        "SELECT f.indicator_id, p.kind, p.year, p.number, f.value, f.places FROM sectors_figure f "
        "JOIN sectors_submission s ON s.id = f.submission_id JOIN sectors_period p ON p.id = s.period_id "
        f"WHERE {' AND '.join(where)}"
    )
    rows: list[FigureRow] = fetch(query, [*values, *sheets, *indicators])
    if connection.vendor == "postgresql":
        return rows
    return [
        (key, of_kind, year, number, as_decimal(value), places) for key, of_kind, year, number, value, places in rows
    ]


# State, value, decimals given and note.
FigureCell = tuple[str, Decimal | None, int, str]


def figures_in(submission: int, indicators: Collection[int]) -> dict[int, FigureCell]:
    """What stands in some cells of a submission, by the indicator's key."""
    query = (
        "SELECT indicator_id, state, value, places, note FROM sectors_figure "
        f"WHERE submission_id = %s AND indicator_id IN ({placeholders(indicators)})"
    )
    rows = fetch(query, [submission, *indicators])
    return {key: (state, as_decimal(value), places, note) for key, state, value, places, note in rows}
