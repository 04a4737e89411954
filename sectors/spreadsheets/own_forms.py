"""A department's own Excel form as it shows its cells, to be put into a sheet by the names of its rows. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from sectors.spreadsheets.container import BadFile, open_file
from sectors.spreadsheets.worksheet import Worksheet

MOST_ROWS = 300
MOST_COLUMNS = 30


@dataclass(frozen=True)
class OwnForm:
    """A worksheet: the texts of its cells by row and column, all rows as long as the longest."""

    name: str
    rows: list[list[str]]


def readable(file: IO[bytes], size: int) -> list[OwnForm]:
    """The visible worksheets that hold something, of a file that could be opened; what cannot be read is left out."""
    book, found = open_file(file, size), []
    for name in book.names:
        try:
            page = book.worksheet(name)
        except BadFile:
            continue
        if rows := list(_rows(page)):
            found.append(OwnForm(name, rows))
    return found


def _rows(page: Worksheet) -> Iterator[list[str]]:
    if not page.is_visible:
        return
    width = min(max((len(row) for row in page.rows), default=0), MOST_COLUMNS)
    for number in range(min(len(page.rows), MOST_ROWS)):
        texts = [page.text((number, column)).strip() for column in range(width)]
        if any(texts):
            yield texts
