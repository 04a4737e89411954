"""Chapters 二 and 三 of the report: problems and their causes, and next year's measures, as departments wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from reports.document import (
    Block,
    Gap,
    Heading,
    PageBreak,
    Paragraph,
    Text,
    number_heading,
    printable,
    strip_marks,
)
from sectors.models import Narrative, Question, Region, Submission


def problems(words: Sequence[Narrative]) -> Iterator[Block]:
    yield PageBreak()
    yield Heading(1, number_heading(1, 2), "主要质量问题及原因分析", key="problems")
    yield Heading(2, number_heading(2, 1), "宏观质量管理方面", key="problems/macro")
    yield from _said(words, Question.Kind.PROBLEM_MACRO, 3, "problems/macro")
    yield Heading(2, number_heading(2, 2), "微观质量监管方面", key="problems/micro")
    yield from _said(words, Question.Kind.PROBLEM_MICRO, 3, "problems/micro")


def measures(words: Sequence[Narrative]) -> Iterator[Block]:
    yield Heading(1, number_heading(1, 3), "下一步工作计划和措施", key="measures")
    yield from _said(words, Question.Kind.MEASURE, 2, "measures")


def _said(words: Sequence[Narrative], kind: str, level: int, key: str) -> Iterator[Block]:
    """What departments wrote to the questions of a kind, under a heading for each sector."""
    chosen = [word for word in words if word.question.kind == kind]
    if not chosen:
        yield Paragraph((Gap(kind, "部门文字材料"),), key=f"{key}/none")
    for number, (sector, members) in enumerate(groupby(chosen, key=lambda w: w.question.sheet.sector), start=1):
        yield Heading(level, number_heading(level, number), f"{sector.name}方面", key=f"{key}/{sector.code}")
        for word in members:
            yield from _paragraphs(word, f"{key}/{sector.code}/{word.question.code}")


def _paragraphs(word: Narrative, key: str) -> Iterator[Block]:
    lines = filter(None, map(str.strip, strip_marks(word.text).splitlines()))
    for place, line in enumerate(lines, start=1):
        yield Paragraph((Text(printable(line)),), key=f"{key}/{place}")


def narratives(region: Region, year: int) -> list[Narrative]:
    """The latest accepted answer to each question in the year, in the order of the report."""
    answers = (
        Narrative.objects.filter(
            submission__region=region,
            submission__status=Submission.Status.ACCEPTED,
            submission__period__year=year,
        )
        .exclude(text="")
        .select_related("question__sheet__sector__chapter")
        .order_by("submission__period__number")
    )
    latest = {answer.question_id: answer for answer in answers}
    return sorted(latest.values(), key=_place)


def _place(word: Narrative) -> tuple[int, int, int, int]:
    sheet = word.question.sheet
    return sheet.sector.chapter.position, sheet.sector.position, sheet.position, word.question.position
