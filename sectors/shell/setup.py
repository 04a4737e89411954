"""What a site still needs before departments can report: region, departments, sheets, people, a first period."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from sectors.models import Assignment, Department, Period, Region, Sheet, User
from sectors.vocabulary import Role

NAMED = 8  # departments or regions that a sentence names


class Step(NamedTuple):
    """One thing to set up; `missing` says what it lacks, and nothing once it is done."""

    title: str
    missing: str
    link: str
    link_text: str

    @property
    def is_done(self) -> bool:
        return not self.missing


def steps() -> list[Step]:
    """In the order in which they are taken; a number of queries that does not depend on what there is."""
    return [
        _regions(),
        _departments(),
        _sheets(),
        _people(Role.OFFICE, _("The leadership office"), _regions_without_office()),
        _people(Role.CLERK, _("Clerks"), _departments_without(Role.CLERK)),
        _people(Role.HEAD, _("Heads"), _departments_without(Role.HEAD).filter(signs=True)),
        _periods(),
    ]


def _regions() -> Step:
    missing = "" if Region.objects.exists() else _("There is no region yet. Give its six digits, its name and level.")
    return Step(_("Region"), missing, reverse("admin:sectors_region_add"), _("Add a region"))


def _departments() -> Step:
    missing = ""
    if not Department.objects.exists():
        missing = _("There is no department yet. The list of people that you keep has them in it, with the office.")
    return Step(_("Departments"), missing, reverse("admin:sectors_department_import"), _("Import from Excel"))


def _sheets() -> Step:
    missing = ""
    if not Sheet.objects.exists():
        missing = _(
            "There is no sheet yet. Make them of the Excel forms that departments fill, take those that come with the "
            "program, or load files."
        )
    elif not Assignment.objects.exists():
        missing = _("No department reports a sheet yet. Say below who reports which.")
    return Step(_("Sheets"), missing, reverse("catalogue-files"), _("Catalogue files"))


def _people(role: str, title: str, lacking: QuerySet[Department] | QuerySet[Region]) -> Step:
    names = [str(one) for one in lacking[: NAMED + 1]]
    missing = ""
    if names:
        listed = _(", ").join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
        missing = _("Nobody is there for: %(names)s.") % {"names": listed}
    elif not Assignment.objects.exists():  # of whom nobody can say yet who is lacking
        missing = _("There is nobody yet.")
    return Step(title, missing, reverse("admin:sectors_user_import"), _("Import from Excel"))


def _departments_without(role: str) -> QuerySet[Department]:
    """Those that have a sheet to report and nobody in the role."""
    there = User.objects.filter(department=OuterRef("pk"), role=role, is_active=True)
    rows = Department.objects.filter(Exists(Assignment.objects.filter(department=OuterRef("pk"))))
    return rows.exclude(Exists(there)).order_by("region__code", "code")


def _regions_without_office() -> QuerySet[Region]:
    there = User.objects.filter(department__region=OuterRef("pk"), role=Role.OFFICE, is_active=True)
    return _reporting_regions().exclude(Exists(there))


def _periods() -> Step:
    lacking = _reporting_regions().exclude(Exists(Period.objects.filter(region=OuterRef("pk"))))
    names = [str(region) for region in lacking[:NAMED]]
    missing = (
        _("The leadership office opens the first period: %(names)s.") % {"names": _(", ").join(names)} if names else ""
    )
    if not names and not Period.objects.exists():
        missing = _("The leadership office opens the first period, once departments report sheets.")
    return Step(_("Calendar"), missing, reverse("periods"), _("Periods"))


def _reporting_regions() -> QuerySet[Region]:
    return Region.objects.filter(Exists(Assignment.objects.filter(region=OuterRef("pk")))).order_by("code")
