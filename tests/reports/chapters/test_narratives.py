"""What departments wrote, period by period: in the sections of their sectors and in chapters 二 and 三."""

import datetime
from typing import Any

import pytest

from reports.chapters import build
from reports.document.blocks import Paragraph, runs_text
from sectors.models import Assignment, Question
from tests import base

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 2, 17)


@pytest.fixture
def answer(cast):
    """Accepts a quarter with an answer in it."""

    def answered(period, text, code="food.work"):
        base.report(cast.county, period, {"food.done": "1"})
        submission = base.submission(cast.county, "T-01", period, "accepted")
        question = submission.sheet.questions.get(code=code)
        submission.narratives.update_or_create(question=question, defaults={"text": text})

    return answered


def words(cast, under="food/words"):
    blocks: list[Any] = list(build.build(cast.county, 2023, day=DAY).body)
    own = [block for block in blocks if isinstance(block, Paragraph) and block.key.startswith(f"{under}/")]
    return {block.key.removeprefix(f"{under}/"): runs_text(block.runs) for block in own}


def test_what_was_done_stands_behind_the_sentences_of_its_sector(cast, answer):
    answer("2023Q1", "培训检测员。\n\n　 \n走访企业。")
    keys = [getattr(block, "key", "") for block in build.build(cast.county, 2023, day=DAY).body]
    at = keys.index("food/words/food.work/2023Q1/1")
    assert keys[at - 1] == "food/text/1"
    assert words(cast) == {"food.work/2023Q1/1": "1—3月：培训检测员。", "food.work/2023Q1/2": "走访企业。"}


def about(subject):
    base.change_catalogue(Question.objects.filter(code__startswith="food."), subject=subject)


@pytest.mark.parametrize(
    ("kind", "general", "of_water"),
    [
        ("work", "situation/words", "water/words"),
        ("problem_macro", "problems/macro/general", "problems/macro/water"),
        ("problem_micro", "problems/micro/general", "problems/micro/water"),
        ("measure", "measures/general", "measures/water"),
    ],
)
def test_words_stand_where_what_they_are_about_stands(cast, answer, kind, general, of_water):
    base.report(cast.county, "2023Q1", {"water.tests": "1"})
    base.change_catalogue(Question.objects.filter(code="food.work"), kind=kind)
    Assignment.objects.filter(sheet__number="T-03").delete()  # nothing is told of plants
    answer("2023Q1", "按月会商。")
    own = {"work": "food/words"}.get(kind, general.replace("general", "food"))
    for subject, under in (("", own), ("food", own), ("general", general), ("water", of_water), ("plants", own)):
        about(subject)
        found = {at: words(cast, at) for at in (own, general, of_water)}
        assert [at for at, said in found.items() if said] == [under], subject
        assert found[under] == {"food.work/2023Q1/1": "1—3月：按月会商。"}


def test_what_is_about_no_single_sector_comes_first_under_a_heading_of_its_own(cast, answer):
    base.change_catalogue(Question.objects.filter(code="food.work"), kind="problem_micro", subject="general")
    answer("2023Q1", "会商不够。")
    answer("2023Q1", "检测慢。", "food.problem")
    document = build.build(cast.county, 2023, day=DAY)
    heads = [block.printed for block in document.headings if block.key.startswith("problems/micro/")]
    assert heads == ["1.质量工作统筹方面", "2.食品方面"]


def test_several_periods_are_joined_in_the_order_of_time(cast, answer):
    answer("2023Q2", "走访企业。")
    answer("2023Q1", "培训检测员。")
    assert list(words(cast).values()) == ["1—3月：培训检测员。", "4—6月：走访企业。"]


def test_what_several_periods_say_is_printed_once(cast, answer):
    answer("2023Q1", "培训检测员。\n走访企业。")
    answer("2023Q3", "走访企业。")
    assert words(cast) == {
        "food.work/2023Q1/1": "1—3月：培训检测员。",
        "food.work/2023Q1/2": "1—3月和7—9月：走访企业。",
    }


def test_what_every_period_says_is_of_the_year_and_comes_first(cast, answer):
    for number in range(1, 5):
        answer(f"2023Q{number}", f"第{number}次培训。\n走访企业。")
    assert list(words(cast).values()) == [
        "走访企业。",
        *(f"{months}月：第{n}次培训。" for n, months in enumerate(("1—3", "4—6", "7—9", "10—12"), start=1)),
    ]


def test_an_annual_answer_names_no_period(cast):
    base.report(cast.county, "2023", {"food.done": "1"})
    submission = base.submission(cast.county, "T-01", "2023", "accepted")
    submission.narratives.create(question=submission.sheet.questions.get(code="food.work"), text="走访企业。")
    assert words(cast) == {"food.work/1": "走访企业。"}


def test_an_answer_of_the_year_comes_before_those_of_its_periods(cast, answer):
    answer("2023Q3", "走访企业。")
    submission = base.submission(cast.county, "T-01", "2023", "accepted")
    submission.narratives.create(question=submission.sheet.questions.get(code="food.work"), text="培训检测员。")
    assert list(words(cast).values()) == ["培训检测员。", "7—9月：走访企业。"]


def test_problems_of_earlier_periods_are_not_lost(cast, answer):
    answer("2023Q1", "检测慢。", "food.problem")
    answer("2023Q2", "人员少。", "food.problem")
    assert list(words(cast, "problems/micro/food").values()) == ["1—3月：检测慢。", "4—6月：人员少。"]


def test_what_is_not_accepted_is_not_quoted(cast, answer):
    answer("2023Q1", "培训检测员。")
    submission = base.submission(cast.county, "T-01", "2023Q2", "submitted")
    submission.narratives.create(question=submission.sheet.questions.get(code="food.work"), text="走访企业。")
    assert list(words(cast).values()) == ["1—3月：培训检测员。"]
