"""The files of a record: sent, handed out, taken away and brought back."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inspections import files
from inspections.models import Record
from inspections.registers import REGISTERS
from sectors.evidence.uploads import Unfit
from sectors.shell.http import PersonRequest

logger = logging.getLogger(__name__)


@login_required
@require_POST
def attach(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    record = _record(request, slug, pk)
    try:
        refused = files.attach(record=record, files=request.FILES.getlist("files"), by=request.user)
    except Unfit as error:
        return _page(request, slug, record, [str(error)])
    if refused:
        return _page(request, slug, record, refused)
    messages.success(request, _("The files are attached."))
    return redirect(f"change-{slug}", pk=pk)


@login_required
@require_safe
def download(request: PersonRequest, slug: str, pk: int, file: int) -> FileResponse:
    """Always to be saved, never to be opened as a page of this site."""
    found = get_object_or_404(_record(request, slug, pk).files.filter(removed_at__isnull=True), pk=file)
    try:
        content = found.file.open("rb")
    except FileNotFoundError:
        logger.error("The file %s of a record (%s) is not in the media folder.", found.pk, found.file.name)
        raise Http404 from None
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_POST
def remove(request: PersonRequest, slug: str, pk: int, file: int) -> HttpResponse:
    record = _record(request, slug, pk)
    found = get_object_or_404(record.files, pk=file)
    files.remove(record=record, file=found, by=request.user)
    messages.success(request, _("“%(name)s” is removed; it can be restored here.") % {"name": found.name})
    return redirect(f"change-{slug}", pk=pk)


@login_required
@require_POST
def restore(request: PersonRequest, slug: str, pk: int, file: int) -> HttpResponse:
    record = _record(request, slug, pk)
    found = get_object_or_404(record.files, pk=file)
    try:
        files.restore(record=record, file=found, by=request.user)
    except Unfit as error:
        return _page(request, slug, record, [str(error)])
    messages.success(request, _("“%(name)s” is back.") % {"name": found.name})
    return redirect(f"change-{slug}", pk=pk)


def _record(request: PersonRequest, slug: str, pk: int) -> Record:
    found: Record = get_object_or_404(REGISTERS[slug].model.objects.for_user(request.user).for_listing(), pk=pk)
    return found


def _page(request: PersonRequest, slug: str, record: Record, problems: Sequence[str]) -> HttpResponse:
    """The files alone, with what is wrong; the good ones are kept."""
    context = {
        "register": REGISTERS[slug],
        "record": record,
        "files": files.files_of(record, by=request.user),
        "problems": problems,
    }
    return render(request, "inspections/files.html", context, status=422)
