"""Sheets that have gone out and would not have, were a check graver: what an office looks at before it raises one."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from sectors.findings import storage
from sectors.findings.severities import RegionCheck
from sectors.models import Region, StoredFinding, Submission
from sectors.vocabulary import GRAVITY, Severity, SubmissionStatus


@dataclass(frozen=True)
class SheetUnderWay:
    """A sheet that has left its clerk, and the severities of a check by which it would not have."""

    submission: Submission
    stopped_by: set[Severity]

    @property
    def severities(self) -> list[Severity]:
        return [severity for severity in Severity if severity in self.stopped_by]


def under_way(region: Region, check: RegionCheck) -> list[SheetUnderWay]:
    """Sheets of the region that are submitted or signed and would not go out if the check were graver; constant
    queries."""
    rows = StoredFinding.objects.for_listing().standing().filter(region=region, kind=check.kind)
    rows = rows.filter(submission__status__in=(SubmissionStatus.SUBMITTED, SubmissionStatus.SIGNED))
    if check.rule:
        rows = rows.filter(Q(rule=check.code) | Q(rule__startswith=f"{check.code} "))
    possible, found = {*check.choices, check.usual}, dict[int, SheetUnderWay]()
    for row in rows:
        graver = [one for one in possible if GRAVITY[one] < GRAVITY[Severity(row.severity)]]
        sheet = found.setdefault(row.submission_id, SheetUnderWay(row.submission, set()))
        sheet.stopped_by.update(one for one in graver if storage.stops(row, one))
    return [sheet for sheet in found.values() if sheet.stopped_by]
