"""Which report a request is about: what is out of scope is 404, the wrong role 403."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from reports.access import may_take_part
from reports.editing import drafts
from reports.editing.drafts import Working
from reports.editing.provenance import Provenance
from reports.models import AnnualReport
from reports.vocabulary import Audience
from sectors.access import can_build_report, can_read_own_figures, can_read_report
from sectors.catalogue.compiled import catalogue
from sectors.models import Region, User


def own_region(user: User) -> Region:
    """The region whose reports the person reads."""
    if not can_read_report(user) or user.region is None:
        raise PermissionDenied
    return user.region


def figures_region(user: User) -> Region:
    """The region of whose figures the person may ask where they come from: a department's people of their own."""
    if user.region is not None and can_read_own_figures(user):
        return user.region
    return own_region(user)


def reads_number(user: User, found: Provenance) -> bool:
    """Of a department's people: whether the indicator, all that it is computed from and all cells are the department's;
    what was once another's is not told."""
    if not can_read_own_figures(user):
        return True
    known = catalogue()
    sheets = {known.sheet_of[code] for code in known.with_inputs([found.indicator.code])}
    return sheets <= user.own_sheets and all(
        cell.submission.department_id == user.department_id for cell in found.cells
    )


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
