"""A sheet is edited in the browser: its draft as it will look, each change of it, what it would do, put in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sectors import versions
from sectors.calculation.tokens import codes_in
from sectors.catalogue import draft_acts, draft_pages, drafts, editing
from sectors.catalogue.comparing import differences
from sectors.catalogue.draft_checks import Reading, in_force, reading
from sectors.catalogue.draft_forms import ElementForm
from sectors.catalogue.loader import OtherChanges, load_read
from sectors.catalogue.nodes import CatalogueError
from sectors.catalogue.specification_source import Place, in_words, place_from
from sectors.models import Indicator, SheetDraft, Unit
from sectors.models.catalogue import reported_in
from sectors.shell.http import PersonRequest
from sectors.texts import LONGEST_SEARCH
from sectors.views.setup import SHOWN, for_making_sheets

FOUND = 20  # indicators that a search shows
FIXED = frozenset(
    {"sheets", "sector", "indicators", "rows", "columns", "total_row", "total_column", "rules", "questions"}
)


@login_required
@require_safe
@for_making_sheets
def sheet_draft(request: PersonRequest, pk: int) -> HttpResponse:
    """The sheet as it will look; `at` is what is open to be changed."""
    draft = _open(request, pk)
    return _page(request, draft, place_from(request.GET["at"]) if "at" in request.GET else None)


@login_required
@require_POST
@for_making_sheets
def edit_draft(request: PersonRequest, pk: int) -> HttpResponse:
    """Store the form that is open, and do what its button says."""
    draft = _open(request, pk)
    place = place_from(request.POST.get("at", ""))
    try:
        form = _form(draft, place, request.POST)
        edited, at = _acted(editing.changed(draft.specification, place, form.settings), place, request.POST)
    except LookupError:
        messages.warning(request, _("This is not in the draft any more."))
        return _page(request, draft, None, 409)
    except draft_acts.Refused as error:
        return _page(request, draft, place, 422, form, refusal=str(error))
    try:
        draft = drafts.change(draft, edited, by=request.user, seen=request.POST.get("seen", ""))
    except versions.Conflict as conflict:
        draft = SheetDraft.objects.get(pk=pk)
        return _page(request, draft, place, 409, _form(draft, place, request.POST), conflict=conflict)
    if request.htmx:
        # Who presses the enter key in the search stores the form, and goes on searching.
        return _page(request, draft, at, **({} if "pick" in request.POST else _found(draft, request.POST.get("q", ""))))
    address = reverse("sheet-draft", args=[pk])
    return redirect(address if at is None else f"{address}?at={in_words(at)}#open")


def _acted(specification: editing.Specification, place: Place, sent: Mapping[str, str]) -> draft_acts.Edited:
    """Raises Refused, LookupError."""
    if code := sent.get("pick", ""):
        return draft_acts.pick(specification, place, sent.get("sign", "+"), code)
    match sent.get("act", ""):
        case "up" | "down" as way if place and isinstance(place[-1], int):
            return editing.moved(specification, place, -1 if way == "up" else 1)
        case "remove":
            return draft_acts.remove(specification, place)
        case "close":
            return specification, None
        case "" | "store":
            return specification, place
        case what:
            return draft_acts.add(specification, place, what)


@login_required
@require_safe
@for_making_sheets
def draft_indicators(request: PersonRequest, pk: int) -> HttpResponse:
    """Indicators whose names or codes have a text in them, the draft's own first."""
    return render(request, "sectors/_draft_indicators.html", _found(_open(request, pk), request.GET.get("q", "")))


def _found(draft: SheetDraft, text: str) -> dict[str, Any]:
    text = text.strip()[:LONGEST_SEARCH]
    own = draft_pages.names_of(draft.specification)
    found = [(code, name, "") for code, name in own.items() if text in name or text in code] if text else []
    if text:
        rows = Indicator.objects.filter(Q(name__icontains=text) | Q(code__icontains=text)).exclude(code__in=own)
        rows = rows.filter(reported_in("sheet__sector__", draft.region_id))
        found += list(rows.in_report_order().values_list("code", "name", "sheet__number")[:FOUND])
    return {"found": found[:FOUND], "text": text, "more": len(found) > FOUND}


@login_required
@require_POST
@for_making_sheets
def look_at_draft(request: PersonRequest, pk: int) -> HttpResponse:
    """What the draft would do: the loader's dry run. Nothing is changed."""
    return _preview(request, _open(request, pk))


@login_required
@require_POST
@for_making_sheets
def put_in_force(request: PersonRequest, pk: int) -> HttpResponse:
    """Load it as the preview showed it."""
    draft = _open(request, pk)
    seen, digest = request.POST.get("seen", ""), request.POST.get("digest", "")
    try:
        changes = drafts.put_in_force(draft, by=request.user, seen=seen, digest=digest)
    except (OtherChanges, versions.Conflict):
        messages.warning(
            request, _("The draft or the catalogue has changed since the preview. Nothing was loaded; look once more.")
        )
        return _preview(request, SheetDraft.objects.get(pk=pk), 409)
    except CatalogueError:
        return _preview(request, draft, 409)
    messages.success(request, " ".join([_("The sheet is in force."), *changes.summary()]))
    return redirect("sheets-of-catalogue")


@login_required
@require_POST
@for_making_sheets
def discard_draft(request: PersonRequest, pk: int) -> HttpResponse:
    draft = _open(request, pk)
    try:
        drafts.discard(draft, by=request.user, seen=request.POST.get("seen", ""))
    except versions.Conflict as conflict:
        return _page(request, SheetDraft.objects.get(pk=pk), None, 409, conflict=conflict)
    messages.success(request, _("The draft of %(sheet)s was discarded.") % {"sheet": draft})
    return redirect("sheets-of-catalogue")


def _open(request: PersonRequest, pk: int) -> SheetDraft:
    return get_object_or_404(
        SheetDraft.objects.for_user(request.user).open().select_related("changed_by", "begun_by"), pk=pk
    )


def _form(draft: SheetDraft, place: Place, data: Any = None) -> ElementForm:
    """Raises LookupError where the draft has no such place."""
    element = editing.at(draft.specification, place)
    if not isinstance(element, dict):
        raise LookupError(place)
    names = Unit.objects.order_by("name").values_list("name", flat=True)
    own = [str(unit.get("name", "")) for unit in draft.specification.get("units", [])]
    used = [str(element["unit"])] if element.get("unit") else []
    units = list(dict.fromkeys([*used, *own, *names]))
    return ElementForm(data, place=place, element=element, fixed=_is_fixed(draft, place, element), units=units)


def _is_fixed(draft: SheetDraft, place: Place, element: Mapping[str, Any]) -> bool:
    """Whether it is in force by its code, which then stays."""
    what = editing.kind(place)
    if not draft.base or what not in FIXED:
        return False
    if what in ("sheets", "sector"):
        return True
    if what in ("indicators", "rules", "questions"):
        return element.get("code") in editing.codes(draft.base)
    prefix = editing.at(draft.specification, place[:4]).get("matrix")
    tables = editing.at(draft.base, editing.SHEET).get("tables", [])
    table: dict[str, Any] = next((table for table in tables if table.get("matrix") == prefix), {})
    return element.get("code") in editing.codes([value for key, value in table.items() if key != "code"])


def _page(
    request: PersonRequest,
    draft: SheetDraft,
    place: Place | None,
    status: int = 200,
    form: ElementForm | None = None,
    **more: Any,
) -> HttpResponse:
    read = reading(draft.specification)
    if form is None and place is not None:
        try:
            form = _form(draft, place)
        except LookupError:
            place = None
    context = {
        "draft": draft,
        "page": draft_pages.page(draft.specification, _names(draft), read.problems),
        "form": form,
        "open": "" if place is None else in_words(place),
        "kind": "" if place is None else editing.kind(place),
        "is_part": place is not None and "parts" in place,
        "is_matrix": form is not None and "matrix" in form.element,
        "seen": drafts.version(draft),
        "signs": draft_acts.SIGNS,
        **more,
    }
    name = "sectors/_draft.html" if request.htmx else "sectors/draft.html"
    return render(request, name, context, status=status)


def _names(draft: SheetDraft) -> dict[str, str]:
    own = draft_pages.names_of(draft.specification)
    read = set(codes_in(str(draft.specification))) - own.keys()
    return {**Indicator.objects.names(read), **own}


def _preview(request: PersonRequest, draft: SheetDraft, status: int = 200) -> HttpResponse:
    read = reading(draft.specification)
    context: dict[str, Any] = {"draft": draft, "seen": drafts.version(draft)}
    problems = read.problems
    if read.files is not None and not problems:
        try:
            changes = load_read(read.files, by=request.user.username, dry_run=True)
        except CatalogueError as error:
            problems = [read.problem(one) for one in error.problems]
        else:
            lines = [_without_place(line, read) for line in changes.lines]
            context |= {"lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN), "doubts": changes.doubts}
            context |= {"summary": list(changes.summary()), "digest": changes.digest}
    context["problems"] = [(in_words(one.place), one.message) for one in problems]
    context["meanwhile"] = differences(draft.base, in_force(draft.specification)) if draft.base else []
    return render(request, "sectors/draft_preview.html", context, status=422 if problems else status)


def _without_place(line: str, read: Reading) -> str:
    """A line of the loader without the place in the file, which nobody sees here."""
    sign, _blank, text = line.partition(" ")
    start = f"{read.source.file}:"
    return f"{sign} {text.partition(': ')[2]}" if text.startswith(start) else line
