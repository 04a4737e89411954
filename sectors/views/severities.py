"""How grave each check is in a region: its office, and the administrator, look and change it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sectors import jobs
from sectors.access import can_set_severities
from sectors.findings import severities
from sectors.findings.forms import CheckFilter, SeverityForm
from sectors.findings.under_way import under_way
from sectors.guard import WrongState
from sectors.models import Region
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting
from sectors.vocabulary import GRAVITY, OVERVIEW_ROLES, Role

PAGE = 50
HEADS = (
    Head(gettext_lazy("Check"), "check", key=lambda one: one.title),
    Head(gettext_lazy("In the catalogue"), "usual", key=lambda one: GRAVITY[one.usual]),
    Head(gettext_lazy("In force"), "severity", key=lambda one: GRAVITY[one.severity]),
    Head(gettext_lazy("Changed by, when and why"), "changed", key=lambda one: one.last and one.last.at),
    Head(gettext_lazy("Actions"), is_hidden=True),
)


@login_required
@require_safe
def checks(request: PersonRequest) -> HttpResponse:
    """The checks that can be named, with the severity that each has in the region."""
    region = _region(request)
    chosen = CheckFilter(request.GET, region=region)
    found = severities.listed(region, chosen.cleaned_data.get("sector"))
    if chosen.cleaned_data.get("changed"):
        found = [one for one in found if one.changed]
    sorting = Sorting(HEADS, request.GET)
    context = {
        "region": region,
        "regions": _regions() if request.user.role == Role.ADMIN else [],
        "filter": chosen,
        "sorting": sorting,
        "page": Paginator(sorting.sorted(found), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "sectors/checks.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PersonRequest, kind: str) -> HttpResponse:
    """One check, of written ones that of the `rule` in the address, and its history; POST gives it another severity, or
    that of the catalogue again."""
    region = _region(request)
    found = severities.find(region, kind, request.GET.get("rule", ""))
    if found is None:
        raise Http404
    form = SeverityForm(request.POST or None, check=found)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            severities.change(
                region=region, check=found, by=request.user, seen=request.POST.get("seen", ""), **form.cleaned_data
            )
        except WrongState as error:
            form.add_error(None, str(error))
            found, status = severities.find(region, found.kind, found.code) or found, 409
        except severities.NotAllowed as error:
            form.add_error(None, str(error))
        else:
            title = _("Check open sheets again: %(check)s") % {"check": found.title}
            jobs.start("sectors.check_open", by=request.user, title=title, region=region.pk)
            messages.success(request, _("Stored. The sheets that are not accepted yet are being checked again."))
            return redirect(f"{reverse('checks')}?region={region.code}")
    context = {
        "region": region,
        "check": found,
        "form": form,
        "under_way": under_way(region, found),
        "history": severities.history(region, found),
    }
    return render(request, "sectors/check.html", context, status=status)


def _region(request: PersonRequest) -> Region:
    """The region that the address names, or else one's own; for an administrator without one the first that reports."""
    if request.user.role not in OVERVIEW_ROLES:
        raise PermissionDenied
    code = request.GET.get("region", "")
    region = get_object_or_404(Region, code=code) if code else request.user.region or _regions().first()
    if region is None or (code and request.user.role != Role.ADMIN and region != request.user.region):
        raise Http404
    if not can_set_severities(request.user, region):
        raise PermissionDenied
    return region


def _regions() -> QuerySet[Region]:
    """Those with departments."""
    return Region.objects.filter(departments__isnull=False).distinct()
