"""Periods as people name them when they look for something: 2022, 2023Q1, 2023年一季度, 上半年, 3月. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sectors.texts import folded
from sectors.vocabulary import Frequency

DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4}
NAMED = re.compile(
    r"(?P<year>(?:19|20)[0-9]{2})?(?:年|-(?=[01]))?(?:"
    r"(?:第?(?P<quarter>[1-4一二三四])季度?|q(?P<q>[1-4]))|(?P<half>[上下])半年|h(?P<h>[12])"
    r"|(?P<month>0?[1-9]|1[0-2])月|(?<=-)(?P<number>0[1-9]|1[0-2])|(?P<whole>全年|年度|年报))?"
)


@dataclass(frozen=True)
class NamedPeriod:
    """What of a period was named: a `year` (0 for none), a `kind` (empty for none) and its number in the year."""

    year: int = 0
    kind: str = ""
    number: int = 1


def named_period(words: Sequence[str]) -> tuple[NamedPeriod | None, list[str]]:
    """The period that the words name, the year and its part in one word or in two, and the words left. Words that
    name two different periods name none."""
    found, left = NamedPeriod(), []
    for word in words:
        read = _read(word)
        if read is None:
            left.append(word)
        elif (found.year and read.year) or (found.kind and read.kind):
            return None, list(words)
        else:
            kind, number = (read.kind, read.number) if read.kind else (found.kind, found.number)
            found = NamedPeriod(found.year or read.year, kind, number)
    return (found if found.year or found.kind else None), left


def _read(word: str) -> NamedPeriod | None:
    match = NAMED.fullmatch(folded(word))
    if match is None:
        return None
    year = int(match["year"] or 0)
    if quarter := match["quarter"] or match["q"]:
        return NamedPeriod(year, Frequency.QUARTER, DIGITS.get(quarter) or int(quarter))
    if half := match["half"] or match["h"]:
        return NamedPeriod(year, Frequency.HALF, {"上": 1, "下": 2}.get(half) or int(half))
    if month := match["month"] or match["number"]:
        return NamedPeriod(year, Frequency.MONTH, int(month))
    if match["whole"]:
        return NamedPeriod(year, Frequency.YEAR)
    return NamedPeriod(year) if year else None
