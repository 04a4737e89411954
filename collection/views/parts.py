"""One station's part: read, returned, accepted by its department; filled with an account or by a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.origin import address
from collection import entry, links, steps
from collection.access import may_ask, may_fill
from collection.checks import findings
from collection.guard import Refused
from collection.models import StationPart
from collection.sheets import grid_of
from collection.vocabulary import PartSource, PartStatus
from sectors.entry.writer import Saved
from sectors.guard import WrongState
from sectors.models import User
from sectors.shell.http import PersonRequest
from sectors.shell.limits import MINUTE, asks_too_often

REQUESTS_A_MINUTE = 60  # of an address that holds no session; offices share one
FIGURE, SEEN = "figure:", "seen:"
Answer = tuple[str, int]  # the sentence of a problem, and the status


@login_required
@require_safe
def part(request: PersonRequest, pk: int) -> HttpResponse:
    """What a station has filled in, with its steps and changes."""
    found = get_object_or_404(StationPart.objects.for_user(request.user).for_reading(), pk=pk)
    return _part_page(request, found)


def _part_page(request: PersonRequest, found: StationPart, *, problem: str = "", reason: str = "") -> HttpResponse:
    cells = entry.stored(found)
    asks = may_ask(request.user, found.request.submission)
    context = {
        "part": found,
        "submission": found.request.submission,
        "grid": grid_of(found, cells),
        "findings": [str(one.statement) for one in findings(found.request.submission, cells)],
        "steps": found.part_steps.select_related("by"),
        "changes": found.part_changes.select_related("by", "indicator")[:200],
        "links": [one for one in found.part_links.all() if one.ended_at is None],
        "may_ask": asks,
        "can_accept": asks and found.status == PartStatus.SENT,
        "can_return": asks and found.status in (PartStatus.SENT, PartStatus.ACCEPTED),
        "problem": problem,
        "reason": reason,
    }
    return render(request, "collection/part.html", context, status=422 if problem else 200)


@login_required
@require_POST
def move_part(request: PersonRequest, pk: int) -> HttpResponse:
    """Accept a part, or return it with a reason."""
    found = get_object_or_404(StationPart.objects.for_user(request.user).for_reading(), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("action") == "accept":
            steps.accept(found, by=request.user)
        else:
            steps.give_back(found, by=request.user, reason=reason)
    except (Refused, WrongState) as error:
        return _part_page(request, found, problem=str(error), reason=reason)
    messages.success(request, _("Stored: %(station)s.") % {"station": found.station})
    return redirect("part-request", pk=found.request_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def fill_part(request: PersonRequest, pk: int) -> HttpResponse:
    """With the station's own account, or by the department in its name."""
    visible = StationPart.objects.for_user(request.user) | StationPart.objects.of_account(request.user)
    found = get_object_or_404(visible.for_reading(), pk=pk)
    if not may_fill(request.user, found):
        raise PermissionDenied
    return _fill(request, found, request.user, PartSource.ACCOUNT)


@require_http_methods(["GET", "HEAD", "POST"])
def part_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever holds a link fills the one part that it opens, and sees nothing else. Looking changes nothing."""
    if asks_too_often(f"part-{address(request)}", REQUESTS_A_MINUTE):
        problem = _("Too many requests from your address. Wait a minute, then try again.")
        answer = render(request, "collection/no_link.html", {"problem": problem}, status=429)
        answer["Retry-After"] = str(MINUTE)
        return _unlisted(answer)
    found = links.find(secret)
    if found is None:
        return _unlisted(render(request, "collection/no_link.html", status=404))
    return _unlisted(_fill(request, found, None, PartSource.LINK))


def _unlisted(answer: HttpResponse) -> HttpResponse:
    """No search engine lists it and no browser keeps it."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    patch_cache_control(answer, no_store=True, private=True)
    return answer


def _fill(request: Any, found: StationPart, by: User | None, source: PartSource) -> HttpResponse:
    if request.method != "POST":
        return _fill_page(request, found, by)
    typed = {name.removeprefix(FIGURE): text for name, text in request.POST.items() if name.startswith(FIGURE)}
    seen = {name.removeprefix(SEEN): text for name, text in request.POST.items() if name.startswith(SEEN)}
    try:
        saved = entry.save(found, entry.Sent(typed, seen), by=by, source=source)
    except WrongState as error:
        if not StationPart.objects.filter(pk=found.pk).exists():
            return render(request, "collection/no_link.html", {"problem": str(error)}, status=409)
        found.refresh_from_db()
        return _fill_page(request, found, by, answer=(str(error), 409), typed=typed)
    if not saved.is_complete:
        problem = _("Not everything could be stored: look at the marked cells.")
        status = 200 if saved.changed else 422 if saved.refused else 409
        return _fill_page(request, found, by, answer=(problem, status), typed=typed, saved=saved)
    done = "saved"
    if request.POST.get("then") == "send":
        try:
            steps.send(found, by=by, remark=request.POST.get("remark", ""))
        except (Refused, WrongState) as error:
            # What was typed is stored all the same.
            return _fill_page(request, found, by, answer=(str(error), 200 if saved.changed else 422), typed=typed)
        done = "sent"
    return redirect(f"{request.path}?done={done}")


def _fill_page(
    request: Any,
    found: StationPart,
    by: User | None,
    *,
    answer: Answer = ("", 200),
    typed: Mapping[str, str] | None = None,
    saved: Saved | None = None,
) -> HttpResponse:
    cells = entry.stored(found)
    saved, typed = saved or Saved(), typed or {}
    returned = found.part_steps.filter(new=PartStatus.RETURNED).last() if found.status == PartStatus.RETURNED else None
    context = {
        "part": found,
        "submission": found.request.submission,
        "grid": grid_of(found, cells),
        "typed": {code: typed[code] for code in (*saved.refused, *saved.conflicts) if code in typed},
        "refused": {code: why for code, (_text, why) in saved.refused.items()},
        "conflicts": {code: one.theirs for code, one in saved.conflicts.items()},
        "findings": [str(one.statement) for one in findings(found.request.submission, cells)] if cells else [],
        "returned": returned,
        "remark": request.POST.get("remark", found.remark),
        "problem": answer[0],
        "done": request.GET.get("done", "") if not answer[0] else "",
        "by_link": by is None,
    }
    return render(request, "collection/fill.html", context, status=answer[1])
