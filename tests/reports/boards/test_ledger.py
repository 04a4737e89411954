"""What departments are asked for: how much and how often, by whom it is seen, and what is asked twice."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from sectors.catalogue.compiled import catalogue
from sectors.models import Assignment, CatalogueVersion, Department, Indicator, Sheet
from tests import base

pytestmark = pytest.mark.django_db


def ledger(client, who, **asked):
    client.force_login(who)
    answer = client.get(reverse("ledger"), asked)
    assert answer.status_code == 200
    return answer.context["ledger"]


def test_each_sheet_with_its_cells_and_times(client, cast):
    found = ledger(client, cast.office)
    rows = {one.sheet.number: one for one in found.sheets}
    assert set(rows) == {"T-01", "T-02", "T-03"}
    food = rows["T-01"]
    known = list(Indicator.objects.filter(sheet__number="T-01"))
    assert food.entered == sum(not one.formula for one in known)
    assert (food.computed, food.times, food.a_year) == (1, 4, 4 * food.entered)
    assert food.questions == 2
    assert (rows["T-03"].times, rows["T-03"].a_year) == (1, 1)
    assert found.a_year == sum(cells for _department, _sheets, cells in found.departments)


@pytest.mark.parametrize(
    ("who", "sheets"),
    [
        ("clerk", {"T-01"}),
        ("head", {"T-01"}),
        ("outsider_clerk", {"T-02", "T-03"}),
        ("leader", {"T-01", "T-02", "T-03"}),
        ("admin", {"T-01", "T-02", "T-03"}),
    ],
)
def test_a_department_sees_its_own_and_an_overview_all(client, cast, who, sheets):
    asked = {"region": "990101"} if who == "admin" else {}
    assert {one.sheet.number for one in ledger(client, getattr(cast, who), **asked).sheets} == sheets


def test_another_county_is_not_there(client, cast):
    for who in (cast.clerk, cast.head, cast.office, cast.leader):
        client.force_login(who)
        assert client.get(reverse("ledger"), {"region": "990102"}).status_code == 404
    office = Department.objects.create(region=cast.prefecture, code="office", name="市质强办", short_name="市质强办")
    above = base.user("office", office, "above")
    assert ledger(client, above, region="990102").region == cast.other_county
    assert {one.code for one in client.get(reverse("ledger")).context["regions"]} == {"990101", "990102"}


def test_figures_of_one_name_and_unit_in_two_sheets_are_asked_twice(client, cast):
    assert ledger(client, cast.office).twice == []
    Indicator.objects.filter(code="water.tests").update(name="抽检任务")
    CatalogueVersion.objects.renew()
    (twice,) = ledger(client, cast.office).twice
    assert {indicator.code for indicator, _department in twice.places} == {"food.task", "water.tests"}
    assert ledger(client, cast.clerk).twice == []  # the other one is not theirs
    Indicator.objects.filter(code="water.tests").update(unit=catalogue().by_code["water.supply"].unit)
    CatalogueVersion.objects.renew()
    assert ledger(client, cast.office).twice == []  # of another unit


def test_what_is_not_asked_any_more_is_left_out(client, cast):
    Sheet.objects.filter(number="T-02").update(valid_to="2020-12-31")
    Indicator.objects.filter(code="food.firms").update(valid_to="2020-12-31")
    before = ledger(client, cast.office).sheets
    CatalogueVersion.objects.renew()
    found = ledger(client, cast.office)
    assert {one.sheet.number for one in found.sheets} == {"T-01", "T-03"}
    assert found.sheets[-1].entered <= before[-1].entered


def test_without_a_sheet_the_page_says_so(client, cast):
    Assignment.objects.all().delete()
    client.force_login(cast.office)
    assert client.get(reverse("ledger")).context["ledger"] is None


def test_the_file_has_the_rows_of_the_page(client, cast):
    client.force_login(cast.office)
    answer = client.get(reverse("ledger"), {"format": "xlsx"})
    page = load_workbook(io.BytesIO(answer.content)).active
    found = ledger(client, cast.office)
    assert [row[1].value for row in page.iter_rows(min_row=2)] == [one.sheet.number for one in found.sheets]
    assert [row[7].value for row in page.iter_rows(min_row=2)] == [one.a_year for one in found.sheets]


def test_the_queries_do_not_grow_with_the_sheets(client, cast):
    client.force_login(cast.office)
    client.get(reverse("ledger"))
    few = base.queries(lambda: client.get(reverse("ledger")))
    base.wide(cast.county, 20, 3)
    client.get(reverse("ledger"))
    assert base.queries(lambda: client.get(reverse("ledger"))) == few
