"""Holds the product against the reference in one world."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db import transaction

from reports.aggregation.cube import Cube
from reports.aggregation.values import AnnualValue
from sectors.calculation.periods import PeriodKey
from sectors.models import Indicator
from tests.truth.reference import NA, Period, Reference, Value, World
from tests.truth.worlds import YEARS, store

TOLERANCE = Fraction(1, 10**12)  # SQLite adds up and averages in floats


class Place(NamedTuple):
    area: str
    period: Period
    code: str


class Difference(NamedTuple):
    place: Place
    field: str
    product: object
    reference: object


def differences(world: World) -> tuple[int, list[Difference]]:
    """How many values were compared, and what differs. Nothing of the world stays in the database."""
    with transaction.atomic():
        found = list(compared(world))
        transaction.set_rollback(True)
    return len(found), [
        Difference(place, field, product, expected)
        for place, value, number, reference in found
        for field, (product, expected) in fields(value, number, reference).items()
        if not is_equal(product, expected)
    ]


def compared(world: World) -> Iterator[tuple[Place, AnnualValue, Decimal | None, Value]]:
    """Every indicator in every area, in each year and each period; beside it the number alone, as trends show it."""
    regions = store(world)
    root, *others = regions
    indicators = list(Indicator.objects.select_related("unit", "sheet"))
    cube = Cube(list(regions.values()), YEARS, indicators, apart=[regions[name] for name in others], by_period=True)
    of_years, of_periods = Reference(world), {period[1:]: Reference(world, period[1:]) for period in periods(world)}
    for area in regions:
        region = None if area == root else regions[area]
        for period in [*map(Period, YEARS[1:]), *periods(world)]:
            shown = cube.at(PeriodKey(*period), region)
            reference = of_years if period.kind == "year" else of_periods[period[1:]]
            for code in cube.indicators:
                expected = reference.full(area, code, period.year)
                yield Place(area, period, code), shown[code], shown.number(code)[0], expected


def periods(world: World) -> list[Period]:
    """Years are not asked for in this way: a period that is a year is the year."""
    given = {row.period for row in world.submissions}
    return sorted(period for period in given if period.kind != "year" and period.year in YEARS[1:])


def fields(value: AnnualValue, number: Decimal | None, reference: Value) -> dict[str, tuple[object, object]]:
    """What both say, by name."""
    now, then = value.comparison, reference.comparison
    return {
        "value": (value.value, reference.value),
        "number": (number, reference.value),
        "not_applicable": (value.not_applicable, reference.not_applicable),
        "coverage": (value.coverage, (reference.have, reference.expected)),
        "is_partial": (value.is_partial, reference.is_partial),
        "last": (value.last, reference.last),
        "last_not_applicable": (value.last_not_applicable, reference.last_not_applicable),
        "other": (value.made.other, reference.other),
        "declared": (value.declared, None if reference.declared == NA else reference.declared),
        "source": (value.source, value.source if value.source in sources(reference) else sources(reference)),
        "change": (value.change, reference.change),
        "months": (now and now.months, then and then.months),
        "regions": (now and (now.regions, now.all_regions), then and (then.regions, then.all_regions)),
        "now": (now and now.now, then and then.now),
        "before": (now and now.last, then and then.last),
        "is_plain": (now and now.is_plain, then and then.is_plain),
    }


def sources(reference: Value) -> frozenset[str]:
    """What may be said: one of several, and nothing where there is no value."""
    return reference.sources or frozenset([""]) if reference.value is not None else frozenset(["", *reference.sources])


def is_equal(product: object, expected: object) -> bool:
    if isinstance(product, Decimal) and isinstance(expected, Fraction):
        return abs(Fraction(product) - expected) <= TOLERANCE * (1 + abs(expected))
    return bool(product == expected)
