"""Figures and what belongs to them as files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit import record
from audit.vocabulary import EventKind
from reports.exports.choice import Export, ExportForm
from reports.exports.files import CSV_TYPE, XLSX_TYPE
from sectors import jobs
from sectors.shell.http import PersonRequest
from sectors.views.jobs import follow

TYPES = {"xlsx": XLSX_TYPE, "csv": CSV_TYPE, "zip": "application/zip"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: PersonRequest) -> HttpResponse | FileResponse:
    """Choose and take: a short file at once, a long one from the job that writes it. GET may name a choice."""
    form = ExportForm(request.POST or None, user=request.user, initial=request.GET.dict())
    choice = form.choice() if form.is_valid() else None
    count = choice.count() if choice else 0
    if choice and not count:
        form.add_error(None, choice.nothing)
    if not choice or not count:
        return render(request, "reports/exports.html", {"form": form}, status=422 if form.is_bound else 200)
    record.write(EventKind.EXPORT, name=choice.title, rows=count, choice=choice.arguments)
    if choice.is_long(count):
        title = _("Export: %(what)s") % {"what": choice.title}
        return follow(request, jobs.start("reports.export", by=request.user, title=title, **choice.arguments))
    return _file(choice)


def _file(choice: Export) -> FileResponse:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{choice.file_ending}"
        choice.write(path)
        opened = path.open("rb")  # the response closes it; its name is gone by then
    name = f"{choice.title}.{choice.file_ending}"
    return FileResponse(opened, as_attachment=True, filename=name, content_type=TYPES[choice.file_ending])
