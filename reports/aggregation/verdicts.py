"""How a year stands against its target on the day it is looked at: a year that still runs has missed nothing yet."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from reports.aggregation import months as calendar
from reports.aggregation.values import AnnualValue
from sectors.calculation.cells import formatted
from sectors.vocabulary import TargetBound

# The figures of a year's last period come in within the month after it.
LAST_MONTH_OF_REPORTING = 1


class Verdict(NamedTuple):
    """`state` is `reached`, `missed`, `under_way` (the year runs, and what comes decides), `early` (figures of a year
    that is over are missing), `open` (not exact enough to tell), or empty without a target or a figure.

    Of a running year `is_behind` says that it lies on the wrong side of its target, or of its plan to date, and `plan`
    is what it would be by now if a year's amount came evenly. `to_date` says that the year is not over.
    """

    state: str
    to_date: bool = False
    is_behind: bool = False
    plan: Decimal | None = None
    plan_text: str = ""

    @property
    def word(self) -> str:
        """How it stands, in a word or two."""
        if self.state == "under_way":
            return _("under way, behind") if self.is_behind else _("under way")
        words = {
            "reached": _("reached to date") if self.to_date else _("reached"),
            "missed": _("missed"),
            "early": _("year not full"),
            "open": _("cannot be told"),
        }
        return words.get(self.state, "")


NONE = Verdict("")


def verdict(value: AnnualValue, today: datetime.date) -> Verdict:
    """Of a value and its target. What grows and can no longer miss its target, or no longer reach it, is judged at
    once; every other value of a running year of which periods are missing is only so to date."""
    indicator, reaches = value.indicator, value.reaches_target
    if indicator.target is None or value.value is None:
        return NONE
    if value.is_undecidable:
        return Verdict("open")
    to_date = value.is_partial and is_running(value.year, today)
    if value.is_too_early:
        return _of_amount(value) if to_date else Verdict("early")
    if reaches is None:
        return NONE
    if value.grows or not to_date:
        return Verdict("reached" if reaches else "missed")
    return Verdict("reached", to_date=True) if reaches else Verdict("under_way", to_date=True, is_behind=True)


def is_running(year: int, today: datetime.date) -> bool:
    return today < datetime.date(year + 1, LAST_MONTH_OF_REPORTING + 1, 1)


def _of_amount(value: AnnualValue) -> Verdict:
    """What grows, against as much of its target as the periods that are in make of the year. Of several regions of
    which not each reports the same months there is no such part."""
    indicator, coverage = value.indicator, value.coverage
    months = len(calendar.numbers(value.months_set))
    is_even = coverage.have * 12 == months * coverage.expected
    if indicator.target_is != TargetBound.AT_LEAST or indicator.target is None or not is_even:
        return Verdict("under_way", to_date=True)
    plan = indicator.target * coverage.have / coverage.expected
    text = formatted(plan, max(indicator.decimals, 0), indicator.rounding) + indicator.unit_text
    return Verdict("under_way", True, value.value is not None and value.value < plan, plan, text)
