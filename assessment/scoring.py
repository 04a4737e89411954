"""Points of a criterion from the facts, and the sum and grade of a subject. Pure: no database, no clock.

A fact that is not there, or not whole, never gives points or no points silently: the outcome says that there is no
figure, and the scheme says what then holds. Points are rounded once, half up, to two decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import Enum

from assessment.schemes.specification import (
    AgainstTarget,
    ByHand,
    Criterion,
    Deduction,
    Gap,
    Linear,
    Method,
    Missing,
    OwnTargets,
    Rank,
    Specification,
    Steps,
)
from assessment.vocabulary import Lack

CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Aimed:
    """A target: the value, and whether it is reached from above (`at_most`) or from below."""

    value: Decimal
    is_at_most: bool = False

    def reached(self, value: Decimal) -> bool:
        return value <= self.value if self.is_at_most else value >= self.value


@dataclass(frozen=True)
class Fact:
    """What a criterion is scored by. `values` are the ends between which the figure lies, one for an exact one, none
    where there is none (`lack` says why); of a change against last year they are that change. `rank` counts from 1.
    `reached` of `targets` own targets are reached; `count` is what a deduction is counted of."""

    values: tuple[Decimal, ...] = ()
    lack: str = ""
    target: Aimed | None = None
    rank: int | None = None
    reached: int = 0
    targets: int = 0
    count: int | None = None


class State(Enum):
    SCORED = "scored"
    HAND = "hand"  # somebody has to score it
    EXCLUDED = "excluded"  # counts for nothing, the rest is scaled


@dataclass(frozen=True)
class Outcome:
    """Points of a criterion, None where they are still to be given or it is left out; `lack` as in the fact."""

    state: State
    points: Decimal | None = None
    lack: str = ""


def outcome(criterion: Criterion, fact: Fact) -> Outcome:
    """The points that the facts give a criterion of the lowest level."""
    method = criterion.method
    assert method is not None, "Only criteria of the lowest level are scored."
    if isinstance(method, ByHand):
        return Outcome(State.HAND)
    lack = fact.lack or _lacks(method, fact)
    if lack:
        return _without(criterion, lack)
    found = {_limited(criterion, raw) for raw in _points(criterion.points, method, fact)}
    return Outcome(State.SCORED, found.pop()) if len(found) == 1 else _without(criterion, Lack.EXACT)


def _lacks(method: Method, fact: Fact) -> str:
    """What a method asks of the facts and they do not have."""
    if isinstance(method, Deduction):
        return "" if fact.count is not None else Lack.FIGURE
    if isinstance(method, OwnTargets):
        return "" if fact.targets else Lack.TARGET
    if isinstance(method, Rank):
        return "" if fact.rank is not None else Lack.FIGURE
    needs_target = isinstance(method, AgainstTarget) or (isinstance(method, Gap) and method.full is None)
    if not fact.values:
        return Lack.FIGURE
    return Lack.TARGET if needs_target and fact.target is None else ""


def _without(criterion: Criterion, lack: str) -> Outcome:
    if criterion.missing is Missing.ZERO:
        # The floor is of figures, however poor; nothing that was reported earns it.
        return Outcome(State.SCORED, NOTHING.quantize(CENT), lack)
    return Outcome(State.EXCLUDED if criterion.missing is Missing.EXCLUDE else State.HAND, None, lack)


def _limited(criterion: Criterion, raw: Decimal) -> Decimal:
    return min(max(raw, criterion.floor), criterion.points).quantize(CENT, ROUND_HALF_UP)


def _points(points: Decimal, method: Method, fact: Fact) -> Sequence[Decimal]:
    """For each end between which the figure lies; not limited yet."""
    match method:
        case Deduction(deduct=deduct, free=free):
            return [points - deduct * max(0, (fact.count or 0) - free)]
        case OwnTargets():
            return [points * fact.reached / fact.targets]
        case Rank(points=by_rank):
            rank = fact.rank or 0
            return [by_rank[rank - 1] if rank <= len(by_rank) else NOTHING]
    return [_of_value(points, method, value, fact.target) for value in fact.values]


def _of_value(points: Decimal, method: Method, value: Decimal, target: Aimed | None) -> Decimal:
    match method:
        case Linear(zero=zero, full=full):
            # Divided last: a third of something is never exact, what it is multiplied by might be.
            return min(max(points * (value - zero) / (full - zero), NOTHING), points)
        case Steps(steps=steps):
            fits = (one for one in steps if (one.low is None or one.low <= value) and _is_below(value, one.high))
            return next((one.points for one in fits), NOTHING)
        case Gap():
            return points - _deducted(method, value, target)
        case AgainstTarget(share=share) if target is not None:
            return points if target.reached(value) else _shared(points, value, target) if share else NOTHING
    raise TypeError(f"{method} is not scored by a value")


def _is_below(value: Decimal, high: Decimal | None) -> bool:
    return high is None or value < high


def _deducted(method: Gap, value: Decimal, target: Aimed | None) -> Decimal:
    if method.full is not None:
        missed = value - method.full if method.falls else method.full - value
    else:
        assert target is not None
        missed = value - target.value if target.is_at_most else target.value - value
    times = (max(missed, NOTHING) / method.each).to_integral_value(ROUND_CEILING if method.begun else ROUND_FLOOR)
    return times * method.deduct


def _shared(points: Decimal, value: Decimal, target: Aimed) -> Decimal:
    """As much of the points as was reached of a missed target."""
    part, whole = (target.value, value) if target.is_at_most else (value, target.value)
    return min(max(points * part / whole, NOTHING), points) if whole > 0 else NOTHING


@dataclass(frozen=True)
class Total:
    """What a subject has: `points` of the `possible` ones that are decided, `open` points that somebody has still to
    give, `excluded` ones that count for nothing, and the `bonus`. `score` is of the whole scheme's points."""

    points: Decimal
    possible: Decimal
    open: Decimal
    excluded: Decimal
    bonus: Decimal
    score: Decimal | None
    grade: str

    @property
    def is_final(self) -> bool:
        return not self.open


def total(
    specification: Specification, subject: str, outcomes: Mapping[str, Outcome], vetoes: Iterable[str] = ()
) -> Total:
    """The sum over a subject's criteria. What is left out, or does not hold for it, scales the rest up to all points.
    A bonus that nobody has given yet is none, and keeps nothing open. Without any point that counts there is no score
    and no grade."""
    points = possible = left = excluded = bonus = NOTHING
    for criterion in specification.scored(subject):
        found = outcomes[criterion.code]
        if criterion.is_bonus:
            bonus += found.points or NOTHING
        elif found.state is State.EXCLUDED:
            excluded += criterion.points
        elif found.points is None:
            left += criterion.points
        else:
            points, possible = points + found.points, possible + criterion.points
    score = None if not possible else points * specification.points / possible + bonus
    score = score if score is None else score.quantize(CENT, ROUND_HALF_UP)
    return Total(points, possible, left, excluded, bonus, score, grade(specification, score, bool(list(vetoes))))


def grade(specification: Specification, score: Decimal | None, is_vetoed: bool) -> str:
    """The letter for a score; empty where there is none. Vetoed, it is the lowest."""
    if is_vetoed or score is None:
        return specification.lowest if is_vetoed else ""
    return next((letter for letter, least in specification.grades.items() if score >= least), specification.lowest)


def ranks(scores: Mapping[str, Decimal]) -> dict[str, int]:
    """From 1; equal scores share the better rank."""
    return {name: 1 + sum(other > score for other in scores.values()) for name, score in scores.items()}
