"""The office urges departments that have still to deliver."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sectors.models import Delivery, Period
from sectors.reminders import urging
from sectors.shell import undo
from sectors.shell.http import PersonRequest, next_address
from sectors.texts import whole_number
from sectors.views.periods import period_page
from sectors.vocabulary import DeliveryOutcome


@login_required
@require_POST
def urge(request: PersonRequest, pk: int) -> HttpResponse:
    """Urge the chosen departments; the board then shows by which ways it went."""
    period = get_object_or_404(Period.objects.for_user(request.user).select_related("region"), pk=pk)
    # The button of one department leaves the marks of the others alone.
    named = request.POST.getlist("one") or request.POST.getlist("departments")
    chosen = [whole_number(word) for word in named]
    note = request.POST.get("note", "")
    try:
        made = urging.urge(period=period, departments=chosen, by=request.user, note=note)
    except urging.NoteTooLong as error:
        messages.error(request, str(error))
        return period_page(request, pk, note=note, status=422)
    outcomes = set(Delivery.objects.filter(urge__in=made).values_list("outcome", flat=True))
    if not made:
        messages.warning(request, _("Nobody was urged: choose a department that has not been urged just now."))
    elif DeliveryOutcome.FAILED in outcomes:
        messages.warning(request, _("Urged, but not every message arrived. The record below says which and why."))
    else:
        said = ngettext("%(count)d department was urged.", "%(count)d departments were urged.", len(made))
        said %= {"count": len(made)}
        if DeliveryOutcome.WAITING in outcomes:
            said = _("%(urged)s E-mails and messages to group chats are on their way.") % {"urged": said}
        if urging.is_sent(made):
            messages.success(request, said)
        else:
            undo.done(request, said, "urges", urges=[one.pk for one in made])
    return HttpResponseRedirect(next_address(request, reverse("period", args=[pk])))
