"""Records as Excel: a list written row by row, and a filled one read with what is wrong in each cell."""

from __future__ import annotations

import datetime
import itertools
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import IO, Any

import xlsxwriter
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from python_calamine import CalamineError, CalamineWorkbook

from inspections.forms import sectors_of
from inspections.models import Record
from inspections.registers import Register
from sectors.models import Department

ROWS_AT_MOST = 200_000
FAULTS_SHOWN = 200
CHUNK = 2000
WORDS_SHOWN = 12
# Read from a list by the name of what they point to.
NAMED = {"sector"}
# What a list cannot point to.
LEFT_OUT = {"plan", "inspection", "case", "batch"}


class _Native(widgets.Widget):
    """Numbers and days as Excel has them; everything else as it is shown."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return value if isinstance(value, int | Decimal | datetime.date) or value is None else str(value)


def resource(register: Register) -> resources.ModelResource:
    """The columns of a register as its form has them, with the words of the screen."""
    made: dict[str, Any] = {}
    for name in ["department", *register.form.base_fields]:
        of = register.model._meta.get_field(name)
        shown = f"get_{name}_display" if getattr(of, "choices", None) else name
        made[name] = fields.Field(attribute=shown, column_name=_head(register, name), widget=_Native())
    meta = type("Meta", (), {"model": register.model, "fields": list(made), "export_order": list(made)})
    built: type[resources.ModelResource] = type("RecordResource", (resources.ModelResource,), made | {"Meta": meta})
    return built()


def write(register: Register, rows: QuerySet[Any]) -> IO[bytes]:
    """A list as an Excel file that is written row by row, so that its size does not matter."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    columns = resource(register)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, columns.get_export_headers(), book.add_format({"bold": True}))
    exported = columns.get_export_fields()
    related = rows.select_related("department", "sector", *(LEFT_OUT & register.form.base_fields.keys()))
    for number, record in enumerate(related.iterator(chunk_size=CHUNK), 1):
        for place, one in enumerate(exported):
            value = columns.export_field(one, record)
            if isinstance(value, datetime.date):
                sheet.write_datetime(number, place, datetime.datetime.combine(value, datetime.time()), day)
            elif value is not None:
                sheet.write(number, place, value)
    sheet.freeze_panes(1, 0)
    book.close()
    out.seek(0)
    return out


def write_template(register: Register, department: Department) -> IO[bytes]:
    """An empty list with its heads, and lists of the words that columns take."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    book = xlsxwriter.Workbook(out)
    sheet, words = book.add_worksheet(_("Records")), book.add_worksheet(_("Words"))
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    for place, name in enumerate(_columns(register)):
        of = register.model._meta.get_field(name)
        sheet.write(0, place, _head(register, name), bold)
        sheet.set_column(place, place, 14, day if isinstance(of, models.DateField) else None)
        known = list(_labels(of, department))
        if known:
            words.write_column(0, place, [_head(register, name), *known])
            letter = xlsxwriter.utility.xl_col_to_name(place)
            source = f"='{words.get_name()}'!${letter}$2:${letter}${len(known) + 1}"
            sheet.data_validation(1, place, 5000, place, {"validate": "list", "source": source})
    sheet.freeze_panes(1, 0)
    book.close()
    out.seek(0)
    return out


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell of a list."""

    row: int
    column: str
    text: str
    why: str


@dataclass
class Reading:
    """A list as it was read. With a fault in one row nothing of it is stored before that row is mended or left out."""

    records: list[Any] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    bad_rows: int = 0
    problem: str = ""

    @property
    def shown(self) -> list[Fault]:
        return self.faults[:FAULTS_SHOWN]


def read(register: Register, file: IO[bytes], department: Department) -> Reading:
    """Read a list of records of a department; nothing is stored."""
    try:
        rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError, IndexError):
        return Reading(problem=_("This file cannot be read. Save it as an Excel workbook (.xlsx) and try again."))
    if len(rows) > ROWS_AT_MOST:
        return Reading(problem=_("More than %(count)d rows: divide the list.") % {"count": ROWS_AT_MOST})
    return _Reader(register, department).read(rows)


class _Reader:
    def __init__(self, register: Register, department: Department) -> None:
        self.register, self.department = register, department
        self.columns = {_head(register, name): name for name in _columns(register)}
        self.parsers = {name: _parser(register.model._meta.get_field(name), department) for name in _columns(register)}
        self.reading = Reading()

    def read(self, rows: list[list[Any]]) -> Reading:
        heads = [str(cell).strip() for cell in rows[0]] if rows else []
        named = [(place, head) for place, head in enumerate(heads) if head in self.columns]
        asked = self.register.form.base_fields
        needed = [name for name in _columns(self.register) if asked[name].required and not self._has_default(name)]
        missing = [_head(self.register, name) for name in needed if _head(self.register, name) not in heads]
        if missing:
            text = _("These columns are missing: %(names)s. Start from the empty list of this page.")
            self.reading.problem = text % {"names": "、".join(missing)}
            return self.reading
        for number, row in enumerate(rows[1:], 2):
            if any(cell not in ("", None) for cell in row):
                self._row(number, row, named)
        self._refuse_doubles()
        return self.reading

    def _has_default(self, name: str) -> bool:
        one: Any = self.register.model._meta.get_field(name)
        return bool(one.has_default())

    def _row(self, number: int, row: list[Any], named: list[tuple[int, str]]) -> None:
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        for place, head in named:
            name, cell = self.columns[head], row[place] if place < len(row) else ""
            if cell in ("", None) and self._has_default(name):
                continue
            try:
                values[name] = self.parsers[name](cell)
            except ValidationError as error:
                faults.append(Fault(number, head, str(cell), " ".join(error.messages)))
        record = self.register.model(department=self.department, region_id=self.department.region_id, **values)
        if not faults:
            faults = list(_contradictions(self.register, record, number))
        if faults:
            self.reading.bad_rows += 1
            self.reading.faults += faults
        else:
            record.row = number  # type: ignore[attr-defined]  # for what is found once all are read
            self.reading.records.append(record)

    def _refuse_doubles(self) -> None:
        """A number that stands twice in the list or is recorded already."""
        name = {"batches": "report_number"}.get(self.register.slug, "number")
        if name not in self.parsers:
            return
        rows = self.register.model.objects.filter(department=self.department)
        seen = set(rows.exclude(**{name: ""}).values_list(name, flat=True))
        kept = []
        for record in self.reading.records:
            text = getattr(record, name)
            if text and text in seen:
                why = _("This number is recorded already, or stands twice in the list.")
                self.reading.faults.append(Fault(record.row, _head(self.register, name), text, why))
                self.reading.bad_rows += 1
            else:
                kept.append(record)
                seen.add(text)
        self.reading.records = kept
        self.reading.faults.sort(key=lambda fault: fault.row)


def _contradictions(register: Register, record: Record, number: int) -> Iterator[Fault]:
    try:
        record.clean()
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            head = _head(register, name) if name in register.form.base_fields else ""
            value = getattr(record, name, "")
            yield Fault(number, head, "" if value is None else str(value), " ".join(messages))


def _columns(register: Register) -> list[str]:
    return [name for name in register.form.base_fields if name not in LEFT_OUT]


def _head(register: Register, name: str) -> str:
    return str(getattr(register.model._meta.get_field(name), "verbose_name", name))


def _labels(of: Any, department: Department) -> Iterable[str]:
    if of.name in NAMED:
        return [sector.name for sector in sectors_of(department)]
    return [str(label) for _value, label in of.choices or ()]


def _parser(of: Any, department: Department) -> Callable[[Any], Any]:
    """How the text of a cell becomes a value. Raises ValidationError."""
    if of.name in NAMED:
        return _one_of({sector.name: sector for sector in sectors_of(department)})
    if of.choices:
        known = {str(label): value for value, label in of.choices} | {value: value for value, _label in of.choices}
        return _one_of(known, empty="" if of.blank else None)
    if isinstance(of, models.DateField):
        return lambda cell: _day(cell, needed=not of.null)
    if isinstance(of, models.DecimalField):
        return lambda cell: _number(cell, Decimal, needed=not of.null)
    if isinstance(of, models.IntegerField):
        return lambda cell: _number(cell, int, needed=not of.null)
    return lambda cell: _text(cell, of)


def _one_of(known: dict[str, Any], empty: Any = None) -> Callable[[Any], Any]:
    def parse(cell: Any) -> Any:
        text = str(cell).strip()
        if text in known:
            return known[text]
        if not text and empty is not None:
            return empty
        words = "、".join(itertools.islice(known, WORDS_SHOWN))
        raise ValidationError(_("One of these is expected: %(known)s.") % {"known": words})

    return parse


def _day(cell: Any, *, needed: bool) -> datetime.date | None:
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    text = str(cell).strip().replace("/", "-").replace(".", "-")
    if not text and not needed:
        return None
    try:
        year, month, day = map(int, text.split("-"))
        return datetime.date(year, month, day)
    except ValueError:
        raise ValidationError(_("A day such as 2023-04-18 is expected.")) from None


def _number(cell: Any, kind: type, *, needed: bool) -> Any:
    text = str(cell).strip()
    if not text and not needed:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValidationError(_("A number is expected.")) from None
    if not value.is_finite() or value < 0 or (kind is int and value != value.to_integral_value()):
        whole = _("A whole number, 0 or more, is expected.")
        raise ValidationError(whole if kind is int else _("A number is expected."))
    return kind(value)


def _text(cell: Any, of: Any) -> str:
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    if not text and not of.blank:
        raise ValidationError(_("This cell must not be empty."))
    if len(text) > of.max_length:
        raise ValidationError(_("At most %(count)d characters fit in here.") % {"count": of.max_length})
    return text
