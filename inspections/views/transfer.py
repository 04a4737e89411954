"""Lists of records out to Excel, and in from it: upload, look at what would be stored, confirm."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import record
from audit.vocabulary import EventKind
from inspections import background, listing, spreadsheets
from inspections.registers import AREAS, REGISTERS, Register
from inspections.spreadsheets import LIMITS, Preview, Reading
from inspections.views.records import own_department
from sectors import jobs
from sectors.guard import WrongState
from sectors.models import Department
from sectors.shell.http import PersonRequest
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import BadFile, too_large, unpacked_size
from sectors.texts import whole_number
from sectors.views.jobs import follow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGE = 4 * 1024 * 1024  # unpacked, about 5,000 rows: longer than a person should wait for a page
ROWS_AT_ONCE = 20_000  # of an export
MAX_REQUEST = LIMITS.size + 64 * 1024  # the file and the form around it


@login_required
@require_safe
def export(request: PersonRequest, slug: str) -> HttpResponse | FileResponse:
    """The list as it is narrowed on the screen, as Excel; a long one is written by a job."""
    register = REGISTERS[slug]
    found = listing.read(register, request.GET, request.user)
    count = found.rows.count()
    asked = request.GET.copy()
    if asked.get("q"):
        asked["q"] = record.MASK  # people are looked for by their names
    record.write(EventKind.EXPORT, name=str(register.title), rows=count, query=asked.urlencode())
    if count > ROWS_AT_ONCE:
        return _start(request, "inspections.export", register, query=request.GET.urlencode())
    return _file(spreadsheets.write(register, found.rows), f"{register.title}-{timezone.localdate():%Y%m%d}.xlsx")


@login_required
@require_safe
def template(request: PersonRequest, slug: str) -> FileResponse:
    """An empty list to be filled."""
    register = REGISTERS[slug]
    return _file(spreadsheets.write_template(register, own_department(request)), f"{register.title}.xlsx")


@csrf_exempt
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PersonRequest, slug: str) -> HttpResponse:
    """Choose a list; POST shows what would be stored and what is wrong in it. Nothing is stored yet."""
    # The check of the CSRF token reads the whole request, which has to be refused before that when it is too large.
    if whole_number(request.META.get("CONTENT_LENGTH") or "") > MAX_REQUEST:
        own_department(request)
        return choose(request, REGISTERS[slug], str(too_large(LIMITS.size)), 413)
    return _upload(request, slug)


@csrf_protect
def _upload(request: PersonRequest, slug: str) -> HttpResponse:
    register, department = REGISTERS[slug], own_department(request)
    if request.method != "POST":
        return choose(request, register)
    file = request.FILES.get("file")
    if file is None:
        return choose(request, register, _("Choose the Excel file first."), 422)
    name, size = file.name or "", file.size or 0
    try:
        if unpacked_size(file, size) > LARGE:
            stored = pending.keep(file, request.user, slug)
            return _start(request, "inspections.look", register, stored=stored, name=name)
        reading = spreadsheets.read(register, file, size, department)
    except spreadsheets.ColumnsMissing as missing:
        stored = pending.keep(file, request.user, slug)
        messages.info(request, str(missing))
        ticket = pending.ticket(stored, name, "", request.user, slug)
        return redirect(f"{reverse(f'import-columns-{slug}')}?{urlencode({'ticket': ticket})}")
    except BadFile as error:
        return choose(request, register, str(error), 422)
    return _preview(request, register, Preview.of(register, reading), pending.keep(file, request.user, slug), name)


@login_required
@require_safe
def preview(request: PersonRequest, slug: str) -> HttpResponse:
    """What a job found in a large list."""
    register = REGISTERS[slug]
    own_department(request)
    try:
        file = pending.own(request.GET.get("file", ""), request.user, slug)
        found = json.loads(background.preview_path(file).read_text(encoding="utf-8"))
    except (BadFile, FileNotFoundError):
        return choose(request, register, str(pending.gone()), 409)
    name = found.pop("name")
    return _preview(request, register, Preview(**found), file.path.name, name)


@login_required
@require_POST
def confirm(request: PersonRequest, slug: str) -> HttpResponse:
    """Store the good rows that the preview showed, read from the kept file again; and the doubles if that is asked."""
    register, department = REGISTERS[slug], own_department(request)
    ticket, doubles = request.POST.get("ticket", ""), "doubles" in request.POST
    try:
        file = pending.find(ticket, request.user, slug)
        if file.unpacked > LARGE:
            return _start(request, "inspections.bring_in", register, ticket=ticket, doubles=doubles)
        reading = _read(register, file, department)
    except BadFile as error:
        return choose(request, register, str(error), 409)
    if reading.digest != file.digest:
        messages.warning(request, _("Records have changed since the preview. Nothing was stored; look once more."))
        return _preview(request, register, Preview.of(register, reading), file.path.name, file.name, 409)
    try:
        said = background.store(reading, request.user, doubles=doubles)
    except WrongState as error:
        return choose(request, register, str(error), 409)
    messages.success(request, said)
    background.drop(file)
    return redirect(slug)


@login_required
@require_safe
def failed(request: PersonRequest, slug: str) -> HttpResponse | FileResponse:
    """The rows that could not be taken, as a file to mend and send again."""
    register, department = REGISTERS[slug], own_department(request)
    ticket = request.GET.get("ticket", "")
    try:
        file = pending.find(ticket, request.user, slug)
        if file.unpacked > LARGE:
            return _start(request, "inspections.failed", register, ticket=ticket)
        reading = _read(register, file, department)
    except BadFile as error:
        return choose(request, register, str(error), 409)
    name = background.failed_name(file)
    record.write(EventKind.DOWNLOAD, name=name)
    return _file(spreadsheets.write_failed(reading), name)


def _start(request: PersonRequest, kind: str, register: Register, **arguments: Any) -> HttpResponse:
    """A large list is looked at and stored by a job."""
    titles = {
        "inspections.export": _("Excel of a list: %(register)s"),
        "inspections.look": _("Looking through a list: %(register)s"),
        "inspections.bring_in": _("Storing a list: %(register)s"),
        "inspections.failed": _("Faulty rows of a list: %(register)s"),
    }
    title = titles[kind] % {"register": register.title}
    return follow(request, jobs.start(kind, by=request.user, title=title, register=register.slug, **arguments))


def _read(register: Register, file: pending.PendingFile, department: Department) -> Reading:
    with file.path.open("rb") as source:
        return spreadsheets.read(register, source, file.size, department)


def show_preview(request: PersonRequest, register: Register, file: pending.PendingFile) -> HttpResponse:
    """What would be stored of a kept list."""
    try:
        reading = _read(register, file, own_department(request))
    except BadFile as error:
        return choose(request, register, str(error), 422)
    return _preview(request, register, Preview.of(register, reading), file.path.name, file.name)


def choose(request: PersonRequest, register: Register, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"register": register, "registers": AREAS[register.area], "problem": problem, "size": LIMITS.size}
    return render(request, "inspections/import.html", context, status=status)


def _preview(
    request: PersonRequest, register: Register, preview: Preview, stored: str, name: str, status: int = 200
) -> HttpResponse:
    context = {
        "register": register,
        "registers": AREAS[register.area],
        "preview": preview,
        "name": name,
        "ticket": pending.ticket(stored, name, preview.digest, request.user, register.slug),
    }
    nothing = not (preview.good or preview.double_rows)
    return render(request, "inspections/import.html", context, status=422 if nothing and status == 200 else status)


def _file(content: Any, name: str) -> FileResponse:
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)
