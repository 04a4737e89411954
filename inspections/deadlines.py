"""Deadlines of records: until when something is due. Those in working days leave holidays out."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from sectors.calendar import workdays

DAY = datetime.timedelta(days=1)
# A list asks for the same few days over and over.
after = lru_cache(maxsize=4096)(workdays.after)


@dataclass(frozen=True)
class Deadline:
    """A step of a record that is due on a day, and how late it is."""

    step: str
    due: datetime.date

    @property
    def days_late(self) -> int:
        return (timezone.localdate() - self.due).days

    @property
    def is_late(self) -> bool:
        return self.days_late > 0


def delivery_due(taken: datetime.date) -> datetime.date:
    return after(taken, settings.SAMPLE_DELIVERY_WORKDAYS)


def report_due(received: datetime.date) -> datetime.date:
    return after(received, settings.SAMPLE_REPORT_WORKDAYS)


def kept_until(reported: datetime.date, *, failed: bool) -> datetime.date:
    """Until when the backup sample is kept: longer where something was wrong with it."""
    months = settings.SAMPLE_KEPT_MONTHS_FAILED if failed else settings.SAMPLE_KEPT_MONTHS
    month = reported.month - 1 + months
    year, month = reported.year + month // 12, month % 12 + 1
    if (year, month) >= (datetime.MAXYEAR, 12):
        return datetime.date.max
    following = datetime.date(year + month // 12, month % 12 + 1, 1)
    return min(following - DAY, datetime.date(year, month, 1) + DAY * (reported.day - 1))


def first_kept(today: datetime.date, *, failed: bool) -> datetime.date:
    """The earliest day of a report whose backup sample is still to be kept today."""
    months = settings.SAMPLE_KEPT_MONTHS_FAILED if failed else settings.SAMPLE_KEPT_MONTHS
    day = today - DAY * (31 * months + 1)
    while kept_until(day, failed=failed) < today:
        day += DAY
    return day


def months_before(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months ago, the 28th for those after it; the first day there is for what lies before it."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return datetime.date(year, month + 1, min(day.day, 28)) if year > 0 else datetime.date.min


def last_on_time(today: datetime.date, count: int) -> datetime.date:
    """The earliest day from which `count` working days are not over today: what began before is late."""
    return workdays.before(today, count)
