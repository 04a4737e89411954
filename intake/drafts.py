"""Figures that a program sends for a sheet of its department: the rights, locks and checks of entry.

All or nothing is stored. What a person typed, a file brought or a registry counted is overwritten only where the
program says that it replaces that: by itself it fills what is blank, and renews what it sent before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from intake.schemas import CellRow
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import sheet_of
from sectors.entry import open_rows, writer
from sectors.entry.requested_cells import requested_cells
from sectors.findings import storage
from sectors.models import FigureChange, StoredFinding, Submission, User
from sectors.models.submissions import SubmissionQuerySet
from sectors.vocabulary import OPEN_STATUSES, ChangeSource


@dataclass(frozen=True)
class Stored:
    changed: int
    missing: int
    findings: list[StoredFinding]


def open_drafts(by: User) -> QuerySet[Submission]:
    """What the clerk fills at the moment."""
    return _own(by).filter(status__in=OPEN_STATUSES).with_names().order_by("pk")


def draft(by: User, period: PeriodKey, sheet: str) -> Submission:
    """A sheet of the clerk's department. Raises Submission.DoesNotExist."""
    return _find(_own(by).with_names().with_locks(), period, sheet)


def held(by: User, period: PeriodKey, sheet: str) -> Submission:
    """The same, locked. Raises Submission.DoesNotExist."""
    return _find(_own(by).held(), period, sheet)


def save(by: User, period: PeriodKey, sheet: str, figures: Mapping[str, str], *, replace: bool) -> Stored:
    """Raises Submission.DoesNotExist, WrongState where the sheet is not to be filled now, and NotEverythingStored."""
    with transaction.atomic():
        submission = held(by, period, sheet)
        return store(submission, figures, {} if replace else _seen(submission, figures), by=by)


def store(submission: Submission, texts: Mapping[str, str], seen: Mapping[str, Sequence[str]], *, by: User) -> Stored:
    """All or nothing of what a program sent, in a submission that is locked; `seen` as in `writer.Typed`."""
    typed = writer.Typed(figures=texts, seen=seen, all_or_nothing=True)
    saved = writer.save(submission, typed, by=by, way=ChangeSource.PROGRAM, is_locked=True)
    findings = storage.refresh_changed(submission)
    missing = submission.missing_cells().count() + len(open_rows.missing(submission))
    return Stored(saved.changed, missing, findings)


def cells(submission: Submission) -> list[CellRow]:
    """Those that are typed."""
    entered = sheet_of(submission).entered
    there = writer.stored_cells(submission, entered.values())
    requested = requested_cells(submission)
    return [
        CellRow(
            code=code,
            name=indicator.name,
            unit=indicator.unit.name,
            decimals=indicator.decimals,
            text=there.get(indicator.pk, writer.NO_FIGURE)[0].stored,
            locked=requested.locks(code),
        )
        for code, indicator in entered.items()
    ]


def open_tables(submission: Submission) -> list[str]:
    """Their codes."""
    return [table.code for table in sheet_of(submission).open_tables]


def _own(by: User) -> SubmissionQuerySet:
    return Submission.objects.for_user(by).filter(department=by.department_id)


def _find(rows: SubmissionQuerySet, period: PeriodKey, sheet: str) -> Submission:
    of = {"period__year": period.year, "period__kind": period.kind, "period__number": period.number}
    return rows.get(sheet__number=sheet, **of)


def _seen(submission: Submission, codes: Mapping[str, str]) -> dict[str, list[str]]:
    """What may stand in each cell: nothing, and what came by a program last."""
    seen = {code: [""] for code in codes}
    changes = FigureChange.objects.filter(submission=submission, indicator__code__in=list(codes)).order_by("pk")
    for code, new, source in changes.values_list("indicator__code", "new", "source"):
        seen[code] = ["", new] if source == ChangeSource.PROGRAM else [""]
    return seen
