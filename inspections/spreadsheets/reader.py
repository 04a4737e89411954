"""A filled list against what is recorded: what can be stored, what is wrong in which cell, what looks like a double.

Files are opened as those of sheets are, trusting nothing in them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db.models import DateField
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections import firm_names
from inspections.forms import once
from inspections.models import PartyRecord, Record
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

from . import columns, firm_columns, heads, merging
from .heads import ColumnsMissing, Heads

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
    found: Heads = field(default_factory=Heads)
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
    page, found, unread = _chosen(open_file(file, size, LIMITS), register, department)
    if len(page.rows) > MAX_ROWS:
        raise BadFile(_("More than %(count)d rows: divide the list.") % {"count": MAX_ROWS})
    if found.missing(register):
        raise ColumnsMissing(found.message(register), found)
    reader = _Reader(register, department, page, found)
    reader.reading.unread = unread
    return reader.read(on_progress)


def heads_of(register: Register, file: IO[bytes], size: int, department: Department) -> tuple[Worksheet, Heads]:
    """The worksheet with the list, and its heads as they are read now. Raises BadFile."""
    page, found, _unread = _chosen(open_file(file, size, LIMITS), register, department)
    return page, found


def read_rows(register: Register, rows: Sequence[Mapping[str, str]], department: Department) -> Reading:
    """The same of texts by the names of fields, as a list that has them in its rows 2 and following; a name that the
    register has not is left out."""
    sent = {name for row in rows for name in row} | set(columns.needed(register))
    names = [name for name in columns.names(register) if name in sent]
    cells: list[list[Value]] = [[columns.head(register, name) for name in names]]
    cells += [[row.get(name, "") for name in names] for row in rows]
    found = Heads(texts=[str(head) for head in cells[0]], fields=dict(enumerate(names)))
    return _Reader(register, department, Worksheet("", cells, []), found).read(lambda done, total: None)


def _chosen(book: OpenedFile, register: Register, department: Department) -> tuple[Worksheet, Heads, list[str]]:
    """The worksheet with the list, its heads, and the names of others that have something. Raises BadFile for several
    lists."""
    filled = [page for page in map(book.worksheet, book.names) if page.rows]
    found = [(page, heads.of(page, register, department)) for page in filled]
    lists = [one for one in found if not one[1].missing(register)]
    shown = [one for one in lists if one[0].is_visible]
    if len(shown) > 1:
        text = _("The file has several lists (%(names)s). Put their rows into one worksheet, or into a file each.")
        raise BadFile(text % {"names": "、".join(page.name for page, _heads in shown)})
    visible_ones = [one for one in found if one[0].is_visible]
    page, of_page = (shown or visible_ones or found or [(Worksheet("", [], []), Heads())])[0]
    unread = [
        other
        for other, of in found
        if any(text for place, text in enumerate(of.texts) if place not in of.fields)
        or (not other.is_visible and not of.missing(register))
    ]
    return page, of_page, list(dict.fromkeys(other.name for other in unread if other is not page))


def _code_place(register: Register, found: Heads) -> int:
    """The column of the codes of firms, which is no field of a record but says which it names; -1 without one."""
    if not issubclass(register.model, PartyRecord):
        return -1
    places = (place for place in range(len(found.texts)) if place not in found.fields)
    return next((place for place in places if firm_columns.is_code_head(found.texts[place])), -1)


def _is_filled(row: list[Value]) -> bool:
    return any(visible(str(cell)).strip() for cell in row)


class _Reader:
    def __init__(self, register: Register, department: Department, page: Worksheet, found: Heads) -> None:
        self.register, self.department, self.page, self.found = register, department, page, found
        self.reading = Reading(found=found, page=page)
        self.named = [(place, found.texts[place], name) for place, name in found.fields.items()]
        self.places = {name: place for place, _head, name in self.named}
        self.written_for = found.layout.words if found.layout else {}
        fields: dict[str, Any] = {name: register.model._meta.get_field(name) for name in columns.names(register)}
        self.words, self.word_fields = words(), word_fields(register.model)
        self.optional = {name for name, of in fields.items() if columns.has_default(of)}
        asked = [*(name for _place, _head, name in self.named), *found.constants]
        self.parsers = {name: columns.parser(fields[name], department) for name in asked}
        self.constants = self._constants()
        self.merged = merging.cells(page, [place for place, _head, name in self.named], found.row + 1, LIMITS.cells)
        self.counts = {place for place, _head, name in self.named if columns.is_count(fields[name])}
        self.days = {place for place, _head, name in self.named if isinstance(fields[name], DateField)}
        self.decimals = {place: getattr(fields[name], "decimal_places", 0) for place, _head, name in self.named}
        self.code = _code_place(register, found)
        if found.layout is None:
            known = {*found.fields, self.code}
            left_out = (text for place, text in enumerate(found.texts) if place not in known)
            self.reading.unknown = [text for text in left_out if text]
        self._fill_merged()

    def _constants(self) -> dict[str, Any]:
        """What every row says. Raises BadFile where that is not known here any more."""
        values = {}
        for name, text in self.found.constants.items():
            try:
                values[name] = self.parsers[name](text)
            except ValidationError as error:
                why = _("“%(text)s” was said for all rows of the column %(column)s. %(why)s Say it anew.")
                head = columns.head(self.register, name)
                said = {"text": text, "column": head, "why": " ".join(error.messages)}
                raise ColumnsMissing(why % said, self.found) from error
        return values

    def _fill_merged(self) -> None:
        """Each row gets the value of the range that it lies in, for who mends it alone; a row of blanks stays one."""
        filled = {row for row, _column in self.merged if _is_filled(self.page.rows[row])}
        for (row, column), merged in self.merged.items():
            if row in filled and merged.is_column and column not in self.counts:
                cells = self.page.rows[row]
                cells += [""] * (column + 1 - len(cells))
                cells[column] = self.page.value(merged.first)

    def read(self, on_progress: OnProgress) -> Reading:
        if twice := [head for place, head, name in self.named if self.places[name] != place]:
            text = _("These columns stand there twice: %(names)s. Delete one of each.")
            raise BadFile(text % {"names": "、".join(dict.fromkeys(twice))})
        kept: list[tuple[int, Any]] = []
        first = self.found.row + 1
        for number, row in enumerate(self.page.rows[first:], first + 1):
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
        values: dict[str, Any] = dict(self.constants)
        faults: list[Fault] = []
        for place, head, name in self.named:
            try:
                cell = self._meant(name, self._cell((number - 1, place)))
                if cell not in ("", None) or name not in self.optional:
                    values[name] = self.parsers[name](cell)
            except ValidationError as error:
                text = self.page.text((number - 1, place))
                faults.append(Fault(number, place, head, text, " ".join(error.messages)))
        if not faults:
            if "batch" in values:  # a sample is of the sector of its batch
                values["sector"] = values["batch"].sector
            record: Any = self.register.model(department=self.department, region_id=self.department.region_id, **values)
            if self.code >= 0:
                record.party_code = firm_names.code_in(self.page.text((number - 1, self.code)))
            faults = list(self._contradictions(record, number))
            if not faults:
                return record
        self.reading.bad_rows += 1
        self.reading.faults += faults
        return None

    def _meant(self, name: str, cell: Value) -> Value:
        """What the department said that stands for a text."""
        said = self.written_for.get(name, {})
        return said.get(" ".join(str(cell).split()), cell) if said and not isinstance(cell, bool) else cell

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
        names = once(self.register.model)
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
        """Records of the same day, place and product (or whatever a form calls the same) are asked about; those that
        have different numbers are different."""
        fields: list[Any] = [self.register.model._meta.get_field(name) for name in self.register.form.same]
        same = [of.attname for of in fields]
        if not same:
            self.reading.records = [record for _number, record in kept]
            return
        number = once(self.register.model)[-1:]
        stored = self._recorded([*same, *number], kept)
        listed: set[tuple[Any, ...]] = set()
        for row, record in kept:
            key = tuple(getattr(record, name) for name in same)
            has_number = any(getattr(record, name) for name in number)
            twins = {(*key, False)} if has_number else {(*key, False), (*key, True)}
            if all(key) and (twins & stored or twins & listed):
                self.reading.doubles.append(Double(row, record, not twins & stored))
            else:
                self.reading.records.append(record)
                listed.add((*key, has_number))

    def _recorded(self, names: list[str], kept: list[tuple[int, Any]]) -> set[tuple[Any, ...]]:
        """By what is the same, and whether they have a number."""
        rows = self.register.model.objects.filter(department=self.department).order_by()
        days = [day for _number, record in kept if (day := getattr(record, self.register.day))]
        if not days:
            return set()
        within = {f"{self.register.day}__range": (min(days), max(days))}
        count = len(self.register.form.same)
        return {(*row[:count], any(row[count:])) for row in rows.filter(**within).values_list(*names)}
