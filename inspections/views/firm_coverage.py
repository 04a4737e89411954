"""Who was inspected in a year, who is overdue, and who failed again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inspections import coverage, firm_listing, firms
from inspections.access import sees_departments
from inspections.choices import RiskGrade
from inspections.firm_forms import FrequencyForm
from inspections.models import Firm
from inspections.views.firms import around, keeper_region, region_of, shown_to
from sectors.shell.http import PersonRequest

SHOWN = 20  # overdue firms, and repeat offenders
YEARS = 6  # to choose from


@login_required
@require_safe
def coverage_page(request: PersonRequest) -> HttpResponse:
    """A year of the region, of the inspections that the person sees."""
    region, user = region_of(request), request.user
    today = timezone.localdate()
    span = coverage.Span(firm_listing.year_of(request.GET, today), today)
    of_year = coverage.Coverage(user, region, span)
    late = coverage.overdue(Firm.objects.for_user(user).filter(region=region), user, region, span.last)
    offenders = coverage.repeat_offenders(user, region, span.last)
    for one in offenders[:SHOWN]:
        shown_to(user, one.firm)
    frequencies = coverage.frequencies(region)
    context = {
        "of_year": of_year,
        "nameless": sum(of_year.nameless.values()),
        "years": range(today.year, today.year - YEARS, -1),
        "late_count": late.count(),
        "late": [shown_to(user, firm) for firm in late.select_related("department")[:SHOWN]],
        "offenders": offenders[:SHOWN],
        "offender_count": len(offenders),
        "frequencies": [(RiskGrade(grade).label, count) for grade, count in frequencies.items()],
        "form": FrequencyForm(initial=frequencies),
        "whole": sees_departments(user),
    }
    return render(request, "inspections/firms/coverage.html", context | around(request, region, "coverage"))


@login_required
@require_POST
def set_frequencies(request: PersonRequest) -> HttpResponse:
    """How many inspections a year each grade asks for in the region."""
    region = keeper_region(request)
    form = FrequencyForm(request.POST)
    if form.is_valid():
        firms.set_frequencies(region, form.cleaned_data, by=request.user)
        messages.success(request, _("From now on firms are due by these numbers."))
    else:
        messages.error(request, _("For each grade write a whole number from 0 to 52; 0 asks for no inspection."))
    return redirect("firm-coverage")
