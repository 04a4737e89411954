"""What chapters 二 and 三 of a report are proposed from, gathered once."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils import translation

from reports.aggregation.cube import AnnualValue
from reports.chapters import compliance as compliances
from reports.chapters import narratives, shortfalls, verification
from reports.chapters.compliance import Compliance
from reports.chapters.narratives import Answers
from reports.chapters.shortfalls import Shortfall
from reports.chapters.totals import Totals
from reports.chapters.verification import Regraded, Remark
from sectors.catalogue import compiled
from sectors.models import Assignment, Region, Sector

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
    totals: Totals

    @property
    def span(self) -> str:
        """How the report of the day calls the time that its records are of."""
        return "全年" if self.day.year > self.year else "年内"

    @property
    def sectors(self) -> list[Sector]:
        """In the order of the report."""
        return list(dict.fromkeys(value.indicator.sheet.sector for value in self.values))

    def shortfalls(self) -> dict[int, list[Shortfall]]:
        """By sector, the worst first; no part of what falls short as a whole."""
        found: dict[int, list[Shortfall]] = {}
        short = self.totals.without_parts(shortfalls.of(self.values), lambda one: one.value.indicator)
        for shortfall in sorted(short, key=lambda one: -one.gap):
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
        answers=narratives.of_year(region, year, {value.indicator.sheet.sector for value in values.values()}),
        departments=dict(assigned),
        totals=Totals(compiled.catalogue()),
    )


def _is_missing(value: AnnualValue) -> bool:
    return value.value is None and not value.not_applicable and value.reason is None
