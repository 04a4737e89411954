"""The meaning of a year."""

import datetime
from decimal import Decimal

import pytest

from reports.aggregation.cube import annual, years_with_data
from sectors.models import Indicator
from tests import base

pytestmark = pytest.mark.django_db

LAST_DAY = datetime.date(2023, 12, 31)
QUARTERS = ("2023Q1", "2023Q2", "2023Q3", "2023Q4")


def report(region, code, *texts):
    for quarter, text in zip(QUARTERS, texts, strict=False):
        base.report(region, quarter, {code: text})


@pytest.mark.parametrize(
    ("code", "texts", "value"),
    [
        ("food.done", ("10", "0", "30", "2"), "42"),  # flow adds up
        ("food.task", ("100", "150", "150", "160"), "160"),  # cumulative: the latest
        ("food.firms", ("9", "12", "11", "8"), "8"),  # stock: the latest
        ("food.price", ("1.00", "2.00", "4.00", "5.00"), "3"),  # average
        ("food.output", ("0.1", "0.2", "0.3", "0.1"), "0.7"),
    ],
)
def test_periods_make_a_year(cast, code, texts, value):
    report(cast.county, code, *texts)
    found = annual(cast.county, 2023)[code]
    assert found.value == Decimal(value)
    assert (found.coverage.have, found.coverage.expected, found.source) == (4, 4, "periods")


def test_a_rate_is_reckoned_from_annual_figures_and_never_averaged(cast):
    report(cast.county, "food.done", "10", "90")
    report(cast.county, "food.passed", "5", "90")
    found = annual(cast.county, 2023)["food.rate"]
    assert (found.text, found.source) == ("95.0", "computed")  # the mean of 50 and 100 would be 75
    assert (found.coverage.have, found.coverage.expected) == (2, 4)


def test_missing_is_not_zero_and_coverage_says_how_much_is_there(cast):
    report(cast.county, "food.done", "10", "", "n/a", "5")
    found = annual(cast.county, 2023)
    assert (found["food.done"].value, found["food.done"].coverage.have) == (15, 2)
    assert (found["food.firms"].value, found["food.firms"].source) == (None, "")
    assert found["food.rate"].value is None


def test_not_applicable_all_year_is_that_and_not_missing(cast):
    report(cast.county, "food.done", "n/a", "n/a", "n/a", "n/a")
    found = annual(cast.county, 2023)["food.done"]
    assert (found.value, found.not_applicable) == (None, True)


def test_only_accepted_submissions_count(cast):
    for status in ("draft", "submitted", "signed", "returned"):
        base.report(cast.county, "2023Q1", {"food.done": "10"}, status)
        assert annual(cast.county, 2023)["food.done"].value is None
    assert years_with_data(cast.county) == []


def test_periods_make_the_value_where_there_is_an_annual_figure_too(cast):
    base.report(cast.county, "2023", {"food.done": "99", "food.passed": "50"})
    report(cast.county, "food.done", "10", "20")
    found = annual(cast.county, 2023)
    assert (found["food.done"].value, found["food.done"].source) == (30, "periods")
    assert (found["food.passed"].value, found["food.passed"].source) == (50, "annual")


def test_a_declared_rate_stands_beside_the_computed_one_and_in_for_a_missing_one(cast):
    base.report(cast.county, "2022", {"food.done": "225", "food.passed": "134", "food.rate": "59.5"})
    base.report(cast.county, "2023", {"food.done": "225", "food.rate": "59"})
    both, alone = annual(cast.county, 2022)["food.rate"], annual(cast.county, 2023)["food.rate"]
    assert (both.text, both.source, both.declared) == ("59.6", "computed", Decimal("59.5"))
    assert (alone.text, alone.source) == ("59", "declared")


def test_last_year_stands_beside_in_per_cent_or_points(cast):
    base.report(cast.county, "2022", {"food.done": "200", "food.passed": "180"})
    base.report(cast.county, "2023", {"food.done": "250", "food.passed": "230"})
    found = annual(cast.county, 2023)
    assert (found["food.done"].last, found["food.done"].change) == (200, 25)
    assert (found["food.rate"].last_text, found["food.rate"].change) == ("90.0", 2)


def test_a_part_of_a_year_is_not_held_against_a_whole_one_but_a_rate_may(cast):
    base.report(cast.county, "2022", {"food.done": "200", "food.passed": "180", "food.firms": "10"})
    base.report(cast.county, "2023Q1", {"food.done": "50", "food.passed": "40", "food.firms": "11"})
    found = annual(cast.county, 2023)
    assert found["food.done"].change is None
    assert found["food.rate"].change == -10
    assert found["food.firms"].change == 10


def test_regions_roll_up_and_the_rate_is_reckoned_again(cast):
    report(cast.county, "food.done", "100")
    report(cast.county, "food.passed", "100")
    report(cast.other_county, "food.done", "300", "600")
    report(cast.other_county, "food.passed", "200", "500")
    for region in (cast.county, cast.other_county):
        base.report(region, "2023Q1", {"food.firms": "5"})
    found = annual(cast.prefecture, 2023)
    assert found["food.done"].value == 1000
    assert found["food.rate"].text == "80.0"
    assert found["food.firms"].value == 10
    assert (found["food.done"].coverage.have, found["food.done"].coverage.expected) == (3, 8)
    assert annual(cast.county, 2023)["food.rate"].text == "100.0"
    assert annual(cast.prefecture.parent, 2023)["food.done"].value == 1000


def test_coverage_counts_each_region_by_what_it_reports(cast):
    report(cast.county, "food.done", "1", "2", "3")
    base.report(cast.other_county, "2023", {"food.done": "9"})
    found = annual(cast.prefecture, 2023)["food.done"]
    assert found.value == 15
    assert (found.coverage.have, found.coverage.expected) == (4, 5)


def test_what_several_regions_declared_is_not_averaged(cast):
    for region, rate in ((cast.county, "90.0"), (cast.other_county, "70.0")):
        base.report(region, "2023", {"food.rate": rate})
    assert annual(cast.prefecture, 2023)["food.rate"].value is None


def queries(cast, indicators=None):
    return base.queries(lambda: annual(cast.prefecture, 2023, indicators))


def test_the_number_of_queries_is_fixed(cast):
    one = list(Indicator.objects.for_report(LAST_DAY)[:1])
    annual(cast.prefecture, 2023)  # from here on the process knows the catalogue
    few = queries(cast, one)
    for region in (cast.county, cast.other_county):
        for code in ("food.done", "food.passed", "food.firms", "food.price"):
            report(region, code, "1", "2", "3", "4")
    many = list(Indicator.objects.for_report(LAST_DAY))
    assert queries(cast, many) == few
    assert queries(cast) == few
