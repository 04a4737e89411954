"""Which report a request is about: what is out of scope is 404, the wrong role 403."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from reports.access import may_take_part
from reports.editing import drafts
from reports.editing.drafts import Working
from reports.models import AnnualReport
from reports.vocabulary import Audience
from sectors.access import can_build_report, can_read_report
from sectors.models import Assignment, Region, User
from sectors.vocabulary import DEPARTMENT_ROLES


def own_region(user: User) -> Region:
    """The region whose reports the person reads."""
    if not can_read_report(user) or user.region is None:
        raise PermissionDenied
    return user.region


def region_of_number(user: User, code: str) -> Region:
    """The region of whose number the person reads where it comes from: of any indicator in reports and boards, of an
    indicator of its own sheets for a department."""
    if user.role not in DEPARTMENT_ROLES or user.department is None:
        return own_region(user)
    sheets = Assignment.objects.filter(department=user.department, region=user.department.region_id)
    if not sheets.filter(sheet__indicators__code=code).exists():
        raise PermissionDenied
    return user.department.region


def draft_report(user: User, year: int) -> AnnualReport:
    """The draft of the year, for the office."""
    if not can_build_report(user):
        raise PermissionDenied
    return get_object_or_404(AnnualReport.objects.for_user(user).drafts().with_people(), year=year)


def draft_on_its_way(user: User, year: int) -> AnnualReport:
    """The draft of the year for whoever it lies with: the office always, others from their step on."""
    if not may_take_part(user):
        raise PermissionDenied
    return get_object_or_404(AnnualReport.objects.for_user(user).drafts().with_people(), year=year)


def working(user: User, year: int) -> Working:
    return drafts.load(draft_report(user, year))


def issued_report(user: User, year: int, edition: int) -> AnnualReport:
    if not can_read_report(user):
        raise PermissionDenied
    rows = AnnualReport.objects.for_user(user).issued().with_people()
    return get_object_or_404(rows, year=year, edition=edition)


def audience(request: HttpRequest) -> str:
    """Whose edition a request is about: the internal one, where it does not say."""
    found = request.GET.get("audience", Audience.INTERNAL)
    if found not in Audience.values:
        raise Http404
    return found


def block_or_404(found: Working, key: str) -> None:
    if key not in found.by_key:
        raise Http404
