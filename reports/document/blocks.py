"""The blocks of the annual report: plain immutable data, without a database and without a file format.

`analysis` builds a `Document`; `docx`, `pdf` and `html` write it. The wording engine passes figures through its
strings as marks (see `mark_number`), which `parse_marked` turns back into runs.

A generated block has a `key` by which it is known again when the report is built anew from other figures:
`agri/text/2` is the paragraph of the second line of a sector's wording. Keys are unique in a document.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from reports.vocabulary import NOT_APPLICABLE

DEMO_WORD = "演示数据"

_DIGITS = "零一二三四五六七八九"
_NUMBER_START, _GAP_START, _MARK_MIDDLE, _MARK_END = "\ue000", "\ue001", "\ue002", "\ue003"
_NOT_APPLICABLE_START = "\ue007"
_STARTS = _NUMBER_START + _GAP_START + _NOT_APPLICABLE_START
_MARK_CHARACTERS = _STARTS + _MARK_MIDDLE + _MARK_END
_ANY_MARK = re.compile(f"[{_MARK_CHARACTERS}]")
_MARK = re.compile(f"([{_STARTS}])([^{_MARK_CHARACTERS}]*){_MARK_MIDDLE}([^{_MARK_CHARACTERS}]*){_MARK_END}")
# What XML 1.0 cannot hold (a pasted vertical tab, say, would stop the Word writer), other control characters, what is
# no character at all, and what nobody sees: marks of direction and of byte order, blanks without width. Joiners stay,
# since some scripts need them.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
# Characters that only one computer's fonts know, mostly rare ones of old input methods: whoever reads sees that one is
# missing.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
MISSING_CHARACTER = "□"
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Text:
    """Words without a figure."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A printed figure: the indicator's code and the text as printed, with or without its unit."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteMark:
    """What stands behind a figure and leads to a note: `[3]` of footnote `number`, whose `note` is told with the first
    of its marks, or the letter of a note under a table, without a number."""

    text: str
    number: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotedNumber(Number):
    """A printed figure with the marks of its notes; only `reports.document.footnotes` makes one."""

    marks: tuple[NoteMark, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A missing figure. It prints as a visible gap, never as 0."""

    code: str
    label: str

    @property
    def text(self) -> str:
        """The gap as printed: 〔缺：label〕, or 〔缺〕 where the place says what is missing."""
        return f"〔缺：{self.label}〕" if self.label else "〔缺〕"


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A figure that does not apply, on its way through a template; a document has its words only."""

    code: str
    label: str
    text: str = NOT_APPLICABLE


Run = Text | Number | Gap
MarkedRun = Run | NotApplicable


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: title lines, who issues the report and when, and a note such as 草稿 (may be empty).

    An issued one has its number (发文字号) and the code by which its files are verified, at an `address` if one is set.
    """

    title_lines: tuple[str, ...]
    issuer: str
    date_text: str
    edition_note: str = ""
    number: str = ""
    code: str = ""
    address: str = ""

    @property
    def verification(self) -> str:
        """The line that tells how to verify a file; empty for what is not issued."""
        if not self.code:
            return ""
        way = "扫码或" if self.address else ""
        return f"核验码：{self.code}（{way}在质报“核验文件真伪”页输入，可核对文件真伪）"


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents; its entries are the document's headings."""

    title: str = "目录"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4; `number` is as printed (see `number_heading`) and may be empty."""

    level: int
    number: str
    text: str
    key: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 4:
            raise ValueError(f"A heading has level 1 to 4, not {self.level}.")

    @property
    def printed(self) -> str:
        """Number and text in one line."""
        return self.number + self.text

    @property
    def annex_number(self) -> str:
        """附件1 of an annex, which stands in a line above its title; empty for any other heading."""
        return self.number.strip() if self.number.startswith("附件") else ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: body text, a note under a table, a line at the right such as the issuing body, or one of the list of
    annexes behind the text; of a document without a cover its title and the line under it. `refers` are the numbers of
    tables and pictures that it refers to (`numbering`)."""

    runs: tuple[Run, ...]
    style: Literal["body", "note", "right", "annex", "title", "byline"] = "body"
    key: str = ""
    refers: tuple[str, ...] = ()

    @property
    def printed_runs(self) -> tuple[Run, ...]:
        """With what it refers to, before the full stop."""
        if not self.refers:
            return self.runs
        reference, last = f"（见{'、'.join(self.refers)}）", self.runs[-1]
        if isinstance(last, Text) and last.text.endswith("。"):
            return (*self.runs[:-1], Text(f"{last.text[:-1]}{reference}。"))
        return (*self.runs, Text(reference))


@dataclass(frozen=True, slots=True)
class Column:
    """A table column. Figures (right) and short words (centre) get the width that they need; the columns at the
    left divide what is left of the line by their `width_share`."""

    title: str
    align: Literal["left", "center", "right"] = "left"
    width_share: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A table row. A `figure` row has a cell for each column; a `group` row may have one, which spans."""

    cells: tuple[tuple[Run, ...], ...]
    indent: int = 0
    kind: Literal["figure", "group"] = "figure"

    def spans(self, columns: int) -> bool:
        """Whether the row's only cell goes over all the columns."""
        return self.kind == "group" and len(self.cells) == 1 and columns > 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption above it, and a `number` before that, once it has one (`numbering`). Raises ValueError for
    a row that does not fit the columns."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    key: str = ""
    number: str = ""

    def __post_init__(self) -> None:
        if not self.caption or not self.columns:
            raise ValueError("A table needs a caption and at least one column.")
        for number, row in enumerate(self.rows, start=1):
            if len(row.cells) != len(self.columns) and not row.spans(len(self.columns)):
                cells, columns = len(row.cells), len(self.columns)
                raise ValueError(f"Table {self.caption}: row {number}: {cells} cells for {columns} columns.")

    @property
    def numbered_caption(self) -> str:
        return _with_number(self.number, self.caption)


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of a chart: its indicator's code, the number as printed and as drawn. Without a number it is a gap, or
    prints the text that stands for one."""

    code: str
    text: str
    value: Decimal | None

    @property
    def run(self) -> Run:
        """The point as it stands in a table."""
        if self.value is not None:
            return Number(self.code, self.text)
        return Text(self.text) if self.text else Gap(self.code, "")


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one name (a year, mostly): one for each category of the chart."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of figures in one `unit`; a paragraph behind it says in words what it shows.

    A `bar` lies, for many categories or long names; a `column` stands. The axis begins at `start`, which is not 0
    only where the title says so. Raises ValueError for series that do not fit the categories, or without two figures.
    """

    kind: Literal["bar", "column"]
    title: str
    unit: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    start: Decimal = Decimal(0)
    key: str = ""
    number: str = ""

    def __post_init__(self) -> None:
        if any(len(series.points) != len(self.categories) for series in self.series):
            raise ValueError(f"Chart {self.title}: every series needs {len(self.categories)} points.")
        if len(self.values) < 2:
            raise ValueError(f"Chart {self.title}: fewer than two figures are no picture.")

    @property
    def values(self) -> tuple[Decimal, ...]:
        """What is drawn, gaps left out."""
        return tuple(point.value for series in self.series for point in series.points if point.value is not None)

    @property
    def caption(self) -> str:
        """What stands under the picture: its title with the unit."""
        head, bracket, tail = self.title.partition("（")
        return f"{head}（单位：{self.unit}" + (f"，{tail}" if bracket else "）")

    @property
    def numbered_caption(self) -> str:
        return _with_number(self.number, self.caption)

    @property
    def alt_text(self) -> str:
        """The picture for those who do not see it: every category with its figures."""
        parts = []
        for place, category in enumerate(self.categories):
            texts = [series.name + series.points[place].run.text for series in self.series]
            parts.append(f"{category}{'，'.join(texts)}")
        return f"{self.caption}：{'；'.join(parts)}。"

    @property
    def table(self) -> Table:
        """The same figures as a table, to stand beside the picture."""
        heads = tuple(Column(series.name, "right") for series in self.series)
        rows = tuple(
            Row(((Text(category),), *((series.points[place].run,) for series in self.series)))
            for place, category in enumerate(self.categories)
        )
        return Table(self.caption, (Column("项目"), *heads), rows)


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block starts a page."""


Block = Cover | Contents | Heading | Paragraph | Table | Chart | PageBreak


@dataclass(frozen=True, slots=True)
class FigureUsed:
    """One figure of the report and where it comes from.

    `value`, `last_value` and `declared` are in `unit`, None when missing. `change` is against last year: in
    percentage points when the unit is %, else in per cent. `coverage` is (periods with a value, periods due),
    `text` is the value as printed. Where it is not exact, the texts with units say how, and `last_text` the same of
    last year's; `is_change_about` says that a change is no exact one.
    """

    code: str
    name: str
    unit: str
    value: Decimal | None
    text: str
    last_value: Decimal | None
    change: Decimal | None
    coverage: tuple[int, int]
    declared: Decimal | None
    source: str
    text_with_unit: str = ""
    last_text: str = ""
    last_text_with_unit: str = ""
    is_change_about: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What a figure of the report does not agree with: the codes of all figures that it is about, and the sentence,
    which tells what the department said where that is `explained`."""

    codes: tuple[str, ...]
    text: str
    explained: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator is to reach, as sentences print it, and whose target it is since when; a target without
    that `source` is not told in public."""

    code: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class ReaderMark:
    """The office's word that a block, or the section of a heading, is printed for an audience or is not."""

    key: str
    audience: str
    is_in: bool


@dataclass(frozen=True, slots=True)
class AnnexChoice:
    """The length of an annex that the office chose for an audience."""

    audience: str
    annex: str
    length: str


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. `demo` marks it as illustrative on the cover and on every page; `day` is its date; `notes` are
    put in their places when it is printed (`reports.document.footnotes`).

    A draft, and the snapshot of an issued report, hold the blocks of all audiences; `readers` and `annexes` are what
    the office chose for each, and `reports.editing.audiences` makes the document of one of them.

    Raises ValueError when a cover or a table of contents stands behind another block, because page numbers start
    after them, and when two blocks have the same key.
    """

    title: str
    region_name: str
    year: int
    blocks: tuple[Block, ...]
    figures: tuple[FigureUsed, ...] = ()
    demo: bool = False
    day: date | None = None
    notes: tuple[Note, ...] = ()
    targets: tuple[Target, ...] = ()
    readers: tuple[ReaderMark, ...] = ()
    annexes: tuple[AnnexChoice, ...] = ()

    def __post_init__(self) -> None:
        if any(isinstance(block, Cover | Contents) for block in self.body):
            raise ValueError("The cover and the table of contents stand before every other block.")
        keys = Counter(key for block in self.blocks if (key := block_key(block)))
        if twice := [key for key, times in keys.items() if times > 1]:
            raise ValueError(f"Several blocks have the key {twice[0]}.")

    @property
    def front(self) -> tuple[Block, ...]:
        """The cover and the contents: the leading blocks that carry no page number."""
        return self.blocks[: len(self.blocks) - len(self.body)]

    @property
    def body(self) -> tuple[Block, ...]:
        """Everything behind the cover and the contents."""
        for index, block in enumerate(self.blocks):
            if not isinstance(block, Cover | Contents):
                return self.blocks[index:]
        return ()

    @property
    def dated(self) -> date:
        """The date that its files carry: its own, or else the day after the year that it is about."""
        return self.day or date(self.year + 1, 1, 1)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """The headings in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Heading))

    @property
    def issuer(self) -> str:
        """Who issues the report, from its cover; empty without one."""
        return next((block.issuer for block in self.blocks if isinstance(block, Cover)), "")


def _with_number(number: str, caption: str) -> str:
    return f"{number}　{caption}" if number else caption


def block_key(block: Block) -> str:
    """The block's key; empty for a block that has none, such as a page break."""
    return getattr(block, "key", "")


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


def format_date(day: date) -> str:
    """A date as printed: 2026年1月5日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def strip_marks(text: str) -> str:
    """Text without the mark characters: what users type goes through here before it meets the marks."""
    return _ANY_MARK.sub("", text)


def mark_number(code: str, text: str) -> str:
    """A `Number` as a marked string, to travel through a template."""
    return _NUMBER_START + strip_marks(code) + _MARK_MIDDLE + strip_marks(text) + _MARK_END


def mark_gap(code: str, label: str) -> str:
    """A `Gap` as a marked string, to travel through a template."""
    return _GAP_START + strip_marks(code) + _MARK_MIDDLE + strip_marks(label) + _MARK_END


def mark_not_applicable(code: str, label: str) -> str:
    """A `NotApplicable` as a marked string, likewise."""
    return _NOT_APPLICABLE_START + strip_marks(code) + _MARK_MIDDLE + strip_marks(label) + _MARK_END


def parse_marked(text: str) -> tuple[MarkedRun, ...]:
    """The runs of a marked string. Raises ValueError when a mark was cut, as a truncating filter may do."""
    kinds: dict[str, type[Number | Gap | NotApplicable]]
    kinds = {_NUMBER_START: Number, _GAP_START: Gap, _NOT_APPLICABLE_START: NotApplicable}
    runs: list[MarkedRun] = []
    end = 0
    for match in _MARK.finditer(text):
        runs += _plain_run(text[end : match.start()])
        start, code, content = match.groups()
        runs.append(kinds[start](code, content))
        end = match.end()
    return (*runs, *_plain_run(text[end:]))


def _plain_run(text: str) -> list[MarkedRun]:
    if _ANY_MARK.search(text):
        raise ValueError(f"The mark of a figure is broken in: {strip_marks(text)!r}")
    return [Text(text)] if text else []


def runs_text(runs: Sequence[MarkedRun]) -> str:
    """The runs as printed, in one string."""
    return "".join(run.text for run in runs)


def printable(text: str) -> str:
    """Text as any file can hold and any reader show it: without control characters and marks that nobody sees, such as
    those that turn the direction of writing; □ for a private character. New lines stay, a tab becomes a space."""
    if text.isprintable():
        return text
    lines = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return _PRIVATE.sub(MISSING_CHARACTER, _UNPRINTABLE.sub("", lines))


def to_json(document: Document) -> str:
    """The document as JSON: blocks and runs with their type, Decimals as strings, in a stable order."""
    return json.dumps(_jsonable(document), ensure_ascii=False, indent=1)


def _jsonable(value: object) -> object:
    if is_dataclass(value):
        content = {field.name: _jsonable(getattr(value, field.name)) for field in fields(value)}
        return {"type": type(value).__name__, **content}
    if isinstance(value, tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    # Decimal's own str() may answer in exponents: 1E+3.
    return format(value, "f") if isinstance(value, Decimal) else value
