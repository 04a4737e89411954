"""Old events in a file of their own, out of the database: a gzip of JSON lines that can be verified by itself.

The first line says where the chain stood before, the last one where it stands after; each line between is an event with
its link. The chain in the database goes on after them, by an event of the archive and a line of the anchors.
"""

from __future__ import annotations

import datetime
import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import anchors, chain, digests, record, triggers, verification
from audit.models import PAYLOAD, Event, Link, payload
from audit.vocabulary import EventKind
from config import exclusion

FORMAT = "zhibao-audit-1"
BATCH = 2000


class Refused(ValueError):
    """Why nothing was archived, in words."""


@dataclass(frozen=True)
class Archived:
    path: Path
    rows: int
    through: int  # the last link in it


def archive(before: datetime.date, folder: Path) -> Archived:
    """Write the events of the days before a day into a file of the folder, look at it, and remove them.

    Raises Refused where the record has to be kept longer, is not as it was written, or has nothing so old. Whoever
    verifies or archives already is waited for.
    """
    _check_day(before)
    with exclusion.held(verification.LOCK):
        return _archive(before, folder)


def _archive(before: datetime.date, folder: Path) -> Archived:
    for problem in verification.problems_found(verification.Verified()):
        raise Refused(_("The record is not as it was written, so nothing is archived: %(what)s") % {"what": problem})
    first, last = _range(before)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"zhibao-audit-{first.number}-{last.number}.jsonl.gz"
    if path.exists():
        raise Refused(_("%(path)s is there already: move it elsewhere, or choose another folder.") % {"path": path})
    try:
        _write(path, first, last)
        for problem in problems(path):
            raise Refused(problem)
        with triggers.archiving():
            _remove(path, first, last)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Archived(path, last.number - first.number + 1, last.number)


def _remove(path: Path, first: Link, last: Link) -> None:
    """Take out of the database what the file has, and have the chain say so."""
    chain.lock()
    told = {"through": last.number, "digest": last.digest, "rows": last.number - first.number + 1}
    record.write(EventKind.ARCHIVED, name=path.name, **told, sha256=_sha256(path))
    chain.seal()
    anchors.add(anchors.ARCHIVE, link=last)
    for number in range(first.number, last.number + 1, BATCH):
        links = Link.objects.filter(number__range=(number, min(number + BATCH - 1, last.number)))
        Event.objects.filter(pk__in=list(links.values_list("event_id", flat=True))).delete()
        links.delete()


def problems(path: Path) -> Iterator[str]:
    """What is wrong in a file: nothing where it is as it was written."""
    before, number, end = "", 0, None
    try:
        for told in _lines(path):
            if "format" in told:
                before, number = told["previous"], told["first"] - 1
            elif "end" in told:
                end = told
            else:
                number += 1
                event = {**told["event"], "at": datetime.datetime.fromisoformat(told["event"]["at"])}
                at = datetime.datetime.fromisoformat(told["at"])
                is_event = digests.matches(told["event_digest"], payload(event))
                content = chain.content(before, number, told["event_id"], at, told["event_digest"])
                if told["number"] != number or not is_event or not digests.matches(told["digest"], content):
                    yield _("Link %(number)d of the archive was altered, or one before it is missing.") % told
                before, number = told["digest"], told["number"]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        yield _("The archive cannot be read: %(why)s") % {"why": error}
        return
    if end is None or (end["end"], end["digest"]) != (number, before):
        yield _("The end of the archive is missing.")


def verify(path: Path) -> Iterator[str]:
    """The same, and whether it is the file that the record says was archived."""
    yield from problems(path)
    sums = Event.objects.filter(kind=EventKind.ARCHIVED).values_list("detail", flat=True)
    if path.exists() and _sha256(path) not in {told.get("sha256") for told in sums}:
        yield _("The record names no such archive: it is another file, or was archived later itself.")


def _check_day(before: datetime.date) -> None:
    today, months = timezone.localdate(), int(settings.AUDIT_KEEP_MONTHS)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    if (before.year, before.month, before.day) > (year, month + 1, today.day):
        text = _("The record is kept for %(months)d months (AUDIT_KEEP_MONTHS): choose an earlier day.")
        raise Refused(text % {"months": months})


def _range(before: datetime.date) -> tuple[Link, Link]:
    """The links from the first on whose events are all of days before."""
    begins = datetime.datetime.combine(before, datetime.time(), timezone.get_current_timezone())
    first = Link.objects.order_by("number").first()
    younger = Event.objects.filter(at__gte=begins).values("pk")
    stays = Link.objects.filter(event_id__in=younger).order_by("number").first()
    last = Link.objects.filter(number=stays.number - 1).first() if stays else None
    if first is None or last is None:
        raise Refused(_("There is no event of a day before %(day)s.") % {"day": before})
    return first, last


def _write(path: Path, first: Link, last: Link) -> None:
    with gzip.open(path, "xt", encoding="utf-8") as file:
        file.write(_line({"format": FORMAT, "first": first.number, "previous": _previous(first)}))
        links = Link.objects.filter(number__lte=last.number).order_by("number").iterator(BATCH)
        for link, event in _with_events(links):
            told = {"number": link.number, "at": link.at, "digest": link.digest, "event_id": link.event_id}
            file.write(_line({**told, "event_digest": event.pop("digest"), "event": event}))
        file.write(_line({"end": last.number, "digest": last.digest}))


def _with_events(links: Iterator[Link]) -> Iterator[tuple[Link, dict[str, Any]]]:
    part: list[Link] = []
    for link in links:
        part.append(link)
        if len(part) == BATCH:
            yield from _joined(part)
            part = []
    yield from _joined(part)


def _joined(part: list[Link]) -> Iterator[tuple[Link, dict[str, Any]]]:
    rows = Event.objects.filter(pk__in=[link.event_id for link in part]).values("id", "digest", *PAYLOAD)
    events = {row.pop("id"): row for row in rows}
    for link in part:
        yield link, events[link.event_id]


def _previous(first: Link) -> str:
    """The digest of the link before, which an earlier archive has."""
    events = Event.objects.filter(kind=EventKind.ARCHIVED).values_list("detail", flat=True)
    return next((told["digest"] for told in events if told.get("through") == first.number - 1), "")


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, default=lambda value: value.isoformat()) + "\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for text in file:
            yield json.loads(text)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
