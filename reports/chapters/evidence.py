"""What chapters 二 and 三 of a report are proposed from, gathered once."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation

from reports.aggregation import months as calendar
from reports.aggregation.cube import AnnualValue
from reports.chapters import compliance as compliances
from reports.chapters import narratives, shortfalls, verification
from reports.chapters.compliance import Compliance
from reports.chapters.narratives import Answers
from reports.chapters.shortfalls import Shortfall
from reports.chapters.verification import Regraded, Remark
from reports.wording import comparisons
from sectors.models import Assignment, Region, Sector
from sectors.vocabulary import AMOUNTS

# Of the document, whatever the language of the interface: it quotes findings and names periods.
LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class Evidence:
    """A region's year on the day of the report. `departments` are short names by sheet, `answers` what they wrote."""

    year: int
    day: datetime.date
    values: Sequence[AnnualValue]
    compliance: Compliance
    remarks: Sequence[Remark]
    regraded: Sequence[Regraded]
    answers: Sequence[Answers]
    departments: Mapping[int, str]

    @property
    def span(self) -> str:
        """How the report of the day calls the time that its records are of."""
        return "全年" if self.day.year > self.year else "年内"

    def registered(self, sector: Sector, regions: frozenset[str]) -> str:
        """Behind what the registry counts of a sector in these regions: 台账, and its months and regions where chapter
        一 tells of others."""
        last = 12 if self.day.year > self.year else self.day.month
        told = [value for value in self.values if value.indicator.sheet.sector_id == sector.pk and value.source]
        flows = [value.months_set for value in told if value.indicator.accumulation in AMOUNTS]
        parts = ["台账"]
        if any(months != calendar.since_january(last) for months in flows):
            parts.append(comparisons.months(calendar.since_january(last)))
        if told and regions != self.compliance.reported.get(sector.pk):
            parts.append(_places(regions))
        return f"（{'，'.join(parts)}）"

    @property
    def sectors(self) -> list[Sector]:
        """In the order of the report."""
        return list(dict.fromkeys(value.indicator.sheet.sector for value in self.values))

    def shortfalls(self) -> dict[int, list[Shortfall]]:
        """By sector, the worst first."""
        found: dict[int, list[Shortfall]] = {}
        for shortfall in sorted(shortfalls.of(self.values), key=lambda s: -s.gap):
            found.setdefault(shortfall.value.indicator.sheet.sector_id, []).append(shortfall)
        return found

    def missing(self) -> list[AnnualValue]:
        """Required figures that nobody has reported; not those that were, and make no value together."""
        return [value for value in self.values if value.indicator.required and _is_missing(value)]

    def department(self, value: AnnualValue) -> str:
        return self.departments.get(value.indicator.sheet_id, "")


def gather(region: Region, year: int, day: datetime.date, values: Mapping[str, AnnualValue]) -> Evidence:
    """The number of queries does not depend on how much there is."""
    with translation.override(LANGUAGE):
        remarks, regraded = verification.remarks(region, year, values), verification.regraded(region)
    assigned = Assignment.objects.filter(region=region).values_list("sheet", "department__short_name")
    return Evidence(
        year=year,
        day=day,
        values=list(values.values()),
        compliance=compliances.of_year(region, year, day),
        remarks=remarks,
        regraded=regraded,
        answers=narratives.of_year(region, year),
        departments=dict(assigned),
    )


def _places(regions: frozenset[str]) -> str:
    """`喀拉达拉镇`, `3个乡镇`, `2个地区`."""
    if len(regions) == 1:
        return next(iter(regions))
    are_towns = all(name.endswith(("乡", "镇", "街道")) for name in regions)
    return f"{len(regions)}个{'乡镇' if are_towns else '地区'}"


def _is_missing(value: AnnualValue) -> bool:
    return value.value is None and not value.not_applicable and value.reason is None
