"""The rows of a list that could not be taken, handed back with what is wrong in each cell."""

from __future__ import annotations

import datetime
import math
import tempfile
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from .reader import Fault, Reading
from .writer import FIRST_YEAR, OPTIONS

RED = "#F4B6B2"


def write_failed(reading: Reading) -> IO[bytes]:
    """A workbook of the faulty rows only: bad cells are red with a note, and the last column says all of it.

    Mended, it can be sent as it is: the last column is none that a list knows.
    """
    out = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    book = xlsxwriter.Workbook(out, OPTIONS)
    sheet = book.add_worksheet(_("To be mended"))
    bold, red = book.add_format({"bold": True}), book.add_format({"bg_color": RED})
    day, red_day = (book.add_format({"num_format": "yyyy-mm-dd", **more}) for more in ({}, {"bg_color": RED}))
    sheet.write_row(0, 0, [*reading.found.texts, _("What to do")], bold)
    faults: dict[int, list[Fault]] = {}
    for fault in reading.faults:
        faults.setdefault(fault.row, []).append(fault)
    for number, (row, found) in enumerate(sorted(faults.items()), 1):
        bad = {fault.place: fault.why for fault in found}
        for place in range(len(reading.found.texts)):
            value = _cell(reading, row, place)
            is_day = isinstance(value, datetime.date)
            style = (red_day if is_day else red) if place in bad else day if is_day else None
            sheet.write(number, place, value, style)
            if bad.get(place):
                sheet.write_comment(number, place, bad[place])
        sheet.write(number, len(reading.found.texts), " ".join(f"{fault.column}：{fault.why}" for fault in found))
    sheet.set_column(0, len(reading.found.texts) - 1, 14)
    sheet.set_column(len(reading.found.texts), len(reading.found.texts), 60)
    sheet.freeze_panes(1, 0)
    book.close()
    out.seek(0)
    return out


def _cell(reading: Reading, row: int, place: int) -> Any:
    """What stood there; what a number would lose with its format, and an error, as text."""
    at = (row - 1, place)
    value = reading.page.value(at)
    is_early = isinstance(value, datetime.date) and value.year < FIRST_YEAR
    is_plain = isinstance(value, str | datetime.date) or (isinstance(value, int | float) and math.isfinite(value))
    if is_early or not is_plain or at in reading.page.details.errors or at in reading.page.details.formats:
        return reading.page.text(at)
    return value
