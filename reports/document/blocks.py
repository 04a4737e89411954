"""The blocks of the annual report: plain immutable data, without a database and without a file format.

`reports.chapters` builds a `Document`, `reports.writers` write it.

A generated block has a `key` by which it is known again when the report is built anew from other figures:
`agri/text/2` is the paragraph of the second line of a sector's wording. Keys are unique in a document.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from reports.document.figures import FigureUsed, Note, Target
from reports.vocabulary import NOT_APPLICABLE

DEMO_WORD = "演示数据"
_DATE = re.compile("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")


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
        """With what it refers to, before the full stop of its last sentence: a remark in brackets behind that, such as
        of which months it is, is none."""
        if not self.refers:
            return self.runs
        reference, (runs, remark) = f"（见{'、'.join(self.refers)}）", _without_remark(self.runs)
        last = runs[-1]
        if isinstance(last, Text) and last.text.endswith("。"):
            return (*runs[:-1], Text(f"{last.text[:-1]}{reference}。"), *remark)
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


def _without_remark(runs: tuple[Run, ...]) -> tuple[tuple[Run, ...], tuple[Text, ...]]:
    """What ends with a sentence, and the remark in brackets behind it: （以上为1—6月数据，全年数据尚不完整。）."""
    last = runs[-1]
    if not isinstance(last, Text) or not last.text.endswith("。）"):
        return runs, ()
    start = 0 if last.text.startswith("（") else last.text.rfind("。（") + 1
    sentence, remark = last.text[:start], Text(last.text[start:])
    before = (*runs[:-1], Text(sentence)) if sentence else runs[:-1]
    return (before, (remark,)) if before and start != len(last.text) else (runs, ())


def _with_number(number: str, caption: str) -> str:
    return f"{number}　{caption}" if number else caption


def block_key(block: Block) -> str:
    """The block's key; empty for a block that has none, such as a page break."""
    return getattr(block, "key", "")


def format_date(day: date) -> str:
    """A date as printed: 2026年1月5日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def parse_date(text: str) -> date | None:
    """The day that `format_date` printed; None of any other text."""
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:  # somebody wrote a day that there is not
        return None


def runs_text(runs: Sequence[MarkedRun]) -> str:
    """The runs as printed, in one string."""
    return "".join(run.text for run in runs)
