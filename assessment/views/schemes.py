"""Schemes of a region: what is loaded, what a file says and gives by the facts of a year, putting it in force."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment import scheme_versions, trials
from assessment.access import decides
from assessment.forms import SchemeForm
from assessment.models import Scheme
from assessment.schemes import words
from assessment.schemes.specification import Specification
from assessment.schemes.words import Row
from assessment.views.choice import chosen_region, chosen_year, regions_to_choose
from assessment.vocabulary import SchemeState
from sectors.access import can_read_boards
from sectors.catalogue import compiled
from sectors.catalogue.nodes import CatalogueError
from sectors.guard import WrongState
from sectors.models import Department, Region, User
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting, in_order
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import BadFile
from sectors.texts import whole_number
from sectors.vocabulary import DEPARTMENT_ROLES, Role

HEADS = (
    Head(gettext_lazy("Scheme"), "name", ("name",)),
    Head(gettext_lazy("Year"), "year", ("year",)),
    Head(gettext_lazy("Who is assessed"), "subjects", ("subjects",)),
    Head(gettext_lazy("Version"), "version", ("version",), is_number=True),
    Head(gettext_lazy("State"), "state", (in_order("state", SchemeState),)),
    Head(gettext_lazy("Loaded"), "at", ("at",)),
)
ABOUT = "scheme"  # what a kept file is for
SHIPPED = "county-departments.yaml"


def visible(user: User) -> QuerySet[Scheme]:
    """Of one's own region; of all for an administrator. A department reads what is in force."""
    rows = Scheme.objects.select_related("region", "by", "in_force_by")
    if user.role == Role.ADMIN:
        return rows
    rows = rows.filter(region=user.region)
    return rows.filter(state=SchemeState.IN_FORCE) if user.role in DEPARTMENT_ROLES else rows


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def schemes(request: PersonRequest) -> HttpResponse:
    """The schemes of the region; POST shows what a file says and gives. Nothing is loaded yet."""
    region = chosen_region(request)
    if request.method != "POST":
        return _list(request, region)
    if not decides(request.user, region):
        raise PermissionDenied
    form = SchemeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, region, form=form, status=422)
    stored = pending.keep(form.cleaned_data["file"], request.user, ABOUT)
    return _preview(request, region, form.cleaned_data["year"], stored, form.cleaned_data["file"].name)


@login_required
@require_POST
def load(request: PersonRequest) -> HttpResponse:
    """Load what the preview showed, as another version."""
    region = chosen_region(request)
    if not decides(request.user, region):
        raise PermissionDenied
    try:
        file = pending.find(request.POST.get("ticket", ""), request.user, ABOUT)
        year = whole_number(file.digest)
        found, is_new = scheme_versions.load(region=region, year=year, path=file.path, by=request.user)
    except BadFile as error:
        return _list(request, region, problems=[str(error)], status=409)
    except CatalogueError as error:
        return _list(request, region, problems=_sentences(error, file.name), status=409)
    file.path.unlink(missing_ok=True)
    new, same = _("Loaded: %(scheme)s, version %(version)d."), _("Known already: %(scheme)s, version %(version)d.")
    messages.success(request, (new if is_new else same) % {"scheme": found, "version": found.version})
    return redirect("scheme", pk=found.pk)


@login_required
@require_safe
def scheme(request: PersonRequest, pk: int) -> HttpResponse:
    """What a scheme says, and what it gives by the facts of a year: all subjects, or the lines of one of them."""
    found = get_object_or_404(visible(request.user), pk=pk)
    years, year = chosen_year(request, found.region, found.year - 1)
    tried = trials.tried(found.specification, found.region, year)
    own = request.user.department.code if request.user.department and request.user.role in DEPARTMENT_ROLES else ""
    if own:
        tried = [one for one in tried if one.subject.code == own and one.subject.key == request.user.department_id]
    wanted = own or request.GET.get("subject", "")
    context = {
        "scheme": found,
        "specification": found.specification,
        "rows": _rows(found.specification, found.region, own),
        "links": can_read_boards(request.user),
        "years": years,
        "year": year,
        "tried": tried,
        "shown": next((one for one in tried if one.subject.code == wanted), None),
        "may_put": decides(request.user, found.region) and found.state == SchemeState.LOADED,
    }
    return render(request, "assessment/scheme.html", context)


@login_required
@require_POST
def put_in_force(request: PersonRequest, pk: int) -> HttpResponse:
    """From now on the year is assessed by this version."""
    found = get_object_or_404(visible(request.user), pk=pk)
    if not decides(request.user, found.region):
        raise PermissionDenied
    try:
        scheme_versions.put_in_force(scheme=found, reason=request.POST.get("reason", "")[:200], by=request.user)
    except (WrongState, scheme_versions.NotInForce) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("In force from now on: %(scheme)s.") % {"scheme": found})
    return redirect("scheme", pk=pk)


def _list(
    request: PersonRequest,
    region: Region,
    *,
    form: SchemeForm | None = None,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    _all, year = chosen_year(request, region)
    sorting = Sorting(HEADS, request.GET, usual="-year")
    rows = visible(request.user).filter(region=region)
    context: dict[str, Any] = {
        "region": region,
        "regions": regions_to_choose(request),
        "schemes": rows.order_by(*sorting.order(), "-year", "code", "-version", "pk"),
        "sorting": sorting,
        "may_load": decides(request.user, region),
        "form": form or SchemeForm(initial={"year": year}),
        "problems": problems,
        "shipped": SHIPPED,
    }
    return render(request, "assessment/schemes.html", context, status=status)


def _preview(request: PersonRequest, region: Region, year: int, stored: str, name: str) -> HttpResponse:
    path = pending.folder() / stored
    try:
        specification = scheme_versions.checked(path, region, year).specification
    except CatalogueError as error:
        path.unlink(missing_ok=True)
        return _list(request, region, problems=_sentences(error, name), status=422)
    context = {
        "name": name,
        "region": region,
        "specification": specification,
        "rows": _rows(specification, region),
        "year": year - 1,
        "tried": trials.tried(specification, region, year - 1),
        "last": scheme_versions.latest(region, year, specification.code),
        "ticket": pending.ticket(stored, name, str(year), request.user, ABOUT),
    }
    return render(request, "assessment/scheme_preview.html", context)


def _rows(specification: Specification, region: Region, only: str = "") -> list[Row]:
    """Its criteria with how they are scored; those that hold for one subject, where it is named."""
    named = {one.code: (one.name, one.unit_text) for one in compiled.catalogue().indicators}
    departments = dict(Department.objects.filter(region=region).values_list("code", "short_name"))
    return words.rows([pair for pair in specification.all if not only or pair[0].holds_for(only)], named, departments)


def _sentences(error: CatalogueError, name: str) -> list[str]:
    """With the file called as it was sent."""
    return [f"{Path(name).name}:{one.place.line}: {one.message}" for one in error.problems]
