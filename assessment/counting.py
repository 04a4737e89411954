"""The points of a run that follow from facts: made when it is opened, counted again until its review is over."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation

from assessment import scoring
from assessment.facts import Facts, KnownFact, Subject
from assessment.models import Run, RunSubject, Score
from assessment.schemes.specification import Criterion
from assessment.scoring import Fact

SIZE = 500  # rows a statement


def counted(run: Run, subjects: list[RunSubject]) -> dict[tuple[int, str], dict[str, Any]]:
    """What `Score.system` is to be, by subject and criterion. The number of queries does not depend on how many there
    are. Words are in the language of the site: they are kept."""
    specification, among = run.specification, [Subject(one.key, one.code, one.name) for one in subjects]
    with translation.override(settings.LANGUAGE_CODE):
        facts = Facts(specification, run.region, run.year, among)
        return {
            (row.pk, one.code): _derived(one, known[one.code])
            for row, subject in zip(subjects, among, strict=True)
            for known in [facts.of(subject)]
            for one in specification.scored(subject.code)
        }


def make(run: Run, subjects: list[RunSubject]) -> None:
    """Scores of new subjects."""
    places = {one.code: place for place, (one, _depth) in enumerate(run.specification.all)}
    Score.objects.bulk_create(
        [
            Score(subject_id=subject, criterion=code, place=places[code], system=system)
            for (subject, code), system in counted(run, subjects).items()
        ],
        batch_size=SIZE,
    )


def count_again(run: Run) -> int:
    """Brings points by facts up to date; returns how many changed. Of who is left out nothing is counted any more."""
    subjects = list(run.subjects.filter(left_out=""))
    found, changed = counted(run, subjects), []
    for row in Score.objects.filter(subject__in=subjects):
        system = found.get((row.subject_id, row.criterion))
        if system is not None and system != row.system:
            row.system = system
            changed.append(row)
    if changed:
        Score.objects.bulk_update(changed, ["system"], batch_size=SIZE)
    return len(changed)


def _derived(criterion: Criterion, known: KnownFact) -> dict[str, Any]:
    outcome = scoring.outcome(criterion, known.fact)
    return {
        "points": None if outcome.points is None else str(outcome.points),
        "state": outcome.state.value,
        "lack": str(outcome.lack),
        "shown": known.shown,
        "indicator": known.indicator,
        "fact": _plain(known.fact),
        "own": [list(one) for one in known.own],
    }


def _plain(fact: Fact) -> dict[str, Any]:
    """All digits, so that points can be reckoned again from what is kept."""
    said = {
        "values": [str(one) for one in fact.values],
        "target": [str(fact.target.value), fact.target.is_at_most] if fact.target else None,
        "rank": fact.rank,
        "own_targets": [fact.reached, fact.targets] if fact.targets else None,
        "count": fact.count,
    }
    return {name: value for name, value in said.items() if value not in (None, [])}
