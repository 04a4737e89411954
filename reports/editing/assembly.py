"""The report as it stands: the generated blocks, and over them what the office made of them. Pure.

Blocks are known by their keys, so that edits outlive a new draft: an edited sentence keeps its words, a moved block its
place, and a sentence that is no longer generated stays where it was. A page break goes with the block behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reports.document.blocks import (
    Block,
    Chart,
    Cover,
    Document,
    Gap,
    Heading,
    PageBreak,
    Paragraph,
    ReaderMark,
    Run,
    Table,
    block_key,
    runs_text,
)
from reports.document.figures import FigureUsed
from reports.document.numbering import number_heading, numbered
from reports.editing import added_figures, audiences, figure_tokens, numbering, token_syntax
from reports.editing.figure_tokens import Stale
from sectors.approval.text_diff import Pieces, differing

if TYPE_CHECKING:
    from reports.models import Edit


@dataclass(frozen=True)
class Placed:
    """A block of the body at its place. `generated` is None for what the office added and for what is not generated
    any more. `hidden` is what will not be printed, by itself or with the section that it stands in. Of the office's
    own words `stale` are figures that print otherwise by now, and `has_other_words` says that what is generated here
    says something else than when they were written.
    """

    key: str
    block: Block
    generated: Block | None = None
    edit: Edit | None = None
    hidden: bool = False
    stale: tuple[Stale, ...] = ()
    has_other_words: bool = False
    starts_page: bool = False

    @property
    def level(self) -> int:
        """Of a heading; 0 for everything else."""
        return self.block.level if isinstance(self.block, Heading) else 0

    @property
    def is_edited(self) -> bool:
        return self.edit is not None and self.edit.text is not None and not self.edit.added

    @property
    def is_added(self) -> bool:
        return self.edit is not None and bool(self.edit.added)

    @property
    def has_own_words(self) -> bool:
        """Edited or added."""
        return self.is_edited or self.is_added

    @property
    def is_lost(self) -> bool:
        """Edited, and not generated any more."""
        return self.generated is None and not self.is_added

    @property
    def is_stale(self) -> bool:
        """Whether the office's words need a look, because of what has changed since they were written."""
        return bool(self.stale) or self.has_other_words

    @property
    def other_words(self) -> tuple[Pieces, Pieces]:
        """What was generated here when the office wrote its words, and what is now."""
        texts = (self.edit.basis if self.edit else "", generated_text(self.generated))
        return differing(*map(token_syntax.plain, texts))

    @property
    def takes_figures(self) -> bool:
        return any(outdated.fits for outdated in self.stale)

    @property
    def is_hidden_itself(self) -> bool:
        return self.edit is not None and self.edit.hidden

    @property
    def version(self) -> int:
        return self.edit.version if self.edit else 0

    @property
    def gaps(self) -> int:
        return sum(isinstance(run, Gap) for run in block_runs(self.block))

    @property
    def text(self) -> str:
        """What a person edits of it: a sentence with tokens, a heading, a caption; empty when there is nothing."""
        if self.edit is not None and self.edit.text is not None:
            return self.edit.text
        return generated_text(self.generated)

    @property
    def words(self) -> str:
        """As printed, to name it by."""
        return printed_text(self.block)

    @property
    def is_editable(self) -> bool:
        return bool(self.text)

    @property
    def takes_lines(self) -> bool:
        """Whether its further lines are paragraphs behind it, as of a heading and of a sentence, not of a caption."""
        return is_sentence(self.block) or isinstance(self.block, Heading)


def block_runs(block: Block | None) -> Iterator[Run]:
    """All runs of a block, cells and points of a chart included."""
    if isinstance(block, Paragraph):
        yield from block.runs
    elif isinstance(block, Chart):
        yield from (point.run for series in block.series for point in series.points)
    elif isinstance(block, Table):
        for row in block.rows:
            for cell in row.cells:
                yield from cell


def paragraph_runs(block: Block | None) -> tuple[Run, ...]:
    return block.runs if isinstance(block, Paragraph) else ()


def is_sentence(block: Block | None) -> bool:
    """A paragraph of the body, no note under a table and no line of the list of annexes."""
    return isinstance(block, Paragraph) and block.style == "body"


def runs_by_key(generated: Document) -> dict[str, tuple[Run, ...]]:
    """The generated sentences that figures may be brought from."""
    return {block_key(block): block.runs for block in generated.body if isinstance(block, Paragraph)}


def paragraph_before(placed: Sequence[Placed], key: str) -> Placed | None:
    """What a paragraph can be joined to: the paragraph that is printed right before it."""
    shown = [item for item in placed if not item.hidden or item.key == key]
    place = next((place for place, item in enumerate(shown) if item.key == key), 0)
    pair = shown[place - 1 : place + 1] if place else []
    return pair[0] if pair and all(is_sentence(item.block) for item in pair) else None


def generated_text(block: Block | None) -> str:
    """The block's words as a person edits them."""
    if isinstance(block, Paragraph):
        return token_syntax.write(block.runs)
    return "" if block is None else token_syntax.escape(printed_text(block))


def printed_text(block: Block) -> str:
    """The block's words as printed; of a table its caption, of a picture its title."""
    match block:
        case Paragraph():
            return runs_text(block.runs)
        case Heading():
            return block.text
        case Chart():
            return block.title
        case Table():
            return block.caption
    return ""


def assemble(generated: Document, edits: Iterable[Edit], order: Sequence[str] = ()) -> list[Placed]:
    """The blocks behind cover and contents, the hidden ones too, in their order and with their numbers."""
    figures = {figure.code: figure for figure in generated.figures}
    units = {block_key(block): (block, starts) for block, starts in _units(generated.body)}
    by_key = {edit.key: edit for edit in edits}
    keys = _ordered(_with_added(list(units), by_key.values()), order)
    runs = runs_by_key(generated)
    placed = [_place(key, units.get(key), by_key.get(key), figures, runs, generated.year) for key in keys]
    return _with_numbers(list(_numbered(_with_hidden_sections(placed))))


_Unit = tuple[Block, bool]  # a block, and whether a page starts with it


def _units(body: Iterable[Block]) -> Iterator[_Unit]:
    starts = False
    for block in body:
        if isinstance(block, PageBreak):
            starts = True
        else:
            yield block, starts
            starts = False


def _with_added(keys: list[str], edits: Iterable[Edit]) -> list[str]:
    """With what the office added and what is not generated any more, each behind what it stands behind, which may be
    such a block itself."""
    waiting = [edit for edit in edits if edit.key not in keys and (edit.added or edit.text is not None)]
    while waiting:
        ready = [edit for edit in waiting if edit.after in keys]
        for edit in ready or waiting:
            keys.insert(keys.index(edit.after) + 1 if edit.after in keys else len(keys), edit.key)
        waiting = [edit for edit in waiting if edit not in ready] if ready else []
    return keys


def _ordered(keys: list[str], order: Sequence[str]) -> list[str]:
    """In the order that the office made; what is new since stands behind what it was generated behind."""
    if not order:
        return keys
    there = set(keys)
    found = [key for key in order if key in there]
    known = set(found)
    for before, key in zip(["", *keys], keys, strict=False):
        if key not in known:
            found.insert(found.index(before) + 1 if before in known else 0, key)
            known.add(key)
    return found


def _place(
    key: str,
    unit: _Unit | None,
    edit: Edit | None,
    figures: Mapping[str, FigureUsed],
    sentences: figure_tokens.RunsByKey,
    year: int,
) -> Placed:
    generated, starts = unit or (None, False)
    outdated: tuple[Stale, ...] = ()
    has_other_words = False
    if edit is not None and edit.text is not None:
        own = paragraph_runs(generated)
        outdated = tuple(figure_tokens.stale(edit.text, edit.quotes, figures, own, sentences))
        has_other_words = bool(edit.basis) and figure_tokens.has_other_words(
            edit.text, edit.basis, generated_text(generated)
        )
    return Placed(
        key=key,
        block=_edited(key, generated, edit, figures, year),
        generated=generated,
        edit=edit,
        hidden=edit is not None and edit.hidden,
        stale=outdated,
        has_other_words=has_other_words,
        starts_page=starts,
    )


def _edited(
    key: str, generated: Block | None, edit: Edit | None, figures: Mapping[str, FigureUsed], year: int
) -> Block:
    text = edit.text if edit is not None else None
    if generated is None:
        if edit is not None and edit.added == "heading":
            return Heading(edit.level, number_heading(edit.level, 1), token_syntax.plain(text or ""), key=key)
        if edit is not None and edit.shows:
            return added_figures.block(edit.added, key, token_syntax.plain(text or ""), edit.shows, figures, year)
        return Paragraph(token_syntax.runs(text or ""), key=key)
    if text is None:
        return generated
    match generated:
        case Paragraph():
            return replace(generated, runs=token_syntax.runs(text))
        case Heading():
            return replace(generated, text=token_syntax.plain(text))
        case Chart():
            return replace(generated, title=token_syntax.plain(text))
        case Table():
            return replace(generated, caption=token_syntax.plain(text))
    return generated


def _with_hidden_sections(placed: Iterable[Placed]) -> Iterator[Placed]:
    """With a heading everything up to the next one of its level is hidden."""
    hidden_under = 0
    for item in placed:
        if item.level and item.level <= hidden_under:
            hidden_under = 0
        if item.level and item.hidden and not hidden_under:
            hidden_under = item.level
        yield replace(item, hidden=True) if hidden_under else item


def _numbered(placed: Iterable[Placed]) -> Iterator[Placed]:
    """Headings that carry a number of their level are counted anew; 附件 and the like stay as they are."""
    counts = [0] * 5
    for item in placed:
        block = item.block
        if not isinstance(block, Heading) or item.hidden or not numbering.is_counted(block):
            yield item
            continue
        yield replace(item, block=numbering.counted(block, counts))


def _with_numbers(placed: Sequence[Placed]) -> list[Placed]:
    """With the numbers that pictures and tables have in the internal edition."""
    left_out = {item.key for item in placed if item.hidden or audiences.is_of_others(item.key)}
    blocks = iter(numbered([item.block for item in placed if item.key not in left_out]))
    return [item if item.key in left_out else replace(item, block=next(blocks)) for item in placed]


@dataclass(frozen=True)
class Front:
    """What the office may write on the cover; `note` is 草稿 or the number of the edition."""

    title: str
    issuer: str
    date_text: str
    note: str = ""


def finished(generated: Document, placed: Sequence[Placed], front: Front) -> Document:
    """The document that is printed: nothing hidden, the cover as the office wrote it."""
    lines = tuple(line.strip() for line in front.title.splitlines() if line.strip())
    blocks: list[Block] = [
        Cover(lines, front.issuer, front.date_text, front.note) if isinstance(block, Cover) else block
        for block in generated.front
    ]
    for item in placed:
        if not item.hidden:
            blocks += [PageBreak(), item.block] if item.starts_page else [item.block]
    readers = (
        ReaderMark(item.key, audience, is_in)
        for item in placed
        if item.edit is not None
        for audience, is_in in sorted(item.edit.readers.items())
    )
    return replace(generated, title="".join(lines), blocks=tuple(blocks), readers=tuple(readers))


def section_end(placed: Sequence[Placed], start: int) -> int:
    """The place behind the section whose heading stands at `start`; behind the block itself when it is no heading."""
    level = placed[start].level
    if not level:
        return start + 1
    following = range(start + 1, len(placed))
    return next((place for place in following if 0 < placed[place].level <= level), len(placed))


def moved(placed: Sequence[Placed], key: str, *, up: bool) -> list[str] | None:
    """The keys with one block moved by a place among those that are seen, or a heading with its whole section past the
    one beside it; None when it stands at the edge already."""
    keys = [item.key for item in placed]
    start = keys.index(key)
    end = section_end(placed, start)
    goal = _goal(placed, start, end, up=up)
    if goal is None:
        return None
    section, rest = keys[start:end], keys[:start] + keys[end:]
    at = goal if goal < start else goal - (end - start)
    return [*rest[:at], *section, *rest[at:]]


def _goal(placed: Sequence[Placed], start: int, end: int, *, up: bool) -> int | None:
    """The place that the blocks from `start` to `end` are put before."""
    level = placed[start].level
    if level:
        if not up:
            is_sibling = end < len(placed) and placed[end].level == level
            return section_end(placed, end) if is_sibling else None
        above = (place for place in range(start - 1, -1, -1) if 0 < placed[place].level <= level)
        found = next(above, None)
        return found if found is not None and placed[found].level == level else None
    if up:
        # The first heading stays first.
        return next((place for place in range(start - 1, 0, -1) if not placed[place].hidden), None)
    below = next((place for place in range(end, len(placed)) if not placed[place].hidden), None)
    return None if below is None else below + 1
