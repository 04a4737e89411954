"""Events as somebody asks for them, the latest first."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.models import Event
from audit.vocabulary import EventKind

PAGE = 50
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Search:
    """What is left empty narrows nothing. `subject` is part of a name, a model's label, or that with a key."""

    person: str = ""
    kind: str = ""
    subject: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None
    region: int | None = None
    address: str = ""

    @property
    def told(self) -> dict[str, str]:
        """For the event that says what was asked for."""
        return {name: str(value) for name, value in vars(self).items() if value not in (None, "")}

    def rows(self) -> QuerySet[Event]:
        found = Event.objects.order_by("-pk")
        if self.person:
            found = found.filter(person__icontains=self.person)
        if self.kind in EventKind.values:
            found = found.filter(kind=self.kind)
        if self.subject:
            label, _blank, key = self.subject.partition(" ")
            found = found.filter(Q(name__icontains=self.subject) | Q(subject=label, **_key(key)))
        if self.region is not None:
            found = found.filter(region_id=self.region)
        if self.address:
            found = found.filter(address=self.address)
        if self.since:
            found = found.filter(at__gte=_begin(self.since))
        if self.until:
            found = found.filter(at__lt=_begin(self.until + DAY))
        return found

    def page(self, before: int | None) -> tuple[list[Event], int | None]:
        """A page of those before a key, and from which key the next one goes on. Rows that come meanwhile move
        nothing."""
        rows = self.rows() if before is None else self.rows().filter(pk__lt=before)
        part = list(rows[: PAGE + 1])
        return part[:PAGE], part[PAGE - 1].pk if len(part) > PAGE else None


def _key(text: str) -> dict[str, str]:
    return {"subject_id": text} if text else {}


def _begin(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), timezone.get_current_timezone())
