"""Figures that agree with one another, a few patterns of years that counties share: what one county's year takes to
work out would take a nation's hours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from demo.figures import CODE, IllustrativeYear
from demo.history import load_history
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import CompiledCatalogue
from sectors.models import Indicator, Period, Region, Submission

PATTERNS = 48


class Typed(NamedTuple):
    """A cell: which indicator, the number and its decimals; whether it may be left out, since no sum, rate or rule
    reads it, and whether it has to be answered all the same."""

    indicator: int
    code: str
    value: Decimal
    places: int
    is_free: bool
    is_required: bool


# By sheet and period.
Pattern = Mapping[tuple[int, PeriodKey], Sequence[Typed]]


def patterns(catalogue: CompiledCatalogue, first: Region, years: Sequence[int], count: int) -> list[Pattern]:
    """Different years of the first county, from its real one on."""
    with transaction.atomic():
        load_history(first)
        found = [_years(first, years, number) for number in range(1, count + 1)]
        transaction.set_rollback(True)  # the real year was only looked at
    read = _read_elsewhere(catalogue)
    return [
        {
            (sheet, key): _cells(catalogue, of_years[key.year], sheet, key, read)
            for sheet in catalogue.sheets
            for year in years
            for key in catalogue.own_periods(sheet, year)
        }
        for of_years in found
    ]


def _years(region: Region, years: Sequence[int], pattern: int) -> dict[int, IllustrativeYear]:
    found: dict[int, IllustrativeYear] = {}
    for year in years:
        found[year] = IllustrativeYear(region, year, found.get(year - 1), pattern=pattern)
    return found


def _cells(
    catalogue: CompiledCatalogue, year: IllustrativeYear, sheet: int, key: PeriodKey, read: set[str]
) -> Sequence[Typed]:
    period = Period(year=key.year, kind=key.kind, number=key.number)
    texts = year.texts(Submission(sheet_id=sheet), period)
    return [_cell(catalogue.by_code[code], text, is_free=code not in read) for code, text in texts.items()]


def _cell(row: Indicator, text: str, *, is_free: bool) -> Typed:
    return Typed(row.pk, row.code, Decimal(text), row.decimals, is_free, row.required)


def _read_elsewhere(catalogue: CompiledCatalogue) -> set[str]:
    """Codes of indicators that a formula, a rule or a breakdown names."""
    texts = [*(row.formula for row in catalogue.indicators), *(rule.expression for rule in catalogue.rules)]
    found = {code for text in texts for code in re.findall(CODE, text)}
    for breakdown in catalogue.breakdowns:
        found |= {breakdown.total.code, *(part.code for part in breakdown.parts)}
    return found
