"""One block of a draft: its words, its place, whether it is printed.

With htmx a block changes where it stands; without, the same addresses answer with pages.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import trigger_client_event

from reports.document import footnotes
from reports.editing import block_comments, changes, edits, signing, token_syntax, undoing
from reports.editing.assembly import Placed
from reports.editing.drafts import Working, WrongState
from reports.editing.figure_tokens import BadText
from reports.models import AnnualReport
from reports.views import panes, scope, sections
from reports.views.numbers import number_links
from reports.vocabulary import Audience
from sectors.approval.text_diff import differing
from sectors.models import User
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number

# The last is what the person saw: to `keep` the number of the draft, else the last change of the block.
Act = Callable[[AnnualReport, str, User, int], Any]

ACTIONS: dict[str, Act] = {
    "hide": lambda report, key, by, seen: edits.hide(report=report, key=key, by=by),
    "show": lambda report, key, by, seen: edits.hide(report=report, key=key, by=by, hidden=False),
    "up": lambda report, key, by, seen: edits.move(report=report, key=key, up=True, by=by),
    "down": lambda report, key, by, seen: edits.move(report=report, key=key, up=False, by=by),
    "undo": lambda report, key, by, seen: edits.undo(report=report, key=key, by=by, seen=seen),
    "restore": lambda report, key, by, seen: edits.restore(report=report, key=key, by=by, seen=seen),
    "take": lambda report, key, by, seen: edits.take_new(report=report, key=key, by=by),
    "keep": lambda report, key, by, seen: edits.keep(report=report, key=key, seen=seen, by=by),
    "remove": lambda report, key, by, seen: edits.remove(report=report, key=key, by=by, seen=seen),
}
WAYS = {"undo": undoing.undo, "redo": undoing.redo}
# After these the block stays open, to be moved on or read again.
STAYS_OPEN = frozenset({"up", "down", "undo", "restore"})


@login_required
@require_safe
@vary_on_headers("HX-Request")
def block(request: PersonRequest, year: int, key: str) -> HttpResponse:
    """A block as it stands; where it is left without a change."""
    found = scope.working(request.user, year)
    scope.block_or_404(found, key)
    if not request.htmx:
        return _to_block(year, key)
    return render(request, "reports/_block.html", _block_context(found, found.by_key[key]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def edit(request: PersonRequest, year: int, key: str) -> HttpResponse:
    """A block with a form for its words; POST writes them."""
    found = scope.working(request.user, year)
    if request.method != "POST":
        scope.block_or_404(found, key)
        return _form(request, found, found.by_key[key])
    text, seen = request.POST.get("text", ""), request.POST.get("seen", "")
    try:
        with changing(request, found.report):
            edits.write(report=found.report, key=key, text=text, seen=whole_number(seen, -1), by=request.user)
    except BadText as error:
        return _form(request, found, found.by_key[key], problem=str(error), text=text, status=422)
    except edits.Conflict as conflict:
        return _conflict(request, year, conflict, text)
    except WrongState as error:
        return _gone(request, year, key, str(error), text)
    return whole(request, year, key) if "\n" in text.strip() else _changed(request, year, key)


@login_required
@require_POST
def join(request: PersonRequest, year: int, key: str) -> HttpResponse:
    """A paragraph is put behind the one before it, which is opened where they meet."""
    found = scope.working(request.user, year)
    text, posted = request.POST.get("text", ""), request.POST
    before = edits.Before(posted.get("before", ""), whole_number(posted.get("before_seen", ""), -1))
    above = found.by_key.get(before.key)
    try:
        with changing(request, found.report):
            seen = whole_number(posted.get("seen", ""), -1)
            edits.join(report=found.report, key=key, text=text, seen=seen, before=before, by=request.user)
    except edits.Conflict as conflict:
        return _conflict(request, year, conflict, text)
    except (BadText, WrongState) as error:
        return refused(request, year, key, str(error), text=text)
    caret = sections.length(above.text) if above else 0
    return whole(request, year, before.key, opened=True, caret=caret)


@login_required
@require_POST
def take_back(request: PersonRequest, year: int, way: str) -> HttpResponse:
    """The person's own last change, or what they took back last."""
    report = scope.draft_report(request.user, year)
    if way not in WAYS:
        raise Http404
    try:
        with changing(request, report):
            key = WAYS[way](report=report, by=request.user, seen=whole_number(request.POST.get("seen", ""), -1))
    except WrongState as error:
        if not request.htmx:
            messages.error(request, str(error))
            return redirect("draft", year)
        return sections.document(request, scope.working(request.user, year), "", problem=str(error))
    return whole(request, year, key)


@login_required
@require_POST
def act(request: PersonRequest, year: int, action: str, key: str) -> HttpResponse:
    """Hide, show, move, undo, restore, take the new figures, keep the words, remove."""
    report = scope.draft_report(request.user, year)
    if action not in ACTIONS:
        raise Http404
    try:
        with changing(request, report):
            ACTIONS[action](report, key, request.user, whole_number(request.POST.get("seen", ""), -1))
    except WrongState as error:
        return refused(request, year, key, str(error))
    if action == "remove":
        return _removed(request, year, key)
    return whole(request, year, key, opened=action in STAYS_OPEN)


@login_required
@require_POST
def readers(request: PersonRequest, year: int, key: str) -> HttpResponse:
    """Which editions print a block."""
    report = scope.draft_report(request.user, year)
    chosen = {name for name in request.POST.getlist("audience") if name in Audience.values}
    seen = whole_number(request.POST.get("seen", ""), -1)
    try:
        with changing(request, report):
            edits.set_readers(report=report, key=key, audiences=chosen, by=request.user, seen=seen)
    except WrongState as error:
        return refused(request, year, key, str(error))
    return whole(request, year, key, opened=True)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def add(request: PersonRequest, year: int, key: str) -> HttpResponse:
    """A paragraph or a heading behind a block."""
    found = scope.working(request.user, year)
    scope.block_or_404(found, key)
    if request.method != "POST":
        return _add_form(request, found, key)
    text, level = request.POST.get("text", ""), request.POST.get("level", "0")
    try:
        with changing(request, found.report):
            new = edits.add(
                report=found.report,
                after=key,
                text=text,
                level=whole_number(level) if level in ("1", "2", "3", "4") else 0,
                by=request.user,
            )
    except (BadText, WrongState) as error:
        return _add_form(request, found, key, problem=str(error), text=text, level=level, status=422)
    return whole(request, year, new)


def changing(request: PersonRequest, report: AnnualReport) -> AbstractContextManager[None]:
    """By somebody who knows of the steps on their page; as `signing.changing`."""
    return signing.changing(report, whole_number(request.POST.get("steps", "")))


def _block_context(found: Working, item: Placed) -> dict[str, Any]:
    waiting = block_comments.open_counts(found.report)
    shown = panes.shown(found, item, footnotes.placed(found.document()), number_links(found.report.year), waiting)
    return {"report": found.report, "draft": found.draft, "shown": shown}


def _form(request: PersonRequest, found: Working, item: Placed, *, status: int = 200, **said: Any) -> HttpResponse:
    template = "reports/_block_form.html" if request.htmx else "reports/block.html"
    context = panes.form(found, item, **said) | {"draft": found.draft}
    return render(request, template, context, status=status)


def _conflict(request: PersonRequest, year: int, conflict: edits.Conflict, text: str) -> HttpResponse:
    """Both texts: theirs stands in the report, mine in the field, to be saved over it or given up."""
    found = scope.working(request.user, year)
    item = found.by_key[conflict.theirs.key]
    theirs, mine = differing(token_syntax.plain(item.text), token_syntax.plain(text))
    said = {"problem": str(conflict), "theirs": theirs, "mine": mine, "text": text}
    return _form(request, found, item, status=409, **said)


def _gone(request: PersonRequest, year: int, key: str, problem: str, text: str) -> HttpResponse:
    context = {"year": year, "key": key, "problem": problem, "text": token_syntax.plain(text)}
    template = "reports/_gone.html" if request.htmx else "reports/gone.html"
    return render(request, template, context, status=409)


def refused(request: PersonRequest, year: int, key: str, problem: str, **said: Any) -> HttpResponse:
    """The block as it stands by now, with why nothing was done."""
    found = scope.working(request.user, year)
    if key not in found.by_key:
        return _gone(request, year, key, problem, said.get("text", ""))
    return _form(request, found, found.by_key[key], problem=problem, status=409, **said)


def _add_form(request: PersonRequest, found: Working, key: str, *, status: int = 200, **said: Any) -> HttpResponse:
    context = panes.form(found, found.by_key[key]) | {"text": "", "level": "0"} | said
    return adding(request, found, _("Add a paragraph"), "reports/_add_form.html", context, status)


def adding(
    request: PersonRequest, found: Working, title: str, form: str, context: dict[str, Any], status: int
) -> HttpResponse:
    """The form for what is to be added, in the draft or, without a script, as a page of its own."""
    if request.htmx:
        return render(request, form, context, status=status)
    page = {"draft": found.draft, "page_title": title, "form": form}
    return render(request, "reports/add.html", context | page, status=status)


def _changed(request: PersonRequest, year: int, key: str) -> HttpResponse:
    """The block alone, and beside it the marks that its change may have changed."""
    if not request.htmx:
        messages.success(request, _("The paragraph is changed."))
        return _to_block(year, key)
    found = scope.working(request.user, year)
    item = found.by_key.get(key)
    if item is None or item.level:  # a heading stands in the outline too, and a lost block may be gone
        return whole(request, year, key)
    context = (
        panes.document(found, request.user, sections.of_page(request, found, key))
        | _block_context(found, item)
        | {"beside": True}
    )
    answer = render(request, "reports/_changed_block.html", context)
    return trigger_client_event(answer, "block", {"key": key}, after="settle")


def whole(
    request: PersonRequest, year: int, key: str, *, opened: bool = False, caret: int | None = None, removed: str = ""
) -> HttpResponse:
    """The section anew: blocks have changed their places or numbers. `caret` is where the person goes on writing."""
    if not request.htmx:
        messages.success(request, _("The report is changed."))
        return redirect("block-edit", year, key) if opened else _to_block(year, key)
    found = scope.working(request.user, year)
    item = found.by_key.get(key)
    form = panes.form(found, item) if opened and item is not None else None
    seen = changes.last_change(found.report, removed) if removed else 0
    event = {} if caret is None else {"caret": caret}
    return sections.document(request, found, key, form=form, event=event, removed=removed, seen_change=seen)


def _removed(request: PersonRequest, year: int, key: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, _("The paragraph is removed."))
        return redirect("draft", year)
    return whole(request, year, key, removed=key)


def _to_block(year: int, key: str) -> HttpResponse:
    return redirect(sections.address(year, key))
