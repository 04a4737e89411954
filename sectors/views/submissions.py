"""Looking at submissions and moving them on."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from sectors import guard, timeliness
from sectors.access import (
    BACKWARD_STEPS,
    FORWARD_STEPS,
    MOVES,
    REVIEW_STEPS,
    acting_for,
    actions_for,
    can_manage,
    can_review,
    fits_status,
    is_own_work,
    may_enter,
)
from sectors.approval import answered_returns, marks, moves, refusals, review, timeline
from sectors.approval.forms import MoveForm
from sectors.calendar import extensions, workdays
from sectors.entry import cell_card, grid, narratives, row_tables, shortfalls
from sectors.evidence import comments
from sectors.evidence.attachments import SubmissionAttachments
from sectors.findings import rows as finding_rows
from sectors.findings import storage
from sectors.models import Indicator, Period, Submission, User
from sectors.people import deputies, notices
from sectors.shell import undo
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting, in_order
from sectors.vocabulary import Role, SubmissionStatus

PAGE = 50
HEADS = (
    Head(gettext_lazy("Sheet"), "sheet", ("sheet__number",)),
    Head(gettext_lazy("Department"), "department", ("department__short_name",)),
    Head(gettext_lazy("Period"), "period", ("period__due",)),
    Head(gettext_lazy("Due"), "due", (timeliness.due_day_expression(),)),
    Head(gettext_lazy("Filled"), "filled", ("filled",)),
    Head(gettext_lazy("Status"), "status", (in_order("status", SubmissionStatus),)),
)
# How many working days a return in a closed period proposes.
DAYS_TO_CORRECT = 3
WORDS = {
    "submit": gettext_lazy("Submit"),
    "withdraw": gettext_lazy("Withdraw"),
    "sign": gettext_lazy("Sign"),
    "unsign": gettext_lazy("Take back the signature"),
    "send_back": gettext_lazy("Send back to the clerk"),
    "accept": gettext_lazy("Accept"),
    "return": gettext_lazy("Return"),
    "reopen": gettext_lazy("Reopen"),
}


@login_required
@require_safe
def submissions(request: PersonRequest) -> HttpResponse:
    """All submissions of one's scope, filtered by period and status, sorted as the address says."""
    sorting = Sorting(HEADS, request.GET, usual="-period")
    rows = Submission.objects.for_user(request.user).for_listing().order_by(*sorting.order(), "sheet__number", "pk")
    period, status = request.GET.get("period", ""), request.GET.get("status", "")
    periods = list(Period.objects.for_user(request.user).order_by("-due"))
    chosen = [known for known in periods if str(known.pk) == period]
    if chosen:
        rows = rows.filter(period=chosen[0])
    if status in SubmissionStatus.values:
        rows = rows.filter(status=status)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "periods": periods,
        "statuses": SubmissionStatus.choices,
        "period": period,
        "status": status,
        "sorting": sorting,
    }
    return render(request, "sectors/submissions.html", context)


@login_required
@require_safe
def submission(request: PersonRequest, pk: int) -> HttpResponse:
    """The sheet as it stands, its timeline, and what this person may do with it."""
    return _page(request, pk)


@login_required
@require_POST
def move(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a step of `access.MOVES`."""
    found = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    action = request.POST.get("action", "")
    if action not in MOVES:
        return _page(request, pk, status=400)
    form = MoveForm(request.POST)
    if not form.is_valid():
        sentences = [str(sentence) for errors in form.errors.values() for sentence in errors]
        return _refused(request, found, " ".join(sentences), 422)
    # Before the step: afterwards it stands in the queue no more.
    waiting = review.queue(request.user) if action in REVIEW_STEPS else []
    refused = _take(request, found, action, form.cleaned_data)
    if refused:
        return refused
    said = _("%(action)s: %(sheet)s.") % {"action": WORDS[action], "sheet": found.sheet.name}
    if action in FORWARD_STEPS:
        undo.done(request, said, "steps", steps=moves.last_steps([found]))
    else:
        messages.success(request, said)
    following = review.next_in_queue(waiting, found)
    return redirect("submission", pk=following.pk) if following else redirect("home")


def _take(request: PersonRequest, found: Submission, action: str, said: dict[str, Any]) -> HttpResponse | None:
    """Take the step; the answer where it was not to be taken. The second half of a double click is taken as well."""
    cells, seen = request.POST.getlist("cells"), request.POST.get("seen", "")
    try:
        moves.move(submission=found, action=action, by=request.user, cells=cells, seen=seen, **said)
    except refusals.OwnWork as error:
        return _refused(request, found, str(error), 403)
    except (refusals.ReasonMissing, refusals.NothingToEnter, extensions.InvalidDay) as error:
        return _refused(request, found, str(error), 422)
    except marks.Outdated as error:
        return _refused(request, found, str(error), 409)
    except (refusals.Incomplete, refusals.Unresolved, refusals.Unanswered) as error:
        storage.refresh_changed(found)  # what stopped it went with its transaction
        return _refused(request, found, str(error), 409)
    except guard.WrongState as error:
        if not moves.is_repeated(found, action, by=request.user):
            return _refused(request, found, str(error), 409)
    return None


def _refused(request: PersonRequest, found: Submission, sentence: str, status: int) -> HttpResponse:
    """The page as it is by now: another's step may be why."""
    messages.error(request, sentence)
    return _page(request, found.pk, status=status)


def _page(request: PersonRequest, pk: int, status: int = 200) -> HttpResponse:
    mark = marks.mark(request.user, pk)  # before anything that it stands for is read
    current = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    actions, threads = actions_for(request.user, current), comments.threads(current)
    findings, missing = storage.current(current), list(current.missing_cells())
    left = answered_returns.unanswered([current])[current.pk]
    context = {
        "submission": current,
        "seen": mark.with_findings(findings),
        "news": review.news(current, request.POST.get("seen", ""), request.user, findings),
        "shortfalls": shortfalls.answered(current),
        "words": narratives.by_table(
            grid.read(current),
            row_tables.read(current, changed=review.row_changes_since(current, _since(request.user, current))),
            narratives.narratives_of(current),
        ),
        **finding_rows.beside_sheet(findings, request.user),
        "onward": [(a, WORDS[a]) for a in actions if a in REVIEW_STEPS],
        "reason_actions": [(a, WORDS[a]) for a in actions if MOVES[a].reason],
        "backward": [(a, WORDS[a]) for a in actions if a in BACKWARD_STEPS],
        "can_edit": "submit" in actions,
        "missing": missing,
        "threads": threads,
        "marks": {thread.indicator.code: thread.count for thread in threads},
        "card": cell_card.read(current, request.GET["cell"], request.user) if "cell" in request.GET else None,
        "attachments": SubmissionAttachments(current, request.user).listed(),
        "events": timeline.read(current),
        "open_points": review.open_points_in(len(missing), findings, len(left)),
    }
    return render(request, "sectors/submission.html", context | _review(request, current, actions, left), status=status)


def _since(user: User, current: Submission) -> datetime.datetime | None:
    """When somebody who judges it last looked."""
    return None if may_enter(user, current) else review.last_look(user, current)


def _review(
    request: PersonRequest, current: Submission, actions: list[str], left: Collection[Indicator]
) -> dict[str, Any]:
    """What a reviewer looks at and asks for: changes, named cells, the position in the queue, the return."""
    since = _since(request.user, current)
    returned, named = review.returned_cells(current, left)
    named_codes = {cell.indicator.code: True for cell in named}
    changes, texts = review.changes_since(current, since), review.texts_since(current, since)
    position = review.position_in(review.queue(request.user), current) if can_review(request.user) else None
    own_work = fits_status("sign", current) and is_own_work(request.user, "sign", current)
    can_extend = can_manage(request.user, current.period)
    until = workdays.after(timezone.localdate(), DAYS_TO_CORRECT) if current.is_closed and can_extend else None
    reasoned = [a for a in actions if MOVES[a].reason]
    asked = request.GET.getlist("cells")  # from where a figure of it is shown, such as a report
    picked = request.POST.getlist("cells") or asked
    sent = request.POST if request.POST.get("action") in reasoned else None
    return {
        "since": since if changes or texts or position else None,  # that nothing changed tells only who has to decide
        "changes": changes,
        "texts": texts,
        "unnamed": [change for code, change in changes.items() if code not in named_codes],
        "returned": returned,
        "named": named,
        "named_codes": named_codes,
        "position": position,
        "lock": guard.closed_message(current) if current.is_closed else "",
        "can_extend": can_extend,
        "acting_for": next((acting_for(request.user, a, current) for a in actions if MOVES[a].role == Role.HEAD), None),
        "own_work": deputies.own_work_message(current) if own_work else "",
        "heads": [head.full_name for head in notices.people_of(current.department, [Role.HEAD])],
        "names_cells": bool(reasoned),
        "picked": dict.fromkeys(picked, True),
        "return_form": MoveForm(sent, initial={"until": until, "only_cells": bool(asked) and "reopen" in reasoned}),
        "unsent": "" if reasoned else request.POST.get("reason", ""),
    }
