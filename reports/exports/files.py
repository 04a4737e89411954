"""Lists as files, written row by row: their size does not matter."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from sectors.calculation.cells import formatted
from sectors.spreadsheets import escaping
from sectors.vocabulary import Rounding

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_ROWS = 1_048_575  # under the head
BOM = "\ufeff"  # without it Excel reads a .csv in the code page of the machine
OPTIONS = {
    "constant_memory": True,
    "default_date_format": "yyyy-mm-dd",
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
HEAD = {"bold": True, "bg_color": "#EEF1F4", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
PLACES = 7  # a figure has at most six decimals


class TooManyRows(Exception):
    """More than a worksheet holds; the message says what to do."""


@dataclass(frozen=True)
class ExportNumber:
    """A figure with the decimals that it is shown with. A workbook keeps all its digits, a text has those shown."""

    value: Decimal
    places: int
    rounding: str = Rounding.HALF_UP

    def __str__(self) -> str:
        return formatted(self.value, self.places, self.rounding)


Value = str | int | ExportNumber | date | datetime | None


@dataclass(frozen=True)
class ExportColumn:
    head: str
    width: int = 12  # in characters


@dataclass(frozen=True)
class Listing:
    """A list to be written: `rows` are read once, `count` is how many there are."""

    title: str
    columns: tuple[ExportColumn, ...]
    rows: Iterable[tuple[Value, ...]]
    count: int


Step = Callable[[int], None]


def write_xlsx(listing: Listing, path: Path | BinaryIO, step: Step = lambda _done: None) -> None:
    """With types, number formats, widths, a frozen head and a filter. `step` is told how many rows are written.

    Raises TooManyRows before anything is written.
    """
    if listing.count > XLSX_ROWS:
        words = _("%(count)d rows do not fit into an Excel worksheet. Choose one year or sector, or .csv.")
        raise TooManyRows(words % {"count": listing.count})
    with xlsxwriter.Workbook(path, OPTIONS) as book:
        sheet = book.add_worksheet()
        for place, column in enumerate(listing.columns):
            sheet.set_column(place, place, column.width)
        sheet.write_row(0, 0, [column.head for column in listing.columns], book.add_format(HEAD))
        sheet.freeze_panes(1, 0)
        writer = _Cells(book, sheet)
        last = 0
        for last, row in enumerate(listing.rows, start=1):
            writer.write(last, row)
            step(last)
        sheet.autofilter(0, 0, last, len(listing.columns) - 1)


class _Cells:
    """Writes by the type of the value: a function for each, since this is done for every cell of a long list."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self.sheet = sheet
        self.formats = [book.add_format({"num_format": "0" + "." * bool(n) + "0" * n}) for n in range(PLACES)]
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.ways: dict[type, Callable[[int, int, Any], object]] = {
            str: lambda row, place, value: sheet.write_string(row, place, escaping.fitting(escaping.escape(value))),
            int: sheet.write_number,
            ExportNumber: self._number,
            date: lambda row, place, value: sheet.write_datetime(row, place, value, self.day),
            datetime: self._moment,
            type(None): lambda row, place, value: None,
        }

    def write(self, row: int, values: tuple[Value, ...]) -> None:
        for place, value in enumerate(values):
            self.ways[type(value)](row, place, value)

    def _number(self, row: int, place: int, number: ExportNumber) -> None:
        self.sheet.write_number(row, place, number.value, self.formats[number.places])

    def _moment(self, row: int, place: int, value: datetime) -> None:
        self.sheet.write_datetime(row, place, timezone.localtime(value).replace(tzinfo=None), self.moment)


class Echo:
    """Hands a written line back, which is all that csv asks of a file: lines are made one at a time."""

    def write(self, text: str) -> str:
        return text


def csv_lines(listing: Listing) -> Iterator[str]:
    """The .csv line by line, for Excel: a byte order mark first, days and numbers as it reads them."""
    writer: Any = csv.writer(Echo())
    yield BOM + writer.writerow([column.head for column in listing.columns])
    for row in listing.rows:
        yield writer.writerow([_as_text(value) for value in row])


def write_csv(listing: Listing, path: Path, step: Step = lambda _done: None) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, line in enumerate(csv_lines(listing)):
            file.write(line)
            step(number)


def _as_text(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, str):
        return escaping.escape(value)
    return "" if value is None else str(value)
