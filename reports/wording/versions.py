"""Which wording a region uses for a sector, and the only writer of its versions."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from audit import record
from audit.vocabulary import EventKind
from reports.models import Wording
from sectors.models import Region, Sector, User


class Overtaken(Exception):
    """Somebody else has written a version since; nothing was written."""


def current(region: Region) -> dict[int, Wording]:
    """The latest version by sector, for sectors whose wording the office has ever changed."""
    rows = Wording.objects.filter(region=region).select_related("by__department").order_by("number")
    return {row.sector_id: row for row in rows}


def texts(region: Region) -> dict[int, str]:
    """The wording in use of every sector, by sector."""
    own = {pk: version.text for pk, version in current(region).items() if not version.is_shipped}
    return dict(Sector.objects.values_list("pk", "wording")) | own


def keep(*, region: Region, sector: Sector, text: str, note: str, by: User, after: int) -> Wording:
    """Write the version that follows number `after` (0: none yet). An empty text goes back to the shipped wording.

    Raises Overtaken when `after` is not the last one any more.
    """
    last = Wording.objects.filter(region=region, sector=sector).order_by("-number").first()
    if after != (last.number if last else 0):
        raise Overtaken
    try:
        with transaction.atomic():
            written = Wording.objects.create(
                region=region, sector=sector, number=after + 1, text=text, note=note, by=by
            )
            changes = [(sector.code, last.text if last else "", text)]
            record.write(EventKind.WORDING, written, changes=changes, by=by, region=region.pk, note=note)
            return written
    except IntegrityError as error:
        raise Overtaken from error
