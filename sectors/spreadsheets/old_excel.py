"""Reads an .xls file in a process of its own, with bounds on memory and time. Pure: no database.

Its records say how much room the reader shall make, and a reader that finds none takes its whole process with it. Of
.xlsx all that is looked at before (`sectors.spreadsheets.container`).
"""

from __future__ import annotations

import contextlib
import pickle
import resource
import struct
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, PasswordError, SheetTypeEnum, load_workbook

from sectors.spreadsheets import biff, old_structure
from sectors.spreadsheets.structure import Structure
from sectors.spreadsheets.worksheet import Details

SECONDS = 20
MEMORY = 1024 * 1024 * 1024
BASE_DIR = Path(__file__).resolve().parent.parent.parent

# Rows from the first on, places that are merged, what else is known of cells, whether it is shown, and how it is laid
# out, by the name of a worksheet.
Worksheets = dict[str, tuple[list[list[Any]], list[Any], Details, bool, Structure]]


class Unreadable(Exception):
    """A file that is damaged, or that needs more room or time than there is."""


class Locked(Unreadable):
    """A file that a password protects."""


class TooWide(Unreadable):
    """A worksheet whose cells lie too far apart: `name`, and the `place` of its last cell from 0."""

    def __init__(self, name: str, place: tuple[int, int]) -> None:
        super().__init__(name, place)
        self.name, self.place = name, place


def worksheets(data: bytes, *, most: int, cells: int) -> Worksheets:
    """The first `most` worksheets, with at most so many cells each and together. Raises Unreadable."""
    command = [sys.executable, "-m", "sectors.spreadsheets.old_excel", str(most), str(cells)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, cwd=BASE_DIR, env={})
    except subprocess.TimeoutExpired:
        raise Unreadable from None
    if done.returncode:
        raise Unreadable
    found: Worksheets | Unreadable = pickle.loads(done.stdout)
    if isinstance(found, Unreadable):
        raise found
    return found


def _read(data: bytes, most: int, cells: int) -> Worksheets:
    book = load_workbook(BytesIO(data))
    names = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    found: Worksheets = {}
    known = zip(biff.details(data), old_structure.structures(data), strict=True)
    for name, ((seen, is_shown), structure) in zip(names[:most], list(known)[:most], strict=True):
        page = book.get_sheet_by_name(name)
        cells -= page.total_height * page.total_width
        if cells < 0:
            raise TooWide(name, (page.total_height - 1, page.total_width - 1))
        found[name] = (page.to_python(skip_empty_area=False), page.merged_cell_ranges or [], seen, is_shown, structure)
    return found


def _main(most: int, cells: int) -> None:
    """From standard input to standard output, as `worksheets` asks for it."""
    with contextlib.suppress(ValueError):  # a system that allows less already
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    found: Worksheets | Unreadable
    try:
        found = _read(sys.stdin.buffer.read(), most, cells)
    except PasswordError:
        found = Locked()
    except (CalamineError, OSError, ValueError, MemoryError, IndexError, KeyError, StopIteration, struct.error):
        found = Unreadable()
    except Unreadable as error:
        found = error
    sys.stdout.buffer.write(pickle.dumps(found))


if __name__ == "__main__":
    # By the name that whoever reads the answer knows its classes by.
    from sectors.spreadsheets import old_excel

    old_excel._main(*map(int, sys.argv[1:]))
