"""The queue of a reviewer: one criterion of one subject after the other."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessment import results, reviews, run_lists
from assessment.access import may_review
from assessment.evidence import ScoreAttachments
from assessment.models import Score
from assessment.run_forms import ReviewForm
from assessment.run_guard import NotPossible, Stale
from assessment.schemes import words
from assessment.schemes.specification import Criterion
from assessment.vocabulary import RunState
from sectors.catalogue import compiled
from sectors.guard import WrongState
from sectors.shell.http import PersonRequest


@login_required
@require_safe
def queue(request: PersonRequest, pk: int) -> HttpResponse:
    """What the person reviews, what still waits first named."""
    run = get_object_or_404(run_lists.visible(request.user), pk=pk)
    codes = reviews.assigned(request.user, run)
    if not codes or run.state not in run_lists.REVIEWED:
        raise Http404
    waiting = run_lists.reviewed_by(request.user, run, results.standings(run), codes)
    context = {"run": run, "waiting": waiting, "is_open": run.state == RunState.REVIEW}
    return render(request, "assessment/queue.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: PersonRequest, pk: int) -> HttpResponse:
    """Self-score, points by facts, evidence and last year side by side; POST gives the points and goes on."""
    score = get_object_or_404(run_lists.visible_scores(request.user), pk=pk)
    run, codes = score.subject.run, reviews.assigned(request.user, score.subject.run)
    if not may_review(request.user, run, score.subject, score.criterion in codes):
        raise PermissionDenied
    form, status = _form(request, score), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                reviews.review(score=score, by=request.user, **form.cleaned_data)
            except (WrongState, Stale) as error:
                form.add_error(None, str(error))
                status = 409
            except NotPossible as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Stored: %(score)s.") % {"score": _named(score)})
                return _next(request, score, codes)
    if status == 409:
        score = get_object_or_404(run_lists.visible_scores(request.user), pk=pk)
    return _page(request, score, codes, form, status)


def _form(request: PersonRequest, score: Score) -> ReviewForm:
    if request.method == "POST":
        return ReviewForm(request.POST)
    points = next((one for one in (score.points, score.by_facts, score.self_score) if one is not None), None)
    return ReviewForm(initial={"points": points, "reason": score.reason, "seen": reviews.mark(score)})


def _named(score: Score) -> str:
    return f"{score.subject.name} {_criterion(score).name}"


def _criterion(score: Score) -> Criterion:
    spec = score.subject.run.specification
    return next(one for one in spec.scored(score.subject.code) if one.code == score.criterion)


def _next(request: PersonRequest, score: Score, codes: set[str]) -> HttpResponse:
    """The next that waits behind it, else the first that waits, else the list."""
    run = score.subject.run
    waiting = run_lists.reviewed_by(request.user, run, results.standings(run), codes)
    keys = [line.score.pk for _subject, line in waiting.scores]
    place = keys.index(score.pk) if score.pk in keys else 0
    behind = [line.score.pk for _subject, line in waiting.scores[place + 1 :] if line.waits]
    left = behind or [line.score.pk for _subject, line in waiting.left]
    return redirect("review-score", pk=left[0]) if left else redirect("review-queue", pk=run.pk)


def _page(request: PersonRequest, score: Score, codes: set[str], form: ReviewForm, status: int) -> HttpResponse:
    run, subject = score.subject.run, score.subject
    waiting = run_lists.reviewed_by(request.user, run, results.standings(run), codes)
    keys = [line.score.pk for _subject, line in waiting.scores]
    place = keys.index(score.pk) if score.pk in keys else -1
    line = results.ScoreLine(_criterion(score), score)
    named = {one.code: (one.name, one.unit_text) for one in compiled.catalogue().indicators}
    address, number = run_lists.addresses(line, request.user, run, subject)
    context = {
        "run": run,
        "subject": subject,
        "line": line,
        "form": form,
        "address": address,
        "number": number,
        "need": words.how(line.criterion, named),
        "files": ScoreAttachments(score, request.user).listed(),
        "last": run_lists.last_years(run, subject, line.criterion),
        "mark": reviews.mark(score),
        "place": place + 1,
        "count": len(keys),
        "left": len(waiting.left),
        "before": keys[place - 1] if place > 0 else None,
        "after": keys[place + 1] if 0 <= place < len(keys) - 1 else None,
    }
    return render(request, "assessment/review.html", context, status=status)
