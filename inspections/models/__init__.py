from .firms import Firm, FirmName, InspectionFrequency, NoFirm
from .inspections import Complaint, EnforcementCase, Inspection, RectificationNotice
from .layouts import ListLayout
from .records import PartyRecord, Record, RecordFile, SavedView
from .sampling import NonconformingSample, PlanTask, SamplingBatch, SamplingPlan

__all__ = [
    "Complaint",
    "EnforcementCase",
    "Firm",
    "FirmName",
    "Inspection",
    "InspectionFrequency",
    "ListLayout",
    "NoFirm",
    "NonconformingSample",
    "PartyRecord",
    "PlanTask",
    "Record",
    "RecordFile",
    "RectificationNotice",
    "SamplingBatch",
    "SamplingPlan",
    "SavedView",
]
