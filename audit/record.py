"""The only writer of `Event`: called by whoever changes or hands out something, in the same transaction.

What is rolled back leaves no event. Passwords, secrets and what is in files are never told; who complained is not told
either. `audit.chain` links the events afterwards, so that nobody waits for another one's event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils import timezone

from audit import digests, origin
from audit.models import Event
from audit.vocabulary import EventKind

MASK = "***"
LONGEST_NAME = 200


@dataclass(frozen=True)
class Happened:
    """An event to be written. `changes` are what, old and new; `region` a key, of what it was done to."""

    kind: EventKind
    about: Model | None = None
    name: str = ""  # how it is called; as its text does where empty
    changes: Iterable[tuple[str, Any, Any]] = ()
    by: Any = None  # whoever is signed in where None
    region: int | None = None
    via: str = ""
    address: str = ""  # that of the request where empty
    more: Mapping[str, Any] = field(default_factory=dict)


def write(kind: EventKind, about: Model | None = None, /, **what: Any) -> None:
    """One event, of the fields of `Happened`; all others are `more`. One query."""
    own = {name: what.pop(name) for name in ("name", "changes", "by", "region", "via", "address") if name in what}
    _event(Happened(kind, about, more=what, **own)).save(force_insert=True)


def write_all(happened: Iterable[Happened]) -> None:
    """Several events in one query."""
    Event.objects.bulk_create([_event(one) for one in happened], batch_size=500)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Of two mappings, what differs."""
    names = [*after, *(name for name in before if name not in after)]
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def _event(one: Happened) -> Event:
    now = origin.current()
    person = one.by or now.person
    region = one.region if one.region is not None else _region(person)
    event = Event(
        at=timezone.now(),
        kind=one.kind,
        person_id=person.pk if person else None,
        person=_called(person)[:LONGEST_NAME],
        role=getattr(person, "role", ""),
        department_id=getattr(person, "department_id", None),
        region_id=region,
        address=one.address or origin.address(now.request),
        request=origin.request_id(),
        session=now.session,
        via=(one.via or now.told_via)[:LONGEST_NAME],
        subject=one.about._meta.label_lower if one.about else "",
        subject_id="" if one.about is None or one.about.pk is None else str(one.about.pk),
        name=(one.name or (str(one.about) if one.about else ""))[:LONGEST_NAME],
        detail=_detail(one),
    )
    event.digest = digests.digest(event.payload)
    return event


def _called(person: Any) -> str:
    if person is None:
        return ""
    name, username = str(person), person.get_username()
    return username if name == username else f"{name} ({username})"


def _region(person: Any) -> int | None:
    """That of the person, where it is known already: an event asks the database nothing."""
    department = person and person._state.fields_cache.get("department")
    return department.region_id if department else None


def _detail(one: Happened) -> dict[str, Any]:
    told = {name: _told(value) for name, value in one.more.items() if value not in (None, "", [], {})}
    changes = [[str(what), _told(old), _told(new)] for what, old, new in one.changes]
    return {**told, "changes": changes} if changes else told


def _told(value: Any) -> Any:
    """As JSON, and alike when it is read again: a float is not, so it is a text."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return str(value)
        case Mapping():
            return {str(name): _told(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_told(each) for each in value]
        case Model():
            return str(value)
    return str(value)
