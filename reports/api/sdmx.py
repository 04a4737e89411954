"""Figures as SDMX-CSV 2.0 (https://github.com/sdmx-twg/sdmx-csv), with the code lists of SDMX where it has them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reports.exports.files import Echo
from sectors.models import Figure, Period
from sectors.vocabulary import Frequency, SubmissionStatus

MEDIA_TYPE = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"
STRUCTURE = "ZHIBAO:QUALITY(1.0)"
COLUMNS = (
    *("STRUCTURE", "STRUCTURE_ID", "ACTION"),
    *("FREQ", "REF_AREA", "INDICATOR", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE", "DECIMALS"),
    *("QUALIFIER", "AS_OF"),
)
FREQUENCIES: Mapping[str, str] = {
    Frequency.MONTH: "M",
    Frequency.QUARTER: "Q",
    Frequency.HALF: "S",
    Frequency.YEAR: "A",
}
SUFFIXES: Mapping[str, str] = {
    Frequency.MONTH: "-{:02d}",
    Frequency.QUARTER: "-Q{}",
    Frequency.HALF: "-S{}",
    Frequency.YEAR: "",
}
# CL_OBS_STATUS: normal, estimated where it is not exact, provisional until it is accepted, data cannot exist.
NORMAL, ESTIMATED, PROVISIONAL, CANNOT_EXIST = "A", "E", "P", "M"


def lines(figures: Iterable[Figure]) -> Iterator[str]:
    """The file line by line, its head first. Rows: one observation a figure."""
    writer: Any = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for figure in figures:
        yield writer.writerow(_observation(figure))


def _observation(figure: Figure) -> tuple[object, ...]:
    period = figure.submission.period
    value = figure.words if figure.value is None else f"{figure.value:.{figure.places}f}"
    return (
        *("dataflow", STRUCTURE, "I"),
        FREQUENCIES[period.kind],
        figure.region.code,
        figure.indicator.code,
        time_period(period),
        value,
        _status(figure),
        figure.indicator.unit.name,
        figure.places if figure.value is not None else "",
        figure.qualifier,
        figure.as_of or "",
    )


def time_period(period: Period) -> str:
    """2023, 2023-S1, 2023-Q3, 2023-07: SDMX's reporting periods."""
    return f"{period.year}{SUFFIXES[period.kind].format(period.number)}"


def _status(figure: Figure) -> str:
    if figure.value is None and not figure.words:
        return CANNOT_EXIST
    if figure.submission.status != SubmissionStatus.ACCEPTED:
        return PROVISIONAL
    return ESTIMATED if figure.qualifier else NORMAL
