"""Periods: how far each is, and who has delivered what."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sectors import approval
from sectors.access import can_open_period, can_read_periods
from sectors.forms import PeriodForm
from sectors.models import Period, Submission
from sectors.requests import PersonRequest


@login_required
@require_safe
def periods(request: PersonRequest) -> HttpResponse:
    if not can_read_periods(request.user):
        raise PermissionDenied
    rows = Period.objects.for_user(request.user).select_related("region").with_counts()
    context = {"periods": rows.order_by("-year", "-due", "kind"), "can_open": can_open_period(request.user)}
    return render(request, "sectors/periods.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_period(request: PersonRequest) -> HttpResponse:
    """The office opens a period; its sheets go to the departments."""
    region = request.user.region
    if not can_open_period(request.user) or region is None:
        raise PermissionDenied
    today = timezone.localdate()
    form = PeriodForm(request.POST or None, region=region, initial={"year": today.year, "opens": today})
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "sectors/open_period.html", {"form": form}, status=status)
    with transaction.atomic():
        opened = form.save()
        count = approval.open_period(opened)
    what = {"period": opened, "count": count}
    messages.success(request, _("%(period)s is open: %(count)d sheets went to their departments.") % what)
    return redirect("period", pk=opened.pk)


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
