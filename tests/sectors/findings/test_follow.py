"""What is on record follows the figures that it was held against: of other sheets, times and lengths of period."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from sectors.approval import moves
from sectors.entry import writer
from sectors.findings import reasons, rows, storage
from sectors.models import CatalogueVersion, Indicator, Rule, Sector, Sheet, StoredFinding, Submission
from tests import base

pytestmark = pytest.mark.django_db


def rule(expression, severity="warning"):
    sector = Sector.objects.get(code="food")
    made = Rule.objects.create(
        sector=sector, code=f"food.rule{Rule.objects.count()}", expression=expression, severity=severity, message="核实"
    )
    CatalogueVersion.objects.renew()
    return made.code


def standing(period):
    found = StoredFinding.objects.standing().filter(period__year=int(period[:4]), period__region__code="990101")
    return {one.rule for one in found if one.period.key.code == period}


@pytest.fixture
def jumped(cast):
    """A tenfold quarter that was accepted with its reason, against a first quarter that has come back."""
    base.report(cast.county, "2022Q1", {"food.firms": "10", "food.task": "9", "food.done": "9"}, "returned")
    base.report(cast.county, "2023Q1", {"food.firms": "100"})
    (found,) = storage.refresh(base.submission(cast.county, "T-01", "2023Q1", "draft"))
    reasons.explain(finding=found, text="新开办企业90家，已与登记台账核对", by=cast.clerk)
    base.submission(cast.county, "T-01", "2023Q1", "accepted")
    assert standing("2023Q1") == {"change:food.firms"}
    return base.submission(cast.county, "T-01", "2022Q1", "returned")


# By every way in which a figure changes


def test_a_finding_goes_when_a_cell_that_it_was_held_against_is_corrected(client, cast, jumped):
    client.force_login(cast.clerk)
    figures = json.dumps({"figures": {"food.firms": "95"}})
    assert client.post(reverse("cells", args=[jumped.pk]), figures, content_type="application/json").status_code == 200
    assert client.post(reverse("sheet-findings", args=[jumped.pk])).status_code == 200
    assert standing("2023Q1") == set()


def test_looking_at_a_sheet_changes_nothing(client, cast, jumped):
    writer.save(jumped, writer.Typed({"food.firms": "95"}), by=cast.clerk)
    client.force_login(cast.clerk)
    client.get(reverse("sheet-findings", args=[jumped.pk]))
    assert standing("2023Q1") == {"change:food.firms"}


def test_it_goes_when_the_corrected_sheet_is_submitted(cast, jumped, django_capture_on_commit_callbacks):
    writer.save(jumped, writer.Typed({"food.firms": "95"}), by=cast.clerk)
    with django_capture_on_commit_callbacks(execute=True):
        moves.move(submission=jumped, action="submit", by=cast.clerk)
    assert standing("2023Q1") == set()
    assert StoredFinding.objects.get(rule="change:food.firms").notes.count() == 1


def test_it_goes_when_the_sheet_could_not_be_submitted(client, cast, jumped):
    writer.save(jumped, writer.Typed({"food.firms": "95", "food.passed": "99"}), by=cast.clerk)
    client.force_login(cast.clerk)
    base.press(client, jumped, {}, page="sheet")
    jumped.refresh_from_db()
    assert jumped.status == "returned"
    assert standing("2023Q1") == set()


def test_it_goes_when_the_sheet_could_not_be_submitted_from_its_page(client, cast, jumped):
    writer.save(jumped, writer.Typed({"food.firms": "95", "food.passed": "99"}), by=cast.clerk)
    client.force_login(cast.clerk)
    assert base.press(client, jumped, {"action": "submit"}).status_code == 409
    assert standing("2023Q1") == set()


def test_it_goes_with_history_that_is_imported(cast, tmp_path):
    base.report(cast.county, "2022Q1", {"food.firms": "10"})
    base.report(cast.county, "2023Q1", {"food.firms": "100"})
    storage.refresh(base.submission(cast.county, "T-01", "2023Q1", "accepted"))
    assert standing("2023Q1") == {"change:food.firms"}
    path = tmp_path / "2022.csv"
    path.write_text("indicator,period,value,declared,note\nfood.firms,2022Q1,95,,\n", encoding="utf-8")
    call_command("import_figures", str(path), region="990101", year=2022, replace=True)
    assert standing("2023Q1") == set()


def test_what_the_office_and_the_report_show_is_so(client, cast, jumped):
    writer.save(jumped, writer.Typed({"food.firms": "95"}), by=cast.clerk)
    client.force_login(cast.clerk)
    client.post(reverse("sheet-findings", args=[jumped.pk]))
    client.force_login(cast.office)
    assert "+900%" not in client.get(reverse("findings")).content.decode()


# For every time that a figure is held against


def changed(cast, sheet, period, **figures):
    """Another figure, as the submission goes on."""
    base.report(cast.county, period, {code.replace("__", "."): text for code, text in figures.items()})
    storage.refresh_beside(base.submission(cast.county, sheet, period, "accepted"))


@pytest.mark.parametrize(
    ("text", "period", "wrong", "right", "own"),
    [
        ("food.done <= previous(food.done) * 2", "2022Q4", "3", "8", "9"),
        ("food.done <= last_year(food.done) * 2", "2022Q1", "3", "8", "9"),
        ("food.rate >= last_year(food.rate)", "2022Q1", "4", "9", "9"),
    ],
)
def test_a_rule_over_other_times_is_judged_again(cast, text, period, wrong, right, own):
    name = rule(text)
    base.report(cast.county, period, {"food.done": wrong, "food.passed": "4"})
    base.report(cast.county, "2023Q1", {"food.done": own, "food.passed": "4"})
    storage.refresh(base.submission(cast.county, "T-01", "2023Q1", "accepted"))
    assert name in standing("2023Q1")
    changed(cast, "T-01", period, food__done=right)
    assert name not in standing("2023Q1")


def test_what_a_year_has_so_far_is_judged_again(cast):
    name = rule("year_to_date(food.done) <= food.task")
    for period, done in (("2023Q1", "9"), ("2023Q2", "2"), ("2023Q3", "2")):
        base.report(cast.county, period, {"food.done": done, "food.task": "9"})
    storage.refresh(base.submission(cast.county, "T-01", "2023Q3", "accepted"))
    assert name in standing("2023Q3")
    changed(cast, "T-01", "2023Q1", food__done="5")
    assert name not in standing("2023Q3")


def test_an_outlier_is_judged_again_by_its_course(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), change_limit=90)
    for number in range(12):
        base.report(cast.county, f"{2020 + number // 4}Q{number % 4 + 1}", {"food.firms": "100"})
    base.report(cast.county, "2023Q1", {"food.firms": "140"})
    storage.refresh(base.submission(cast.county, "T-01", "2023Q1", "accepted"))
    assert standing("2023Q1") == {"outlier:food.firms"}
    for number in range(7):
        base.report(cast.county, f"{2020 + number // 4}Q{number % 4 + 1}", {"food.firms": "140"})
    storage.refresh_beside(base.submission(cast.county, "T-01", "2020Q1", "accepted"))
    assert standing("2023Q1") == set()


def test_an_annual_figure_is_judged_again_by_a_quarter(cast):
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", {"food.done": "5"})
    base.report(cast.county, "2023", {"food.done": "21"})
    storage.refresh(base.submission(cast.county, "T-01", "2023", "accepted"))
    assert standing("2023") == {"annual:food.done"}
    changed(cast, "T-01", "2023Q2", food__done="6")
    assert standing("2023") == set()


def test_a_declared_growth_is_judged_again_by_last_year(cast):
    formula = {"formula": "food.passed / last_year(food.passed)", "decimals": 1}
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), **formula)
    base.report(cast.county, "2022Q1", {"food.passed": "5"})
    base.report(cast.county, "2023Q1", {"food.passed": "6", "food.rate": "150.0"})
    storage.refresh(base.submission(cast.county, "T-01", "2023Q1", "accepted"))
    assert standing("2023Q1") == {"declared:food.rate"}
    changed(cast, "T-01", "2022Q1", food__passed="4")
    assert standing("2023Q1") == set()


# Sheets that are reported at different times


@pytest.fixture
def different(cast):
    """A yearly figure that is not what the quarters of another sheet make, on record in both."""
    name = rule("plants.count == water.tests")
    for number, text in enumerate(("1", "2", "3", "4"), 1):
        base.report(cast.county, f"2023Q{number}", {"water.tests": text})
    base.report(cast.county, "2023", {"plants.count": "9"})
    storage.refresh_year(cast.county, 2023)
    assert name in standing("2023")
    assert name in standing("2023Q4")
    return name


@pytest.mark.parametrize(
    ("sheet", "period", "code", "text"),
    [
        ("T-03", "2023", "plants.count", "10"),
        ("T-02", "2023Q4", "water.tests", "3"),
        ("T-02", "2023Q1", "water.tests", "0"),
    ],
)
def test_both_are_judged_again_when_either_changes(cast, different, sheet, period, code, text):
    base.report(cast.county, period, {code: text})
    of = base.submission(cast.county, sheet, period, "accepted")
    storage.refresh(of)
    storage.refresh_beside(of)
    assert different not in standing("2023") | standing("2023Q4")


def test_a_department_explains_it_once(cast, different):
    Submission.objects.update(department=cast.water, status="draft")
    found = StoredFinding.objects.get(rule=different, period__kind="year")
    reasons.explain(finding=found, text="水厂自检3批次未计入，由街道填报", by=cast.outsider_clerk)
    assert set(StoredFinding.objects.filter(rule=different).values_list("state", flat=True)) == {"explained"}


def test_the_same_figures_of_another_quarter_are_another_matter(cast):
    base.across_two_sheets()
    for period in ("2023Q1", "2023Q2"):
        base.report(cast.county, period, {"food.done": "5", "water.tests": "4"}, "draft")
        for sheet in ("T-01", "T-02"):
            storage.refresh(base.submission(cast.county, sheet, period))
    found = StoredFinding.objects.get(period__number=1, submission__sheet__number="T-01")
    reasons.explain(finding=found, text="复检1批次计入抽检完成数", by=cast.clerk)
    assert StoredFinding.objects.filter(state="explained").count() == 1


def test_a_page_says_that_figures_changed_only_where_they_did(cast, different):
    found = list(StoredFinding.objects.for_listing().filter(rule=different))
    assert [row.is_stale for row in rows.rows(found, cast.office)] == [False, False]
    assert all(
        dict(row.finding.values) == {"plants.count": "9", "water.tests": "10"} for row in rows.rows(found, cast.office)
    )


def test_a_sheet_that_ended_before_the_year_is_held_against_the_year_in_its_last_period(cast):
    base.change_catalogue(Sheet.objects.filter(number="T-02"), valid_to="2023-09-30")
    name = rule("plants.count == water.tests")
    for number in (1, 2, 3):
        base.report(cast.county, f"2023Q{number}", {"water.tests": "3"})
    base.report(cast.county, "2023", {"plants.count": "9"})
    storage.refresh_year(cast.county, 2023)
    assert not StoredFinding.objects.filter(rule=name).exists()
    changed(cast, "T-03", "2023", plants__count="10")
    assert name in standing("2023Q3")
