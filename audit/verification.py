"""Whether the record is as it was written: each event, each link, their order, and the anchors outside.

Rows are read a batch at a time, so that memory does not grow with them.
"""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import anchors, chain, digests, triggers
from audit.models import PAYLOAD, Event, Link, payload
from audit.vocabulary import EventKind
from config import exclusion

LOCK = "audit"  # who archives has it alone, who verifies shares it
BATCH = 2000
DAY = datetime.timedelta(days=1)
EVER = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
RUN = datetime.timedelta(hours=1)  # links that are made within this were perhaps made by one run


@dataclass
class Verified:
    """What was read so far, and where the chain is: the last link that was looked at."""

    links: int = 0
    number: int = 0
    digest: str = ""
    earlier: datetime.datetime | None = None  # of the last link that was made RUN before this one
    recent: deque[datetime.datetime] = field(default_factory=deque)  # of links since
    wanted: dict[int, list[anchors.Anchor]] = field(default_factory=dict)
    keyed: datetime.datetime | None = None  # since when links have a key

    def follow(self, link: Link) -> None:
        self.links += 1
        self.number, self.digest = link.number, link.digest
        if self.keyed is None and digests.is_keyed(link.digest):
            self.keyed = link.at

    def wants_key(self, link: Link) -> bool:
        """Of an event: those that were written before the keys were set have none, and are linked within a day."""
        return self.keyed is not None and link.at > self.keyed + chain.LATE


def problems(verified: Verified) -> Iterator[str]:
    """Sentences about what is wrong; none where all is well. What is not linked yet is linked first.

    Nothing is archived meanwhile: half of what was read would be gone.
    """
    with exclusion.held(LOCK, shared=True):
        yield from problems_found(verified)


def problems_found(verified: Verified) -> Iterator[str]:
    """The same, for who has the lock."""
    for name in triggers.missing():
        yield _("The trigger %(name)s is missing: rows can be changed.") % {"name": name}
    yield from _look_at_anchors()
    chain.seal(everything=True)
    end = Link.objects.aggregate(last=models.Max("number"))["last"] or 0
    archived = yield from _read_anchors(verified)
    yield from _begin(verified, archived)
    for batch in _batches(end):
        yield from _look_at(verified, batch)
    yield from _unmet(verified)


def _look_at_anchors() -> Iterator[str]:
    """Whether there is one of each day on which something was linked: a file that is gone, or lacks its end, names
    nothing that could be missing."""
    days = Link.objects.aggregate(first=models.Min("at"), last=models.Max("at"))
    if days["first"] is None:
        return
    newest = max((anchor.day for anchor in anchors.read() if anchor.is_sound), default=None)
    since = datetime.date.fromisoformat(newest) if newest else timezone.localtime(days["first"]).date()
    if timezone.localtime(days["last"]).date() > since + DAY:
        yield (
            _("No anchor was written after %(day)s: seal_audit does not run, or %(path)s lacks its end or is gone.")
            % {"day": since, "path": anchors.path()}
        )


def _read_anchors(verified: Verified) -> Generator[str, None, set[tuple[int, str]]]:
    """What the file says must be in the chain; returns which links it says were archived, as number and digest."""
    archived = set()
    for anchor in anchors.read():
        if not anchor.is_sound:
            yield _("Line %(line)d of the anchors was changed, or lines before it are missing.") % {"line": anchor.line}
        elif anchor.kind == anchors.ARCHIVE:
            archived.add((anchor.number, anchor.digest))
        else:
            verified.wanted.setdefault(anchor.number, []).append(anchor)
    return archived


def _begin(verified: Verified, archived: set[tuple[int, str]]) -> Iterator[str]:
    """Where links were archived, the chain goes on after them: an event in it says so, and the file of anchors too."""
    first = Link.objects.order_by("number").values_list("number", flat=True).first() or 1
    if first == 1:
        return
    events = Event.objects.filter(kind=EventKind.ARCHIVED).order_by("-pk").values_list("detail", flat=True)
    cut = next((told for told in events if told.get("through") == first - 1), None)
    verified.number = first - 1
    if cut is None:
        yield _("Links 1 to %(last)d are missing, and no event says that they were archived.") % {"last": first - 1}
        return
    verified.digest = cut["digest"]
    if digests.is_keyed(cut["digest"]):
        verified.keyed = EVER
    if anchors.path().exists() and (first - 1, cut["digest"]) not in archived:
        yield _("Links 1 to %(last)d are said to be archived, but the anchors do not say so.") % {"last": first - 1}
    verified.wanted = {number: lines for number, lines in verified.wanted.items() if number >= first}


def _batches(end: int) -> Iterator[list[Link]]:
    links = Link.objects.filter(number__lte=end).order_by("number").iterator(BATCH)
    while batch := list(islice(links, BATCH)):
        yield batch


def _look_at(verified: Verified, links: list[Link]) -> Iterator[str]:
    rows = Event.objects.filter(pk__in=[link.event_id for link in links])
    events = {row["id"]: row for row in rows.values("id", "digest", *PAYLOAD)}
    for link in links:
        yield from _look_at_link(verified, link, events.get(link.event_id))
        for anchor in verified.wanted.pop(link.number, ()):
            if anchor.digest != link.digest:
                yield (
                    _("Link %(number)d is not the one that the anchor of %(day)s names: the record was made anew.")
                    % {"number": link.number, "day": anchor.day}
                )
        verified.follow(link)


def _look_at_link(verified: Verified, link: Link, event: dict[str, Any] | None) -> Iterator[str]:
    named = {"number": link.number, "event": link.event_id}
    if link.number != verified.number + 1:
        missing = {"first": verified.number + 1, "last": link.number - 1}
        yield _("Links %(first)d to %(last)d are missing.") % missing
        verified.digest = ""  # what the first of them is over is gone as well
        if event is None or not _is_as_written(verified, link, event):
            yield _("Event %(event)d (link %(number)d) is missing or was altered.") % named
        return
    if event is None:
        yield _("Event %(event)d (link %(number)d) is missing.") % named
        return
    if not _is_as_written(verified, link, event):
        yield _("Event %(event)d (link %(number)d) was altered.") % named
    elif not digests.matches(link.digest, _content(verified, link, event), keyed=verified.keyed is not None):
        yield (
            _("Link %(number)d does not fit event %(event)d or the link before: altered, exchanged or inserted.")
            % named
        )
    if _came_late(verified, link.at, event["at"]):
        yield (
            _("Event %(event)d (link %(number)d) says %(at)s, but came into the record later: it was inserted.")
            % {**named, "at": event["at"].isoformat()}
        )


def _came_late(verified: Verified, linked: datetime.datetime, at: datetime.datetime) -> bool:
    """Whether an earlier run would have linked an event of that moment, had it been there."""
    recent = verified.recent
    if not recent or recent[-1] != linked:
        recent.append(linked)
    while recent[0] <= linked - RUN:
        verified.earlier = recent.popleft()
    return verified.earlier is not None and at < verified.earlier - chain.LATE


def _is_as_written(verified: Verified, link: Link, event: dict[str, Any]) -> bool:
    return digests.matches(event["digest"], _payload(event), keyed=verified.wants_key(link))


def _content(verified: Verified, link: Link, event: dict[str, Any]) -> bytes:
    return chain.content(verified.digest, link.number, link.event_id, link.at, event["digest"])


def _payload(event: dict[str, Any]) -> bytes:
    return payload({name: event[name] for name in PAYLOAD})


def _unmet(verified: Verified) -> Iterator[str]:
    """Anchors whose links are gone: the end of the chain was cut off, or all of it."""
    gone = sorted(verified.wanted)
    if gone:
        last = verified.wanted[gone[-1]][0]
        yield (
            _("Links %(first)d to %(last)d are missing at the end: the anchor of %(day)s names the last.")
            % {"first": verified.number + 1, "last": gone[-1], "day": last.day}
        )
