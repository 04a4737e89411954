"""Reports of tests, with the code of its indicator behind each figure: 检测样品150批次{agri.risk.samples}."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sectors.reading.blocks import Block, is_heading_text, of_text
from sectors.reading.reports import Proposal

_MARK = re.compile(r"\{([a-z_.]+)\}")


@dataclass(frozen=True)
class Marked:
    """The blocks of a report without marks, and by block where figures end and of what they are."""

    blocks: Sequence[Block]
    figures: Mapping[int, Sequence[tuple[int, str]]]

    def code_of(self, proposal: Proposal) -> str:
        """Empty for a number that is no figure."""
        mention = proposal.mention
        ends = self.figures[mention.block]
        return next((code for end, code in ends if mention.start < end <= mention.end), "")

    @property
    def count(self) -> int:
        return sum(map(len, self.figures.values()))


def marked(text: str) -> Marked:
    blocks, figures = [], {}
    for block in of_text(text):
        plain, ends, at = "", [], 0
        for mark in _MARK.finditer(block.text):
            plain += block.text[at : mark.start()]
            ends.append((len(plain), mark[1]))
            at = mark.end()
        plain += block.text[at:]
        blocks.append(Block(block.number, plain, is_heading_text(plain)))
        figures[block.number] = ends
    return Marked(blocks, figures)
