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
from inspections.choices import Programme
from inspections.registers import AREAS, SAMPLES
from sectors.shell.http import PersonRequest


@login_required
@require_safe
def where_to_look(request: PersonRequest) -> HttpResponse:
    user = request.user
    years = failures.years(user) or [timezone.localdate().year]
    asked, way = request.GET.get("year", ""), request.GET.get("by", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else failures.latest_telling(user) or years[0]
    way = way if way in failures.WAYS else "category"
    programme = request.GET.get("programme", "")
    scope = failures.Scope(user, year, programme)
    context = {
        "registers": AREAS["batches"],
        "here": "where",
        "years": years,
        "year": year,
        "way": way,
        "ways": failures.WAY_WORDS.items(),
        "way_word": failures.WAY_WORDS[way],
        "programme": programme,
        "programmes": [("", _("without rapid tests")), ("all", _("all")), *Programme.choices],
        "rows": failures.by(way, scope),
        "months": failures.months(scope),
        "offenders": failures.offenders(scope),
        "unsettled": failures.unsettled(scope),
        "followed": failures.followed_up(scope),
        "samples": SAMPLES,
        "can_plan": can_plan(user),
    }
    return render(request, "inspections/where.html", context)
