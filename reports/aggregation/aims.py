"""Which target holds for a region's year: the indicator's own of the catalogue, unless one was set for the region.

What sets targets lies above aggregation and registers itself here when it is ready: this package knows none of it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import NamedTuple

from sectors.models import Indicator


class Aim(NamedTuple):
    """A target in the indicator's unit: to be reached as `bound` says, whose it is, since when (a year or a day)."""

    value: Decimal
    bound: str
    source: str
    since: str


Aims = Mapping[tuple[int, int], Mapping[str, Aim]]  # by region and year, then by indicator code
# What gives all targets that were set for regions and years, in a constant number of queries.
sources: list[Callable[[Collection[int], Collection[int]], Aims]] = []


def aims(regions: Collection[int], years: Collection[int]) -> Aims:
    found: dict[tuple[int, int], dict[str, Aim]] = {}
    for source in sources:
        for place, targets in source(regions, years).items():
            found.setdefault(place, {}).update(targets)
    return found


def with_aims(indicators: Mapping[str, Indicator], targets: Mapping[str, Aim]) -> Mapping[str, Indicator]:
    """The indicators with the targets that hold: those that have another are copies, since rows of the catalogue are
    shared."""
    changed = {code: _with_aim(indicators[code], aim) for code, aim in targets.items() if code in indicators}
    return {code: changed.get(code, indicator) for code, indicator in indicators.items()} if changed else indicators


def _with_aim(indicator: Indicator, aim: Aim) -> Indicator:
    found = copy.copy(indicator)
    found.target, found.target_is = aim.value, aim.bound
    found.target_source, found.target_since = aim.source, aim.since
    return found
