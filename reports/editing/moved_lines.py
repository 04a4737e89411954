"""Which sentence of a new draft is which of the old one, where lines of a wording were put in or taken out. Pure.

A sentence is known by the line of its wording. When lines move, it is found again by what it says besides its figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import groupby

from reports.document.blocks import Block, Document, Paragraph, block_key
from reports.editing.assembly import printed_text

LINE = re.compile(r"(.+/text/)\d+")
FIGURE = re.compile(r"[-+]?\d+(?:\.\d+)?%?")


def moved_lines(old: Document, new: Document, number: int) -> dict[str, str]:
    """Keys of sentences in the old document and what they are in the new one, where that is another.

    A sentence that is gone, and whose key another one has now, gets a key of its own; `number` makes it one that
    no earlier draft has given.
    """
    after = dict(_wordings(new.body))
    found: dict[str, str] = {}
    for prefix, lines in _wordings(old.body):
        found |= _moved(lines, after.get(prefix, []), f"gone/{number}")
    return found


def renamed(document: Document, keys: dict[str, str]) -> Document:
    """The document with other keys, nothing else."""
    blocks = tuple(
        replace(block, key=keys[block_key(block)]) if isinstance(block, Paragraph) and block.key in keys else block
        for block in document.blocks
    )
    return replace(document, blocks=blocks)


_Line = tuple[str, str]  # key, what it says besides its figures


def _wordings(body: Iterable[Block]) -> Iterable[tuple[str, list[_Line]]]:
    lines = [
        (found[1], (block.key, FIGURE.sub("0", printed_text(block))))
        for block in body
        if isinstance(block, Paragraph) and (found := LINE.fullmatch(block.key))
    ]
    for prefix, members in groupby(lines, key=lambda line: line[0]):
        yield prefix, [line for _prefix, line in members]


def _moved(before: list[_Line], after: list[_Line], gone: str) -> dict[str, str]:
    texts = [text for _key, text in before], [text for _key, text in after]
    follows: dict[str, str] = {}
    for tag, i, j, k, m in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        # As many others at the same place are the same sentences in other words.
        if tag == "equal" or (tag == "replace" and j - i == m - k):
            follows |= {old: new for (old, _t), (new, _n) in zip(before[i:j], after[k:m], strict=True)}
    taken = {new for old, new in follows.items() if old != new}
    left = {key: f"{key}/{gone}" for key, _text in before if key not in follows and key in taken}
    return {old: new for old, new in follows.items() if old != new} | left
