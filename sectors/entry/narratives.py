"""The words of a sheet: what it asks, what was answered, and what was written there before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sectors.entry.grid import Grid, GridTable
from sectors.entry.row_tables import RowTable
from sectors.models import Narrative, Period, Question, Submission

# Older words are of no help to who writes the next ones.
YEARS_BACK = 2


@dataclass(frozen=True)
class Answer:
    """A question with its answer, and with the latest one of an earlier period, whose label tells which."""

    question: Question
    text: str
    before: str = ""
    before_label: str = ""


@dataclass(frozen=True)
class NarrativesByTable:
    """A sheet's grid cut table by table, each with its open rows and the answers that stand under it; the rest stand at
    the end."""

    tables: list[tuple[Grid, RowTable | None, list[Answer]]]
    rest: list[Answer]


def narratives_of(submission: Submission) -> list[Answer]:
    """Questions of a submission (`period` fetched) in their order, each with its answer and with earlier words."""
    period = submission.period
    texts: dict[int, str] = dict(submission.narratives.values_list("question", "text"))
    before = _before(submission, period)
    return [
        Answer(question, texts.get(question.pk, ""), *before.get(question.pk, ("", "")))
        for question in submission.questions()
    ]


def by_table(grid: Grid, rows: Mapping[int, RowTable], answers: list[Answer]) -> NarrativesByTable:
    """`rows` by the keys of their tables. Each answer goes under its question's table; where that is not shown, to the
    end."""
    waiting: dict[int | None, list[Answer]] = {}
    for answer in answers:
        waiting.setdefault(answer.question.table_id, []).append(answer)
    tables = [
        (replace(grid, tables=[table]), rows.get(_table_id(table)), waiting.pop(_table_id(table), []))
        for table in grid.tables
    ]
    left = {answer.question.pk for group in waiting.values() for answer in group}
    return NarrativesByTable(tables, [answer for answer in answers if answer.question.pk in left])


def _table_id(table: GridTable) -> int:
    return next(cell.indicator.table_id for row in table.rows for cell in row.cells if cell)


def _before(submission: Submission, period: Period) -> dict[int, tuple[str, str]]:
    """The latest earlier words to each question in this region, with the label of their period.

    Periods of another kind count too: history may have been loaded as a whole year.
    """
    rows = (
        Narrative.objects.filter(
            question__sheet=submission.sheet_id,
            submission__region=submission.region_id,
            submission__period__year__range=(period.year - YEARS_BACK, period.year),
        )
        .exclude(text="")
        .select_related("submission__period")
    )
    earlier = [row for row in rows if row.submission.period.last_day < period.last_day]
    earlier.sort(key=lambda row: row.submission.period.last_day)
    return {row.question_id: (row.text, row.submission.period.label) for row in earlier}
