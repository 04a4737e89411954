"""Questions and answers of a sheet: where they stand, and last period's words beside them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sectors.entry import grid, narratives, writer
from sectors.models import Indicator, Question, Submission
from tests import base

pytestmark = pytest.mark.django_db


def told(cast, in_period, county=None, status="accepted", **texts):
    found = base.submission(county or cast.county, in_period=in_period, status=status)
    writer.store_narratives(found, {f"food.{code}": text for code, text in texts.items()})
    return found


def before(submission):
    return {a.question.code: (a.before, a.before_label) for a in narratives.narratives_of(submission)}


def test_answers_come_in_the_order_of_their_questions_with_the_last_ones_beside(cast):
    told(cast, "2022Q4", work="去年的工作", problem="去年的问题")
    told(cast, "2023Q1", work="上一季度的工作", problem="")
    told(cast, "2023Q3", work="后来的工作")
    told(cast, "2023Q1", cast.other_county, work="外县的工作")
    sheet = told(cast, "2023Q2", status="draft", work="本期的工作")
    assert [(a.question.code, a.text) for a in narratives.narratives_of(sheet)] == [
        ("food.work", "本期的工作"),
        ("food.problem", ""),
    ]
    assert before(sheet) == {
        "food.work": ("上一季度的工作", "2023年第1季度"),
        "food.problem": ("去年的问题", "2022年第4季度"),
    }


def test_words_of_a_whole_year_are_at_hand_in_the_next(cast):
    told(cast, "2022", work="全年的工作")
    assert before(base.submission(cast.county))["food.work"] == ("全年的工作", "2022年度")
    assert before(base.submission(cast.county, in_period="2022Q4"))["food.work"] == ("", "")


def test_words_of_long_ago_are_left_in_peace(cast):
    told(cast, "2020", work="很久以前")
    assert before(base.submission(cast.county))["food.work"] == ("", "")


def test_a_retired_question_is_asked_no_more(cast):
    Question.objects.filter(code="food.problem").update(valid_to="2022-12-31")
    assert list(before(base.submission(cast.county))) == ["food.work"]


def test_an_answer_stands_under_its_table_and_the_rest_at_the_end(cast):
    sheet = base.submission(cast.county)
    found = narratives.by_table(grid.read(sheet), {}, narratives.narratives_of(sheet))
    assert [(g.tables[0].name, [a.question.code for a in under]) for g, _rows, under in found.tables] == [
        ("抽检", ["food.work"])
    ]
    assert [a.question.code for a in found.rest] == ["food.problem"]


def test_an_answer_whose_table_is_not_shown_stands_at_the_end_in_its_order(cast):
    Indicator.objects.filter(sheet__number="T-01").update(valid_to="2022-12-31")
    sheet = base.submission(cast.county)
    found = narratives.by_table(grid.read(sheet), {}, narratives.narratives_of(sheet))
    assert found.tables == []
    assert [a.question.code for a in found.rest] == ["food.work", "food.problem"]


def test_the_number_of_queries_is_fixed(cast):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            answers = narratives.narratives_of(sheet)
            assert [a.question.get_kind_display() for a in answers if a.before_label]
        return len(captured)

    told(cast, "2021Q1", work="一", problem="二")
    sheet = Submission.objects.for_reading().get(pk=base.submission(cast.county).pk)
    few = queries()
    for in_period in ("2021Q2", "2021Q3", "2021Q4", "2022Q1", "2022Q2", "2022Q3", "2022Q4"):
        told(cast, in_period, work="一", problem="二")
    assert queries() == few == 3


def test_the_review_page_shows_answers_under_their_table(client, cast):
    sheet = told(cast, "2023Q1", status="submitted", work="查了三家", problem="人手不足")
    client.force_login(cast.head)
    text = client.get(reverse("submission", args=[sheet.pk])).content.decode()
    places = [text.index(words) for words in ("食品产量", "查了三家", "人手不足", "流转记录")]
    assert places == sorted(places)
    assert text.count('<div class="answer">查了三家') == 1
