"""Writes a `Document` as a Word file in the page format of GB/T 9704-2012.

Raw WordprocessingML, because the document grid, East Asian fonts and fields have no other way in: `markup` makes
elements, `styles` says how they look, `body` writes the blocks, `charts` Word's own charts, `package` the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from reports.document import footnotes
from reports.document.blocks import Contents, Cover, Document
from reports.writers.docx.body import body, contents, cover
from reports.writers.docx.package import Package
from reports.writers.pagination import Measures

__all__ = ["write_docx"]


def write_docx(document: Document, target: str | Path | BinaryIO) -> None:
    """Write the document to a path or a binary stream. The same document gives the same bytes."""
    document = footnotes.placed(document)
    package, measures = Package(document), Measures()
    if notes := footnotes.footnotes(document):
        package.add_footnotes(notes)
    front = list(_front(document, package, measures))
    package.write(
        front, body(document.body, measures, package.add_chart), package.section(numbered=True, first=not front)
    )
    package.save(target)


def _front(document: Document, package: Package, measures: Measures) -> Iterator[str]:
    """The cover and the contents, each in a section of its own without a page number."""
    for place, block in enumerate(document.front):
        section = package.section(first=place == 0)
        match block:
            case Cover():
                yield from cover(block, document.demo, section, package.add_picture)
            case Contents():
                yield from contents(block, document, measures, section)
