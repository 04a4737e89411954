"""A finding over accepted figures says of which periods the figures are that it is about."""

import io
import json

import pytest
from django.core.management import call_command

from sectors.checks import gathering
from tests import base
from tests.sectors.findings.test_follow import rule

pytestmark = pytest.mark.django_db


def quarters(cast, code, *texts, year=2023):
    for number, text in enumerate(texts, start=1):
        base.report(cast.county, f"{year}Q{number}", {code: text})


def named(cast, name, period="2023"):
    """By code the periods that a finding names, in their order."""
    (found,) = [f for f in gathering.of_year(cast.county, 2023) if f.rule == name and f.period == period]
    by_code: dict[str, list[str]] = {}
    for figure in found.figures:
        by_code.setdefault(figure.code, []).append(figure.period)
    return by_code


@pytest.mark.parametrize(
    ("expression", "period", "expected"),
    [
        ("food.done <= previous(food.done)", "2023Q2", {"food.done": ["2023Q1", "2023Q2"]}),
        ("food.done <= last_year(food.firms)", "2023Q2", {"food.done": ["2023Q2"], "food.firms": ["2022Q2"]}),
        ("food.price >= year_to_date(food.done)", "2023Q2",
         {"food.done": ["2023Q1", "2023Q2"], "food.price": ["2023Q2"]}),
        ("food.done <= water.tests", "2023Q2", {"food.done": ["2023Q2"], "water.tests": ["2023Q2"]}),
    ],
)  # fmt: skip
def test_a_rule_names_what_it_reads_in_its_period(cast, expression, period, expected):
    name = rule(expression)
    base.report(cast.county, "2022Q2", {"food.firms": "5"})
    base.report(cast.county, "2023Q1", {"food.done": "5"})
    base.report(cast.county, "2023Q2", {"food.done": "6", "food.price": "5", "water.tests": "5"})
    assert named(cast, name, period) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("water.tests", ["2023Q1", "2023Q2", "2023Q3", "2023Q4"]),  # they add up
        ("food.firms", ["2023Q4"]),  # the latest stands
    ],
)
def test_what_stands_folded_is_named_by_the_periods_that_make_it(cast, code, expected):
    name = rule(f"plants.count == {code}")
    quarters(cast, code, "5", "5", "5", "5")
    base.report(cast.county, "2023", {"plants.count": "9"})
    assert named(cast, name) == {"plants.count": ["2023"], code: expected}


def test_an_annual_figure_is_named_itself(cast):
    name = rule("plants.count == water.tests")
    base.report(cast.county, "2023", {"plants.count": "9", "water.tests": "5"})
    assert named(cast, name) == {"plants.count": ["2023"], "water.tests": ["2023"]}


def test_a_figure_against_other_times_names_them(cast):
    quarters(cast, "food.firms", "10", "10", "10", "10", year=2022)
    quarters(cast, "food.firms", "100")
    assert named(cast, "change:food.firms", "2023Q1") == {"food.firms": ["2022Q1", "2022Q4", "2023Q1"]}
    quarters(cast, "food.task", "50", "", "40")
    assert named(cast, "fall:food.task", "2023Q3") == {"food.task": ["2023Q1", "2023Q3"]}


def test_an_annual_figure_names_the_periods_of_its_year(cast):
    quarters(cast, "food.done", "30", "30", "30", "30")
    base.report(cast.county, "2023", {"food.done": "130"})
    periods = [*(f"2023Q{number}" for number in (1, 2, 3, 4)), "2023"]
    assert named(cast, "annual:food.done") == {"food.done": periods}


def test_the_same_slip_elsewhere_has_its_periods_too(cast):
    base.report(cast.county, "2023Q2", {"food.done": "100", "food.passed": "110", "food.rate": "110.0"})
    (found,) = gathering.of_year(cast.county, 2023)
    (also,) = found.also
    assert (also.rule, also.period) == ("bound:food.rate", "2023Q2")
    assert [(figure.code, figure.period) for figure in also.figures] == [("food.rate", "2023Q2")]


def test_the_command_gives_the_periods(cast):
    name = rule("food.done <= previous(food.done)")
    quarters(cast, "food.done", "5", "6")
    base.report(cast.county, "2022", {"plants.count": "5"})
    base.report(cast.county, "2023", {"plants.count": "50"})
    out = io.StringIO()
    call_command("check_figures", region=cast.county.code, year=2023, format="json", stdout=out)
    printed = {finding["rule"]: finding for finding in json.loads(out.getvalue())}
    assert printed[name]["figures"] == [
        {"indicator": "food.done", "period": "2023Q1"},
        {"indicator": "food.done", "period": "2023Q2"},
    ]
    assert [suspect["period"] for suspect in printed[name]["suspects"]] == ["2023Q2"] * len(printed[name]["suspects"])
    change = printed["change:plants.count"]
    assert (change["period"], [one["period"] for one in change["figures"]]) == ("2023", ["2022", "2023"])
