"""Figures of a draft: found by name to be quoted, and chosen for a table or chart that the office adds."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from reports.document import snapshots
from reports.document.blocks import Chart, Table
from reports.editing import edits, figure_search
from reports.editing.drafts import Working, WrongState
from reports.editing.figure_tokens import BadText
from reports.views import panes, scope
from reports.views.blocks import adding, changing, whole
from reports.vocabulary import AddedKind
from reports.writers.html import block_html
from sectors.catalogue.compiled import catalogue
from sectors.shell.http import PersonRequest
from sectors.texts import LONGEST_SEARCH

KINDS = (AddedKind.TABLE, AddedKind.CHART)


@login_required
@require_safe
def find(request: PersonRequest, year: int) -> HttpResponse:
    """Figures that a sentence may quote, by what they are called; those of the block's own sector first."""
    report = scope.draft_report(request.user, year)
    text = report.drafts.order_by("-number").values_list("generated", flat=True)[0]
    sectors = frozenset(request.GET.get("key", "").split("/"))
    words = request.GET.get("q", "")[:LONGEST_SEARCH]
    hits, count = figure_search.find(snapshots.figures(text), catalogue().by_code, words, sectors)
    return render(request, "reports/_figures_found.html", {"hits": hits, "more": count - len(hits), "year": year})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def add(request: PersonRequest, year: int, key: str) -> HttpResponse:
    """A table or chart behind a block; `look` shows it and writes nothing."""
    found = scope.working(request.user, year)
    scope.block_or_404(found, key)
    if request.method != "POST":
        return _form(request, found, key)
    kind = request.POST.get("kind", "")
    chosen: dict[str, Any] = {
        "kind": kind if kind in KINDS else AddedKind.TABLE,
        "codes": request.POST.getlist("code"),
        "last": bool(request.POST.get("last")),
        "title": request.POST.get("title", "")[:200],
    }
    try:
        if "look" in request.POST:
            return _form(request, found, key, drawn=edits.drawn(found, key, **chosen), **chosen)
        with changing(request, found.report):
            new = edits.add_figures(report=found.report, after=key, by=request.user, **chosen)
    except (BadText, WrongState) as error:
        return _form(request, found, key, problem=str(error), status=422, **chosen)
    return whole(request, year, new)


def _form(
    request: PersonRequest,
    found: Working,
    key: str,
    *,
    drawn: Table | Chart | None = None,
    status: int = 200,
    **chosen: Any,
) -> HttpResponse:
    codes = chosen.get("codes", ())
    context = panes.form(found, found.by_key[key]) | {"kind": AddedKind.TABLE, "last": True}
    context |= chosen | {
        "kinds": KINDS,
        "chosen": [found.figures[code] for code in dict.fromkeys(codes) if code in found.figures],
        "drawn": mark_safe(block_html(drawn, found.document())) if drawn else "",
    }
    return adding(request, found, _("Add a table or chart"), "reports/_add_figures_form.html", context, status)
