"""A document as the bytes of a file, and which program wrote them."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from django.conf import settings

from reports.document.blocks import Document
from reports.vocabulary import AUDIENCE_NAMES, Audience
from reports.writers.docx import write_docx
from reports.writers.html import write_html
from reports.writers.pdf import families, font_list, write_pdf

CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
FORMATS = tuple(CONTENT_TYPES)
# The modules of `reports.editing` that make the document of an audience.
EDITIONS = ("audiences", "leader_pages", "numbering", "public_words")
# What no system takes in the name of a file.
_NO_NAME = re.compile('[\\\\/:*?"<>|\\s]')
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


def file_name(title: str, year: int, audience: str, to: str, *, edition: int, draft: int = 0) -> str:
    """`云泽县质量状况分析报告-2023年-第1版-公开版.docx`; of a draft 第1版草稿第3稿."""
    number = f"第{edition}版" + (f"草稿第{draft}稿" if draft else "")
    name = "-".join((title.replace(f"{year}年", "", 1), f"{year}年", number, AUDIENCE_NAMES[Audience(audience)]))
    return f"{_NO_NAME.sub('', name)}.{to}"


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
    """The files of this program that decide about the bytes: the writers, blocks and their notes, what makes the
    document of an audience, the style of the page."""
    here = Path(__file__).resolve().parent
    code = [path for ending in ("py", "typ") for path in here.rglob(f"*.{ending}")]
    editions = [here.parent / "editing" / f"{name}.py" for name in EDITIONS]
    blocks = (here.parent / "document").rglob("*.py")
    return sorted([*code, *blocks, *editions, *(settings.BASE_DIR / "static" / "app").glob("report*.css")])
