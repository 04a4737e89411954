"""Lists of firms as Excel files, and the empty list to fill."""

from __future__ import annotations

import datetime
import tempfile
from typing import IO, Any

import xlsxwriter
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from inspections.models import Firm, FirmName
from inspections.personal_data import MASK, masked_person
from sectors.models import Department
from sectors.spreadsheets import escaping

from . import firm_columns
from .writer import FIRST_YEAR, OPTIONS

TEMPLATE_ROWS = 5000  # for which words can be chosen


def write_firms(rows: QuerySet[Firm]) -> IO[bytes]:
    """A list with the columns that come in again, and the last inspection. Names of persons are masked, whoever takes
    the file along."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    book = xlsxwriter.Workbook(out, {"constant_memory": True, **OPTIONS})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    heads = [*map(firm_columns.head, firm_columns.NAMES), _("Last inspected")]
    sheet.write_row(0, 0, heads, book.add_format({"bold": True}))
    named = rows.select_related("department").prefetch_related(
        Prefetch("other_names", queryset=FirmName.objects.order_by("pk"))
    )
    for number, firm in enumerate(named.iterator(chunk_size=1000), 1):
        values = [*(_value(firm, of) for of in firm_columns.NAMES), getattr(firm, "last_inspected", None)]
        for place, value in enumerate(values):
            if isinstance(value, datetime.date) and value.year >= FIRST_YEAR:
                sheet.write_datetime(number, place, datetime.datetime.combine(value, datetime.time()), day)
            elif value:
                sheet.write_string(number, place, escaping.fitting(escaping.escape(str(value))))
    sheet.freeze_panes(1, 0)
    book.close()
    out.seek(0)
    return out


def _value(firm: Firm, of: str) -> Any:
    if of == firm_columns.OTHERS:
        return "、".join(masked_person(one.name) for one in firm.other_names.all())
    if of == "department":
        return firm.department.short_name if firm.department else ""
    if of == "name":
        return masked_person(firm.name)
    if of == "address" and firm.is_person:
        return MASK if firm.address else ""
    if of == "grade":
        return firm.grade
    return getattr(firm, f"get_{of}_display", lambda: getattr(firm, of))()


def write_firm_template(department: Department) -> IO[bytes]:
    """An empty list with its heads, those that must be filled marked, and lists of the words that columns take."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    book = xlsxwriter.Workbook(out)
    sheet, words = book.add_worksheet(_("Firms and places")), book.add_worksheet(_("Words to choose from"))
    plain, must = book.add_format({"bold": True}), book.add_format({"bold": True, "bg_color": "#FFF4CC"})
    day, text = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "@"})
    for place, of in enumerate(firm_columns.NAMES):
        is_day = of != firm_columns.OTHERS and isinstance(firm_columns.field(of), models.DateField)
        sheet.write(0, place, firm_columns.head(of), must if of in firm_columns.NEEDED else plain)
        sheet.set_column(place, place, 22 if of in ("name", "code", "address") else 14, day if is_day else text)
        known = firm_columns.words(of, department)
        if known:
            words.write_column(0, place, [firm_columns.head(of), *known])
            letter = xlsxwriter.utility.xl_col_to_name(place)
            source = f"='{words.get_name()}'!${letter}$2:${letter}${len(known) + 1}"
            sheet.data_validation(1, place, TEMPLATE_ROWS, place, {"validate": "list", "source": source})
    sheet.freeze_panes(1, 0)
    book.close()
    out.seek(0)
    return out
