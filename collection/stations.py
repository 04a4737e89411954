"""The only writer of `Station`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from collection.access import may_keep
from collection.models import Station
from collection.models.stations import FIELDS
from sectors import versions
from sectors.guard import lock_departments
from sectors.models import User
from sectors.texts import visible

# The columns of a list that is pasted, in their order.
COLUMNS = ("name", "kind", "code", "contact", "email")
MOST_LINES = 500


def blank(by: User) -> Station:
    """A station of the person's department, not stored yet."""
    return Station(department=by.department)


@transaction.atomic
def save(station: Station, *, by: User, seen: str | None) -> Station:
    """Store a station of the person's department, new or changed. Raises PermissionDenied, and Conflict where somebody
    else changed it since it was seen."""
    if not may_keep(by) or station.department_id != by.department_id:
        raise PermissionDenied
    if station.pk:
        there = Station.objects.select_for_update(of=("self",), no_key=True).get(pk=station.pk)
        versions.check(there, station, seen, fields=FIELDS)
    station.save()
    return station


@dataclass(frozen=True)
class Line:
    """A line of a pasted list, from 1: the station that it would make, and what is wrong with it."""

    number: int
    station: Station
    problem: str = ""
    is_known: bool = False  # a station of this name is there, and stays as it is


def read_lines(text: str, by: User) -> list[Line]:
    """Stations of lines copied from a spreadsheet: name, kind, code, contact and e-mail, of which only the name must
    be there. A head line is left out."""
    known = dict(Station.objects.filter(department=by.department_id).values_list("name", "code"))
    names, codes = set(known), {code for code in known.values() if code}
    found = []
    for number, line in enumerate(visible(text).splitlines()[: MOST_LINES + 1], 1):
        texts = [cell.strip() for cell in line.split("\t")]
        if not any(texts) or (number == 1 and texts[0] in (_("Name"), "名称", "单位名称")):
            continue
        values = dict(zip(COLUMNS, texts, strict=False))
        station = Station(department=by.department, position=len(names), **values)
        is_known = station.name in known
        problem = "" if is_known else _problem(station, texts, names, codes)
        found.append(Line(number, station, problem, is_known))
        names.add(station.name)
        codes |= {station.code} - {""}
    return found


def _problem(station: Station, texts: list[str], names: set[str], codes: set[str]) -> str:
    if len(texts) > len(COLUMNS) and any(texts[len(COLUMNS) :]):
        return _("More columns than name, kind, code, contact and e-mail.")
    if station.name in names:
        return _("This name stands in the list twice.")
    if station.code and station.code in codes:
        return _("Another station has this code.")
    try:
        station.clean_fields(exclude=["department"])
    except ValidationError as error:
        of = station._meta
        return " ".join(
            f"{of.get_field(name).verbose_name}: {' '.join(texts)}"  # type: ignore[union-attr]
            for name, texts in error.message_dict.items()
        )
    return ""


@transaction.atomic
def add(lines: Iterable[Line], *, by: User) -> int:
    """Store the new stations of a list that has no problems; returns how many. Names that are there by now stay."""
    if not may_keep(by) or by.department_id is None:
        raise PermissionDenied
    lock_departments([by.department_id])
    known = set(Station.objects.filter(department=by.department_id).values_list("name", flat=True))
    new = [line.station for line in lines if line.station.name not in known and not line.problem]
    for station in new:
        station.save()
    return len(new)
