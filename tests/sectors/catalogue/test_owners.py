"""Codes belong to their sector: a file takes nothing from another one, unless it says so."""

import shutil

import pytest

from sectors.catalogue.loader import load
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Indicator, Question, Rule, Sector, Sheet
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TOYS = """\
sector: toys
name: 玩具
chapter: {code: product, name: 产品质量, position: 1}
position: 9
sheets:
  - number: A-01
    name: 玩具抽查情况表
    frequency: quarter
    department: market
    tables:
      - code: sampling
        name: 抽查
        indicators:
          - {code: toys.samples, name: 抽查样品, unit: 批次}
          - {code: toys.passed, name: 合格样品, unit: 批次}
    questions:
      - {code: toys.work, kind: work, text: 工作开展情况}
rules:
  - {code: toys.within, expression: toys.passed <= toys.samples, message: 合格数不能多于抽查数}
"""
FOOD = (base.SMALL / "food.yaml").read_text(encoding="utf-8")
RULE = "  - {code: food.passed_within_done, expression: food.passed <= food.done, message: 合格数不能多于完成数}\n"
QUESTION = "      - {code: food.work, kind: work, table: sampling, text: 本期工作开展情况}\n"


@pytest.fixture
def toys(tmp_path):
    """Writes the toys, changed, to a file of their own."""

    def write(*changes):
        path = tmp_path / "toys.yaml"
        path.write_text(changed(TOYS, *changes), encoding="utf-8")
        return path

    return write


def changed(text, *changes):
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def problems(path):
    with pytest.raises(CatalogueError) as caught:
        load(path)
    return [(problem.place.line, problem.message) for problem in caught.value.problems]


def food_stands():
    return (
        Sheet.objects.get(number="T-01").sector.code == "food"
        and Rule.objects.get(code="food.passed_within_done").sector.code == "food"
        and set(Question.objects.filter(sheet__number="T-01").values_list("code", flat=True))
        == {"food.work", "food.problem"}
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("A-01", "T-01", 6, "sheet T-01 belongs to the sector food: the database has it as “食品抽检情况表” of 食品."),
        ("A-01", "T-03", 6, "sheet T-03 belongs to the sector plants"),
        ("code: toys.work", "code: food.work", 17, "question food.work belongs to the sector food"),
        ("code: toys.work", "code: food.problem", 17, "the database has it as “主要问题及原因” of 食品"),
        ("code: toys.within", "code: food.passed_within_done", 19, "as “合格数不能多于完成数” of 食品"),
    ],
)
def test_a_code_of_another_sector_is_refused_with_both_places(cast, toys, old, new, line, message):
    base.report(cast.county, "2023Q1", {"food.done": "5"})
    ((at, text),) = problems(toys((old, new)))
    assert at == line
    assert message in text
    assert "moved_from: " in text
    assert not Sector.objects.filter(code="toys").exists()
    assert food_stands()


def test_a_rule_that_the_administration_edited_is_not_taken_either(cast, toys):
    Rule.objects.filter(code="food.passed_within_done").update(source="admin")
    ((_line, text),) = problems(toys(("code: toys.within", "code: food.passed_within_done")))
    assert "rule food.passed_within_done belongs to the sector food" in text


def test_a_sector_code_that_is_taken_is_refused(cast, toys):
    ((line, text),) = problems(toys(("toys", "food")))
    assert line == 1
    assert "The sector food is “食品” in the database, with the sheets T-01" in text
    assert food_stands()


def test_a_wrong_former_sector_is_refused(cast, toys):
    ((_line, text),) = problems(toys(("number: A-01", "number: T-01\n    moved_from: water")))
    assert "write moved_from: food" in text


@pytest.fixture
def both(tmp_path):
    """The small catalogue with toys: writes food and toys as they are to be."""
    folder = shutil.copytree(base.SMALL, tmp_path / "catalogue")

    def write(food, *changes):
        (folder / "food.yaml").write_text(food, encoding="utf-8")
        (folder / "toys.yaml").write_text(changed(TOYS, *changes), encoding="utf-8")
        return folder

    return write


@pytest.mark.parametrize("name", ["toys", "aaa"])  # the other sector's file is read before or after
def test_rules_and_questions_move_where_the_file_says_so(cast, both, name):
    before = Question.objects.get(code="food.work").pk, Rule.objects.get(code="food.passed_within_done").pk
    food = changed(FOOD, (RULE, ""), (QUESTION, ""), ("rules:\n", ""))
    moves = [
        ("{code: toys.work,", "{code: food.work, moved_from: food,"),
        ("{code: toys.within,", "{code: food.passed_within_done, moved_from: food,"),
    ]
    folder = both(food, *moves)
    (folder / "toys.yaml").rename(folder / f"{name}.yaml")
    load(folder)
    question, rule = Question.objects.get(code="food.work"), Rule.objects.get(code="food.passed_within_done")
    assert (question.pk, rule.pk) == before
    assert question.sheet.number == "A-01"
    assert rule.sector.code == "toys"
    assert load(folder).lines == []  # the word may stay where it is


def test_without_the_word_nothing_moves_even_if_the_other_file_lets_go(cast, both):
    folder = both(changed(FOOD, (RULE, ""), ("rules:\n", "")), ("code: toys.within", "code: food.passed_within_done"))
    ((_line, text),) = problems(folder)
    assert "belongs to the sector food" in text
    assert food_stands()


def test_a_sheet_moves_with_its_questions_and_leaves_no_indicators_behind(cast, toys, both):
    moves = [("number: A-01", "number: T-01\n    moved_from: food"), ("code: toys.work", "code: food.work")]
    ((line, text),) = problems(toys(*moves))
    assert line == 6
    assert "still has food.task, food.done, food.done.farm …" in text
    folder = both(changed(FOOD, ("T-01", "F-09"), (QUESTION, "")), *moves)
    ((_line, text),) = problems(folder)
    assert "of which this file has none" in text  # food would have lost its only sheet
    assert food_stands()


@pytest.fixture
def moving(cast, tmp_path, toys):
    """Food has a second sheet in the database, which its file gives to the toys."""
    extra = changed(TOYS[TOYS.index("  - number") : TOYS.index("rules:")], ("toys.", "food.more."))
    food = tmp_path / "food" / "food.yaml"
    food.parent.mkdir()
    food.write_text(FOOD.replace("rules:\n", f"{extra}rules:\n"), encoding="utf-8")
    load(food.parent)
    food.write_text(FOOD, encoding="utf-8")
    moves = [("number: A-01", "number: A-01\n    moved_from: food"), ("code: toys.work", "code: food.more.work")]
    toys(*moves).rename(food.parent / "toys.yaml")
    return food.parent


def test_a_sheet_without_figures_moves_to_another_sector(moving):
    load(moving)
    assert Sheet.objects.get(number="A-01").sector.code == "toys"
    assert Question.objects.get(code="food.more.work").sheet.sector.code == "toys"
    indicators = Indicator.objects.filter(sheet__number="A-01").values_list("code", flat=True)
    assert set(indicators) == {"toys.samples", "toys.passed"}
    assert load(moving).lines == []


def test_a_sheet_that_was_reported_stays_although_the_file_moves_it(cast, moving):
    base.report(cast.county, "2023Q1", {"food.more.samples": "5"})
    assert any("A-01 was reported, so it stays in its sector" in text for _line, text in problems(moving))
    assert Sheet.objects.get(number="A-01").sector.code == "food"
