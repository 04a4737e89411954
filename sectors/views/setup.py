"""Setting up a site in the browser: what is still missing, the catalogue's files, who reports which sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sectors.access import can_make_sheets, can_set_up
from sectors.approval import moves
from sectors.catalogue.assignments import unassigned
from sectors.catalogue.changes import Changes
from sectors.catalogue.loader import OtherChanges, load
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Assignment, Department, Region, Sheet
from sectors.shell.http import PersonRequest
from sectors.shell.setup import steps
from sectors.spreadsheets import pending
from sectors.spreadsheets.container import BadFile
from sectors.texts import whole_number
from sectors.transfer import catalogue_files, sent_files

ABOUT = "catalogue"  # what a kept file is for
SHOWN = 500  # lines of a preview


def for_setting_up(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def checked(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_set_up(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def for_making_sheets(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def checked(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_make_sheets(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


@login_required
@require_safe
@for_setting_up
def setup(request: PersonRequest) -> HttpResponse:
    context = {"steps": steps(), "unassigned": unassigned(Region.objects.all())}
    return render(request, "sectors/setup.html", context)


@login_required
@require_POST
@for_setting_up
def assign_sheets(request: PersonRequest) -> HttpResponse:
    """Fields are called `<region>:<sheet>`, with the department that is to report it."""
    chosen = {name: whole_number(str(value)) for name, value in request.POST.items() if ":" in name and value}
    with transaction.atomic():
        new = _assigned(chosen)
        moves.apply_assignments({assignment.region_id for assignment in new}, by=request.user)
    if not new:
        messages.warning(request, _("No sheet was assigned. Choose a department beside a sheet first."))
    else:
        text = ngettext("%(count)d sheet was assigned.", "%(count)d sheets were assigned.", len(new))
        messages.success(request, text % {"count": len(new)})
    return redirect("setup")


def _assigned(chosen: dict[str, int]) -> list[Assignment]:
    """What somebody else assigned meanwhile stays as it is; a department of another region is none of the choices."""
    departments = Department.objects.in_bulk(set(chosen.values()))
    wanted = {
        (region.pk, sheet.pk): (sheet, region, departments.get(chosen.get(f"{region.pk}:{sheet.pk}", 0)))
        for region, sheets, _own in unassigned(Region.objects.all())
        for sheet in sheets
    }
    new = []
    for sheet, region, department in wanted.values():
        if department is not None and department.region_id == region.pk:
            assignment, is_new = Assignment.objects.get_or_create(
                sheet=sheet, region=region, defaults={"department": department}
            )
            new += [assignment] if is_new else []
    return new


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@for_setting_up
def choose_catalogue(request: PersonRequest) -> HttpResponse:
    """Choose files, or those that come with the program; POST shows what they would change. Nothing is loaded yet."""
    if request.method != "POST":
        return _choose(request)
    try:
        is_shipped = "shipped" in request.POST
        files = catalogue_files.shipped() if is_shipped else catalogue_files.sent(request.FILES.getlist("files"))
    except BadFile as error:
        return _choose(request, error.args, 422)
    stored = pending.keep(sent_files.packed(files), request.user, ABOUT)
    name = _("The sheets that come with the program") if is_shipped else "、".join(name for name, _content in files)
    try:
        return preview(request, stored, name)
    except FilesRefused as error:
        return _choose(request, error.args, 422)


@login_required
@require_POST
@for_setting_up
def load_catalogue(request: PersonRequest) -> HttpResponse:
    """Load what the preview showed, all or nothing."""
    try:
        file = pending.find(request.POST.get("ticket", ""), request.user, ABOUT)
        with sent_files.unpacked(file.path) as files:
            changes = load_files(files, request, seen=file.digest)
    except (BadFile, FilesRefused) as error:
        return _choose(request, error.args, 409)
    except OtherChanges:
        messages.warning(
            request, _("The catalogue has changed since the preview. Nothing was loaded; look at it once more.")
        )
        try:
            return preview(request, file.path.name, file.name, 409)
        except FilesRefused as error:
            return _choose(request, error.args, 422)
    file.path.unlink(missing_ok=True)
    messages.success(request, " ".join([_("The catalogue was loaded."), *changes.summary()]))
    return redirect("setup")


class FilesRefused(Exception):
    """With each problem as a sentence that names its file and line."""


def load_files(files: sent_files.Unpacked, request: PersonRequest, **how: Any) -> Changes:
    try:
        return load(*files.paths, by=request.user.username, is_shipped=catalogue_files.are_shipped(files.paths), **how)
    except CatalogueError as error:
        raise FilesRefused(*map(files.without_folder, error.problems)) from error


def _choose(request: PersonRequest, problems: Sequence[str] = (), status: int = 200) -> HttpResponse:
    context = {"problems": problems, "has_sheets": Sheet.objects.exists()}
    return render(request, "sectors/catalogue_files.html", context, status=status)


def preview(request: PersonRequest, stored: str, name: str, status: int = 200) -> HttpResponse:
    """What kept files would change. Raises FilesRefused, and then they are kept no longer."""
    path = pending.folder() / stored
    try:
        with sent_files.unpacked(path) as files:
            changes = load_files(files, request, dry_run=True)
            lines = [files.without_folder(line) for line in changes.lines]
    except FilesRefused:
        path.unlink(missing_ok=True)
        raise
    context = {
        "name": name,
        "lines": lines[:SHOWN],
        "more": max(0, len(lines) - SHOWN),
        "doubts": changes.doubts,
        "summary": list(changes.summary()),
        "ticket": pending.ticket(stored, name, changes.digest, request.user, ABOUT),
    }
    return render(request, "sectors/catalogue_preview.html", context, status=status)
