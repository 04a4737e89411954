"""Which way an indicator is good, and how large a change of it is ordinary. Pure."""

from __future__ import annotations

from decimal import Decimal

from sectors.calculation.formulas import LAST_YEAR
from sectors.checks.comparisons import ORDINARY, ORDINARY_POINTS
from sectors.models import Indicator
from sectors.vocabulary import Accumulation, TargetBound

# What these words name is good when it is low.
BETTER_LOW = ("不合格", "投诉", "事故", "死亡", "发病", "超标", "逾期")


def is_rate(indicator: Indicator) -> bool:
    """Whether it is computed as a percentage."""
    return indicator.accumulation == Accumulation.RATIO and indicator.unit.is_percent


def better(indicator: Indicator) -> int:
    """1 where more of it is better, -1 where less is, 0 where nothing says which."""
    if indicator.target is not None:
        return 1 if indicator.target_is == TargetBound.AT_LEAST else -1
    if any(word in indicator.name for word in BETTER_LOW):
        return -1
    return int(is_rate(indicator) and indicator.name.endswith("率") if indicator.unit.is_percent else indicator.is_key)


def ordinary_change(indicator: Indicator) -> Decimal:
    """The largest change within a year that is ordinary: points of a percentage, per cent of anything else."""
    if indicator.change_limit:
        return Decimal(indicator.change_limit)
    if indicator.unit.is_percent:
        return Decimal(ORDINARY_POINTS)
    return Decimal(ORDINARY.get(indicator.accumulation, ORDINARY[Accumulation.FLOW])[LAST_YEAR])
