"""Where to look: what failed, where, when, and who failed again."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inspections import looking
from inspections.access import can_plan
from inspections.registers import AREAS
from sectors.requests import PersonRequest


@login_required
@require_safe
def where_to_look(request: PersonRequest) -> HttpResponse:
    user = request.user
    years = looking.years(user) or [timezone.localdate().year]
    asked, way = request.GET.get("year", ""), request.GET.get("by", "")
    year = int(asked) if asked.isdigit() and int(asked) in years else looking.latest_telling(user) or years[0]
    way = way if way in looking.WAYS else "category"
    context = {
        "registers": AREAS["batches"],
        "here": "where",
        "years": years,
        "year": year,
        "way": way,
        "ways": looking.WAY_WORDS.items(),
        "way_word": looking.WAY_WORDS[way],
        "rows": looking.by(way, user, year),
        "offenders": looking.offenders(user, year),
        "followed": looking.followed_up(user, year),
        "can_plan": can_plan(user),
    }
    return render(request, "inspections/where.html", context)
