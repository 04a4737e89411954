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
from .people import Department, Region, User
from .submissions import Figure, FigureChange, Narrative, Period, Submission, Transition

__all__ = [
    "Assignment",
    "Breakdown",
    "BreakdownPart",
    "Chapter",
    "Department",
    "Figure",
    "FigureChange",
    "Indicator",
    "Narrative",
    "Period",
    "Question",
    "Region",
    "Rule",
    "Sector",
    "Sheet",
    "Submission",
    "Table",
    "Transition",
    "Unit",
    "User",
]
