"""The sheets of the catalogue: drafts of them are begun here, and their files and versions are looked at."""

from __future__ import annotations

import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit import record
from audit.vocabulary import EventKind
from sectors.access import can_make_sheets_of, can_set_up
from sectors.catalogue import draft_acts, drafts, editing, writing, yaml_files
from sectors.catalogue.comparing import differences
from sectors.catalogue.files import read
from sectors.catalogue.new_sheets import NewSheetForm
from sectors.catalogue.nodes import CatalogueError
from sectors.models import Sheet, SheetDraft
from sectors.shell.http import PersonRequest
from sectors.spreadsheets.container import BadFile
from sectors.texts import whole_number
from sectors.transfer import catalogue_files
from sectors.views.setup import for_making_sheets, for_setting_up


@login_required
@require_safe
@for_making_sheets
def sheets_of_catalogue(request: PersonRequest) -> HttpResponse:
    """Every sheet with its drafts, and what a new one can be made of."""
    return _list(request, NewSheetForm(request.user))


def _list(request: PersonRequest, form: NewSheetForm, status: int = 200, **more: Any) -> HttpResponse:
    open_drafts = SheetDraft.objects.for_user(request.user).open().select_related("changed_by")
    sheets = _sheets(request).prefetch_related(Prefetch("sheet_drafts", queryset=open_drafts, to_attr="open_drafts"))
    context = {
        "sheets": sheets,
        "new": open_drafts.filter(sheet=None),
        "form": form,
        "has_all": can_set_up(request.user),
        **more,
    }
    return render(request, "sectors/sheets_of_catalogue.html", context, status=status)


def _sheets(request: PersonRequest) -> QuerySet[Sheet]:
    """All for the administrator, an office those of its own region."""
    sheets = Sheet.objects.select_related("sector__chapter", "sector__region")
    return sheets if can_set_up(request.user) else sheets.filter(sector__region=request.user.region)


@login_required
@require_POST
@for_making_sheets
def begin_draft(request: PersonRequest, pk: int) -> HttpResponse:
    """Of a sheet as it is in force; with `version`, as it was then."""
    sheet = get_object_or_404(_sheets(request), pk=pk)
    if "version" in request.POST:
        number = whole_number(request.POST["version"])
        specification = get_object_or_404(sheet.sheet_versions.all(), pk=number).specification
    else:
        specification = _present(sheet)
    draft = drafts.begin_draft(request.user, specification)
    return redirect("sheet-draft", pk=draft.pk)


def _present(sheet: Sheet) -> writing.Specification:
    """As it is in force. One with nothing in it begins with a table of one row."""
    sector = writing.of_sectors(sheet.sector.code)[sheet.sector.code]
    found = writing.parted(sector).get(sheet.number)
    if found is not None:
        return found
    named = {
        "number": sheet.number,
        "name": sheet.name,
        "frequency": sheet.frequency,
        "department": sheet.department_code,
    }
    return editing.new_sheet(sector | {"rules": []}, named, draft_acts.taken(sector))


@login_required
@require_POST
@for_making_sheets
def new_sheet(request: PersonRequest) -> HttpResponse:
    """From nothing, or as a copy of another."""
    form = NewSheetForm(request.user, request.POST)
    if not form.is_valid():
        return _list(request, form, 422)
    draft = drafts.begin_draft(request.user, form.specification())
    return redirect("sheet-draft", pk=draft.pk)


@login_required
@require_POST
@for_making_sheets
def upload_draft(request: PersonRequest) -> HttpResponse:
    """A draft of each sheet of a catalogue file."""
    try:
        ((name, content),) = catalogue_files.sent(request.FILES.getlist("files")[:1])
        specification = _read(name, content)
        if not can_make_sheets_of(request.user, str(specification.get("region", ""))):
            region = request.user.region.code if request.user.region else ""
            raise BadFile(_("Your office makes sheets of its own region: write region: %(code)s.") % {"code": region})
    except BadFile as error:
        return _list(request, NewSheetForm(request.user), 422, problems=error.args)
    begun = [drafts.begin_draft(request.user, part) for part in writing.parted(specification).values()]
    if len(begun) == 1:
        return redirect("sheet-draft", pk=begun[0].pk)
    messages.success(request, _("%(count)d drafts were begun.") % {"count": len(begun)})
    return redirect("sheets-of-catalogue")


def _read(name: str, content: bytes) -> writing.Specification:
    """What the file of a sector says. Raises BadFile with each thing that cannot be read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.yaml"
        path.write_bytes(content)
        try:
            files = read(path)
            found = yaml_files.from_yaml(path)
        except CatalogueError as error:
            raise BadFile(*(str(one).replace(str(path), name) for one in error.problems)) from error
    if not files.sectors:
        raise BadFile(_("%(name)s is not the file of a sector: it has no sector or no sheets.") % {"name": name})
    return found


@login_required
@require_safe
@for_making_sheets
def sheet_versions(request: PersonRequest, pk: int) -> HttpResponse:
    """What the sheet was, and how one version (`version`) differs from what is in force."""
    sheet = get_object_or_404(_sheets(request), pk=pk)
    rows = list(sheet.sheet_versions.defer("specification"))
    chosen = (
        get_object_or_404(sheet.sheet_versions.all(), pk=whole_number(request.GET["version"]))
        if "version" in request.GET
        else None
    )
    context = {"sheet": sheet, "versions": rows, "chosen": chosen}
    if chosen is not None:
        before = sheet.sheet_versions.filter(pk__lt=chosen.pk).first()
        context["since_before"] = differences(before.specification, chosen.specification) if before else None
        context["until_now"] = differences(chosen.specification, _present(sheet))
    return render(request, "sectors/sheet_versions.html", context)


@login_required
@require_safe
@for_making_sheets
def catalogue_file(request: PersonRequest, pk: int) -> HttpResponse:
    """The file of the sector of a sheet, with the units that it names."""
    sector = get_object_or_404(_sheets(request), pk=pk).sector
    text = yaml_files.as_yaml(writing.with_units(writing.of_sectors(sector.code)[sector.code]))
    record.write(EventKind.DOWNLOAD, sector, name=f"{sector.code}.yaml")
    return _file(text.encode(), f"{sector.code}.yaml", "application/yaml")


@login_required
@require_safe
@for_setting_up
def whole_catalogue(request: PersonRequest) -> HttpResponse:
    """All sectors and all units, one file each in an archive."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("units.yaml", yaml_files.as_yaml({"units": writing.units()}))
        for code, specification in writing.of_sectors().items():
            into.writestr(f"{code}.yaml", yaml_files.as_yaml(specification))
    record.write(EventKind.DOWNLOAD, name="catalogue.zip")
    return _file(archive.getvalue(), "catalogue.zip", "application/zip")


@login_required
@require_safe
@for_making_sheets
def draft_file(request: PersonRequest, pk: int) -> HttpResponse:
    """A draft as a catalogue file, to be sent to somebody."""
    draft = get_object_or_404(SheetDraft.objects.for_user(request.user).open(), pk=pk)
    number = draft.sheet_specification.get("number", "")
    record.write(EventKind.DOWNLOAD, draft)
    return _file(yaml_files.as_yaml(draft.specification).encode(), f"{number}.yaml", "application/yaml")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response
