"""What is made of figures that are not exact, and how it is said."""

import datetime
from decimal import Decimal

import pytest

from reports.aggregation.cube import Cube, annual
from sectors.models import Indicator
from sectors.sql.regions import regions_within
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def value(region, code, year=2023):
    return annual(region, year)[code]


def text(region, code, year=2023):
    return value(region, code, year).text_with_unit


def report(region, year=2023, **texts):
    """By code, the texts of the quarters."""
    for name, quarters in texts.items():
        for number, typed in enumerate(quarters.split(), 1):
            base.report(region, f"{year}Q{number}", {name.replace("_", "."): typed})


@pytest.mark.parametrize(
    ("code", "quarters", "printed"),
    [
        ("food_done", "120余 80 40 10", "250余批次"),
        ("food_done", "120以上 80余 40 10", "250批次以上"),
        ("food_done", "5以下 80 40 10", "135批次以下"),
        ("food_done", "120以上 5以下 40 10", "约175批次"),
        ("food_done", "近100 100 100 100", "近400批次"),
        ("food_done", "约30 100 100 100", "约330批次"),
        ("food_done", "30 100 100 100", "330批次"),
        ("food_firms", "约30 100 100 90", "90家"),  # a level: the latest
        ("food_firms", "30 100 100 近90", "近90家"),
        ("food_price", "1.00 2.00 4.00 5.00以上", "3.00元以上"),
        ("food_price", "1.00 2.00 5.00以上", "2.66元以上"),  # not 2.67, which it may be less than
        ("food_price", "1.00 2.00 4.00以下", "2.34元以下"),
        ("food_price", "1.00 2.00 约5.00", "约2.67元"),
    ],
)
def test_a_year_says_what_follows_from_its_periods(cast, code, quarters, printed):
    report(cast.county, **{code: quarters})
    found = text(cast.county, code.replace("_", "."))
    assert found.removesuffix("/公斤") == printed or found == printed


def test_a_rate_is_a_bound_or_about(cast):
    report(cast.county, food_done="100 100", food_passed="95以上 100")
    assert text(cast.county, "food.rate") == "97.5%以上"
    found = value(cast.county, "food.rate")
    assert (found.bounds.low, found.bounds.high.is_finite()) == (Decimal("97.5"), False)


def test_a_year_is_as_of_the_day_of_its_last_figure(cast):
    report(cast.county, food_done="10 0（截至4月19日）")
    assert text(cast.county, "food.done") == "10批次（截至4月19日）"
    report(cast.county, food_done="10 0（截至4月19日） 5")
    assert text(cast.county, "food.done") == "15批次"


def test_regions_together_say_it_too_and_each_by_itself(cast):
    report(cast.county, food_done="120余")
    report(cast.other_county, food_done="80")
    cube = Cube(
        list(regions_within(cast.prefecture)),
        (2023,),
        Indicator.objects.select_related("unit", "sheet"),
        apart=[cast.county, cast.other_county],
    )
    assert cube.annual(2023)["food.done"].text == "200余"
    assert cube.annual(2023, cast.county)["food.done"].text == "120余"
    assert cube.annual(2023, cast.other_county)["food.done"].text == "80"


@pytest.mark.parametrize(
    ("last", "now", "change"),
    [
        ("100", "150余", "约+50.0%"),
        ("约100", "160", "约+60.0%"),
        ("100余", "150", ""),  # up to 200
        ("100", "约100", ""),
        ("100", "100以上", ""),
        ("100以上", "90", "约-10.0%"),
        ("100", "120（截至10月19日）", ""),
        ("100（截至10月19日）", "120（截至10月19日）", "+20.0%"),
        ("100", "120", "+20.0%"),
    ],
)
def test_a_change_is_said_where_it_is_sure(cast, last, now, change):
    base.report(cast.county, "2022", {"food.done": last})
    base.report(cast.county, "2023", {"food.done": now})
    found = value(cast.county, "food.done")
    assert found.change_text == change
    assert (found.last_text, found.text) == (last, now)


@pytest.mark.parametrize(
    ("bound", "stated", "reaches", "undecidable"),
    [
        ("at_least", "99以上", True, False),
        ("at_least", "98以上", True, False),
        ("at_least", "95以上", None, True),
        ("at_least", "97以下", False, False),
        ("at_least", "99以下", None, True),
        ("at_least", "约98", None, True),
        ("at_least", "约99.5", True, False),
        ("at_most", "99以上", False, False),
        ("at_most", "97以下", True, False),
    ],
)
def test_a_target_is_reached_or_not_where_it_is_sure(cast, bound, stated, reaches, undecidable):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), target=Decimal(98), target_is=bound)
    base.report(cast.county, "2023", {"food.rate": stated})
    found = value(cast.county, "food.rate")
    assert (found.source, found.reaches_target, found.is_undecidable) == ("declared", reaches, undecidable)


def test_the_number_of_queries_does_not_grow_with_what_is_not_exact(cast):
    def queries():
        return base.queries(lambda: annual(cast.county, 2023))

    report(cast.county, food_done="120 80", food_passed="100 70")
    queries()  # the catalogue is compiled
    exact = queries()
    report(cast.county, food_output="12 8", food_firms="7 8")
    assert queries() == exact
    report(cast.county, food_done="120余 80")
    some = queries()
    assert some == exact + 1
    report(cast.county, food_passed="100余 70以上", food_firms="7余 约8")
    assert queries() == some


def test_values_of_a_period_are_marked_as_well(cast):
    report(cast.county, food_done="120余 80（截至4月19日）")
    cube = Cube([cast.county], (2023,), Indicator.objects.select_related("unit", "sheet"), by_period=True)
    first, second = cube.periods(2023)
    assert cube.at(first)["food.done"].text == "120余"
    assert cube.at(second)["food.done"].marked.as_of == datetime.date(2023, 4, 19)


@pytest.mark.parametrize(
    ("code", "last", "now", "change"),
    [
        ("food_firms", "30 32", "30 约32 100 90", ""),  # the year's level is exact, that of June is not
        ("food_firms", "30 20", "30 约32 100 90", "约+60.0% (months 1 to 6)"),
        ("food_firms", "20 20余 40 30", "30 32", "约+60.0% (months 1 to 6)"),
        ("food_firms", "30 20", "30 32（截至4月3日） 100 90", ""),
        ("food_firms", "30 20（截至4月3日）", "30 32（截至4月3日） 100 90", "+60.0% (months 1 to 6)"),
        ("food_done", "30 20", "30 32（截至4月3日） 100 90", ""),
        ("food_done", "30 20", "30 30 100 90（截至11月3日）", "+20.0% (months 1 to 6)"),
        ("food_done", "30 20", "30 30 100 约90", "+20.0% (months 1 to 6)"),
    ],
)
def test_what_is_compared_decides_not_what_the_year_is_made_of(cast, code, last, now, change):
    report(cast.county, 2022, **{code: last})
    report(cast.county, 2023, **{code: now})
    assert value(cast.county, code.replace("_", ".")).change_text == change


def test_each_value_has_the_qualifiers_of_its_own_figures(cast):
    report(cast.county, food_done="120余 近80", food_firms="约30 近40 20余")
    report(cast.other_county, food_done="近100", food_firms="30以上")
    cube = Cube(
        list(regions_within(cast.prefecture)),
        (2023,),
        Indicator.objects.select_related("unit", "sheet"),
        by_period=True,
        apart=[cast.county, cast.other_county],
    )
    first, second, *_rest = cube.periods(2023)
    assert [cube.at(period, cast.county)["food.done"].text for period in (first, second)] == ["120余", "近80"]
    assert cube.at(first, cast.other_county)["food.done"].text == "近100"
    assert cube.annual(2023, cast.county)["food.firms"].text == "20余"
    assert cube.annual(2023)["food.firms"].text == "50以上"


@pytest.mark.parametrize(
    ("quarters", "printed"),
    [("100余 200", "200.0%以下"), ("100 200余", "200.0%以上"), ("200（截至2月3日） 100", "50.0%（截至2月3日）")],
)
def test_what_is_read_of_the_period_before_counts_as_well(cast, quarters, printed):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.done / previous(food.done)")
    report(cast.county, food_done=quarters)
    cube = Cube([cast.county], (2023,), Indicator.objects.select_related("unit", "sheet"), by_period=True)
    assert cube.at(cube.periods(2023)[1])["food.rate"].text_with_unit == printed


@pytest.mark.parametrize(
    ("now", "is_absent"), [("0", True), ("0（截至3月19日）", True), ("0余", False), ("5以下", False)]
)
def test_of_0_of_0_nothing_is_missing_whatever_last_year_was(cast, now, is_absent):
    report(cast.county, 2022, food_done="120余", food_passed="110余")
    report(cast.county, food_done=now, food_passed="0")
    assert value(cast.county, "food.rate").not_applicable is is_absent
