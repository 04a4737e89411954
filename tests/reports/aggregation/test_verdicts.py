"""A year against its target on the day it is looked at: one that still runs has missed nothing yet."""

import datetime
from decimal import Decimal

import pytest

from reports.aggregation.cube import annual
from reports.aggregation.verdicts import verdict
from sectors.models import Indicator
from sectors.vocabulary import TargetBound
from tests import base

RUNNING, OVER = datetime.date(2023, 7, 20), datetime.date(2024, 2, 1)
ALL = ("2023Q1", "2023Q2", "2023Q3", "2023Q4")


def of(cast, code, values, target, bound=TargetBound.AT_LEAST):
    base.change_catalogue(Indicator.objects.filter(code=code), target=Decimal(target), target_is=bound)
    for period, figures in zip(ALL, values, strict=False):
        base.report(cast.county, period, figures)
    return annual(cast.county, 2023)[code]


def rates(*passed):
    return [{"food.done": "50", "food.passed": one} for one in passed]


def test_a_ratio_of_a_running_year_is_so_to_date(cast):
    value = of(cast, "food.rate", rates("45", "45"), "98")
    found = verdict(value, RUNNING)
    assert (found.state, found.is_behind, found.plan_text, found.word) == ("under_way", True, "", "进行中，落后")
    assert verdict(value, datetime.date(2024, 1, 31)).state == "under_way"
    assert verdict(value, OVER).word == "未达标"


def test_a_ratio_that_is_above_its_target_so_far_is_said_to_be_so_to_date(cast):
    value = of(cast, "food.rate", rates("50", "49"), "98")
    assert (verdict(value, RUNNING).word, verdict(value, OVER).word) == ("至今达标", "达标")


def test_a_whole_year_is_judged_though_it_is_not_over(cast):
    value = of(cast, "food.rate", rates("45", "45", "45", "45"), "98")
    assert verdict(value, datetime.date(2023, 12, 31)).word == "未达标"


@pytest.mark.parametrize(
    ("done", "state", "behind"),
    [(("30", "20"), "under_way", False), (("29", "20"), "under_way", True), (("60", "40"), "reached", False)],
)
def test_an_amount_is_held_against_its_plan_to_date(cast, done, state, behind):
    value = of(cast, "food.done", [{"food.done": one} for one in done], "100")
    found = verdict(value, RUNNING)
    assert (found.state, found.is_behind) == (state, behind)
    assert found.plan_text == ("" if state == "reached" else "50批次")
    assert verdict(value, OVER).state == ("reached" if state == "reached" else "early")


def test_what_grows_past_its_most_has_missed_it_at_once_and_below_is_under_way(cast):
    value = of(cast, "food.done", [{"food.done": "10"}], "20", TargetBound.AT_MOST)
    assert verdict(value, RUNNING)[:4] == ("under_way", True, False, None)
    base.report(cast.county, "2023Q2", {"food.done": "11"})
    assert verdict(annual(cast.county, 2023)["food.done"], RUNNING).state == "missed"


def test_without_a_target_or_a_figure_nothing_is_judged(cast):
    value = of(cast, "food.done", [], "20")
    assert verdict(value, RUNNING).word == ""
    base.change_catalogue(Indicator.objects.filter(code="food.done"), target=None)
    base.report(cast.county, "2023Q1", {"food.done": "10"})
    assert verdict(annual(cast.county, 2023)["food.done"], RUNNING).word == ""
