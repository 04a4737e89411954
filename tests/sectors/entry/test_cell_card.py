"""One cell: its values, its formula in words, its history."""

import pytest

from sectors.entry import cell_card, writer
from sectors.models import Figure, Indicator, Submission
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def card(cast, code, by="clerk"):
    submission = Submission.objects.get(sheet__number="T-01", period__number=1, period__year=2023)
    return cell_card.read(submission, code, getattr(cast, by))


def test_a_cell_stands_beside_last_period_and_last_year(cast):
    for period, text in [("2022Q1", "50"), ("2022Q4", "40"), ("2023Q1", "45")]:
        base.report(cast.county, period, {"food.done": text})
    found = card(cast, "food.done")
    cell = found.cell
    assert (cell.text, cell.previous, cell.last_year, cell.change) == ("45", "40", "50", "-10.0%")
    assert (found.formula, found.operands) == ("", [])


def test_history_is_newest_first_and_says_who_and_by_which_way(cast):
    sheet = base.submission(cast.county)
    base.report(cast.county, "2023Q1", {"food.done": "30"}, "draft")
    writer.save(sheet, writer.Typed({"food.done": "36"}), by=cast.clerk)
    writer.save(sheet, writer.Typed({"food.done": "n/a", "food.task": "1"}), by=cast.clerk, way="excel")
    rows = [(change.old, change.new, change.by, change.source) for change in card(cast, "food.done").changes]
    assert rows == [
        ("36", "n/a", cast.clerk, "Excel"),
        ("30", "36", cast.clerk, "form"),
        ("", "30", None, "import"),
    ]


def test_a_computed_cell_says_in_words_what_it_is_made_of(cast):
    base.report(cast.county, "2023Q1", {"food.done": "40", "food.passed": "39"})
    found = card(cast, "food.rate")
    assert (found.cell.text, found.formula) == ("97.5", "抽检合格 ÷ 抽检完成")
    assert [(o.indicator.name, o.value, o.moment) for o in found.operands] == [
        ("抽检合格", "39", 0),
        ("抽检完成", "40", 0),
    ]


def test_parts_and_last_year_are_said_too(cast):
    formula = "parts(food.done) / last_year(food.passed) - 1"
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula=formula)
    base.report(cast.county, "2022Q1", {"food.passed": "10"})
    base.report(cast.county, "2023Q1", {"food.done.farm": "4", "food.done.school": "8"})
    found = card(cast, "food.rate")
    assert found.formula == "sum of the parts of 抽检完成 ÷ 抽检合格 of the year before − 1"
    assert [(o.indicator.code, o.value, o.moment) for o in found.operands] == [
        ("food.passed", "10", 1),
        ("food.done.farm", "4", 0),
        ("food.done.school", "8", 0),
    ]


@pytest.mark.parametrize(("who", "value"), [("clerk", ""), ("head", ""), ("office", "20"), ("admin", "20")])
def test_a_figure_of_another_department_is_shown_to_those_who_may_read_it(cast, who, value):
    base.change_catalogue(Indicator.objects.filter(code="food.rate"), formula="food.passed / water.tests")
    base.report(cast.county, "2023Q1", {"food.passed": "10", "water.tests": "20"})
    operand = card(cast, "food.rate", who).operands[1]
    assert (operand.indicator.code, operand.value, bool(operand.submission_id)) == ("water.tests", value, bool(value))


def test_a_note_and_a_declared_value_are_part_of_it(cast):
    base.report(cast.county, "2023Q1", {"food.rate": "97", "food.done": "40"})
    Figure.objects.filter(indicator__code="food.rate").update(note="年度总结所列")
    found = card(cast, "food.rate")
    assert (found.cell.declared, found.note) == ("97", "年度总结所列")


@pytest.mark.parametrize("code", ["water.tests", "no.such", ""])
def test_a_cell_of_another_sheet_is_none_of_this_one(cast, code):
    base.submission(cast.county)
    assert card(cast, code) is None
