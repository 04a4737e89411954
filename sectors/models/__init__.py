from .catalogue import (
    Assignment,
    CatalogueVersion,
    Chapter,
    FormerFrequency,
    Question,
    Sector,
    Sheet,
    Table,
)
from .deputies import Deputy
from .extensions import Extension
from .findings import FindingNote, StoredFinding
from .indicators import Breakdown, BreakdownPart, Indicator, Unit
from .jobs import Job
from .open_rows import OpenRow, OpenRowChange
from .people import Department, Region, RegionClosure, User
from .periods import Period
from .registry import RegistryWord
from .rules import Rule
from .severities import SeverityChange
from .sheet_drafts import SheetDraft, SheetVersion
from .shortfalls import ShortfallAnswer
from .submissions import Figure, FigureChange, Narrative, NarrativeChange, Submission, Transition
from .talk import Attachment, Comment, KeptFile
from .tallies import Tally
from .urging import Delivery, Notice, Robot, Urge

__all__ = [
    "Assignment",
    "Attachment",
    "Breakdown",
    "BreakdownPart",
    "CatalogueVersion",
    "Chapter",
    "Comment",
    "Delivery",
    "Department",
    "Deputy",
    "Extension",
    "Figure",
    "FigureChange",
    "FindingNote",
    "FormerFrequency",
    "Indicator",
    "Job",
    "KeptFile",
    "Narrative",
    "NarrativeChange",
    "Notice",
    "OpenRow",
    "OpenRowChange",
    "Period",
    "Question",
    "Region",
    "RegionClosure",
    "RegistryWord",
    "Robot",
    "Rule",
    "Sector",
    "SeverityChange",
    "Sheet",
    "SheetDraft",
    "SheetVersion",
    "ShortfallAnswer",
    "StoredFinding",
    "Submission",
    "Table",
    "Tally",
    "Transition",
    "Unit",
    "Urge",
    "User",
]
