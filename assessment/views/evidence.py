"""A criterion of who is assessed: what its points rest on, and the files that prove it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessment import results, run_lists
from assessment.access import reads_run
from assessment.evidence import ScoreAttachments
from assessment.models import Score
from assessment.schemes import words
from sectors.catalogue import compiled
from sectors.guard import WrongState
from sectors.shell.http import PersonRequest
from sectors.views.downloads import serve


@login_required
@require_safe
def score(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, _score(request, pk))


@login_required
@require_POST
def attach(request: PersonRequest, pk: int) -> HttpResponse:
    found = _score(request, pk)
    try:
        done = ScoreAttachments(found, request.user).attach(request.FILES.getlist("files"))
    except ValidationError as error:
        return _page(request, found, error.messages, status=422)
    except WrongState as error:
        return _page(request, found, [str(error)], status=409)
    if done.refused:
        return _page(request, found, done.refused, status=422)
    messages.success(request, _("The files are attached."))
    return redirect("score", pk=pk)


@login_required
@require_safe
def download(request: PersonRequest, pk: int, evidence: int) -> FileResponse:
    """Always to be saved, never to be opened as a page of this site."""
    return serve(get_object_or_404(_score(request, pk).files.filter(removed_at__isnull=True), pk=evidence))


@login_required
@require_POST
def remove(request: PersonRequest, pk: int, evidence: int) -> HttpResponse:
    found = _score(request, pk)
    file = get_object_or_404(found.files, pk=evidence)
    try:
        ScoreAttachments(found, request.user).remove(file)
    except WrongState as error:
        return _page(request, found, [str(error)], status=409)
    messages.success(request, _("“%(name)s” is removed; it can be restored here.") % {"name": file.name})
    return redirect("score", pk=pk)


@login_required
@require_POST
def restore(request: PersonRequest, pk: int, evidence: int) -> HttpResponse:
    found = _score(request, pk)
    file = get_object_or_404(found.files, pk=evidence)
    try:
        ScoreAttachments(found, request.user).restore(file)
    except (WrongState, ValidationError) as error:
        problems = error.messages if isinstance(error, ValidationError) else [str(error)]
        return _page(request, found, problems, status=409)
    messages.success(request, _("“%(name)s” is back.") % {"name": file.name})
    return redirect("score", pk=pk)


def _score(request: PersonRequest, pk: int) -> Score:
    return get_object_or_404(run_lists.visible_scores(request.user), pk=pk)


def _page(request: PersonRequest, found: Score, problems: Sequence[str] = (), *, status: int = 200) -> HttpResponse:
    run, subject = found.subject.run, found.subject
    criterion = next(one for one in run.specification.scored(subject.code) if one.code == found.criterion)
    line = results.ScoreLine(criterion, found)
    named = {one.code: (one.name, one.unit_text) for one in compiled.catalogue().indicators}
    own = [(named.get(code, (code, ""))[0], code, *rest) for code, *rest in found.system.get("own", ())]
    address, number = run_lists.addresses(line, request.user, run, subject)
    context = {
        "run": run,
        "subject": subject,
        "line": line,
        "address": address,
        "number": number,
        "own": own,
        "need": words.how(criterion, named),
        "files": ScoreAttachments(found, request.user).listed(),
        "problems": problems,
        "sees": run.state in run_lists.RESULTS or reads_run(request.user, run),
        "links": not subject.place_id,
    }
    return render(request, "assessment/score.html", context, status=status)
