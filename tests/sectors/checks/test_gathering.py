"""What the checks read from the database: figures of other sheets and times, in a fixed number of queries."""

import datetime
import random
from decimal import Decimal
from functools import partial

import pytest

from sectors.catalogue.compiled import catalogue
from sectors.checks import gathering, trials
from sectors.checks.rulebooks import rulebooks
from sectors.models import CatalogueVersion, FormerFrequency, Indicator, Region, Rule, Sector, Sheet, Table, Unit
from sectors.sql.figures import figures_beside
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


@pytest.mark.parametrize(
    ("unit", "decimals", "is_exact"),
    [("家", 0, True), ("家", 1, False), ("万人", 0, False), ("吨", 0, False), ("亿元", 0, False), ("百分点", 0, False)],
)
def test_only_what_is_counted_one_by_one_is_exact(cast, unit, decimals, is_exact):
    made, _new = Unit.objects.get_or_create(name=unit, defaults={"base": unit})
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), unit=made, decimals=decimals)
    assert rulebooks().indicators["food.firms"].exact == is_exact


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
    assert "food.passed_within_done" not in rules_of(cast)
    base.change_catalogue(
        Rule.objects.all(), expression="food.passed <= food.done", valid_from=datetime.date(2023, 4, 1)
    )
    assert "food.passed_within_done" not in rules_of(cast)
    base.report(cast.county, "2023Q2", {"food.done": "5", "food.passed": "6"}, "draft")
    assert rules_of(cast, "2023Q2") == ["food.passed_within_done"]
    base.change_catalogue(Rule.objects.all(), is_on=False)
    assert "food.passed_within_done" not in rules_of(cast, "2023Q2")


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


# Sheets that are reported at different times: T-03 once a year, T-01 and T-02 in quarters


def of(cast, sheet, period):
    """What is found in a submission, by rule."""
    found = gathering.of_submission(base.submission(cast.county, sheet, period))
    return {one.rule: one for finding in found for one in (finding, *finding.also)}


def quarters(cast, year=2023, **figures):
    """Figures of the quarters of a year by code, with dots as two underscores; None for one that is missing."""
    for code, texts in figures.items():
        for number, text in enumerate(texts, 1):
            if text is not None:
                base.report(cast.county, f"{year}Q{number}", {code.replace("__", "."): text}, "draft")


@pytest.mark.parametrize(
    ("code", "texts", "count", "is_found"),
    [
        ("water__tests", ("1", "2", "3", "4"), "10", False),  # a flow adds up
        ("water__tests", ("1", "2", "3", "4"), "9", True),
        ("water__tests", ("1", "2", "3", None), "9", False),  # and is not known while a period is missing
        ("water__tests", ("1", "n/a", "3", "4"), "8", False),  # what is not applicable is answered
        ("water__tests", ("1", "n/a", "3", "4"), "9", True),
        ("food__firms", ("1", "2", "3", "4"), "4", False),  # of a level the latest counts
        ("food__firms", (None, None, None, "4"), "4", False),
        ("food__firms", (None, None, None, "4"), "5", True),
        ("food__firms", ("1", "2", "3", None), "9", False),
        ("food__task", ("1", "2", "3", "4"), "4", False),  # and of a year to date
        ("food__task", ("1", "2", "3", "4"), "10", True),
        ("food__price", ("1.00", "2.00", "3.00", "6.00"), "3", False),  # a mean
        ("food__price", ("1.00", "2.00", "3.00", "6.00"), "4", True),
        ("water__supply", ("0.01", "0.02", "0.03", "0.04"), "1000", False),  # in base units
        ("water__supply", ("0.01", "0.02", "0.03", "0.04"), "1200", False),  # each of them may be off by 50 t
        ("water__supply", ("0.01", "0.02", "0.03", "0.04"), "1201", True),
    ],
)
def test_a_rule_over_a_yearly_and_a_quarterly_sheet_is_judged_at_the_end_of_the_year(
    cast, code, texts, count, is_found
):
    name = rule(f"plants.count == {code.replace('__', '.')}").code
    quarters(cast, **{code: texts})
    base.report(cast.county, "2023", {"plants.count": count}, "draft")
    sheet = "T-01" if code.startswith("food") else "T-02"
    assert (name in of(cast, "T-03", "2023")) is is_found
    assert (name in of(cast, sheet, "2023Q4")) is is_found
    assert name not in of(cast, sheet, "2023Q3")


def test_a_value_computed_from_folded_parts_is_judged_too(cast):
    name = rule("food.rate * plants.count >= 5").code
    quarters(cast, food__done=("5", "5", "5", "5"), food__passed=("1", "1", "1", "5"))
    base.report(cast.county, "2023", {"plants.count": "12"}, "draft")
    assert name in of(cast, "T-03", "2023")  # 8 of 20, though 5 of 5 in the last quarter
    base.report(cast.county, "2023Q1", {"food.passed": "5"}, "draft")
    assert name not in of(cast, "T-03", "2023")


def test_half_years_and_quarters_meet_at_the_end_of_each_half(cast):
    base.change_catalogue(Sheet.objects.filter(number="T-02"), frequency="half")
    name = rule("food.done <= water.tests").code
    quarters(cast, food__done=("3", "3", "5", "5"))
    base.report(cast.county, "2023H1", {"water.tests": "5"}, "draft")
    base.report(cast.county, "2023H2", {"water.tests": "10"}, "draft")
    assert name in of(cast, "T-02", "2023H1")
    assert name in of(cast, "T-01", "2023Q2")
    assert name not in of(cast, "T-02", "2023H2")
    assert name not in of(cast, "T-01", "2023Q4")


def test_other_times_of_such_a_rule_are_those_of_the_longer_period(cast):
    names = [rule(f"plants.count <= {moment}(water.tests)").code for moment in ("last_year", "previous")]
    quarters(cast, year=2022, water__tests=("1", "2", "3", "4"))
    base.report(cast.county, "2023", {"plants.count": "10"}, "draft")
    assert not of(cast, "T-03", "2023").keys() & set(names)
    base.report(cast.county, "2023", {"plants.count": "11"}, "draft")
    assert of(cast, "T-03", "2023").keys() >= set(names)


def test_a_rule_that_counts_what_is_missing_as_nothing_waits_for_the_longer_period(cast):
    name = rule("water.tests <= plants.count", missing="zero").code
    quarters(cast, water__tests=("1", "2", "3", "4"))
    assert not any(name in of(cast, "T-02", f"2023Q{number}") for number in (1, 2, 3))
    base.report(cast.county, "2023", {"plants.count": "9"}, "draft")
    assert name in of(cast, "T-03", "2023")


def test_an_annual_figure_of_the_quarterly_sheet_stands_for_its_quarters(cast):
    name = rule("plants.count == water.tests").code
    base.report(cast.county, "2022", {"plants.count": "9", "water.tests": "10"})
    assert name in of(cast, "T-03", "2022")
    assert name in of(cast, "T-02", "2022")


def test_both_sheets_say_the_same_of_the_same_figures(cast):
    name = rule("plants.count == water.tests").code
    quarters(cast, water__tests=("1", "2", "3", "4"))
    base.report(cast.county, "2023", {"plants.count": "9"}, "draft")
    yearly, quarterly = of(cast, "T-03", "2023")[name], of(cast, "T-02", "2023Q4")[name]
    assert yearly.judged == quarterly.judged == {"plants.count": "9", "water.tests": "10"}
    assert str(yearly.statement) == str(quarterly.statement)
    assert (yearly.declared, yearly.expected) == (9, 10)
    assert yearly.suspects == ()  # none of the quarters alone, and so not the other figure either


def test_the_last_figure_of_a_level_is_suspect_with_what_would_repair_it(cast):
    name = rule("plants.count == food.firms").code
    quarters(cast, food__firms=("1", "2", "3", "4"))
    base.report(cast.county, "2023", {"plants.count": "5"}, "draft")
    for sheet, period in (("T-03", "2023"), ("T-01", "2023Q4")):
        named = {suspect.code: suspect.repair for suspect in of(cast, sheet, period)[name].suspects}
        assert named == {"plants.count": 4, "food.firms": 5}


def test_a_year_says_it_once(cast):
    name = rule("plants.count == water.tests").code
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", {"water.tests": "3"})
    base.report(cast.county, "2023", {"plants.count": "9"})
    found = [(finding.period, finding.rule) for finding in gathering.of_year(cast.county, 2023)]
    assert found == [("2023", name)]


def test_folded_figures_are_not_judged_once_more_by_their_own_checks(cast):
    rule("plants.count <= food.done")
    rule("plants.count <= food.passed")
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", {"food.done": "5", "food.passed": "6" if number == 2 else "5"})
    base.report(cast.county, "2023", {"plants.count": "9"})
    found = [(finding.period, finding.rule) for finding in gathering.of_year(cast.county, 2023)]
    assert found == [("2023Q2", "food.passed_within_done")]


def test_queries_do_not_grow_with_rules_over_different_periods(cast):
    quarters(cast, water__tests=("1", "2", "3", "4"), food__firms=("1", "2", "3", "4"))
    base.report(cast.county, "2023", {"plants.count": "9"}, "draft")
    sheets = [base.submission(cast.county, *place) for place in (("T-03", "2023"), ("T-02", "2023Q4"))]
    rule("plants.count == water.tests")

    def queries():
        for sheet in sheets:
            gathering.of_submission(sheet)
        return [base.queries(partial(gathering.of_submission, sheet)) for sheet in sheets]

    few = queries()
    for _number in range(10):
        rule("plants.count + food.firms == water.tests")
    assert queries() == few == [2, 2]


def test_a_rule_over_different_periods_is_tried_on_the_past(cast):
    base.report(cast.county, "2022", {"plants.count": "9"})
    for number in range(1, 5):
        base.report(cast.county, f"2022Q{number}", {"water.tests": "3"})
    tried = Rule(code="food.tried", expression="plants.count == water.tests", severity="error", message="look")
    trial = trials.against_the_past(tried)
    assert trial.years == [(2022, 1, 1)]
    assert [(str(case.submission.sheet.number), case.declared, case.expected) for case in trial.cases] == [
        ("T-03", "9", "12")
    ]


# Annual figures of a sheet that is reported more often


@pytest.mark.parametrize(
    "expression",
    [
        "food.done <= previous(food.done) * 2",
        "food.rate >= previous(food.rate)",
        "year_to_date(food.done) <= food.task",
        "food.done - previous(food.done) <= last_year(food.done)",
    ],
)
def test_a_rule_over_periods_says_nothing_of_annual_figures(cast, expression):
    name = rule(expression).code
    base.report(cast.county, "2022", {"food.done": "100", "food.passed": "90", "food.task": "100"})
    base.report(cast.county, "2023", {"food.done": "900", "food.passed": "90", "food.task": "100"})
    assert name not in of(cast, "T-01", "2023")
    assert name not in {finding.rule for finding in gathering.of_year(cast.county, 2023)}
    points = {"food.done": {2023: (Decimal(900), 0), 2022: (Decimal(100), 0)}, "food.task": {2023: (Decimal(100), 0)}}
    assert name not in {finding.rule for finding in gathering.of_points(cast.county, points, 2023, {}, {})}
    assert name not in {case.finding.rule for case in trials.against_the_past(Rule.objects.get(code=name)).cases}


@pytest.mark.parametrize(
    ("periods", "expected"), [(("2022", "2021"), []), (("2023Q1", "2022Q4"), [("declared:food.rate", 20)])]
)
def test_growth_from_the_period_before_is_declared_for_periods_and_a_year_has_none(cast, periods, expected):
    formula = "food.done / previous(food.done) - 1"
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula=formula)
    if periods[0] == "2022":
        base.report_otherwise("T-01", "quarter", 2022, "year")
    now, before = periods
    base.report(cast.county, before, {"food.done": "50"})
    base.report(cast.county, now, {"food.done": "60", "food.rate": "90"})
    found = gathering.of_year(cast.county, int(now[:4]))
    assert [(one.rule, one.expected) for one in found if one.kind == "declared"] == expected


def test_the_period_before_of_a_yearly_sheet_is_the_year_before(cast):
    names = {rule(text).code for text in ("plants.count <= previous(plants.count)", "year_to_date(plants.count) <= 8")}
    base.report(cast.county, "2022", {"plants.count": "8"})
    base.report(cast.county, "2023", {"plants.count": "9"})
    assert of(cast, "T-03", "2023").keys() >= names


def test_such_a_rule_is_no_reason_to_suspect_an_annual_figure(cast):
    """The sum is wrong; that the year before had another one accuses nobody."""
    base.report(cast.county, "2022", {"food.done.farm": "1"})
    base.report(cast.county, "2023", {"food.done": "11", "food.done.farm": "5", "food.done.school": "5"})
    before = of(cast, "T-01", "2023")["sum:food.done:按环节"].suspects
    rule("food.done.farm == previous(food.done.farm) + 5")
    assert of(cast, "T-01", "2023")["sum:food.done:按环节"].suspects == before


# Sheets that were reported otherwise


def test_each_year_is_judged_by_how_its_sheets_were_reported_then(cast):
    FormerFrequency.objects.create(sheet=Sheet.objects.get(number="T-02"), frequency="year", until=2022)
    name = rule("plants.count == water.tests").code
    grown = rule("plants.count >= last_year(water.tests)").code
    base.report(cast.county, "2022", {"plants.count": "9", "water.tests": "10"})
    quarters(cast, water__tests=("3", "3", "3", "3"))
    base.report(cast.county, "2023", {"plants.count": "9"}, "draft")
    assert name in of(cast, "T-03", "2022")
    assert of(cast, "T-03", "2023").keys() >= {name, grown}
    assert of(cast, "T-02", "2023Q4").keys() >= {name, grown}
    assert str(of(cast, "T-03", "2023")[grown].message) == "look (9 < 10家)"


def test_what_was_reported_at_another_time_than_it_is_now_is_judged_all_the_same(cast):
    base.change_catalogue(Sheet.objects.filter(number="T-01"), frequency="year")
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"})
    assert [finding.period for finding in gathering.of_year(cast.county, 2023)] == ["2023Q1"]
    assert rules_of(cast) == ["food.passed_within_done"]


def test_what_is_missing_is_counted_in_the_periods_of_its_sheet_only(cast):
    name = rule("plants.count >= 1", missing="zero").code
    other = rule("food.firms >= 1", missing="zero").code
    base.report(cast.county, "2023Q1", {"food.done": "5"})
    base.report(cast.county, "2023", {"plants.count": "n/a"})
    found = {(finding.period, finding.rule) for finding in gathering.of_year(cast.county, 2023)}
    assert found >= {("2023", name), ("2023Q1", other)}
    assert not found & {("2023Q1", name), ("2023", other)}


def test_the_shipped_rule_over_a_yearly_and_a_quarterly_sheet_is_judged(db):
    county, name = base.make_shipped_catalogue(), "health.medical_counts_agree"
    for number, medical in enumerate(("90", "101", "94", "94"), 1):
        base.report(county, f"2023Q{number}", {"health.subjects.medical": medical}, "draft")
    base.report(county, "2023", {"health.institutions": "101"}, "draft")
    for sheet, period, is_found in (("J-01", "2023", True), ("J-02", "2023Q4", True), ("J-02", "2023Q2", False)):
        found = gathering.of_submission(base.submission(county, sheet, period))
        assert (name in {one.rule for finding in found for one in (finding, *finding.also)}) is is_found


def test_a_pass_rate_over_a_hundred_is_found_without_the_rule_that_bounds_it(cast):
    base.report(cast.county, "2023Q1", {"food.done": "570", "food.passed": "590"}, "draft")
    assert rules_of(cast) == ["food.passed_within_done"]
    base.change_catalogue(Rule.objects.all(), is_on=False)
    assert rules_of(cast) == ["bound:food.rate"]
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), is_pass_rate=False)
    assert rules_of(cast) == []


# Other regions


def one_row(*codes):
    """Cells of one row in a table of their own."""
    sheet = Sheet.objects.get(number="T-01")
    heads = [{"name": code, "unit": ""} for code in codes]
    table = Table.objects.create(sheet=sheet, code="costs", name="产量", position=9, columns=heads)
    for column, code in enumerate(codes):
        base.change_catalogue(Indicator.objects.filter(code=code), table=table, row=1, column=column)


def counties_beside(cast, count, in_period, figures, status="accepted"):
    for number in range(count):
        region = Region.objects.create(
            code=f"6590{number:02}", name=f"第{number}县", level="county", parent=cast.prefecture
        )
        base.make_reporting(region)
        base.report(region, in_period, figures, status)


@pytest.mark.parametrize(
    ("in_period", "status", "output", "expected"),
    [
        ("2023Q1", "accepted", "500.0", ["sibling:food.output"]),
        ("2022Q1", "accepted", "500.0", ["sibling:food.output"]),  # where there is nothing of this year yet
        ("2023Q1", "accepted", "50.0", []),
        ("2023Q1", "draft", "500.0", []),
        ("2023Q2", "accepted", "500.0", []),
    ],
)
def test_an_amount_is_held_against_that_of_the_regions_beside_it(cast, in_period, status, output, expected):
    one_row("food.output", "food.firms")
    counties_beside(cast, 4, in_period, {"food.output": "4.0", "food.firms": "20"}, status)
    base.report(cast.county, "2023Q1", {"food.output": output, "food.firms": "10"}, "draft")
    assert rules_of(cast) == expected


def test_too_few_regions_tell_nothing(cast):
    one_row("food.output", "food.firms")
    counties_beside(cast, 3, "2023Q1", {"food.output": "4.0", "food.firms": "20"})
    base.report(cast.county, "2023Q1", {"food.output": "500.0", "food.firms": "10"}, "draft")
    assert rules_of(cast) == []


def test_regions_elsewhere_tell_nothing(cast):
    one_row("food.output", "food.firms")
    counties_beside(cast, 4, "2023Q1", {"food.output": "4.0", "food.firms": "20"})
    Region.objects.filter(name__startswith="第").update(parent=None)
    base.report(cast.county, "2023Q1", {"food.output": "500.0", "food.firms": "10"}, "draft")
    assert rules_of(cast) == []


def test_what_is_found_beside_other_regions_is_found_after_a_cell_was_changed(cast):
    """A sheet that was clean is looked at again by what changed only."""
    one_row("food.output", "food.firms")
    counties_beside(cast, 4, "2023Q1", {"food.output": "4.0", "food.firms": "20"})
    base.report(cast.county, "2023Q1", {"food.output": "2.0", "food.firms": "10"}, "draft")
    assert rules_of(cast) == []
    base.report(cast.county, "2023Q1", {"food.output": "500.0"}, "draft")
    assert rules_of(cast) == ["sibling:food.output"]


def test_other_regions_are_asked_only_where_a_saved_cell_is_held_against_them(cast, monkeypatch):
    one_row("food.output", "food.firms")
    counties_beside(cast, 4, "2023Q1", {"food.output": "4.0", "food.firms": "20"})
    asked = []

    def beside(*given):
        asked.append(given)
        return figures_beside(*given)

    monkeypatch.setattr(gathering, "figures_beside", beside)

    def queries_after(**figures):
        base.report(cast.county, "2023Q1", {f"food.{code}": text for code, text in figures.items()}, "draft")
        asked.clear()
        return rules_of(cast), len(asked)

    queries_after(output="2.0", firms="10", done="60", passed="50")
    assert queries_after(passed="51") == ([], 0)
    assert queries_after(output="2.1") == ([], 1)
    assert queries_after(passed="70") == (["food.passed_within_done"], 1)  # what is wrong is looked at as a whole


def test_what_other_regions_say_by_now_is_found_without_a_change_here(cast):
    one_row("food.output", "food.firms")
    base.report(cast.county, "2023Q1", {"food.output": "500.0", "food.firms": "10"}, "draft")
    assert rules_of(cast) == []
    counties_beside(cast, 4, "2023Q1", {"food.output": "4.0", "food.firms": "20"})
    assert rules_of(cast) == ["sibling:food.output"]
