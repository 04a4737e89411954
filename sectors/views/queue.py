"""The queue of whoever signs or accepts: what is clean is accepted together, the rest is read one by one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from sectors.access import can_review
from sectors.approval import moves, review
from sectors.models import Submission
from sectors.shell import undo
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting
from sectors.texts import whole_number
from sectors.vocabulary import Role


@login_required
@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """What waits, soonest due first, each with what keeps it from being accepted unread."""
    if not can_review(request.user):
        raise PermissionDenied
    sorting = Sorting(_heads(), request.GET, usual="due")
    rows = sorting.sorted(review.queue_rows(request.user))
    context = {
        "rows": rows,
        "sorting": sorting,
        "clean": sum(row.open_points.is_clean for row in rows),
        "accepts": request.user.role == Role.OFFICE,
    }
    return render(request, "sectors/queue.html", context)


def _heads() -> list[Head]:
    return [
        Head(_("Choose"), is_hidden=True),
        Head(_("Sheet"), "sheet", key=lambda row: row.submission.sheet.number),
        Head(_("Department"), "department", key=lambda row: row.submission.department.short_name),
        Head(_("Period"), "period", key=lambda row: row.submission.period.due),
        Head(_("Due"), "due", key=lambda row: row.submission.due),
        Head(_("Passed on"), "at", key=lambda row: row.step and row.step.at),
        Head(_("State"), "state", key=lambda row: row.open_points.is_clean),
    ]


@login_required
@require_POST
def accept_clean(request: PersonRequest) -> HttpResponse:
    """Sign, or accept, the chosen ones that are clean and still what the list showed; the others stay in the queue, and
    it is said why."""
    if not can_review(request.user):
        raise PermissionDenied
    chosen = [whole_number(word) for word in request.POST.getlist("submissions")]
    rows = Submission.objects.for_user(request.user).filter(pk__in=chosen).select_related("sheet", "period")
    seen = {pk: request.POST.get(f"seen-{pk}", "") for pk in chosen}
    passed, left = review.accept_clean(rows, by=request.user, seen=seen)
    if request.user.role == Role.OFFICE:
        said = ngettext("%(count)d sheet was accepted.", "%(count)d sheets were accepted.", len(passed))
    else:
        said = ngettext("%(count)d sheet was signed.", "%(count)d sheets were signed.", len(passed))
    said %= {"count": len(passed)}
    if passed:
        undo.done(request, said, "steps", steps=moves.last_steps(passed))
    else:
        messages.success(request, said)
    for sentence in left:
        messages.warning(request, sentence)
    return redirect("queue")
