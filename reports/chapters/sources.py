"""Where a year's figures come from: each sheet with its department, its accepted periods and the last day. Of a region
with others in it, from these too."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.models import Assignment, Department, Region, Submission
from sectors.sql.regions import regions_within
from sectors.vocabulary import SubmissionStatus


@dataclass(frozen=True)
class Source:
    """A sheet of one region: how many of its own periods are accepted. `annual`: some are not, and there is an annual
    submission, whose figures are the values of the year."""

    number: str
    name: str
    department: str
    accepted: int
    expected: int
    annual: bool
    last: datetime.date | None

    @property
    def is_whole(self) -> bool:
        """One annual submission stands for all periods, as history has it."""
        return self.accepted >= self.expected or (self.annual and not self.accepted)


def of_year(region: Region, year: int) -> list[Source]:
    """Every sheet that the report is made of and that is reported in the year, in the order of the report."""
    catalogue = compiled.catalogue()
    accepted = _accepted(region, year)
    return [
        _source(row, called(row.department, region), own, accepted[row.region_id, row.sheet_id], year)
        for row in wanted(region, year)
        if (own := catalogue.own_periods(row.sheet_id, year))
    ]


def wanted(region: Region, year: int) -> QuerySet[Assignment]:
    """Who is to report what for a report of the year, in its order: all that is assigned in the region itself, and in
    the regions in it what they report in that year."""
    reported = Submission.objects.filter(region=OuterRef("region"), sheet=OuterRef("sheet"), period__year=year)
    within = Q(region__in=regions_within(region)) & Exists(reported)
    order = ("sheet__sector__chapter__position", "sheet__sector__position", "sheet__position", "region__code")
    rows = Assignment.objects.filter(Q(region=region) | within).select_related("sheet", "department")
    return rows.order_by(*order)


def called(department: Department, region: Region) -> str:
    """A department in the report of a region: one of another region by its full name, which tells the region."""
    return department.short_name if department.region_id == region.pk else department.name


_Accepted = Mapping[PeriodKey, datetime.datetime | None]  # when it was accepted last, None for history


def _accepted(region: Region, year: int) -> Mapping[tuple[int, int], _Accepted]:
    """By region and sheet."""
    within = regions_within(region)
    rows = (
        Submission.objects.filter(region__in=within, period__year=year, status=SubmissionStatus.ACCEPTED)
        .order_by()
        .values_list("region", "sheet", "period__kind", "period__number")
        .annotate(last=Max("transitions__at", filter=Q(transitions__new=SubmissionStatus.ACCEPTED)))
    )
    found: dict[tuple[int, int], dict[PeriodKey, datetime.datetime | None]] = defaultdict(dict)
    for within_it, sheet, kind, number, last in rows:
        found[within_it, sheet][PeriodKey(year, kind, number)] = last
    return found


def _source(
    assignment: Assignment, department: str, own: Sequence[PeriodKey], accepted: _Accepted, year: int
) -> Source:
    """The sheet's own periods make the year where all of them are there, else the annual submission does."""
    whole = PeriodKey.whole(year)
    have = [period for period in own if period in accepted]
    annual = len(have) < len(own) and whole in accepted
    moments = [moment for period in (*have, *([whole] if annual else [])) if (moment := accepted[period])]
    return Source(
        number=assignment.sheet.number,
        name=assignment.sheet.name,
        department=department,
        accepted=len(have),
        expected=len(own),
        annual=annual,
        last=timezone.localdate(max(moments)) if moments else None,
    )
