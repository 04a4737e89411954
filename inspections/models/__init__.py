from .inspections import Complaint, EnforcementCase, Inspection, RectificationNotice
from .records import Record
from .sampling import NonconformingSample, PlanTask, SamplingBatch, SamplingPlan

__all__ = [
    "Complaint",
    "EnforcementCase",
    "Inspection",
    "NonconformingSample",
    "PlanTask",
    "Record",
    "RectificationNotice",
    "SamplingBatch",
    "SamplingPlan",
]
