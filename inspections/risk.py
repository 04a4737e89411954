"""How likely a sample fails, and how a year's batches are best spread. Pure: counts in, estimates and numbers out.

Cells with few samples borrow from all others: the rates of the cells are taken as drawn from one Beta distribution,
fitted to what all of them show (Beta-Binomial, by moments). So 0 of 2 stays near their mean, and 0 of 400 does not.
A cell is weighed by its exposure times the upper estimate of its rate, mean plus one standard deviation: what is little
known deserves a look too. Every group has a floor, so that what was never found failing is not forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

# The prior is worth at least and at most so many samples: neither one cell alone nor the mean alone decides.
WEAKEST, STRONGEST = Decimal(4), Decimal(100)
ONE = Decimal(1)


@dataclass(frozen=True)
class Cell:
    """What is known of a category in a setting: samples, how many of them failed, and how exposed people are to it."""

    group: str
    name: str
    samples: int
    failed: int
    exposure: Decimal = ONE


@dataclass(frozen=True)
class Prior:
    """A Beta distribution by its mean and by how many samples it is worth."""

    mean: Decimal
    strength: Decimal


@dataclass(frozen=True)
class Estimate:
    """The rate of failure of a cell after what was seen."""

    mean: Decimal
    spread: Decimal  # one standard deviation

    @property
    def upper(self) -> Decimal:
        return min(self.mean + self.spread, ONE)


def fit(cells: Sequence[Cell]) -> Prior:
    """The distribution the rates of the cells come from."""
    seen = [cell for cell in cells if cell.samples]
    total = Decimal(sum(cell.samples for cell in seen))
    # Half a failure is added so that a year without one does not say that nothing ever fails.
    mean = (sum(cell.failed for cell in seen) + Decimal("0.5")) / (total + ONE)
    if len(seen) < 2:
        return Prior(mean, WEAKEST)
    apart = sum((cell.samples * (Decimal(cell.failed) / cell.samples - mean) ** 2 for cell in seen), Decimal(0))
    binomial = mean * (ONE - mean)
    freedom = len(seen) - 1
    spare = total - sum(cell.samples**2 for cell in seen) / total - freedom
    share = (apart - binomial * freedom) / (binomial * spare) if spare > 0 else Decimal(0)
    strength = ONE / share - ONE if share > 0 else STRONGEST
    return Prior(mean, min(max(strength, WEAKEST), STRONGEST))


def estimate(cell: Cell, prior: Prior) -> Estimate:
    a = prior.mean * prior.strength + cell.failed
    b = (ONE - prior.mean) * prior.strength + cell.samples - cell.failed
    whole = a + b
    return Estimate(a / whole, (a * b / (whole * whole * (whole + ONE))).sqrt())


def allocate(cells: Sequence[Cell], batches: int, floor: int) -> list[int]:
    """How many of the batches each cell gets. A group gets at least `floor`, as far as there are enough batches."""
    if not cells or batches <= 0:
        return [0 for _cell in cells]
    prior = fit(cells)
    weights = [cell.exposure * estimate(cell, prior).upper for cell in cells]
    groups: dict[str, list[int]] = {}
    for n, cell in enumerate(cells):
        groups.setdefault(cell.group, []).append(n)
    sizes = {group: sum((weights[n] for n in members), Decimal(0)) for group, members in groups.items()}
    floor = min(floor, batches // len(groups))
    shares = _with_floor(sizes, batches, floor)
    found = [0] * len(cells)
    for group, members in groups.items():
        for n, share in zip(members, spread([weights[n] for n in members], shares[group]), strict=True):
            found[n] = share
    return found


def _with_floor(sizes: Mapping[str, Decimal], batches: int, floor: int) -> dict[str, int]:
    """Groups below the floor are lifted to it; the others share what is left."""
    low: set[str] = set()
    while True:
        rest = [group for group in sizes if group not in low]
        shares = dict(zip(rest, spread([sizes[g] for g in rest], batches - floor * len(low)), strict=True))
        lower = {group for group, share in shares.items() if share < floor}
        if not lower:
            return shares | dict.fromkeys(low, floor)
        low |= lower


def spread(weights: Sequence[Decimal], count: int) -> list[int]:
    """`count` in whole numbers by weight: the largest remainders are rounded up."""
    total = sum(weights, Decimal(0))
    if not weights or not total:
        weights, total = [ONE] * len(weights), Decimal(len(weights))
    exact = [weight * count / total for weight in weights]
    found = [int(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda n: (found[n] - exact[n], n))
    for n in order[: count - sum(found)]:
        found[n] += 1
    return found
