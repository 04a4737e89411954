"""The leader's edition on two pages: what is least is left out until it fits. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from reports.document.blocks import Block, Paragraph, Table, Text, block_key
from reports.writers import pagination
from reports.writers.pagination import Measures

PAGES = 2
# Of more rows than the first some go before any words, of more than the second after them.
MANY_ROWS, FEWEST_ROWS = 16, 6
# Word, LibreOffice and typst may need a line more than we count.
_SPARE = 2 * [Paragraph((Text("　"),))]
_QUOTED = ("leader/problems/", "leader/measures/")
_TABLE = "leader/figures/table"


def pages(body: Sequence[Block]) -> int:
    """How many pages a body takes."""
    return pagination.page_count(body, Measures())


def fitted(body: Sequence[Block], keep: Collection[str]) -> list[Block]:
    """With as much as fits: rows of a long table go first, then paragraphs of the longer section, then other rows, each
    from the end. What the office wants in it (`keep` are the keys) stays, and so may take more pages."""
    found = list(body)
    while pages([*found, *_SPARE]) > PAGES:
        shorter = (
            _without_row(found, keep, MANY_ROWS)
            or _without_paragraph(found, keep)
            or _without_row(found, keep, FEWEST_ROWS)
        )
        if shorter is None:
            return found
        found = shorter
    return found


def _without_paragraph(body: Sequence[Block], keep: Collection[str]) -> list[Block] | None:
    places: dict[str, list[int]] = {section: [] for section in _QUOTED}
    for place, block in enumerate(body):
        for section in _QUOTED:
            if isinstance(block, Paragraph) and block.key.startswith(section) and block.key not in keep:
                places[section].append(place)
    longest = max(places.values(), key=len)
    if len(longest) < 2:
        return None
    return [block for place, block in enumerate(body) if place != longest[-1]]


def _without_row(body: Sequence[Block], keep: Collection[str], least: int) -> list[Block] | None:
    for place, block in enumerate(body):
        if isinstance(block, Table) and block_key(block) == _TABLE and _TABLE not in keep:
            if len(block.rows) <= least:
                return None
            return [*body[:place], replace(block, rows=block.rows[:-1]), *body[place + 1 :]]
    return None
