"""Links events into the chain, after they were committed: whoever saves a cell waits for nobody.

An event that commits late gets a later link, so the order of links is not that of events. Until it is linked, an event
is held by its own digest alone; how long that is, `seal_audit` decides, which runs every minute.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from audit import digests
from audit.models import Event, Link

BATCH = 2000
# Longer than any transaction takes: an event that the last run could not see was written since this long before it.
LATE = datetime.timedelta(days=1)
LOCK = 0x617564697420  # one who links at a time, by this number


def seal(*, everything: bool = False) -> int:
    """Link what is not linked yet; returns how many events. Two at once wait for each other.

    Raises ImproperlyConfigured without the keys that the record was made with: it would never be sound again.

    `everything` also looks for old rows without a link, which costs a look at the whole table.
    """
    count, more, seen = 0, True, 0
    while more:
        with transaction.atomic():
            lock()
            last = Link.objects.order_by("-number").first()
            _check_keys(last)
            rows = unsealed() if everything or last is None else unsealed().filter(at__gte=last.at - LATE)
            # From where the last batch ended: what commits late below that is for the next run.
            part = list(rows.filter(pk__gt=seen).order_by("pk").values_list("pk", "digest")[:BATCH])
            Link.objects.bulk_create(_links(part, last))
        count, more, seen = count + len(part), len(part) == BATCH, part[-1][0] if part else seen
    return count


def _check_keys(last: Link | None) -> None:
    if last and digests.is_keyed(last.digest) and not settings.AUDIT_KEYS:
        raise ImproperlyConfigured("AUDIT_KEYS is not set, but the audit record was made with keys.")


def lock() -> None:
    """Keep others from linking until the transaction ends. On SQLite whoever writes is alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def unsealed() -> QuerySet[Event]:
    return Event.objects.filter(~Exists(Link.objects.filter(event_id=OuterRef("pk"))))


def content(before: str, number: int, event_id: int, at: datetime.datetime, event_digest: str) -> bytes:
    """What the digest of a link is over; `before` is that of the link before, empty for the first."""
    when = at.astimezone(datetime.UTC).isoformat()
    return f"{before}|{number}|{event_id}|{when}|{event_digest}".encode()


def _links(rows: list[tuple[int, str]], last: Link | None) -> list[Link]:
    before, first = (last.digest, last.number + 1) if last else ("", 1)
    now, links = timezone.now(), []
    for number, (event_id, event_digest) in enumerate(rows, start=first):
        before = digests.digest(content(before, number, event_id, now, event_digest))
        links.append(Link(number=number, event_id=event_id, at=now, digest=before))
    return links
