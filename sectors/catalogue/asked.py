"""What a cell asks for: pages and files carry it, and what was typed for something else is not stored."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from sectors.models import Indicator
from sectors.vocabulary import Accumulation, ValueKind

MARK = "|"
UNIT_ALONE = 1  # what older Excel files say


def asked(indicator: Indicator) -> str:
    """What a figure of the indicator (unit fetched) says besides its number: `万吨|吨|10000|flow`, of what is in words
    `1|1|1|stock|choice`."""
    unit = indicator.unit
    parts = (unit.name, unit.base, _plain(unit.scale), indicator.accumulation)
    return MARK.join((*parts, indicator.value_kind) if indicator.is_words else parts)


def change(before: str, indicator: Indicator) -> str:
    """In words what is asked for otherwise than `before`, or than a unit alone; empty where it is the same."""
    old, new = before.split(MARK), asked(indicator).split(MARK)
    if len(old) > UNIT_ALONE and _kind(old) != _kind(new):
        what = {"old": str(ValueKind(_kind(old)).label), "new": str(ValueKind(_kind(new)).label)}
        return _("Here was asked for: %(old)s. Now it is: %(new)s.") % what
    if old == new[: len(old)]:
        return ""
    if old[0] != new[0]:
        return _("The unit was %(old)s and is %(new)s now.") % {"old": old[0], "new": new[0]}
    if old[:3] != new[:3]:
        what = {"unit": new[0], "old": " ".join(old[2:0:-1]), "new": " ".join(new[2:0:-1])}
        return _("One %(unit)s was %(old)s and is %(new)s now.") % what
    what = {"old": _way(old[-1]), "new": _way(new[-1])}
    return _("The figure was asked for as “%(old)s” and is now asked for as “%(new)s”.") % what


def _kind(parts: list[str]) -> str:
    """A page may have sent anything."""
    return parts[-1] if parts[-1] in ValueKind.values else ValueKind.NUMBER


def _way(accumulation: str) -> str:
    """In words; a page may have sent anything."""
    return str(Accumulation(accumulation).label) if accumulation in Accumulation.values else accumulation


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
