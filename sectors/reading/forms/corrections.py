"""What a person corrects in a recognised form, as the fields of a page. Pure: no database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sectors.calculation.numerals import half_width
from sectors.reading.forms.form import Form, FormTable, Line, Use
from sectors.reading.forms.units import Units
from sectors.texts import plain, whole_number
from sectors.vocabulary import RowsOfYear, ValueKind

MOST_DECIMALS = 6
BETWEEN_OPTIONS = re.compile(r"[、;；/\n]")
NUMBERS = re.compile(r"\s*([0-9]{1,3})\s*(?:[-—~～至]\s*([0-9]{1,3}))?\s*")


@dataclass(frozen=True)
class Problem:
    """What cannot be taken in a field; what was typed stays."""

    field: str
    text: str


def apply(form: Form, typed: Mapping[str, str], units: Units) -> list[Problem]:
    """Put what was typed into a form. A field that was not sent changes nothing."""
    for table in form.tables:
        table.name = plain(typed.get(f"t{table.number}.name", table.name))
        rows = typed.get(f"t{table.number}.rows_of_year", "")
        if rows in RowsOfYear.values:
            table.set_rows_of_year(rows)
    return [problem for name, table, line in form.lines() for problem in _line(name, table, line, typed, units)]


def _line(name: str, table: FormTable, line: Line, typed: Mapping[str, str], units: Units) -> Iterator[Problem]:
    if f"{name}.name" not in typed:
        return
    line.name = " ".join(plain(typed[f"{name}.name"]).split())
    use = typed.get(f"{name}.use", line.use)
    line.use = Use(use) if use in list(Use) else line.use
    if line.is_used and not line.name:
        yield Problem(f"{name}.name", _("It needs a name, or is left out."))
    if line in table.open_columns:
        yield from _open_column(name, line, typed)
    if f"{name}.unit" in typed:
        text = plain(typed[f"{name}.unit"])
        line.unit = units.unit(text) or text
        if line.is_used and not line.unit and line.kind == ValueKind.NUMBER:
            yield Problem(f"{name}.unit", _("It needs a unit; what is a mere number has the unit 1."))
    decimals = typed.get(f"{name}.decimals", str(line.decimals))
    if whole_number(half_width(decimals), MOST_DECIMALS + 1) > MOST_DECIMALS:
        yield Problem(f"{name}.decimals", _("Decimals are a whole number of 0 to 6."))
    else:
        line.decimals = whole_number(half_width(decimals))
    lines = table.lines_beside(line)
    yield from _total_of(name, line, lines, typed.get(f"{name}.total_of"))
    yield from _parent(name, line, lines, typed.get(f"{name}.parent"))


def _open_column(name: str, line: Line, typed: Mapping[str, str]) -> Iterator[Problem]:
    """What a column of open rows holds, and what a choice offers."""
    kind = typed.get(f"{name}.kind", line.kind)
    line.kind = ValueKind(kind) if kind in ValueKind.values else line.kind
    line.required = typed.get(f"{name}.required", "1" if line.required else "") == "1"
    if f"{name}.options" in typed:
        listed = (word.strip() for word in BETWEEN_OPTIONS.split(plain(typed[f"{name}.options"])))
        line.options = tuple(dict.fromkeys(word for word in listed if word))
    if line.is_used and line.kind == ValueKind.CHOICE and not line.options:
        yield Problem(f"{name}.options", _("Write what is chosen from, such as 新建、续建."))


def _total_of(name: str, line: Line, lines: list[Line], text: str | None) -> Iterator[Problem]:
    if text is None:
        return
    found = numbers(text)
    if found is None or line.number in found or any(number > len(lines) for number in found):
        message = _("Write the numbers of the rows or columns that it adds up, such as 2-4、6, from 1 to %(last)d.")
        yield Problem(f"{name}.total_of", message % {"last": len(lines)})
        return
    line.total_of = found


def _parent(name: str, line: Line, lines: list[Line], text: str | None) -> Iterator[Problem]:
    if text is None:
        return
    number = whole_number(half_width(text), -1) if text.strip() else 0
    if not 0 <= number <= len(lines) or number == line.number:
        message = _("Write the number of the row that it is a part of, from 1 to %(last)d, or nothing.")
        yield Problem(f"{name}.parent", message % {"last": len(lines)})
        return
    above = number
    for _step in lines:
        above = lines[above - 1].parent or 0 if above else 0
        if above == line.number:
            yield Problem(f"{name}.parent", _("Row %(row)d is a part of this one already.") % {"row": number})
            return
    line.parent = number or None


def numbers(text: str) -> tuple[int, ...] | None:
    """(2, 3, 4, 6) for `2-4、6`; None for what says no numbers.

    >>> numbers("2-4、6"), numbers(""), numbers("x")
    ((2, 3, 4, 6), (), None)
    """
    found: set[int] = set()
    for part in re.split(r"[、,，;；]", text.strip()) if text.strip() else ():
        match = NUMBERS.fullmatch(half_width(part))
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last:
            return None
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def spelled(numbers: tuple[int, ...]) -> str:
    """`2-4、6` for (2, 3, 4, 6)."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
