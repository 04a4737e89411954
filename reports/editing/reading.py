"""A draft section by section, as it is read on a small screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from reports.document import footnotes
from reports.editing.assembly import Placed, printed_text
from reports.editing.audiences import Printing
from reports.editing.drafts import Working
from reports.writers.html import block_html, notes_html

DEEPEST = 2  # a heading below stands within its section


@dataclass(frozen=True)
class Read:
    """A block with its page and the editions that print it, and how many comments on it wait for an answer."""

    item: Placed
    html: SafeString
    printing: Printing
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


@dataclass(frozen=True)
class Reading:
    """What is read of a draft; `notes` are the footnotes of its sections."""

    sections: list[Section]
    notes: SafeString


def of(found: Working, comments: Mapping[str, int]) -> Reading:
    """What any edition prints, by the headings of the first two levels."""
    document, made = footnotes.placed(found.document(note="")), [Section("", 0, [])]
    for item in found.printed:
        if item.hidden:
            continue
        if 0 < item.level <= DEEPEST:
            made.append(Section(getattr(item.block, "printed", printed_text(item.block)), item.level, []))
        with_notes = footnotes.of_block(document, item.key) or (item.block,)
        html = mark_safe("".join(block_html(block, document) for block in with_notes))
        made[-1].blocks.append(Read(item, html, found.printing[item.key], comments.get(item.key, 0)))
    return Reading([section for section in made if section.blocks], mark_safe(notes_html(document)))
