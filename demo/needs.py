"""What a submission says, and the records that are to make it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from inspections.models import (
    PlanTask,
    Record,
    SamplingPlan,
)
from sectors.models import Submission

DAY = datetime.timedelta(days=1)
FOLLOWED = DAY * 6
SHORTEST = DAY * 14  # a period that has run shorter has no records yet


@dataclass
class Need:
    """What one submission says, and the records that make it."""

    submission: Submission
    today: datetime.date
    figures: dict[str, int]
    records: list[Record] = field(default_factory=list)
    tasks: list[tuple[SamplingPlan, list[PlanTask]]] = field(default_factory=list)

    def want(self, code: str) -> int:
        return self.figures.get(code, 0)

    def common(self) -> dict[str, Any]:
        return {"sector_id": self.submission.sheet.sector_id, "sector": self.submission.sheet.sector, "is_demo": True}

    @property
    def last_day(self) -> datetime.date:
        """Of what has been done: of a running period a while ago, so that what follows a record is not to come."""
        return min(self.submission.period.last_day, self.today - FOLLOWED)

    def day(self, n: int, count: int) -> datetime.date:
        """The n-th of `count` days spread evenly over the period, all of them working days of a week."""
        first = self.submission.period.key.first_day
        length = (self.last_day - first).days - 7
        day = first + DAY * (5 + (length - 5) * n // max(count, 1))
        return day - DAY * max(day.weekday() - 4, 0)

    @property
    def has_run(self) -> bool:
        return self.last_day - self.submission.period.key.first_day >= SHORTEST


def portions(total: int, count: int) -> list[int]:
    """A total in `count` nearly equal parts."""
    return [total * (n + 1) // count - total * n // count for n in range(count)]
