"""What people and spreadsheets write for a day: the one reading of lists and forms. Pure."""

from __future__ import annotations

import datetime
import re

from django.utils import timezone
from django.utils.translation import gettext as _

from sectors.calculation.numerals import SHOWN, BadNumber, half_width, joined

FIRST_YEAR = 2000
YEARS_AHEAD = 2
WRITTEN = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?)")
DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
SHORT_YEAR = re.compile(r"[0-9]{1,3}[-/.年][0-9]{1,2}[-/.月][0-9]{1,4}日?")
MIDNIGHT = re.compile(r"\s+0{1,2}:00(?::00)?$")


class BadDay(ValueError):
    """Text that is no day, or a day that nothing can have happened on; the message says what to do."""


def of_text(text: str) -> datetime.date:
    """`2023-04-18`, `2023/4/18`, `2023.4.18`, `2023年4月18日` or `20230418`. Raises BadDay."""
    shown = {"text": half_width(text)[:SHOWN]}
    try:
        plain = joined(MIDNIGHT.sub("", half_width(text)))
    except BadNumber:
        plain = ""
    if SHORT_YEAR.fullmatch(plain):
        raise BadDay(_("Which year is “%(text)s”? Type it with four digits, such as 2023-04-18.") % shown)
    found = WRITTEN.fullmatch(plain) or DIGITS.fullmatch(plain)
    if found is None:
        raise BadDay(_("A day such as 2023-04-18 is expected."))
    numbers = [part for part in found.groups() if part and part.isdigit()]
    try:
        day = datetime.date(*map(int, numbers))
    except ValueError:
        raise BadDay(_("There is no day “%(text)s”. A day such as 2023-04-18 is expected.") % shown) from None
    return within(day)


def within(day: datetime.date) -> datetime.date:
    """A day that something can have happened or be due on. Raises BadDay for one before 2000 or far ahead."""
    last = timezone.localdate().year + YEARS_AHEAD
    if not FIRST_YEAR <= day.year <= last:
        what = {"day": day.isoformat(), "first": FIRST_YEAR, "last": last}
        raise BadDay(_("Is the year right in %(day)s? A day of the years %(first)d to %(last)d is expected.") % what)
    return day
