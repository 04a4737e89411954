"""The headings of a report with what their sections want: a new draft's figures, missing figures. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from reports.editing.assembly import Placed


@dataclass(frozen=True)
class OutlineEntry:
    """A heading, and how many of the blocks right under it are stale, lack figures or were edited; what stands under
    another heading counts there."""

    key: str
    level: int
    text: str
    hidden: bool
    stale: int
    gaps: int
    edited: int


def entries(placed: Sequence[Placed]) -> list[OutlineEntry]:
    return [_entry(placed, place) for place, item in enumerate(placed) if item.level]


def _entry(placed: Sequence[Placed], start: int) -> OutlineEntry:
    item = placed[start]
    under = takewhile(lambda other: not other.level, placed[start + 1 :])
    section = [other for other in (item, *under) if not other.hidden]
    return OutlineEntry(
        key=item.key,
        level=item.level,
        text=getattr(item.block, "printed", ""),
        hidden=item.hidden,
        stale=sum(other.is_stale for other in section),
        gaps=sum(other.gaps for other in section),
        edited=sum(other.is_edited or other.is_added for other in section),
    )
