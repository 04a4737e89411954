"""Lists of firms out to Excel, and in from it: upload, look at what would be stored, confirm."""

from __future__ import annotations

from typing import IO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import record
from audit.vocabulary import EventKind
from inspections import firm_listing, firms, spreadsheets
from inspections.models import Firm
from inspections.spreadsheets import LIMITS, FirmReading
from inspections.views.firms import around, keeper_region, region_of
from inspections.views.transfer import MAX_REQUEST, XLSX
from sectors.guard import WrongState
from sectors.models import Department, Region
from sectors.shell.http import PersonRequest
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import BadFile, too_large
from sectors.texts import whole_number
from sectors.versions import Conflict

ABOUT = "firms"  # what a kept file is to be brought into
SHOWN = 200  # rows of each part of a preview


@login_required
@require_safe
def export(request: PersonRequest) -> FileResponse:
    """The list as it is narrowed on the screen."""
    region = region_of(request)
    found = firm_listing.read(request.GET, request.user, region)
    asked = request.GET.copy()
    if asked.get("q"):
        asked["q"] = record.MASK
    name = str(Firm._meta.verbose_name_plural)
    record.write(EventKind.EXPORT, name=name, rows=found.rows.count(), query=asked.urlencode(), region=region.pk)
    return _file(spreadsheets.write_firms(found.rows), f"{name}-{timezone.localdate():%Y%m%d}.xlsx")


@login_required
@require_safe
def template(request: PersonRequest) -> FileResponse:
    """An empty list to be filled."""
    region = keeper_region(request)
    return _file(
        spreadsheets.write_firm_template(_department(request, region)), f"{Firm._meta.verbose_name_plural}.xlsx"
    )


@csrf_exempt
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PersonRequest) -> HttpResponse:
    """Choose a list; POST shows what would be stored and what is wrong in it. Nothing is stored yet."""
    # The check of the CSRF token reads the whole request, which has to be refused before that when it is too large.
    if whole_number(request.META.get("CONTENT_LENGTH") or "") > MAX_REQUEST:
        region = keeper_region(request)
        return _choose(request, region, str(too_large(LIMITS.size)), 413)
    checked: HttpResponse = csrf_protect(_look)(request)
    return checked


def _look(request: PersonRequest) -> HttpResponse:
    region = keeper_region(request)
    if request.method != "POST":
        return _choose(request, region)
    file = request.FILES.get("file")
    if file is None:
        return _choose(request, region, _("Choose the file first."), 422)
    name = file.name or ""
    try:
        reading = spreadsheets.read_firms(file, file.size or 0, name, _department(request, region))
    except BadFile as error:
        return _choose(request, region, str(error), 422)
    return _preview(request, region, reading, pending.keep(file, request.user, ABOUT), name)


@login_required
@require_POST
def confirm(request: PersonRequest) -> HttpResponse:
    """Store what the preview showed, read from the kept file again: all of it or nothing."""
    region = keeper_region(request)
    try:
        file = pending.find(request.POST.get("ticket", ""), request.user, ABOUT)
        with file.path.open("rb") as source:
            reading = spreadsheets.read_firms(source, file.size, file.name, _department(request, region))
    except BadFile as error:
        return _choose(request, region, str(error), 409)
    if reading.digest != file.digest:
        messages.warning(request, _("The register has changed since the preview. Nothing was stored; look once more."))
        return _preview(request, region, reading, file.path.name, file.name, 409)
    new = reading.to_store(with_doubtful="doubtful" in request.POST)
    changed = [(one.firm, one.others) for one in reading.changed]
    try:
        firms.bulk_save(new, changed, by=request.user)
    except (WrongState, Conflict) as error:
        return _choose(request, region, str(error), 409)
    file.path.unlink(missing_ok=True)
    said = _("%(new)d firms are new, %(changed)d are changed.")
    messages.success(request, said % {"new": len(new), "changed": len(changed)})
    return redirect("firms")


def _department(request: PersonRequest, region: Region) -> Department:
    """One of the region, whose words a list is read with; an administrator has none."""
    return request.user.department or Department.objects.filter(region=region).order_by("pk")[0]


def _choose(request: PersonRequest, region: Region, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"problem": problem, "size": LIMITS.size}
    shared = around(request, region, "firms")
    return render(request, "inspections/firms/import.html", context | shared, status=status)


def _preview(
    request: PersonRequest, region: Region, reading: FirmReading, stored: str, name: str, status: int = 200
) -> HttpResponse:
    can_store = bool(reading.new or reading.changed or reading.doubtful)
    context = {
        "reading": reading,
        "faults": reading.faults[:SHOWN],
        "new": reading.new[:SHOWN],
        "changed": reading.changed[:SHOWN],
        "doubtful": reading.doubtful[:SHOWN],
        "shown": SHOWN,
        "can_store": can_store,
        "name": name,
        "ticket": pending.ticket(stored, name, reading.digest, request.user, ABOUT),
    }
    if not can_store and not reading.unchanged and status == 200:
        status = 422
    shared = around(request, region, "firms")
    return render(request, "inspections/firms/import.html", context | shared, status=status)


def _file(content: IO[bytes], name: str) -> FileResponse:
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)
