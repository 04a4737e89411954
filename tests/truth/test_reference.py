"""The reference itself: the examples of docs/figures.md, and cases that were worked out by hand."""

import datetime
import doctest
import re
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.base import BASE_DIR
from tests.truth import examples
from tests.truth.examples import computed, entered, made
from tests.truth.reference import ALL_MONTHS, Reference, Valid

PAGE = BASE_DIR / "docs" / "figures.md"
H1 = frozenset(range(1, 7))
RATE = {
    "t.passed": entered("t.passed"),
    "t.samples": entered("t.samples"),
    "t.rate": computed("t.rate", "t.passed / t.samples", is_percent=True),
}
CITY_OF_TOWNS = {"city": None, "a": "city", "a1": "a", "a2": "a", "b": "city"}


def full(said, indicators, code, *, area="city", year=2023, only=None, **more):
    return Reference(made(said, indicators, **more), only).full(area, code, year)


def of_x(said, accumulation="flow", *, is_percent=False, **more):
    return full(said, {"t.x": entered("t.x", accumulation, is_percent=is_percent)}, "t.x", **more)


def x(*texts):
    """What regions say of t.x in 2023."""
    return {name: {2023: {"t.x": text}} for name, text in zip(("city", "a", "b"), texts, strict=False) if text}


def result(value):
    return (NOT_APPLICABLE if value.not_applicable else value.value, value.have, value.expected)


NOT_APPLICABLE = "n/a"


def test_the_examples_of_the_page_are_what_comes_out():
    blocks = re.findall(r"^```pycon\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), vars(examples), PAGE.name, str(PAGE), 0)
    runner = doctest.DocTestRunner()
    said: list[str] = []
    runner.run(test, out=said.append)
    assert len(test.examples) >= 15
    assert said == []


# A region's year


@pytest.mark.parametrize(
    ("accumulation", "text", "expected"),
    [
        ("cumulative", "10, 25, 40, 70", (70, 4, 4)),
        ("cumulative", "10, –, 40, –", (40, 2, 4)),
        ("stock", "10, 12, n/a, n/a", (12, 4, 4)),
        ("stock", "–, –, –, 0", (0, 1, 4)),
        ("average", "90, 80, –, 70", (80, 3, 4)),
        ("average", "90, n/a, n/a, 80", (85, 4, 4)),
        ("flow", "-5, 0, 5, 10", (10, 4, 4)),
        ("flow", "–, –, –, –", (None, 0, 4)),
        ("flow", "n/a, –, –, –", (NOT_APPLICABLE, 1, 4)),
        ("flow", "n/a, n/a, n/a, –; annual 8", (8, 4, 4)),
        ("flow", "10, –, –, –; annual n/a", (NOT_APPLICABLE, 4, 4)),
        ("flow", "annual 7", (7, 1, 1)),
        ("flow", "7", (7, 1, 1)),
        ("flow", "1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, –", (11, 11, 12)),
        ("stock", "1, 5", (5, 2, 2)),
    ],
)
def test_the_year_of_a_region(accumulation, text, expected):
    assert result(of_x(x(text), accumulation)) == expected


def test_only_accepted_submissions_count_but_any_makes_a_region_report():
    world = made(x("10, 20, 30, 40"), {"t.x": entered("t.x")})
    rows = [row if row.period.number < 3 else replace(row, status="signed") for row in world.submissions]
    assert result(Reference(replace(world, submissions=rows)).full("city", "t.x", 2023)) == (30, 2, 4)
    none = [replace(row, status="draft") for row in rows]
    assert result(Reference(replace(world, submissions=none)).full("city", "t.x", 2023)) == (None, 0, 4)


def test_figures_from_before_an_indicator_was_valid_do_not_count():
    indicators = {"t.x": entered("t.x", since=7)}
    assert result(full(x("10, 20, 30, 40"), indicators, "t.x")) == (70, 2, 2)
    assert result(full({"city": {2022: {"t.x": "1, 1, 1, 1"}}}, indicators, "t.x", year=2022)) == (None, 0, 0)


# Several regions


@pytest.mark.parametrize(
    ("city", "a", "b", "expected", "other"),
    [
        ("", "10, 20, 30, 40", "1, 2, 3, 4", (110, 8, 8), None),
        ("", "10, 20, –, –", "1, 2, 3, 4", (40, 6, 8), None),
        ("", "n/a, n/a, n/a, n/a", "1, 2, 3, 4", (10, 8, 8), None),
        ("", "10, 20, 30, 40", "annual 5", (105, 5, 5), None),
        ("30, 30, 30, 30", "10, 20, 30, 40", "1, 2, 3, 4", (120, 4, 4), 110),
        ("30, 30, 30, 30", "10, 20, 30, 40", "1, 2, 3, –", (120, 4, 4), None),
        ("30, 30, –, –", "10, 20, 30, 40", "1, 2, 3, 4", (110, 8, 8), None),
        ("30, 30, –, –", "10, 20, 30, 40", "1, 2, 3, –", (60, 2, 4), None),
        ("–, –, –, –", "10, 20, 30, 40", "1, 2, –, –", (103, 6, 8), None),
        ("–, –, –, –", "–, –, –, –", "–, –, –, –", (None, 0, 8), None),
        ("–, –, –, –", "", "", (None, 0, 4), None),
        ("annual 115", "10, 20, 30, 40", "1, 2, 3, 4", (115, 1, 1), 110),
    ],
)
def test_an_area(city, a, b, expected, other):
    value = of_x(x(city, a, b))
    assert (result(value), value.other) == (expected, other)


def test_of_an_annual_figure_and_half_a_year_by_its_indicator_the_months_differ():
    value = full(x("annual 70", "–, –, 30, 40"), {"t.x": entered("t.x", since=7)}, "t.x")
    assert (result(value), value.other) == ((70, 1, 1), None)


def test_a_region_in_between_stands_for_what_is_below_it():
    said = x("", "5, 5, 5, 5", "1, 1, 1, 1") | {name: {2023: {"t.x": "2, 2, 2, 3"}} for name in ("a1", "a2")}
    assert result(of_x(said, parents=CITY_OF_TOWNS)) == (24, 8, 8)
    said["a"] = {2023: {"t.x": "5, 5, 5, –"}}
    assert result(of_x(said, parents=CITY_OF_TOWNS)) == (22, 12, 12)


def test_means_are_averaged_over_regions_and_percentages_are_not_put_together():
    assert result(of_x(x("", "80, 90", "70, –"), "average")) == (Fraction(155, 2), 3, 4)
    assert result(of_x(x("", "80", "70"), "stock", is_percent=True)) == (None, 2, 2)
    assert result(of_x(x("", "80", "n/a"), "stock", is_percent=True)) == (80, 2, 2)


# Computed values


@pytest.mark.parametrize(
    ("passed", "samples", "expected"),
    [
        ("1, 1, 1, 1", "2, 2, 2, 2", (50, 4, 4)),
        ("1, n/a, 1, 1", "2, 6, 2, 2", (50, 4, 4)),
        ("1, n/a, 1, –", "2, 6, –, 2", (50, 2, 4)),
        ("n/a, –, –, –", "2, 2, 2, 2", (NOT_APPLICABLE, 1, 4)),
        ("1, 1, 1, 1", "0, 0, 0, 0", (None, 4, 4)),
        ("–, –, 1, 1", "2, 2, –, –", (None, 0, 4)),
        ("1, 1, 1, 1", "annual 8", (50, 1, 1)),
        ("1, 1, 1, 1", "2, –, –, –; annual 8", (50, 4, 4)),
        ("1, 1, –, –", "2, –, –, –; annual 8", (50, 1, 4)),
        ("1, n/a, 1, 1", "annual 6", (50, 1, 1)),
        ("n/a, n/a, n/a, n/a", "annual 6", (NOT_APPLICABLE, 1, 1)),
        ("1, 1, 1, 1, –, 1, 1, 1, 1, 1, 1, 1", "5, 6, 3, 3", (Fraction(900, 11), 3, 4)),
        ("1, 3", "2, 2, 2, –", (25, 1, 2)),
    ],
)
def test_a_rate_of_a_region(passed, samples, expected):
    value = full({"city": {2023: {"t.passed": passed, "t.samples": samples}}}, RATE, "t.rate")
    assert (result(value)[0], Fraction(value.have, value.expected)) == (expected[0], Fraction(*expected[1:]))


def test_a_rate_of_several_regions_is_computed_once_from_their_sums():
    said = {
        "a": {2023: {"t.passed": "10, 10, –, –", "t.samples": "20, 20, 20, 20"}},
        "b": {2023: {"t.passed": "3, 3, 3, 3", "t.samples": "3, 3, 3, 3"}},
        "c": {2023: {"t.passed": "7, 7, 7, 7"}},
    }
    assert result(full(said, RATE, "t.rate")) == (Fraction(100 * 32, 52), 6, 12)


def test_a_county_of_nothing_takes_part_in_the_sums():
    said = {name: {2023: {"t.passed": text, "t.samples": text}} for name, text in (("a", "0"), ("b", "4"))}
    assert result(full(said, RATE, "t.rate")) == (100, 2, 2)
    assert result(full(said, RATE, "t.rate", area="a")) == (NOT_APPLICABLE, 1, 1)  # 0 of 0


def test_which_regions_stand_for_a_rate_is_asked_of_the_rate():
    said = {
        "city": {2023: {"t.passed": "8, 8, 8, 8", "t.samples": "10, 10, –, –"}},
        "a": {2023: {"t.passed": "5, 5, 5, 5", "t.samples": "10, 10, 10, 10"}},
    }
    assert result(full(said, RATE, "t.rate")) == (50, 4, 4)
    assert result(full(said, RATE, "t.passed")) == (32, 4, 4)
    said["a"][2023]["t.samples"] = "10, 10, 10, –"
    assert result(full(said, RATE, "t.rate")) == (80, 2, 4)


def test_parts_that_do_not_apply_count_as_nothing():
    indicators = {code: entered(code) for code in ("t.all", "t.one", "t.two")}
    indicators["t.sum"] = computed("t.sum", "parts(t.all)")
    indicators["t.both"] = computed("t.both", "t.one + t.two")
    said = {"city": {2023: {"t.one": "1, 2, 3, –", "t.two": "n/a, 5, n/a, 5"}}}
    parts = {"t.all": ["t.one", "t.two"]}
    assert result(full(said, indicators, "t.sum", parts=parts)) == (11, 3, 4)
    assert result(full(said, indicators, "t.both", parts=parts)) == (7, 3, 4)


@pytest.mark.parametrize(
    ("is_first_retired", "sums", "rates"),
    [
        (False, (12, 4, 4), (Fraction(4, 12), 4, 4)),
        (True, (5, 2, 2), (Fraction(2, 5), 2, 4)),
    ],
)
def test_a_sum_goes_on_without_a_part_as_long_as_another_is_valid(is_first_retired, sums, rates):
    retired = Valid(end=datetime.date(2023, 6, 30))
    indicators = {code: entered(code) for code in ("t.all", "t.one", "t.two", "t.x")}
    for code in ("t.one", "t.two") if is_first_retired else ("t.two",):
        indicators[code] = replace(indicators[code], valid=retired)
    indicators["t.sum"] = computed("t.sum", "parts(t.all)")
    indicators["t.rate"] = computed("t.rate", "t.x / parts(t.all)")
    said = {"city": {2023: {"t.one": "1, 2, 3, 4", "t.two": "1, 1, –, –", "t.x": "1, 1, 1, 1"}}}
    parts = {"t.all": ["t.one", "t.two"]}
    assert result(full(said, indicators, "t.sum", parts=parts)) == sums
    assert result(full(said, indicators, "t.rate", parts=parts)) == rates


@pytest.mark.parametrize(
    ("total", "flow", "expected"),
    [
        ("10, 20, 30, 40", "1, 1, 1, 1", (10, 4)),
        ("10, –, 30, –", "1, 1, 1, 1", (10, 2)),  # 30 of January to September, as the three quarters together
        ("–, –, 30, –", "1, –, 1, –", (None, 0)),  # 30 of January to September, of which the second quarter is missing
        ("–, 20, –, –", "1, –, 1, –", (None, 0)),
        ("10, 20, –, –", "1, –, 1, –", (10, 1)),
        ("–, –, n/a, –", "1, 1, 1, –", (NOT_APPLICABLE, 1)),
    ],
)
def test_what_is_year_to_date_stands_for_the_months_since_january(total, flow, expected):
    indicators = {"t.spent": entered("t.spent", "cumulative"), "t.x": entered("t.x")}
    indicators["t.each"] = computed("t.each", "t.spent / t.x")
    value = full({"city": {2023: {"t.spent": total, "t.x": flow}}}, indicators, "t.each")
    assert result(value)[:2] == expected


def test_products_are_made_region_by_region():
    indicators = {"t.price": entered("t.price", "average"), "t.amount": entered("t.amount")}
    indicators["t.worth"] = computed("t.worth", "t.price * t.amount")
    indicators["t.mean"] = computed("t.mean", "t.worth / t.amount")
    said = {
        "a": {2023: {"t.price": "10", "t.amount": "1"}},
        "b": {2023: {"t.price": "20", "t.amount": "3"}},
    }
    assert full(said, indicators, "t.worth").value == 70
    assert full(said, indicators, "t.mean").value == Fraction(70, 4)


def test_growth_reads_last_year_over_the_same_months():
    indicators = {"t.x": entered("t.x"), "t.growth": computed("t.growth", "t.x / last_year(t.x) - 1", is_percent=True)}
    said = {"city": {2022: {"t.x": "10, 20, 30, 40"}, 2023: {"t.x": "15, 30, –, –"}}}
    assert result(full(said, indicators, "t.growth")) == (50, 2, 4)
    said["city"][2022]["t.x"] = "30, 70"
    assert result(full(said, indicators, "t.growth")) == (50, 2, 4)
    said["city"][2022]["t.x"] = "annual 100"
    assert result(full(said, indicators, "t.growth")) == (None, 0, 4)


def test_what_is_declared_stands_where_nothing_can_be_computed():
    said = {"a": {2023: {"t.passed": "1, 1, 1, 1", "t.rate": "annual 97.5"}}}
    value = full(said, RATE, "t.rate")
    assert (value.value, value.sources, value.declared) == (Fraction(195, 2), {"declared"}, Fraction(195, 2))
    said["a"][2023]["t.samples"] = "2, 2, 2, 2"
    assert full(said, RATE, "t.rate").value == 50
    said = {name: {2023: {"t.rate": text}} for name, text in (("a", "annual 90"), ("b", "annual 95"))}
    assert full(said, RATE, "t.rate").value is None
    said["city"] = {2023: {"t.rate": "annual 93"}}
    assert full(said, RATE, "t.rate").value == 93


# Change


def compared(value):
    found = value.comparison
    return found and (found.now, found.last, found.months, found.regions, found.is_plain)


def change_of_x(before, now, accumulation="flow", **more):
    """Regions' texts of 2022 and of 2023, those of the city first."""
    said = {
        name: {year: {"t.x": text} for year, text in ((2022, one), (2023, two)) if text}
        for name, one, two in zip(("city", "a", "b", "c"), before, now, strict=False)
    }
    return of_x(said, accumulation, **more)


@pytest.mark.parametrize(
    ("accumulation", "before", "now", "expected"),
    [
        ("flow", "1, 2, 3, 4", "2, 2, 2, 2", (8, 10, ALL_MONTHS, 1, True)),
        ("flow", "1, 2, 3, 4", "2, 2, –, –", (4, 3, H1, 1, False)),
        ("flow", "1, 2, 3, n/a", "2, 2, 2, n/a", (6, 6, frozenset(range(1, 10)), 1, True)),
        ("flow", "1, 2, 3, 4", "2, 2, 2, n/a", (6, 6, frozenset(range(1, 10)), 1, False)),
        ("flow", "3, 7", "2, 2, 2, –", (4, 3, H1, 1, False)),
        ("flow", "annual 10", "2, 2, 2, 2", (8, 10, ALL_MONTHS, 1, True)),
        ("flow", "1, 2, –, –; annual 10", "2, 2, –, –", (4, 3, H1, 1, False)),
        ("flow", "1, 2, –, –; annual 10", "2, 2, 2, 2", (8, 10, ALL_MONTHS, 1, True)),
        ("stock", "1, 2, –, –", "3, 4, 5, 6", (4, 2, H1, 1, False)),
        ("cumulative", "1, –, 5, –", "3, 4, 5, 6", (5, 5, frozenset(range(1, 10)), 1, False)),
        ("flow", "1, 2, –, –", "–, –, 3, 4", None),
    ],
)
def test_the_change_of_a_region(accumulation, before, now, expected):
    assert compared(change_of_x([before], [now], accumulation)) == expected


def test_the_months_with_most_to_compare_are_taken():
    before = ["", "1, 1, 1, 1", "1, 1, –, –", "1, 1, –, –"]
    now = ["", "2, 2, 2, 2", "2, 2, 2, 2", "2, 2, 2, 2"]
    assert compared(change_of_x(before, now)) == (12, 6, H1, 3, False)
    # Twelve months of one region against six of two: as much, and so more months.
    assert compared(change_of_x(before[:3], now[:3])) == (8, 4, ALL_MONTHS, 1, False)
    halves = ["", "1, –, –, –", "–, 1, –, –"]
    assert compared(change_of_x(halves, now[:3])) == (2, 1, frozenset([1, 2, 3]), 1, False)


def test_a_county_that_reports_for_the_first_time_is_left_out():
    value = change_of_x(["", "50, 50", ""], ["", "55, 55", "60, 60"])
    assert compared(value) == (110, 100, ALL_MONTHS, 1, False)
    assert (value.value, value.last, value.change) == (230, 100, 10)


def test_what_stood_for_itself_last_year_is_compared_even_when_others_stood_for_it():
    value = change_of_x(["1, 1, –, –", "5, 5, 5, 5"], ["2, 2, 2, 2", ""])
    assert (value.value, value.last) == (8, 20)
    assert compared(value) == (4, 2, H1, 1, False)


@pytest.mark.parametrize(("before", "now", "change"), [("0", "5", None), ("-10", "5", None), ("8", "-2", -125)])
def test_from_nothing_or_less_there_is_no_per_cent(before, now, change):
    assert change_of_x([before], [now]).change == change


def test_a_declared_rate_is_compared_with_a_computed_one_of_the_same_region():
    of_2023 = {"t.passed": "9", "t.samples": "10"}
    said = {"a": {2022: {"t.rate": "annual 88"}, 2023: of_2023}}
    assert full(said, RATE, "t.rate").change == 2
    said["b"] = {2023: of_2023}
    assert full(said, RATE, "t.rate").change is None


# A period


def test_values_of_a_period():
    said = {
        "a": {2022: {"t.x": "1, 2, 3, 4"}, 2023: {"t.x": "2, 5, –, 4; annual 9"}},
        "b": {2022: {"t.x": "annual 7"}, 2023: {"t.x": "10, –, –, –"}},
    }
    first = of_x(said, only=("quarter", 1))
    assert (result(first), first.last) == ((12, 2, 2), 1)
    assert compared(first) == (2, 1, frozenset([1, 2, 3]), 1, False)
    assert result(of_x(said, only=("quarter", 3))) == (None, 0, 2)
    assert result(of_x(said, only=("year", 1))) == (None, 0, 0)
