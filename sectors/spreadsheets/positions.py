"""Where a cell stands in a worksheet. Pure: no database."""

from __future__ import annotations

# Row and column, from 0.
Position = tuple[int, int]


def address(place: Position) -> str:
    """`C7` for (6, 2)."""
    row, column = place
    return f"{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """`C` for 2."""
    found = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        found = chr(ord("A") + letter) + found
    return found
