"""Heads of a table: where they begin and end, and what each column is. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from sectors.reading.forms import marked, words
from sectors.reading.forms.page import Page
from sectors.reading.forms.units import Units
from sectors.reading.forms.words import squeezed

MOST_HEADS = 4  # rows; that of signs (甲 乙 1 2) among them
TIMES = ("month", "quarter", "half", "year")  # the finest first
FEW_WORDS = 30  # characters: a head is no sentence


class Kind(Enum):
    """What a column holds."""

    ROW_HEAD = auto()
    NUMBER = auto()
    UNIT = auto()
    VALUE = auto()
    NOTE = auto()
    PRIOR = auto()
    CHANGE = auto()
    TO_DATE = auto()
    TIME = auto()
    OVER_TIMES = auto()
    EMPTY = auto()


@dataclass
class Head:
    """A column of the worksheet with the texts above it, those of merged cells over it first. `time` is `month`,
    `quarter`, `half` or `year` where it is one of these."""

    place: int
    texts: list[str]
    kind: Kind
    name: str = ""
    unit: str = ""
    time: str = ""
    moment: str = ""  # as the head says the time: 1月
    required: bool = False


def begins(page: Page, row: int) -> bool:
    """Whether a table's heads begin in a row: two texts or more, none a number or a fact about the form."""
    if marked.table_at(page, row):
        return True
    found = page.starting(row)
    texts = [squeezed(text) for _area, text in found]
    if len(texts) < 2 or any(words.FACT.match(text) and not words.UNITS.match(text) for text in texts):
        return False
    if any(page.is_number(area.first) for area, _text in found if time_of(squeezed(page.text(area.first))) == ""):
        return False
    if any(words.FOOT.match(text) or len(text) > FEW_WORDS for text in texts):
        return False
    first_is_head = bool(words.ROW_HEADS.match(texts[0]) or words.NUMBERS.match(texts[0]))
    others = [text for text in texts[1:] if _is_head_word(text)]
    return first_is_head or len(texts) > 2 or bool(others)


def _is_head_word(text: str) -> bool:
    patterns = (words.UNITS, words.THIS_TIME, words.PRIOR, words.NOTES, words.ROW_HEADS)
    return any(pattern.match(text) for pattern in patterns) or time_of(text) != ""


def rows_of(page: Page, first: int) -> list[int]:
    """The rows of the heads that begin in a row, that of signs (甲 乙 1 2) last."""
    shown = [row for row in page.rows if row >= first]
    found = shown[:1]
    bottom = max(area.last[0] for area, _text in page.starting(first))
    for row in shown[1:MOST_HEADS]:
        is_below = row <= bottom or _goes_on(page, found[-1], row)
        if not is_below and not is_of_signs(page, row):
            break
        found.append(row)
        if is_of_signs(page, row) and row > bottom:
            break
        bottom = max([bottom, *(area.last[0] for area, _text in page.starting(row))])
    return found


def _goes_on(page: Page, above: int, row: int) -> bool:
    """Whether a row has heads under one that is merged over several columns, or heads beside an empty first cell."""
    wide = [area for area, _text in page.starting(above) if page.width(area) > 1]
    texts = page.starting(row)
    if not texts or any(page.is_number(area.first) and not time_of(squeezed(text)) for area, text in texts):
        return False
    under = [area for area, _text in texts if any(w.first[1] <= area.first[1] <= w.last[1] for w in wide)]
    first = min(
        (page.columns.index(area.first[1]) for area, _text in texts if area.first[1] in page.columns), default=0
    )
    return (bool(under) and (first > 0 or len(under) == len(texts))) or (first > 0 and len(texts) > 1)


def is_of_signs(page: Page, row: int) -> bool:
    """甲 | 乙 | 1 | 2: what columns are called in instructions."""
    texts = [squeezed(text) for _area, text in page.starting(row)]
    return len(texts) > 1 and texts[0] in ("甲", "栏次", "A") and all(words.SIGNS.match(text) for text in texts)


def columns_of(page: Page, rows: Sequence[int], body: Sequence[int], units: Units) -> list[Head]:
    """What each shown column is, by its heads and by what stands below them."""
    rows = [row for row in rows if not is_of_signs(page, row)]
    found = [_head(page, rows, body, column, units) for column in page.columns]
    _find_row_heads(page, body, found)
    _settle_times(found)
    _settle_to_date(found)
    return found


def _head(page: Page, rows: Sequence[int], body: Sequence[int], column: int, units: Units) -> Head:
    areas = list(dict.fromkeys(page.area((row, column)) for row in rows))
    texts = [text for area in areas if (text := _without_notes(page.text(area.first), units))]
    filled = [row for row in body if page.text((row, column))]
    head = Head(column, texts, Kind.VALUE if texts else Kind.EMPTY)
    if not texts:
        if any(page.is_number((row, column)) for row in filled):
            head.kind, head.name = Kind.VALUE, ""
        elif filled:
            head.kind = Kind.ROW_HEAD
        return head
    parts = [units.apart(text.rstrip("*＊ ")) for text in texts]
    head.required = texts[-1].rstrip("）)").rstrip().endswith(("*", "＊")) or " *" in texts[-1]
    head.unit = next((unit for _name, unit in reversed(parts) if unit), "")
    names = [name.rstrip("*＊ ") for name, _unit in parts]
    head.name = "·".join(name for name in dict.fromkeys(names) if name and not time_of(squeezed(name)))
    times = [squeezed(name) for name in names if time_of(squeezed(name))]
    head.moment = min(times, key=lambda text: TIMES.index(time_of(text)), default="")
    head.time = time_of(head.moment)
    head.kind = _kind(squeezed(names[-1]), [squeezed(name) for name in names], head.time)
    return head


def _without_notes(text: str, units: Units) -> str:
    """The lines of a head as one, up to a line that has the unit in brackets: what follows says how to fill it."""
    found: list[str] = []
    for line in text.split("\n"):
        found.append(line.strip())
        if units.apart(line.strip())[1]:
            break
    return " ".join(filter(None, found))


def _kind(last: str, names: Sequence[str], time: str) -> Kind:
    if words.NUMBERS.match(last):
        return Kind.NUMBER
    if words.UNITS.match(last):
        return Kind.UNIT
    if words.NOTES.match(last):
        return Kind.NOTE
    if any(words.CHANGE.search(name) for name in names):
        return Kind.CHANGE
    if any(words.PRIOR.search(name) for name in names):
        return Kind.PRIOR
    if time:
        return Kind.TIME
    if any(words.TO_DATE.fullmatch(name) or words.TO_DATE.fullmatch(name.removesuffix("数")) for name in names):
        return Kind.TO_DATE
    return Kind.VALUE


def time_of(text: str) -> str:
    """`month`, `quarter`, `half` or `year` where a text is one of these; else nothing."""
    patterns = (words.MONTH, words.QUARTER, words.HALF, words.YEAR)
    return next((name for name, pattern in zip(TIMES, patterns, strict=True) if pattern.match(text)), "")


def _find_row_heads(page: Page, body: Sequence[int], heads: list[Head]) -> None:
    """Columns of words before the first of figures, and again behind one, where a form goes on at its right."""
    before_values = True
    for head in heads:
        if head.kind is Kind.EMPTY:
            continue
        texts = [squeezed(page.text((row, head.place))) for row in body]
        texts = [text for text in texts if text and not words.DASHES.match(text)]
        numbers = sum(page.is_number((row, head.place)) for row in body)
        numbers = max(numbers, sum(bool(words.FIGURE.search(text)) for text in texts))
        is_named = bool(head.texts) and bool(words.ROW_HEADS.match(squeezed(head.name)))
        is_of_words = len(texts) > 2 * numbers
        if head.kind is Kind.VALUE and (is_of_words or (is_named and not numbers)):
            if before_values or is_named:
                head.kind = Kind.ROW_HEAD
            elif is_of_words:
                head.kind = Kind.NOTE
        if head.kind not in (Kind.ROW_HEAD, Kind.NUMBER, Kind.UNIT, Kind.NOTE):
            before_values = False
        elif head.kind is Kind.ROW_HEAD:
            before_values = True


def _settle_times(heads: list[Head]) -> None:
    """One column of a month is the period of the form; several are times. Beside them a sum over them is none."""
    times = [head for head in heads if head.kind is Kind.TIME]
    kinds = {head.time for head in times}
    several = len({head.moment for head in times}) > 1
    finest = next((kind for kind in TIMES if kind in kinds), "")
    for head in times:
        if not several:
            head.kind, head.time = Kind.VALUE, ""
        elif head.time != finest:
            head.kind = Kind.OVER_TIMES
    if several:
        for head in heads:
            names = [squeezed(text) for text in head.texts]
            if head.kind in (Kind.VALUE, Kind.TO_DATE) and names and words.OVER_TIMES.match(names[0]):
                head.kind = Kind.OVER_TIMES


def _settle_to_date(heads: list[Head]) -> None:
    """A sum since January is shown by the system, unless it is all that a form asks for."""
    if not any(head.kind in (Kind.VALUE, Kind.TIME) for head in heads):
        for head in heads:
            if head.kind is Kind.TO_DATE:
                head.kind = Kind.VALUE


def blocks(heads: Sequence[Head]) -> Iterator[list[Head]]:
    """The columns of each of the tables that stand side by side: row heads behind figures begin another one."""
    found: list[Head] = []
    has_values = False
    for head in heads:
        starts = head.kind in (Kind.ROW_HEAD, Kind.NUMBER) and has_values
        if starts:
            yield found
            found, has_values = [], False
        found.append(head)
        has_values = has_values or head.kind in (Kind.VALUE, Kind.TIME, Kind.PRIOR, Kind.TO_DATE)
    if has_values:
        yield found
