"""图1 and 表1: the numbers of pictures and tables in the order of a report, and where its text refers to them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reports.document.blocks import Block, Chart, Heading, Paragraph, Table, runs_text

# In the keys of paragraphs that a department wrote.
WORDS = ("/words/", "/cause/", "/measure/")
_KINDS: dict[type[Block], str] = {Chart: "图", Table: "表"}

_DIGITS = "零一二三四五六七八九"


def chinese_number(n: int) -> str:
    """1 to 99 in Chinese: 一, 十, 二十一. Raises ValueError outside of that."""
    if not 1 <= n <= 99:
        raise ValueError(f"Only 1 to 99 are written in Chinese here, not {n}.")
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def number_heading(level: int, n: int) -> str:
    """The number before the n-th heading of a level: 一、 （一） 1. （1）. ValueError for another level."""
    match level:
        case 1:
            return f"{chinese_number(n)}、"
        case 2:
            return f"（{chinese_number(n)}）"
        case 3:
            return f"{n}."
        case 4:
            return f"（{n}）"
    raise ValueError(f"A heading has level 1 to 4, not {level}.")


def numbered(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that are printed, with their numbers; those in annexes are counted by themselves, 附表1. Each sentence
    that says what a picture shows refers to it, and the last sentence before tables to these; numbers and references
    that were there are made anew."""
    counted = list(_counted(blocks))
    references: dict[int, list[str]] = {}
    for place, block in enumerate(counted):
        if isinstance(block, Chart | Table):
            sentence = _sentence(counted, place)
            if sentence is not None and not _names(counted[sentence], block.number):
                references.setdefault(sentence, []).append(block.number)
    return [
        replace(block, refers=tuple(references.get(place, ()))) if isinstance(block, Paragraph) else block
        for place, block in enumerate(counted)
    ]


def _counted(blocks: Sequence[Block]) -> Iterator[Block]:
    counts: Counter[str] = Counter()
    is_annex = False
    for block in blocks:
        is_annex = is_annex or (isinstance(block, Heading) and bool(block.annex_number))
        if isinstance(block, Chart | Table):
            kind = ("附" if is_annex else "") + _KINDS[type(block)]
            counts[kind] += 1
            yield replace(block, number=f"{kind}{counts[kind]}")
        else:
            yield block


def _sentence(blocks: Sequence[Block], place: int) -> int | None:
    """Where the text refers to a picture or table; None where its section has no text of ours."""
    if isinstance(blocks[place], Chart) and place + 1 < len(blocks) and _is_text(blocks[place + 1]):
        return place + 1
    for before in range(place - 1, -1, -1):
        if isinstance(blocks[before], Heading):
            return None
        if _is_text(blocks[before]):
            return before
    return None


def _names(block: Block, number: str) -> bool:
    """Whether the office's words refer to it already."""
    return isinstance(block, Paragraph) and re.search(rf"{number}(?!\d)", runs_text(block.runs)) is not None


def _is_text(block: Block) -> bool:
    """Whether it is a sentence of the report itself, not of a department."""
    if not isinstance(block, Paragraph) or block.style != "body" or not block.runs:
        return False
    return not any(words in block.key for words in WORDS)


def with_subject(block: Block, subject: str) -> Block:
    """A picture or table with its subject before its caption, which thereby says what it shows when it stands alone;
    not where it begins with the same word already."""
    match block:
        case Table() if subject[:2] not in block.caption:
            return replace(block, caption=subject + block.caption)
        case Chart() if subject[:2] not in block.title:
            return replace(block, title=subject + block.title)
    return block
