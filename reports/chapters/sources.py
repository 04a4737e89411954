"""Where a year's figures come from: each sheet with its department, its accepted periods and the last day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils import timezone

from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import catalogue
from sectors.models import Assignment, Region, Submission
from sectors.vocabulary import Frequency, SubmissionStatus

ANNUAL = Frequency.YEAR


@dataclass(frozen=True)
class Source:
    """A sheet of the region. `annual_only`: of a sheet of periods, the year was loaded as one figure."""

    number: str
    name: str
    department: str
    accepted: int
    expected: int
    annual_only: bool
    last: datetime.date | None


def of_year(region: Region, year: int) -> list[Source]:
    """Every sheet that is assigned in the region and reported in the year, in the order of the report."""
    assigned = (
        Assignment.objects.filter(region=region)
        .select_related("sheet", "department")
        .order_by("sheet__sector__chapter__position", "sheet__sector__position", "sheet__position")
    )
    counted, own = _accepted(region, year), catalogue().own_periods
    return [_source(row, periods, counted) for row in assigned if (periods := own(row.sheet_id, year))]


Counted = dict[tuple[int, str], tuple[int, datetime.datetime | None]]  # by sheet and kind of period


def _accepted(region: Region, year: int) -> Counted:
    rows = (
        Submission.objects.filter(region=region, period__year=year, status=SubmissionStatus.ACCEPTED)
        .order_by()
        .values_list("sheet", "period__kind")
        .annotate(
            number=Count("pk", distinct=True),
            last=Max("transitions__at", filter=Q(transitions__new=SubmissionStatus.ACCEPTED)),
        )
    )
    return {(sheet, kind): (number, last) for sheet, kind, number, last in rows}


def _source(assignment: Assignment, periods: Sequence[PeriodKey], counted: Counted) -> Source:
    """The periods make the year where there are any, else the annual submission does."""
    sheet = assignment.sheet
    kind = periods[0].kind
    annual_only = (sheet.pk, kind) not in counted and (sheet.pk, ANNUAL) in counted
    accepted, last = counted.get((sheet.pk, ANNUAL if annual_only else kind), (0, None))
    return Source(
        number=sheet.number,
        name=sheet.name,
        department=assignment.department.short_name,
        accepted=accepted,
        expected=1 if annual_only else len(periods),
        annual_only=annual_only,
        last=timezone.localdate(last) if last else None,
    )
