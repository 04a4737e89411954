"""What the office makes of a year's figures: annual reports in editions, their drafts, edits and files."""

from .annual import AnnualReport, Draft
from .edits import Edit, EditChange
from .files import ReportFile

__all__ = ["AnnualReport", "Draft", "Edit", "EditChange", "ReportFile"]
