"""A written report as blocks of text, whatever file it came in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sectors.texts import readable

# Signs of Chinese and European keyboards that say the same of a number.
PLAIN = str.maketrans("０１２３４５６７８９．％（）［］〔〕－—–−～〜﹪\u3000\xa0\t", "0123456789.%()[][]----~~%   ")
_GAPS = re.compile(r"(?<=[^\x00-\x7f,.;:]) +| +(?=[^\x00-\x7f])|(?<=\d) +(?=[%)])|(?<=[,.;:()]) +(?=\d)| +$|^ +")
HEADING = re.compile(
    r"^(?:第[一二三四五六七八九十百]+[章节部分]+|[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十]+\)|\d{1,2}[.、](?!\d)|\(\d{1,2}\))"
)
_SENTENCE_ENDS = "。！？!?；;：:"
LEADER = re.compile(r"\.{4,}|…{2,}|-{6,}")  # of a table of contents, or a line drawn with signs
_LONGEST_HEADING = 40
_SHORT_LINE = 25  # a line this short was not broken off because it was full


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading, or a sentence made of a cell of a table and its heads. `number` counts paragraphs
    from 1, as they follow one another in the file; rows of a table count too."""

    number: int
    text: str
    is_heading: bool = False

    @property
    def level(self) -> int:
        """How deep a heading stands: 0 for 第一部分, 1 for 一、, 2 for (一), 3 for 1., 4 for (1)."""
        patterns = (r"第", r"[一二三四五六七八九十]+[、.]", r"\([一二三四五六七八九十]", r"\d", r"\(\d")
        return next((level for level, start in enumerate(patterns) if re.match(start, self.text)), 2)


def plain(text: str) -> str:
    """Text as it is compared: narrow digits and brackets, no gaps between characters and numbers."""
    return _GAPS.sub("", readable(text).translate(PLAIN)).strip()


def of_text(text: str) -> list[Block]:
    """Paragraphs of a plain text; lines that only a full page or line broke off are joined again."""
    return list(_numbered(_joined(text.split("\n"))))


def _joined(lines: Iterable[str]) -> Iterator[str]:
    waiting = ""
    for line in map(plain, lines):
        if not line or LEADER.search(line):
            continue
        if waiting and not _goes_on(waiting, line):
            yield waiting
            waiting = ""
        waiting += line
    if waiting:
        yield waiting


def _goes_on(before: str, line: str) -> bool:
    is_broken = len(before) > _SHORT_LINE and before[-1] not in _SENTENCE_ENDS
    return is_broken and not HEADING.match(line)


def _numbered(paragraphs: Iterable[str]) -> Iterator[Block]:
    for number, text in enumerate(paragraphs, start=1):
        yield Block(number, text, is_heading_text(text))


def is_heading_text(text: str) -> bool:
    """Whether a paragraph is a heading by what stands in it."""
    return len(text) <= _LONGEST_HEADING and bool(HEADING.match(text)) and text[-1] not in "。；，"


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Where each sentence begins, and the sentence."""
    for found in re.finditer(r"[^。！？!?]+[。！？!?]?”?", text):
        yield found.start(), found.group()
