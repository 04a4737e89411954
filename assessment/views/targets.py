"""Targets of a region: what holds in a year, proposing one, and the office's decision."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment import target_lists
from assessment import targets as stage
from assessment.access import decides, may_propose
from assessment.forms import TargetFilter, TargetForm
from assessment.models import Target
from assessment.target_lists import TargetLine
from assessment.views.choice import FIRST_YEAR, LAST_YEAR, chosen_region, chosen_year, regions_to_choose
from assessment.vocabulary import TargetState
from audit import record
from audit.vocabulary import EventKind
from reports.exports.files import XLSX_TYPE, write_xlsx
from sectors.guard import WrongState
from sectors.models import Indicator, Region
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting

PAGE = 50


@login_required
@require_safe
def targets(request: PersonRequest) -> HttpResponse:
    """The targets of a year that this person reads; those that wait first for whoever decides."""
    region = chosen_region(request)
    years, year = chosen_year(request, region)
    found, chosen = _lines(request, region, year)
    found.sort(key=lambda line: line.waiting is None)
    sorting = Sorting(_heads(year), request.GET)
    context = {
        "region": region,
        "regions": regions_to_choose(request),
        "year": year,
        "years": years,
        "filter": chosen,
        "sorting": sorting,
        "waiting": sum(line.waiting is not None for line in found),
        "decides": decides(request.user, region),
        "page": Paginator(sorting.sorted(found), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "assessment/targets.html", context)


def _heads(year: int) -> list[Head]:
    return [
        Head(_("Indicator"), "indicator", key=lambda line: line.indicator.name),
        Head(_("Target"), "target", key=lambda line: line.indicator.target, is_number=True),
        Head(_("Whose"), "origin", key=lambda line: line.origin),
        Head(_("Value of %(year)s") % {"year": year}, is_number=True),
        Head(_("To be confirmed"), "waiting", key=lambda line: line.waiting and line.waiting.at),
    ]


@login_required
@require_safe
def as_file(request: PersonRequest) -> FileResponse:
    """The same list as Excel."""
    region = chosen_region(request)
    _all, year = chosen_year(request, region)
    found, _chosen = _lines(request, region, year)
    title = _("Targets of %(year)d, %(region)s") % {"year": year, "region": region}
    content = BytesIO()
    write_xlsx(target_lists.listing(title, found), content)
    content.seek(0)
    record.write(EventKind.EXPORT, name=title, rows=len(found), region=region.pk)
    return FileResponse(content, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX_TYPE)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def target(request: PersonRequest, year: int, code: str) -> HttpResponse:
    """One indicator's target of a year, its years so far and all that was said; POST states another target."""
    region = chosen_region(request)
    indicator = _indicator(request, region, year, code)
    said = stage.statements(region, indicator, year)
    line = target_lists.lines(region, year, [indicator])[0]
    may_write = may_propose(request.user, region, indicator, request.user.own_sheets)
    form = TargetForm(request.POST or None, indicator=line.indicator, may_end=line.own is not None)
    status = 422 if form.is_bound else 200
    if form.is_bound and not may_write:
        raise PermissionDenied
    if form.is_valid():
        try:
            seen = request.POST.get("seen", "")
            new = stage.propose(
                region=region, indicator=indicator, year=year, what=form.proposed, by=request.user, seen_as=seen
            )
        except WrongState as error:
            form.add_error(None, str(error))
            status = 409
        except stage.NotAllowed as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _stored(new))
            return redirect("target", year=year, code=code)
    context = {"form": form, "may_write": may_write, "said": said, "seen": stage.seen(said), "decision": ""}
    return _page(request, region, line, context, status)


def _page(request: PersonRequest, region: Region, line: TargetLine, more: dict[str, Any], status: int) -> HttpResponse:
    indicator, year = line.indicator, line.value.year
    context = {
        "region": region,
        "year": year,
        "line": line,
        "indicator": indicator,
        "decides": decides(request.user, region),
        "history": target_lists.history(region, indicator, year),
        **more,
    }
    return render(request, "assessment/target.html", context, status=status)


@login_required
@require_POST
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Confirm or decline a proposal of the region."""
    rows = Target.objects.select_related("region", "indicator__unit", "department")
    found = get_object_or_404(rows, pk=pk, region=request.user.region)
    if not decides(request.user, found.region):
        raise PermissionDenied
    accept, reason = request.POST.get("decision") == "confirm", request.POST.get("reason", "")[:200]
    try:
        stage.decide(target=found, accept=accept, reason=reason, by=request.user)
    except (WrongState, stage.NotAllowed) as error:
        messages.error(request, str(error))
    else:
        words = _("Confirmed: %(target)s.") if accept else _("Declined: %(target)s.")
        messages.success(request, words % {"target": f"{found} {found.text}"})
    return redirect(stage.page_of(found))


def _stored(new: Target) -> str:
    if new.state == TargetState.CONFIRMED:
        return _("The target holds now: %(target)s %(text)s.") % {"target": new, "text": new.text}
    return _("Proposed. It holds once the office has confirmed it.")


def _lines(request: PersonRequest, region: Region, year: int) -> tuple[list[TargetLine], TargetFilter]:
    """What the list shows as it is narrowed, and by what."""
    rows = target_lists.shown(request.user, region, year)
    chosen = TargetFilter(request.GET, sectors={one.sheet.sector_id for one in rows})
    sector = chosen.cleaned_data.get("sector")
    found = target_lists.lines(region, year, [one for one in rows if sector in (None, one.sheet.sector)])
    return (found if chosen.cleaned_data.get("all") else target_lists.usual(found)), chosen


def _indicator(request: PersonRequest, region: Region, year: int, code: str) -> Indicator:
    """Out of scope, and of no such year, is 404."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    found = next((one for one in target_lists.shown(request.user, region, year) if one.code == code), None)
    if found is None:
        raise Http404
    return found
