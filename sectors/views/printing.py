"""A submission as the paper form that it replaces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from sectors.entry import grid, narratives, row_tables, shortfalls
from sectors.models import Department, Submission, Transition
from sectors.shell.http import PersonRequest
from sectors.vocabulary import SubmissionStatus


@dataclass(frozen=True)
class Signatures:
    """Who stands behind what is printed, as far as it has come since it was last with the clerk."""

    submitted: Transition | None = None
    signed: Transition | None = None


@login_required
@require_safe
def printed(request: PersonRequest, pk: int) -> HttpResponse:
    """The sheet on A4 for whoever may read it: all its tables and words, and lines to sign on."""
    submission = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    context = {
        "submission": submission,
        "issuer": Department.objects.offices(submission.region).first(),
        "grid": grid.read(submission),
        "row_tables": row_tables.read(submission).values(),
        "answers": narratives.narratives_of(submission),
        "shortfalls": shortfalls.answered(submission),
        "signatures": _signatures(submission.transitions.all()),
    }
    return render(request, "sectors/print.html", context)


def _signatures(steps: Iterable[Transition]) -> Signatures:
    """A sheet that came back is nobody's word until it is submitted again."""
    found = Signatures()
    for step in steps:
        if step.new == SubmissionStatus.SUBMITTED:
            found = Signatures(submitted=step)
        elif step.new == SubmissionStatus.SIGNED:
            found = Signatures(found.submitted, step)
        elif step.new != SubmissionStatus.ACCEPTED:
            found = Signatures()
    return found
