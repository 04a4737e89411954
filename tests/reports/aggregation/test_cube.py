"""The meaning of a year."""

import datetime
import gc
import weakref
from decimal import Decimal

import pytest

from reports.aggregation.cube import Cube, Gap, annual, years_with_data
from sectors.calculation.periods import PeriodKey
from sectors.models import Indicator, Unit
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
    assert (found["food.done"].value, found["food.done"].coverage.have) == (15, 3)  # n/a is an answer
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


def test_periods_make_the_value_as_soon_as_all_are_there_and_an_annual_figure_until_then(cast):
    base.report(cast.county, "2023", {"food.done": "99", "food.passed": "50"})
    report(cast.county, "food.done", "10", "20")
    found = annual(cast.county, 2023)
    assert (found["food.done"].value, found["food.done"].source, found["food.done"].coverage) == (99, "annual", (4, 4))
    assert (found["food.passed"].value, found["food.passed"].source) == (50, "annual")
    report(cast.county, "food.done", "10", "20", "30", "n/a")
    done = annual(cast.county, 2023)["food.done"]
    assert (done.value, done.source, done.coverage) == (60, "periods", (4, 4))


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


def test_a_part_of_a_year_is_not_held_against_a_whole_one(cast):
    base.report(cast.county, "2022", {"food.done": "200", "food.passed": "180", "food.firms": "10"})
    base.report(cast.county, "2023Q1", {"food.done": "50", "food.passed": "40", "food.firms": "11"})
    found = annual(cast.county, 2023)
    assert {found[code].change for code in ("food.done", "food.rate", "food.firms")} == {None}
    assert found["food.done"].last == 200


@pytest.mark.parametrize("passed", ["90000", "90002", "89999"])
def test_what_changed_less_than_is_printed_is_printed_as_such(cast, passed):
    base.report(cast.county, "2022", {"food.done": "100000", "food.passed": "90001"})
    base.report(cast.county, "2023", {"food.done": "100000", "food.passed": passed})
    found = annual(cast.county, 2023)
    assert (found["food.passed"].change_text, found["food.rate"].change_text) == ("0.0%", "0.0个百分点")


# Like with like


def compared(value):
    found = value.comparison
    return value.change, sorted(found.months), found.regions, found.is_plain


def test_a_whole_year_is_compared_with_the_part_of_the_last_that_is_there(cast):
    for quarter in ("2022Q1", "2022Q2"):
        base.report(cast.county, quarter, {"food.done": "100"})
    report(cast.county, "food.done", "100", "100", "100", "100")
    found = annual(cast.county, 2023)["food.done"]
    assert (found.value, found.last) == (400, 200)
    assert compared(found) == (0, [1, 2, 3, 4, 5, 6], 1, False)
    assert found.change_text == "持平（1至6月）"


def test_half_a_year_is_compared_with_the_same_half(cast):
    for quarter, done in (("2022Q1", "100"), ("2022Q2", "100"), ("2022Q3", "700"), ("2022Q4", "100")):
        base.report(cast.county, quarter, {"food.done": done})
    report(cast.county, "food.done", "130", "130")
    assert compared(annual(cast.county, 2023)["food.done"]) == (30, [1, 2, 3, 4, 5, 6], 1, False)


def test_a_county_that_newly_reports_does_not_make_the_prefecture_grow(cast):
    base.report(cast.county, "2022", {"food.done": "100"})
    base.report(cast.county, "2023", {"food.done": "110"})
    base.report(cast.other_county, "2023", {"food.done": "110"})
    found = annual(cast.prefecture, 2023)["food.done"]
    assert (found.value, found.last) == (220, 100)
    assert compared(found) == (10, list(range(1, 13)), 1, False)
    assert found.change_text == "+10.0%（2个地区中的1个）"


def test_from_a_negative_base_there_is_no_per_cent(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.price"), formula="food.passed - food.done")
    base.report(cast.county, "2022", {"food.passed": "10", "food.done": "20"})
    for passed in ("25", "0", "20"):  # 5, -20 and 0 after -10
        base.report(cast.county, "2023", {"food.passed": passed, "food.done": "20"})
        found = annual(cast.county, 2023)["food.price"]
        assert (found.comparison is not None, found.change, found.change_text) == (True, None, "")
    base.report(cast.county, "2023", {"food.passed": "10", "food.done": "20"})
    assert annual(cast.county, 2023)["food.price"].change_text == "持平"


def test_a_year_to_date_figure_is_compared_at_the_same_month(cast):
    base.report(cast.county, "2022Q1", {"food.task": "100"})
    base.report(cast.county, "2022Q3", {"food.task": "300"})
    report(cast.county, "food.task", "", "150", "330", "400")
    assert compared(annual(cast.county, 2023)["food.task"]) == (10, list(range(1, 10)), 1, False)


def test_a_ratio_is_made_of_the_quarters_that_have_both(cast):
    report(cast.county, "food.passed", "90", "95", "80", "85")
    report(cast.county, "food.done", "100", "100", "100")
    found = annual(cast.county, 2023)["food.rate"]
    assert (found.text, found.coverage) == ("88.3", (3, 4))  # not 116.7


def test_a_ratio_is_made_of_the_counties_that_have_both(cast):
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "70"})
    base.report(cast.other_county, "2023", {"food.passed": "70"})
    found = annual(cast.prefecture, 2023)["food.rate"]
    assert (found.text, found.coverage) == ("70.0", (1, 2))  # not 140.0


def test_an_annual_numerator_over_a_quarter_is_a_gap_with_its_reason(cast):
    base.report(cast.county, "2023", {"food.passed": "380"})
    base.report(cast.county, "2023Q1", {"food.done": "100"})
    found = annual(cast.county, 2023)["food.rate"]
    assert (found.value, found.reason) == (None, Gap.NO_PAIRS)
    assert Gap.NO_PAIRS.text


def test_a_quarter_in_which_one_does_not_apply_is_answered_and_left_out_of_the_ratio(cast):
    report(cast.county, "food.passed", "90", "95", "80", "85")
    report(cast.county, "food.done", "100", "100", "100", "n/a")
    found = annual(cast.county, 2023)["food.rate"]
    assert (found.text, found.coverage) == ("88.3", (4, 4))
    report(cast.county, "food.done", "n/a", "n/a", "n/a", "n/a")
    found = annual(cast.county, 2023)["food.rate"]
    assert (found.value, found.not_applicable, found.coverage) == (None, True, (4, 4))


def test_what_was_declared_last_year_is_whole(cast):
    base.report(cast.county, "2022", {"food.rate": "90.0"})
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "92"})
    found = annual(cast.county, 2023)["food.rate"]
    assert (found.last_text, found.last_coverage, found.change_text) == ("90.0", (1, 1), "+2.0个百分点")


def test_one_countys_declared_ratio_does_not_become_the_prefectures(cast):
    base.report(cast.county, "2023", {"food.rate": "90.0"})
    assert annual(cast.prefecture, 2023)["food.rate"].text == "90.0"  # it alone reports the sheet
    base.submission(cast.other_county, in_period="2023")
    assert annual(cast.prefecture, 2023)["food.rate"].value is None
    assert annual(cast.county, 2023)["food.rate"].text == "90.0"


def test_a_citys_own_total_and_its_counties_are_held_against_each_other_and_never_added(cast):
    base.report(cast.county, "2023", {"food.done": "300"})
    base.report(cast.other_county, "2023", {"food.done": "256"})
    base.make_reporting(cast.prefecture)
    base.report(cast.prefecture, "2023", {"food.done": "555"})
    found = annual(cast.prefecture, 2023)["food.done"]
    assert (found.value, found.made.other, found.other_text, found.coverage) == (555, 556, "556", (1, 1))
    assert annual(cast.prefecture.parent, 2023)["food.done"].value == 555
    base.report(cast.other_county, "2023", {"food.done": "255"})
    assert annual(cast.prefecture, 2023)["food.done"].other_text == ""


def test_where_the_citys_own_is_partial_its_counties_make_the_value(cast):
    base.make_reporting(cast.prefecture)
    base.report(cast.prefecture, "2023Q1", {"food.done": "555"})
    assert annual(cast.prefecture, 2023)["food.done"].value == 555
    base.report(cast.county, "2023", {"food.done": "300"})
    found = annual(cast.prefecture, 2023)["food.done"]
    assert (found.value, found.coverage) == (300, (1, 1))


def test_what_is_valid_from_july_is_whole_with_two_quarters(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.done"), valid_from=datetime.date(2023, 7, 1))
    report(cast.county, "food.passed", "1", "2", "30", "40")
    for quarter, done in (("2023Q3", "30"), ("2023Q4", "50")):
        base.report(cast.county, quarter, {"food.done": done})
    found = annual(cast.county, 2023)
    assert (found["food.done"].value, found["food.done"].coverage) == (80, (2, 2))
    assert (found["food.rate"].text, found["food.rate"].coverage) == ("87.5", (2, 4))


def test_products_are_computed_in_each_region_and_added(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.price * food.firms")
    base.report(cast.county, "2023", {"food.price": "2", "food.firms": "10"})
    base.report(cast.other_county, "2023", {"food.price": "4", "food.firms": "30"})
    assert annual(cast.prefecture, 2023)["food.rate"].value == (2 * 10 + 4 * 30) * 100  # in %, the mean of 2 and 4 is 3


def test_growth_from_period_to_period_is_a_periods_and_a_year_has_none(cast):
    formula = "food.done / previous(food.done) - 1"
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula=formula)
    for period, done in {"2022Q4": "50", "2023Q1": "60", "2023Q2": "90", "2023Q4": "10"}.items():
        base.report(cast.county, period, {"food.done": done})
    cube = Cube([cast.county], (2023,), list(Indicator.objects.select_related("unit", "sheet")), by_period=True)
    found = {number: cube.at(PeriodKey(2023, "quarter", number))["food.rate"] for number in (1, 2, 3, 4)}
    assert {number: value.value for number, value in found.items()} == {1: 20, 2: 50, 3: None, 4: None}
    assert found[4].reason == Gap.NO_PAIRS
    year = cube.annual(2023)["food.rate"]
    assert (year.value, year.reason) == (None, Gap.NOTHING_BEFORE)
    assert Gap.NOTHING_BEFORE.text


def test_growth_of_several_regions_is_made_of_those_that_have_both_periods(cast):
    formula = "food.done / previous(food.done) - 1"
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula=formula)
    for region, then, now in [(cast.county, "50", "60"), (cast.other_county, "", "500")]:
        for period, done in [("2022Q4", then), ("2023Q1", now)]:
            base.report(region, period, {"food.done": done})
    rows = list(Indicator.objects.select_related("unit", "sheet"))
    cube = Cube([cast.county, cast.other_county], (2023,), rows, by_period=True)
    found = cube.at(PeriodKey(2023, "quarter", 1))["food.rate"]
    assert (found.value, found.coverage) == (20, (1, 2))


def test_percentages_of_several_regions_are_a_gap_with_its_reason(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), unit=Unit.objects.get(name="%"))
    base.report(cast.county, "2023", {"food.firms": "95"})
    assert annual(cast.prefecture, 2023)["food.firms"].value == 95
    base.report(cast.other_county, "2023", {"food.firms": "90"})
    found = annual(cast.prefecture, 2023)["food.firms"]
    assert (found.value, found.reason) == (None, Gap.PERCENTAGES)


def test_growth_reads_the_same_periods_of_both_years(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.done / last_year(food.done) - 1")
    base.report(cast.county, "2022", {"food.done": "400"})
    report(cast.county, "food.done", "100", "126")
    assert annual(cast.county, 2023)["food.rate"].value is None  # not -43.3
    for quarter in ("2022Q1", "2022Q2"):
        base.report(cast.county, quarter, {"food.done": "80"})
    found = annual(cast.county, 2023)["food.rate"]
    assert (found.text, found.coverage) == ("41.3", (2, 4))


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


def test_a_sum_goes_on_without_a_part_that_is_not_valid_any_more(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.output"), formula="parts(food.done)")
    for code, parts in (("2022", ("5", "7")), ("2023Q1", ("1", "2")), ("2023Q2", ("3", "4"))):
        base.report(cast.county, code, dict(zip(("food.done.farm", "food.done.school"), parts, strict=True)))
    retired = Indicator.objects.filter(code="food.done.school")
    base.change_catalogue(retired, valid_to=datetime.date(2023, 3, 31))
    for quarter in ("2023Q3", "2023Q4", "2024"):
        base.report(cast.county, quarter, {"food.done.farm": "10"})
    found = {year: annual(cast.county, year)["food.output"] for year in (2022, 2023, 2024)}
    assert {year: (value.value, value.coverage) for year, value in found.items()} == {
        2022: (12, (1, 1)),
        2023: (1 + 2 + 3 + 10 + 10, (4, 4)),
        2024: (10, (1, 1)),
    }


def test_a_cube_leaves_nothing_to_the_garbage_collector(cast):
    for period in ("2022Q4", "2023Q1", "2023Q2"):
        base.report(cast.county, period, {"food.done": "50", "food.firms": "4"})
    rows = list(Indicator.objects.select_related("unit", "sheet"))
    gc.disable()
    try:
        cube = Cube([cast.county], (2023,), rows, by_period=True)
        place = weakref.ref(cube.at(PeriodKey(2023, "quarter", 1)))
        assert {value.indicator.code for value in cube.annual(2023).values() if value.value is not None}
        assert all(cube.at(PeriodKey(2023, "quarter", 1))[row.code].indicator == row for row in rows)
        del cube
        assert place() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("here", "there", "is_absent", "reason"),
    [
        (("0", "0"), None, True, Gap.NOTHING),
        (("0", "0"), ("0", "0"), True, Gap.NOTHING),
        (("3", "0"), ("0", "0"), False, Gap.UNDEFINED),
        (("0", "0"), ("0", "4"), False, None),
        (("0", "0"), ("n/a", "0"), True, Gap.NOTHING),  # of the one county in which both apply
    ],
)
def test_of_0_of_0_nothing_is_missing(cast, here, there, is_absent, reason):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.done / food.firms")
    for region, figures in ((cast.county, here), (cast.other_county, there)):
        if figures:
            base.report(region, "2023", dict(zip(("food.done", "food.firms"), figures, strict=True)))
    found = annual(cast.prefecture, 2023)["food.rate"]
    assert (found.value == 0, found.not_applicable, found.reason) == (reason is None, is_absent, reason)
