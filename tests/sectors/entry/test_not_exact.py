"""Figures that are not exact: entered, seen, changed, compared, and shown again as they were typed."""

from decimal import Decimal

import pytest

from sectors.entry import cell_card, grid, page_formulas, writer
from sectors.entry.writer import Counted
from sectors.models import FigureChange
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def enter(cast, sheet, seen=None, **figures):
    texts = {name.replace("_", "."): text for name, text in figures.items()}
    return writer.save(sheet, writer.Typed(texts, seen=seen or {}), by=cast.clerk)


def shown(sheet):
    rows = (row for table in grid.read(sheet).tables for row in table.rows)
    return {cell.indicator.code: cell for row in rows for cell in row.cells if cell}


def test_a_cell_shows_again_what_was_typed_and_its_history_does(cast, sheet):
    for typed in ("120", "１２０余批次", "120余", "约120", "0（截至2月19日）", ""):
        enter(cast, sheet, food_done=typed)
    changes = FigureChange.objects.order_by("pk").values_list("old", "new")
    assert list(changes) == [
        ("", "120"),
        ("120", "120余"),
        ("120余", "约120"),
        ("约120", "0（截至2023年2月19日）"),
        ("0（截至2023年2月19日）", ""),
    ]
    enter(cast, sheet, food_done="≥120")
    cell = shown(sheet)["food.done"]
    assert (cell.text, cell.seen) == ("120以上", "120以上")
    card = cell_card.read(sheet, "food.done", cast.clerk)
    assert card is not None
    assert (card.cell.text, card.changes[0].new) == ("120以上", "120以上")


def test_who_saw_the_number_alone_did_not_see_its_qualifier(cast, sheet):
    enter(cast, sheet, food_done="120余")
    saved = enter(cast, sheet, seen={"food.done": ["120"]}, food_done="125")
    assert saved.conflicts["food.done"].theirs == "120余"
    assert enter(cast, sheet, seen={"food.done": ["120多"]}, food_done="125").is_complete


def test_a_day_after_the_period_is_refused(cast, sheet):
    saved = enter(cast, sheet, food_done="0（截至4月19日）")
    assert "up to the period's end" in saved.refused["food.done"][1]
    assert not sheet.figures.exists()


def test_computed_cells_and_comparisons_say_what_follows(cast, sheet):
    base.report(cast.county, "2022Q1", {"food.done": "约90", "food.passed": "80", "food.firms": "10"})
    base.report(cast.county, "2022Q4", {"food.done": "70余"})
    enter(cast, sheet, food_done="200", food_passed="190以上", food_firms="20（截至2月19日）")
    cells = shown(sheet)
    assert (cells["food.rate"].text, cells["food.rate"].last_year) == ("95.0以上", "约88.9")
    done = cells["food.done"]
    assert (done.previous, done.last_year, done.change) == ("70余", "约90", "约+122.2%")
    assert cells["food.firms"].change == ""  # of another day
    enter(cast, sheet, food_done="90余")
    assert shown(sheet)["food.done"].change == ""  # 90 to 100 against 85 to 95


def test_what_is_taken_over_from_another_year_keeps_its_day(cast, sheet):
    base.report(cast.county, "2022Q4", {"food.firms": "近20（截至10月19日）"})
    base.report(cast.county, "2022Q1", {"food.firms": "约30（截至2月3日）"})
    cell = shown(sheet)["food.firms"]
    assert (cell.previous, cell.last_year) == ("近20（截至2022年10月19日）", "约30（截至2022年2月3日）")
    for text in (cell.previous, cell.last_year):
        assert enter(cast, sheet, food_firms=text).stored["food.firms"] == text


def test_the_year_so_far_adds_up_what_is_not_exact(cast):
    base.report(cast.county, "2023Q1", {"food.done": "120余"})
    second = base.submission(cast.county, in_period="2023Q2")
    enter(cast, second, food_done="80")
    assert shown(second)["food.done"].to_date == "200余"


def test_what_the_registry_counts_follows_only_its_own_exact_number(cast, sheet):
    indicator = sheet.sheet.indicators.get(code="food.done")
    writer.store_counts(sheet, {indicator: Counted(Decimal(120), 120)}, by=None)
    enter(cast, sheet, food_done="120余")
    writer.store_counts(sheet, {indicator: Counted(Decimal(121), 121)}, by=None)
    assert shown(sheet)["food.done"].text == "120余"
    enter(cast, sheet, food_done="121")
    writer.store_counts(sheet, {indicator: Counted(Decimal(122), 122)}, by=None)
    assert shown(sheet)["food.done"].text == "122"


def test_the_page_is_told_which_computed_cells_read_what_is_not_exact_elsewhere(cast, sheet):
    enter(cast, sheet, food_done="120余", food_passed="100")
    data = page_formulas.for_page(grid.read(sheet))
    assert data is not None
    assert data["about"] == []
