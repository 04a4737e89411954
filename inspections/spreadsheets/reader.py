"""A filled list against what is recorded: what can be stored, what is wrong in which cell, what looks like a double.

Files are opened as those of sheets are, trusting nothing in them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db.models import DateField, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections.models import Record
from inspections.models.words import fault, word_fields
from inspections.registers import Register
from sectors.calculation import numerals
from sectors.catalogue.words import words
from sectors.models import Department
from sectors.spreadsheets.container import MEGABYTE, BadFile, Limits, OpenedFile, open_file
from sectors.spreadsheets.number_formats import GENERAL, hides_part_of_day
from sectors.spreadsheets.positions import Position, address
from sectors.spreadsheets.worksheet import Value, Worksheet
from sectors.texts import visible

from . import columns, merging

MAX_ROWS = 200_000
LIMITS = Limits(size=32 * MEGABYTE, unpacked=400 * MEGABYTE, tags=25_000_000, cells=6_000_000)
PROGRESS_ROWS = 1000  # rows between two reports of progress


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell of a list; rows count from 1, as in Excel, places from 0."""

    row: int
    place: int
    column: str
    text: str
    why: str

    @property
    def address(self) -> str:
        return address((self.row - 1, self.place)) if self.place >= 0 else str(self.row)


@dataclass(frozen=True)
class Double:
    """A record that looks like one that is recorded already, or stands in the list before it."""

    row: int
    record: Any
    in_list: bool


@dataclass
class Reading:
    """A list as it was read. A row with a fault is left out, a double is stored only if that is asked for."""

    records: list[Any] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    doubles: list[Double] = field(default_factory=list)
    recorded: list[Double] = field(default_factory=list)  # whose number stands there already; each has its fault
    unknown: list[str] = field(default_factory=list)  # heads that mean nothing here
    unread: list[str] = field(default_factory=list)  # worksheets beside the list
    rounded: list[str] = field(default_factory=list)  # cells that hold more decimals than they show
    bad_rows: int = 0
    heads: list[str] = field(default_factory=list)
    page: Worksheet = field(default_factory=lambda: Worksheet("", [], []))

    @property
    def digest(self) -> str:
        """Tells whether the file still does what a person has looked at."""
        return f"{len(self.records)}-{self.bad_rows}-{len(self.doubles)}"

    def to_store(self, *, with_doubles: bool) -> list[Any]:
        return [*self.records, *(double.record for double in self.doubles)] if with_doubles else self.records


OnProgress = Callable[[int, int], None]


def read(
    register: Register,
    file: IO[bytes],
    size: int,
    department: Department,
    on_progress: OnProgress = lambda done, total: None,
) -> Reading:
    """Read a list of records of a department; nothing is stored. Raises BadFile, with what to do.

    `on_progress` hears how many rows of how many are read.
    """
    page, unread = _chosen(open_file(file, size, LIMITS), register)
    if len(page.rows) > MAX_ROWS:
        raise BadFile(_("More than %(count)d rows: divide the list.") % {"count": MAX_ROWS})
    reader = _Reader(register, department, page)
    reader.reading.unread = unread
    return reader.read(on_progress)


def read_rows(register: Register, rows: Sequence[Mapping[str, str]], department: Department) -> Reading:
    """The same of texts by the names of fields, as a list that has them in its rows 2 and following; a name that the
    register has not is left out."""
    sent = {name for row in rows for name in row} | set(columns.needed(register))
    names = [name for name in columns.names(register) if name in sent]
    cells: list[list[Value]] = [[columns.head(register, name) for name in names]]
    cells += [[row.get(name, "") for name in names] for row in rows]
    return _Reader(register, department, Worksheet("", cells, [])).read(lambda done, total: None)


def _chosen(book: OpenedFile, register: Register) -> tuple[Worksheet, list[str]]:
    """The worksheet with the list, and the names of others that have something. Raises BadFile for several lists."""
    known = {columns.head(register, name) for name in columns.names(register)}
    needed = {columns.head(register, name) for name in columns.needed(register)}
    filled = [page for page in map(book.worksheet, book.names) if page.rows]
    shown = [page for page in filled if page.is_visible]
    lists = [page for page in shown if needed <= set(_heads(page))]
    if len(lists) > 1:
        text = _("The file has several lists (%(names)s). Put their rows into one worksheet, or into a file each.")
        raise BadFile(text % {"names": "、".join(page.name for page in lists)})
    page = (lists or shown or filled or [Worksheet("", [], [])])[0]
    others = [other for other in filled if other is not page and not known >= {*filter(None, _heads(other))}]
    hidden = [other for other in filled if other not in shown and needed <= set(_heads(other))]
    return page, list(dict.fromkeys(other.name for other in (*others, *hidden) if other is not page))


def _heads(page: Worksheet) -> list[str]:
    """The texts of the first row, to the last that is none."""
    heads = [str(cell).strip() for cell in page.rows[0]] if page.rows else []
    while heads and not heads[-1]:
        heads.pop()
    return heads


def _is_filled(row: list[Value]) -> bool:
    return any(visible(str(cell)).strip() for cell in row)


class _Reader:
    def __init__(self, register: Register, department: Department, page: Worksheet) -> None:
        self.register, self.department, self.page = register, department, page
        heads = _heads(page)
        self.reading = Reading(heads=heads, page=page)
        known = {columns.head(register, name): name for name in columns.names(register)}
        self.named = [(place, head, known[head]) for place, head in enumerate(heads) if head in known]
        self.places = {name: place for place, _head, name in self.named}
        fields: dict[str, Any] = {name: register.model._meta.get_field(name) for name in known.values()}
        self.words, self.word_fields = words(), word_fields(register.model)
        self.optional = {name for name, of in fields.items() if columns.has_default(of)}
        self.parsers = {name: columns.parser(fields[name], department) for _place, _head, name in self.named}
        self.merged = merging.cells(page, [place for place, _head, name in self.named], LIMITS.cells)
        self.counts = {place for place, _head, name in self.named if columns.is_count(fields[name])}
        self.days = {place for place, _head, name in self.named if isinstance(fields[name], DateField)}
        self.decimals = {place: getattr(fields[name], "decimal_places", 0) for place, _head, name in self.named}
        self.reading.unknown = [head for head in heads if head and head not in known]
        self._fill_merged()

    def _fill_merged(self) -> None:
        """Each row gets the value of the range that it lies in, for who mends it alone; a row of blanks stays one."""
        filled = {row for row, _column in self.merged if _is_filled(self.page.rows[row])}
        for (row, column), merged in self.merged.items():
            if row in filled and merged.is_column and column not in self.counts:
                cells = self.page.rows[row]
                cells += [""] * (column + 1 - len(cells))
                cells[column] = self.page.value(merged.first)

    def read(self, on_progress: OnProgress) -> Reading:
        missing = [columns.head(self.register, n) for n in columns.needed(self.register) if n not in self.places]
        if missing:
            text = _("These columns are missing: %(names)s. Start from the empty list of this page.")
            raise BadFile(text % {"names": "、".join(missing)})
        if twice := [head for place, head, name in self.named if self.places[name] != place]:
            text = _("These columns stand there twice: %(names)s. Delete one of each.")
            raise BadFile(text % {"names": "、".join(dict.fromkeys(twice))})
        kept: list[tuple[int, Any]] = []
        for number, row in enumerate(self.page.rows[1:], 2):
            if number % PROGRESS_ROWS == 0:
                on_progress(number, len(self.page.rows))
            if _is_filled(row):
                record = self._row(number, row)
                if record is not None:
                    kept.append((number, record))
        kept = self._without_known_numbers(kept)
        self._part_doubles(kept)
        self.reading.faults.sort(key=lambda fault: (fault.row, fault.place))
        return self.reading

    def _row(self, number: int, row: list[Value]) -> Any | None:
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for place, head, name in self.named:
            try:
                cell = self._cell((number - 1, place))
                if cell not in ("", None) or name not in self.optional:
                    values[name] = self.parsers[name](cell)
            except ValidationError as error:
                text = self.page.text((number - 1, place))
                faults.append(Fault(number, place, head, text, " ".join(error.messages)))
        if not faults:
            if "batch" in values:  # a sample is of the sector of its batch
                values["sector"] = values["batch"].sector
            record = self.register.model(department=self.department, region_id=self.department.region_id, **values)
            faults = list(self._contradictions(record, number))
            if not faults:
                return record
        self.reading.bad_rows += 1
        self.reading.faults += faults
        return None

    def _cell(self, place: Position) -> Value:
        """What a cell shows: a merged one what its range does, a number with a format of its own as text. Raises
        ValidationError."""
        merged = self.merged.get(place)
        if merged and (place[1] in self.counts or not merged.is_column):
            text = _("Merged cells (%(cells)s): which row does the value belong to? Take the merging back.")
            raise ValidationError(text % {"cells": merged.address})
        source = merged.first if merged else place
        if refusal := self.page.refusal(source):
            raise ValidationError(refusal)
        value = self.page.value(source)
        code = self.page.details.formats.get(source, GENERAL)
        if place[1] in self.days and isinstance(value, datetime.date) and hides_part_of_day(code):
            text = _("Excel shows only a part of the day %(day)s. Give the column a format with year, month and day.")
            raise ValidationError(text % {"day": f"{value:%Y-%m-%d}"})
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= numerals.LONGEST:
            return visible(value) if isinstance(value, str) else value
        if code == GENERAL:
            return value
        shown, held = self.page.shown(source, value), f"{numerals.of_spreadsheet(value):f}"
        if shown and shown.rounded and shown.places == self.decimals[place[1]] and shown.places:
            self.reading.rounded.append(f"{address(source)} {held} → {shown.text}")
        elif shown is None or not shown.exact:
            text = _("Excel shows “%(shown)s” here, and the cell holds %(held)s. Format it as text, and type it again.")
            raise ValidationError(text % {"shown": shown.text if shown else "…", "held": held})
        return shown.typed

    def _contradictions(self, record: Record, number: int) -> Iterator[Fault]:
        try:
            record.clean()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                yield self._fault(record, number, name, " ".join(messages))
        day = record.words_day or timezone.localdate()
        for of in self.word_fields:
            if why := fault(of, self.words, getattr(record, of.attname), self.department.region_id, day):
                yield self._fault(record, number, of.name, why)

    def _fault(self, record: Record, number: int, name: str, why: str) -> Fault:
        place = self.places.get(name, -1)
        head = columns.head(self.register, name) if name in self.register.form.base_fields else ""
        value = getattr(record, name, "")
        return Fault(number, place, head, "" if value is None else str(value), why)

    def _without_known_numbers(self, kept: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
        """What a department has once, such as a number, is a fault where it stands twice or is recorded."""
        names = _once(self.register)
        if not names or names[-1] not in self.places:
            return kept
        place, column = self.places[names[-1]], columns.head(self.register, names[-1])
        rows = self.register.model.objects.filter(department=self.department).order_by()
        seen, listed = set(rows.exclude(**{names[-1]: ""}).values_list(*names)), set()
        good = []
        for number, record in kept:
            key = tuple(getattr(record, name) for name in names)
            if key[-1] and key in seen:
                why = _("This is recorded already, or stands twice in the list.")
                self.reading.faults.append(Fault(number, place, column, key[-1], why))
                self.reading.recorded.append(Double(number, record, key in listed))
                self.reading.bad_rows += 1
            else:
                good.append((number, record))
                seen.add(key)
                listed.add(key)
        return good

    def _part_doubles(self, kept: list[tuple[int, Any]]) -> None:
        """Records of the same day, place and product (or whatever a form calls the same) are asked about."""
        fields: list[Any] = [self.register.model._meta.get_field(name) for name in self.register.form.same]
        same = [of.attname for of in fields]
        if not same:
            self.reading.records = [record for _number, record in kept]
            return
        stored, listed = self._recorded(same, kept), set()
        for number, record in kept:
            key = tuple(getattr(record, name) for name in same)
            if key in stored or key in listed:
                self.reading.doubles.append(Double(number, record, key not in stored))
            else:
                self.reading.records.append(record)
                listed.add(key) if all(key) else None

    def _recorded(self, same: list[str], kept: list[tuple[int, Any]]) -> set[tuple[Any, ...]]:
        rows = self.register.model.objects.filter(department=self.department).order_by()
        days = [day for _number, record in kept if (day := getattr(record, self.register.day))]
        if not days:
            return set()
        within = {f"{self.register.day}__range": (min(days), max(days))}
        return {key for key in rows.filter(**within).values_list(*same) if all(key)}


def _once(register: Register) -> list[str]:
    """The fields that a department has once, the text among them last."""
    unique = (one for one in register.model._meta.constraints if isinstance(one, UniqueConstraint))
    return next(([name for name in one.fields if name != "department"] for one in unique), [])
