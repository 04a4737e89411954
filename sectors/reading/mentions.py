"""Numbers in a text with the words around them: value, unit, qualifier, range. Pure.

Dates, numbers of documents, of laws and of lists are no figures, nor are limits that a standard sets.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from sectors.calculation import qualifiers
from sectors.calculation.units import Units
from sectors.reading import chinese_numbers
from sectors.reading.blocks import HEADING
from sectors.vocabulary import Qualifier

HIDDEN = "\x00"  # stands for each sign of what is no figure
_C = chinese_numbers.SIGNS
NO_FIGURES = re.compile(
    "|".join(
        (
            r"《[^《》]{0,100}》",
            r"“[^”]{0,3}(?:\d{1,2}[.·]\d{1,2}|[一二三四五六七八九十]{1,9})[^”]{0,6}”",
            r"(?<!\d)\d{4}-\d{4}(?:年度?)?|(?<!\d)\d{4}年(?:度|末|底|初)?(?:\d{1,2}(?:-\d{1,2})?月)?(?:\d{1,2}日)?",
            r"(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}",
            r"(?<!\d)\d{1,2}(?:-\d{1,2})?月(?:份|底|末|初)?(?:\d{1,2}日)?|\d{1,2}日(?![均产])",
            r"\[\d{4}\]第?\d*号?|第[0-9" + _C + r"]+[号条款项届个次期批轮章节部至]?",
            r"(?<![A-Za-z])[A-Z]{2,}(?:/[A-Z])?[ -]?\d+(?:[.-]\d+)*",
            r"(?<!\d)\d{1,8}号",
            r"(?<!\d)(?:12345|12315|12331|12365)(?!\d)",
            r"\(?[≤≥＜＞<>]=?\d+(?:\.\d+)?%?\)?",
            r"(?:国家标准|国标|限值|目标值?)(?:要求)?(?:[是为]|不超过|不低于|不高于|以上)?\d+(?:\.\d+)?%?",
            r"(?<![\d.])\d{1,12}(?:\.\d{1,6})?%?(?:以上)?(?=的(?:年度)?(?:目标|标准|要求|限值))",
            r"(?<!\d)\d{1,2}%置信区间\d{1,3}(?:\.\d{1,6})?%?-\d{1,3}(?:\.\d{1,6})?%?",
            r"\[缺[^\[\]]{0,100}\]",
            r"[一二三四五六七八九十]是(?!否)",
            r"(?<![一二三四五六七八九十])[一二三四五六七八九十]{1,3}[、.](?=[^\d])",
        )
    )
)
_BEFORE: Mapping[str, str] = {
    **qualifiers.BEFORE,
    "超": Qualifier.AT_LEAST,
    "逾": Qualifier.OVER,
    "达": Qualifier.EXACT,
}
_AFTER: Mapping[str, str] = {**qualifiers.AFTER, "于": Qualifier.OVER}  # 于 is often typed for 余
LONGEST_CLASSIFIER = 2
NEAR = 20  # signs before a number that may say that it is one
FIRST_YEAR, LAST_YEAR = 1900, 2100
_SCALES = {"千": 1000, "万": 10_000, "亿": 100_000_000}
# What people write for a unit that the catalogue does not list: by what is written.
SPELLINGS = {
    "方/亩": "立方米/亩",
    "方": "立方米",
    "头/匹": "头匹",
    "头/只": "头只",
    "m2": "平方米",
    "公斤": "公斤",
    "平方": "平方米",
}


def _one_of(words: Collection[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_FALLS = re.compile(r"(?:下降|减少|降低|回落|下滑|负增长)(?:了|至)?(?:约|近)?$")
_STANDS = re.compile(r"(?:[数值为达到在至是共计量率比约:(]|分别|其中|合格|不合格)$")
_NONE = re.compile(
    r"(?:均|暂|尚)?(?:未(?:发生|出现|发现|现|检出|接到|收到)|没有(?:发生|出现|发现|检出|收到)?"
    r"|(?<![有毒老])无(?![害法能烟论需障人线公]|指导)|零(?=[\u4e00-\u9fff]{2}))"
    r"(?:过|了)?(?:一[起例件次个宗]|1[起例件次个宗])?(?:任何)?(?P<what>[^，。；;、,:和\d()]{2,20})(?:和(?P<and>[^，。；;、,:和\d()]{4,20}))?"
)
_ODD_UNIT = re.compile(r"([\u4e00-\u9fff])(?=[，。；;、,)])")
_DIGITS_BEFORE, _DIGITS_BEHIND = re.compile(r"\d[ ，,/~至到或-]$"), re.compile(r"[/~至到或-]\d")
_DAY = re.compile(r"截[至止]到?((?:\d{4}年)?\d{1,2}月\d{1,2}日)")
_ALL = re.compile(r"均(?:能|已|为|符合|通过|属|达|进行|得到|获)[^，。；;\d]{2,16}")


class Kind(Enum):
    NUMBER = "number"
    NONE = "none"  # in words: 未发生
    ALL = "all"  # in words: 均能提供


@dataclass(frozen=True)
class Written:
    """The unit of a number: its name in the catalogue and its base unit, empty where none is written; `scale` says
    how many base units one of the number is, with the 万 or 亿 before it."""

    name: str = ""
    base: str = ""
    scale: Decimal = Decimal(1)
    counts: bool = False

    @property
    def is_percent(self) -> bool:
        return self.base == "1" and self.scale != 1


PERCENT = Written("%", "1", Decimal("0.01"))


@dataclass(frozen=True)
class Mention:
    """A number of a block from `start` to `end`. `value` is in the written unit times its scale."""

    block: int
    start: int
    end: int
    text: str  # as it stands in the report
    value: Decimal
    places: int
    unit: Written = field(default_factory=Written)
    qualifier: str = Qualifier.EXACT
    kind: Kind = Kind.NUMBER
    end_of_range: str = ""  # low, high
    falls: bool = False
    is_part: bool = False  # digits beside it may belong to it: 1 200, 1，200, 100-200
    in_words: bool = False  # 三个
    as_of: str = ""  # the day that the sentence names: 10月19日
    odd_unit: str = ""  # what stands where a unit would, and is none

    @property
    def typed(self) -> str:
        """Number and qualifier as a person would type them into a cell."""
        number = qualifiers.written(f"{self.value:.{self.places}f}", self.qualifier)
        return f"{number}（截至{self.as_of}）" if self.as_of else number


class Reader:
    """Finds numbers; `spellings` gives the unit of the catalogue for what is written."""

    def __init__(self, spellings: Mapping[str, str], units: Units) -> None:
        self._known = units
        self._units = {written.replace(" ", ""): name for written, name in {**SPELLINGS, **spellings}.items()}
        # The longest first, with the scale before it: 万人次 is no 万人.
        written = _one_of([*self._units, *(scale + name for scale in _SCALES for name in self._units)])
        before, after = _one_of(_BEFORE), _one_of(_AFTER)
        self._number = re.compile(
            rf"(?P<before>{before})?(?P<sign>(?<=[为长降率: (])-)?"
            r"(?P<number>(?<![\d.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
            rf"(?P<after>余|多|来)?(?:(?P<unit>{written})|(?P<scale>[千万亿])(?P<more>余|多)?(?P<scaled>{written})?"
            rf"|(?P<inner>{after})(?P<late>{written}))?(?P<last>{_one_of(qualifiers.AFTER)})?"
        )
        counted = [name for name, unit in units.items() if unit.counts and len(name) <= LONGEST_CLASSIFIER]
        classifiers = _one_of(counted)
        self._words = re.compile(rf"(?P<number>(?<![第{_C}星])[{_C}]{{1,6}})(?P<great>大)?(?P<unit>{classifiers})")

    def mentions(self, block: int, text: str) -> list[Mention]:
        """All of a block, in their order."""
        masked = _masked(text)
        found = list(_without_number(block, text, masked))
        for mention in found:
            masked = masked[: mention.start] + HIDDEN * (mention.end - mention.start) + masked[mention.end :]
        found += [*self._numbers(block, text, masked), *self._in_words(block, text, masked)]
        return [replace(row, as_of=_day_of(text, row.start)) for row in sorted(found, key=lambda row: row.start)]

    def _numbers(self, block: int, text: str, masked: str) -> Iterator[Mention]:
        found = [match for match in self._number.finditer(masked) if not _is_name(match, masked)]
        read = [_with_odd_unit(self._mention(block, text, masked, match), masked) for match in found]
        yield from _ranged(masked, [mention for mention in read if _is_figure(mention, masked)])

    def _mention(self, block: int, text: str, masked: str, match: re.Match[str]) -> Mention:
        start = match.start("sign" if match["sign"] else "number")
        digits = (match["sign"] or "") + match["number"].replace(",", "")
        unit = self._unit(match["unit"] or match["scaled"] or match["late"] or "", match["scale"] or "")
        after = match["after"] or match["more"] or match["inner"] or match["last"] or ""
        after = "余" if after in {"来", "于"} else after
        before = match["before"] or ""
        qualifier = _AFTER.get(after, "") or _BEFORE.get(before, "")
        begin = match.start() if _BEFORE.get(before) else start
        return Mention(
            block,
            begin,
            match.end(),
            text[begin : match.end()],
            Decimal(digits),
            len(digits.partition(".")[2]),
            unit,
            qualifier,
            falls=bool(_FALLS.search(masked[max(0, begin - 8) : begin])),
            is_part=bool(
                _DIGITS_BEFORE.search(masked[max(0, begin - 2) : begin]) or _DIGITS_BEHIND.match(masked, match.end())
            ),
        )

    def _unit(self, written: str, scale: str = "") -> Written:
        if written and written not in self._units:
            scale, written = written[0], written[1:]
        times = _SCALES.get(scale, 1)
        name = self._units.get(written, "")
        known = self._known.get(name)
        if known is None:
            return Written(name, name, Decimal(times))
        counts = known.counts or (known.base in self._known and self._known[known.base].counts)
        return Written(name, known.base, known.scale * times, counts)

    def _in_words(self, block: int, text: str, masked: str) -> Iterator[Mention]:
        for match in self._words.finditer(masked):
            value = chinese_numbers.whole(match["number"])
            before = masked[max(0, match.start() - 4) : match.start()]
            if value is None or (value == 1 and not re.search(r"有|共|计|为|至少|设", before)):
                continue
            if value == 0 or masked[match.end() :].startswith(("层次", "方面", "环节")):
                continue
            unit = self._unit(match["unit"])
            start, end = match.span()
            yield Mention(block, start, end, text[start:end], Decimal(value), 0, unit, in_words=True)


def _day_of(text: str, start: int) -> str:
    """The day that the sentence before the number says its figures are as of: 截至2022年10月19日，……"""
    found = [*_DAY.finditer(text, text.rfind("。", 0, start) + 1, start)]
    return found[-1][1] if found else ""


def _masked(text: str) -> str:
    masked = NO_FIGURES.sub(lambda match: HIDDEN * len(match.group()), text)
    head = HEADING.match(text)
    return HIDDEN * head.end() + masked[head.end() :] if head else masked


def _is_name(match: re.Match[str], masked: str) -> bool:
    """Digits in a word of letters, like H2O or A4."""
    start, end = match.start("number"), match.end("number")
    return bool(re.match(r"[A-Za-z]", masked[start - 1 : start])) or bool(
        not match["unit"] and re.match(r"[A-Za-z·]", masked[end : end + 1])
    )


def _is_figure(mention: Mention, masked: str) -> bool:
    """A number without a unit is one where its words say so, and years have none."""
    if mention.unit.name or mention.unit.scale != 1:
        return True
    if not mention.places and FIRST_YEAR <= mention.value <= LAST_YEAR:
        return False
    before = masked[max(0, mention.start - NEAR) : mention.start]
    return (
        bool(mention.odd_unit)
        or bool(_STANDS.search(before))
        or bool(re.search(r"\d[^\u4e00-\u9fff]{0,6}[-~至]$", before))
    )


def _with_odd_unit(mention: Mention, masked: str) -> Mention:
    """159分，: a sign between a number and the end of its clause stands for a unit."""
    found = _ODD_UNIT.match(masked, mention.end)
    if mention.unit.base or not found:
        return mention
    return replace(mention, odd_unit=found[1], end=found.end(1), text=mention.text + found[1])


def _ranged(masked: str, found: list[Mention]) -> Iterator[Mention]:
    """Two numbers with a dash between them are the ends of a range."""
    ends: dict[int, str] = {}
    for place, (one, other) in enumerate(pairwise(found)):
        if masked[one.end : other.start] in {"-", "~", "至", "到", ""} and one.end <= other.start:
            joined = masked[one.end : other.start] or (masked[other.start] == "-" and "-")
            if joined:
                ends[place], ends[place + 1] = ("low", "high") if one.value <= other.value else ("high", "low")
    for place, mention in enumerate(found):
        end = ends.get(place, "")
        yield replace(mention, end_of_range=end, is_part=mention.is_part or bool(end))


def _without_number(block: int, text: str, masked: str) -> Iterator[Mention]:
    """What is told without a number: that something did not happen (0), or is so of all (100%)."""
    for pattern, kind, value, unit in (
        (_NONE, Kind.NONE, Decimal(0), Written()),
        (_ALL, Kind.ALL, Decimal(100), PERCENT),
    ):
        for match in pattern.finditer(masked):
            if HIDDEN in match.group():
                continue
            spans = [match.span("and")] if "and" in match.groupdict() and match["and"] else []
            spans.insert(0, (match.start(), match.end("what") if "what" in match.groupdict() else match.end()))
            for start, end in spans:
                yield Mention(block, start, end, text[start:end], value, 0, unit, kind=kind, in_words=True)
