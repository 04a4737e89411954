"""Regions, departments and sheets by what people call them: a code, a name, or what can only be short for one name.

Each function raises ValueError with a sentence where nothing, or more than one, is meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from .catalogue import Sheet
from .people import Department, DepartmentQuerySet, Region

Row = TypeVar("Row", bound=Model)
SHORTEST = 3  # what people leave of 市场监督管理局
SHORTEST_REGION = 2
MOST = 10  # that are named, where several are meant


def region_named(text: str) -> Region:
    rows = Region.objects.order_by("code")
    found = list(rows.filter(Q(code=text) | Q(name=text)))
    if not found and len(text) >= SHORTEST_REGION:
        found = list(rows.filter(name__startswith=text))
    if not found:
        raise ValueError(_("There is no region %(code)s.") % {"code": text})
    return _only(found, text, [row.code for row in found])


def departments_named(text: str, departments: DepartmentQuerySet) -> list[Department]:
    """All that may be meant: a code comes before a name, a name before what is short for it."""
    rows = departments.select_related("region").order_by("code")
    if found := list(rows.filter(code=text)) or list(rows.called(text)):
        return found
    return [row for row in rows if is_short_for(text, row.name.removeprefix(row.region.name))]


def sheet_named(text: str) -> Sheet:
    rows = Sheet.objects.order_by("number")
    found = list(rows.filter(number=text)) or list(rows.filter(name=text))
    if not found:
        raise ValueError(_("There is no sheet with the number or name %(number)s.") % {"number": text or "–"})
    return _only(found, text, [row.number for row in found])


def is_short_for(text: str, name: str) -> bool:
    """Whether a text leaves out of a name but what stands between its ends: 市场监管局 of 市场监督管理局."""
    if len(text) < SHORTEST or not name or (text[0], text[-1]) != (name[0], name[-1]):
        return False
    letters = iter(name)
    return all(letter in letters for letter in text)


def _only(found: Sequence[Row], text: str, codes: Sequence[str]) -> Row:
    if len(found) > 1:
        what = {"name": text, "codes": ", ".join(codes[:MOST])}
        raise ValueError(_("Several are called %(name)s. Give the code: %(codes)s.") % what)
    return found[0]
