"""Opens a Word file that somebody sent, trusting nothing in it: paragraphs, headings and tables as blocks. Pure.

Nothing is unpacked beyond `LIMITS`, and only the parts that hold the text.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from lxml import etree

from sectors.reading.blocks import LEADER, Block, is_heading_text, of_text, plain
from sectors.spreadsheets.container import ENCRYPTED, MAX_PARTS, MEGABYTE, OLE, ZIP, BadFile, expect_short_list

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENT, STYLES = "word/document.xml", "word/styles.xml"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SIGNS = {f"{W}tab": " ", f"{W}br": " ", f"{W}noBreakHyphen": "-"}
# What is there for older programs, and what was taken away while changes are tracked.
_UNSEEN = (FALLBACK, f"{W}del", f"{W}moveFrom", f"{W}pPr")
_HEADING_NAMES = ("heading", "标题")
_NOTE = re.compile(r"[\[〔]\d+[\]〕]")
_UNIT = re.compile(r"\((?:单位[:：])?([^()]{1,8})\)")
_NUMERIC = re.compile(r"[约近超]?[+-]?[\d,]+(?:\.\d+)?[余多]?(?:%|以上|以下)?(?:\(\d+/\d+期\))?")
_COVERAGE = re.compile(r"\(\d+/\d+期\)|^\+")
_UNIT_HEADS = ("单位", "计量单位")
_NO_NAMES = (*_UNIT_HEADS, "序号")


@dataclass(frozen=True)
class Limits:
    size: int = 20 * MEGABYTE
    unpacked: int = 40 * MEGABYTE  # of the parts that are read
    tags: int = 2_000_000
    characters: int = 300_000


LIMITS = Limits()


def open_report(file: IO[bytes], size: int, limits: Limits = LIMITS) -> list[Block]:
    """The blocks of a .docx or a plain text, by what is in it. Raises BadFile."""
    if size == 0:
        raise BadFile(_("The file is empty. Save it in Word or WPS once more and choose it again."))
    if size > limits.size:
        message = _("The file is larger than %(size)d MB. Remove pictures from it, and choose it again.")
        raise BadFile(message % {"size": limits.size // MEGABYTE})
    file.seek(0)
    data = file.read()
    if data.startswith(ZIP):
        found = list(_Document(_parts(data, limits), limits).blocks())
    elif data.startswith(OLE):
        raise BadFile(_old_or_locked(data))
    else:
        found = of_text(_text(data, limits))
    if not any(block.text for block in found):
        raise BadFile(_("There is no text in the file: a scan has only pictures. Choose the Word file it was made of."))
    return found


def _old_or_locked(data: bytes) -> str:
    if ENCRYPTED in data:
        return _("The file is protected by a password. Remove the password, save it, and choose it again.")
    return _("This is an old Word file (.doc). Open it in Word or WPS, save it as .docx, and choose the new file.")


def _text(data: bytes, limits: Limits) -> str:
    """In UTF-8, UTF-16 or GBK, as editors in China save it."""
    if data.startswith(b"%PDF"):
        raise BadFile(_("This is a PDF. Choose the Word file (.docx) that it was made of, or its text as .txt."))
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return _expect_short(text, limits).replace("\r\n", "\n").replace("\r", "\n")
    raise BadFile(_("This is neither a Word file (.docx) nor a text. Choose the report as .docx or .txt."))


def _expect_short(text: str, limits: Limits) -> str:
    if len(text) > limits.characters:
        message = _("The text has more than %(most)d characters: this is no report of one year. Choose another file.")
        raise BadFile(message % {"most": limits.characters})
    return text


def _parts(data: bytes, limits: Limits) -> dict[str, bytes]:
    expect_short_list(data)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if DOCUMENT not in entries:
                raise BadFile(_("This is no Word file. Choose the report as .docx or .txt."))
            wanted = [entries[name] for name in (DOCUMENT, STYLES) if name in entries]
            if len(entries) > MAX_PARTS or sum(entry.file_size for entry in wanted) > limits.unpacked:
                raise _too_much()
            # No more than the stated size is unpacked, and another size makes the checksum wrong.
            parts = {entry.filename: archive.read(entry) for entry in wanted}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise _unreadable() from error
    except RuntimeError as error:  # an encrypted entry
        raise BadFile(
            _("The file is protected by a password. Remove the password, save it, and choose it again.")
        ) from error
    # Word never writes a document type, which is what attacks on XML readers need.
    if any(b"<!DOCTYPE" in part[:2048] or b"<!ENTITY" in part[:2048] for part in parts.values()):
        raise _unreadable()
    if sum(part.count(b"<") for part in parts.values()) > limits.tags:
        raise _too_much()
    return parts


def _too_much() -> BadFile:
    return BadFile(_("Unpacked, the file is far too large for a report. Save its text alone, and choose it again."))


def _unreadable() -> BadFile:
    return BadFile(_("The file is damaged or was cut off. Open it in Word or WPS, save it, and choose it again."))


class _Document:
    """The text of the parts of a Word file."""

    def __init__(self, parts: dict[str, bytes], limits: Limits) -> None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            self._root = etree.fromstring(parts[DOCUMENT], parser)
            styles = etree.fromstring(parts[STYLES], parser) if STYLES in parts else None
        except etree.XMLSyntaxError as error:
            raise _unreadable() from error
        self._headings, self._contents = set[str](), set[str]()
        for style in styles.iter(f"{W}style") if styles is not None else ():
            name = style.find(f"{W}name")
            named = (name.get(f"{W}val") or "").lower() if name is not None else ""
            if named.startswith(_HEADING_NAMES):
                self._headings.add(style.get(f"{W}styleId"))
            elif named.startswith(("toc ", "目录")):
                self._contents.add(style.get(f"{W}styleId"))
        self._limits, self._read = limits, 0

    def blocks(self) -> Iterator[Block]:
        body = self._root.find(f"{W}body")
        number = 0
        for element in _tops(body) if body is not None else ():
            if element.tag == f"{W}tbl":
                for texts in self._rows(element):
                    number += 1
                    yield from (Block(number, text) for text in texts)
                continue
            text = self._words(element)
            style = self._style(element)
            if not text or style in self._contents or LEADER.search(text):
                continue
            number += 1
            yield Block(number, text, style in self._headings or is_heading_text(text))

    def _style(self, paragraph: Any) -> str:
        found = paragraph.find(f"{W}pPr/{W}pStyle")
        return str(found.get(f"{W}val")) if found is not None else ""

    def _words(self, element: Any) -> str:
        text = "".join(_pieces(element))
        self._read += len(text)
        if self._read > self._limits.characters:
            _expect_short("x" * (self._limits.characters + 1), self._limits)
        return plain(text)

    def _rows(self, table: Any) -> Iterator[list[str]]:
        """Of each row with numbers a sentence for each of its cells: 食用农产品，抽检任务87批次。"""
        heads: list[str] = []
        band, is_head = "", False  # what a row over all columns says; whether the row before was one of heads
        for row in ([self._words(cell) for cell in _cells(row)] for row in table.iter(f"{W}tr")):
            numeric = [place for place, cell in enumerate(row) if place and _NUMERIC.fullmatch(cell)]
            if numeric:
                is_head = False
                yield [_sentence(row, heads, band, place, numeric[0]) for place in numeric]
                continue
            if len(row) > 1 and len(set(row)) == 1:
                band = row[0]
            else:
                above = heads if is_head else []
                heads = [f"{above[at] if at < len(above) else ''}{cell}" for at, cell in enumerate(row)]
                is_head = True
            yield []


def _sentence(row: list[str], heads: list[str], band: str, place: int, first: int) -> str:
    """Of the cell at a place; what stands before the first number says what the row is of."""
    head = heads[place] if place < len(heads) else ""
    names = dict(zip(range(first), heads, strict=False))
    beside = "".join(row[at] for at in range(first) if names.get(at) not in _NO_NAMES and not row[at].isdigit())
    said = [found[1] for text in (head, beside) if (found := _UNIT.search(text))]
    said += [row[at] for at in range(first) if names.get(at) in _UNIT_HEADS]
    cell = _COVERAGE.sub("", row[place])
    unit = "" if cell.endswith(("%", "以上", "以下")) or not said else said[0]
    return f"{band}，{_UNIT.sub('', beside)}，{_UNIT.sub('', head)}{cell}{unit}。"


def _pieces(element: Any) -> Iterator[str]:
    """What a reader sees of it; a blank parts paragraphs in it, such as those of a cell or a text box."""
    for child in element.iterchildren("*"):
        if child.tag == f"{W}t":
            yield "" if _is_note_mark(child) else child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag not in _UNSEEN and not _is_hidden(child):
            yield " " if child.tag == f"{W}p" else ""
            yield from _pieces(child)
            yield " " if child.tag == f"{W}p" else ""


def _is_hidden(run: Any) -> bool:
    hidden = run.find(f"{W}rPr/{W}vanish")
    return hidden is not None and hidden.get(f"{W}val", "1") not in ("0", "false", "off")


def _is_note_mark(piece: Any) -> bool:
    """[3] of a footnote, set high."""
    raised = piece.getparent().find(f"{W}rPr/{W}vertAlign")
    return raised is not None and raised.get(f"{W}val") == "superscript" and bool(_NOTE.fullmatch(piece.text or ""))


def _tops(body: Any) -> Iterator[Any]:
    """Paragraphs and tables that stand in no other table, those of text controls too."""
    for element in body:
        if element.tag in (f"{W}p", f"{W}tbl"):
            yield element
        elif element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            yield from _tops(element)


def _cells(row: Any) -> Iterator[Any]:
    for cell in row.iterchildren(f"{W}tc", f"{W}sdt"):
        if cell.tag == f"{W}tc":
            yield cell
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            times = str(span.get(f"{W}val")) if span is not None else "1"
            for _more in range(min(int(times) if times.isdigit() else 1, 50) - 1):
                yield cell
        else:
            yield from _cells(cell.find(f"{W}sdtContent")) if cell.find(f"{W}sdtContent") is not None else ()
