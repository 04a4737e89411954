"""Which department of a region reports a sheet: that whose code the sheet names, until somebody says another."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone

from sectors.models import Assignment, Department, Region, Sheet
from sectors.models.catalogue import reported_in
from sectors.vocabulary import Role


class Unassigned(NamedTuple):
    """The sheets of the catalogue that no department of a region reports, and the departments that may."""

    region: Region
    sheets: list[Sheet]
    departments: list[Department]


def assign_by_code(region: Region) -> list[Assignment]:
    """Give each department the sheets that name its code and that nobody in the region reports; returns what is new."""
    departments = {department.code: department for department in region.departments.all()}
    named = Sheet.objects.filter(reported_in("sector__", region), department_code__in=departments)
    named = named.exclude(assignments__region=region)
    new = [Assignment(sheet=sheet, region=region, department=departments[sheet.department_code]) for sheet in named]
    for assignment in new:
        assignment.save(force_insert=True)
    return new


def unassigned(regions: QuerySet[Region]) -> list[Unassigned]:
    """By region, in the order of their codes, without those in which nothing is missing.

    A region reports once it has a department beside its leadership office, or a sheet is assigned. Sheets that have
    ended are nobody's any more.
    """
    departments = _reporting_departments(regions)
    have = defaultdict[int, set[int]](set)
    for region, sheet in Assignment.objects.filter(region__in=departments).values_list("region", "sheet"):
        have[region].add(sheet)
    present = Sheet.objects.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate()))
    sheets = list(present.select_related("sector").order_by("number"))
    found = [
        Unassigned(own[0].region, [s for s in sheets if s.pk not in have[region] and s.is_reported_in(region)], own)
        for region, own in departments.items()
    ]
    return [one for one in found if one.sheets]


def _reporting_departments(regions: QuerySet[Region]) -> dict[int, list[Department]]:
    """All departments of the regions that report, by region."""
    rows = Department.objects.filter(region__in=regions).select_related("region").order_by("region__code", "code")
    found = defaultdict[int, list[Department]](list)
    for row in rows:
        found[row.region_id].append(row)
    offices = set(Department.objects.filter(users__role=Role.OFFICE).values_list("pk", flat=True))
    assigned = set(Assignment.objects.values_list("region", flat=True).distinct())
    return {
        region: own
        for region, own in found.items()
        if region in assigned or any(department.pk not in offices for department in own)
    }
