"""What exists for whom, and fetches that do not grow with their rows."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sectors.approval import worklist
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import catalogue
from sectors.models import Breakdown, Department, Indicator, Period, Region, Sheet, Submission
from sectors.models.periods import last_day_expression
from sectors.sql import boards
from sectors.sql.regions import Within, regions_within
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def everywhere(cast):
    """A submission of each department: market and water of the county, market of the other one."""
    return {
        "market": base.submission(cast.county),
        "water": base.submission(cast.county, "T-02"),
        "other": base.submission(cast.other_county),
    }


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("clerk", {"market"}),
        ("head", {"market"}),
        ("office", {"market", "water"}),
        ("leader", {"market", "water"}),
        ("admin", {"market", "water", "other"}),
        ("outsider_clerk", {"water"}),
        ("outsider_head", {"water"}),
        ("outsider_office", {"other"}),
    ],
)
def test_everyone_sees_their_own(cast, everywhere, name, sees):
    person = getattr(cast, name)
    assert set(Submission.objects.for_user(person)) == {everywhere[key] for key in sees}
    counties = {everywhere[key].region for key in sees}
    assert set(Period.objects.for_user(person)) == set(Period.objects.filter(region__in=counties))


def test_a_region_holds_those_below_it(cast):
    assert set(regions_within(cast.prefecture)) == {cast.prefecture, cast.county, cast.other_county}
    assert list(regions_within(cast.county)) == [cast.county]
    everywhere = regions_within(cast.prefecture.parent)
    assert set(Submission.objects.filter(region__in=everywhere)) == set(Submission.objects.all())


def test_regions_lie_in_one_another_to_any_depth(cast):
    deepest = cast.county
    for n in range(5):
        deepest = Region.objects.create(code=f"65402710{n}", name=f"{n}", level="township", parent=deepest)
    assert deepest in regions_within(cast.prefecture)


def test_progress_counts_cells_that_are_typed(cast):
    sheet = base.submission(cast.county)
    figures = {"food.task": "0", "food.firms": "n/a", "food.price": "", "food.rate": "97"}
    base.report(cast.county, "2023Q1", figures, "draft")
    found = vars(Submission.objects.with_progress().get(pk=sheet.pk))
    assert (found["cells"], found["filled"]) == (8, 2)  # blank is not filled, and a rate is not typed


@pytest.mark.parametrize(
    ("change", "cells", "filled", "missing"),
    [
        ({}, 8, 3, ["food.done"]),
        ({"food.firms": {"valid_to": "2023-03-30"}}, 7, 2, ["food.done"]),
        ({"food.firms": {"valid_to": "2023-03-31"}}, 8, 3, ["food.done"]),
        ({"food.task": {"valid_from": "2023-04-01"}}, 7, 2, ["food.done"]),
        ({"food.task": {"valid_from": "2023-03-31"}}, 8, 3, ["food.done"]),
        ({"food.done": {"valid_to": "2022-12-31"}}, 7, 3, []),
        ({"T-01": {"valid_to": "2023-03-30"}}, 0, 0, []),
        ({"T-01": {"valid_from": "2023-04-01"}}, 0, 0, []),
        ({"T-01": {"valid_from": "2023-01-15", "valid_to": "2023-03-31"}}, 8, 3, ["food.done"]),
    ],
)
def test_only_cells_that_are_valid_on_the_last_day_count(cast, change, cells, filled, missing):
    """The same in the list of submissions, in what submitting asks for, in the worklist and on the boards."""
    sheet = base.submission(cast.county)
    base.report(cast.county, "2023Q1", {"food.task": "5", "food.firms": "n/a", "food.price": "1.5"}, "draft")
    for name, days in change.items():
        rows = Sheet.objects.filter(number=name) if name == "T-01" else Indicator.objects.filter(code=name)
        base.change_catalogue(rows, **days)
    found = vars(Submission.objects.with_progress().get(pk=sheet.pk))
    assert (found["cells"], found["filled"]) == (cells, filled)
    assert [indicator.code for indicator in sheet.missing_cells()] == missing
    assert len(worklist.missing_names([sheet])[sheet.pk]) == len(missing)
    required = [i for i in catalogue().to_enter(sheet.sheet_id, sheet.period.last_day) if i.required]
    (board,) = boards.submissions(boards.Chosen(Within((cast.county.pk,)), 2023))
    assert board[-2:] == (filled, len(required) - len(missing))


@pytest.mark.parametrize(
    "code", ["2023", "2024", "2023H1", "2023H2", "2023Q1", "2023Q4", "2024-02", "2023-02", "2023-12"]
)
def test_the_database_knows_the_last_day_of_a_period(cast, code):
    key = PeriodKey.parse(code)
    opens = datetime.date(2023, 1, 1)
    made = Period.objects.create(
        region=cast.county, year=key.year, kind=key.kind, number=key.number, opens=opens, due=opens
    )
    assert Period.objects.values_list(last_day_expression(), flat=True).get(pk=made.pk) == key.last_day


def test_what_is_filled_is_some_of_the_cells_of_the_sheet(cast):
    """A cell that has moved to another sheet fills none of this one."""
    sheet = base.submission(cast.county)
    base.report(cast.county, "2023Q1", {"food.task": "5", "food.firms": "2"}, "draft")
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), sheet=Sheet.objects.get(number="T-02"))
    found = vars(Submission.objects.with_progress().get(pk=sheet.pk))
    assert (found["cells"], found["filled"]) == (7, 1)


def test_periods_count_their_submissions(cast, everywhere):
    base.submission(cast.county, "T-02", status="accepted")
    found = vars(Period.objects.with_counts().get(region=cast.county))
    assert (found["expected"], found["accepted"]) == (2, 1)


def test_validity_ends_with_its_last_day(cast):
    Indicator.objects.filter(code="food.price").update(valid_to="2023-06-30")
    Indicator.objects.filter(code="food.firms").update(valid_from="2023-07-01")
    for day, code in ((datetime.date(2023, 6, 30), "food.price"), (datetime.date(2023, 7, 1), "food.firms")):
        valid = Indicator.objects.valid_on(day).values_list("code", flat=True)
        assert {"food.price", "food.firms"} & set(valid) == {code}


def test_reporting_departments_have_a_sheet(cast):
    assert set(Department.objects.reporting(cast.county)) == {cast.market, cast.water}


def test_parts_are_those_of_the_first_exhaustive_breakdown(cast):
    total = Indicator.objects.get(code="food.done")
    more = total.breakdowns.create(name="其中", exhaustive=True, position=1)
    more.memberships.create(indicator=Indicator.objects.get(code="food.passed"), position=0)
    assert Breakdown.objects.part_codes() == {"food.done": ["food.done.farm", "food.done.school"]}


@pytest.mark.parametrize("fetch", ["for_listing", "for_reading"])
def test_the_number_of_queries_is_fixed(cast, fetch):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            for found in getattr(Submission.objects.for_user(cast.office), fetch)():
                assert [found.sheet.sector.name, found.period.label, found.department.name, found.cells]
                if fetch == "for_reading":
                    assert [step.by.department.name for step in found.transitions.all()]
        return len(captured)

    def moved(in_period):
        base.take_to("accepted", cast, base.submission(cast.county, in_period=in_period))

    for in_period in ("2021Q1", "2021Q2"):
        moved(in_period)
    few = queries()
    for year in range(2022, 2026):
        for quarter in range(1, 5):
            moved(f"{year}Q{quarter}")
    assert Submission.objects.count() == 18
    assert queries() == few
