"""Numbers of headings and annexes, counted anew where something was left out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reports.document.blocks import Block, Heading, Paragraph, Run, Text, block_key
from reports.document.numbering import number_heading
from reports.document.phrases import BY_REMARKS, SEE_REMARKS

_LEAD = re.compile("(附件：|　　　)?([0-9]+[.．])?")
_REMARKS = "remarks"


def is_counted(heading: Heading) -> bool:
    """Whether it carries a number of its level; 附件 and the like stay as they are."""
    return any(heading.number == number_heading(heading.level, n) for n in range(1, 100))


def numbered_headings(body: Iterable[Block]) -> list[Block]:
    counts = [0] * 5
    found: list[Block] = []
    for block in body:
        if isinstance(block, Heading) and is_counted(block):
            found.append(counted(block, counts))
        else:
            found.append(block)
    return found


def counted(heading: Heading, counts: list[int]) -> Heading:
    """With the next number of its level; `counts` are those of the levels so far, from level 1 at place 1."""
    counts[heading.level] += 1
    counts[heading.level + 1 :] = [0] * (4 - heading.level)
    return replace(heading, number=number_heading(heading.level, counts[heading.level]))


def numbered_annexes(body: Sequence[Block], lines: Mapping[str, str]) -> list[Block]:
    """Headings of annexes, the list of them (`lines` are the annexes by the keys of its lines) and what refers to the
    annex of findings; one alone has no number."""
    keys = [block.key for block in body if isinstance(block, Heading) and block.annex_number]
    numbers = {key: str(place) if len(keys) > 1 else "" for place, key in enumerate(keys, start=1)}
    return list(_numbered(body, lines, numbers))


def _numbered(body: Iterable[Block], lines: Mapping[str, str], numbers: Mapping[str, str]) -> Iterator[Block]:
    is_first = True
    for block in body:
        key = block_key(block)
        if isinstance(block, Heading) and block.annex_number:
            yield replace(block, number=f"附件{numbers[key]}　")
        elif isinstance(block, Paragraph) and key in lines:
            yield replace(block, runs=_line(block.runs, numbers.get(lines[key], ""), is_first=is_first))
            is_first = False
        elif isinstance(block, Paragraph):
            yield replace(block, runs=tuple(_referring(run, numbers.get(_REMARKS)) for run in block.runs))
        else:
            yield block


def _line(runs: tuple[Run, ...], number: str, *, is_first: bool) -> tuple[Run, ...]:
    first, *rest = runs
    lead = ("附件：" if is_first else "　　　") + (f"{number}." if number else "")
    return (Text(_LEAD.sub(lead, first.text, count=1)), *rest) if isinstance(first, Text) else runs


def _referring(run: Run, number: str | None) -> Run:
    """Without an annex of findings nothing refers to it."""
    if not isinstance(run, Text) or not any(words in run.text for words in (SEE_REMARKS, BY_REMARKS)):
        return run
    see, by = ("", "") if number is None else (words.replace("2", number) for words in (SEE_REMARKS, BY_REMARKS))
    return Text(run.text.replace(SEE_REMARKS, see).replace(BY_REMARKS, by))
