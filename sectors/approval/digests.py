"""A submission in three lines, for whoever decides about several: its largest changes, the reasons given, the files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from sectors.calculation.cells import formatted
from sectors.calculation.evaluation import period_at
from sectors.calculation.formulas import PREVIOUS
from sectors.calculation.periods import PeriodKey
from sectors.entry.change_texts import change_text
from sectors.models import Attachment, Figure, FindingNote, Indicator, StoredFinding, Submission
from sectors.vocabulary import Accumulation, FindingState

SHOWN = 2  # of each
# A year-to-date figure grows by itself.
COMPARED = (Accumulation.FLOW, Accumulation.STOCK, Accumulation.AVERAGE)


@dataclass(frozen=True)
class LargeChange:
    """A figure that moved much since the period before."""

    name: str
    before: str
    now: str
    change: str  # in per cent or points; empty where it was 0


@dataclass
class Digest:
    """`changes` are the largest, `reasons` the first of `said`, `files` the first of `attached`."""

    changes: list[LargeChange] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    said: int = 0
    files: list[str] = field(default_factory=list)
    attached: int = 0


def read(submissions: Collection[Submission]) -> dict[int, Digest]:
    """By the key of each submission (`period` fetched); constant queries."""
    found = {submission.pk: Digest() for submission in submissions}
    if not submissions:
        return found
    for key, changes in _changes(submissions).items():
        found[key].changes = changes
    standing = StoredFinding.objects.filter(
        submission__in=submissions, state__in=(FindingState.EXPLAINED, FindingState.ACCEPTED)
    )
    notes = FindingNote.objects.filter(finding__in=standing).order_by("pk")
    for key, text in notes.values_list("finding__submission", "text"):
        digest = found[key]
        digest.said += 1
        digest.reasons += [text] if len(digest.reasons) < SHOWN else []
    files = Attachment.objects.filter(submission__in=submissions, removed_at__isnull=True)
    for key, name in files.values_list("submission", "name"):
        digest = found[key]
        digest.attached += 1
        digest.files += [name] if len(digest.files) < SHOWN else []
    return found


def _changes(submissions: Collection[Submission]) -> dict[int, list[LargeChange]]:
    """The largest changes against the period before, of entered figures that are numbers."""
    earlier = {submission.pk: period_at(submission.period.key, PREVIOUS) for submission in submissions}
    before = _figures(
        submission__sheet__in={submission.sheet_id for submission in submissions},
        submission__region__in={submission.region_id for submission in submissions},
        submission__period__year__in={key.year for key in earlier.values()},
        submission__period__kind__in={key.kind for key in earlier.values()},
    )
    then = {(_place(figure.submission), figure.indicator_id): figure.value for figure in before}
    found: dict[int, list[tuple[Decimal, LargeChange]]] = {}
    for figure in _figures(submission__in=submissions):
        submission = figure.submission
        place = (submission.sheet_id, submission.region_id, earlier[submission.pk])
        was, now = then.get((place, figure.indicator_id)), figure.value
        if was is not None and now is not None and was != now:
            found.setdefault(submission.pk, []).append(_change(figure.indicator, was, now))
    return {key: [one for _size, one in sorted(rows, key=lambda row: -row[0])[:SHOWN]] for key, rows in found.items()}


def _figures(**which: Any) -> QuerySet[Figure]:
    rows = Figure.objects.filter(value__isnull=False, indicator__formula="", indicator__accumulation__in=COMPARED)
    return rows.filter(**which).select_related("indicator__unit", "submission__period").order_by("indicator__row")


def _place(submission: Submission) -> tuple[int, int, PeriodKey]:
    return submission.sheet_id, submission.region_id, submission.period.key


def _change(indicator: Indicator, was: Decimal, now: Decimal) -> tuple[Decimal, LargeChange]:
    """With how large it is: by how many times, of a percentage by how many points in ten."""
    size = abs(now - was) / (Decimal(10) if indicator.unit.is_percent else max(abs(was), Decimal(1)))
    before, after = (formatted(value, indicator.decimals) for value in (was, now))
    return size, LargeChange(indicator.name, before, after, change_text(indicator, now, was))
