"""Locks of requests and parts. Whoever takes several takes the submission, the request, its parts by their keys."""

from __future__ import annotations

from django.utils.translation import gettext as _

from collection.models import PartRequest, StationPart
from sectors.guard import WrongState


class Refused(ValueError):
    """What was sent is not taken; the message says what to do. Nothing was stored."""


def lock_request(request: PartRequest) -> PartRequest:
    """The request as it is now, kept from others until the transaction ends. Raises WrongState where it is gone."""
    rows = PartRequest.objects.select_for_update(of=("self",), no_key=True).for_reading()
    found = rows.filter(pk=request.pk).first()
    if found is None:
        raise WrongState(_("This request to the stations was withdrawn meanwhile."))
    return found


def lock_part(part: StationPart) -> StationPart:
    """The part as it is now, kept from others until the transaction ends. Raises WrongState where it is gone."""
    rows = StationPart.objects.select_for_update(of=("self",), no_key=True).for_reading()
    found = rows.filter(pk=part.pk).first()
    if found is None:
        raise WrongState(_("The department asks this station no more."))
    return found


def lock_parts(request: PartRequest) -> list[StationPart]:
    """All parts of a request, in the order of the stations."""
    rows = request.station_parts.select_for_update(of=("self",), no_key=True).order_by("pk")
    found = list(rows.select_related("station"))
    return sorted(found, key=lambda part: (part.station.position, part.station.name))
