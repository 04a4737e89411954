"""Checks of figures that are not exact: an error where no value of theirs would satisfy the rule."""

from decimal import Decimal

import pytest

from sectors.checks import gathering
from sectors.checks.messages import Joined
from sectors.checks.reported import Inexact
from sectors.entry import writer
from sectors.models import Tally
from tests import base
from tests.sectors.checks.in_memory import NOW, breakdown, judge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def found(cast, **texts):
    of = base.submission(cast.county)
    saved = writer.save(of, writer.Typed({name.replace("_", "."): text for name, text in texts.items()}), by=cast.clerk)
    assert saved.is_complete
    return {finding.rule for finding in gathering.of_submission(of)}


# The parts of `food.done` add up to it.
SUM = "sum:food.done:"


@pytest.mark.parametrize(
    ("done", "farm", "school", "is_error"),
    [
        ("120", "60", "60", False),
        ("120余", "60", "65", False),
        ("120余", "60", "75", True),  # 135 is more than 130
        ("120余", "60", "50", True),  # 110 is less than 120
        ("120以上", "60", "6000", False),
        ("120以上", "60", "50", True),
        ("120以下", "60", "70", True),
        ("120以下", "60", "10", False),
        ("约120", "60", "55", False),  # 115 to 125
        ("约120", "60", "50", True),
        ("近200", "60", "60", False),
        ("120", "60余", "55", False),
        ("120", "60余", "70", True),
        ("120", "60以上", "60以上", False),
        ("120", "60以下", "50以下", True),
    ],
)
def test_parts_and_their_total(cast, done, farm, school, is_error):
    rules = found(cast, food_done=done, food_done_farm=farm, food_done_school=school)
    assert any(rule.startswith(SUM) for rule in rules) is is_error


@pytest.mark.parametrize(
    ("done", "passed", "is_error"),
    [("100", "100以上", False), ("100余", "150", False), ("100余", "250", True), ("100", "120以上", True)],
)
def test_a_part_is_at_most_its_total(cast, done, passed, is_error):
    rules = found(cast, food_done=done, food_passed=passed)
    assert bool(rules) is is_error


@pytest.mark.parametrize(
    ("passed", "declared", "is_error"),
    [
        ("97", "95以上", False),
        ("90", "95以上", True),
        ("90以上", "95", False),
        ("90以上", "85", True),
        ("97", "约90", True),
        ("97", "约97", False),
    ],
)
def test_what_is_declared_is_what_figures_may_give(cast, passed, declared, is_error):
    of = base.submission(cast.county)
    base.report(cast.county, "2023Q1", {"food.done": "100", "food.passed": passed, "food.rate": declared}, "draft")
    rules = {finding.rule for finding in gathering.of_submission(of)}
    assert ("declared:food.rate" in rules) is is_error


@pytest.mark.parametrize(
    ("year", "quarters", "is_error"),
    [
        ("100余", ("50", "105"), False),
        ("100余", ("50", "155"), True),
        ("100以上", ("30余", "50"), True),
        ("90以下", ("30余", "50"), False),
        ("150", ("100余", "10"), False),
        ("250", ("100余", "10"), True),
    ],
)
def test_an_annual_figure_is_what_its_periods_may_make(cast, year, quarters, is_error):
    base.report(cast.county, "2023", {"food.done": year})
    for number, text in enumerate((*quarters, "0", "0"), 1):
        base.report(cast.county, f"2023Q{number}", {"food.done": text})
    rules = {finding.rule for finding in gathering.of_year(cast.county, 2023)}
    assert ("annual:food.done" in rules) is is_error


@pytest.mark.parametrize(
    ("before", "now", "is_found"),
    [
        ("100", "100以上", False),
        ("1000", "100以上", False),
        ("100", "900以上", True),
        ("100余", "900", True),
        ("近1000", "900", False),
    ],
)
def test_a_change_is_unusual_where_it_is_so_whatever_the_figures_are(cast, before, now, is_found):
    base.report(cast.county, "2022Q1", {"food.done": before})
    assert ("change:food.done" in found(cast, food_done=now)) is is_found


def test_what_counts_from_january_may_not_have_fallen(cast):
    base.report(cast.county, "2023Q1", {"food.task": "100余"})
    second = base.submission(cast.county, in_period="2023Q2")
    for now, is_found in (("105", False), ("99", True), ("90以上", False), ("95以下", True)):
        writer.save(second, writer.Typed({"food.task": now}), by=cast.clerk)
        rules = {finding.rule for finding in gathering.of_submission(second)}
        assert ("fall:food.task" in rules) is is_found


def test_a_finding_quotes_what_was_typed_and_is_asked_again_when_that_changes(cast):
    of = base.submission(cast.county)
    parts = {"food.done.farm": "60", "food.done.school": "60"}
    for done, is_clean in (("120", True), ("120余", True), ("约130", False), ("120余", True)):
        writer.save(of, writer.Typed({"food.done": done, **parts}), by=cast.clerk)
        assert (not gathering.of_submission(of)) is is_clean
    writer.save(of, writer.Typed({"food.done.school": "75"}), by=cast.clerk)
    (finding,) = gathering.of_submission(of)
    assert "120余" in str(finding.message.values)


def test_what_the_registry_counts_may_be_what_was_typed(cast):
    assert not found(cast, food_done="120余")
    of = base.submission(cast.county)
    indicator = of.sheet.indicators.get(code="food.done")
    Tally.objects.create(submission=of, indicator=indicator, value=125, records=125)
    assert not list(gathering._against_registry(of))
    Tally.objects.update(value=131)
    (finding,) = gathering._against_registry(of)
    assert finding.message.values["value"] == "120余"


@pytest.mark.parametrize(
    ("declared", "is_found"),
    [("95", True), ("95以上", False), ("90以下", False), ("约90", False), ("95余", True), ("100", False)],
)
def test_some_whole_number_may_give_a_rate_that_is_not_exact(cast, declared, is_found):
    """Of 8 there pass 7 (87.5 %) or all."""
    base.report(cast.county, "2023Q1", {"food.done": "8", "food.rate": declared}, "draft")
    findings = gathering.of_submission(base.submission(cast.county))
    assert ("whole:food.rate" in {finding.rule for finding in findings}) is is_found
    if declared == "95余":
        (finding,) = (finding for finding in findings if finding.rule == "whole:food.rate")
        assert finding.message.values["declared"] == "95%多"


def between(low, high):
    return Inexact.of((Decimal(low), Decimal(high)), "as typed", "about")


@pytest.mark.parametrize(
    ("total", "interval", "is_error"),
    [("2.0", ("2", "Infinity"), False), ("2.0", ("0", "2"), True), ("20.0", ("0", "20"), False), ("2.0", (), True)],
)
def test_a_growth_that_is_not_exact_may_lie_between_those_of_the_parts(total, interval, is_error):
    """Neither as stated, nor at its lowest, nor at its highest, but in the midst."""
    codes = ("t.all", "t.a", "t.b")
    found = judge(
        {"t.all.g": total, "t.a.g": "4.2", "t.b.g": "9.9"},
        formulas={f"{code}.g": f"{code} / last_year({code}) - 1" for code in codes},
        units={f"{code}.g": ("%", "0.01") for code in codes},
        breakdowns=[breakdown(*codes)],
        indicators={code: {"exact": False} for code in codes},
        inexact={"t.all.g": {NOW: between(*interval)}} if interval else {},
    )
    assert bool(found) is is_error


@pytest.mark.parametrize(("interval", "is_error"), [((30, 30), True), ((30, 200), False), ((30, 40), True)])
def test_what_is_computed_of_a_declared_value_follows_what_that_may_be(interval, is_error):
    found = judge(
        {"t.done": "20", "t.task": "50", "t.rate": "30", "t.double": "90"},
        formulas={"t.rate": "t.done / t.task", "t.double": "t.rate * 2"},
        units={"t.rate": ("%", "0.01"), "t.double": ("%", "0.01")},
        inexact={"t.rate": {NOW: between(*interval)}},
    )
    rules = {other.rule for one in found for other in (one, *one.also)}
    assert ("declared:t.double" in rules) is is_error


@pytest.mark.parametrize(
    ("before", "now", "then", "change"),
    [
        ("100余", "900", "100余批次", "约+350%"),
        ("100以下", "900", "100批次以下", "约+800%"),
        ("100", "900以上", "100批次", "约+800%"),
        ("100", "900", "100批次", "+800%"),
    ],
)
def test_a_change_is_told_from_what_was_typed(cast, before, now, then, change):
    base.report(cast.county, "2022Q1", {"food.done": before})
    base.report(cast.county, "2023Q1", {"food.done": now}, "draft")
    (finding,) = gathering.of_submission(base.submission(cast.county))
    changes = finding.message.values["changes"]
    assert isinstance(changes, Joined)
    (told,) = changes.messages
    assert (told.values["then"], told.values["change"]) == (then, change)


@pytest.mark.parametrize(("passed", "is_found"), [("50", True), ("50以上", False), ("50余", True), ("近90", False)])
def test_a_rate_has_moved_where_it_has_whatever_it_was(cast, passed, is_found):
    base.report(cast.county, "2022Q1", {"food.done": "100", "food.passed": passed})
    base.report(cast.county, "2023Q1", {"food.done": "100", "food.passed": "90"}, "draft")
    findings = gathering.of_submission(base.submission(cast.county))
    assert ("change:food.rate" in {finding.rule for finding in findings}) is is_found


def test_what_is_computed_of_figures_that_are_not_exact_is_told_as_about(cast):
    base.report(cast.county, "2023Q1", {"food.done": "100", "food.passed": "90余", "food.rate": "80"}, "draft")
    (finding,) = gathering.of_submission(base.submission(cast.county))
    assert finding.message.values["computed"] == "约90"


def test_what_parts_make_that_are_not_exact_is_about_so_much():
    about = {"t.a": {NOW: Inexact(Decimal(60), Decimal(70), "60余")}}
    figures, whole = {"t.all": "120", "t.a": "60", "t.b": "70"}, [breakdown("t.all", "t.a", "t.b")]
    (told,) = judge(figures, breakdowns=whole, inexact=about)
    assert "give 约130, 120 is reported" in str(told.statement)
    (told,) = judge(figures, breakdowns=whole)
    assert "give 130, 120 is reported" in str(told.statement)
