"""The only writer of `PartRequest`, and of the parts that it asks for."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from collection.guard import Refused, lock_parts, lock_request
from collection.models import PartFigure, PartRequest, Station, StationPart
from collection.models.parts import LONGEST_NOTE
from sectors import guard
from sectors.catalogue.compiled import sheet_of
from sectors.models import Indicator, Submission, User
from sectors.texts import plain, too_long
from sectors.vocabulary import FigureState


@dataclass(frozen=True)
class Wanted:
    """What a department asks its stations for: codes of cells and keys of stations."""

    cells: Collection[str]
    stations: Collection[int]
    due: datetime.date
    note: str = ""


def asked(request: PartRequest) -> list[Indicator]:
    """The cells that it asks for, as the sheet has them now and in its order: what was retired is asked no more."""
    wanted = set(request.cells.values_list("pk", flat=True))
    return [indicator for indicator in sheet_of(request.submission).entered.values() if indicator.pk in wanted]


def askable(submission: Submission, but: PartRequest | None = None) -> list[Indicator]:
    """The cells of a sheet that no other request asks for."""
    others = submission.part_requests.exclude(pk=but.pk) if but else submission.part_requests.all()
    taken = set(others.values_list("cells", flat=True))
    return [one for one in sheet_of(submission).entered.values() if one.pk not in taken]


def stations_for(submission: Submission, but: PartRequest | None = None) -> Sequence[Station]:
    """Those of the department that were there in the period, and those that are asked already."""
    period = submission.period.key
    there = Station.objects.active_between(period.first_day, period.last_day).filter(
        department=submission.department_id
    )
    asked_already = Station.objects.filter(station_parts__request=but) if but else Station.objects.none()
    keys = Q(pk__in=there.values("pk")) | Q(pk__in=asked_already.values("pk"))
    return list(Station.objects.filter(keys).order_by("position", "name"))


@transaction.atomic
def ask(submission: Submission, wanted: Wanted, *, by: User) -> PartRequest:
    """Ask stations for their part of a sheet. Raises PermissionDenied, WrongState and Refused."""
    guard.open_for_entry(submission, by)
    cells, stations = _checked(submission, wanted)
    made = PartRequest.objects.create(submission=submission, due=wanted.due, note=plain(wanted.note), by=by)
    made.cells.set(cells)
    StationPart.objects.bulk_create(StationPart(request=made, station=station) for station in stations)
    _tell(made, by, stations=[one.name for one in stations], cells=[one.code for one in cells], due=made.due)
    return made


@transaction.atomic
def change(request: PartRequest, wanted: Wanted, *, by: User) -> PartRequest:
    """Ask for other cells, other stations or until another day. What stations have filled in is not taken from them.

    Raises PermissionDenied, WrongState and Refused.
    """
    submission = guard.open_for_entry(request.submission, by)
    locked = lock_request(request)
    cells, stations = _checked(submission, wanted, locked)
    _expect_nothing_lost(locked, cells, stations)
    locked.due, locked.note = wanted.due, plain(wanted.note)
    locked.save()
    locked.cells.set(cells)
    there = set(locked.station_parts.values_list("station", flat=True))
    locked.station_parts.exclude(station__in=stations).delete()
    new = [StationPart(request=locked, station=one) for one in stations if one.pk not in there]
    StationPart.objects.bulk_create(new)
    _tell(locked, by, stations=[one.name for one in stations], cells=[one.code for one in cells], due=locked.due)
    return locked


@transaction.atomic
def withdraw(request: PartRequest, *, by: User) -> None:
    """Ask no more, as long as no station has filled in anything. Raises PermissionDenied, WrongState and Refused."""
    guard.open_for_entry(request.submission, by)
    locked = lock_request(request)
    _expect_nothing_lost(locked, [], [])
    _tell(locked, by, withdrawn=True)
    locked.delete()


def _checked(
    submission: Submission, wanted: Wanted, but: PartRequest | None = None
) -> tuple[list[Indicator], list[Station]]:
    cells = [one for one in askable(submission, but) if one.code in set(wanted.cells)]
    stations = [one for one in stations_for(submission, but) if one.pk in set(wanted.stations)]
    if len(cells) < len(set(wanted.cells)):
        raise Refused(_("Some of these cells are no longer in the sheet, or are asked for in another request already."))
    if len(stations) < len(set(wanted.stations)):
        raise Refused(_("Some of these stations are no longer active. Choose them anew."))
    if not cells:
        raise Refused(_("Choose at least one row of the sheet."))
    if not stations:
        raise Refused(_("Choose at least one station."))
    if problem := too_long(wanted.note, LONGEST_NOTE):
        raise Refused(problem)
    return cells, stations


def _expect_nothing_lost(request: PartRequest, cells: Iterable[Indicator], stations: Iterable[Station]) -> None:
    lock_parts(request)  # against a station that fills in its part just now
    filled = PartFigure.objects.filter(part__request=request).exclude(state=FigureState.BLANK)
    others = filled.exclude(part__station__in=[one.pk for one in stations])
    if names := sorted(set(others.values_list("part__station__name", flat=True))):
        text = _("These stations have filled in their part already and stay asked: %(names)s.")
        raise Refused(text % {"names": "、".join(names)})
    kept = {one.pk for one in cells}
    used = set(filled.values_list("indicator", flat=True)) - kept
    if gone := [one for one in asked(request) if one.pk in used]:
        text = _("Stations have filled in these rows already, and they stay asked for: %(names)s.")
        raise Refused(text % {"names": "、".join(one.name for one in gone)})


def _tell(request: PartRequest, by: User, **more: object) -> None:
    record.write(EventKind.CALENDAR, request, by=by, region=request.submission.region_id, **more)
