"""Taking back what one key did, within seconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sectors.access import can_manage
from sectors.approval import moves
from sectors.calendar import periods
from sectors.entry import reverting
from sectors.findings import storage
from sectors.guard import WrongState
from sectors.models import Period, Submission, User
from sectors.reminders import urging
from sectors.shell import undo
from sectors.shell.http import PersonRequest, next_address


@login_required
@require_POST
def take_back(request: PersonRequest) -> HttpResponse:
    """Take back what the token of a message tells, all of it or nothing."""
    try:
        act, what = undo.claimed(request.POST.get("what", ""), request.user)
        with transaction.atomic():
            place = INVERSES[act](request.user, **what)
    except WrongState as error:
        messages.error(request, str(error))
        return redirect(next_address(request, "/"))
    messages.success(request, _("Undone: all is as before."))
    return redirect(place or next_address(request, "/"))


# Each takes back what a token tells and gives the page where that can be done anew; empty: the one that was open.


def _steps(by: User, *, steps: list[int]) -> str:
    (first, *others) = moves.take_back(steps, by=by)
    return reverse("queue") if others else reverse("submission", args=[first.pk])


def _urges(by: User, *, urges: list[int]) -> str:
    urging.take_back(urges, by=by)
    return ""


def _import(by: User, *, submission: int, since: list[int], until: list[int]) -> str:
    found = get_object_or_404(Submission.objects.for_user(by).select_related("period"), pk=submission)
    first, last = (since[0], since[1], since[2]), (until[0], until[1], until[2])
    reverting.revert(found, since=first, until=last, by=by)
    transaction.on_commit(partial(storage.refresh_changed, found), robust=True)
    return reverse("sheet", args=[submission])


def _periods(by: User, *, opened: list[int]) -> str:
    found = list(Period.objects.for_user(by).filter(pk__in=opened).order_by("pk"))
    if len(found) < len(opened):
        raise WrongState(_("The period is not there any more."))
    for period in found:
        if not can_manage(by, period):
            raise PermissionDenied
        periods.take_back(period)
    return reverse("periods")


INVERSES: dict[str, Callable[..., str]] = {"steps": _steps, "urges": _urges, "import": _import, "periods": _periods}
