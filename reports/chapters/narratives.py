"""What departments wrote in the year, as paragraphs of the report: question by question, period by period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.aggregation import months
from reports.document.blocks import Paragraph, Text
from reports.document.characters import printable
from reports.wording import comparisons
from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.models import Narrative, Question, Region, Sector
from sectors.vocabulary import GENERAL, QuestionKind, SubmissionStatus

# The sector that something is about; None for the region as a whole.
Subject = Sector | None


@dataclass(frozen=True)
class Answers:
    """The accepted answers to one question in the periods of a year, in the order of time. `expected` are the periods
    in which it is asked, `subject` what they are about, whichever sheet carries it."""

    question: Question
    texts: Sequence[tuple[PeriodKey, str]]
    expected: Collection[PeriodKey]
    subject: Subject

    def paragraphs(self, key: str) -> Iterator[Paragraph]:
        """One a line, a line that several periods have once. What is not of the whole year says of which periods it
        is, and comes behind what is."""
        said: dict[str, list[tuple[PeriodKey, int]]] = defaultdict(list)
        for period, text in self.texts:
            for place, line in enumerate(_lines(text), start=1):
                said[line].append((period, place))
        lines = sorted(said.items(), key=lambda item: not self._is_of_year({period for period, _place in item[1]}))
        before = ""
        for line, places in lines:
            label = self._label({period for period, _place in places})
            lead = f"{label}：" if label and label != before else ""
            yield Paragraph((Text(lead + line),), key=f"{key}/{self._key(*places[0])}")
            before = label

    def _key(self, period: PeriodKey, place: int) -> str:
        of_period = "" if period == PeriodKey.whole(period.year) else f"/{period.code}"
        return f"{self.question.code}{of_period}/{place}"

    def _label(self, periods: Collection[PeriodKey]) -> str:
        """Its months: 1—6月."""
        return "" if self._is_of_year(periods) else comparisons.months(months.union(map(months.of_period, periods)))

    def _is_of_year(self, periods: Collection[PeriodKey]) -> bool:
        return any(period == PeriodKey.whole(period.year) for period in periods) or set(self.expected) <= set(periods)


def of_year(region: Region, year: int, told: Collection[Sector]) -> list[Answers]:
    """By question, in the order of the report: first what is about no single sector. What is about a sector that is not
    `told` of stands with its sheet. One query beside the catalogue's."""
    catalogue = compiled.catalogue()
    rows = (
        Narrative.objects.filter(
            submission__region=region,
            submission__status=SubmissionStatus.ACCEPTED,
            submission__period__year=year,
        )
        .exclude(text="")
        .select_related("question__sheet__sector__chapter", "submission__period")
    )
    found = []
    subjects = {sector.code: sector for sector in told}
    ordered = sorted(rows, key=lambda row: (_place(row.question, subjects), row.submission.period.key))
    for question, members in groupby(ordered, key=lambda row: row.question):
        asked = [
            period for period in catalogue.own_periods(question.sheet_id, year) if question.valid_on(period.last_day)
        ]
        texts = [(row.submission.period.key, row.text) for row in members]
        found.append(Answers(question, texts, asked, _subject(question, subjects)))
    return found


def of_kind(answers: Sequence[Answers], kind: QuestionKind) -> dict[Subject, list[Answers]]:
    """Those of a kind by what they are about, in the order of the report."""
    found: dict[Subject, list[Answers]] = {}
    for one in answers:
        if one.question.kind == kind:
            found.setdefault(one.subject, []).append(one)
    return found


def paragraphs(answers: Sequence[Answers], key: str) -> Iterator[Paragraph]:
    for one in answers:
        yield from one.paragraphs(key)


def _subject(question: Question, subjects: Mapping[str, Sector]) -> Subject:
    return None if question.subject == GENERAL else subjects.get(question.subject, question.sheet.sector)


def _place(question: Question, subjects: Mapping[str, Sector]) -> tuple[int, ...]:
    """By the subject, and of one subject by the sheets."""
    sheet, subject = question.sheet, _subject(question, subjects)
    of = [(sector.chapter.position, sector.position) if sector else (-1, 0) for sector in (subject, sheet.sector)]
    return (*of[0], *of[1], sheet.position, question.position)


def _lines(text: str) -> Iterator[str]:
    """A department's paragraphs, without those of blanks."""
    return filter(None, (printable(line).strip() for line in text.splitlines()))
