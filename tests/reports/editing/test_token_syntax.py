"""Words that look like a figure stay words, from the department to the field and back, whatever is written."""

import random

import pytest

from reports.document.blocks import Gap, Number, Run, Text, runs_text
from reports.document.characters import printable
from reports.editing import drafts, edits, token_syntax
from reports.editing.figure_tokens import BadText
from sectors.models import Narrative, Submission
from tests import base
from tests.reports.editing import draft_reports

WORDS = "problems/micro/food/food.problem/2023Q1/1"
# Every mark of the report's, of templates and of this syntax; \ue000 and its neighbours mark figures in wordings, and
# stand for rare characters of names on some machines.
PARTS = [
    *("{{", "}}", "{", "}", "{%", "%}", "\\", "|"),
    *("food.done", "{{food.done}}", "{{food.done|40批次}}", "\\{\\{", "甲", "〔缺〕"),
    *("\ue000", "\ue001food.done\ue002", "\ue003", "$", "'", "{#", "&lt;"),
]


def merged(runs):
    """Runs with the words between two figures in one."""
    found: list[Run] = []
    for run in runs:
        if isinstance(run, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].text + run.text)
        elif run != Text(""):
            found.append(run)
    return tuple(found)


def test_any_words_and_figures_come_back_as_they_were():
    pick = random.Random(20230105)
    for _time in range(3000):
        words = ["".join(pick.choices(PARTS, k=pick.randint(0, 5))) for _run in range(3)]
        figure = Number("food.done", "".join(pick.choices([*PARTS, "40批次"], k=pick.randint(1, 3))))
        gap = Gap("registry.notices.food-2", "".join(pick.choices(PARTS[:8], k=2)))
        either: list[Run] = [figure, gap]
        used = pick.choice(either)
        runs = (Text(words[0]), Text(words[1]), used, Text(words[2]))
        if figure in runs and token_syntax.is_gap(figure.text):
            continue  # prints what a gap prints
        text = token_syntax.write(runs)
        assert token_syntax.runs(text) == merged(runs), text
        assert token_syntax.plain(text) == runs_text(runs)
        assert token_syntax.replaced(text, token_syntax.tokens(text)) == text
        assert not token_syntax.is_broken(text)


def test_what_needs_no_backslash_has_none():
    for words in ("甲{乙}丙", "{% if %}", "C:\\甲", "甲|乙", "100%"):
        assert token_syntax.write((Text(words),)) == words
    assert token_syntax.write((Text("{{food.done}}"),)) == "\\{\\{food.done\\}\\}"


TRICKS = [
    "{{food.done}}",
    "见{{food.done|40批次}}和{{",
    "}}{{ food.rate }}",
    "\\{{food.done}}\\",
    "{%if%}{{{food.done}}}",
    "名称\ue000food.done\ue00240批次\ue003",
    "宝丰{食品}有限公司",
]


@pytest.fixture
def edited(cast):
    draft_reports.figures(cast)
    of = Submission.objects.get(sheet__number="T-01", period=base.period(cast.county, "2023Q1"))

    def made(words):
        question = of.sheet.questions.get(code="food.problem")
        Narrative.objects.create(submission=of, question=question, text=words)
        return drafts.begin(region=cast.county, year=2023, by=cast.office, day=draft_reports.DAY)

    return made


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("words", TRICKS)
def test_a_departments_words_are_edited_like_any_others(cast, edited, words):
    report = edited(words)
    words = printable(words)
    assert draft_reports.printed(report, WORDS) == f"1—3月：{words}"
    item = draft_reports.working(report).by_key[WORDS]
    edits.write(report=report, key=WORDS, text=item.text, seen=0, by=cast.office)  # opened and saved
    assert not draft_reports.working(report).by_key[WORDS].is_edited
    edits.write(report=report, key=WORDS, text=f"一是{item.text}，共{{{{food.done}}}}。", seen=0, by=cast.office)
    assert draft_reports.printed(report, WORDS) == f"一是1—3月：{words}，共40批次。"
    numbers = [run for run in draft_reports.working(report).by_key[WORDS].block.runs if isinstance(run, Number)]
    assert numbers == [Number("food.done", "40批次")]
    assert not draft_reports.working(report).by_key[WORDS].is_stale


@pytest.mark.django_db
@pytest.mark.usefixtures("english")
def test_a_heading_and_a_caption_too(cast, edited):
    report = edited("甲")
    for key in ("food", "food/figures"):
        edits.write(report=report, key=key, text="食品\\{\\{food.done\\}\\}", seen=0, by=cast.office)
        assert draft_reports.printed(report, key) == "食品{{food.done}}"
    added = edits.add(report=report, after=WORDS, text="\\{\\{x\\}\\}", level=4, by=cast.office)
    assert draft_reports.printed(report, added) == "{{x}}"
    with pytest.raises(BadText, match="backslash"):
        edits.write(report=report, key=WORDS, text="{{甲}}", seen=0, by=cast.office)
