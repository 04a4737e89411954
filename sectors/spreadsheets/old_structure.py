"""Formulas, indents and what is hidden in an .xls file ([MS-XLS]). Pure; runs in the process of `old_excel`."""

from __future__ import annotations

import struct

from sectors.spreadsheets import old_formulas
from sectors.spreadsheets.biff import BOF, BOUNDSHEET, FORMULA, XF, records, stream_of
from sectors.spreadsheets.positions import Position
from sectors.spreadsheets.structure import LONGEST_FORMULA, MOST_COLUMNS, Structure

ROW, COLUMNS, SHARED = 0x208, 0x7D, 0x4BC
MULBLANK, WITH_STYLE = 0xBE, (0x203, 0x27E, 0xFD, 0xD6, 0x201, 0x06, 0x205, 0x204)
HIDDEN_ROW, HIDDEN_COLUMN = 0x20, 0x01


def structures(data: bytes) -> list[Structure]:
    """Of each worksheet, in their order. Raises what `biff.details` does."""
    stream, starts, indents, is_old = stream_of(data), [], [], False
    for kind, _at, body in records(stream, 0):
        if kind == BOF:
            is_old = struct.unpack_from("<H", body)[0] < 0x600
        elif kind == BOUNDSHEET and not body[5]:
            starts.append(struct.unpack_from("<I", body)[0])
        elif kind == XF:
            indents.append(0 if is_old else body[8] & 0x0F)
    return [_structure(stream, start, indents, is_old=is_old) for start in starts]


def _structure(stream: bytes, start: int, indents: list[int], *, is_old: bool) -> Structure:
    found = Structure()
    tokens: dict[Position, bytes] = {}
    shared: dict[Position, bytes] = {}
    last: Position = (0, 0)
    for kind, _at, body in records(stream, start):
        if kind == ROW and struct.unpack_from("<H", body, 12)[0] & HIDDEN_ROW:
            found.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == COLUMNS and struct.unpack_from("<H", body, 8)[0] & HIDDEN_COLUMN:
            first, final = struct.unpack_from("<HH", body)
            found.hidden_columns.update(range(first, min(final + 1, MOST_COLUMNS)))
        elif kind in WITH_STYLE:
            row, column, style = struct.unpack_from("<HHH", body)
            if style < len(indents) and indents[style]:
                found.indents[row, column] = indents[style]
            if kind == FORMULA:
                last, size = (row, column), struct.unpack_from("<H", body, 20)[0]
                tokens[last] = body[22 : 22 + size]
        elif kind == SHARED:
            size = struct.unpack_from("<H", body, 8)[0]
            shared[last] = body[10 : 10 + size]
    for place, own in tokens.items():
        origin = old_formulas.shared_with(own)
        written = own if origin is None else shared.get(origin, b"")
        text = old_formulas.UNKNOWN if is_old else old_formulas.text_of(written, place)
        found.formulas[place] = text[:LONGEST_FORMULA]
    return found
