"""What a scheme gives by the facts of a year, before anybody has scored anything by hand: a trial, stored nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from assessment import scoring
from assessment.facts import Facts, KnownFact, Subject
from assessment.schemes.specification import Counted, Criterion, Deduction, OwnTargets, Specification
from assessment.scoring import Outcome, State, Total
from assessment.vocabulary import Lack
from inspections.registers import NOTICES, SAMPLES
from sectors.catalogue import compiled
from sectors.models import Region

# Where what is counted is listed.
PAGES = {
    Counted.LATE: "submissions",
    Counted.FINDINGS: "findings",
    Counted.RECTIFICATIONS: NOTICES.slug,
    Counted.SAMPLES: SAMPLES.slug,
}


@dataclass(frozen=True)
class Line:
    """A criterion of a subject: what it is scored by, and the points that follow."""

    criterion: Criterion
    known: KnownFact
    outcome: Outcome

    @property
    def lack(self) -> str:
        """Why nothing follows from facts, in words; empty where something does."""
        return str(Lack(self.outcome.lack).label) if self.outcome.lack else ""

    @property
    def sector(self) -> str:
        """The code of the sector that the figure is of; empty where it is scored by none."""
        row = compiled.catalogue().by_code.get(self.known.indicator)
        return row.sheet.sector.code if row else ""

    @property
    def page(self) -> str:
        """The address of the list that has what was counted; empty where nothing was."""
        method = self.criterion.method
        if isinstance(method, OwnTargets):
            return reverse("targets")
        return reverse(PAGES[method.counted]) if isinstance(method, Deduction) else ""

    @property
    def is_by_hand(self) -> bool:
        return self.outcome.state is State.HAND

    @property
    def is_left_out(self) -> bool:
        return self.outcome.state is State.EXCLUDED


@dataclass(frozen=True)
class Tried:
    """A subject with its lines and their sum; `rank` is there where every subject's points are all decided."""

    subject: Subject
    lines: list[Line]
    total: Total
    rank: int | None = None


def tried(specification: Specification, region: Region, year: int) -> list[Tried]:
    """All subjects, in the order of their codes."""
    facts = Facts(specification, region, year)
    found = [_tried(specification, subject, facts.of(subject)) for subject in facts.subjects]
    scores = {one.subject.code: one.total.score for one in found if one.total.is_final and one.total.score is not None}
    if len(scores) < len(found):
        return found
    ranks = scoring.ranks(scores)
    return [Tried(one.subject, one.lines, one.total, ranks[one.subject.code]) for one in found]


def _tried(specification: Specification, subject: Subject, known: Mapping[str, KnownFact]) -> Tried:
    lines = [
        Line(criterion, known[criterion.code], scoring.outcome(criterion, known[criterion.code].fact))
        for criterion in specification.scored(subject.code)
    ]
    outcomes = {line.criterion.code: line.outcome for line in lines}
    return Tried(subject, lines, scoring.total(specification, subject.code, outcomes))
