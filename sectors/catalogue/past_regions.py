"""What a change of regions and departments would do to what was reported for them: sentences, none where nothing does.

Asked by a load of files and by the administration, before anything is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from sectors.models import Department, Region, Submission
from sectors.sql.regions import regions_within


def of_moved_region(code: str, parent: Region | None) -> Iterator[str]:
    """Against having a stored region lie in another one; it may come to lie in one that is put in between."""
    region = Region.objects.filter(code=code).select_related("parent").first()
    if region is None or region.parent is None or (parent and region.parent_id in (parent.pk, parent.parent_id)):
        return
    if Submission.objects.reported().filter(region__in=regions_within(region)).exists():
        message = _(
            "%(region)s was reported for and counts in %(parent)s. A region that goes to another one gets a new code: "
            "add it as a new region."
        )
        yield message % {"region": region, "parent": region.parent}


def of_renamed_region(code: str, name: str, renamed_from: str) -> Iterator[str]:
    """Against taking over what was reported for another region: most likely its file was copied, with its code."""
    region = Region.objects.filter(code=code).first()
    if region is None or region.name in (name, renamed_from):
        return
    if Submission.objects.reported().filter(region__in=regions_within(region)).exists():
        message = _(
            "The region %(code)s is “%(old)s” in the database and was reported for. Is “%(name)s” another region, "
            "write its own code; did %(old)s get another name, write renamed_from: %(old)s beside it."
        )
        yield message % {"code": code, "old": region.name, "name": name}


def of_region_level(code: str, level: str) -> Iterator[str]:
    """Against another level of a region that was reported for: what was said of a county is said of no prefecture."""
    region = Region.objects.filter(code=code).first()
    if region is None or region.level == level:
        return
    if Submission.objects.reported().filter(region__in=regions_within(region)).exists():
        message = _(
            "%(region)s was reported for as “%(old)s”, so its level stays. A region of another level has a code of its "
            "own: add it as a new region."
        )
        yield message % {"region": region, "old": region.get_level_display()}


def of_department_names(region: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Code and sentence for departments that reported and would get the name that another of the region had."""
    before = dict(Department.objects.filter(region__code=region).values_list("code", "name"))
    for code, name in names.items():
        other = next((c for c, was in before.items() if was == name and c != code), "")
        if not other or before.get(code, name) == name:
            continue
        if Submission.objects.reported().filter(department__region__code=region, department__code=code).exists():
            message = _(
                "The department %(code)s reported as “%(old)s” and would get the name that %(other)s had, “%(name)s”. "
                "Leave the names, or give what is new a code of its own."
            )
            yield code, message % {"code": code, "old": before[code], "other": other, "name": name}
