"""Which years the demonstration has on the day it is made, and how far each of their periods has come. Pure."""

from __future__ import annotations

import datetime
from typing import Final

from sectors.calculation.periods import PeriodKey
from sectors.vocabulary import Frequency

HISTORY: Final = 2022  # the real year, beside which the illustrative ones stand
REPORTING = datetime.timedelta(days=10)  # how long departments have after the end of a period
# What is being collected was due this long ago at the latest, so that lateness shows.
OVERDUE = datetime.timedelta(days=3)


def illustrative_years(today: datetime.date) -> list[int]:
    """Last year and this year, as far as they come after the real one."""
    return [year for year in (today.year - 1, today.year) if year > HISTORY]


def stage(key: PeriodKey, today: datetime.date) -> str:
    """`past`, `previous` to the quarter that is being collected, `collected` (the last that ended), `running`, or
    `future`. Longer periods are what the quarter is with which they end, if that has ended."""
    if key.first_day > today:
        return "future"
    if key.last_day >= today:
        return "running"
    ago = _quarter(today).ordinal - _quarter(key.last_day).ordinal
    return {1: "collected", 2: "previous"}.get(ago, "past")


def _quarter(day: datetime.date) -> PeriodKey:
    return PeriodKey(day.year, Frequency.MONTH, day.month).containing(Frequency.QUARTER)


def calendar(key: PeriodKey, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First and last day for reporting a period. What is running is open already; what is being collected was due
    three days ago, or is due on its ordinary day where that is later."""
    due = key.last_day + REPORTING
    match stage(key, today):
        case "running":
            return today - OVERDUE, due
        case "collected":
            due = max(due, today - OVERDUE)
    return due - REPORTING + datetime.timedelta(days=1), due
