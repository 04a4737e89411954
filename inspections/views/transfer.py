"""Lists of records out to Excel, and in from it: upload, look at what would be stored, confirm."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from inspections import listing, recording, spreadsheets
from inspections.registers import REGISTERS, Register
from inspections.views.records import own_department
from sectors.requests import PersonRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 32 * 1024 * 1024


@login_required
@require_safe
def export(request: PersonRequest, slug: str) -> FileResponse:
    """The list as it is narrowed on the screen, as Excel."""
    register = REGISTERS[slug]
    found = listing.read(register, request.GET, request.user)
    name = f"{register.title}-{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(spreadsheets.write(register, found.rows), as_attachment=True, filename=name, content_type=XLSX)


@login_required
@require_safe
def template(request: PersonRequest, slug: str) -> FileResponse:
    """An empty list to be filled."""
    register = REGISTERS[slug]
    file = spreadsheets.write_template(register, own_department(request))
    return FileResponse(file, as_attachment=True, filename=f"{register.title}.xlsx", content_type=XLSX)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: PersonRequest, slug: str) -> HttpResponse:
    """Upload a list, see what would be stored and what is wrong, confirm. The file waits meanwhile, one a person."""
    register, department = REGISTERS[slug], own_department(request)
    context: dict[str, Any] = {"register": register}
    if request.method != "POST":
        return render(request, "inspections/import.html", context)
    data = _sent(request, register)
    if data is None:
        context["problem"] = _("Choose an Excel file of at most %(size)d MB first.") % {"size": LARGEST >> 20}
        return render(request, "inspections/import.html", context, status=422)
    reading = spreadsheets.read(register, BytesIO(data), department)
    if "confirm" not in request.POST or reading.problem:
        status = 422 if reading.problem or not reading.records else 200
        return render(request, "inspections/import.html", context | {"reading": reading}, status=status)
    followed = recording.bring_in(reading.records, department=department, by=request.user)
    default_storage.delete(_waiting(request, register))
    count = len(reading.records)
    stored = ngettext("%(count)d record stored.", "%(count)d records stored.", count) % {"count": count}
    cells = ngettext("%(count)d cell of an open sheet follows.", "%(count)d cells of open sheets follow.", followed)
    messages.success(request, f"{stored} {cells % {'count': followed}}" if followed else stored)
    return redirect(slug)


def _sent(request: PersonRequest, register: Register) -> bytes | None:
    """The uploaded file, or with a confirmation the one that waits."""
    name = _waiting(request, register)
    if "confirm" in request.POST:
        if not default_storage.exists(name):
            return None
        with default_storage.open(name) as waiting:
            return bytes(waiting.read())
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > LARGEST:
        return None
    default_storage.delete(name)
    default_storage.save(name, file)
    file.seek(0)
    return bytes(file.read())


def _waiting(request: PersonRequest, register: Register) -> str:
    return f"registry/{request.user.pk}-{register.slug}.xlsx"
