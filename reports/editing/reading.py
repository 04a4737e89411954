"""A draft section by section, as it is read on a small screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from reports.editing.assembly import Placed, printed_text
from reports.editing.drafts import Working
from reports.writers.html import block_html

DEEPEST = 2  # a heading below stands within its section


@dataclass(frozen=True)
class Read:
    """A block with its page, and how many comments on it wait for an answer."""

    item: Placed
    html: SafeString
    comments: int


@dataclass(frozen=True)
class Section:
    """`title` is empty for what stands before the first heading."""

    title: str
    level: int
    blocks: list[Read]

    @property
    def comments(self) -> int:
        return sum(block.comments for block in self.blocks)

    @property
    def gaps(self) -> int:
        return sum(block.item.gaps for block in self.blocks)


def sections(found: Working, comments: Mapping[str, int]) -> list[Section]:
    """What is printed, by the headings of the first two levels."""
    document, made = found.document(note=""), [Section("", 0, [])]
    for item in found.placed:
        if item.hidden:
            continue
        if 0 < item.level <= DEEPEST:
            made.append(Section(getattr(item.block, "printed", printed_text(item.block)), item.level, []))
        html = mark_safe(block_html(item.block, document))
        made[-1].blocks.append(Read(item, html, comments.get(item.key, 0)))
    return [section for section in made if section.blocks]
