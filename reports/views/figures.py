"""Figures of a draft: found by name to be quoted, and chosen for a table or chart that the office adds."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from reports.document import snapshots
from reports.document.blocks import Chart, Table
from reports.editing import edits, figure_search
from reports.editing.assembly import Placed
from reports.editing.drafts import Working, WrongState
from reports.editing.figure_tokens import BadText
from reports.views import panes, scope
from reports.views.blocks import adding, changing, refused, whole
from reports.vocabulary import AddedKind
from reports.writers.html import block_html
from sectors.catalogue.compiled import catalogue
from sectors.shell.http import PersonRequest
from sectors.texts import LONGEST_SEARCH, whole_number

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
    chosen = _chosen(request)
    try:
        if "look" in request.POST:
            return _form(request, found, key, drawn=edits.drawn(found, key, **chosen), **chosen)
        with changing(request, found.report):
            new = edits.add_figures(report=found.report, after=key, by=request.user, **chosen)
    except (BadText, WrongState) as error:
        return _form(request, found, key, problem=str(error), status=422, **chosen)
    return whole(request, year, new)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def change(request: PersonRequest, year: int, key: str) -> HttpResponse:
    """Other figures, kind or caption of a table or chart that the office added, as `add`."""
    found = scope.working(request.user, year)
    scope.block_or_404(found, key)
    item = found.by_key[key]
    if not _shows_figures(item):
        raise Http404
    if request.method != "POST":
        return _form(request, found, key, is_change=True, **edits.choice_of(found, item))
    chosen, seen = _chosen(request), whole_number(request.POST.get("seen", ""), -1)
    try:
        if "look" in request.POST:
            drawn = edits.drawn(found, key, **chosen)
            return _form(request, found, key, is_change=True, drawn=drawn, seen_change=seen, **chosen)
        with changing(request, found.report):
            edits.change_figures(report=found.report, key=key, by=request.user, seen=seen, **chosen)
    except BadText as error:
        said: dict[str, Any] = {"problem": str(error), "seen_change": seen}
        return _form(request, found, key, is_change=True, status=422, **said, **chosen)
    except WrongState as error:
        found = scope.working(request.user, year)
        if key not in found.by_key or not _shows_figures(found.by_key[key]):
            return refused(request, year, key, str(error))
        # As it stands by now, with what was chosen here: saved once more it takes its place.
        return _form(request, found, key, is_change=True, problem=str(error), status=409, **chosen)
    return whole(request, year, key)


def _shows_figures(item: Placed) -> bool:
    return item.edit is not None and bool(item.edit.shows)


def _chosen(request: PersonRequest) -> dict[str, Any]:
    """What the form says, as the stage takes it."""
    kind = request.POST.get("kind", "")
    return {
        "kind": kind if kind in KINDS else AddedKind.TABLE,
        "codes": request.POST.getlist("code"),
        "last": bool(request.POST.get("last")),
        "title": request.POST.get("title", "")[:200],
    }


def _form(
    request: PersonRequest,
    found: Working,
    key: str,
    *,
    drawn: Table | Chart | None = None,
    is_change: bool = False,
    status: int = 200,
    **chosen: Any,
) -> HttpResponse:
    """Of what is to stand behind the block, or, where `is_change`, of the block itself."""
    codes = chosen.get("codes", ())
    context = panes.form(found, found.by_key[key]) | {"kind": AddedKind.TABLE, "last": True}
    context |= chosen | {
        "kinds": KINDS,
        "is_change": is_change,
        "address": reverse("block-change-figures" if is_change else "block-add-figures", args=[found.report.year, key]),
        "chosen": [found.figures[code] for code in dict.fromkeys(codes) if code in found.figures],
        "drawn": mark_safe(block_html(drawn, found.document())) if drawn else "",
    }
    title = _("Change the table or chart") if is_change else _("Add a table or chart")
    return adding(request, found, title, "reports/_add_figures_form.html", context | {"page_title": title}, status)
