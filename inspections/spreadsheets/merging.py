"""Merged cells of a list: which value stands for each of its rows. Pure: no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sectors.spreadsheets.container import BadFile
from sectors.spreadsheets.positions import Position, address
from sectors.spreadsheets.worksheet import Worksheet


@dataclass(frozen=True)
class Merged:
    """A range; the file keeps its value in the `first` cell."""

    first: Position
    last: Position

    @property
    def is_column(self) -> bool:
        return self.first[1] == self.last[1]

    @property
    def address(self) -> str:
        return f"{address(self.first)}:{address(self.last)}"


def cells(page: Worksheet, columns: Sequence[int], top: int, most: int) -> dict[Position, Merged]:
    """The range of each merged cell from the row `top` on, in some columns. Raises BadFile beyond `most` cells."""
    found: dict[Position, Merged] = {}
    count = 0
    for first, last in page.merged:
        rows = range(max(first[0], top), min(last[0], len(page.rows) - 1) + 1)
        across = [column for column in columns if first[1] <= column <= last[1]]
        count += len(rows) * len(across)
        if count > most or (rows and across and (rows[0], across[0]) in found):  # a program that means no good
            raise BadFile(_("Far too many cells are merged. Take the merging back, and choose the file again."))
        found |= {(row, column): Merged(first, last) for row in rows for column in across}
    return found
