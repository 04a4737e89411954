"""What the office makes of a year's figures: annual reports in editions, their drafts, edits and files."""

from .annual import AnnualReport, Draft
from .answers import Answer
from .edits import Edit, EditChange
from .files import ReportFile
from .signing import BlockComment, ReportPaper, ReportStep
from .stamps import BoardStamp
from .tokens import ApiToken
from .wordings import Wording

__all__ = [
    "AnnualReport",
    "Answer",
    "ApiToken",
    "BlockComment",
    "BoardStamp",
    "Draft",
    "Edit",
    "EditChange",
    "ReportFile",
    "ReportPaper",
    "ReportStep",
    "Wording",
]
