"""The search of the bar on top."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sectors.shell import search as searching
from sectors.shell.http import PersonRequest
from sectors.texts import LONGEST_SEARCH


@login_required
@require_safe
def search(request: PersonRequest) -> HttpResponse:
    """Sheets, indicators and whatever else has a number, within one's scope."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    return render(request, "sectors/search.html", {"text": text, "found": searching.search(request.user, text)})
