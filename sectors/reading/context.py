"""The words around a number, the nearer the heavier. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sectors.reading.likeness import grams
from sectors.reading.mentions import Kind, Mention

_CLAUSE = re.compile(r"[，。；;：:、,()]")
_BRACKETS = re.compile(r"\([^()]{0,12}\)(?=[为达到是]{0,2}$)")  # 办结率(1-6月)为
ENDS = "。！？"
_HARD = re.compile(f"[{ENDS}]")
FAR = 600  # signs of a sentence on either side of a number, and of a paragraph that its topic is looked for in
_TOPIC = re.compile(
    r"(?:^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、]|\(\d{1,2}\))?|[。；;])"
    r"(?:[一二三四五六七八九十]是)?([^，。；;:：\d]{3,24})(?:[:：]|情况[:：]|方面[,，]|。)"
)
OWN = 40
RIGHT, LAST_CLAUSE, FADING, TOPIC = 0.9, 0.65, 0.85, 0.5


@dataclass(frozen=True)
class Context:
    """`near` and `behind`: the words of its own clause before it and behind it; `own`: all since the number before it;
    `grams`: of all words, with their weights."""

    near: str
    behind: str
    own: str
    sentence: str
    begin: int  # where the sentence begins in its block
    grams: Mapping[str, float]


def contexts_of(text: str, mentions: Sequence[Mention]) -> list[Context]:
    """Of all numbers of a block."""
    return [_context(text, place, mentions) for place in range(len(mentions))]


def _context(text: str, place: int, mentions: Sequence[Mention]) -> Context:
    mention = mentions[place]
    start = mention.start
    begin = max(0, start - FAR, *(text.rfind(sign, 0, start) + 1 for sign in ENDS))
    ends = _HARD.search(text, mention.end, mention.end + FAR)
    sentence = text[begin : ends.end() if ends else mention.end + FAR]
    before = mentions[place - 1].end if place else 0
    left = _CLAUSE.split(_BRACKETS.sub("", text[max(before, begin) : start]))
    near = left[-1] or (left[-2] if len(left) > 1 else "")
    behind = _behind(text, mention, mentions[place + 1].start if place + 1 < len(mentions) else len(text))
    if mention.kind != Kind.NUMBER:
        near, behind = near + mention.text, ""
    weights: dict[str, float] = {}
    _weigh(weights, near, 1.0)
    _weigh(weights, behind, RIGHT)
    for distance, clause in enumerate(reversed(_clauses(text, begin, start))):
        _weigh(weights, clause, LAST_CLAUSE * FADING**distance)
    _weigh(weights, _topic(text, start), TOPIC)
    own = text[max(before, begin, start - OWN) : start]
    return Context(near, behind, own, sentence, begin, weights)


def _behind(text: str, mention: Mention, following: int) -> str:
    """What is counted stands behind its unit in many sentences: 8个乡镇农产品质量安全监管站."""
    return _CLAUSE.split(text[mention.end : following], maxsplit=1)[0]


def _clauses(text: str, begin: int, start: int) -> list[str]:
    return [clause for clause in _CLAUSE.split(text[begin:start]) if clause]


def _topic(text: str, start: int) -> str:
    """What the paragraph, or the point of it, says that it is about."""
    found = [match[1] for match in _TOPIC.finditer(text, max(0, start - 3 * FAR), start)]
    return found[-1] if found else ""


def _weigh(weights: dict[str, float], words: str, weight: float) -> None:
    for gram in grams(words):
        if weights.get(gram, 0) < weight:
            weights[gram] = weight
