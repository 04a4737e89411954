"""The first page of each role: what waits for me, until when."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sectors.access import actions_for
from sectors.models import Period, Submission, User
from sectors.requests import PersonRequest

IN_THE_DEPARTMENT = (Submission.Status.DRAFT, Submission.Status.RETURNED)
FINISHED_SHOWN = 20


@login_required
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Clerk and head see their own sheets; everybody else what waits, what is late and the latest periods."""
    user = request.user
    everything = Submission.objects.for_user(user).for_listing()
    open_ones = list(everything.exclude(status=Submission.Status.ACCEPTED))
    if user.role in (user.Role.CLERK, user.Role.HEAD):
        finished = everything.filter(status=Submission.Status.ACCEPTED).order_by("-changed", "-pk")
        groups = {
            "mine": [s for s in open_ones if actions_for(user, s) and not _is_waiting(user, s)],
            "others": [s for s in open_ones if not actions_for(user, s) or _is_waiting(user, s)],
            "finished": finished[:FINISHED_SHOWN],
        }
        return render(request, "sectors/work.html", groups)
    late = [s for s in open_ones if s.status in IN_THE_DEPARTMENT and s.period.days_left() < 0]
    periods = Period.objects.for_user(user).with_counts().order_by("-year", "-due")[:8]
    waiting = [s for s in open_ones if actions_for(user, s)]
    return render(request, "sectors/overview.html", {"waiting": waiting, "late": late, "periods": periods})


def _is_waiting(user: User, submission: Submission) -> bool:
    """Submitted by the clerk, who could only withdraw it: somebody else's turn."""
    return submission.status == Submission.Status.SUBMITTED and user.role == user.Role.CLERK


@login_required
@require_safe
def help_page(request: PersonRequest) -> HttpResponse:
    return render(request, "sectors/help.html")
