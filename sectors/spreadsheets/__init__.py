"""A sheet as an .xlsx file, and a filled file back: what it would change, what is wrong in it, and storing it."""

from sectors.spreadsheets.annotated import annotated_copy
from sectors.spreadsheets.container import MAX_SIZE, BadFile, too_large
from sectors.spreadsheets.preview import CellProblem, OnFileProgress, Preview, ProposedChange
from sectors.spreadsheets.reader import read, store
from sectors.spreadsheets.writer import file_name, write

__all__ = [
    "MAX_SIZE",
    "BadFile",
    "CellProblem",
    "OnFileProgress",
    "Preview",
    "ProposedChange",
    "annotated_copy",
    "file_name",
    "read",
    "store",
    "too_large",
    "write",
]
