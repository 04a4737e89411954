"""Where to look: what failed, where, when, and who failed again."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inspections import failures
from inspections.access import can_plan
from inspections.registers import AREAS, SAMPLES
from sectors.catalogue.words import words
from sectors.shell.http import PersonRequest
from sectors.vocabulary import WordKind


@login_required
@require_safe
def failures_page(request: PersonRequest) -> HttpResponse:
    user = request.user
    years = failures.years(user) or [timezone.localdate().year]
    asked, by = request.GET.get("year", ""), request.GET.get("by", "")
    year = next((year for year in years if str(year) == asked), None)
    year = year or failures.latest_year_with_failures(user) or years[0]
    by = by if by in failures.GROUP_FIELDS else "category"
    programme = request.GET.get("programme", "")
    scope = failures.Scope(user, year, programme)
    context = {
        "registers": AREAS["batches"],
        "here": "failures",
        "years": years,
        "year": year,
        "by": by,
        "groups": failures.GROUP_LABELS.items(),
        "group_label": failures.GROUP_LABELS[by],
        "programme": programme,
        "programmes": [
            ("", _("without rapid tests")),
            (failures.ALL, _("all")),
            *words().choices(WordKind.PROGRAMME, user.region),
        ],
        "rows": failures.grouped(by, scope),
        "months": failures.months(scope),
        "offenders": failures.repeat_offenders(scope),
        "unsettled": failures.unsettled(scope),
        "outcomes": failures.outcomes(scope),
        "samples": SAMPLES,
        "can_plan": can_plan(user),
    }
    return render(request, "inspections/failures.html", context)
