"""Records as Excel: a list written row by row, and a filled one read with what is wrong in each cell."""

from .failed import write_failed
from .heads import ColumnsMissing
from .preview import Preview
from .reader import LIMITS, Double, Fault, Reading, heads_of, read, read_rows
from .writer import write, write_template

__all__ = [
    "LIMITS",
    "ColumnsMissing",
    "Double",
    "Fault",
    "Preview",
    "Reading",
    "heads_of",
    "read",
    "read_rows",
    "write",
    "write_failed",
    "write_template",
]
