"""Which files may be attached, known by the extension of the name and by the first bytes. Pure: no database.

An own table and no library: `puremagic` and `filetype` guess a type among hundreds, while the question here is whether
a file is what its name says, and neither knows OFD, WPS's formats or plain text in GB 18030.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from io import SEEK_END
from typing import IO, Any

HEAD = 64 * 1024  # enough to tell text from the rest
TAIL = 256 * 1024  # where a zip file lists its parts
MAX_NAME = 120
PDF, ZIP, EMPTY_ZIP = b"%PDF-", b"PK\x03\x04", b"PK\x05\x06"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
INVISIBLE = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")


@dataclass(frozen=True)
class FileType:
    """How a file with one extension is served, what it begins with (one of these; text has no mark), and a member
    that a zip file of this type holds."""

    content_type: str
    starts: tuple[bytes, ...] = ()
    member: bytes = b""

    def matches(self, head: bytes, tail: bytes) -> bool:
        if not self.starts:
            return _is_text(head)
        if self.starts == (PDF,):
            return PDF in head[:1024]  # where its readers look for it
        return head.startswith(self.starts) and self.member in tail


OPEN_XML = "application/vnd.openxmlformats-officedocument"
JPEG = FileType("image/jpeg", (b"\xff\xd8\xff",))
TYPES: Mapping[str, FileType] = {
    "pdf": FileType("application/pdf", (PDF,)),
    "ofd": FileType("application/ofd", (ZIP,), b"OFD.xml"),
    "docx": FileType(f"{OPEN_XML}.wordprocessingml.document", (ZIP,), b"word/"),
    "xlsx": FileType(f"{OPEN_XML}.spreadsheetml.sheet", (ZIP,), b"xl/"),
    "doc": FileType("application/msword", (OLE,)),
    "xls": FileType("application/vnd.ms-excel", (OLE,)),
    "wps": FileType("application/wps-office.wps", (OLE, ZIP)),
    "et": FileType("application/wps-office.et", (OLE, ZIP)),
    "jpg": JPEG,
    "jpeg": JPEG,
    "png": FileType("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "txt": FileType("text/plain"),
    "csv": FileType("text/csv"),
    "zip": FileType("application/zip", (ZIP, EMPTY_ZIP)),
}


def extension_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def matches_content(file_type: FileType, file: IO[Any]) -> bool:
    """Whether the content is of this type. A zip file is looked at, never unpacked."""
    file.seek(0)
    head = file.read(HEAD)
    size = file.seek(0, SEEK_END)
    file.seek(max(size - TAIL, 0))
    tail = file.read(TAIL)
    file.seek(0)
    return file_type.matches(head, tail)


def clean_name(name: str) -> str:
    """The name to show and to save under: without folders and without characters that cannot be seen.

    Those include the marks that turn the writing direction, which make `annexe.pdf` of a name that ends in `.exe`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if unicodedata.category(c) in INVISIBLE else c for c in last)
    stem, dot, end = " ".join(seen.split()).strip(". ").rpartition(".")
    return (stem.rstrip()[: MAX_NAME - len(end) - 1] + dot if stem else "") + end[:MAX_NAME]


def _is_text(head: bytes) -> bool:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return _decodes_as(head, encoding)
    return not CONTROL.search(head) and (_decodes_as(head, "utf-8") or _decodes_as(head, "gb18030"))


def _decodes_as(head: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)  # the last character may be cut in two
    except UnicodeDecodeError:
        return False
    return True
