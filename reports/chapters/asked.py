"""What a department is asked in the submission that closes a year: the shortfalls that its sheet answers for, from what
stands in its sheets of that year by now, accepted or not."""

from __future__ import annotations

from django.utils import timezone, translation

from reports.aggregation.cube import Cube
from reports.chapters import chain, compliance, norms, shortfalls
from reports.chapters.chain import Problem
from reports.chapters.evidence import LANGUAGE
from reports.chapters.totals import Totals
from sectors.catalogue import compiled
from sectors.entry.shortfalls import Shortfall
from sectors.models import Assignment, Submission
from sectors.sql.regions import regions_within


def of_submission(submission: Submission) -> list[Shortfall]:
    """The gravest first (`sheet`, `period` and `region` fetched). The number of queries does not depend on how much
    there is."""
    with translation.override(LANGUAGE):
        found = sorted([*_of_figures(submission), *_of_registry(submission)], key=lambda one: -one.gap)
        return [Shortfall(one.key, chain.sentence(one)) for one in found]


def _of_figures(submission: Submission) -> list[Problem]:
    catalogue, year = compiled.catalogue(), submission.period.year
    own = [row for row in catalogue.of_year(year) if row.sheet_id == submission.sheet_id]
    of_year = Submission.objects.filter(
        sheet=submission.sheet_id, region=submission.region_id, period__year=year
    ).values_list("pk", flat=True)
    cube = Cube(list(regions_within(submission.region)), (year,), own, catalogue=catalogue, also=list(of_year))
    found = shortfalls.of(cube.annual(year).values(), norms.of_year(year))
    return list(chain.of_figures(Totals(catalogue).without_parts(found, lambda one: one.value.indicator)))


def _of_registry(submission: Submission) -> list[Problem]:
    """What the registry shows in the sector, of its first sheet that somebody reports."""
    sector, day = submission.sheet.sector, timezone.localdate()
    assigned = Assignment.objects.filter(region=submission.region_id, sheet__sector=sector)
    first = assigned.order_by("sheet__position").values_list("sheet", flat=True).first()
    if first != submission.sheet_id:
        return []
    year = submission.period.year
    shown = compliance.of_year(submission.region, year, day)
    return list(chain.of_registry(shown, [sector], {sector.pk: first}, day, chain.span(day, year)))
