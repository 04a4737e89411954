"""A list of firms against the register: which are new, which change, which are likely one that is there already."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from inspections import firm_names
from inspections.models import Firm, FirmName
from inspections.models.words import fault, word_fields
from sectors.catalogue.words import words
from sectors.models import Department
from sectors.spreadsheets.container import BadFile, open_file
from sectors.spreadsheets.positions import Position
from sectors.spreadsheets.worksheet import Value, Worksheet
from sectors.texts import readable, visible
from sectors.transfer.lines import cells_of

from . import firm_columns
from .reader import LIMITS, Fault

MAX_ROWS = 20_000
ROWS = 30  # in which heads are looked for
NUMERALS = re.compile(r"[0-9]+|[一二三四五六七八九十]+")
MASKED = "*"  # in what was masked when it was exported: it says nothing
MASKABLE = ("name", "address")
ENCODINGS = ("utf-8-sig", "gb18030")  # of a .csv


@dataclass
class FirmRow:
    """A row that can be stored: the firm with its other names, what changes (words of the field, old, new), and why it
    is doubtful."""

    row: int
    firm: Firm
    others: list[str]
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    why: str = ""


@dataclass
class FirmReading:
    new: list[FirmRow] = field(default_factory=list)
    changed: list[FirmRow] = field(default_factory=list)
    doubtful: list[FirmRow] = field(default_factory=list)
    unchanged: int = 0
    bad_rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Tells whether the file still does what a person has looked at."""
        changed = [(one.firm.pk, one.changes) for one in self.changed]
        names = [[one.row for one in rows] for rows in (self.new, self.doubtful)]
        return hashlib.sha256(repr((names, changed, self.unchanged, self.bad_rows)).encode()).hexdigest()[:32]

    def to_store(self, *, with_doubtful: bool) -> list[tuple[Firm, list[str]]]:
        """New firms with their other names."""
        rows = [*self.new, *self.doubtful] if with_doubtful else self.new
        return [(one.firm, one.others) for one in rows]


def read_firms(file: IO[bytes], size: int, name: str, department: Department) -> FirmReading:
    """Read a list of firms of the region of a department; nothing is stored. Raises BadFile, with what to do."""
    pages = [_csv(file, size)] if name.lower().endswith(".csv") else _worksheets(file, size)
    known = {_key(text): of for of in firm_columns.NAMES for text in (firm_columns.head(of), *_also(of))}
    found = [(page, *_heads(page, known)) for page in pages]
    complete = [one for one in found if not _missing(one[2])]
    if not complete:
        best = max((one[2] for one in found), key=len, default={})
        names = "、".join(firm_columns.head(of) for of in _missing(best))
        raise BadFile(_("These columns are missing: %(names)s. Start from the empty list.") % {"names": names})
    if len(complete) > 1:
        raise BadFile(_("The file has several lists. Put their rows into one worksheet, or into a file each."))
    page, row, heads = complete[0]
    if len(page.rows) - row > MAX_ROWS:
        raise BadFile(_("More than %(count)d rows: divide the list.") % {"count": MAX_ROWS})
    if len(set(heads.values())) < len(heads):
        twice = {firm_columns.head(of) for of in heads.values() if list(heads.values()).count(of) > 1}
        text = _("These columns stand there twice: %(names)s. Delete one of each.")
        raise BadFile(text % {"names": "、".join(sorted(twice))})
    return _Reader(page, row, heads, department).read()


def _also(of: str) -> tuple[str, ...]:
    return firm_columns.ALSO.get(of, ())


def _worksheets(file: IO[bytes], size: int) -> list[Worksheet]:
    book = open_file(file, size, LIMITS)
    return [page for page in map(book.worksheet, book.names) if page.rows and page.is_visible]


def _csv(file: IO[bytes], size: int) -> Worksheet:
    if size > LIMITS.size:
        raise BadFile(_("The file is too large: divide the list."))
    file.seek(0)
    data = file.read()
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise BadFile(_("The file is no .csv that can be read: save it as .xlsx or as CSV (UTF-8)."))
    rows: list[list[Value]] = []
    for number, line in enumerate(readable(text).splitlines(), 1):
        try:
            rows.append([*cells_of(line)])
        except ValueError as error:
            raise BadFile(_("Line %(number)d: %(why)s") % {"number": number, "why": error}) from error
    return Worksheet("", rows, [])


def _heads(page: Worksheet, known: dict[str, str]) -> tuple[int, dict[int, str]]:
    """The row of the heads, and the column of each place that has one; of several rows the one with the most."""
    rows = [
        {place: known[_key(cell)] for place, cell in enumerate(row) if _key(cell) in known} for row in page.rows[:ROWS]
    ]
    best = max(range(len(rows)), key=lambda number: (len(rows[number]), -number), default=0)
    return best, rows[best] if rows else {}


def _missing(heads: dict[int, str]) -> list[str]:
    return [of for of in firm_columns.NEEDED if of not in heads.values()]


def _key(text: Any) -> str:
    return "".join(visible(str(text)).split()).strip("*＊")


class _Register:
    """The firms of a region as a list is held against them."""

    def __init__(self, region: int) -> None:
        rows = Firm.objects.current().filter(region=region)
        self.firms = {firm.pk: firm for firm in rows}
        self.by_code = {firm.code: firm for firm in self.firms.values() if firm.code}
        self.by_key: dict[str, dict[int, Firm]] = {}
        self.others: dict[int, list[str]] = {}
        for firm in self.firms.values():
            self.by_key.setdefault(firm.key, {})[firm.pk] = firm
        named = FirmName.objects.filter(firm__in=rows).order_by("pk").values_list("pk", "firm", "name", "key")
        numbered: dict[int, str] = {}
        self.owner: dict[int, int] = {}
        for pk, owner, name, key in named:
            self.others.setdefault(owner, []).append(name)
            self.by_key.setdefault(key, {})[owner] = self.firms[owner]
            numbered[-pk], self.owner[-pk] = key, owner
        self.likely = firm_names.Likely({firm.pk: firm.key for firm in self.firms.values()} | numbered)

    def like(self, firm: Firm) -> Firm | None:
        """One whose name is very like it, where neither numerals nor codes tell them apart."""
        for number, _score in self.likely.of(firm.key, 3, firm_names.VERY_LIKE):
            there = self.firms[self.owner.get(number, number)]
            if NUMERALS.findall(there.key) == NUMERALS.findall(firm.key) and not (there.code and firm.code):
                return there
        return None


class _Reader:
    def __init__(self, page: Worksheet, row: int, heads: dict[int, str], department: Department) -> None:
        self.page, self.row, self.heads, self.department = page, row, heads, department
        self.places = {of: place for place, of in heads.items()}
        self.parsers = {of: firm_columns.parser(of, department) for of in heads.values()}
        self.register = _Register(department.region_id)
        self.reading = FirmReading(unknown=self._unknown())
        self.words, self.today = words(), timezone.localdate()
        self.merged: set[Position] = set()
        for (top, left), (bottom, right) in page.merged:
            for at in range(max(top, row + 1), min(bottom, row + MAX_ROWS) + 1):
                self.merged |= {(at, place) for place in heads if left <= place <= right}
        self.codes: dict[str, int] = {}  # that stand in the list, with their row
        self.keys: dict[str, int] = {}
        self.touched: dict[int, int] = {}

    def _unknown(self) -> list[str]:
        texts = (str(cell).strip() for place, cell in enumerate(self.page.rows[self.row]) if place not in self.heads)
        return [text for text in texts if text]

    def read(self) -> FirmReading:
        for number, row in enumerate(self.page.rows[self.row + 1 :], self.row + 2):
            if any(visible(str(cell)).strip() for cell in row):
                self._read_row(number)
        self.reading.faults.sort(key=lambda one: (one.row, one.place))
        return self.reading

    def _read_row(self, number: int) -> None:
        values, faults = self._values(number)
        if not faults:
            faults = self._take(number, values)
        if faults:
            self.reading.bad_rows += 1
            self.reading.faults += faults

    def _values(self, number: int) -> tuple[dict[str, Any], list[Fault]]:
        values: dict[str, Any] = {}
        faults = []
        for place, of in self.heads.items():
            at = (number - 1, place)
            try:
                if at in self.merged:
                    raise ValidationError(_("Merged cells: which row does the value belong to? Take the merging back."))
                if why := self.page.refusal(at):
                    raise ValidationError(why)
                value = self.page.value(at)
                if isinstance(value, str):
                    value = visible(value)
                values[of] = self.parsers[of](value) if of in firm_columns.NEEDED or str(value).strip() else ""
            except ValidationError as error:
                faults.append(self._fault(number, of, " ".join(error.messages)))
        return values, faults

    def _fault(self, number: int, of: str, why: str) -> Fault:
        place = self.places.get(of, -1)
        text = self.page.text((number - 1, place)) if place >= 0 else ""
        return Fault(number, place, firm_columns.head(of), text, why)

    def _take(self, number: int, values: dict[str, Any]) -> list[Fault]:
        """Put a row among the new, the changed or the doubtful; returns what is wrong with it."""
        code = firm_names.written_code(values.get("code") or "")
        if code and code in self.codes:
            why = _("This code stands in row %(row)d already.") % {"row": self.codes[code]}
            return [self._fault(number, "code", why)]
        there, why = self._there(values["name"], code)
        if why:
            return [self._fault(number, "name", why)]
        if there is not None and there.pk in self.touched:
            why = _("This firm stands in row %(row)d already.") % {"row": self.touched[there.pk]}
            return [self._fault(number, "name", why)]
        others = firm_names.lines([values.pop(firm_columns.OTHERS, "") or ""])
        firm = copy(there) if there else Firm(region_id=self.department.region_id)
        given = {of: value for of, value in values.items() if value != ""}
        given = {of: value for of, value in given.items() if of not in MASKABLE or MASKED not in str(value)}
        if there is not None and code not in self.register.by_code and firm_names.key(values["name"]) != there.key:
            del given["name"]  # one of its other names says which firm it is, and is not its name again
        others = [name for name in others if MASKED not in name]
        changes = list(self._set(firm, given)) if there else []
        if not there:
            self._set_all(firm, given)
        faults = list(self._contradictions(firm, number, there))
        if not faults:
            self._put(FirmRow(number, firm, others, changes), there)
            self.codes |= {code: number} if code else {}
        return faults

    def _there(self, name: str, code: str) -> tuple[Firm | None, str]:
        """The firm of the register that a row is about, by its code, else by its name; or why that is not known."""
        if code in self.register.by_code:
            return self.register.by_code[code], ""
        if MASKED in name:
            return None, _("The name is masked: write it in full, or give the code.")
        named = [one for one in self.register.by_key.get(firm_names.key(name), {}).values() if not (code and one.code)]
        if len(named) > 1:
            return None, _("Several firms of the register are called so: write the code that tells them apart.")
        return (named[0], "") if named else (None, "")

    def _set(self, firm: Firm, given: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
        """An empty cell takes nothing away."""
        before = {of: _shown(firm, of) for of in given}
        self._set_all(firm, given)
        for of in given:
            after = _shown(firm, of)
            if after != before[of]:
                yield firm_columns.head(of), before[of], after

    def _set_all(self, firm: Firm, given: dict[str, Any]) -> None:
        for of, value in given.items():
            setattr(firm, of, firm_names.written_code(value) if of == "code" else value)
        firm.key = firm_names.key(firm.name)

    def _contradictions(self, firm: Firm, number: int, was: Firm | None) -> Iterator[Fault]:
        try:
            firm.clean()
        except ValidationError as error:
            for of, messages in error.message_dict.items():
                yield self._fault(number, of, " ".join(messages))
        for one in word_fields(Firm):
            if was is not None and getattr(was, one.attname) == getattr(firm, one.attname):
                continue  # a word that has gone out of use stays, as on the page of a firm
            if why := fault(one, self.words, getattr(firm, one.attname), firm.region_id, self.today):
                yield self._fault(number, one.name, why)

    def _put(self, row: FirmRow, there: Firm | None) -> None:
        if there is not None:
            self.touched[there.pk] = row.row
            known = self.register.others.get(there.pk, [])
            keys = {there.key, *map(firm_names.key, known)}
            added = [name for name in row.others if firm_names.key(name) not in keys]
            if added:
                row.changes.append(
                    (firm_columns.head(firm_columns.OTHERS), "、".join(known), "、".join([*known, *added]))
                )
            row.others = [*known, *added]
            if row.changes:
                self.reading.changed.append(row)
            else:
                self.reading.unchanged += 1
            return
        row.why = self._doubt(row.firm)
        self.keys.setdefault(row.firm.key, row.row)
        (self.reading.doubtful if row.why else self.reading.new).append(row)

    def _doubt(self, firm: Firm) -> str:
        """Why a new firm may be one that is there."""
        if firm.key in self.keys:
            return _("The same name stands in row %(row)d.") % {"row": self.keys[firm.key]}
        if self.register.by_key.get(firm.key):
            return _("A firm of this name with another code is in the register.")
        like = self.register.like(firm)
        return _("It is like “%(name)s” of the register.") % {"name": like} if like else ""


def _shown(firm: Firm, of: str) -> str:
    value = getattr(firm, f"get_{of}_display", lambda: getattr(firm, of))()
    return "" if value is None else str(value)
