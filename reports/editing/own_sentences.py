"""What an issued report says with the figures of one department: sentences that print nothing but those."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, takewhile

from reports.document import snapshots
from reports.document.blocks import Document, Gap, Heading, Number, Paragraph, Run, Text, runs_text
from reports.editing.audiences import for_audience
from reports.models import AnnualReport
from reports.vocabulary import Audience
from sectors.catalogue.compiled import catalogue
from sectors.models import Region, Submission, User
from sectors.sql.regions import regions_within
from sectors.vocabulary import SubmissionStatus

# A sentence with the stop that ends it, or the rest of a text without one.
_PARTS = re.compile("[^。]*。|[^。]+")
# What a paragraph says behind its sentences of all of them: that they are of part of a year, or what is left out.
_NOTE = re.compile("(?<=。)（(?:[^（）]|（[^（）]*）)*。）$")


@dataclass(frozen=True)
class OwnSentence:
    """A sentence and the heading that it stands under."""

    heading: str
    text: str


@dataclass(frozen=True)
class Said:
    """What the latest edition of a year says."""

    year: int
    edition: int
    sentences: list[OwnSentence]


def said(user: User) -> list[Said]:
    """Of the latest issued edition of each year, the latest year first; what a sentence tells beside the department's
    own figures would be others'."""
    if user.region is None:
        return []
    sheet_of, others = catalogue().sheet_of, _of_others(user, user.region)
    found = []
    for row in AnnualReport.objects.latest_issued(user.region):
        own = user.own_sheets - others.get(row.year, set())
        codes = {code for code, sheet in sheet_of.items() if sheet in own}
        found.append(Said(row.year, row.edition, sentences(_internal(row), codes)))
    return found


def _of_others(user: User, region: Region) -> Mapping[int, set[int]]:
    """By year, the sheets that others reported too, before they were handed over or in a region within: a report
    prints the figures of all of them together."""
    rows = Submission.objects.filter(
        region__in=regions_within(region), sheet__in=user.own_sheets, status=SubmissionStatus.ACCEPTED
    ).exclude(department=user.department)
    found: dict[int, set[int]] = defaultdict(set)
    for year, sheet in rows.order_by().values_list("period__year", "sheet").distinct():
        found[year].add(sheet)
    return found


def _internal(report: AnnualReport) -> Document:
    return for_audience(snapshots.load(report.snapshot), Audience.INTERNAL)


def sentences(document: Document, codes: Collection[str]) -> list[OwnSentence]:
    """Sentences of the paragraphs that print a figure of the codes, and no figure of another. The note of a paragraph
    stands behind the last one, for without it they would claim a whole year."""
    found, heading = [], ""
    for block in document.blocks:
        if isinstance(block, Heading):
            heading = block.printed
        elif isinstance(block, Paragraph):
            own = [runs_text(runs).strip() for runs in _sentences(block.runs) if _is_own(runs, codes)]
            if own:
                own[-1] += _note(block.runs)
            found += [OwnSentence(heading, text) for text in own]
    return found


def _note(runs: Sequence[Run]) -> str:
    """It names indicators and prints no figure; empty where there is none."""
    words = list(takewhile(lambda run: isinstance(run, Text), reversed(runs)))
    found = _NOTE.search(runs_text(words[::-1]).strip())
    return found[0] if found else ""


def _is_own(runs: Sequence[Run], codes: Collection[str]) -> bool:
    used = [run.code.partition("/")[0] for run in runs if isinstance(run, Number | Gap)]
    return bool(used) and all(code in codes for code in used)


def _sentences(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """The runs of a paragraph, cut after each full stop."""
    sentence: list[Run] = []
    for run in chain.from_iterable(map(_cut, runs)):
        sentence.append(run)
        if isinstance(run, Text) and run.text.endswith("。"):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _cut(run: Run) -> list[Run]:
    return [Text(part) for part in _PARTS.findall(run.text)] if isinstance(run, Text) else [run]
