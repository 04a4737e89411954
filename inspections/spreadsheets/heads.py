"""Where the columns of a list are named, and what they mean: by the heads of our own lists, or by what the department
said about a list of another system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from inspections import layouts
from inspections.models import ListLayout
from inspections.registers import Register
from sectors.models import Department
from sectors.spreadsheets.container import BadFile
from sectors.spreadsheets.worksheet import Value, Worksheet
from sectors.texts import visible

from . import columns

ROWS = 30  # in which heads are looked for: titles and notes stand above them
FEWEST = 2  # heads that have to be known, or texts that have to stand there


@dataclass(frozen=True)
class Heads:
    """The row of the heads, counted from 0, its texts, and the field of each column that has one."""

    row: int = 0
    texts: list[str] = field(default_factory=list)
    fields: dict[int, str] = field(default_factory=dict)
    layout: ListLayout | None = None

    @property
    def constants(self) -> dict[str, str]:
        """What every row says that no column says."""
        said = self.layout.constants if self.layout else {}
        return {name: text for name, text in said.items() if name not in self.fields.values()}

    def missing(self, register: Register) -> list[str]:
        """Fields without which no record can be made, and about which the list says nothing."""
        said = {*self.fields.values(), *self.constants}
        return [name for name in columns.needed(register) if name not in said]

    def message(self, register: Register) -> str:
        names = "、".join(columns.head(register, name) for name in self.missing(register))
        text = _("These columns are missing: %(names)s. Say below which column is which, or start from the empty list.")
        return text % {"names": names}


class ColumnsMissing(BadFile):
    """The list does not say all that a record needs; the person can say it."""

    def __init__(self, message: str, heads: Heads) -> None:
        super().__init__(message)
        self.heads = heads


def of(page: Worksheet, register: Register, department: Department) -> Heads:
    """The heads of a worksheet: those that were said something about, else those of which most are known."""
    rows = [_texts(row) for row in page.rows[:ROWS]]
    said = layouts.found(department, register.slug, rows)
    known = {_key(columns.head(register, name)): name for name in columns.names(register)}
    found = [_read(number, texts, said.get(layouts.digest(texts)), known) for number, texts in enumerate(rows)]
    best = max(found, key=lambda heads: (heads.layout is not None, len(heads.fields), -heads.row), default=Heads())
    if best.layout is None and len(best.fields) < FEWEST:
        return next((heads for heads in found if len(_filled(heads.texts)) >= FEWEST), best)
    return best


def _read(number: int, texts: list[str], layout: ListLayout | None, known: dict[str, str]) -> Heads:
    if layout is not None:
        named = {place: layout.fields.get(str(place), "") for place in range(len(texts))}
    else:
        named = {place: known.get(_key(text), "") for place, text in enumerate(texts)}
    return Heads(number, texts, {place: name for place, name in named.items() if name}, layout)


def _texts(row: Sequence[Value]) -> list[str]:
    """To the last that is one."""
    texts = [" ".join(visible(str(cell)).split()) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _filled(texts: Iterable[str]) -> set[str]:
    return {text for text in texts if text}


def _key(text: Any) -> str:
    """The same for a head that was broken into lines, or marked as one that has to be filled."""
    return "".join(str(text).split()).strip("*＊")
