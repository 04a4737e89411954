"""What stands beside a cell of the sheet: the year so far, and the change against last year."""

import datetime

import pytest

from sectors.entry import grid
from sectors.models import Indicator
from tests import base

pytestmark = pytest.mark.django_db


def cell(cast, code, quarter=4):
    sheet = base.submission(cast.county, "T-01", f"2023Q{quarter}")
    found = grid.read_one(sheet, code)
    assert found
    return found[0]


def report(cast, year=2023, **figures):
    """Four quarters of each, in the order of time; `–` is missing."""
    for number in range(4):
        texts = {code.replace("_", "."): row.split(", ")[number] for code, row in figures.items()}
        base.report(cast.county, f"{year}Q{number + 1}", {code: text for code, text in texts.items() if text != "–"})


@pytest.mark.parametrize(
    ("passed", "done", "rate"),
    [
        ("90, 95, 80, 85", "100, 100, 100, 100", "87.5"),
        ("90, 95, 80, 85", "100, 100, 100, –", "88.3"),  # not 116.7
        ("90, –, 80, 85", "100, 900, –, 100", "87.5"),
        ("90, n/a, 80, 85", "100, 900, 100, 100", "85.0"),
        ("90, 0, 80, 85", "100, 0, 100, 100", "85.0"),
        ("90, –, –, –", "–, 100, 100, 100", ""),
        ("n/a, n/a, n/a, n/a", "100, 100, 100, 100", ""),
    ],
)
def test_a_rate_of_the_year_so_far_is_of_the_periods_that_have_both(cast, passed, done, rate):
    report(cast, food_passed=passed, food_done=done)
    assert cell(cast, "food.rate").to_date == rate


@pytest.mark.parametrize(
    ("task", "done", "rate"),
    [
        ("20, 40, 60, 80", "10, 10, 10, 10", "50.0"),
        ("20, 40, 60, –", "10, 10, 10, 10", "50.0"),  # of nine months
        ("20, –, 60, –", "10, 10, 10, 10", "50.0"),
        ("20, 40, 60, 80", "10, –, 10, 10", "50.0"),  # of three months
        ("20, 40, 60, 80", "–, 10, 10, 10", ""),
    ],
)
def test_beside_what_counts_from_january_the_year_so_far_begins_in_january(cast, task, done, rate):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.done / food.task")
    report(cast, food_task=task, food_done=done)
    assert cell(cast, "food.rate").to_date == rate


def test_growth_of_the_year_so_far_is_of_the_same_periods_of_both_years(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.done / last_year(food.done) - 1")
    report(cast, 2022, food_done="100, 100, –, –")
    report(cast, 2023, food_done="110, 110, 110, 110")
    assert cell(cast, "food.rate").to_date == "10.0"


@pytest.fixture
def total(cast):
    """`food.rate` is computed as the sum of the parts of `food.done`, in 批次."""
    unit = Indicator.objects.get(code="food.done").unit
    base.change_catalogue(
        Indicator.objects.filter(code="food.rate"), formula="parts(food.done)", unit=unit, accumulation="flow"
    )


@pytest.mark.parametrize(
    ("farm", "school", "so_far"),
    [
        ("5, n/a, 5, 5", "1, 1, 1, 1", "19"),  # not 4
        ("n/a, n/a, n/a, n/a", "1, 1, 1, 1", "4"),
        ("5, –, 5, 5", "1, 1, 1, 1", "18"),
    ],
)
@pytest.mark.usefixtures("total")
def test_what_does_not_apply_in_one_period_counts_in_the_others(cast, farm, school, so_far):
    report(cast, food_done_farm=farm, food_done_school=school)
    assert cell(cast, "food.rate").to_date.partition(".")[0] == so_far


@pytest.mark.usefixtures("total")
def test_a_part_that_ended_counts_until_then(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.done.farm"), valid_to=datetime.date(2023, 6, 30))
    report(cast, food_done_farm="5, 5, 70, 70", food_done_school="1, 1, 1, 1")
    assert cell(cast, "food.rate").to_date.partition(".")[0] == "14"


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [("100", "110", "+10.0%"), ("0", "5", ""), ("-10", "5", ""), ("-10", "-20", ""), ("10", "-5", "-150.0%")],
)
def test_from_what_was_zero_or_negative_there_is_no_per_cent(cast, before, now, change):
    unit = Indicator.objects.get(code="food.done").unit
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.done - food.passed", unit=unit)
    for year, difference in (("2022", before), ("2023", now)):
        base.report(cast.county, f"{year}Q4", {"food.done": str(100 + int(difference)), "food.passed": "100"})
    assert cell(cast, "food.rate").change == change


def test_points_have_the_decimals_of_their_rate(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), decimals=2)
    for year, passed in (("2022", "9714"), ("2023", "9730")):
        base.report(cast.county, f"{year}Q4", {"food.done": "10000", "food.passed": passed})
    assert cell(cast, "food.rate").change.startswith("+0.16")
