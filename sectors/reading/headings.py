"""Which sector each block of a report is about, by its headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sectors.reading.blocks import HEADING, Block
from sectors.reading.likeness import grams

_LEAD = re.compile(r"[。:：，；;]")
CAPTION = re.compile(r"附?表\d+")
_USUAL = re.compile(r"\d{4}年|主要|数据|质量|情况|状况|基本|方面|工作|分析|安全|服务质量|产品质量")
DEEPEST = 9
_ENOUGH = 0.6  # of the shorter name's signs
_LONGEST_LEAD = 24
_BARE = re.compile(r"[^。，；：:、,;.\d]{3,20}")  # a line of its own that could be a heading without number or style


def sectors_of(
    blocks: Iterable[Block], names: Mapping[str, str], chapters: Mapping[str, str] | None = None
) -> dict[int, str]:
    """By number of a block the code of its sector; empty where no heading says it. `names` by code; `chapters`: the
    names of chapters that have one sector only, by its code."""
    found: dict[int, str] = {}
    current, level = "", 0
    for block in blocks:
        lead = lead_of(block)
        if lead:
            named = sector_named(lead, names) or sector_named(lead, chapters or {})
            own = DEEPEST if CAPTION.match(block.text) else block.level
            if named or own <= level:
                current, level = named, own if named else 0
        elif _BARE.fullmatch(block.text) and (named := sector_named(block.text, names)):
            current, level = named, 1
        found[block.number] = current
    return found


def lead_of(block: Block) -> str:
    """The words of a heading, also of one that its paragraph goes on from: 1.农产品。2022年……"""
    start = HEADING.match(block.text) or CAPTION.match(block.text)
    if not start and not block.is_heading:
        return ""
    rest = block.text[start.end() if start else 0 :]
    lead = _LEAD.split(rest, maxsplit=1)[0]
    return lead if len(lead) <= _LONGEST_LEAD else ""


def sector_named(lead: str, names: Mapping[str, str]) -> str:
    """The sector whose name is most like the words; empty for none."""
    likeness = {code: _likeness(lead, name) for code, name in names.items()}
    best = max(likeness, key=lambda code: likeness[code], default="")
    return best if best and likeness[best] >= _ENOUGH else ""


def _likeness(lead: str, name: str) -> float:
    one, other = (grams(_USUAL.sub("", text) or text) for text in (lead, name))
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / min(len(one), len(other)) * (0.75 + 0.25 * shared / max(len(one), len(other)))
