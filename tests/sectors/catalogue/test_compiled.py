"""The compiled catalogue: what it says, that it is kept, and that every change of the catalogue is seen by all."""

import datetime
import json
import os
import shutil
import subprocess
import sys

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled, rules
from sectors.catalogue.compiled import CompiledCatalogue, catalogue, sheet_of
from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.checks.rulebooks import rulebooks
from sectors.models import CatalogueVersion, FormerFrequency, Indicator, Rule, Sector, Sheet, Submission, Unit
from sectors.sql.catalogue import catalogue_version
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SOME_DAY = datetime.date(2023, 3, 31)


def draft(**fields):
    fields = {"expression": "food.done > 0", "severity": "error", "message": "look", "is_on": False} | fields
    return Rule(sector=Sector.objects.get(code="food"), code="food.draft", **fields)


@pytest.fixture
def files(tmp_path):
    """A copy of the small catalogue to change."""
    return shutil.copytree(base.SMALL, tmp_path / "catalogue")


def edit(files, old, new):
    text = (files / "food.yaml").read_text(encoding="utf-8")
    assert old in text
    (files / "food.yaml").write_text(text.replace(old, new), encoding="utf-8")


# Kept and renewed


def test_it_is_kept_while_the_catalogue_stays_the_same_and_asked_for_with_one_query(cast):
    first, of_rules = catalogue(), rulebooks()
    base.report(cast.county, "2023Q1", {"food.done": "5"}, "draft")
    with CaptureQueriesContext(connection) as asked:
        assert catalogue() is first
    assert len(asked) == 1
    assert rulebooks() is of_rules


def test_what_comes_of_it_asks_the_database_for_nothing_more(cast):
    base.across_two_sheets()
    sheet = base.submission(cast.county)
    found = catalogue()
    with CaptureQueriesContext(connection) as asked:
        of_day = found.sheet(sheet.sheet_id, SOME_DAY)
        assert of_day.following(["food.done"])
        assert of_day.indicators[0].unit.name == "批次"
        assert of_day.indicators[0].table.name == "抽检"
        assert found.by_code["food.done"].sheet.sector.chapter.code == "product"
        assert found.required_cells(sheet.sheet_id, SOME_DAY) == 2
        assert found.by_sector(2023, cast.county.pk)
        assert found.counted_sheets == frozenset()
    assert len(asked) == 0


def test_loading_renews_it(cast, files):
    assert catalogue().by_code["food.rate"].target == 98
    edit(files, "at_least: 98", "at_least: 95")
    load(files)
    assert catalogue().by_code["food.rate"].target == 95


def test_what_was_not_stored_renews_nothing(cast, files):
    before = catalogue_version()
    load(files, dry_run=True)
    edit(files, "accumulation: stock", "accumulation: stok")
    with pytest.raises(CatalogueError):
        load(files)
    assert catalogue_version() == before
    assert catalogue().by_code["food.firms"].accumulation == "stock"


def test_what_was_rolled_back_never_comes_again(cast):
    with transaction.atomic():
        Unit.objects.filter(name="批次").update(name="批")
        CatalogueVersion.objects.renew()
        assert catalogue().by_code["food.done"].unit.name == "批"
        transaction.set_rollback(True)
    CatalogueVersion.objects.renew()
    assert catalogue().by_code["food.done"].unit.name == "批次"


def test_every_change_of_a_rule_renews_it(cast):
    seen = [catalogue_version()]
    rule = draft()
    rules.add(rule)
    seen.append(catalogue_version())
    rule.message = "look again"
    rules.revise(rule, starts=SOME_DAY)
    seen.append(catalogue_version())
    rules.delete(rule)
    seen.append(catalogue_version())
    assert len(set(seen)) == 4


def test_the_administration_renews_it(client, cast):
    client.force_login(cast.admin)
    fields = {"sector": Sector.objects.get(code="food").pk, "code": "food.new", "expression": "food.done > 5"}
    fields |= {"severity": "error", "message": "look", "missing": "any", "valid_from": "", "valid_to": ""}
    seen = [catalogue_version()]
    client.post(reverse("admin:sectors_rule_add"), fields)
    seen.append(catalogue_version())
    rule = Rule.objects.get(code="food.new", source="admin")
    base.change(client, reverse("admin:sectors_rule_change", args=[rule.pk]), {**fields, "message": "look again"})
    seen.append(catalogue_version())
    base.change(client, reverse("admin:sectors_rule_delete", args=[rule.pk]), {"post": "yes"})
    seen.append(catalogue_version())
    assert not Rule.objects.filter(code="food.new").exists()
    assert len(set(seen)) == 4


def test_a_change_between_reading_the_version_and_the_catalogue_is_seen_at_the_latest_next_time(cast, monkeypatch):
    def current():
        found = catalogue_version()
        monkeypatch.undo()
        rules.add(draft(is_on=True))  # as another process does it at that moment
        return found

    catalogue()
    CatalogueVersion.objects.renew()
    monkeypatch.setattr(compiled, "catalogue_version", current)
    early = catalogue()
    assert catalogue() is not early
    assert "food.draft" in {rule.code for rule in catalogue().rules}


def test_without_any_version_nothing_is_kept(cast):
    CatalogueVersion.objects.all().delete()
    assert catalogue() is not catalogue()
    CatalogueVersion.objects.renew()
    assert catalogue() is catalogue()


def test_a_submission_asks_for_the_version_once_and_stays_with_it(cast):
    sheet = Submission.objects.select_related("period").get(pk=base.submission(cast.county).pk)
    catalogue()
    with CaptureQueriesContext(connection) as asked:
        before = sheet_of(sheet)
        assert sheet_of(sheet) is before
    assert len(asked) == 1
    CatalogueVersion.objects.renew()
    assert sheet_of(Submission.objects.get(pk=sheet.pk)) is not before


# What it says


def test_what_follows_is_found_through_formulas_of_other_sheets(cast):
    """food.done -> water.share (another sheet) -> food.far"""
    done, tests = Indicator.objects.get(code="food.done"), Indicator.objects.get(code="water.tests")
    for number, (near, code, formula) in enumerate(
        ((tests, "water.share", "water.tests / food.done"), (done, "food.far", "water.share * 2")), start=90
    ):
        near.pk, near.code, near.formula, near.row = None, code, formula, number
        near._state.adding = True
        near.save()
    CatalogueVersion.objects.renew()
    sheet = sheet_of(base.submission(cast.county))
    codes = [indicator.code for indicator in sheet.following(["food.done"])]
    assert codes == ["food.done", "food.rate", "food.far"]
    assert catalogue().with_inputs(["food.far"]) == {"food.far", "water.share", "water.tests", "food.done"}


def test_breakdowns_have_their_parts_in_order_and_a_sheet_its_cells_of_the_day(cast):
    Indicator.objects.filter(code="food.price").update(valid_to="2022-12-31")
    CatalogueVersion.objects.renew()
    found = CompiledCatalogue()
    (split,) = [one for one in found.breakdowns if one.total.code == "food.done"]
    assert (split.name, split.exhaustive) == ("按环节", True)
    assert [part.code for part in split.parts] == found.parts["food.done"] == ["food.done.farm", "food.done.school"]
    sheet = found.by_code["food.price"].sheet_id
    for day, there in ((datetime.date(2022, 12, 31), True), (SOME_DAY, False)):
        assert ("food.price" in found.sheet(sheet, day).entered) is there


# Two processes


@pytest.fixture
def elsewhere():
    """Gets a page from another process of the site: its text, and the queries that it took."""
    process: subprocess.Popen[str] = subprocess.Popen(
        [sys.executable, "-m", "tests.second_server"],
        cwd=base.BASE_DIR,
        env={**os.environ, "DATABASE_URL": base.database_url()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    requests, answers = process.stdin, process.stdout
    assert requests
    assert answers

    def get(user, name, *args):
        requests.write(f"{user.username} {reverse(name, args=args)}\n")
        requests.flush()
        page = json.loads(answers.readline())
        assert page["status"] == 200
        return page["text"], page["queries"]

    yield get
    process.kill()
    process.communicate()


@pytest.mark.django_db(transaction=True)
def test_a_change_in_one_process_is_seen_by_another_at_its_next_request(cast, files, elsewhere):
    base.report(cast.county, "2023Q1", {"food.done": "40", "food.passed": "39"}, "draft")
    sheet = base.submission(cast.county)

    def findings():
        text, queries = elsewhere(cast.clerk, "sheet-findings", sheet.pk)
        return text.count('data-severity="'), queries

    found, reading = findings()
    again, kept = findings()
    assert (found, again) == (0, 0)
    assert kept < reading  # the other process has the catalogue from now on
    rule = Rule.objects.get(code="food.passed_within_done")
    rule.expression = "food.passed > food.done"
    rules.revise(rule, starts=datetime.date(2023, 1, 1))
    assert findings()[0] == 1
    assert "抽检完成" in elsewhere(cast.clerk, "sheet", sheet.pk)[0]
    edit(files, "name: 抽检完成", "name: 已抽检批次数")
    load(files)
    text, _queries = elsewhere(cast.clerk, "sheet", sheet.pk)
    assert "已抽检批次数" in text
    assert "抽检完成" not in text


# Periods


def test_a_sheet_is_expected_for_the_periods_at_whose_end_it_is_valid(cast):
    base.change_catalogue(Sheet.objects.filter(number="T-01"), valid_from=datetime.date(2023, 4, 1))
    base.change_catalogue(Indicator.objects.filter(code="food.done"), valid_to=datetime.date(2023, 9, 30))
    sheet = Sheet.objects.get(number="T-01")
    assert [period.code for period in catalogue().own_periods(sheet.pk, 2023)] == ["2023Q2", "2023Q3", "2023Q4"]
    assert [period.code for period in catalogue().expected_periods("food.done", 2023)] == ["2023Q2", "2023Q3"]
    assert not catalogue().own_periods(sheet.pk, 2022)


@pytest.mark.parametrize(
    ("year", "frequency", "periods"),
    [(2021, "year", 1), (2022, "year", 1), (2023, "quarter", 4), (2025, "quarter", 4), (2026, "month", 12)],
)
def test_a_year_has_the_frequency_that_the_sheet_had_then(cast, year, frequency, periods):
    sheet, other = Sheet.objects.get(number="T-01"), Sheet.objects.get(number="T-02")
    FormerFrequency.objects.create(sheet=sheet, frequency="year", until=2022)
    base.report_otherwise("T-01", "month", 2025, "quarter")
    found = catalogue()
    assert found.frequency(sheet.pk, year) == frequency
    assert len(found.own_periods(sheet.pk, year)) == len(found.expected_periods("food.done", year)) == periods
    assert found.frequency(other.pk, year) == other.frequency


def test_what_follows_a_period_goes_by_the_frequency_and_validity_of_its_year(cast):
    sheet = base.report_otherwise("T-01", "month", 2025, "quarter")
    base.change_catalogue(Sheet.objects.filter(pk=sheet.pk), valid_to=datetime.date(2026, 2, 28))
    coming = {"2025Q3": "2025Q4", "2025Q4": "2026-01", "2025": "2026-01", "2026-01": "2026-02", "2026-02": None}
    for code, following in coming.items():
        found = catalogue().following_period(sheet.pk, PeriodKey.parse(code))
        assert (found and found.code) == following


def test_a_sheet_that_is_not_valid_has_no_indicators_then(cast):
    day, sheet = datetime.date(2023, 12, 31), Sheet.objects.get(number="T-01")
    base.change_catalogue(Sheet.objects.filter(pk=sheet.pk), valid_to=datetime.date(2023, 6, 30))
    found = catalogue()
    assert not {row.sheet_id for row in found.of_year(2023)} & {sheet.pk}
    assert {row.sheet_id for row in found.of_year(2022)} & {sheet.pk}
    assert "food" not in {sector.code for sector in found.by_sector(2023, cast.county.pk)}
    assert not found.sheet(sheet.pk, day).indicators
    assert found.sheet(sheet.pk, datetime.date(2023, 6, 30)).indicators
    assert found.required_cells(sheet.pk, day) == 0
    for rows in (Indicator.objects.valid_on(day), Indicator.objects.for_report(day)):
        assert set(rows) == set(found.valid_on(day))
        assert not rows.filter(sheet=sheet).exists()
