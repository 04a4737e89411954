"""A department urges stations that have still something to send in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from collection import urging
from collection.views.requests import asked_request
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number


@login_required
@require_POST
def urge_stations(request: PersonRequest, pk: int) -> HttpResponse:
    found = asked_request(request, pk)
    chosen = [whole_number(key) for key in request.POST.getlist("parts")]
    told = urging.urge(found, chosen, by=request.user)
    if told:
        said = ngettext("%(count)d station was urged.", "%(count)d stations were urged.", len(told))
        messages.success(request, said % {"count": len(told)})
    else:
        said = _(
            "Nobody was urged: choose stations with an account or an e-mail address that have not been urged just now. "
            "To the others send the text with their link."
        )
        messages.warning(request, said)
    return redirect("part-request", pk=pk)
