"""Failed sign-ins on record: one by one, and by their number where they are so many that they would fill the disk.

Whoever is not signed in can send them without end. What is only counted stands in the table of django-axes until it is
told in one event for each address; the table takes rows of nobody's name for that.
"""

from __future__ import annotations

import datetime
import ipaddress
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit import origin, record
from audit.models import Event
from audit.vocabulary import EventKind

COUNTED = "(counted)"  # in the place of a name, which is a digest
EVERYWHERE = 10  # as many as of one address may come of all


def failed(account: Any = None, *, via: str = "", **more: Any) -> None:
    """Put one on record. `account` is whose it is, where there is one; a name that is none is never told."""
    address = origin.address(origin.current().request)
    is_flood = _is_flood(account)
    if is_flood or _is_many(place(address)):
        _count(None if is_flood else place(address))
    else:
        record.write(EventKind.SIGN_IN_FAILED, account, name="" if account else record.MASK, via=via, **more)


def tell_counted(*, everything: bool = False) -> int:
    """One event for each address whose failures were counted for as long as a lock lasts; returns how many."""
    with transaction.atomic(), origin.of(origin.Origin(via="counted")):
        rows = AccessAttempt.objects.select_for_update(of=("self",), no_key=True).filter(username=COUNTED)
        told = list(rows if everything else rows.filter(attempt_time__lte=_since()))
        record.write_all(
            record.Happened(
                EventKind.SIGN_IN_FAILED,
                name=record.MASK,
                address=row.ip_address or "",
                more={"count": row.failures_since_start, "since": row.attempt_time.isoformat(timespec="seconds")},
            )
            for row in told
        )
        AccessAttempt.objects.filter(pk__in=[row.pk for row in told]).delete()
    return len(told)


def place(address: str) -> str:
    """What counts as one address: of IPv6 the network of a house, in which anybody has 2^64."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False).network_address)
    return str(found)


def _is_flood(account: Any) -> bool:
    """Whether there are too many of all; those of an account that few were of are told nevertheless."""
    most = settings.SIGN_IN_FAILURES_PER_ADDRESS
    if _recent().order_by()[: EVERYWHERE * most].count() < EVERYWHERE * most:
        return False
    return account is None or _recent().filter(subject_id=str(account.pk))[:most].count() >= most


def _is_many(of: str) -> bool:
    most = settings.SIGN_IN_FAILURES_PER_ADDRESS
    recent = _recent().values_list("address", flat=True)[: EVERYWHERE * most]
    return sum(place(address) == of for address in recent) >= most


def _recent() -> Any:
    return Event.objects.filter(kind=EventKind.SIGN_IN_FAILED, at__gt=_since())


def _since() -> datetime.datetime:
    return timezone.now() - datetime.timedelta(minutes=settings.SIGN_IN_LOCK_MINUTES)


def _count(of: str | None) -> None:
    row = {"username": COUNTED, "ip_address": of or None, "user_agent": ""}
    one_more = {"failures_since_start": F("failures_since_start") + 1}
    if not AccessAttempt.objects.filter(**row).update(**one_more):
        _row, is_new = AccessAttempt.objects.get_or_create(**row, defaults={"failures_since_start": 1})
        if not is_new:
            AccessAttempt.objects.filter(**row).update(**one_more)
