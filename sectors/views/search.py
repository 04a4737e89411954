"""The search of the bar on top."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from sectors.shell import search as searching
from sectors.shell.http import PersonRequest
from sectors.texts import LONGEST_SEARCH


@login_required
@require_safe
@vary_on_headers("HX-Request")
def search(request: PersonRequest) -> HttpResponse:
    """Sheets, indicators, pages and whatever else has a number, within one's scope. The box that every page has is
    given what is found alone."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    name = "sectors/_hits.html" if request.htmx else "sectors/search.html"
    return render(request, name, {"text": text, "found": searching.search(request.user, text)})
