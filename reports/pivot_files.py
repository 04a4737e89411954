"""A pivot table as a file: CSV for any program, .xlsx with numbers that Excel can go on reckoning with."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import xlsxwriter

from reports.aggregation import AnnualValue
from sectors.kinds import rounded

Rows = Iterable[list[str | AnnualValue | None]]
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Rows) -> bytes:
    """UTF-8 with the mark by which Excel knows it; before a text that it would take for a formula stands a quote."""
    out = io.StringIO()
    csv.writer(out).writerows([[_text(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _text(cell: str | AnnualValue | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, AnnualValue):
        return cell.text
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_xlsx(rows: Rows) -> bytes:
    """Numbers with the decimals they are printed with; the head stays in sight."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {n: book.add_format({"num_format": "0" + ("." + "0" * n if n else "")}) for n in range(7)}
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, AnnualValue):
                if cell.value is not None:
                    places = cell.places
                    sheet.write_number(at, place, rounded(cell.value, places, cell.indicator.rounding), formats[places])
            elif cell:
                sheet.write_string(at, place, cell, None if at else head)
    sheet.freeze_panes(1, 5)
    for columns, width in (((0, 0), 24), ((1, 1), 30), ((2, 4), 14), ((5, 200), 13)):
        sheet.set_column(*columns, width)
    book.close()
    return out.getvalue()
