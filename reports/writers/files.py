"""A document as the bytes of a file, and which program wrote them."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from django.conf import settings

from reports.document.blocks import Document
from reports.writers.docx import write_docx
from reports.writers.html import write_html
from reports.writers.pdf import families, font_list, write_pdf

CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
FORMATS = tuple(CONTENT_TYPES)
# What decides about the bytes of a format beside our own files.
LIBRARIES = {
    "docx": ("python-docx", "lxml", "python-pptx", "xlsxwriter", "segno"),
    "pdf": ("typst", "pylopdf-fonts-zh-cn", "segno"),
    "html": ("segno",),
}


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
    """The files of this program that decide about the bytes: the writers, the blocks, the style of the page."""
    here = Path(__file__).resolve().parent
    code = [path for ending in ("py", "typ") for path in here.rglob(f"*.{ending}")]
    return sorted([*code, here.parent / "document" / "blocks.py", settings.BASE_DIR / "static" / "app" / "report.css"])
