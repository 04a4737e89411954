from .inspections import Complaint, EnforcementCase, Inspection, RectificationNotice
from .layouts import ListLayout
from .records import Record, RecordFile, SavedView
from .sampling import NonconformingSample, PlanTask, SamplingBatch, SamplingPlan

__all__ = [
    "Complaint",
    "EnforcementCase",
    "Inspection",
    "ListLayout",
    "NonconformingSample",
    "PlanTask",
    "Record",
    "RecordFile",
    "RectificationNotice",
    "SamplingBatch",
    "SamplingPlan",
    "SavedView",
]
