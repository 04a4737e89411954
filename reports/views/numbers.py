"""Where a number of a report comes from."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from reports.document import snapshots
from reports.document.figures import FigureUsed
from reports.editing import provenance
from reports.views import scope
from reports.writers.html import Link
from sectors.access import can_read_report
from sectors.catalogue.compiled import catalogue
from sectors.models import User
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number


def number_links(year: int, edition: int = 0) -> Link:
    """Where it is shown what a number is made of, by its code; empty for what is no figure of an indicator: a gap of
    words, and what was counted in the registry or of submissions."""
    codes = catalogue().by_code.keys()
    query = f"?edition={edition}" if edition else ""

    def link(code: str) -> str:
        own = code.partition("/")[0]  # a number of a row leads to the figure that is made of it
        return f"{reverse('number', args=[year, own])}{query}" if own in codes else ""

    return link


@login_required
@require_safe
@vary_on_headers("HX-Request")
def number(request: PersonRequest, year: int, code: str) -> HttpResponse:
    """A number's indicator, formula, cells and people; with `edition` also what that edition printed."""
    region = scope.figures_region(request.user)
    found = provenance.read(region, year, code)
    if found is None or not scope.reads_number(request.user, found):
        raise Http404
    edition = request.GET.get("edition", "")
    context = {
        "evidence": found,
        "year": year,
        "edition": whole_number(edition) or "",
        "printed": _printed(request.user, year, edition, code),
        "beside": bool(request.htmx),
        "reads_report": can_read_report(request.user),
    }
    return render(request, "reports/_number.html" if request.htmx else "reports/number.html", context)


def _printed(user: User, year: int, edition: str, code: str) -> FigureUsed | None:
    """The figure as an issued edition has it."""
    number = whole_number(edition)
    if not number or not can_read_report(user):
        return None
    report = scope.issued_report(user, year, number)
    figures = snapshots.load(report.snapshot).figures
    return next((figure for figure in figures if figure.code == code), None)
