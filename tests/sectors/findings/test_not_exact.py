"""What findings show of figures that are not exact: what was typed, wherever a declared value stands by itself."""

import io
import json

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from reports.aggregation.cube import annual
from reports.chapters import verification
from sectors.findings import rows, storage
from tests import base

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("95以上", "95以上"),
        ("95.5多%", "95.5余"),
        ("约99.25", "约99.25"),
        ("95.5（截至2月19日）", "95.5（截至2月19日）"),
        ("95.50", "95.50"),
    ],
)
def test_a_declared_value_stands_as_it_was_typed(client, cast, typed, shown):
    base.report(cast.county, "2023Q1", {"food.done": "100", "food.passed": "90", "food.rate": typed})
    sheet = base.submission(cast.county, status="accepted")
    (row,) = rows.rows(storage.refresh(sheet), cast.office)
    assert (row.declared, row.expected) == (shown, "90")
    (remark,) = verification.remarks(cast.county, 2023, annual(cast.county, 2023))
    assert (remark.declared, remark.expected) == (shown, "90")
    client.force_login(cast.office)
    answer = client.post(reverse("exports"), {"what": "findings", "ending": "xlsx"})
    head, line = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.iter_rows(
        values_only=True
    )
    stated = dict(zip(head, line, strict=True))["申报值"]
    assert str(stated).replace("2023年", "") == shown.rstrip("0")


@pytest.mark.parametrize(("year", "shown"), [("100以上", "100以上"), ("90以下", "90以下"), ("90", "90")])
def test_an_annual_figure_stands_as_it_was_typed(cast, year, shown):
    base.report(cast.county, "2023", {"food.done": year})
    for number in range(1, 5):
        base.report(cast.county, f"2023Q{number}", {"food.done": "24"})
    storage.refresh(base.submission(cast.county, in_period="2023", status="accepted"))
    (remark,) = verification.remarks(cast.county, 2023, annual(cast.county, 2023))
    assert (remark.declared, remark.expected) == (shown, "96")


@pytest.mark.parametrize("stated", ["95以上", "约99.25", "95.5"])
def test_what_is_declared_of_a_year_stands_as_it_was_typed(cast, stated):
    base.report(cast.county, "2023", {"food.done": "100", "food.passed": "90", "food.rate": stated})
    (remark,) = verification.remarks(cast.county, 2023, annual(cast.county, 2023))
    assert (remark.declared, remark.expected) == (stated, "90")


@pytest.mark.parametrize(
    ("figures", "computed"),
    [
        ({"food.done": "100", "food.passed": "90", "food.rate": "99.5"}, "90"),
        ({"food.done": "100", "food.passed": "约90", "food.rate": "99.5"}, "约90"),
        ({"food.done": "100", "food.passed": "不足90", "food.rate": "99.5"}, "约90"),
    ],
)
def test_what_is_computed_of_it_is_said_to_be_about_so_much(cast, figures, computed):
    base.report(cast.county, "2023Q1", figures)
    (row,) = rows.rows(storage.refresh(base.submission(cast.county, status="accepted")), cast.office)
    assert row.expected == computed
    (remark,) = verification.remarks(cast.county, 2023, annual(cast.county, 2023))
    assert remark.expected == computed


def test_the_command_gives_what_was_typed(cast):
    base.report(cast.county, "2023Q1", {"food.done": "100", "food.passed": "约90", "food.rate": "99.50"})
    out = io.StringIO()
    call_command("check_figures", region=cast.county.code, year=2023, format="json", stdout=out)
    (found,) = json.loads(out.getvalue())
    assert found["values"] == {"food.rate": "99.50"}
    assert found["declared"] == "99.5"
    base.report(cast.county, "2023Q2", {"food.done": "80余", "food.passed": "120余"})
    out = io.StringIO()
    call_command("check_figures", region=cast.county.code, year=2023, format="json", stdout=out)
    given = [found["values"] for found in json.loads(out.getvalue())]
    assert {"food.passed": "120余", "food.done": "80余"} in given
