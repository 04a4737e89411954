"""Checks a region's whole year: annual values against each other, declared values against computed ones."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from reports.aggregation import AnnualValue, annual
from sectors.checks import Finding
from sectors.findings import judge, known
from sectors.models import Region


def of_year(region: Region, year: int) -> list[Finding]:
    """Findings over the annual values of accepted submissions; an empty list also for a year without any."""
    return of_values(annual(region, year), year)


def of_values(values: Mapping[str, AnnualValue], year: int) -> list[Finding]:
    """The same for annual values that are at hand already."""
    reported = {}
    for code, value in values.items():
        stated = value.declared if value.indicator.is_computed else value.value
        if stated is not None:
            reported[code] = known(value.indicator, stated, value.declared_places)
    last_year = {
        code: value.last for code, value in values.items() if value.last is not None and not value.indicator.is_computed
    }
    absent = {(code, 0) for code, value in values.items() if value.not_applicable}
    return judge(reported, last_year, absent, datetime.date(year, 12, 31))
