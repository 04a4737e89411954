"""Formulas of an .xls file as they are written: its tokens ([MS-XLS] 2.5.198) read back into text. Pure: no database.

What forms compute with is read: the four operations, cells, ranges, and functions that forms use. Anything else makes
the text UNKNOWN, which nobody takes for a formula that was understood.
"""

from __future__ import annotations

import struct

from sectors.spreadsheets.positions import Position, address

UNKNOWN = "?"
BINARY = {3: "+", 4: "-", 5: "*", 6: "/", 9: "<", 10: "<=", 11: "=", 12: ">=", 13: ">", 14: "<>", 8: "&", 7: "^"}
FUNCTIONS = {0: "COUNT", 1: "IF", 2: "ISNA", 3: "ISERROR", 4: "SUM", 5: "AVERAGE", 27: "ROUND", 36: "AND", 37: "OR"}
FUNCTIONS |= {129: "ISBLANK", 128: "ISNUMBER", 131: "N", 480: "IFERROR"}
ARGUMENTS = {2: 1, 3: 1, 27: 2, 128: 1, 129: 1, 131: 1}  # of functions that always have so many
EXPRESSION, ATTRIBUTE, STRING, INTEGER, NUMBER, BOOLEAN, MISSING = 0x01, 0x19, 0x17, 0x1E, 0x1F, 0x1D, 0x16
FUNCTION, ANY_FUNCTION, CELL, RANGE = 0x21, 0x22, 0x24, 0x25  # each in three classes, 0x20 apart
CELL_NEAR, RANGE_NEAR = 0x2C, 0x2D  # in shared formulas
CHOOSE, SUM = 0x04, 0x10
BASE = 0x1F


class _Unread(Exception):
    pass


def text_of(tokens: bytes, place: Position) -> str:
    """The formula of a cell; relative places of a shared one are counted from `place`."""
    try:
        return _read(tokens, place)
    except (_Unread, IndexError, struct.error, ValueError):
        return UNKNOWN


def shared_with(tokens: bytes) -> Position | None:
    """The first cell of those that share a formula, where these tokens say no more than that."""
    if tokens[:1] == bytes([EXPRESSION]) and len(tokens) >= 5:
        row, column = struct.unpack_from("<HH", tokens, 1)
        return row, column
    return None


def _read(tokens: bytes, place: Position) -> str:
    stack: list[str] = []
    at = 0
    while at < len(tokens):
        kind = tokens[at]
        at += 1
        if kind in BINARY:
            right, left = stack.pop(), stack.pop()
            stack.append(f"{left}{BINARY[kind]}{right}")
        elif kind == 0x13:
            stack.append(f"-{stack.pop()}")
        elif kind == 0x12:
            pass  # a plus before a value
        elif kind == 0x14:
            stack.append(f"{stack.pop()}%")
        elif kind == 0x15:
            stack.append(f"({stack.pop()})")
        elif kind == ATTRIBUTE:
            at += _attribute(tokens, at, stack)
        else:
            at += _operand(tokens, at, kind, stack, place)
    (text,) = stack
    return text


def _attribute(tokens: bytes, at: int, stack: list[str]) -> int:
    flags, size = tokens[at], struct.unpack_from("<H", tokens, at + 1)[0]
    if flags & SUM:
        stack.append(f"{FUNCTIONS[4]}({stack.pop()})")
    return 3 + (2 * (size + 1) if flags & CHOOSE else 0)


def _operand(tokens: bytes, at: int, kind: int, stack: list[str], place: Position) -> int:
    """How many bytes it has."""
    if kind == INTEGER:
        stack.append(str(struct.unpack_from("<H", tokens, at)[0]))
        return 2
    if kind == NUMBER:
        stack.append(repr(struct.unpack_from("<d", tokens, at)[0]).removesuffix(".0"))
        return 8
    if kind == STRING:
        length, wide = tokens[at], tokens[at + 1] & 1
        text = tokens[at + 2 : at + 2 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1")
        stack.append(f'"{text}"')
        return 2 + length * (1 + wide)
    if kind == MISSING:
        stack.append("")
        return 0
    if kind == BOOLEAN:
        stack.append("TRUE" if tokens[at] else "FALSE")
        return 1
    base = (kind & BASE) | 0x20
    if base in (CELL, CELL_NEAR):
        row, column = struct.unpack_from("<HH", tokens, at)
        stack.append(_cell(row, column, place, near=base == CELL_NEAR))
        return 4
    if base in (RANGE, RANGE_NEAR):
        first, last, left, right = struct.unpack_from("<HHHH", tokens, at)
        ends = (_cell(row, column, place, near=base == RANGE_NEAR) for row, column in ((first, left), (last, right)))
        stack.append(":".join(ends))
        return 8
    return _function(tokens, at, base, stack)


def _function(tokens: bytes, at: int, base: int, stack: list[str]) -> int:
    if base == FUNCTION:
        number, size = struct.unpack_from("<H", tokens, at)[0], 2
        count = ARGUMENTS.get(number)
    elif base == ANY_FUNCTION:
        count, number, size = tokens[at] & 0x7F, struct.unpack_from("<H", tokens, at + 1)[0] & 0x7FFF, 3
    else:
        raise _Unread
    if number not in FUNCTIONS or count is None or count > len(stack):
        raise _Unread
    values = stack[len(stack) - count :]
    del stack[len(stack) - count :]
    stack.append(f"{FUNCTIONS[number]}({','.join(values)})")
    return size


def _cell(row: int, column: int, place: Position, *, near: bool) -> str:
    """`$C$7`; the two highest bits of the column say which part of it is relative."""
    row_moves, column_moves, number = column & 0x8000, column & 0x4000, column & 0xFF
    if near:
        row = (row + place[0]) & 0xFFFF if row_moves else row
        number = (number + place[1]) & 0xFF if column_moves else number
    return address((row, number))
