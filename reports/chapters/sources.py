"""Where a year's figures come from: each sheet with its department, its accepted periods and the last day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max, Q
from django.utils import timezone

from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.models import Assignment, Region, Submission
from sectors.vocabulary import SubmissionStatus


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
    catalogue = compiled.catalogue()
    assigned = (
        Assignment.objects.filter(region=region)
        .select_related("sheet", "department")
        .order_by("sheet__sector__chapter__position", "sheet__sector__position", "sheet__position")
    )
    accepted = _accepted(region, year)
    return [
        _source(row, own, accepted[row.sheet_id], year)
        for row in assigned
        if (own := catalogue.own_periods(row.sheet_id, year))
    ]


_Accepted = Mapping[PeriodKey, datetime.datetime | None]  # when it was accepted last, None for history


def _accepted(region: Region, year: int) -> Mapping[int, _Accepted]:
    """By sheet."""
    rows = (
        Submission.objects.filter(region=region, period__year=year, status=SubmissionStatus.ACCEPTED)
        .order_by()
        .values_list("sheet", "period__kind", "period__number")
        .annotate(last=Max("transitions__at", filter=Q(transitions__new=SubmissionStatus.ACCEPTED)))
    )
    found: dict[int, dict[PeriodKey, datetime.datetime | None]] = defaultdict(dict)
    for sheet, kind, number, last in rows:
        found[sheet][PeriodKey(year, kind, number)] = last
    return found


def _source(assignment: Assignment, own: Sequence[PeriodKey], accepted: _Accepted, year: int) -> Source:
    """The sheet's own periods make the year where there are any, else the annual submission does."""
    whole = PeriodKey.whole(year)
    have = [period for period in own if period in accepted]
    annual_only = not have and whole in accepted
    counted = [whole] if annual_only else have
    moments = [moment for period in counted if (moment := accepted[period])]
    return Source(
        number=assignment.sheet.number,
        name=assignment.sheet.name,
        department=assignment.department.short_name,
        accepted=len(counted),
        expected=1 if annual_only else len(own),
        annual_only=annual_only,
        last=timezone.localdate(max(moments)) if moments else None,
    )
