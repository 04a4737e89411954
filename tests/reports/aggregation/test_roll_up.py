"""What the database rolls up, held against the meaning of a year written down once more, figure by figure."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest

from reports.aggregation.cube import Cube
from sectors.calculation.periods import PeriodKey
from sectors.models import Indicator
from tests import base

pytestmark = pytest.mark.django_db

YEARS = (2022, 2023)
WAYS = {
    "food.done": "sum",
    "food.task": "latest",
    "food.firms": "latest",
    "food.price": "mean",
}


def anything(chance: random.Random, code: str) -> str:
    if chance.random() < 0.2:
        return chance.choice(("n/a", ""))
    return f"{chance.randint(1, 99)}.{chance.randint(0, 9)}" if WAYS[code] == "mean" else str(chance.randint(0, 999))


def reported(chance: random.Random, regions):
    """Texts by region, period and code, stored as accepted submissions; some regions report years only."""
    found: dict[tuple[int, str, str], str] = {}
    for region in regions:
        for year in YEARS:
            periods = [f"{year}Q{n}" for n in range(1, 5) if chance.random() < 0.6]
            periods += [str(year)] if not periods or chance.random() < 0.5 else []
            for period in periods:
                texts = {code: anything(chance, code) for code in WAYS if chance.random() < 0.8}
                base.report(region, period, texts)
                found |= {(region.pk, period, code): text for code, text in texts.items()}
    return found


def value_of(text):
    return Fraction(text) if text not in ("n/a", "") else None


def of_region(texts, region, year, code):
    """The periods make the value where all are answered or nothing else is there, else the annual figure is it."""
    quarters = [texts.get((region, f"{year}Q{n}", code), "") for n in range(1, 5)]
    values = [value for value in map(value_of, quarters) if value is not None]
    annual = texts.get((region, str(year), code), "")
    if annual and not all(quarters):
        return value_of(annual)
    return {"sum": sum(values), "latest": values[-1], "mean": sum(values) / len(values)}[WAYS[code]] if values else None


def together(values, way):
    known = [value for value in values if value is not None]
    if not known:
        return None
    return sum(known) / (len(known) if way == "mean" else 1)


def is_equal(value, expected):
    if value is None or expected is None:
        return value is None and expected is None
    return abs(Fraction(value) - expected) < Fraction(1, 10**8)


@pytest.mark.parametrize("seed", range(12))
def test_years_periods_and_areas_follow_the_meaning_of_a_year(cast, seed):
    counties = (cast.county, cast.other_county)
    texts = reported(random.Random(seed), counties)
    indicators = Indicator.objects.select_related("unit", "sheet").filter(code__in=WAYS)
    cube = Cube((cast.prefecture, *counties), YEARS, indicators, apart=counties, by_period=True)
    for area, members in ((None, counties), (cast.county, (cast.county,)), (cast.other_county, (cast.other_county,))):
        for year in YEARS:
            for code, way in WAYS.items():
                expected = together([of_region(texts, one.pk, year, code) for one in members], way)
                found = cube.annual(year, area)[code]
                assert is_equal(found.value, expected), (area, year, code)
            for quarter in (1, 2, 3, 4):
                for code, way in WAYS.items():
                    answers = [texts.get((one.pk, f"{year}Q{quarter}", code), "") for one in members]
                    given = list(map(value_of, answers))
                    found = cube.at(PeriodKey(year, "quarter", quarter), area)[code]
                    expected = together(given, way)
                    assert is_equal(found.value, expected)
                    assert found.coverage.have == sum(map(bool, answers))


def test_nothing_asked_for_gives_nothing(cast):
    base.report(cast.county, "2023Q1", {"food.done": "1"})
    cube = Cube((cast.county,), (2023,), [], apart=(cast.county,), by_period=True)
    assert (cube.annual(2023), cube.periods(2023)) == ({}, [])


def test_a_mean_over_regions_and_periods_keeps_its_digits(cast):
    base.report(cast.county, "2023Q1", {"food.price": "0.10", "food.output": "0.1"})
    base.report(cast.county, "2023Q2", {"food.price": "0.20", "food.output": "0.2"})
    base.report(cast.county, "2023Q3", {"food.price": "0.20", "food.output": "0.3"})
    indicators = Indicator.objects.select_related("unit", "sheet").filter(code__in=("food.price", "food.output"))
    found = Cube((cast.county,), (2023,), indicators).annual(2023)
    assert found["food.output"].value == Decimal("0.6")
    assert is_equal(found["food.price"].value, Fraction(1, 6))
