"""The office's wordings: which there are, the editor of one with its preview, its versions."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports.access import may_write
from reports.models import Wording
from reports.wording import pages
from reports.wording import versions as wording_versions
from reports.wording.chips import chip_words
from reports.wording.forms import RestoreForm, WordingForm
from reports.wording.limits import LONGEST_TEMPLATE
from reports.wording.versions import Overtaken
from sectors.models import Region, Sector
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number


@login_required
@require_safe
def wordings(request: PersonRequest) -> HttpResponse:
    """Every sector with the version in use, what is wrong with it and which figures it does not say."""
    region = _region(request)
    year = _year(request, region)
    return render(request, "reports/wordings.html", {"lines": pages.lines(region, year), "year": year})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: PersonRequest, code: str) -> HttpResponse:
    """The editor of one sector's wording. What cannot be used is not kept, and nothing that was typed is lost."""
    region = _region(request)
    sector = _sector(region, code)
    version = wording_versions.current(region).get(sector.pk)
    initial = {"text": wording_versions.texts(region)[sector.pk], "after": version.number if version else 0}
    form = WordingForm(request.POST or None, initial=initial)
    status = 200
    if form.is_bound:
        status = _kept(request, region, sector, form, initial)
        if status == 302:
            return redirect("wording", code)
    context = _editor(request, region, sector, version, form)
    if status == 409:
        context["both"] = pages.side_by_side(str(initial["text"]), form.cleaned_data["text"])
    return render(request, "reports/wording.html", context, status=status)


def _kept(request: PersonRequest, region: Region, sector: Sector, form: WordingForm, initial: dict[str, Any]) -> int:
    """Keep the text as a new version: 302 done, 422 it cannot be used, 409 somebody was faster."""
    if not form.is_valid():
        return 422
    given = form.cleaned_data
    figures = pages.figures(region, _year(request, region))
    trial = pages.examined(sector, given["text"], figures)
    if trial.faults or trial.refused:
        messages.error(request, _("The wording was not saved: the lines marked below cannot be used."))
        return 422
    if given["text"] == initial["text"]:
        messages.info(request, _("Nothing was changed, so no new version was made."))
        return 302
    try:
        kept = wording_versions.keep(region=region, sector=sector, by=request.user, **given)
    except Overtaken:
        again = request.POST.copy()
        again["after"] = str(initial["after"])
        form.data = again
        return 409
    messages.success(request, _("Saved as version %(number)d. The next draft uses it.") % {"number": kept.number})
    return 302


@login_required
@require_POST
def preview(request: PersonRequest, code: str) -> HttpResponse:
    """The sentences as they will print, while typing."""
    region = _region(request)
    sector = _sector(region, code)
    text = request.POST.get("text", "")[: LONGEST_TEMPLATE + 1]
    trial = pages.examined(sector, text, pages.figures(region, _year(request, region)))
    return render(request, "reports/_wording_preview.html", {"trial": trial})


@login_required
@require_safe
def versions(request: PersonRequest, code: str) -> HttpResponse:
    """All versions, and two of them side by side: by default the last one and what was before it."""
    region = _region(request)
    sector = _sector(region, code)
    rows = list(Wording.objects.filter(region=region, sector=sector).select_related("by__department"))
    texts = {row.number: row.text or sector.wording for row in rows} | {0: sector.wording}
    last = rows[0].number if rows else 0
    new = _number(request, "new", last, texts)
    old = _number(request, "old", max(new - 1, 0), texts)
    context = {
        "sector": sector,
        "versions": rows,
        "last": last,
        "old": old,
        "new": new,
        "rows": pages.side_by_side(texts[old], texts[new]),
    }
    return render(request, "reports/wording_versions.html", context)


@login_required
@require_POST
def restore(request: PersonRequest, code: str) -> HttpResponse:
    """Go back to an earlier version, or to the catalogue's, by writing it once more as the newest."""
    region = _region(request)
    sector = _sector(region, code)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        raise Http404
    number, after = form.cleaned_data["number"], form.cleaned_data["after"]
    text, note = "", _("Back to the catalogue's wording")
    if number:
        row = Wording.objects.filter(region=region, sector=sector, number=number).first()
        if row is None:
            raise Http404
        text, note = row.text, _("Back to version %(number)d") % {"number": number}
    try:
        wording_versions.keep(region=region, sector=sector, text=text, note=note, by=request.user, after=after)
        messages.success(request, _("Restored as the newest version."))
    except Overtaken:
        messages.error(request, _("Somebody saved another version meanwhile; nothing was restored."))
    return redirect("wording-versions", code)


def _editor(
    request: PersonRequest, region: Region, sector: Sector, version: Wording | None, form: WordingForm
) -> dict[str, Any]:
    year = _year(request, region)
    figures = pages.figures(region, year)
    return {
        "form": form,
        "sector": sector,
        "version": version,
        "year": year,
        "last_year": year - 1,
        "years": pages.years(region),
        "values": pages.of_sector(sector, figures),
        "chip_words": json.dumps(chip_words(), ensure_ascii=False),
        "trial": pages.examined(sector, form["text"].value() or "", figures),
    }


def _region(request: PersonRequest) -> Region:
    region = request.user.region
    if region is None or not may_write(request.user, region):
        raise PermissionDenied
    return region


def _sector(region: Region, code: str) -> Sector:
    for sector in pages.sectors(region):
        if sector.code == code:
            return sector
    raise Http404


def _year(request: PersonRequest, region: Region) -> int:
    """The year whose figures are tried: the one asked for where there are figures, else the latest."""
    known = pages.years(region)
    asked = request.POST.get("year") or request.GET.get("year") or ""
    year = whole_number(asked)
    return year if year in known else known[0]


def _number(request: PersonRequest, name: str, otherwise: int, known: dict[int, str]) -> int:
    asked = whole_number(request.GET.get(name, ""), otherwise)
    return asked if asked in known else otherwise
