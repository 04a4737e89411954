"""Figures that are not exact: what `120余`, `95以上`, `5以下`, `约30`, `近2000` and `0（截至10月19日）` say. Pure.

Everything that judges, sums or prints a figure asks here between which values it lies and how that is written.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from sectors.vocabulary import Qualifier

INFINITY = Decimal("Infinity")
Interval = tuple[Decimal, Decimal]  # the lowest and the highest value
ZERO, ONE, HALF = Decimal(0), Decimal(1), Decimal("0.5")
MONTHS = 12
# What may be typed before the number, and after it or its unit. The page's scripts take the same.
BEFORE: Mapping[str, Qualifier] = {
    **dict.fromkeys(("约", "大约", "约为"), Qualifier.ABOUT),
    **dict.fromkeys(("近", "将近", "接近"), Qualifier.NEARLY),
    **dict.fromkeys(("不低于", "不少于", "不小于", "至少", "超过", "高于", "多于", "大于"), Qualifier.AT_LEAST),
    **dict.fromkeys((">=", "≥", ">"), Qualifier.AT_LEAST),
    **dict.fromkeys(("不高于", "不超过", "不多于", "不大于", "至多", "不足", "不到"), Qualifier.AT_MOST),
    **dict.fromkeys(("低于", "少于", "小于", "<=", "≤", "<"), Qualifier.AT_MOST),
}
AFTER: Mapping[str, Qualifier] = {
    **dict.fromkeys(("余", "多"), Qualifier.OVER),
    **dict.fromkeys(("以上", "及以上", "或以上"), Qualifier.AT_LEAST),
    **dict.fromkeys(("以下", "及以下", "或以下", "以内"), Qualifier.AT_MOST),
    "左右": Qualifier.ABOUT,
}


def _one_of(words: Collection[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_QUALIFIED = re.compile(rf"({_one_of(BEFORE)})?([+-]?[0-9,.]+)(.*)", re.DOTALL)
_LEADING = re.compile(rf"({_one_of(AFTER)})(.*)", re.DOTALL)
_TRAILING = re.compile(rf"(.*?)({_one_of(AFTER)})", re.DOTALL)
_SINCE, _MONTH = r"截[至止]到?", r"(?:([0-9]{4})[年/.-])?([0-9]{1,2})"
_DAY_FIRST = re.compile(
    rf"{_SINCE}{_MONTH}(?:[月/.-]([0-9]{{1,2}})(?:日[,:、]?|[,:、])|月[底末][,:、]?)(.+)", re.DOTALL
)
_DAY_LAST = re.compile(rf"(.+?)(\()?{_SINCE}{_MONTH}(?:[月/.-]([0-9]{{1,2}})日?|月[底末]?)(?(2)\))", re.DOTALL)


class BadQualifier(ValueError):
    """The message says what to do."""


def split(plain: str, units: Collection[str]) -> tuple[str, Qualifier]:
    """A squeezed text without its qualifier, and the qualifier: `120余家` is `120家` and 余. Raises BadQualifier."""
    found = _QUALIFIED.fullmatch(plain)
    if found is None:
        return plain, Qualifier.EXACT
    before, number, rest = found[1], found[2], found[3]
    after = "" if rest in units else _after(rest)
    if before and after:
        both = {"first": before, "second": after}
        raise BadQualifier(_("“%(first)s” and “%(second)s” say two things of one number: keep one.") % both)
    unit = rest.removeprefix(after) if rest.startswith(after) else rest.removesuffix(after)
    qualifier = BEFORE[before] if before else AFTER[after] if after else Qualifier.EXACT
    return number + unit, qualifier


def _after(rest: str) -> str:
    """The word at the beginning or the end of what follows a number."""
    found = _LEADING.fullmatch(rest)
    if found:
        return found[1]
    last = _TRAILING.fullmatch(rest)
    return last[2] if last else ""


def split_day(plain: str, last_day: datetime.date | None) -> tuple[str, datetime.date | None]:
    """A squeezed text without the day that it is as of, and this day; None for the last one of the period, which
    ends on `last_day`. Raises BadQualifier."""
    if "截" not in plain:
        return plain, None
    first, last = _DAY_FIRST.fullmatch(plain), _DAY_LAST.fullmatch(plain)
    if first:
        year, month, day, rest = first.groups()
    elif last:
        rest, _bracket, year, month, day = last.groups()
    else:
        raise BadQualifier(_("Write the day like 0（截至10月19日）, after the number."))
    return rest, _as_of(year, month, day, last_day)


def _as_of(year: str | None, month: str, day: str | None, last_day: datetime.date | None) -> datetime.date | None:
    of_year, of_month = int(year) if year else last_day.year if last_day else 0, int(month)
    if not of_year or not 1 <= of_month <= MONTHS:
        raise BadQualifier(_("Write the day like 0（截至10月19日）, after the number."))
    days = calendar.monthrange(of_year, of_month)[1]
    number = int(day) if day else days
    if not 1 <= number <= days:
        raise BadQualifier(
            _("There is no such day: month %(month)d, day %(day)d.") % {"month": of_month, "day": number}
        )
    found = datetime.date(of_year, of_month, number)
    if last_day is not None and not (last_day.year - 1 <= of_year and found <= last_day):
        message = _("A figure is as of a day up to the period's end, %(end)s, and not of %(day)s.")
        raise BadQualifier(message % {"end": last_day, "day": found})
    return None if found == last_day else found


def written(text: str, qualifier: str, unit: str = "") -> str:
    """A printed number, whose unit may follow: `120余`, `120余家`, `500家以下`, `约30%`."""
    match qualifier:
        case Qualifier.OVER:
            return f"{text}{unit}多" if unit == "%" else f"{text}余{unit}"
        case Qualifier.AT_LEAST | Qualifier.AT_MOST:
            return f"{text}{unit}{Qualifier(qualifier).label}"
        case Qualifier.ABOUT | Qualifier.NEARLY:
            return f"{Qualifier(qualifier).label}{text}{unit}"
    return text + unit


def day_written(day: datetime.date | None, year: int | None = None) -> str:
    """`（截至2022年10月19日）`, without the year where it is the given one; empty without a day."""
    if day is None:
        return ""
    of_year = "" if day.year == year else f"{day.year}年"
    return f"（截至{of_year}{day.month}月{day.day}日）"


def interval(
    value: Decimal, places: int, qualifier: str, *, lowest: Decimal = -INFINITY, highest: Decimal = INFINITY
) -> Interval:
    """Between which values the figure lies that was typed with so many decimals, within what it can be at all.

    >>> [str(end) for end in interval(Decimal(120), 0, Qualifier.OVER)]  # 120余: one unit of its last digit more
    ['120', '130']
    >>> [str(end) for end in interval(Decimal("12.5"), 1, Qualifier.OVER)]
    ['12.5', '12.6']
    >>> [str(end) for end in interval(Decimal(95), 0, Qualifier.AT_LEAST, highest=Decimal(100))]
    ['95', '100']
    >>> [str(end) for end in interval(Decimal(500), 0, Qualifier.AT_MOST, lowest=ZERO)]
    ['0', '500']
    >>> [str(end) for end in interval(Decimal(30), 0, Qualifier.ABOUT)]  # half a unit of its last digit
    ['25', '35']
    >>> [str(end) for end in interval(Decimal(2000), 0, Qualifier.NEARLY)]  # one unit of its last digit less
    ['1000', '2000']
    >>> [str(end) for end in interval(Decimal(-12), 0, Qualifier.OVER)]  # a fall by a little more than 12
    ['-13', '-12']
    >>> [str(end) for end in interval(Decimal(7), 0, Qualifier.EXACT)]
    ['7', '7']
    """
    if not qualifier:
        return value, value
    unit = _last_digit(value, places)
    low, high = {
        Qualifier.OVER: (value, value + unit) if value >= 0 else (value - unit, value),
        Qualifier.AT_LEAST: (value, INFINITY),
        Qualifier.AT_MOST: (-INFINITY, value),
        Qualifier.ABOUT: (value - unit * HALF, value + unit * HALF),
        Qualifier.NEARLY: (value - unit, value) if value >= 0 else (value, value + unit),
    }[Qualifier(qualifier)]
    return max(low, min(lowest, value)), min(high, max(highest, value))


def _last_digit(value: Decimal, places: int) -> Decimal:
    """One unit of the last digit that was given, of zeros at the end of a whole number the last other one."""
    if places or not value:
        return ONE.scaleb(-places)
    return ONE.scaleb(int(value.normalize().as_tuple().exponent))
