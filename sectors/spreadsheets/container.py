"""Opens a spreadsheet file that somebody sent, trusting nothing in it. Pure: no database.

Values are read by calamine, which is fast and knows .xls too, but tells neither an error from an empty cell nor a
formula or a format; of .xlsx those are read from the file itself, before calamine opens it.
"""

from __future__ import annotations

import datetime
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, load_workbook

from sectors.spreadsheets.positions import Position, address
from sectors.texts import readable

MEGABYTE = 1024 * 1024
MAX_SIZE = 10 * MEGABYTE
MAX_PARTS = 1000
MAX_WORKSHEETS = 30
MAX_MERGED = 20_000

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
BUILT_IN_PERCENT = {"9", "10"}

Value = int | float | str | bool | datetime.date | datetime.time | datetime.timedelta


@dataclass(frozen=True)
class Limits:
    """How large a file may be: packed and unpacked, in tags of one part and in cells of a worksheet's rectangle."""

    size: int = MAX_SIZE
    unpacked: int = 60 * MEGABYTE
    tags: int = 3_000_000
    cells: int = 1_000_000


SHEET = Limits()


class BadFile(Exception):
    """A file that cannot be read at all; the message says what to do."""


@dataclass(frozen=True)
class Worksheet:
    """Cells by row and column from 0. What only .xlsx tells is empty for .xls, which `has_cell_details` says."""

    name: str
    rows: list[list[Value]]
    merged: list[tuple[Position, Position]]
    has_cell_details: bool = False
    errors: dict[Position, str] = field(default_factory=dict)
    uncomputed: set[Position] = field(default_factory=set)  # formulas without a value
    percents: set[Position] = field(default_factory=set)

    def value(self, place: Position) -> Value:
        row, column = place
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""


class OpenedFile:
    """An opened workbook. Worksheets are read when asked for."""

    def __init__(self, workbook: CalamineWorkbook, parts: Parts | None, limits: Limits) -> None:
        self._workbook, self._parts, self._limits = workbook, parts, limits
        self.names = workbook.sheet_names[:MAX_WORKSHEETS]

    def worksheet(self, name: str) -> Worksheet:
        seen = self._parts.look(name) if self._parts else None
        with _complaints():
            found = self._workbook.get_sheet_by_name(name)
            if found.total_height * found.total_width > self._limits.cells:
                raise _too_wide(name, (found.total_height - 1, found.total_width - 1))
            rows = [[_readable(value) for value in row] for row in found.to_python(skip_empty_area=False)]
            merged = found.merged_cell_ranges or []
        if len(merged) > MAX_MERGED:
            raise _unreadable()
        if seen is None:
            return Worksheet(name, rows, merged)
        return Worksheet(name, rows, merged, True, seen.errors, seen.uncomputed, seen.percents)


def _readable(value: Value) -> Value:
    return readable(value) if isinstance(value, str) else value


def open_file(file: IO[bytes], size: int, limits: Limits = SHEET) -> OpenedFile:
    """Open .xlsx or .xls by what is in it, whatever its name says. Raises BadFile."""
    if size == 0:
        raise BadFile(_("The file is empty. Save it in Excel or WPS once more and choose it again."))
    if size > limits.size:
        raise too_large(limits.size)
    file.seek(0)
    data = file.read()
    if data.startswith(ZIP):
        parts = Parts(_unpacked(data, limits), limits)
        with _complaints():
            return OpenedFile(load_workbook(BytesIO(parts.packed())), parts, limits)
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise _locked()
        with _complaints():
            return OpenedFile(load_workbook(BytesIO(data)), None, limits)
    raise BadFile(_not_excel(data))


def too_large(most: int = MAX_SIZE) -> BadFile:
    return BadFile(
        _("The file is larger than %(size)d MB. A sheet needs far less: remove pictures and other worksheets from it.")
        % {"size": most // MEGABYTE}
    )


def _bomb() -> BadFile:
    return BadFile(
        _("Unpacked, the file is far too large for a sheet. Delete empty rows and pictures, and choose it again.")
    )


def _unreadable() -> BadFile:
    return BadFile(
        _("The file is damaged or was cut off on its way. Open it in Excel or WPS, save it, and choose it again.")
    )


def _locked() -> BadFile:
    return BadFile(_("The file is protected by a password. Remove the password, save it, and choose it again."))


def _too_wide(name: str, place: Position) -> BadFile:
    return BadFile(
        _("The worksheet “%(name)s” has something far away in cell %(cell)s. Delete it, save, and choose it again.")
        % {"name": name, "cell": address(place)}
    )


def _not_excel(data: bytes) -> str:
    if b"\x00" in data[:4096] or data.lstrip()[:5].lower() in (b"<html", b"<?xml", b"<!doc"):
        return _("This is no Excel file. Choose the .xlsx file that you downloaded here and filled.")
    return _(
        "This is a text file such as .csv, which has lost the hidden codes that say which figure belongs where. "
        "Fill the .xlsx file that you downloaded here, and save it as .xlsx."
    )


class _complaints:  # noqa: N801 - used as a word: with _complaints()
    """Whatever calamine has against a file becomes BadFile."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PasswordError):
            raise _locked() from error
        # A panic of the Rust library is no Exception and has no name to import.
        if isinstance(error, CalamineError | OSError | ValueError) or (kind and kind.__name__ == "PanicException"):
            raise _unreadable() from error


def _unpacked(data: bytes, limits: Limits) -> dict[str, bytes]:
    """Parts of a zip that matter, by name, unpacked under a limit."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > limits.unpacked:
                raise _bomb()
            _expect_workbook({entry.filename for entry in entries})
            # No more than the stated size is unpacked, and another size makes the checksum wrong.
            return {e.filename: archive.read(e) for e in entries if e.filename.lower().endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable() from error
    except RuntimeError as error:  # an encrypted entry
        raise _locked() from error


def _expect_workbook(names: set[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise BadFile(
            _("This kind of spreadsheet cannot be read. Open it, choose “save as” and the kind “.xlsx”, and try again.")
        )
    if "word/document.xml" in names:
        raise BadFile(_("This is a Word document, not an Excel file. Choose the .xlsx file that you downloaded here."))
    if any(name.lower().endswith((".xlsx", ".xls")) for name in names):
        raise BadFile(_("This is a packed folder. Unpack it and choose the .xlsx file in it."))
    raise BadFile(_("This is no Excel file. Choose the .xlsx file that you downloaded here and filled."))


@dataclass
class Seen:
    """What calamine does not tell of a worksheet."""

    errors: dict[Position, str] = field(default_factory=dict)
    uncomputed: set[Position] = field(default_factory=set)
    percents: set[Position] = field(default_factory=set)


class Parts:
    """The XML parts of an .xlsx file."""

    def __init__(self, parts: dict[str, bytes], limits: Limits) -> None:
        # Excel never writes a document type, which is what attacks on XML readers need.
        if any(b"<!DOCTYPE" in part[:2048] or b"<!ENTITY" in part[:2048] for part in parts.values()):
            raise _unreadable()
        if any(part.count(b"<") > limits.tags for part in parts.values()):
            raise _bomb()
        self.parts, self._limits = parts, limits
        self._paths = self._worksheets()
        self._percent = self._percent_styles()

    def packed(self) -> bytes:
        """A zip of exactly what was unpacked here, so that its headers cannot mislead the next reader."""
        into = BytesIO()
        with zipfile.ZipFile(into, "w") as archive:
            for name, part in self.parts.items():
                archive.writestr(name, part)
        return into.getvalue()

    def _tree(self, path: str) -> Any:
        try:
            return etree.fromstring(self.parts[path], etree.XMLParser(resolve_entities=False, no_network=True))
        except (KeyError, etree.XMLSyntaxError) as error:
            raise _unreadable() from error

    def _worksheets(self) -> dict[str, str]:
        """Path of each worksheet by its name."""
        targets = {rel.get("Id"): rel.get("Target", "") for rel in self._tree("xl/_rels/workbook.xml.rels")}
        found = {}
        for sheet in self._tree("xl/workbook.xml").iterfind("{*}sheets/{*}sheet"):
            link = next((value for key, value in sheet.attrib.items() if etree.QName(key).localname == "id"), "")
            found[sheet.get("name", "")] = posixpath.normpath(posixpath.join("/xl", targets.get(link, "")))[1:]
        return found

    def _percent_styles(self) -> set[str]:
        if "xl/styles.xml" not in self.parts:
            return set()
        styles = self._tree("xl/styles.xml")
        own = {
            number.get("numFmtId")
            for number in styles.iterfind("{*}numFmts/{*}numFmt")
            if "%" in number.get("formatCode", "")
        }
        formats = [xf.get("numFmtId") for xf in styles.iterfind("{*}cellXfs/{*}xf")]
        return {str(n) for n, number in enumerate(formats) if number in own or number in BUILT_IN_PERCENT}

    def look(self, name: str) -> Seen:
        """Go through a worksheet's cells once. Raises BadFile when they lie too far apart."""
        seen = Seen()
        last_row = last_column = 0
        for place, cell in self._cells(self._paths.get(name, "")):
            inside = {child.tag.rpartition("}")[2]: child.text for child in cell.iterchildren("*")}
            kind, text = cell.get("t"), inside.get("v")
            if kind == "e":
                seen.errors[place] = text or "#ERROR"
            elif "f" in inside and not text and ("v" not in inside or kind != "str"):
                seen.uncomputed.add(place)
            elif cell.get("s") in self._percent:
                seen.percents.add(place)
            if inside:
                last_row, last_column = max(last_row, place[0]), max(last_column, place[1])
        if (last_row + 1) * (last_column + 1) > self._limits.cells:
            raise _too_wide(name, (last_row, last_column))
        return seen

    def _cells(self, path: str) -> Iterator[tuple[Position, Any]]:
        """Cells with their places, which a file may leave out where they simply follow."""
        number, source = -1, BytesIO(self.parts.get(path, b""))
        try:
            for _event, row in etree.iterparse(source, tag="{*}row", resolve_entities=False, no_network=True):
                number, column = int(row.get("r") or number + 2) - 1, -1
                for cell in row.iterchildren("{*}c"):
                    at, column = _place(cell.get("r"), (number, column + 1))
                    yield (at, column), cell
                row.clear()
        except (etree.XMLSyntaxError, ValueError) as error:
            raise _unreadable() from error


def _place(reference: str | None, following: Position) -> Position:
    """(6, 2) for `C7`."""
    if not reference:
        return following
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]) - 1, _column(letters)


@lru_cache(maxsize=1000)
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
