"""Opens a spreadsheet file that somebody sent, trusting nothing in it. Pure: no database.

Values are read by calamine, which is fast and knows .xls too, but tells neither an error from an empty cell nor a
formula or a format; of .xlsx those are read from the file itself, before calamine opens it. How large a file gets is
known before: nothing is unpacked, and no row of it is made, beyond `Limits`.
"""

from __future__ import annotations

import codecs
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, load_workbook

from sectors.spreadsheets import old_excel
from sectors.spreadsheets.number_formats import GENERAL
from sectors.spreadsheets.positions import Position, address
from sectors.spreadsheets.structure import Structure, of_part
from sectors.spreadsheets.styles import mark_of_text, marks, number_formats
from sectors.spreadsheets.worksheet import Details, Mark, Value, Worksheet, is_picture
from sectors.texts import readable, whole_number

MEGABYTE = 1024 * 1024
MAX_SIZE = 10 * MEGABYTE
MAX_PARTS = 1000
MAX_WORKSHEETS = 30
MAX_MERGED = 20_000
MAX_LIST_OF_PARTS = 256 * 1024  # bytes in which a zip lists its parts

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END, END_SIZE, END_64, END_64_SIZE = b"PK\x05\x06", 22, b"PK\x06\x07", 20  # where the list of a zip's parts is told of
SHARED_TEXTS = "xl/sharedstrings.xml"
# How many texts there are: calamine makes room for what is said here before it reads one.
STATED = re.compile(rb"""\buniqueCount\s*=\s*("[^"]*"|'[^']*')""")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# An error in a cell, which may be one that calamine does not know and stumbles over.
ERROR_CELL = re.compile(
    rb"""(<(?:\w+:)?c\b[^>]*\st=["']e["'][^>]*(?<!/)>(?:(?!</?(?:\w+:)?c\b).)*?<(?:\w+:)?v>)[^<]*(<)""", re.DOTALL
)
PAGE = re.compile(rb"\s*(?:<|MIME-Version:)", re.IGNORECASE)
MAIN_PART = re.compile(rb"""<(?:\w+:)?Relationship\b(?=[^>]*/officeDocument["'])[^>]*?\sTarget=["']([^"']+)["']""")
WORKBOOK, RELATIONS = "xl/workbook.xml", "_rels/.rels"


@dataclass(frozen=True)
class Limits:
    """How large a file may be: packed and unpacked, in tags of all parts, in cells of a worksheet's rectangle, and in
    cells of a worksheet at all, of which there are more where empty ones are coloured."""

    size: int = MAX_SIZE
    unpacked: int = 60 * MEGABYTE
    tags: int = 1_000_000
    cells: int = 200_000


SHEET = Limits()
MOST_EMPTY = 50  # cells of the rectangle for each that holds something, in what is larger than a sheet


class BadFile(Exception):
    """A file that cannot be read at all; the message says what to do."""


@dataclass(frozen=True)
class OpenedFile:
    """An opened workbook: the names of its worksheets, and what reads one of them, and how that is laid out, which is
    asked for after it. Raises BadFile."""

    names: list[str]
    worksheet: Callable[[str], Worksheet]
    structure: Callable[[str], Structure]
    is_xlsx: bool


def _of_parts(workbook: CalamineWorkbook, parts: Parts, limits: Limits) -> OpenedFile:
    """An .xlsx, worksheets of which are read when asked for."""

    def read(name: str) -> Worksheet:
        seen = parts.look(name)
        with _complaints():
            found = workbook.get_sheet_by_name(name)
            if found.total_height * found.total_width > limits.cells:
                raise _too_wide(name, (found.total_height - 1, found.total_width - 1))
            rows, merged = found.to_python(skip_empty_area=False), found.merged_cell_ranges or []
        return _worksheet(name, rows, merged, seen, name in parts.shown)

    return OpenedFile([*parts.paths][:MAX_WORKSHEETS], read, parts.structure, is_xlsx=True)


def _of_old(data: bytes, limits: Limits) -> OpenedFile:
    """An .xls."""
    try:
        found = old_excel.worksheets(data, most=MAX_WORKSHEETS, cells=limits.cells)
    except old_excel.TooWide as error:
        raise _too_wide(error.name, error.place) from error
    except old_excel.Locked as error:
        raise _locked() from error
    except old_excel.Unreadable as error:
        raise _unreadable() from error
    return OpenedFile(
        [*found], lambda name: _worksheet(name, *found[name][:4]), lambda name: found[name][4], is_xlsx=False
    )


def _worksheet(
    name: str, rows: list[list[Value]], merged: list[tuple[Position, Position]], details: Details, is_visible: bool
) -> Worksheet:
    if len(merged) > MAX_MERGED:
        raise _unreadable()
    return Worksheet(name, [[_readable(value) for value in row] for row in rows], merged, details, is_visible)


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
            return _of_parts(load_workbook(BytesIO(parts.packed())), parts, limits)
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise _locked()
        return _of_old(data, limits)
    raise BadFile(_not_excel(data))


def unpacked_size(file: IO[bytes], size: int) -> int:
    """Bytes that the parts of an .xlsx say they have, or the file itself where it is none. Raises BadFile."""
    file.seek(0)
    data = file.read(size)
    file.seek(0)
    if not data.startswith(ZIP):
        return size
    expect_short_list(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable() from error


def expect_short_list(data: bytes) -> None:
    """A million names of parts fit in a small file. Raises BadFile before they are read."""
    at = data.rfind(END, max(len(data) - END_SIZE - 0xFFFF, 0))
    if at < 0 or len(data) < at + END_SIZE or data[:at][-END_64_SIZE:].startswith(END_64):
        raise _unreadable()
    if struct.unpack_from("<I", data, at + 12)[0] > MAX_LIST_OF_PARTS:
        raise _bomb()


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
    if PAGE.match(data[:4096].removeprefix(codecs.BOM_UTF8)):
        return _(
            "This is a web page under the name of an Excel file, as some programs export it. Open it in Excel or WPS, "
            "choose “save as” and the kind “.xlsx”, and choose that file."
        )
    if b"\x00" in data[:4096] or data.startswith((b"%PDF", b"{\\rtf")):
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
    expect_short_list(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > limits.unpacked:
                raise _bomb()
            names = {entry.filename.replace("\\", "/") for entry in entries}
            # No more than the stated size is unpacked, and another size makes the checksum wrong.
            parts = {
                name: _without_stated(name, archive.read(entry))
                for entry in entries
                if (name := entry.filename.replace("\\", "/")).lower().endswith((".xml", ".rels"))
            }
            parts = _with_usual_name(parts)
            _expect_workbook(names | parts.keys())
            return parts
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable() from error
    except RuntimeError as error:  # an encrypted entry
        raise _locked() from error


def _without_stated(name: str, part: bytes) -> bytes:
    return STATED.sub(b"", part) if name.lower() == SHARED_TEXTS else part


def _with_usual_name(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Some programs call the workbook otherwise (`xl/workbook22.xml`), and say so in the list of relations."""
    found = MAIN_PART.search(parts.get(RELATIONS, b""))
    name = found[1].decode("utf-8", "replace").lstrip("/") if found and WORKBOOK not in parts else ""
    folder, _slash, file = name.rpartition("/")
    renamed = {name: WORKBOOK, f"{folder}/_rels/{file}.rels": "xl/_rels/workbook.xml.rels"} if folder == "xl" else {}
    content = {renamed.get(part, part): text for part, text in parts.items()}
    if renamed:
        for listed in (RELATIONS, "[Content_Types].xml"):
            content[listed] = content.get(listed, b"").replace(name.encode(), WORKBOOK.encode())
    return content


def _expect_workbook(names: set[str]) -> None:
    if WORKBOOK in names:
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


class Parts:
    """The XML parts of an .xlsx file."""

    def __init__(self, parts: dict[str, bytes], limits: Limits) -> None:
        # Excel never writes a document type, which is what attacks on XML readers need.
        if any(b"<!DOCTYPE" in part[:2048] or b"<!ENTITY" in part[:2048] for part in parts.values()):
            raise _unreadable()
        if sum(part.count(b"<") for part in parts.values()) > limits.tags:
            raise _bomb()
        self.parts, self._limits = parts, limits
        self.paths: dict[str, str] = {}  # of each worksheet, by its name
        self.shown: set[str] = set()
        self._find_worksheets()
        self._styles = self._tree("xl/styles.xml") if "xl/styles.xml" in parts else None
        self._formats = [] if self._styles is None else number_formats(self._styles)
        self._marks = {} if self._styles is None else marks(self._styles)

    def packed(self) -> bytes:
        """A zip of exactly what was unpacked here, so that its headers cannot mislead the next reader."""
        into, worksheets = BytesIO(), set(self.paths.values())
        with zipfile.ZipFile(into, "w") as archive:
            for name, part in self.parts.items():
                archive.writestr(name, ERROR_CELL.sub(rb"\1#VALUE!\2", part) if name in worksheets else part)
        return into.getvalue()

    def _tree(self, path: str) -> Any:
        try:
            return etree.fromstring(self.parts[path], etree.XMLParser(resolve_entities=False, no_network=True))
        except (KeyError, etree.XMLSyntaxError) as error:
            raise _unreadable() from error

    def _find_worksheets(self) -> None:
        related = {rel.get("Id"): rel for rel in self._tree("xl/_rels/workbook.xml.rels")}
        for sheet in self._tree(WORKBOOK).iterfind("{*}sheets/{*}sheet"):
            link = next((value for key, value in sheet.attrib.items() if etree.QName(key).localname == "id"), "")
            target = related.get(link)
            if target is None or not target.get("Type", "").endswith("/worksheet"):
                continue  # a chart or a dialogue of its own
            name = sheet.get("name", "")
            self.paths[name] = posixpath.normpath(posixpath.join("/xl", target.get("Target", "")))[1:]
            if sheet.get("state", "visible") == "visible":
                self.shown.add(name)

    @cached_property
    def _texts(self) -> list[tuple[int, Mark | None]]:
        """How long the texts are that cells share, and how marked, in their order."""
        part = next((part for name, part in self.parts.items() if name.lower() == SHARED_TEXTS), b"")
        found = []
        try:
            for _event, text in etree.iterparse(BytesIO(part), tag="{*}si", resolve_entities=False, no_network=True):
                found.append((sum(map(len, text.itertext())), mark_of_text(text)))
                text.clear()
        except etree.XMLSyntaxError as error:
            if part:
                raise _unreadable() from error
        return found

    def _shared(self, number: str | None) -> tuple[int, Mark | None]:
        place = whole_number(number or "")
        return self._texts[place] if place < len(self._texts) else (0, None)

    def look(self, name: str) -> Details:
        """Go through a worksheet's cells once. Raises BadFile when there are too many, when they lie too far apart, and
        when a text is shared by so many that it becomes too much."""
        seen = Details()
        last_row = last_column = characters = filled = 0
        for count, (place, cell) in enumerate(self._cells(self.paths.get(name, "")), start=1):
            inside = {child.tag.rpartition("}")[2]: child for child in cell.iterchildren("*")}
            texts = {tag: child.text for tag, child in inside.items()}
            length, mark = self._shared(texts.get("v")) if cell.get("t") == "s" else (0, None)
            characters += length
            if count > self._limits.cells or characters > self._limits.unpacked:
                raise _bomb()
            if inside:
                filled += 1
                last_row, last_column = max(last_row, place[0]), max(last_column, place[1])
                self._see(seen, place, cell, texts)
                if "is" in inside:
                    mark = mark_of_text(inside["is"])
                if mark := mark or self._marks.get(cell.get("s") or "0"):
                    seen.marks.setdefault(place, mark)
        cells = (last_row + 1) * (last_column + 1)
        if cells > self._limits.cells or cells > max(SHEET.cells, MOST_EMPTY * filled):
            raise _too_wide(name, (last_row, last_column))
        return seen

    def structure(self, name: str) -> Structure:
        """Of a worksheet that was looked at."""
        return of_part(self.parts.get(self.paths.get(name, ""), b"<worksheet/>"), self._styles)

    def _see(self, seen: Details, place: Position, cell: Any, inside: dict[str, str | None]) -> None:
        """What is there to know of a cell that holds something, by the texts of its elements."""
        kind, text, style = cell.get("t"), inside.get("v"), whole_number(cell.get("s") or "")
        if is_picture(inside.get("f") or ""):
            seen.marks[place] = Mark.PICTURE
        if kind == "e":
            seen.errors[place] = text or "#ERROR"
        elif "f" in inside and not text and ("v" not in inside or kind != "str"):
            seen.uncomputed.add(place)
        elif kind in (None, "n") and style < len(self._formats) and self._formats[style] != GENERAL:
            seen.formats[place] = self._formats[style]

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
