"""What the panes of the editor show, whole or one block of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from reports.document import footnotes
from reports.document.blocks import Document
from reports.editing import (
    assembly,
    block_comments,
    changes,
    edits,
    leader_pages,
    outline,
    token_syntax,
    undoing,
)
from reports.editing.assembly import Placed
from reports.editing.audiences import ANNEX_LINES, Printing, for_audience
from reports.editing.drafts import Working
from reports.models import EditChange
from reports.views.numbers import number_links
from reports.vocabulary import Audience, ReportFormat
from reports.writers.html import Link, block_html, notes_html
from sectors.approval.text_diff import Piece, differing
from sectors.models import User

HISTORY_SHOWN = 8


@dataclass(frozen=True)
class Shown:
    """A block with its page."""

    item: Placed
    html: SafeString
    printing: Printing
    comments: int = 0


@dataclass(frozen=True)
class Past:
    """A change of a block, and the words that stood there before it."""

    change: EditChange
    text: str


def document(
    found: Working, by: User, section: outline.Shown | None, opened: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Context of one section of the document, without one of all of it, and its outline; `opened` is that of a block
    that is being edited in it."""
    printed, link = footnotes.placed(found.document()), number_links(found.report.year)
    waiting = block_comments.open_counts(found.report)
    items = section.section.items if section else found.placed
    return {
        "report": found.report,
        "draft": found.draft,
        "document": printed,
        "shown_section": section,
        "shown_keys": {item.key for item in section.section.items} if section else set(),
        "blocks": [shown(found, item, printed, link, waiting) for item in items],
        "notes": mark_safe(notes_html(_part(printed, items))),
        "outline": outline.entries(found.placed, waiting),
        "undo": undoing.top(found.report, by),
        "figures": sum(figure.value is not None for figure in printed.figures),
        "stale": found.stale,
        "gaps": sum(item.gaps for item in found.printed_for(Audience.INTERNAL) if not item.hidden),
        "opened": opened,
    }


def _part(printed: Document, items: Sequence[Placed]) -> Document:
    """As much of it as the notes of these blocks are in."""
    blocks = chain.from_iterable(footnotes.of_block(printed, item.key) for item in items)
    return replace(printed, blocks=tuple(blocks))


def shown(found: Working, item: Placed, printed: Document, link: Link, waiting: Mapping[str, int]) -> Shown:
    """The block as it is `printed`, with the marks of its notes; one that is hidden as it would be without."""
    with_notes = footnotes.of_block(printed, item.key) or (item.block,)
    html = "".join(block_html(block, printed, link) for block in with_notes)
    return Shown(item, mark_safe(html), found.printing[item.key], waiting.get(item.key, 0))


def editions(found: Working) -> dict[str, Any]:
    """The audiences with their formats, and how many pages the leader's edition takes where it is more than it may."""
    pages = leader_pages.pages(for_audience(found.document(), Audience.LEADER).body)
    return {
        "audiences": Audience,
        "formats": [("pdf", "PDF"), ("docx", "Word"), ("html", ReportFormat.HTML.label)],
        "too_many_pages": pages if pages > leader_pages.PAGES else 0,
    }


def form(found: Working, item: Placed, **said: Any) -> dict[str, Any]:
    """Context of a block that is being edited; `said` is what became of an attempt to."""
    rows = found.report.changes.filter(key=item.key).select_related("by__department")[:HISTORY_SHOWN]
    generated = token_syntax.plain(assembly.generated_text(item.generated))
    compared: tuple[Sequence[Piece], Sequence[Piece]] = ((), ())
    if item.is_edited and item.generated is not None:
        compared = differing(generated, token_syntax.plain(item.text))
    return {
        "report": found.report,
        "item": item,
        "text": item.text,
        "seen": item.version,
        "seen_change": changes.last_change(found.report, item.key),
        "generated": compared[0],
        "written": compared[1],
        "history": [Past(change, token_syntax.plain(change.before.get("text") or "")) for change in rows],
        "undoable": edits.undoable(found.report, item.key),
        "before": assembly.paragraph_before(found.placed, item.key),
        "sectors": _sectors(found, item),
        "names": json.dumps(_names(found, item.text), ensure_ascii=False),
        "readers": [] if item.key in ANNEX_LINES else _readers(found.printing[item.key]),
        **said,
    }


def _readers(printing: Printing) -> list[tuple[Any, bool, bool]]:
    """Each audience, whether the block is in its edition, and whether the office may say so."""
    return [
        (one, one in printing.chosen, not (printing.is_never_public and one == Audience.PUBLIC)) for one in Audience
    ]


def _names(found: Working, text: str) -> dict[str, str]:
    """What the figures of a text are called, by their codes."""
    codes = {token.code for token in token_syntax.tokens(text)}
    return {code: found.figures[code].name for code in codes if code in found.figures}


def _sectors(found: Working, item: Placed) -> str:
    """What a block is about, by its key and those of the headings over it, of which a sector's has its code."""
    place = found.placed.index(item)
    over = next((above.key for above in reversed(found.placed[:place]) if above.level), "")
    return f"{item.key}/{over}"
