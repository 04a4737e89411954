"""What a page gets to reckon its computed cells with."""

import datetime
import json
import re

import pytest
from django.urls import reverse

from sectors.entry import grid, page_formulas
from sectors.models import Indicator
from tests import base

pytestmark = pytest.mark.django_db


def computed(formula):
    """食品抽检合格率 by another formula."""
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula=formula)


def given(cast):
    return page_formulas.for_page(grid.read(base.submission(cast.county)))


def test_a_formula_goes_along_as_data_with_how_its_value_is_printed(cast):
    data = given(cast)
    assert data["cells"] == {"food.rate": [1, False]}
    assert data["formulas"] == {"food.rate": ("/", "food.passed", "food.done")}
    assert (data["kind"], data["kinds"]) == ((("批次",), 0, "0", None), {})
    assert (data["known"], data["scales"]) == ({}, {"food.rate": "0.01"})


def test_what_the_page_does_not_have_goes_along_in_base_units(cast):
    computed("(food.passed + parts(food.done)) / (water.supply - last_year(food.passed)) + 0.5 * -food.price")
    base.report(cast.county, "2022Q1", {"food.passed": "30", "water.supply": "1.5"})
    base.report(cast.county, "2023Q1", {"water.supply": "2.25"})
    data = given(cast)
    assert data["formulas"]["food.rate"] == (
        "+",
        (
            "/",
            ("+", "food.passed", ("sum", "food.done.farm", "food.done.school")),
            ("-", "water.supply", ("at", "food.passed", 1)),
        ),
        ("*", "0.5", ("neg", "food.price")),
    )
    assert (data["known"]["water.supply"], data["scales"]["water.supply"]) == ("22500", "10000")
    assert data["known"]["food.passed 1"] == "30"
    assert data["kinds"] == {"food.price": (("元",), 2, "0", None)}


def test_missing_and_not_applicable_are_told_apart(cast):
    computed("min(water.tests, food.done) + water.supply")
    base.report(cast.county, "2023Q1", {"water.supply": "不适用"})
    assert given(cast)["known"] == {"water.supply": "n/a", "water.tests": None}


@pytest.mark.parametrize(("who", "sheet", "carries"), [("clerk", "T-01", True), ("outsider_clerk", "T-02", False)])
def test_only_a_sheet_with_computed_cells_carries_formulas(client, cast, who, sheet, carries):
    client.force_login(getattr(cast, who))
    page = client.get(reverse("sheet", args=[base.submission(cast.county, sheet).pk])).content.decode()
    found = re.search(r'<script id="page-formulas" type="application/json">(.*)</script>', page)
    assert bool(found) is carries
    if found:
        assert json.loads(found[1])["formulas"] == {"food.rate": ["/", "food.passed", "food.done"]}


def test_a_sum_goes_on_without_a_part_that_is_not_valid_any_more(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.output"), formula="parts(food.done)")
    base.change_catalogue(Indicator.objects.filter(code="food.done.school"), valid_to=datetime.date(2023, 3, 31))
    base.report(cast.county, "2023Q1", {"food.done.farm": "1", "food.done.school": "2"}, "draft")
    base.report(cast.county, "2023Q2", {"food.done.farm": "3"}, "draft")
    read = [grid.read(base.submission(cast.county, in_period=code)) for code in ("2023Q1", "2023Q2")]
    assert [one.values.value("food.output") for one in read] == [3, 3]


def test_what_a_formula_reads_of_the_period_before_goes_along(cast):
    computed("food.done / previous(food.done) - 1")
    base.report(cast.county, "2022Q4", {"food.done": "50"})
    base.report(cast.county, "2023Q1", {"food.done": "60"}, "draft")
    sheet = grid.read(base.submission(cast.county))
    data = page_formulas.for_page(sheet)
    assert data is not None
    assert data["known"] == {"food.done 100": "50"}
    assert sheet.values.value("food.rate") == 20


def test_the_year_has_no_period_before_it(cast):
    computed("food.done / previous(food.done) - 1")
    base.report(cast.county, "2021", {"food.done": "50"})
    base.report(cast.county, "2022", {"food.done": "60"}, "draft")
    sheet = grid.read(base.submission(cast.county, in_period="2022"))
    data = page_formulas.for_page(sheet)
    assert data is not None
    assert data["known"] == {"food.done 100": None}
    assert sheet.values.value("food.rate") is None
