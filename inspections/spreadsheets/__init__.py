"""Records as Excel: a list written row by row, and a filled one read with what is wrong in each cell."""

from .failed import write_failed
from .firm_reader import FirmReading, read_firms
from .firm_writer import write_firm_template, write_firms
from .heads import ColumnsMissing
from .preview import Preview
from .reader import LIMITS, Double, Fault, Reading, heads_of, read, read_rows
from .writer import write, write_template

__all__ = [
    "LIMITS",
    "ColumnsMissing",
    "Double",
    "Fault",
    "FirmReading",
    "Preview",
    "Reading",
    "heads_of",
    "read",
    "read_firms",
    "read_rows",
    "write",
    "write_failed",
    "write_firm_template",
    "write_firms",
    "write_template",
]
