"""The office gives more time, and ends it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sectors.access import can_manage
from sectors.calendar import extensions, workdays
from sectors.calendar.forms import ExtensionForm
from sectors.models import Extension, Period
from sectors.shell.http import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: PersonRequest, pk: int) -> HttpResponse:
    """Grant a department time until a day, with a reason; `department` and `submission` may stand in the address."""
    period = get_object_or_404(Period.objects.for_user(request.user).select_related("region"), pk=pk)
    if not can_manage(request.user, period):
        raise PermissionDenied
    named = {name: request.GET[name] for name in ("department", "submission") if name in request.GET}
    form = ExtensionForm(request.POST or None, period=period, initial=named)
    if form.is_valid():
        try:
            granted = extensions.grant(period=period, by=request.user, **form.cleaned_data)
        except extensions.InvalidDay as error:
            form.add_error("until", str(error))
        else:
            what = {"department": granted.department.short_name, "until": granted.until}
            messages.success(request, _("%(department)s has time until %(until)s.") % what)
            return redirect("period", pk=pk)
    context = {"form": form, "period": period, "known_until": max(workdays.ANNOUNCED)}
    return render(request, "sectors/extend.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def end(request: PersonRequest, pk: int) -> HttpResponse:
    rows = Extension.objects.filter(period__in=Period.objects.for_user(request.user))
    extension = get_object_or_404(rows.select_related("period", "department"), pk=pk)
    extensions.end(extension, by=request.user)
    messages.success(
        request, _("%(department)s: the extension is ended.") % {"department": extension.department.short_name}
    )
    return redirect("period", pk=extension.period_id)
