"""A document as the bytes of a file, and which program wrote them."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from django.conf import settings

from reports.document import Document
from reports.docx import write_docx
from reports.html import write_html
from reports.pdf import families, font_list, write_pdf

CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
FORMATS = tuple(CONTENT_TYPES)
# What decides about the bytes of a format beside our own files.
LIBRARIES = {
    "docx": ("python-docx", "lxml", "python-pptx", "xlsxwriter"),
    "pdf": ("typst", "pylopdf-fonts-zh-cn"),
    "html": (),
}
WRITERS = ("document", "docx", "pdf", "report", "html", "drawing", "layout", "lines")


def write(document: Document, to: str) -> bytes:
    """The document in one of `FORMATS`. The same document gives the same bytes."""
    if to == "html":
        return write_html(document).encode()
    file = BytesIO()
    (write_docx if to == "docx" else write_pdf)(document, file)
    return file.getvalue()


@cache
def writer_mark(to: str) -> str:
    """The version of the program that writes a format: another one may write the same document in other bytes."""
    mark = hashlib.sha256()
    for path in _sources():
        mark.update(path.read_bytes())
    for name in LIBRARIES[to]:
        mark.update(f"{name} {version(name)}".encode())
    if to == "pdf":  # letters of another font are other bytes
        mark.update(repr(families(font_list(settings.FONT_PATHS))).encode())
    return mark.hexdigest()[:16]


def _sources() -> list[Path]:
    here = Path(__file__).resolve().parent
    single = [here / f"{name}.{ending}" for name in WRITERS for ending in ("py", "typ")]
    packages = [path for name in WRITERS for path in (here / name).rglob("*.py")]
    style = here.parent / "static" / "app" / "report.css"
    return sorted(path for path in (*single, *packages, style) if path.is_file())
