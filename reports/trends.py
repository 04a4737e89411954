"""A value over time: its periods, and years that have none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.aggregation import AnnualValue, Cube, Moment
from sectors.models import Indicator


@dataclass(frozen=True)
class Point:
    label: str
    value: Decimal | None
    text: str


def trend(cube: Cube, indicator: Indicator, by_year: Mapping[int, Mapping[str, AnnualValue]]) -> list[Point]:
    """Values of the periods, in the order of time. A year without periods stands for itself, unless it is an amount:
    a year's amount is not to be held against a quarter's. What is still to come is left out."""
    code, frequency = indicator.code, indicator.sheet.frequency
    is_amount = indicator.accumulation in ("flow", "cumulative") and not indicator.unit.is_percent
    found: list[Point] = []
    for year in sorted(by_year):
        periods = [_point(at.label, cube.at(at)[code]) for at in cube.moments(year) if at.kind == frequency]
        if any(point.value is not None for point in periods):
            found += periods
        elif not is_amount or frequency == "year":
            found.append(_point(Moment(year, "year", 1).label, by_year[year][code]))
    while found and found[-1].value is None:
        found.pop()
    while found and found[0].value is None:
        del found[0]
    return found


def _point(label: str, value: AnnualValue) -> Point:
    return Point(label, value.value, value.text)


def largest(values: Iterable[AnnualValue]) -> Sequence[AnnualValue]:
    """Those that are there, the largest first."""
    return sorted((one for one in values if one.value is not None), key=lambda one: -(one.value or 0))
