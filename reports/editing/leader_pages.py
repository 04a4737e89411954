"""The leader's edition on two pages: departments' words in short, and what is least left out until it fits. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from reports.document.blocks import Block, Heading, Paragraph, Run, Table, Text, block_key, runs_text
from reports.writers import pagination
from reports.writers.pagination import Measures

PAGES = 2
# Of more rows than the first some go before any words, of more than the second after them.
MANY_ROWS, FEWEST_ROWS = 14, 6
# Word, LibreOffice and typst may need a line more than we count.
_SPARE = 2 * [Paragraph((Text("　"),))]
# The chapters, in place of which the leader has a section of their names.
_CHAPTERS = ("problems", "measures")
_TABLE = "leader/figures/table"
# What a department wrote about a sector, in answer to a question.
WORDS = re.compile("(?:problems/(?:micro|macro)|measures)/(?!(?:data|mend|before)/)([^/]+)/(?!cause/)[^/]+/.+")
_FIGURES = "problems/micro/{}/figures"
# The months that words are of, where they are not of the whole year: 1—3月和7—9月：
_MONTHS = re.compile("([0-9][0-9—月和]*月)：")


def pages(body: Sequence[Block]) -> int:
    """How many pages a body takes."""
    return pagination.page_count(body, Measures())


def arranged(body: Sequence[Block], keys: Collection[str]) -> list[Block]:
    """What stands in the chapters goes into the leader's sections, without headings; words come in short, one paragraph
    of each sector, those with bad figures first. `keys` are those of the whole document."""
    rest: list[Block] = []
    moved: dict[str, list[Block]] = {chapter: [] for chapter in _CHAPTERS}
    chapter, over = "", ""
    for block in body:
        if isinstance(block, Heading):
            chapter, over = block.key if block.level == 1 else chapter, block.text
        if chapter not in moved:
            rest.append(block)
        elif not isinstance(block, Heading):
            moved[chapter].append(_in_short(block, over))
    for name, blocks in moved.items():
        by_sector = {_sector(block) or place: block for place, block in reversed(list(enumerate(blocks)))}
        first = sorted(by_sector.values(), key=blocks.index)
        first.sort(key=lambda block: _FIGURES.format(_sector(block)) not in keys)
        rest = _with_section(rest, f"leader/{name}", first)
    return rest


def _sector(block: Block) -> str:
    """The sector that words are about; empty for what are no department's words."""
    words = WORDS.fullmatch(block_key(block))
    return words[1] if words else ""


def _in_short(block: Block, over: str) -> Block:
    if not isinstance(block, Paragraph) or not _sector(block):
        return block
    said = _MONTHS.match(runs_text(block.runs))
    runs: list[Run] = [Text(f"{over}（{said[1]}）：" if said else f"{over}：")]
    for place, run in enumerate(block.runs):
        text = run.text[said.end() if said and not place else 0 :] if isinstance(run, Text) else ""
        first, end, _more = text.partition("。")
        runs.append(Text(first + end) if text else run)
        if end:
            break
    return replace(block, runs=tuple(runs))


def _with_section(body: Sequence[Block], key: str, blocks: Sequence[Block]) -> list[Block]:
    """With the blocks at the end of a section, which may not be there."""
    start = next((place for place, block in enumerate(body) if isinstance(block, Heading) and block.key == key), None)
    following = range((len(body) if start is None else start) + 1, len(body))
    end = next((place for place in following if isinstance(body[place], Heading)), len(body))
    return [*body[:end], *blocks, *body[end:]]


def fitted(body: Sequence[Block], keep: Collection[str]) -> list[Block]:
    """With as much as fits: rows of a long table go first, then words of the section with more of them, then other
    rows, each from the end. What the office wants in it (`keep` are the keys) stays, and so may take more pages."""
    found = list(body)
    while pages([*found, *_SPARE]) > PAGES:
        shorter = (
            _without_row(found, keep, MANY_ROWS)
            or _without_words(found, keep)
            or _without_row(found, keep, FEWEST_ROWS)
        )
        if shorter is None:
            return found
        found = shorter
    return found


def _without_words(body: Sequence[Block], keep: Collection[str]) -> list[Block] | None:
    places: dict[str, list[int]] = {chapter: [] for chapter in _CHAPTERS}
    for place, block in enumerate(body):
        if _sector(block) and block_key(block) not in keep:
            places[block_key(block).partition("/")[0]].append(place)
    longer = max(places.values(), key=len)
    return [*body[: longer[-1]], *body[longer[-1] + 1 :]] if longer else None


def _without_row(body: Sequence[Block], keep: Collection[str], least: int) -> list[Block] | None:
    for place, block in enumerate(body):
        if isinstance(block, Table) and block.key == _TABLE and block.key not in keep and len(block.rows) > least:
            return [*body[:place], replace(block, rows=block.rows[:-1]), *body[place + 1 :]]
    return None
