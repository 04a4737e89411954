"""What calamine does not tell of an .xls file: its errors, formats of numbers, fonts and hidden worksheets. Pure.

Reads as much of the records of BIFF5 and BIFF8 as that takes ([MS-XLS]), out of the stream of a compound file
([MS-CFB]). Runs in a process of its own (`old_excel`), since nothing in such a file can be trusted.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sectors.spreadsheets.number_formats import BUILT_IN, GENERAL
from sectors.spreadsheets.worksheet import Details, Mark

STREAMS = ("Workbook", "Book")
SMALL = 4096  # streams below it lie in the small sectors
BOUNDSHEET, FORMAT, XF, FONT, SST, CONTINUE, BOF, EOF = 0x85, 0x41E, 0xE0, 0x31, 0xFC, 0x3C, 0x809, 0x0A
NUMBER, RK, MULRK, FORMULA, BOOLERR, LABELSST, RSTRING = 0x203, 0x27E, 0xBD, 0x06, 0x205, 0xFD, 0xD6
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
SKIPPED_FONT = 4  # a number that no font has
Record = tuple[int, int, bytes]  # kind, where it begins, what is in it


@dataclass
class _Book:
    is_old: bool = False  # BIFF5
    sheets: list[tuple[int, bool]] = field(default_factory=list)  # where each begins, and whether it is shown
    formats: dict[int, str] = field(default_factory=dict)
    fonts: list[Mark | None] = field(default_factory=list)
    styles: list[tuple[str, Mark | None]] = field(default_factory=list)  # format and mark of each cell style
    texts: list[Mark | None] = field(default_factory=list)

    def font(self, number: int) -> Mark | None:
        place = number - (number > SKIPPED_FONT)
        return self.fonts[place] if place < len(self.fonts) else None


def details(data: bytes) -> list[tuple[Details, bool]]:
    """Of each worksheet, in their order, and whether it is shown. Raises ValueError, IndexError or struct.error."""
    stream = stream_of(data)
    book = _globals(stream)
    return [(_sheet(stream, start, book), shown) for start, shown in book.sheets]


def stream_of(data: bytes) -> bytes:
    size, small = 1 << struct.unpack_from("<H", data, 30)[0], 1 << struct.unpack_from("<H", data, 32)[0]
    directory, small_table, more, count = (struct.unpack_from("<I", data, at)[0] for at in (48, 60, 68, 72))

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    def numbers(block: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4]))

    tables = numbers(data[76:512])
    for _step in range(min(count, len(data) // size)):
        found = numbers(sector(more))
        tables, more = tables + found[:-1], found[-1]
    table = [number for at in tables if at < len(data) // size for number in numbers(sector(at))]
    entries = _chain(directory, table, sector)
    streams = {}
    for at in range(0, len(entries) - 127, 128):
        entry = entries[at : at + 128]
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")
        streams[name] = struct.unpack_from("<II", entry, 116)
    start, length = next(streams[name] for name in STREAMS if name in streams)
    if length >= SMALL:
        return _chain(start, table, sector)[:length]
    container = _chain(streams["Root Entry"][0], table, sector)
    smalls = numbers(_chain(small_table, table, sector))
    return _chain(start, smalls, lambda number: container[number * small : (number + 1) * small])[:length]


def _chain(start: int, table: list[int], sector: Callable[[int], bytes]) -> bytes:
    found: list[bytes] = []
    number = start
    while number < len(table) and len(found) <= len(table):
        found.append(sector(number))
        number = table[number]
    return b"".join(found)


def records(stream: bytes, start: int) -> Iterator[Record]:
    """Those of one part, to its end; what lies within it, such as a chart, is left out."""
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == BOF) - (kind == EOF)
        if depth == 1:
            yield kind, at, stream[at + 4 : at + 4 + length]
        if depth <= 0:
            return
        at += 4 + length


def _globals(stream: bytes) -> _Book:
    book, styles = _Book(), []
    strings: list[bytes] = []
    in_texts = False
    for kind, _at, body in records(stream, 0):
        if kind == BOF:
            book.is_old = struct.unpack_from("<H", body)[0] < 0x600
        elif kind == BOUNDSHEET:
            if not body[5]:  # a chart or a macro else
                book.sheets.append((struct.unpack_from("<I", body)[0], not body[4] & 3))
        elif kind == FORMAT:
            book.formats[struct.unpack_from("<H", body)[0]] = _short_text(body[2:], book)
        elif kind == FONT:
            grbit, raised = struct.unpack_from("<H", body, 2)[0], struct.unpack_from("<H", body, 8)[0]
            book.fonts.append(Mark.RAISED if raised in (1, 2) else Mark.STRUCK if grbit & 8 else None)
        elif kind == XF:
            styles.append(struct.unpack_from("<HH", body))
        in_texts = kind == SST or (kind == CONTINUE and in_texts)
        if in_texts:
            strings.append(body)
    if strings:
        book.texts = _Texts(strings, book).read()
    book.styles = [(book.formats.get(form, BUILT_IN.get(form, GENERAL)), book.font(font)) for font, form in styles]
    return book


def _short_text(body: bytes, book: _Book) -> str:
    if book.is_old:
        return body[1 : 1 + body[0]].decode("gb18030", "replace")
    wide = body[2] & 1
    return body[3 : 3 + struct.unpack_from("<H", body)[0] * (1 + wide)].decode("utf-16-le" if wide else "latin-1")


class _Texts:
    """Texts that cells share; one may go on in the next record, which then says anew how wide its characters are."""

    def __init__(self, blocks: list[bytes], book: _Book) -> None:
        self.blocks, self.book, self.block, self.at = blocks, book, 0, 8

    def read(self) -> list[Mark | None]:
        count = struct.unpack_from("<I", self.blocks[0], 4)[0]
        return [self._text() for _n in range(min(count, sum(map(len, self.blocks))))]

    def _take(self, length: int) -> bytes:
        if self.at >= len(self.blocks[self.block]):
            self.block, self.at = self.block + 1, 0
        found = self.blocks[self.block][self.at : self.at + length]
        self.at += len(found)
        return found if len(found) == length else found + self._take(length - len(found))

    def _text(self) -> Mark | None:
        length, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        wide = flags & 1
        while length:
            if self.at >= len(self.blocks[self.block]):
                self.block, self.at = self.block + 1, 1
                wide = self.blocks[self.block][0] & 1
            fits = min(length, (len(self.blocks[self.block]) - self.at) >> wide)
            self.at += fits << wide
            length -= fits
        fonts = [struct.unpack("<HH", self._take(4))[1] for _run in range(runs)]
        for _byte in range(0, extra, 1024):
            self._take(min(1024, extra - _byte))
        return next((mark for font in fonts if (mark := self.book.font(font))), None)


def _sheet(stream: bytes, start: int, book: _Book) -> Details:
    found = Details()
    for kind, _at, body in records(stream, start):
        if kind == MULRK:
            row, column = struct.unpack_from("<HH", body)
            for n in range((len(body) - 6) // 6):
                _number(found, (row, column + n), struct.unpack_from("<H", body, 4 + 6 * n)[0], book)
            continue
        if kind not in (NUMBER, RK, FORMULA, BOOLERR, LABELSST, RSTRING):
            continue
        row, column, style = struct.unpack_from("<HHH", body)
        place = row, column
        if kind == BOOLERR and body[7]:
            found.errors[place] = ERRORS.get(body[6], "#ERROR")
        elif kind == FORMULA and body[12:14] == b"\xff\xff":
            if body[6] == 2:
                found.errors[place] = ERRORS.get(body[8], "#ERROR")
        elif kind in (NUMBER, RK, FORMULA):
            _number(found, place, style, book)
        elif kind == LABELSST:
            shared = struct.unpack_from("<I", body, 6)[0]
            _mark(found, place, book.texts[shared] if shared < len(book.texts) else None)
        _mark(found, place, book.styles[style][1] if style < len(book.styles) else None)
    return found


def _number(found: Details, place: tuple[int, int], style: int, book: _Book) -> None:
    code, mark = book.styles[style]
    if code != GENERAL:
        found.formats[place] = code
    _mark(found, place, mark)


def _mark(found: Details, place: tuple[int, int], mark: Mark | None) -> None:
    if mark:
        found.marks.setdefault(place, mark)
