"""Builds the annual quality status analysis report of a region as document blocks.

The report is a Chinese official document whatever the language of the interface, so its own words stand here in
Chinese; those of the sectors come from their wordings, and of chapters 二 and 三 also from the departments.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.aggregation import open_rows
from reports.aggregation.cube import AnnualValue, annual
from reports.chapters import annexes, evidence, leader, notes, scope, sources, targets
from reports.chapters.evidence import Evidence
from reports.chapters.measures import measures
from reports.chapters.problems import problems
from reports.chapters.situation import situation
from reports.chapters.sources import Source
from reports.chapters.summary import summary
from reports.document.blocks import Contents, Cover, Document, format_date
from reports.document.figures import FigureUsed, Target
from reports.document.numbering import with_subject
from reports.wording import comparisons, versions
from reports.wording.rendering import Figures
from sectors.calculation.cells import with_unit
from sectors.models import Department, Region, Submission
from sectors.sql.regions import regions_within
from sectors.vocabulary import Role, SubmissionStatus


class NoData(Exception):
    """Neither the region nor one in it has an accepted submission in the year."""


@dataclass(frozen=True)
class Gathered:
    """What the report of a region's year is made of on the evidence's day. `values` are all annual ones by code, `own`
    those of sheets that the region is to report or has reported; what nobody there is asked for is not missing."""

    region: Region
    year: int
    values: Mapping[str, AnnualValue]
    own: Mapping[str, AnnualValue]
    evidence: Evidence
    sources: Sequence[Source]


def gather(region: Region, year: int, *, day: datetime.date) -> Gathered:
    values = annual(region, year)
    own = _reported(values, region, year)
    return Gathered(
        region=region,
        year=year,
        values=values,
        own=own,
        evidence=evidence.gather(region, year, day, own),
        sources=sources.of_year(region, year),
    )


def build(region: Region, year: int, *, day: datetime.date) -> Document:
    """The report of the region's year, dated `day`, with the blocks of all audiences. Raises NoData, and WordingError
    for a template that fails."""
    return document(gather(region, year, day=day))


def document(found: Gathered) -> Document:
    """The report of what was gathered, as `build` gives it."""
    region, year, values, own, gathered = found.region, found.year, found.values, found.own, found.evidence
    # Last year's stand beside this year's.
    accepted = Submission.objects.filter(
        region__in=regions_within(region), period__year__in=(year, year - 1), status=SubmissionStatus.ACCEPTED
    )
    marks = set(accepted.order_by().values_list("period__year", "is_demo").distinct())
    if year not in {of for of, _is_demo in marks}:
        raise NoData(f"{region.name}{year}年没有已接受的报送。")
    figures = Figures(values, year, region.name, open_rows.of_year(region, year))
    issuer = Department.objects.filter(region=region, users__role=Role.OFFICE).distinct().first()
    cover = Cover(
        title_lines=(f"{region.name}{year}年质量状况", "分析报告"),
        issuer=issuer.name if issuer else f"{region.name}质量强县工作领导小组办公室",
        date_text=format_date(gathered.day),
    )
    parts = (
        summary(gathered),
        situation(own, figures, versions.texts(region), gathered.answers),
        problems(gathered),
        measures(gathered),
        annexes.listed(),
        annexes.figures(own, year),
        annexes.remarks(gathered.remarks, gathered.regraded),
        scope.blocks(gathered, found.sources),
        annexes.sources(found.sources),
        leader.blocks(gathered),
    )
    subject = f"{region.name}{year}年"
    blocks = [cover, Contents(), *(with_subject(block, subject) for part in parts for block in part)]
    return Document(
        title=f"{region.name}{year}年质量状况分析报告",
        region_name=region.name,
        year=year,
        blocks=tuple(blocks),
        figures=tuple(map(_figure_used, values.values())),
        demo=any(is_demo for _of, is_demo in marks),
        day=gathered.day,
        notes=tuple(notes.of(gathered.remarks)),
        targets=tuple(_target(value) for value in own.values() if value.indicator.target is not None),
    )


def _target(value: AnnualValue) -> Target:
    indicator = value.indicator
    text = with_unit(f"{indicator.target.normalize():f}", indicator.unit.name) if indicator.target is not None else ""
    return Target(indicator.code, text, targets.public_origin(value))


def _reported(values: Mapping[str, AnnualValue], region: Region, year: int) -> dict[str, AnnualValue]:
    sheets = set(sources.wanted(region, year).values_list("sheet", flat=True))
    sheets |= {value.indicator.sheet_id for value in values.values() if value.coverage.expected or value.source}
    return {code: value for code, value in values.items() if value.indicator.sheet_id in sheets}


def _figure_used(value: AnnualValue) -> FigureUsed:
    return FigureUsed(
        code=value.indicator.code,
        name=value.indicator.name,
        unit=value.indicator.unit.name,
        value=value.value,
        text=value.text,
        last_value=value.last,
        change=value.change,
        coverage=(value.coverage.have, value.coverage.expected),
        declared=value.declared,
        text_with_unit=value.text_with_unit if value.bounds else "",
        last_text=value.last_text if value.last_bounds else "",
        last_text_with_unit=value.last_text_with_unit if value.last_bounds else "",
        is_change_about=value.comparison is not None and value.comparison.is_about,
        source=value.source,
        span=comparisons.common_span([value]),
    )
