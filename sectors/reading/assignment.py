"""Gives the numbers of a section to indicators together, each indicator once, in an order that reports keep. Pure.

Taken one by one, 检测样品34个 fits six indicators equally well; what stands before it and behind it decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from heapq import nlargest

from sectors.reading.entries import Entry
from sectors.reading.fitting import Fit

BEAM, CANDIDATES = 24, 8
# What a number scores that is given to no indicator: of a section of a sector, and anywhere else.
NOTHING, NOTHING_ELSEWHERE = 1.3, 2.3
NEXT, NEAR, SAME_TABLE, SAME_ROW, PART = 0.55, 0.25, 0.2, 0.3, 0.15
NEAR_BY = 3  # rows
TWICE, REPEATED = 1.6, 0.4


@dataclass(frozen=True)
class _Path:
    score: float
    chosen: tuple[int, ...]  # places among the fits of each number, -1 for none
    used: Mapping[str, Decimal]  # values by code
    last: Entry | None


def assigned(fits: Sequence[Sequence[Fit]], nothing: float) -> list[Fit | None]:
    """What each number is given to, in the best way for all of them together."""
    paths = [_Path(0.0, (), {}, None)]
    for options in fits:
        choices = [choice for path in paths for choice in _choices(path, options, nothing)]
        best = nlargest(BEAM, choices, key=lambda choice: choice[0])
        paths = [_after(score, path, place, options) for score, path, place in best]
    return [fits[place][choice] if choice >= 0 else None for place, choice in enumerate(paths[0].chosen)]


def _choices(path: _Path, options: Sequence[Fit], nothing: float) -> Iterable[tuple[float, _Path, int]]:
    """What each choice for the next number scores, none of them first."""
    yield path.score + nothing, path, -1
    for place, fit in enumerate(options[:CANDIDATES]):
        more = fit.score + step(path.last, fit.entry) - again(path.used.get(fit.entry.code), fit.value)
        yield path.score + more, path, place


def _after(score: float, path: _Path, place: int, options: Sequence[Fit]) -> _Path:
    if place < 0:
        return _Path(score, (*path.chosen, place), path.used, path.last)
    fit = options[place]
    return _Path(score, (*path.chosen, place), {fit.entry.code: fit.value, **path.used}, fit.entry)


def again(before: Decimal | None, value: Decimal) -> float:
    """What it costs that an indicator is told once more: little where it is the same value."""
    if before is None:
        return 0.0
    return REPEATED if before == value else TWICE


def step(before: Entry | None, entry: Entry) -> float:
    """What it is worth that one figure follows another."""
    if before is None or before.sector != entry.sector:
        return 0.0
    score = 0.0
    steps = [entry.place - before.place]
    if entry.printed >= 0 and before.printed >= 0:
        steps.append(entry.printed - before.printed)
    if 1 in steps:
        score += NEXT
    elif any(1 < length <= NEAR_BY for length in steps):
        score += NEAR
    if entry.table == before.table:
        score += SAME_TABLE
    if entry.table == before.table and entry.row == before.row:
        score += SAME_ROW
    if before.code == entry.total or (entry.total and entry.total == before.total):
        score += PART
    return score


def ranked(fits: Sequence[Sequence[Fit]], chosen: Sequence[Fit | None], place: int) -> list[Fit]:
    """The fits of one number, the chosen one first, the others with what their neighbours make of them."""
    before = next((fit for fit in reversed(chosen[:place]) if fit), None)
    behind = next((fit for fit in chosen[place + 1 :] if fit), None)
    others = {fit.entry.code: fit.value for at, fit in enumerate(chosen) if fit and at != place}
    found = []
    for fit in fits[place]:
        score = fit.score + step(before.entry if before else None, fit.entry)
        score += step(fit.entry, behind.entry) if behind else 0.0
        score -= again(others.get(fit.entry.code), fit.value)
        found.append(replace(fit, score=score))
    own = chosen[place]
    return sorted(found, key=lambda fit: (own is None or fit.entry.code != own.entry.code, -fit.score))
