"""The files of a record: sent, handed out, taken away and brought back."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inspections.files import RecordAttachments
from inspections.models import Record
from inspections.registers import REGISTERS
from sectors.guard import WrongState
from sectors.shell.http import PersonRequest
from sectors.views.downloads import serve


@login_required
@require_POST
def attach(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    record = _record(request, slug, pk)
    try:
        done = RecordAttachments(record, request.user).attach(request.FILES.getlist("files"))
    except ValidationError as error:
        return _page(request, slug, record, error.messages, status=422)
    except WrongState as error:
        return _page(request, slug, record, [str(error)], status=409)
    if done.refused:
        return _page(request, slug, record, done.refused, status=422)
    messages.success(request, _("The files are attached."))
    return redirect(f"change-{slug}", pk=pk)


@login_required
@require_safe
def download(request: PersonRequest, slug: str, pk: int, file: int) -> FileResponse:
    """Always to be saved, never to be opened as a page of this site."""
    found = get_object_or_404(_record(request, slug, pk).files.filter(removed_at__isnull=True), pk=file)
    return serve(found)


@login_required
@require_POST
def remove(request: PersonRequest, slug: str, pk: int, file: int) -> HttpResponse:
    record = _record(request, slug, pk)
    found = get_object_or_404(record.files, pk=file)
    try:
        RecordAttachments(record, request.user).remove(found)
    except WrongState as error:
        return _page(request, slug, record, [str(error)], status=409)
    messages.success(request, _("“%(name)s” is removed; it can be restored here.") % {"name": found.name})
    return redirect(f"change-{slug}", pk=pk)


@login_required
@require_POST
def restore(request: PersonRequest, slug: str, pk: int, file: int) -> HttpResponse:
    record = _record(request, slug, pk)
    found = get_object_or_404(record.files, pk=file)
    try:
        RecordAttachments(record, request.user).restore(found)
    except WrongState as error:
        return _page(request, slug, record, [str(error)], status=409)
    except ValidationError as error:
        return _page(request, slug, record, error.messages, status=409)
    messages.success(request, _("“%(name)s” is back.") % {"name": found.name})
    return redirect(f"change-{slug}", pk=pk)


def _record(request: PersonRequest, slug: str, pk: int) -> Record:
    found: Record = get_object_or_404(REGISTERS[slug].model.objects.for_user(request.user).for_listing(), pk=pk)
    return found


def _page(request: PersonRequest, slug: str, record: Record, problems: Sequence[str], *, status: int) -> HttpResponse:
    """The files alone, with what is wrong; the good ones are kept."""
    context = {
        "register": REGISTERS[slug],
        "record": record,
        "files": RecordAttachments(record, request.user).listed(),
        "problems": problems,
    }
    return render(request, "inspections/files.html", context, status=status)
