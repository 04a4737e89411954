"""Working days: weekends, public holidays and the weekends worked instead, as the State Council announces them.

They are announced in November for the year after. A year that is not known yet has only its weekends off, and
`is_announced` says so, for pages to say it too.
"""

from __future__ import annotations

import datetime

import chinese_calendar
from django.utils.translation import gettext as _

DAY = datetime.timedelta(days=1)
FIRST, LAST = datetime.date.min, datetime.date.max  # both working days, beyond which no stored day leads
ANNOUNCED = frozenset(day.year for day in chinese_calendar.constants.holidays)


def is_announced(year: int) -> bool:
    return year in ANNOUNCED


def is_workday(day: datetime.date) -> bool:
    return bool(chinese_calendar.is_workday(day)) if is_announced(day.year) else day.weekday() < 5


def next_workday(day: datetime.date) -> datetime.date:
    """The day itself, or the first working day after it: how a deadline on a day off moves."""
    while not is_workday(day):
        day = _following(day)
    return day


def after(day: datetime.date, count: int) -> datetime.date:
    """The `count`th working day after the day."""
    for _step in range(count):
        day = next_workday(_following(day))
    return day


def _following(day: datetime.date) -> datetime.date:
    return day + DAY if day < LAST else LAST


def before(day: datetime.date, count: int) -> datetime.date:
    """The `count`th working day before the day."""
    for _step in range(count):
        day = _preceding(day)
        while not is_workday(day):
            day = _preceding(day)
    return day


def _preceding(day: datetime.date) -> datetime.date:
    return day - DAY if day > FIRST else FIRST


def until(day: datetime.date, today: datetime.date) -> int:
    """How many working days are left after today, the day itself included; 0 when it is today or over."""
    known = min(day, max(today, datetime.date(max(ANNOUNCED), LAST.month, LAST.day)))
    near = sum(is_workday(today + DAY * step) for step in range(1, (known - today).days + 1))
    weeks, rest = divmod((day - max(known, today)).days, 7) if day > known else (0, 0)
    return near + 5 * weeks + sum(is_workday(day - DAY * step) for step in range(rest))


def name_of(day: datetime.date) -> str:
    """Why nobody works on a day: the holiday, or the weekend. Empty for a working day."""
    if is_workday(day):
        return ""
    name = chinese_calendar.get_holiday_detail(day)[1] if is_announced(day.year) else None
    return str(chinese_calendar.Holiday(name).chinese) if name else _("weekend")


def not_announced(*days: datetime.date | None) -> list[int]:
    """Years among the days whose holidays are not known."""
    return sorted({day.year for day in days if day and not is_announced(day.year)})
