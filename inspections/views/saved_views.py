"""A list as a person likes to see it, saved under a name; and what is due in the lists of an area."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inspections import reminders, saved_views
from inspections.models import SavedView
from inspections.registers import AREAS, REGISTERS
from sectors.shell.http import PersonRequest


@login_required
@require_POST
def save(request: PersonRequest, slug: str) -> HttpResponse:
    """Keep the filters of the address under a name; one of the same name is replaced."""
    query = QueryDict(request.POST.get("query", "")).urlencode()
    address = f"{reverse(slug)}?{query}"
    try:
        view = saved_views.save(
            user=request.user, register=REGISTERS[slug], name=request.POST.get("name", ""), query=query
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(address)
    messages.success(request, _("Saved: “%(name)s” stands over the list from now on.") % {"name": view.name})
    return redirect(address)


@login_required
@require_POST
def delete(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.filter(user=request.user, register=slug), pk=pk)
    saved_views.delete(view)
    messages.success(request, _("The view “%(name)s” is gone; its records are where they were.") % {"name": view.name})
    return redirect(slug)


@login_required
@require_safe
def due_in(request: PersonRequest, area: str) -> HttpResponse:
    """What is overdue and what soon will be, in all lists of an area: a part of a page, fetched after it."""
    if area not in AREAS:
        raise Http404
    return render(request, "inspections/_due.html", {"counts": reminders.due_counts(request.user, area)})
