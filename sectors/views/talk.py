"""A cell's history and talk, and the files of a submission."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import trigger_client_event

from sectors.approval import answered_returns, review
from sectors.entry import cell_card
from sectors.evidence import comments
from sectors.evidence.attachments import SubmissionAttachments
from sectors.guard import WrongState
from sectors.models import Indicator, Submission
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number
from sectors.views.downloads import serve


@login_required
@require_safe
@vary_on_headers("HX-Request")
def cell(request: PersonRequest, pk: int, code: str) -> HttpResponse:
    """A page of its own, or the part of it that stands beside a sheet."""
    return _cell(request, _submission(request, pk), code)


@login_required
@require_POST
def comment(request: PersonRequest, pk: int, code: str) -> HttpResponse:
    submission = _submission(request, pk)
    indicator = _indicator(submission, code)
    try:
        comments.comment(submission=submission, indicator=indicator, by=request.user, text=request.POST.get("text", ""))
    except ValidationError as error:
        problem = " ".join(error.messages)
        if _from_return(request):
            return _returned(request, submission, {"problem": problem, "about": code, "text": request.POST["text"]})
        return _cell(request, submission, code, problem=problem, status=422)
    said = _("Your comment stands here now; the others see it beside the cell.")
    if _from_return(request):
        messages.success(request, said)
        return _returned(request, submission, {})
    return _cell_done(request, submission, code, said)


def _from_return(request: PersonRequest) -> bool:
    """Whether a cell is answered in the list of those that the return named."""
    return bool(request.htmx) and request.htmx.target == "returned"


def _returned(request: PersonRequest, submission: Submission, refused: dict[str, str]) -> HttpResponse:
    left = answered_returns.unanswered([submission])[submission.pk]
    returned, named = review.returned_cells(submission, left)
    context = {"submission": submission, "returned": returned, "named": named, **refused}
    return render(request, "sectors/_returned.html", context)


@login_required
@require_POST
def resolve(request: PersonRequest, pk: int, code: str) -> HttpResponse:
    submission = _submission(request, pk)
    indicator = _indicator(submission, code)
    up_to = whole_number(request.POST.get("up_to", ""))
    try:
        comments.resolve(submission=submission, indicator=indicator, by=request.user, up_to=up_to)
    except WrongState as error:
        return _cell(request, submission, code, problem=str(error), status=409)
    return _cell_done(request, submission, code, _("Resolved. A new comment opens it again."))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def attachments(request: PersonRequest, pk: int) -> HttpResponse:
    """The files of a submission; POST adds some."""
    submission = _submission(request, pk)
    if request.method != "POST":
        return _files(request, submission)
    try:
        done = SubmissionAttachments(submission, request.user).attach(request.FILES.getlist("files"))
    except WrongState as error:
        return _files(request, submission, [str(error)], status=409)
    except ValidationError as error:
        return _files(request, submission, error.messages, status=422)
    said = ngettext("%(count)d file is attached.", "%(count)d files are attached.", len(done.stored))
    said = said % {"count": len(done.stored)} if done.stored else ""
    if done.refused:
        return _files(request, submission, done.refused, said, status=422)
    return _files_done(request, submission, said)


@login_required
@require_safe
def download(request: PersonRequest, pk: int, attachment: int) -> FileResponse:
    """Always to be saved, never to be opened as a page of this site."""
    found = get_object_or_404(_submission(request, pk).attachments.filter(removed_at__isnull=True), pk=attachment)
    return serve(found)


@login_required
@require_POST
def remove(request: PersonRequest, pk: int, attachment: int) -> HttpResponse:
    submission = _submission(request, pk)
    found = get_object_or_404(submission.attachments, pk=attachment)
    try:
        SubmissionAttachments(submission, request.user).remove(found)
    except WrongState as error:
        return _files(request, submission, [str(error)], status=409)
    return _files_done(request, submission, _("“%(name)s” is removed; it can be restored here.") % {"name": found.name})


@login_required
@require_POST
def restore(request: PersonRequest, pk: int, attachment: int) -> HttpResponse:
    submission = _submission(request, pk)
    found = get_object_or_404(submission.attachments, pk=attachment)
    try:
        SubmissionAttachments(submission, request.user).restore(found)
    except WrongState as error:
        return _files(request, submission, [str(error)], status=409)
    except ValidationError as error:
        return _files(request, submission, error.messages, status=409)
    return _files_done(request, submission, _("“%(name)s” is back.") % {"name": found.name})


def _submission(request: PersonRequest, pk: int) -> Submission:
    return get_object_or_404(Submission.objects.for_user(request.user).with_names(), pk=pk)


def _indicator(submission: Submission, code: str) -> Indicator:
    cells_of_the_sheet = Indicator.objects.filter(sheet=submission.sheet_id).valid_on(submission.period.last_day)
    return get_object_or_404(cells_of_the_sheet, code=code)


def _cell(
    request: PersonRequest, submission: Submission, code: str, *, problem: str = "", said: str = "", status: int = 200
) -> HttpResponse:
    card = cell_card.read(submission, code, request.user)
    if card is None:
        raise Http404
    context = {
        "submission": submission,
        "card": card,
        "problem": problem,
        "said": said,
        "text": request.POST.get("text", "") if problem else "",
        "beside": bool(request.htmx),
    }
    if not request.htmx:
        return render(request, "sectors/cell.html", context, status=status)
    answer = render(request, "sectors/_cell.html", context, status=status)
    mark = render_to_string("sectors/_mark.html", {"code": code, "count": card.open_comments})
    return trigger_client_event(answer, "talk", {"code": code, "mark": mark.strip()})


def _cell_done(request: PersonRequest, submission: Submission, code: str, said: str) -> HttpResponse:
    messages.success(request, said)
    if request.htmx:
        return _cell(request, submission, code, said=said)
    return redirect("cell", pk=submission.pk, code=code)


def _files(
    request: PersonRequest, submission: Submission, problems: Sequence[str] = (), said: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "submission": submission,
        "attachments": SubmissionAttachments(submission, request.user).listed(),
        "problems": problems,
        "said": said,
    }
    template = "sectors/_attachments.html" if request.htmx else "sectors/attachments.html"
    return render(request, template, context, status=status)


def _files_done(request: PersonRequest, submission: Submission, said: str) -> HttpResponse:
    messages.success(request, said)
    if request.htmx:
        return _files(request, submission, said=said)
    return redirect("attachments", pk=submission.pk)
