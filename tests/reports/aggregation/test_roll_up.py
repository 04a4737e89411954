"""What the cube is asked in few words; `tests/truth/` holds all that it says against the definitions."""

from decimal import Decimal
from fractions import Fraction

import pytest

from reports.aggregation.cube import Cube
from sectors.models import Indicator
from tests import base

pytestmark = pytest.mark.django_db


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
    price = found["food.price"].value
    assert price is not None
    assert abs(Fraction(price) - Fraction(1, 6)) < Fraction(1, 10**8)
