from .runs import Appeal, Result, ReviewerAssignment, Run, RunFile, RunSubject, Score, ScoreFile
from .schemes import Scheme
from .targets import Target

__all__ = [
    "Appeal",
    "Result",
    "ReviewerAssignment",
    "Run",
    "RunFile",
    "RunSubject",
    "Scheme",
    "Score",
    "ScoreFile",
    "Target",
]
