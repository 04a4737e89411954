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


@dataclass
class Need:
    """What one submission says, and the records that make it."""

    submission: Submission
    figures: dict[str, int]
    records: list[Record] = field(default_factory=list)
    tasks: list[tuple[SamplingPlan, list[PlanTask]]] = field(default_factory=list)

    def want(self, code: str) -> int:
        return self.figures.get(code, 0)

    def common(self) -> dict[str, Any]:
        return {"sector_id": self.submission.sheet.sector_id, "sector": self.submission.sheet.sector, "is_demo": True}

    def day(self, n: int, count: int) -> datetime.date:
        """The n-th of `count` days spread evenly over the period, all of them working days of a week."""
        period = self.submission.period
        first = period.key.first_day
        length = (period.last_day - first).days - 7
        day = first + DAY * (5 + (length - 5) * n // max(count, 1))
        return day - DAY * max(day.weekday() - 4, 0)


def portions(total: int, count: int) -> list[int]:
    """A total in `count` nearly equal parts."""
    return [total * (n + 1) // count - total * n // count for n in range(count)]
