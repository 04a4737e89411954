"""The headings of a report with what their sections want, and what the editor shows of it at a time. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from reports.editing import assembly
from reports.editing.assembly import Placed

# A heading with no more blocks than these is shown as a whole, else each of the headings below it by itself.
MOST_BLOCKS = 40


@dataclass(frozen=True)
class OutlineEntry:
    """A heading, and how many of the blocks right under it are stale, lack figures, were edited or have comments that
    wait for an answer; what stands under another heading counts there."""

    key: str
    level: int
    text: str
    hidden: bool
    stale: int
    gaps: int
    edited: int
    comments: int


@dataclass(frozen=True)
class Section:
    """Blocks that are shown at once: those of a heading, and before them the headings over it that begin with it."""

    items: tuple[Placed, ...]

    @property
    def key(self) -> str:
        return self.items[0].key

    @property
    def text(self) -> str:
        """The lowest of the headings that it begins with."""
        headings = [item for item in self.items if item.level]
        first = list(takewhile(lambda item: item.level, self.items)) or headings[:1]
        return str(getattr(first[-1].block, "printed", "")) if first else ""


@dataclass(frozen=True)
class Shown:
    """A section with its neighbours."""

    section: Section
    previous: Section | None
    next: Section | None
    number: int
    count: int


def entries(placed: Sequence[Placed], comments: Mapping[str, int]) -> list[OutlineEntry]:
    """`comments` are the numbers of open ones by the key of their block."""
    return [_entry(placed, place, comments) for place, item in enumerate(placed) if item.level]


def _entry(placed: Sequence[Placed], start: int, comments: Mapping[str, int]) -> OutlineEntry:
    item = placed[start]
    under = list(takewhile(lambda other: not other.level, placed[start + 1 :]))
    section = [other for other in (item, *under) if not other.hidden]
    return OutlineEntry(
        key=item.key,
        level=item.level,
        text=getattr(item.block, "printed", ""),
        hidden=item.hidden,
        stale=sum(other.is_stale for other in section),
        gaps=sum(other.gaps for other in section),
        edited=sum(other.is_edited or other.is_added for other in section),
        comments=sum(comments.get(other.key, 0) for other in (item, *under)),
    )


def sections(placed: Sequence[Placed]) -> list[Section]:
    """All blocks in their order, each in one section."""
    return [Section(tuple(placed[start:end])) for start, end in _ranges(placed, 0, len(placed))]


def _ranges(placed: Sequence[Placed], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sections between two places: what stands there before the first heading goes with it."""
    begins = start
    place = next((place for place in range(start, end) if placed[place].level), end)
    while place < end:
        ends = min(assembly.section_end(placed, place), end)
        below = next((under for under in range(place + 1, ends) if placed[under].level), ends)
        if ends - place > MOST_BLOCKS and below < ends:
            (_, first), *others = _ranges(placed, below, ends)
            yield begins, first
            yield from others
        else:
            yield begins, ends
        begins = place = ends
    if begins < end:
        yield begins, end


def shown(placed: Sequence[Placed], key: str) -> Shown | None:
    """The section that has the block with this key, the first one without a key; None where there is no such block."""
    found = sections(placed)
    places = {item.key: place for place, section in enumerate(found) for item in section.items}
    place = places.get(key) if key else 0
    if place is None or not found:
        return None
    return Shown(
        section=found[place],
        previous=found[place - 1] if place else None,
        next=found[place + 1] if place + 1 < len(found) else None,
        number=place + 1,
        count=len(found),
    )
