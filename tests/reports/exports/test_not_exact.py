"""Figures that are not exact go out, and come back in from what went out, without loss."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.urls import reverse

from reports.api import tokens
from sectors.models import Figure, Submission
from sectors.transfer.figure_files import import_figures
from tests import base

pytestmark = pytest.mark.django_db

STATED = {
    "food.task": "100",
    "food.done": "120余",
    "food.passed": "约110",
    "food.firms": "近2000（截至2022年10月19日）",
    "food.price": "7.50以上",
    "food.output": "0（截至2022年10月19日）",
    "food.rate": "95以上",
}


@pytest.fixture
def figures(cast):
    base.report(cast.county, "2022", STATED)


def ask(client, who, what, ending="xlsx"):
    client.force_login(who)
    answer = client.post(reverse("exports"), {"what": what, "ending": ending})
    assert answer.status_code == 200
    return io.BytesIO(b"".join(answer.streaming_content))


def rows(content, key):
    head, *found = openpyxl.load_workbook(content).active.iter_rows(values_only=True)
    return {row[head.index(key)]: dict(zip(head, row, strict=True)) for row in found}


@pytest.mark.usefixtures("figures")
def test_the_long_list_has_number_qualifier_and_day_apart(client, cast):
    found = rows(ask(client, cast.office, "figures"), "指标代码")
    day = datetime.date(2022, 10, 19)
    said = {code: (row["数值"], row["修饰词"], row["截至"] and row["截至"].date()) for code, row in found.items()}
    assert said == {
        "food.task": (100, "", None),
        "food.done": (120, "余", None),
        "food.passed": (110, "约", None),
        "food.firms": (2000, "近", day),
        "food.price": (7.5, "以上", None),
        "food.output": (0, "", day),
        "food.rate": (95, "以上", None),
    }
    text = ask(client, cast.office, "figures", "csv").read().decode("utf-8-sig")
    lines = {line["指标代码"]: line for line in csv.DictReader(io.StringIO(text))}
    assert (lines["food.firms"]["数值"], lines["food.firms"]["修饰词"], lines["food.firms"]["截至"]) == (
        "2000",
        "近",
        "2022-10-19",
    )


@pytest.mark.usefixtures("figures")
def test_what_the_list_by_periods_has_in_its_cells_is_read_again(client, cast, tmp_path):
    found = rows(ask(client, cast.office, "wide"), "指标代码")
    texts = {code: f"{row['2022']}".removesuffix(".0") for code, row in found.items()}
    assert texts == STATED
    lines = [f"{code},2022," + (f",{text}," if code == "food.rate" else f"{text},,") for code, text in texts.items()]
    file = tmp_path / "figures.csv"
    file.write_text("\n".join(["indicator,period,value,declared,note", *lines]), encoding="utf-8")
    before = {figure.indicator.code: figure.cell for figure in Figure.objects.select_related("indicator")}
    Submission.objects.all().delete()
    import_figures([file], region=cast.county, year=2022)
    assert {figure.indicator.code: figure.cell for figure in Figure.objects.select_related("indicator")} == before


@pytest.mark.usefixtures("figures")
def test_annual_values_say_it_too(client, cast):
    found = rows(ask(client, cast.office, "annual"), "指标代码")
    assert found["food.done"]["数值"] == "120余"
    assert found["food.firms"]["数值"] == "近2000（截至10月19日）"
    assert found["food.task"]["数值"] == 100
    assert found["food.rate"]["数值"].startswith("约91.7")


@pytest.mark.usefixtures("figures")
def test_the_interface_gives_both_and_the_ends(client, cast):
    _token, secret = tokens.make("系统", by=cast.office)

    def read(path):
        return client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"})

    stated = {row["indicator"]: row for row in read("figures").json()["results"]}
    assert (stated["food.firms"]["value"], stated["food.firms"]["qualifier"]) == ("2000", "nearly")
    assert stated["food.firms"]["as_of"] == "2022-10-19"
    assert (stated["food.task"]["qualifier"], stated["food.task"]["as_of"]) == ("", None)
    annual = {row["indicator"]: row for row in read("annual?year=2022").json()}
    ends = {code: (annual[code]["qualifier"], annual[code]["low"], annual[code]["high"]) for code in STATED}
    assert [float(end) for end in ends["food.done"][1:]] == [120, 130]
    assert ends["food.price"][0] == "at_least"
    assert ends["food.price"][2] is None
    lines = csv.DictReader(io.StringIO(b"".join(read("sdmx/figures").streaming_content).decode()))
    named = ("OBS_VALUE", "OBS_STATUS", "QUALIFIER", "AS_OF")
    told = {line["INDICATOR"]: tuple(line[name] for name in named) for line in lines}
    assert told["food.firms"] == ("2000", "E", "nearly", "2022-10-19")
    assert told["food.task"] == ("100", "A", "", "")
