"""A head names who signs while they are away."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sectors.access import can_name_deputy
from sectors.calendar.forms import DeputyForm
from sectors.models import Deputy
from sectors.people import deputies
from sectors.shell.http import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deputy(request: PersonRequest) -> HttpResponse:
    if not can_name_deputy(request.user):
        raise PermissionDenied
    form = DeputyForm(request.POST or None, head=request.user, initial={"first_day": timezone.localdate()})
    if form.is_valid():
        named = deputies.name(form.save(commit=False), by=request.user)
        what = {"person": named.person, "first": named.first_day, "last": named.last_day}
        messages.success(request, _("%(person)s stands in for you from %(first)s to %(last)s.") % what)
        return redirect("deputy")
    rows = Deputy.objects.filter(head=request.user).select_related("person", "by")
    entitled = set(rows.entitled().values_list("pk", flat=True))
    context = {"form": form, "deputies": rows, "entitled": entitled, "today": timezone.localdate()}
    return render(request, "sectors/deputy.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def end(request: PersonRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Deputy.objects.select_related("person"), pk=pk, head__department=request.user.department)
    deputies.end(found, by=request.user)
    messages.success(request, _("%(person)s no longer stands in for you.") % {"person": found.person})
    return redirect("deputy")
