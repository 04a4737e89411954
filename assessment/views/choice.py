"""Which region and year a page is about."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from sectors.models import Period, Region
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number
from sectors.vocabulary import Role

FIRST_YEAR, LAST_YEAR = 1990, 2100


def chosen_region(request: PersonRequest) -> Region:
    """One's own; an administrator, who has none, names it in the address or reads the first that reports."""
    user = request.user
    if user.role == Role.AUDITOR:
        raise PermissionDenied
    if user.region is not None:
        return user.region
    code = request.GET.get("region", "")
    found = get_object_or_404(Region, code=code) if code else next(iter(regions_to_choose(request)), None)
    if found is None:
        raise Http404
    return found


def regions_to_choose(request: PersonRequest) -> list[Region]:
    if request.user.role != Role.ADMIN:
        return []
    return list(Region.objects.filter(departments__isnull=False).distinct())


def chosen_year(request: PersonRequest, region: Region, usual: int | None = None) -> tuple[list[int], int]:
    """Years to choose from, the latest first, and the one that the address names, else `usual` or the last that was
    opened."""
    opened = set(Period.objects.filter(region=region).values_list("year", flat=True))
    today = timezone.localdate().year
    year = whole_number(request.GET.get("year", ""))
    chosen = year if FIRST_YEAR <= year <= LAST_YEAR else usual or max(opened, default=today)
    return sorted({*opened, chosen, today, today + 1}, reverse=True), chosen
