"""Looking at submissions and moving them on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from sectors import approval, cells, finding_rows, grid, judgements, talk, timeline, words
from sectors.access import MOVES, actions_for
from sectors.models import Period, Submission
from sectors.requests import PersonRequest

PAGE = 50
ONWARD = {"sign", "accept"}
WORDS = {
    "submit": gettext_lazy("Submit"),
    "withdraw": gettext_lazy("Withdraw"),
    "sign": gettext_lazy("Sign"),
    "send_back": gettext_lazy("Send back to the clerk"),
    "accept": gettext_lazy("Accept"),
    "return": gettext_lazy("Return"),
    "reopen": gettext_lazy("Reopen"),
}


@login_required
@require_safe
def submissions(request: PersonRequest) -> HttpResponse:
    """All submissions of one's scope, filtered by period and status."""
    rows = Submission.objects.for_user(request.user).for_listing().order_by("-period__due", "sheet__number")
    period, status = request.GET.get("period", ""), request.GET.get("status", "")
    periods = list(Period.objects.for_user(request.user).order_by("-due"))
    chosen = [known for known in periods if str(known.pk) == period]
    if chosen:
        rows = rows.filter(period=chosen[0])
    if status in Submission.Status.values:
        rows = rows.filter(status=status)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "periods": periods,
        "statuses": Submission.Status.choices,
        "period": period,
        "status": status,
    }
    return render(request, "sectors/submissions.html", context)


@login_required
@require_safe
def submission(request: PersonRequest, pk: int) -> HttpResponse:
    """The sheet as it stands, its timeline, and what this person may do with it."""
    found = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    return _page(request, found)


@login_required
@require_POST
def move(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a step of `access.MOVES`."""
    found = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    action = request.POST.get("action", "")
    if action not in MOVES:
        return _page(request, found, status=400)
    try:
        approval.move(submission=found, action=action, by=request.user, reason=request.POST.get("reason", ""))
    except (approval.WrongState, approval.ReasonMissing, approval.Unresolved) as error:
        messages.error(request, str(error))
        return _page(request, found, status=422 if isinstance(error, approval.ReasonMissing) else 409)
    done = {"action": WORDS[action], "sheet": found.sheet.name}
    messages.success(request, _("%(action)s: %(sheet)s.") % done)
    following = _next_in_queue(request) if action in ONWARD else None
    return redirect("submission", pk=following.pk) if following else redirect("home")


def _next_in_queue(request: PersonRequest) -> Submission | None:
    """The next submission that this person may sign or accept."""
    open_ones = Submission.objects.for_user(request.user).exclude(status=Submission.Status.ACCEPTED).for_listing()
    return next((s for s in open_ones if ONWARD & set(actions_for(request.user, s))), None)


def _page(request: PersonRequest, found: Submission, status: int = 200) -> HttpResponse:
    current = get_object_or_404(Submission.objects.for_reading(), pk=found.pk)
    actions = actions_for(request.user, current)
    context = {
        "submission": current,
        "words": words.under_tables(grid.read(current), words.narratives_of(current)),
        "findings": finding_rows.rows(judgements.refresh(current), request.user),
        "plain_actions": [(a, WORDS[a]) for a in actions if not MOVES[a].reason and a != "submit"],
        "reason_actions": [(a, WORDS[a]) for a in actions if MOVES[a].reason],
        "can_edit": "submit" in actions,
        "missing": grid.missing_required(current),
        "marks": talk.marks(current),
        "card": cells.read(current, request.GET["cell"], request.user) if "cell" in request.GET else None,
        "attachments": talk.attachments(submission=current, by=request.user),
        "events": timeline.read(current),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "sectors/submission.html", context, status=status)
