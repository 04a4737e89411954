"""What the checks read from the database: figures of other sheets and times, in a fixed number of queries."""

import datetime
import random

import pytest

from sectors.catalogue.compiled import catalogue
from sectors.checks import gathering
from sectors.models import CatalogueVersion, Indicator, Rule, Sector
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def rules_of(cast, period="2023Q1", sheet="T-01", **asked):
    found = gathering.of_submission(base.submission(cast.county, sheet, period), **asked)
    return [finding.rule for finding in found]


def rule(expression, **fields):
    fields = {"sector": Sector.objects.get(code="food"), "severity": "error", "message": "look"} | fields
    made = Rule.objects.create(code=f"food.rule{Rule.objects.count()}", expression=expression, **fields)
    CatalogueVersion.objects.renew()
    return made


def test_a_rule_reads_other_sheets_and_sectors_of_the_same_period(cast):
    code = rule("food.output <= water.supply").code
    base.report(cast.county, "2023Q1", {"food.output": "20001.0"}, "draft")
    base.report(cast.county, "2023Q2", {"water.supply": "1.00"}, "draft")
    assert rules_of(cast) == []
    base.report(cast.county, "2023Q1", {"water.supply": "2.00"}, "draft")  # 20,000 t, give or take 50
    assert rules_of(cast) == []
    base.report(cast.county, "2023Q1", {"water.supply": "1.90"}, "draft")
    assert rules_of(cast) == rules_of(cast, sheet="T-02") == [code]
    assert rules_of(cast, sheet="T-02", period="2023Q2") == []


def test_another_region_is_another_matter(cast):
    rule("food.done <= food.task")
    base.report(cast.county, "2023Q1", {"food.done": "5"}, "draft")
    base.report(cast.other_county, "2023Q1", {"food.task": "1"}, "draft")
    assert rules_of(cast) == []


def test_a_rule_reads_other_times(cast):
    codes = {
        rule(text).code: text
        for text in (
            "food.done <= previous(food.done) * 2",
            "food.done <= last_year(food.done) * 2",
            "year_to_date(food.done) <= food.task",
        )
    }
    before = {"2022Q2": "5", "2023Q1": "4", "2023Q2": "12"}
    for period, done in before.items():
        base.report(cast.county, period, {"food.done": done, "food.task": "15"}, "draft")
    found = gathering.of_submission(base.submission(cast.county, in_period="2023Q2"))
    assert {one.rule for finding in found for one in (finding, *finding.also)} == set(codes)
    assert rules_of(cast, "2023Q1") == []


def test_a_figure_is_compared_with_those_before_it(cast):
    base.report(cast.county, "2022Q1", {"food.firms": "100", "food.task": "500"})
    base.report(cast.county, "2023Q1", {"food.firms": "100", "food.task": "500"}, "draft")
    base.report(cast.county, "2023Q2", {"food.firms": "200", "food.task": "400"}, "draft")
    assert rules_of(cast, "2023Q1") == []
    assert sorted(rules_of(cast, "2023Q2")) == ["change:food.firms", "fall:food.task"]


def test_an_outlier_is_seen_over_three_years(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), change_limit=90)
    for year in range(2020, 2023):
        for quarter in range(1, 5):
            base.report(cast.county, f"{year}Q{quarter}", {"food.firms": str(100 + quarter)})
    base.report(cast.county, "2023Q1", {"food.firms": "140"}, "draft")
    assert rules_of(cast) == ["outlier:food.firms"]


def test_an_annual_figure_is_compared_with_its_quarters(cast):
    for quarter in range(1, 5):
        base.report(cast.county, f"2023Q{quarter}", {"food.done": "30", "food.price": "2.00"})
    base.report(cast.county, "2023", {"food.done": "120", "food.price": "2.02"}, "draft")
    assert rules_of(cast, "2023") == ["annual:food.price"]


def test_empty_cells_are_asked_for_once_the_required_ones_are_filled(cast):
    base.report(cast.county, "2023Q1", {"food.done": "7", "food.done.farm": "7"}, "draft")
    assert rules_of(cast) == []
    assert rules_of(cast, required=True) == ["required:food.task"]
    base.report(cast.county, "2023Q1", {"food.task": "9"}, "draft")
    assert rules_of(cast, required=True) == rules_of(cast) == ["blank:food.done.school"]
    base.report(cast.county, "2023Q1", {"food.done.school": "n/a"}, "draft")
    assert rules_of(cast, required=True) == []


def test_an_edited_rule_counts_at_once(cast):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    assert rules_of(cast) == ["food.passed_within_done"]
    base.change_catalogue(Rule.objects.all(), expression="food.passed >= food.done")  # as long as before
    assert rules_of(cast) == []
    base.change_catalogue(
        Rule.objects.all(), expression="food.passed <= food.done", valid_from=datetime.date(2023, 4, 1)
    )
    assert rules_of(cast) == []
    base.report(cast.county, "2023Q2", {"food.done": "5", "food.passed": "6"}, "draft")
    assert rules_of(cast, "2023Q2") == ["food.passed_within_done"]
    base.change_catalogue(Rule.objects.all(), is_on=False)
    assert rules_of(cast, "2023Q2") == []


def test_the_catalogue_is_read_once_while_it_stays_the_same(cast):
    first = catalogue()
    base.report(cast.county, "2023Q1", {"food.done": "5"}, "draft")
    assert catalogue() is first
    rule("food.done > 0")
    second = catalogue()
    assert second is not first
    assert second.by_code == first.by_code


def test_queries_do_not_grow_with_figures_periods_and_rules(cast):
    def queries(action):
        action()  # the first to look reads the rules
        return base.queries(action)

    base.report(cast.county, "2023Q1", {"food.done": "5"})
    sheet = base.submission(cast.county, "T-01", "2023Q1", "accepted")
    actions = (
        lambda: gathering.of_submission(sheet),
        lambda: gathering.of_year(cast.county, 2023),
    )
    assert [queries(action) for action in actions] == [2, 2]
    for quarter in range(1, 5):
        figures = {"food.done": "5", "food.done.farm": "3", "food.done.school": "2", "food.task": "50"}
        base.report(cast.county, f"2023Q{quarter}", figures)
        base.report(cast.county, f"2022Q{quarter}", figures)
        base.report(cast.county, f"2023Q{quarter}", {"water.tests": "5"})
    for _number in range(20):
        rule("food.done >= 1")
    assert [queries(action) for action in actions] == [2, 2]


def test_a_rule_over_a_computed_value_is_judged(cast):
    code = rule("food.rate >= 0.5").code
    base.report(cast.county, "2023Q1", {"food.done": "10", "food.passed": "4"}, "draft")
    assert rules_of(cast) == [code]


def test_a_year_is_judged_period_by_period(cast):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"})
    base.report(cast.county, "2023Q2", {"food.done": "5", "food.passed": "6"}, "signed")
    base.report(cast.county, "2023Q3", {"food.done": "5", "food.passed": "5"})
    base.report(cast.county, "2022Q1", {"food.done": "5", "food.passed": "6"})
    found = gathering.of_year(cast.county, 2023)
    assert [(finding.period, finding.rule) for finding in found] == [("2023Q1", "food.passed_within_done")]
    assert gathering.of_year(cast.other_county, 2023) == []
    asked = gathering.of_year(cast.county, 2023, required=True)
    assert ("2023Q1", "required:food.task") in {(finding.period, finding.rule) for finding in asked}


@pytest.mark.parametrize("seed", range(6))
def test_a_clean_sheet_is_judged_by_what_changed_as_if_by_all_of_it(cast, seed):
    """Figures of the sheet, of its past and of another sheet come, change and go; each time both ways say the same."""
    chance = random.Random(seed)
    rule("food.output <= water.supply * 10")
    rule("food.done <= previous(food.done) * 3", severity="warning")
    good = {"food.task": "50", "food.done": "40", "food.passed": "40", "food.firms": "9", "food.output": "2.0"}
    good |= {"food.done.farm": "40", "food.done.school": "0"}
    for period in ("2022Q1", "2022Q4", "2023Q1"):
        base.report(cast.county, period, good, "draft")
    base.report(cast.county, "2023Q1", {"water.supply": "1.00"}, "draft")
    sheet, clean = base.submission(cast.county), 0
    gathering._clean.clear()
    for _turn in range(30):
        code = chance.choice([*good, "water.supply"])
        text = chance.choice([good.get(code, "1.00"), good.get(code, "1.00"), "1", "45", "n/a", ""])
        base.report(cast.county, chance.choice(("2023Q1", "2023Q1", "2022Q4")), {code: text}, "draft")
        found = gathering.of_submission(sheet)
        clean += sheet.pk in gathering._clean
        findings_before = dict(gathering._clean)
        gathering._clean.clear()
        assert found == gathering.of_submission(sheet)
        gathering._clean.clear()
        gathering._clean.update(findings_before)
        if found:
            base.report(cast.county, "2022Q4", good, "draft")
            base.report(cast.county, "2023Q1", good | {"water.supply": "1.00"}, "draft")
    assert clean > 5
