"""Rows of a table: names, levels, 其中, headings and units of their own. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sectors.reading.forms import heads, marked, words
from sectors.reading.forms.form import Line
from sectors.reading.forms.heads import Head, Kind
from sectors.reading.forms.page import STEP, Page
from sectors.reading.forms.units import Units
from sectors.reading.forms.words import squeezed
from sectors.vocabulary import RowTotal

REACH = 10  # blanks by which the words after 其中： stand further right than the word itself, at most
NOTED = {"累计数": "cumulative", "时点数": "stock", "平均数": "average"}  # below a name, how periods make a year
OF_ROWS = {"个数": RowTotal.COUNT, "之和": RowTotal.SUM, "中最大的": RowTotal.MAX}
LONGEST_UNIT = 10
COLUMN = 3 * STEP  # how much further right a second column of row heads is


@dataclass
class Body:
    """The rows between the heads of a table and its end, `end` being the first row that is none of it."""

    rows: list[int]
    end: int


def body_of(page: Page, start: int) -> Body:
    """The rows that belong to heads which end before `start`."""
    found: list[int] = []
    shown = [row for row in page.rows if row >= start]
    for at, row in enumerate(shown):
        texts = page.starting(row)
        following = next((one for one in shown[at + 1 :] if page.starting(one)), None)
        if not texts:
            if following is None or not _has_figures(page, following) or _is_new(page, following):
                return Body(found, row)
            continue
        if words.FOOT.match(squeezed(texts[0][1])) or _is_new(page, row):
            return Body(found, row)
        if len(texts) == 1 and not _has_figures(page, row):
            is_caption = following is not None and heads.begins(page, following) and _is_new(page, following)
            is_wide = page.width(texts[0][0]) * 2 > len(page.columns) and len(page.columns) > 1
            if is_caption or (is_wide and (following is None or not _is_row(page, following))):
                return Body(found, row)
        found.append(row)
    return Body(found, (shown[-1] + 1) if shown else start)


def _is_new(page: Page, row: int) -> bool:
    """Whether the heads of another table begin in a row of what could be this one."""
    texts = page.starting(row)
    first = squeezed(texts[0][1]) if texts else ""
    if marked.table_at(page, row):
        return True
    named = words.ROW_HEADS.match(first) or words.NUMBERS.match(first)
    return bool(named) and len(texts) > 1 and heads.begins(page, row) and _is_head_like(texts)


def _is_head_like(texts: Sequence[tuple[object, str]]) -> bool:
    return any(
        words.UNITS.match(squeezed(text)) or words.THIS_TIME.match(squeezed(text)) for _a, text in texts[1:]
    ) or (len(texts) > 2)


def _is_row(page: Page, row: int) -> bool:
    texts = page.starting(row)
    return bool(texts) and not words.FOOT.match(squeezed(texts[0][1])) and (len(texts) > 1 or _has_figures(page, row))


def _has_figures(page: Page, row: int) -> bool:
    return any(page.is_number((row, column)) for column in page.columns[1:])


@dataclass
class _Read:
    """A row on its way: what stands at its head and how far to the right."""

    line: Line
    indent: int
    level: int | None
    has_values: bool
    is_within: bool = False
    group: str = ""  # of a column of row heads before the last
    label: str = ""  # a row that only says 其中, or by what the rows below are split
    is_section: bool = False  # a heading over the rows that follow


def lines_of(page: Page, body: Sequence[int], columns: Sequence[Head], units: Units) -> list[Line]:
    """The rows of a table, in their order, with parents but without totals."""
    found = list(_read(page, body, columns, units))
    _find_sections(found, has_units=any(head.kind is Kind.UNIT for head in columns))
    _indent_by_numbers(found)
    _find_parents(found)
    lines = [one.line for one in found if not one.label]
    _number_anew(lines)
    return lines


def _read(page: Page, body: Sequence[int], columns: Sequence[Head], units: Units) -> Iterator[_Read]:
    row_heads = [head for head in columns if head.kind is Kind.ROW_HEAD]
    numbered = [head for head in columns if head.kind is Kind.NUMBER]
    unit_head = next((head for head in columns if head.kind is Kind.UNIT), None)
    values = [head for head in columns if head.kind in (Kind.VALUE, Kind.TIME)]
    carried: dict[int, str] = {}
    for number, row in enumerate(body, start=1):
        texts = [(head, page.raw((row, head.place))) for head in row_heads]
        areas = {page.area((row, head.place)) for head in row_heads}
        filled = [(place, head, text) for place, (head, text) in enumerate(texts) if text.strip()]
        if not filled:  # 合计 often stands below the numbers
            beside = [(head, page.raw((row, head.place))) for head in numbered if not page.is_number((row, head.place))]
            filled = [(0, head, text) for head, text in beside if text.strip()][:1]
        if not filled:
            continue
        place, head, raw = filled[-1]
        name, _newline, note = raw.strip().partition("\n")
        group = "" if len(areas) == 1 else _group(texts[:place], carried)
        if place == 0:
            carried.clear()
        within = words.WITHIN.match(name)
        name = words.WITHIN.sub("", name, count=1).strip()
        level = words.level_of_number(name)
        name, required = _plain(words.without_number(name))
        name, unit = units.apart(name)
        own = page.text((row, unit_head.place)) if unit_head else ""
        has_values = any(page.text((row, one.place)) and not page.is_blocked((row, one.place)) for one in values)
        if words.DASHES.match(squeezed(own)) or len(own) > LONGEST_UNIT:
            own = ""
        line = Line(number, row, name, units.unit(own) or own or unit, required=required, is_within=bool(within))
        line.accumulation = next((how for word, how in NOTED.items() if word in note), "")
        if made := words.OF_ROWS.search(note):
            line.of_rows = OF_ROWS[made[1] or made[3]]
            line.of_name = made[2] or ""
        line.decimals = _decimals(
            "".join([note, *(page.text((row, one.place)) for one in columns if one.kind is Kind.NOTE)])
        )
        indent = page.indent((row, head.place)) + (COLUMN * place if not group and place else 0)
        is_wide = len(filled) == 1 and all(page.area((row, one.place)) in areas for one in values)
        read = _Read(line, indent, level, has_values, is_within=bool(within), group=squeezed(group))
        read.is_section = is_wide and not within and not words.SPLIT_BY.match(squeezed(name))
        if not name or (not has_values and words.SPLIT_BY.match(squeezed(name)) and not line.unit):
            read.label = name or "其中"
        yield read


def _decimals(note: str) -> int:
    """Those that a note beside a row asks for: 保留两位小数."""
    found = words.DECIMALS.search(note)
    return {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}.get(found[1]) or int(found[1]) if found else 0


def _group(before: Sequence[tuple[Head, str]], carried: dict[int, str]) -> str:
    """What stands in the row heads before the last one, also where it stands only in the first row of several."""
    for place, (_head, text) in enumerate(before):
        if text.strip():
            carried[place] = " ".join(text.split())
    return "·".join(carried[place] for place in range(len(before)) if carried.get(place))


def _plain(name: str) -> tuple[str, bool]:
    """A name without the signs around it, and whether it is marked as required."""
    text = " ".join(name.split()).strip("：: ")
    bare = text.rstrip("*＊ ")
    return bare or text, bare != text


def _find_sections(found: Sequence[_Read], *, has_units: bool) -> None:
    """Headings: merged over the whole table, or without figures and unit where other rows have them."""
    have_values = any(one.has_values for one in found)
    have_units = has_units and any(one.line.unit for one in found)
    least = min((one.level for one in found if one.level is not None), default=None)
    for at, one in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        is_bare = not one.has_values and not one.line.unit and not one.label and not one.is_within
        is_deeper = following is not None and (
            following.indent > one.indent or (one.level is not None and following.level != one.level)
        )
        if is_bare and (have_units or have_values) and is_deeper and one.level == least and one.level is not None:
            one.is_section = True
    section = ""
    for one in found:
        if one.is_section:
            section = one.label = one.line.name
        one.line.section = section


def _indent_by_numbers(found: list[_Read]) -> None:
    """一、（一）1.（1）: numbers tell levels where nothing is indented."""
    levels = sorted({one.level for one in found if one.level is not None})
    if len(levels) < 2 or any(one.indent for one in found):
        return
    depth = 0
    for one in found:
        if one.level is not None:
            depth = levels.index(one.level)
        one.indent = STEP * (depth + (one.is_within and one.level is None))


def _find_parents(found: list[_Read]) -> None:
    above: list[tuple[int, _Read]] = []  # with how far right what is below them must begin
    for one in found:
        if one.is_section:
            above = []
            continue
        if one.group:
            continue
        while above and above[-1][0] >= one.indent and not (one.is_within and above[-1][0] == one.indent):
            above.pop()
        if one.label:
            above.append((one.indent, one))
            continue
        nearest = [other for _indent, other in reversed(above)]
        parent = next((other for other in nearest if not other.label), None)
        if parent is not None:
            one.line.parent = parent.line.number
            one.line.group = nearest[0].label  # a row that says by what it is split, right above
        above.append((one.indent + REACH if one.is_within else one.indent, one))
    _name_groups(found)


def _name_groups(found: Sequence[_Read]) -> None:
    """A column of groups before the names: 其中 makes parts of what is above it, anything else a part of each name."""
    last: _Read | None = None
    for one in found:
        if not one.group:
            last = one
        elif words.WITHIN.fullmatch(one.group) and last is not None:
            one.line.parent = last.line.number
        else:
            one.line.group = one.group


def _number_anew(lines: list[Line]) -> None:
    new = {line.number: place for place, line in enumerate(lines, start=1)}
    for line in lines:
        line.number = new[line.number]
        line.parent = new.get(line.parent) if line.parent else None
