"""Links by which stations fill their part without an account: the only writer of `PartLink`.

The secret stands in the link and nowhere else: the database has a digest of it, so a link is shown once, when it is
made. It opens one part of one request, until a day, and opens nothing any more once it is ended.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from audit import record
from audit.vocabulary import EventKind
from collection.access import may_ask
from collection.models import PartLink, StationPart
from sectors.models import User

BYTES = 32  # of chance in a secret
DAYS_AFTER_DUE = 30  # a part that is late, or returned, is still filled by its link


def last_day(part: StationPart) -> datetime.date:
    """Until when a link that is made today holds."""
    return max(part.request.due, timezone.localdate()) + datetime.timedelta(days=DAYS_AFTER_DUE)


@transaction.atomic
def make(parts: Iterable[StationPart], *, by: User) -> dict[StationPart, str]:
    """A new link for each of some parts (`for_reading`): their secrets. Links from before hold on. Raises
    PermissionDenied."""
    made: dict[StationPart, str] = {}
    rows, told = [], []
    for part in parts:
        if not may_ask(by, part.request.submission):
            raise PermissionDenied
        secret = secrets.token_urlsafe(BYTES)
        made[part] = secret
        rows.append(PartLink(part=part, digest=digest(secret), until=last_day(part), by=by))
        region = part.request.submission.region_id
        told.append(record.Happened(EventKind.TOKEN, part, by=by, region=region, more={"until": str(last_day(part))}))
    PartLink.objects.bulk_create(rows)
    record.write_all(told)
    return made


@transaction.atomic
def end(part: StationPart, *, by: User) -> int:
    """End all links of a part; returns how many. Raises PermissionDenied."""
    if not may_ask(by, part.request.submission):
        raise PermissionDenied
    count = PartLink.objects.filter(part=part, ended_at=None).update(ended_at=timezone.now())
    if count:
        record.write(EventKind.TOKEN, part, by=by, region=part.request.submission.region_id, ended=count)
    return count


def find(secret: str) -> StationPart | None:
    """The part that a link opens today, for who holds it."""
    rows = PartLink.objects.filter(digest=digest(secret), ended_at=None, until__gte=timezone.localdate())
    link = rows.first()
    return None if link is None else StationPart.objects.for_reading().get(pk=link.part_id)


def digest(secret: str) -> str:
    """A secret that is all chance needs no slow digest."""
    return hashlib.sha256(secret.encode()).hexdigest()
