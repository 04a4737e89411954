"""The file of anchors: what the last link was on each day, outside of the database. Lines are only added.

Each line is held by its own digest (keyed with AUDIT_KEYS) over the line before, so that none goes or changes unseen
but the last ones; whoever copies the file elsewhere every day sees that too.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit import digests
from audit.models import Link

NAME = "audit-anchors.jsonl"
ANCHOR, ARCHIVE = "anchor", "archive"


@dataclass(frozen=True)
class Anchor:
    """A line: that link `number` had this digest on that day; as an archive, that all up to it went into a file."""

    kind: str
    day: str
    number: int
    digest: str
    rows: int
    line: int
    is_sound: bool  # the line is as it was written, and follows the one before


def path() -> Path:
    return Path(settings.AUDIT_ANCHOR_DIR) / NAME


def read() -> Iterator[Anchor]:
    """All lines, the oldest first; none where there is no file."""
    before = ""
    if not path().exists():
        return
    with path().open(encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            try:
                told: dict[str, Any] = json.loads(text)
                seal = str(told.pop("seal"))
                keyed = digests.is_keyed(before) or digests.is_keyed(str(told["digest"]))
                is_sound = told["before"] == before and digests.matches(seal, _bytes(told), keyed=keyed)
                found = {name: told[name] for name in ("kind", "day", "number", "digest", "rows")}
            except (ValueError, KeyError, TypeError, AttributeError):
                before, is_sound, found = "", False, {"kind": "", "day": "", "number": 0, "digest": "", "rows": 0}
            else:
                before = seal
            yield Anchor(**found, line=number, is_sound=is_sound)


def add(kind: str = ANCHOR, *, link: Link | None = None) -> bool:
    """Write down the last link, or the one given; returns whether there was one. Raises OSError."""
    link = link or Link.objects.order_by("-number").first()
    if link is None:
        return False
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path().open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        before = ""
        for text in file:
            before = text
        told = {
            "kind": kind,
            "day": str(timezone.localdate()),
            "number": link.number,
            "digest": link.digest,
            "rows": Link.objects.count(),
            "before": _seal_of(before),
        }
        line = {**told, "seal": digests.digest(_bytes(told))}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def is_due() -> bool:
    """Whether today has no anchor yet."""
    last = ""
    for anchor in read():
        last = anchor.day if anchor.kind == ANCHOR else last
    return last != str(timezone.localdate())


def _seal_of(line: str) -> str:
    try:
        return str(json.loads(line)["seal"])
    except (ValueError, KeyError, TypeError):
        return ""


def _bytes(told: dict[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
