"""Sums, grades and ranks of the subjects of a run, from their scores as they stand. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from assessment import scoring
from assessment.models import Run, RunSubject, Score
from assessment.schemes.specification import Criterion
from assessment.scoring import Outcome, State, Total
from assessment.vocabulary import Lack


@dataclass(frozen=True)
class ScoreLine:
    """A criterion of a subject with what stands there."""

    criterion: Criterion
    score: Score

    @property
    def outcome(self) -> Outcome:
        """What counts: what a reviewer gave, else what follows from facts. What is left out nobody scores."""
        system, lack = self.score.system, str(self.score.system["lack"])
        if system["state"] == State.EXCLUDED.value:
            return Outcome(State.EXCLUDED, None, lack)
        points = self.score.by_facts if self.score.points is None else self.score.points
        return Outcome(State.HAND if points is None else State.SCORED, points, lack)

    @property
    def is_left_out(self) -> bool:
        return self.outcome.state is State.EXCLUDED

    @property
    def lack(self) -> str:
        """Why nothing follows from facts, in words."""
        code = self.score.system["lack"]
        return str(Lack(code).label) if code else ""

    @property
    def asks_self_score(self) -> bool:
        """Whether it is for whoever is assessed to say what it has: nothing else tells. A bonus may be claimed."""
        return self.score.by_facts is None and not self.is_left_out and not self.criterion.is_bonus

    @property
    def is_outdated(self) -> bool:
        """Whether the points by facts have changed since somebody reviewed it. What is left out by now nobody reviews
        again."""
        seen, now = self.score.reviewed_on, self.score.system["points"] or ""
        return self.score.points is not None and seen != now and not self.is_left_out

    @property
    def waits(self) -> bool:
        """Whether a reviewer has to look at it: nothing gives points, or whoever is assessed sees it otherwise."""
        if self.is_left_out:
            return False
        if self.score.points is not None:
            return self.is_outdated
        if self.criterion.is_bonus:
            return bool(self.score.self_score)
        return self.score.by_facts is None or self.score.self_score not in (None, self.score.by_facts)

    @property
    def lost(self) -> Decimal:
        """Points that it has less than it could; a bonus that was not given is no loss."""
        points = self.outcome.points
        if points is None or self.criterion.is_bonus or self.is_left_out:
            return Decimal(0)
        return self.criterion.points - points


@dataclass(frozen=True)
class Standing:
    """A subject with its lines and their sum. Without a rank something is not decided, or it is left out."""

    subject: RunSubject
    lines: list[ScoreLine]
    total: Total
    rank: int | None = None
    is_tied: bool = False

    @property
    def score(self) -> Decimal | None:
        """The total, once every criterion is decided."""
        return self.total.score if self.total.is_final and not self.subject.left_out else None

    @property
    def grade(self) -> str:
        if self.subject.left_out:
            return ""
        return self.total.grade if self.total.is_final or self.subject.vetoes else ""

    @cached_property
    def waiting(self) -> int:
        return sum(line.waits for line in self.lines)

    @cached_property
    def self_asked(self) -> int:
        return sum(line.asks_self_score for line in self.lines)

    @cached_property
    def self_given(self) -> int:
        return sum(line.asks_self_score and line.score.self_score is not None for line in self.lines)


def standings(run: Run, only: Iterable[RunSubject] | None = None) -> list[Standing]:
    """All subjects in the order of their codes, or some, who then have no rank. Two queries."""
    subjects = list(run.subjects.select_related("department", "place") if only is None else only)
    specification, scores = run.specification, dict[int, dict[str, Score]]()
    rows = Score.objects.filter(subject__in=subjects).select_related("reviewer", "self_by")
    named = {one.pk: one for one in subjects}
    for row in rows:
        row.subject = named[row.subject_id]
        scores.setdefault(row.subject_id, {})[row.criterion] = row
    found = []
    for subject in subjects:
        own = scores.get(subject.pk, {})
        lines = [ScoreLine(one, own[one.code]) for one in specification.scored(subject.code)]
        outcomes = {line.criterion.code: line.outcome for line in lines}
        total = scoring.total(specification, subject.code, outcomes, subject.vetoes)
        found.append(Standing(subject, lines, total))
    return found if only is not None else _ranked(found)


def _ranked(found: list[Standing]) -> list[Standing]:
    totals: Mapping[str, Decimal] = {one.subject.code: one.score for one in found if one.score is not None}
    ranks, often = scoring.ranks(totals), Counter(totals.values())
    return [
        one if one.score is None else replace(one, rank=ranks[one.subject.code], is_tied=often[one.score] > 1)
        for one in found
    ]


def by_rank(found: Iterable[Standing]) -> list[Standing]:
    """The first first; who has no rank last."""
    return sorted(found, key=lambda one: (one.rank is None, one.rank or 0, one.subject.code))
