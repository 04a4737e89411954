"""What a scheme says: who is assessed, by which criteria, with how many points, and how these are worked out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum


class Subjects(Enum):
    """Who is assessed: departments of the region, or the regions directly in it."""

    DEPARTMENTS = "departments"
    REGIONS = "regions"


class Missing(Enum):
    """What becomes of a criterion whose figure is not there: somebody scores it by hand, it is left out and the other
    points are scaled, or it has no points."""

    HAND = "hand"
    EXCLUDE = "exclude"
    ZERO = "zero"


class Counted(Enum):
    """What a deduction may be counted of; each of the year and the subject."""

    LATE = "late"  # submissions delivered late, or still owed past their day
    FINDINGS = "findings"  # errors and warnings that nobody has answered
    RECTIFICATIONS = "rectifications"  # notices that were not closed by their due day
    SAMPLES = "samples"  # nonconforming samples that are not settled in time


@dataclass(frozen=True)
class Linear:
    """From no points at the value `zero` to all at `full`, which may be the lower one. With `of_change` not the value
    counts but its change against last year: points of a percentage, per cent of anything else."""

    indicator: str
    zero: Decimal
    full: Decimal
    of_change: bool = False


@dataclass(frozen=True)
class Step:
    """Points for values from `low` (which belongs to it) to below `high`; None: without end."""

    low: Decimal | None
    high: Decimal | None
    points: Decimal


@dataclass(frozen=True)
class Steps:
    """The points of the step in which the value lies; none where it lies in no step."""

    indicator: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Gap:
    """A deduction for each `each` by which the value misses `full`, or its target where `full` is None. `falls` says
    that more than `full` is missed, not less; a begun `each` counts whole where `begun`."""

    indicator: str
    full: Decimal | None
    each: Decimal
    deduct: Decimal
    falls: bool = False
    begun: bool = False


@dataclass(frozen=True)
class AgainstTarget:
    """All points where the target is reached; else none or, with `share`, as much of them as was reached of it."""

    indicator: str
    share: bool = False


@dataclass(frozen=True)
class OwnTargets:
    """As many of the points as there are targets reached among those of the subject's own sheets."""


@dataclass(frozen=True)
class Rank:
    """Points by rank among the subjects, the first first; whoever stands behind the last of them has none. Equal values
    share the better rank."""

    indicator: str
    points: tuple[Decimal, ...]
    is_low_best: bool = False


@dataclass(frozen=True)
class Deduction:
    """A deduction for each of what is counted beyond `free`."""

    counted: Counted
    deduct: Decimal
    free: int = 0


@dataclass(frozen=True)
class ByHand:
    """Somebody scores it by the evidence that is asked for."""

    asks: str


Method = Linear | Steps | Gap | AgainstTarget | OwnTargets | Rank | Deduction | ByHand


@dataclass(frozen=True)
class Criterion:
    """A criterion with its points: either of parts, or scored by a method. `subjects` are the codes of those that it
    holds for, all where empty. `floor` is the fewest points that it gives."""

    code: str
    name: str
    points: Decimal
    lead: str = ""
    subjects: frozenset[str] = frozenset()
    floor: Decimal = Decimal(0)
    missing: Missing = Missing.HAND
    method: Method | None = None
    parts: tuple[Criterion, ...] = ()
    is_bonus: bool = False

    @property
    def indicator(self) -> str:
        """The code of the indicator that it is scored by; empty for any other method."""
        return str(getattr(self.method, "indicator", ""))

    def holds_for(self, subject: str) -> bool:
        return not self.subjects or subject in self.subjects

    def scored(self, subject: str) -> Iterator[Criterion]:
        """Those of its lowest level that hold for a subject."""
        if self.holds_for(subject):
            if self.method is not None:
                yield self
            for part in self.parts:
                yield from part.scored(subject)

    @property
    def all(self) -> Iterator[tuple[Criterion, int]]:
        """It and all in it, with how deep each lies."""
        yield self, 0
        for part in self.parts:
            yield from ((one, depth + 1) for one, depth in part.all)


@dataclass(frozen=True)
class Veto:
    """What makes the grade the lowest, whatever the points; `proof` says what proves that it happened."""

    code: str
    name: str
    proof: str


@dataclass(frozen=True)
class Specification:
    """A scheme as its file says it. `grades` are letters with the fewest points of each, the best first; below the last
    stands `lowest`."""

    code: str
    name: str
    year: int
    subjects: Subjects
    points: Decimal
    criteria: tuple[Criterion, ...]
    bonus: tuple[Criterion, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    grades: Mapping[str, Decimal] = field(default_factory=dict)
    lowest: str = "D"

    def scored(self, subject: str) -> list[Criterion]:
        """The criteria of the lowest level that hold for a subject, those of the bonus last."""
        return [one for top in (*self.criteria, *self.bonus) for one in top.scored(subject)]

    @property
    def all(self) -> list[tuple[Criterion, int]]:
        return [pair for top in (*self.criteria, *self.bonus) for pair in top.all]

    @property
    def indicators(self) -> frozenset[str]:
        """Codes of all that it is scored by."""
        return frozenset(one.indicator for one, _depth in self.all) - {""}
