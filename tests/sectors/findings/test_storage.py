"""Findings on record: they follow the figures, and words count while the figures stay as they were."""

from unittest import mock

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from sectors.checks import engine, gathering
from sectors.checks.messages import worded
from sectors.entry import writer
from sectors.findings import reasons, rows, storage
from sectors.models import CatalogueVersion, FindingNote, Indicator, Rule, Sector, StoredFinding, Submission
from tests import base

pytestmark = pytest.mark.django_db

WRONG = {"food.done": "271", "food.done.farm": "200", "food.done.school": "65"}
WHY = "6批次由乡镇抽检，尚未分到环节"


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def save(cast, sheet, **figures):
    writer.save(sheet, writer.Typed({f"food.{c.replace('__', '.')}": t for c, t in figures.items()}), by=cast.clerk)


def states():
    return dict(StoredFinding.objects.values_list("rule", "state"))


def test_what_is_found_is_stored_with_what_it_judged(cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    (found,) = storage.refresh(sheet)
    stored = StoredFinding.objects.get()
    assert found == stored
    assert (stored.region, stored.period, stored.kind, stored.severity) == (cast.county, sheet.period, "sum", "error")
    assert stored.values == WRONG
    assert (stored.declared, stored.expected) == (271, 265)
    assert stored.indicators[0] == "food.done"
    assert ["food.done", "265"] in stored.suspects
    assert "合计 265，填报的是 271" in worded(stored.statement, repairs=True)
    assert stored.state == "open"


def test_an_unchanged_submission_writes_nothing(cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    storage.refresh(sheet)
    with CaptureQueriesContext(connection) as captured:
        storage.refresh(sheet)
    assert [q["sql"] for q in captured if not q["sql"].startswith("SELECT")] == []


def test_a_reason_stays_while_the_figures_do_and_the_finding_opens_again_with_other_figures(cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    (found,) = storage.refresh(sheet)
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    save(cast, sheet, task="300")  # no part of it
    (found,) = storage.refresh(sheet)
    assert found.state == "explained"
    save(cast, sheet, done="272")
    (found,) = storage.refresh(sheet)
    assert (found.state, found.declared, found.expected) == ("open", 272, 265)
    assert [note.text for note in found.notes.all()] == [WHY]
    save(cast, sheet, done="271")  # as it was when the reason was given
    (found,) = storage.refresh(sheet)
    assert found.state == "explained"
    assert StoredFinding.objects.count() == FindingNote.objects.count() == 1


def test_a_finding_is_mended_and_comes_back(cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    (first,) = storage.refresh(sheet)
    save(cast, sheet, done="265")
    assert storage.refresh(sheet) == []
    mended = StoredFinding.objects.get()
    assert mended.state == "mended"
    assert mended.since > first.since
    assert mended.found == first.found
    save(cast, sheet, done="270")
    (again,) = storage.refresh(sheet)
    assert (again.pk, again.state) == (first.pk, "open")


def test_a_change_of_what_is_expected_opens_it_again_too(cast, sheet):
    """The declared rate stays; the figures under it change, and with them what was explained."""
    base.report(cast.county, "2023Q1", {"food.done": "225", "food.passed": "134", "food.rate": "59.5"}, "draft")
    (found,) = storage.refresh(sheet)
    assert found.severity == "warning"
    reasons.explain(finding=found, text="总结材料按截尾列出，来源是年度总结", by=cast.clerk)
    save(cast, sheet, passed="135")
    (found,) = storage.refresh(sheet)
    assert (found.rule, found.state) == ("declared:food.rate", "open")


def test_a_rule_that_turns_a_warning_into_an_error_makes_the_reason_wait_for_the_office(cast, sheet):
    rule = Rule.objects.get(code="food.passed_within_done")
    base.change_catalogue(Rule.objects.all(), severity="warning")
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    (found,) = storage.refresh(sheet)
    reasons.explain(finding=found, text="复检1批次计入合格数", by=cast.clerk)
    base.change_catalogue(Rule.objects.filter(pk=rule.pk), severity="error")
    (found,) = storage.refresh(sheet)
    assert (found.severity, found.state) == ("error", "explained")


def test_two_findings_of_one_rule_are_both_kept(cast, sheet):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    (found,) = gathering.of_submission(sheet)
    twins = [found, type(found)(**{**found.__dict__, "indicators": ("food.task", "food.done")})]
    with mock.patch("sectors.checks.gathering.of_submission", return_value=twins):
        assert len(storage.refresh(sheet)) == 2
        assert len(storage.refresh(sheet)) == 2
    assert len(states()) == 2


def test_a_rule_over_two_sheets_keeps_the_values_of_both(cast, sheet):
    other = base.submission(cast.county, "T-02")
    base.across_two_sheets()
    base.report(cast.county, "2023Q1", {"food.done": "5", "water.tests": "4"}, "draft")
    for one in (sheet, other):
        (found,) = storage.refresh(one)
        assert found.values == {"food.done": "5", "water.tests": "4"}
    base.report(cast.county, "2023Q1", {"water.tests": "9"}, "draft")
    assert storage.refresh(sheet) == []


def test_findings_of_other_sheets_follow_a_figure_that_they_name(cast, sheet):
    other = base.submission(cast.county, "T-02")
    base.across_two_sheets()
    base.report(cast.county, "2023Q1", {"food.done": "5", "water.tests": "4"}, "draft")
    for one in (sheet, other):
        storage.refresh(one)
    save(cast, sheet, done="3")
    storage.refresh(sheet)
    states = StoredFinding.objects.order_by("submission").values_list("state", flat=True)
    assert list(states) == ["mended", "open"]
    storage.refresh_beside(sheet)
    assert list(states.all()) == ["mended", "mended"]


def test_a_finding_that_a_submission_makes_in_another_sheet_goes_on_its_record(cast, sheet):
    other = base.submission(cast.county, "T-02")
    base.across_two_sheets()
    base.report(cast.county, "2023Q1", {"food.done": "5", "water.tests": "4"}, "draft")
    storage.refresh_beside(sheet)
    assert [finding.submission for finding in StoredFinding.objects.all()] == [other]


@pytest.mark.parametrize(
    ("later", "is_judged"), [("2024Q1", True), ("2026Q4", True), ("2027Q1", False), ("2023", True), ("2024", False)]
)
def test_findings_of_later_periods_follow_the_figures_that_they_are_compared_with(cast, sheet, later, is_judged):
    base.report(cast.county, "2023Q1", {"food.done": "50"}, "accepted")
    base.report(cast.county, later, WRONG, "draft")
    storage.refresh_beside(sheet)
    assert [finding.period.code for finding in StoredFinding.objects.all()] == [later] * is_judged


def test_earlier_periods_are_left_as_they_are(cast):
    for earlier in ("2022Q4", "2023Q1"):
        base.report(cast.county, earlier, WRONG, "accepted")
    storage.refresh_beside(base.submission(cast.county, in_period="2023Q2"))
    assert not StoredFinding.objects.exists()


def test_an_earlier_figure_that_is_corrected_makes_a_comparison_of_a_later_period(cast, sheet):
    base.change_catalogue(Indicator.objects.filter(code="food.done"), change_limit=50)
    base.report(cast.county, "2022Q1", {"food.done": "100"})
    base.report(cast.county, "2023Q1", {"food.done": "110"}, "draft")
    assert storage.refresh(sheet) == []
    base.report(cast.county, "2022Q1", {"food.done": "10"})
    storage.refresh_beside(base.submission(cast.county, "T-01", "2022Q1", "accepted"))
    assert states() == {"change:food.done": "open"}


def test_figures_that_are_imported_are_held_against_those_of_later_years(cast, sheet, tmp_path):
    base.change_catalogue(Indicator.objects.filter(code="food.done"), change_limit=50)
    base.report(cast.county, "2023Q1", {"food.done": "110"}, "draft")
    assert storage.refresh(sheet) == []
    path = tmp_path / "2022.csv"
    path.write_text("indicator,period,value,declared,note\nfood.done,2022Q1,10,,\n", encoding="utf-8")
    call_command("import_figures", str(path), region="990101", year=2022)
    assert states() == {"change:food.done": "open"}


def test_a_state_that_went_astray_is_put_right(cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    (found,) = storage.refresh(sheet)
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    StoredFinding.objects.update(state="open")
    (found,) = storage.refresh(sheet)
    assert found.state == "explained"


def test_an_edited_message_is_read_from_the_record(cast, sheet):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    (found,) = storage.refresh(sheet)
    reasons.explain(finding=found, text="复检1批次计入合格数", by=cast.clerk)
    base.change_catalogue(Rule.objects.all(), message="合格数怎么会比完成数多")
    storage.refresh(sheet)
    stored = StoredFinding.objects.get()
    assert "怎么会" in worded(stored.statement, repairs=True)
    assert stored.state == "explained"


def test_a_finding_is_read_in_the_language_of_each_reader_without_being_checked_again(cast, sheet, client):
    """A clerk works in English and submits; the head reads it in Chinese."""
    base.report(cast.county, "2023Q1", WRONG, "draft")
    with translation.override("en"), mock.patch("sectors.checks.gathering.check", wraps=engine.check) as checked:
        storage.refresh(sheet)
    assert checked.call_count == 2  # once to see what has changed, and once more when it is locked
    Submission.objects.filter(pk=sheet.pk).update(status="submitted")
    with mock.patch("sectors.checks.gathering.check") as checked:
        in_english, _queries = read(client, cast.clerk, "en")
        in_chinese, queries = read(client, cast.head, "zh-hans")
        assert read(client, cast.head, "en")[1] == queries
    assert "the parts (按环节) give 265, 271 is reported" in in_english
    assert "分项（按环节）合计 265，填报的是 271" in in_chinese
    assert checked.call_count == 0


def test_another_language_is_no_reason_to_write(cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    with translation.override("en"):
        storage.refresh(sheet)
    with CaptureQueriesContext(connection) as captured, translation.override("zh-hans"):
        storage.refresh(sheet)
    assert [q["sql"] for q in captured if not q["sql"].startswith("SELECT")] == []


def test_what_an_earlier_version_worded_is_read_as_it_is_until_it_is_checked_again(cast, sheet):
    base.report(cast.county, "2023Q1", WRONG, "draft")
    (found,) = storage.refresh(sheet)
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    StoredFinding.objects.update(statement="食品抽检：合计不符（100%）。")
    (row,) = rows.rows(storage.on_record(sheet), cast.clerk)
    assert row.text == "食品抽检：合计不符（100%）。"
    (found,) = storage.refresh(sheet)
    assert "合计 265，填报的是 271" in worded(found.statement, repairs=True)
    assert (found.state, len(found.notes.all())) == ("explained", 1)


def read(client, person, language):
    client.force_login(person)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with CaptureQueriesContext(connection) as captured, translation.override(language):
        page = client.get(reverse("findings"))
    return page.content.decode(), len(captured)


def test_the_queries_do_not_grow_with_the_findings(cast, sheet):
    def queries():
        return base.queries(lambda: storage.refresh(sheet))

    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    storage.refresh(sheet)
    base.report(cast.county, "2023Q1", {"food.passed": "7"}, "draft")
    few = queries()
    sector = Sector.objects.get(code="food")
    Rule.objects.bulk_create(
        Rule(sector=sector, code=f"food.r{n}", expression="food.done > 5", severity="error", message="少")
        for n in range(30)
    )
    CatalogueVersion.objects.renew()
    gathering.of_submission(sheet)  # the first to look reads the new rules
    assert queries() == few
    assert len(states()) == 31


def test_a_year_is_judged_by_command(cast, sheet, capsys):
    base.report(cast.county, "2023Q1", WRONG, "accepted")
    base.report(cast.county, "2023Q2", WRONG, "draft")
    base.report(cast.county, "2022Q1", WRONG, "draft")
    call_command("refresh_findings", region="990101", year=2023)
    assert "2" in capsys.readouterr().out
    assert set(StoredFinding.objects.values_list("period__year", flat=True)) == {2023}


def test_only_switched_on_rules_of_the_last_day_judge(cast, sheet):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")

    def rules():
        return [found.rule for found in storage.refresh(sheet)]

    assert rules() == ["food.passed_within_done"]
    base.change_catalogue(Rule.objects.all(), is_on=False)
    assert rules() == ["bound:food.rate"]
    base.change_catalogue(Rule.objects.all(), is_on=True, valid_from="2023-04-01")
    assert rules() == ["bound:food.rate"]
    base.change_catalogue(Rule.objects.all(), valid_from="2023-03-31")
    assert rules() == ["food.passed_within_done"]


@pytest.mark.parametrize(
    "expression",
    [
        "food.done * food.done <= food.passed",
        "food.done * food.done * food.done <= food.passed",
        "food.done * 99999 <= food.passed",
        "food.done / 0.00001 - food.passed <= 1",
        "food.done" + " * 99999999999999" * 25 + " <= food.passed",
    ],
)
def test_a_rule_may_compute_with_the_largest_figures(client, cast, sheet, expression):
    base.report(cast.county, "2023Q1", {"food.done": "9" * 14, "food.passed": "8" * 14}, "draft")
    sector = sheet.sheet.sector
    Rule.objects.create(sector=sector, code="food.much", expression=expression, severity="warning", message="多")
    CatalogueVersion.objects.renew()
    storage.refresh(sheet)
    client.force_login(cast.clerk)
    assert client.get(reverse("sheet", args=[sheet.pk])).status_code == 200
    assert client.get(reverse("sheet-findings", args=[sheet.pk])).status_code == 200


@pytest.mark.parametrize("formula", ["food.done * food.done", "food.done * 99999 / 0.00001", "food.done * food.passed"])
def test_a_formula_may_compute_with_the_largest_figures(client, cast, sheet, formula):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula=formula)
    base.report(cast.county, "2023Q1", {"food.done": "9" * 14, "food.passed": "8" * 14, "food.rate": "3"}, "draft")
    storage.refresh(sheet)
    client.force_login(cast.clerk)
    for name in ("sheet", "print", "sheet-excel", "submission"):
        assert client.get(reverse(name, args=[sheet.pk])).status_code == 200, name
