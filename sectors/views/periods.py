"""Periods: how far each is, and who has delivered what."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sectors.access import can_read_periods
from sectors.models import Period, Submission
from sectors.requests import PersonRequest


@login_required
@require_safe
def periods(request: PersonRequest) -> HttpResponse:
    if not can_read_periods(request.user):
        raise PermissionDenied
    rows = Period.objects.for_user(request.user).select_related("region").with_counts()
    return render(request, "sectors/periods.html", {"periods": rows.order_by("-year", "-due", "kind")})


@login_required
@require_safe
def period(request: PersonRequest, pk: int) -> HttpResponse:
    """Sheets by department, each with its status."""
    if not can_read_periods(request.user):
        raise PermissionDenied
    found = get_object_or_404(Period.objects.for_user(request.user).select_related("region").with_counts(), pk=pk)
    rows = list(Submission.objects.for_user(request.user).for_period(found).for_listing())
    departments = sorted({s.department for s in rows}, key=lambda d: d.pk)
    context = {
        "period": found,
        "departments": departments,
        "rows": [(s, [s if s.department == d else None for d in departments]) for s in rows],
        "counts": [(label, sum(s.status == value for s in rows)) for value, label in Submission.Status.choices],
    }
    return render(request, "sectors/period.html", context)
