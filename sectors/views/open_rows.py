"""Beginning an open table of a sheet with the rows of the last period."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sectors.access import may_enter
from sectors.entry import row_tables, writer
from sectors.guard import WrongState
from sectors.models import Submission
from sectors.shell.http import PersonRequest


@login_required
@require_POST
def take_over_rows(request: PersonRequest, pk: int) -> HttpResponse:
    """Store the rows that the page offered; `table` is the code of the open table."""
    submission = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    if not may_enter(request.user, submission):
        raise PermissionDenied
    table = request.POST.get("table", "")
    offer = row_tables.offers(submission).get(table)
    if offer is None:
        messages.error(request, _("There is nothing to take over: the table has rows by now, or never had any."))
        return redirect("sheet", pk=pk)
    try:
        count = writer.take_over_rows(submission, table, offer.rows, by=request.user)
    except WrongState as error:
        messages.error(request, str(error))
    else:
        text = ngettext(
            "%(count)d row taken over: bring it up to date, and remove it where it is no more.",
            "%(count)d rows taken over: bring them up to date, and remove those that are no more.",
            count,
        )
        messages.success(request, text % {"count": count})
    return redirect("sheet", pk=pk)
