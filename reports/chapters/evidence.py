"""What chapters 二 and 三 of a report are proposed from, gathered once."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils import translation

from reports.aggregation import months as calendar
from reports.aggregation.cube import AnnualValue
from reports.chapters import chain, narratives, norms, shortfalls, verification
from reports.chapters import compliance as compliances
from reports.chapters.chain import Link, Problem, Promise
from reports.chapters.compliance import Compliance
from reports.chapters.narratives import Answers
from reports.chapters.norms import Norm
from reports.chapters.shortfalls import Shortfall
from reports.chapters.totals import Totals
from reports.chapters.verification import Regraded, Remark
from reports.wording import comparisons
from sectors.catalogue import compiled
from sectors.models import Assignment, Region, Sector, ShortfallAnswer
from sectors.vocabulary import AMOUNTS

# Of the document, whatever the language of the interface: it quotes findings and names periods.
LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class Evidence:
    """A region's year on the day of the report. `departments` are short names by sheet, `answers` what they wrote to
    questions, `given` to shortfalls by their keys, `before` the measures that last year's issued report promised."""

    year: int
    day: datetime.date
    values: Sequence[AnnualValue]
    compliance: Compliance
    remarks: Sequence[Remark]
    regraded: Sequence[Regraded]
    answers: Sequence[Answers]
    departments: Mapping[int, str]
    totals: Totals
    norms: Mapping[str, Sequence[Norm]]
    given: Mapping[str, ShortfallAnswer]
    before: Sequence[Promise]

    @property
    def span(self) -> str:
        return chain.span(self.day, self.year)

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

    def shortfalls(self) -> list[Shortfall]:
        """Of all figures, the worst first; no part of what falls short as a whole."""
        found = self.totals.without_parts(shortfalls.of(self.values, self.norms), lambda one: one.value.indicator)
        return sorted(found, key=lambda one: -one.gap)

    @cached_property
    def problems(self) -> list[Problem]:
        """What figures and registry show, the worst figures first."""
        of_registry = chain.of_registry(
            self.compliance, self.sectors, self.sheets, self.day, self.span, self.registered
        )
        return [*chain.of_figures(self.shortfalls()), *of_registry]

    @property
    def short(self) -> dict[str, Problem]:
        """All by their keys, parts of what falls short as a whole too."""
        parts = chain.of_figures(shortfalls.of(self.values, self.norms))
        return {one.key: one for one in (*parts, *self.problems)}

    @property
    def has_registry(self) -> bool:
        """Whether anything can be told from there being nothing in the registry."""
        return self.compliance.has_inspections or self.compliance.has_results

    def links(self) -> dict[int, list[Link]]:
        """Problems with what departments answered, by sector."""
        found: dict[int, list[Link]] = {}
        for one in self.problems:
            found.setdefault(one.sector.pk, []).append(Link(one, self.given.get(one.key)))
        return found

    @property
    def sheets(self) -> Mapping[int, int]:
        """The sheet that answers for what the registry shows in a sector: the first one that somebody reports."""
        found: dict[int, int] = {}
        for value in self.values:
            if value.indicator.sheet_id in self.departments:
                found.setdefault(value.indicator.sheet.sector_id, value.indicator.sheet_id)
        return found

    def missing(self) -> list[AnnualValue]:
        """Required figures that nobody has reported; not those that were, and make no value together."""
        return [value for value in self.values if value.indicator.required and _is_missing(value)]

    def department(self, value: AnnualValue) -> str:
        return self.departments.get(value.indicator.sheet_id, "")


def gather(region: Region, year: int, day: datetime.date, values: Mapping[str, AnnualValue]) -> Evidence:
    """The number of queries does not depend on how much there is."""
    with translation.override(LANGUAGE):
        compliance = compliances.of_year(region, year, day)
        remarks, regraded = verification.remarks(region, year, values), verification.regraded(region)
    assigned = Assignment.objects.filter(region=region).values_list("sheet", "department__short_name")
    return Evidence(
        year=year,
        day=day,
        values=list(values.values()),
        compliance=compliance,
        remarks=remarks,
        regraded=regraded,
        answers=narratives.of_year(region, year, {value.indicator.sheet.sector for value in values.values()}),
        departments=dict(assigned),
        totals=Totals(compiled.catalogue()),
        norms=norms.of_year(year),
        given=chain.answers(region, year),
        before=chain.promised(region, year - 1),
    )


def _places(regions: frozenset[str]) -> str:
    """`喀拉达拉镇`, `3个乡镇`, `2个地区`."""
    if len(regions) == 1:
        return next(iter(regions))
    are_towns = all(name.endswith(("乡", "镇", "街道")) for name in regions)
    return f"{len(regions)}个{'乡镇' if are_towns else '地区'}"


def _is_missing(value: AnnualValue) -> bool:
    return not value.is_there and not value.not_applicable and value.reason is None
