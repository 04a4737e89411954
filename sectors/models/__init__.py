from .catalogue import (
    Assignment,
    Breakdown,
    BreakdownPart,
    Chapter,
    Indicator,
    Question,
    Rule,
    Sector,
    Sheet,
    Table,
    Unit,
)
from .findings import FindingNote, StoredFinding
from .people import Department, Region, User
from .submissions import Figure, FigureChange, Narrative, Period, Submission, Transition
from .tallies import Tally

__all__ = [
    "Assignment",
    "Breakdown",
    "BreakdownPart",
    "Chapter",
    "Department",
    "Figure",
    "FigureChange",
    "FindingNote",
    "Indicator",
    "Narrative",
    "Period",
    "Question",
    "Region",
    "Rule",
    "Sector",
    "Sheet",
    "StoredFinding",
    "Submission",
    "Table",
    "Tally",
    "Transition",
    "Unit",
    "User",
]
