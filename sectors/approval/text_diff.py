"""Two texts side by side: the stretches that are the same and those that only one of them has. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# Chinese is compared by characters, numbers and Latin words as a whole: 40批次 against 42批次 differs in one word.
WORD = re.compile(r"[-+]?\d+(?:\.\d+)?%?|[A-Za-z]+|\s+|.", re.DOTALL)
# To compare long texts so would take seconds.
CLAUSE = re.compile(r"[^，。；！？\n]+[，。；！？\n]*|[，。；！？\n]+")
LONG = 2000


@dataclass(frozen=True)
class Piece:
    """A stretch of text and whether only this side has it."""

    text: str
    differs: bool


Pieces = tuple[Piece, ...]


def differing(left: str, right: str) -> tuple[Pieces, Pieces]:
    """Both texts in stretches that are the same or not."""
    cut = CLAUSE if len(left) + len(right) > LONG else WORD
    words = cut.findall(left), cut.findall(right)
    sides: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, *ends in SequenceMatcher(None, *words, autojunk=False).get_opcodes():
        for side, found, (start, end) in zip(sides, words, (ends[:2], ends[2:]), strict=True):
            if end > start:
                side.append(Piece("".join(found[start:end]), tag != "equal"))
    return tuple(sides[0]), tuple(sides[1])


def merged(left: str, right: str) -> list[tuple[str, str]]:
    """Both as one text: stretches that are kept (""), taken away ("del") and put in ("ins")."""
    before, after = (list(side) for side in differing(left, right))
    found: list[tuple[str, str]] = []
    while before or after:
        if before and before[0].differs:
            found.append(("del", before.pop(0).text))
        elif after and after[0].differs:
            found.append(("ins", after.pop(0).text))
        else:
            before.pop(0)
            found.append(("", after.pop(0).text))
    return found
