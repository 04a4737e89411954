"""Lists as Excel files, written row by row, and the empty list to fill."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets

from inspections.personal_data import hide
from inspections.registers import Register
from sectors.models import Department
from sectors.spreadsheets import escaping

from . import columns

CHUNK = 2000
FIRST_YEAR = 1900  # of a spreadsheet's days
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class _Native(widgets.Widget):
    """Numbers and days as Excel has them; everything else as it is shown, and never as a formula."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, int | Decimal | datetime.date) or value is None:
            return value
        return escaping.escape(str(value))


class _Choice(_Native):
    """The word of a choice, looked up once for all rows: asking each record for it takes half of the time."""

    def __init__(self, choices: Any) -> None:
        super().__init__()
        self.labels = {value: str(label) for value, label in choices}

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return self.labels.get(value, value)


def resource(register: Register) -> resources.ModelResource:
    """The columns of a register as its form has them, with the words of the screen."""
    made: dict[str, Any] = {}
    for name in ["department", *register.form.base_fields]:
        of: Any = register.model._meta.get_field(name)
        shown = f"{name}__{columns.POINTED[name]}" if name in columns.POINTED else name
        choices = getattr(of, "flatchoices", None)
        widget = _Choice(choices) if choices else _Native()
        made[name] = fields.Field(attribute=shown, column_name=columns.head(register, name), widget=widget)
    meta = type("Meta", (), {"model": register.model, "fields": list(made), "export_order": list(made)})
    built: type[resources.ModelResource] = type("RecordResource", (resources.ModelResource,), made | {"Meta": meta})
    return built()


def write(register: Register, rows: QuerySet[Any], on_progress: Callable[[int], None] = lambda done: None) -> IO[bytes]:
    """A list as an Excel file that is written row by row, so that its size does not matter; `on_progress` gets
    how many are written. What says something of persons is masked, whoever takes the file along."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    book = xlsxwriter.Workbook(out, {"constant_memory": True, **OPTIONS})
    sheet = book.add_worksheet()
    of_register = resource(register)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, of_register.get_export_headers(), book.add_format({"bold": True}))
    exported = of_register.get_export_fields()
    pointed = (columns.POINTED.keys() | columns.LEFT_OUT) & register.form.base_fields.keys()
    related = rows.select_related("department", "sector", *pointed)
    for number, record in enumerate(related.iterator(chunk_size=CHUNK), 1):
        if number % CHUNK == 0:
            on_progress(number)
        hide(record)
        for place, one in enumerate(exported):
            value = of_register.export_field(one, record)
            if isinstance(value, datetime.date) and value.year >= FIRST_YEAR:
                sheet.write_datetime(number, place, datetime.datetime.combine(value, datetime.time()), day)
            elif value is not None:
                sheet.write(number, place, value if isinstance(value, int | Decimal) else escaping.fitting(str(value)))
    sheet.freeze_panes(1, 0)
    book.close()
    out.seek(0)
    return out


def write_template(register: Register, department: Department) -> IO[bytes]:
    """An empty list with its heads, those that must be filled marked, and lists of the words that columns take."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    book = xlsxwriter.Workbook(out)
    sheet, words = book.add_worksheet(_("Records")), book.add_worksheet(_("Words to choose from"))
    plain = book.add_format({"bold": True})
    must = book.add_format({"bold": True, "bg_color": "#FFF4CC"})
    day, text = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "@"})
    needed = set(columns.needed(register))
    for place, name in enumerate(columns.names(register)):
        of = register.model._meta.get_field(name)
        sheet.write(0, place, columns.head(register, name), must if name in needed else plain)
        sheet.set_column(
            place, place, 14, day if isinstance(of, models.DateField) else text if columns.is_text(of) else None
        )
        known = columns.words(of, department)
        if known:
            words.write_column(0, place, [columns.head(register, name), *known])
            letter = xlsxwriter.utility.xl_col_to_name(place)
            source = f"='{words.get_name()}'!${letter}$2:${letter}${len(known) + 1}"
            sheet.data_validation(1, place, 5000, place, {"validate": "list", "source": source})
    sheet.freeze_panes(1, 0)
    book.close()
    out.seek(0)
    return out
