"""Where a year's figures come from: each sheet with its department, its accepted periods and the last day. Of a region
with others in it, from these too."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from sectors.calculation.periods import PeriodKey
from sectors.catalogue import compiled
from sectors.models import Assignment, Department, Region, Submission
from sectors.sql.regions import regions_within
from sectors.vocabulary import SubmissionStatus


@dataclass(frozen=True)
class Source:
    """A sheet of one region: how many of its own periods are accepted. `departments` are those that sent what is
    accepted, and where something is missing the one that is to report it now. `annual`: some are not, and there is an
    annual submission, whose figures are the values of the year."""

    number: str
    name: str
    departments: tuple[str, ...]
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
        _source(row, called(row.department, region), own, accepted.get((row.region_id, row.sheet_id), {}), year)
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


class _Acceptance(NamedTuple):
    at: datetime.datetime | None  # the last time; None for history
    department: str  # that sent it


def _accepted(region: Region, year: int) -> Mapping[tuple[int, int], Mapping[PeriodKey, _Acceptance]]:
    """By region and sheet."""
    rows: Iterable[Any] = (
        Submission.objects.filter(
            region__in=regions_within(region), period__year=year, status=SubmissionStatus.ACCEPTED
        )
        .select_related("department", "period")
        .order_by()
        .annotate(last=Max("transitions__at", filter=Q(transitions__new=SubmissionStatus.ACCEPTED)))
    )
    found: dict[tuple[int, int], dict[PeriodKey, _Acceptance]] = defaultdict(dict)
    for row in rows:
        found[row.region_id, row.sheet_id][row.period.key] = _Acceptance(row.last, called(row.department, region))
    return found


def _source(
    assignment: Assignment,
    department: str,
    own: Sequence[PeriodKey],
    accepted: Mapping[PeriodKey, _Acceptance],
    year: int,
) -> Source:
    """The sheet's own periods make the year where all of them are there, else the annual submission does."""
    whole = PeriodKey.whole(year)
    have = [period for period in own if period in accepted]
    annual = len(have) < len(own) and whole in accepted
    taken = [accepted[period] for period in (*have, *([whole] if annual else []))]
    moments = [one.at for one in taken if one.at]
    missing = [] if len(have) == len(own) or (annual and not have) else [department]
    return Source(
        number=assignment.sheet.number,
        name=assignment.sheet.name,
        departments=tuple(dict.fromkeys([*(one.department for one in taken), *missing])),
        accepted=len(have),
        expected=len(own),
        annual=annual,
        last=timezone.localdate(max(moments)) if moments else None,
    )
