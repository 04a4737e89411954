"""A sheet as an .xlsx file, and a filled file back: what it would change, what is wrong in it, and storing it."""

from .container import MAX_SIZE, BadFile, too_large
from .harmless import as_written, harmless
from .marked import marked_copy
from .reader import read, store
from .upload import Change, Problem, Told, Upload
from .writer import file_name, write

__all__ = [
    "MAX_SIZE",
    "BadFile",
    "Change",
    "Problem",
    "Told",
    "Upload",
    "as_written",
    "file_name",
    "harmless",
    "marked_copy",
    "read",
    "store",
    "too_large",
    "write",
]
