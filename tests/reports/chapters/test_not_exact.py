"""The shipped year's figures that are not exact, as its report prints them."""

import csv
import datetime

import pytest

from reports.chapters import build
from reports.document.blocks import Number, Paragraph, Table, runs_text
from sectors.models import Figure
from tests import base

pytestmark = pytest.mark.django_db

DAY = datetime.date(2022, 11, 11)
# As they stand in the county's own report of 2022.
SAID = {
    "agri.law.checks": "156余次",
    "agri.law.officers": "500余人次",
    "agri.law.vehicles": "130余次",
    "livestock.clenbuterol.samples": "4000余份",
    "livestock.clenbuterol.farm": "1000余份",
    "livestock.clenbuterol.slaughter": "3000余份",
    "orchard.variety.share": "90%以上",
    "orchard.practice.cleaning.rate": "90%以上",
    "orchard.practice.thinning.rate": "90%以上",
    "orchard.practice.pruning.rate": "90%以上",
    "orchard.practice.grading.rate": "90%以上",
    "orchard.manure": "约2.5立方米/亩",
    "health.examined": "2130余人",
    "health.leaflets": "20580余份",
    "health.lectures": "180余场次",
    "health.consultations": "4500余人次",
    "health.banners": "120余条",
    "construction.complaints_rate": "95%以上",
}
DATED = ("water.incidents", "water.air.checks", "water.air.opinions")


def numbers(document, kind):
    """By code, the texts of the numbers in paragraphs, or in tables."""
    found: dict[str, set[str]] = {}
    for block in document.blocks:
        if not isinstance(block, kind):
            continue
        lines = [block.runs] if kind is Paragraph else [cell for row in block.rows for cell in row.cells]
        for run in (run for runs in lines for run in runs if isinstance(run, Number)):
            found.setdefault(run.code, set()).add(run.text)
    return found


def test_all_eighteen_are_printed_as_they_were_said(shipped_year):
    document = build.build(shipped_year, 2022, day=DAY)
    printed, listed = numbers(document, Paragraph), numbers(document, Table)
    assert Figure.objects.exclude(qualifier="").count() == len(SAID) == 18
    assert {code: printed[code] for code in SAID} == {code: {text} for code, text in SAID.items()}
    stored = {figure.indicator.code: figure.cell.stored for figure in Figure.objects.exclude(qualifier="")}
    assert {code: listed[code] for code in SAID} == {code: {text} for code, text in stored.items()}


def test_what_was_so_until_a_day_is_not_told_of_the_whole_year(shipped_year):
    document = build.build(shipped_year, 2022, day=DAY)
    text = "".join(runs_text(block.runs) for block in document.blocks if isinstance(block, Paragraph))
    assert "截至10月19日没有发生突发水环境污染事件" in text
    assert "现场检查5次（截至10月19日）" in text
    assert {figure.indicator.code for figure in Figure.objects.filter(as_of__isnull=False)} == set(DATED)


def test_the_shipped_files_say_what_stands_in_the_database(shipped_year):
    rows = [row for path in base.SHIPPED_DATA.glob("*.csv") for row in csv.DictReader(path.open(encoding="utf-8"))]
    texts = {row["indicator"]: row["value"] or row["declared"] for row in rows}
    inexact = {figure.indicator.code: figure for figure in Figure.objects.select_related("indicator").all()}
    assert all(inexact[code].cell.stored == texts[code] for code in SAID)
