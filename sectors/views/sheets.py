"""Filling a sheet."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from sectors import approval, entry, findings, grid
from sectors.access import can_edit, may_enter
from sectors.models import Submission
from sectors.requests import PersonRequest

FIGURE, NARRATIVE = "figure:", "narrative:"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the sheet for entry; POST saves, and with `then=submit` submits what is complete."""
    submission = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    if not may_enter(request.user, submission):
        raise PermissionDenied
    if request.method != "POST":
        if not can_edit(request.user, submission):
            return redirect("submission", pk=pk)
        return _page(request, submission, entry.Saved())
    try:
        saved = entry.save(
            submission=submission,
            figures=_texts(request, FIGURE),
            narratives=_texts(request, NARRATIVE),
            by=request.user,
        )
    except approval.WrongState as error:
        messages.error(request, str(error))
        return _page(request, submission, _unsaved(request), status=409)
    if saved.refused:
        return _page(request, submission, saved)
    if request.POST.get("then") == "submit":
        return _submit(request, submission)
    messages.success(request, _saved_message(saved))
    return redirect("sheet", pk=pk)


def _submit(request: PersonRequest, submission: Submission) -> HttpResponse:
    missing = grid.missing_required(submission)
    if missing:
        names = "、".join(indicator.name for indicator in missing[:5])
        message = ngettext(
            "Saved, but not submitted: %(count)d required cell is empty (%(names)s). Fill it, or write n/a.",
            "Saved, but not submitted: %(count)d required cells are empty (%(names)s …). Fill them, or write n/a.",
            len(missing),
        )
        messages.warning(request, message % {"count": len(missing), "names": names})
        return redirect("sheet", pk=submission.pk)
    try:
        approval.move(submission=submission, action="submit", by=request.user)
    except approval.WrongState as error:  # a second click, or somebody else, was faster; the cells are stored
        messages.error(request, str(error))
        return redirect("submission", pk=submission.pk)
    messages.success(request, _("Submitted: %(sheet)s.") % {"sheet": submission.sheet.name})
    return redirect("home")


def _page(request: PersonRequest, submission: Submission, saved: entry.Saved, status: int = 200) -> HttpResponse:
    figures = grid.read(submission, saved.refused)
    answers = {n.question_id: n.text for n in submission.narratives.all()}
    answers |= {
        question.pk: request.POST[NARRATIVE + question.code]
        for question in submission.sheet.questions.all()
        if NARRATIVE + question.code in request.POST
    }
    context = {
        "submission": get_object_or_404(Submission.objects.for_reading(), pk=submission.pk),
        "grid": figures,
        "findings": findings.of_submission(submission),
        "questions": [(question, answers.get(question.pk, "")) for question in submission.sheet.questions.all()],
        "returned": submission.transitions.filter(new=Submission.Status.RETURNED).last(),
    }
    return render(request, "sectors/sheet.html", context, status=422 if saved.refused and status == 200 else status)


def _unsaved(request: PersonRequest) -> entry.Saved:
    """Everything as it was typed, when nothing could be stored."""
    message = _("not saved")
    return entry.Saved(refused={code: (text, message) for code, text in _texts(request, FIGURE).items() if text})


def _texts(request: PersonRequest, prefix: str) -> dict[str, str]:
    return {key.removeprefix(prefix): str(text) for key, text in request.POST.items() if key.startswith(prefix)}


def _saved_message(saved: entry.Saved) -> str:
    if not saved.changed:
        return _("Saved; nothing was changed.")
    return ngettext("Saved: %(count)d change.", "Saved: %(count)d changes.", saved.changed) % {"count": saved.changed}
