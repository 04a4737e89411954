"""Excel files for stations: all in one archive, and filled ones back."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import record
from audit.vocabulary import EventKind
from collection import files
from collection.models import PartRequest
from collection.views.requests import asked_request
from sectors.shell.http import PersonRequest


@login_required
@require_safe
def station_files(request: PersonRequest, pk: int) -> HttpResponse:
    """The files of all stations, each with its name."""
    found = asked_request(request, pk)
    of = found.submission
    name = f"{of.sheet.number} {of.sheet.name} {of.period.code}.zip"
    data = files.packed(found.station_parts.for_reading())
    record.write(EventKind.DOWNLOAD, found, name=name, region=of.region_id)
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(data, content_type="application/zip", headers=headers)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload_parts(request: PersonRequest, pk: int) -> HttpResponse:
    """Files that stations sent back, one or many: each is stored as a whole, or not at all and why."""
    found = asked_request(request, pk)
    if request.method != "POST":
        return _page(request, found)
    sent = request.FILES.getlist("files")
    if not sent:
        return _page(request, found, problem=_("Choose the Excel files first."), status=400)
    if len(sent) > files.MOST_FILES:
        problem = _("At most %(most)d files at once.") % {"most": files.MOST_FILES}
        return _page(request, found, problem=problem, status=422)
    results = files.store(found, sent, by=request.user, send="send" in request.POST)
    status = 422 if all(one.problems for one in results) else 200
    return _page(request, found, results=results, status=status)


def _page(
    request: PersonRequest,
    found: PartRequest,
    *,
    results: list[files.FileResult] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"part_request": found, "submission": found.submission, "results": results, "problem": problem}
    return render(request, "collection/upload.html", context, status=status)
