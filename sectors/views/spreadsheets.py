"""A sheet out to Excel and back: download, upload with a preview, confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import record
from audit.vocabulary import EventKind
from sectors import jobs
from sectors.access import fits_status, may_enter
from sectors.entry import reverting
from sectors.entry.writer import NotEverythingStored
from sectors.findings import storage
from sectors.guard import WrongState, why_not
from sectors.models import Submission, User
from sectors.shell import undo
from sectors.shell.http import PersonRequest
from sectors.spreadsheets import own_forms, pending, reader, writer
from sectors.spreadsheets.annotated import annotated_copy
from sectors.spreadsheets.container import MAX_SIZE, BadFile, too_large
from sectors.spreadsheets.preview import Preview
from sectors.texts import whole_number
from sectors.views.jobs import follow

SHOWN = 200  # rows of a list before it only counts
LONG = 2 * 1024 * 1024  # unpacked bytes of a file with more figures than anybody waits for before a page
MAX_REQUEST = MAX_SIZE + 64 * 1024  # the file and the form around it
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def download(request: PersonRequest, pk: int) -> HttpResponse:
    """The sheet as an Excel file, for everyone who may read it."""
    submission = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    return _file(writer.write(submission, _fills(request.user, submission)), writer.file_name(submission), submission)


def _fills(user: User, submission: Submission) -> str:
    """Whose rows a file has room for; a page has other ones."""
    return f"{user.pk}/file" if may_enter(user, submission) else ""


@csrf_exempt
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: PersonRequest, pk: int) -> HttpResponse:
    """Choose a file; POST shows what it would change and what is wrong in it. Nothing is stored yet."""
    # The check of the CSRF token reads the whole request, which has to be refused before that when it is too large.
    if whole_number(request.META.get("CONTENT_LENGTH") or "") > MAX_REQUEST:
        submission = _to_fill(request, pk)
        return _choose(request, submission, str(too_large()), 413)
    return _upload(request, pk)


@csrf_protect
def _upload(request: PersonRequest, pk: int) -> HttpResponse:
    submission = _to_fill(request, pk)
    if not fits_status("submit", submission):
        return _choose(request, submission, why_not("submit", submission), 409)
    if request.method != "POST":
        return _choose(request, submission)
    file = request.FILES.get("file")
    if file is None:
        return _choose(request, submission, _("Choose the Excel file first."), 400)
    try:
        found = reader.read(file, file.size or 0, submission, request.user)
    except reader.NotDownloaded as error:
        return _choose(request, submission, str(error), 422, own_forms.readable(file, file.size or 0))
    except BadFile as error:
        return _choose(request, submission, str(error), 422)
    stored = pending.keep(file, request.user, str(submission.pk))
    return _preview(request, submission, found, stored, file.name or "", 422 if found.problems else 200)


@login_required
@require_POST
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Store what the preview showed, all or nothing. What is stored is read from the kept file again."""
    submission = _to_fill(request, pk)
    try:
        file = pending.find(request.POST.get("ticket", ""), request.user, str(submission.pk))
        if file.unpacked > LONG:
            return _confirm_long(request, submission)
        found = _read(file, submission, request)
        if found.digest != file.digest or found.problems:
            return _changed_meanwhile(request, submission, found, file)
        since = reverting.last_changes(submission)
        saved = reader.store(found, submission, request.user, frozenset(request.POST.getlist("take")))
    except NotEverythingStored:
        return _changed_meanwhile(request, submission, _read(file, submission, request), file)
    except (BadFile, WrongState) as error:
        return _choose(request, submission, str(error), 409)
    storage.refresh_changed(submission)
    file.path.unlink(missing_ok=True)
    done = ngettext("Imported from Excel: %(count)d change.", "Imported from Excel: %(count)d changes.", saved.changed)
    what = {"submission": submission.pk, "since": since, "until": reverting.last_changes(submission)}
    undo.done(request, done % {"count": saved.changed}, "import", **what)
    return redirect("sheet", pk=pk)


def _confirm_long(request: PersonRequest, submission: Submission) -> HttpResponse:
    what: dict[str, Any] = {"ticket": request.POST["ticket"], "take": request.POST.getlist("take")}
    title = _("Excel of %(submission)s") % {"submission": submission}
    job = jobs.start("sectors.import_sheet", by=request.user, title=title, submission=submission.pk, **what)
    return follow(request, job)


@login_required
@require_safe
def marked(request: PersonRequest, pk: int) -> HttpResponse:
    """The uploaded file with the bad cells marked."""
    submission = _to_fill(request, pk)
    try:
        file = pending.find(request.GET.get("ticket", ""), request.user, str(submission.pk))
        found = _read(file, submission, request)
        with file.path.open("rb") as source:
            data = annotated_copy(source, found)
    except BadFile as error:
        return _choose(request, submission, str(error), 409)
    name = _("%(name)s (checked).xlsx") % {"name": file.name.rpartition(".")[0] or file.name}
    return _file(data, name, submission)


def _to_fill(request: PersonRequest, pk: int) -> Submission:
    """A submission that this person fills; 404 out of scope, 403 for everybody else."""
    submission = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    if not may_enter(request.user, submission):
        raise PermissionDenied
    return submission


def _read(file: pending.PendingFile, submission: Submission, request: PersonRequest) -> Preview:
    with file.path.open("rb") as source:
        return reader.read(source, file.size, submission, request.user)


def _changed_meanwhile(
    request: PersonRequest, submission: Submission, found: Preview, file: pending.PendingFile
) -> HttpResponse:
    messages.warning(request, _("The sheet has changed since the preview. Nothing was imported; look at it once more."))
    return _preview(request, submission, found, file.path.name, file.name, 409)


def _choose(
    request: PersonRequest,
    submission: Submission,
    problem: str = "",
    status: int = 200,
    forms: Sequence[own_forms.OwnForm] = (),
) -> HttpResponse:
    context = {
        "forms": forms,
        "submission": submission,
        "problem": problem,
        "can_upload": fits_status("submit", submission),
        "max_size": MAX_SIZE,
    }
    return render(request, "sectors/upload.html", context, status=status)


def _preview(
    request: PersonRequest, submission: Submission, found: Preview, stored: str, name: str, status: int
) -> HttpResponse:
    lists = (found.problems, found.conflicts, found.changes)
    context = {
        "submission": submission,
        "upload": found,
        "name": name,
        "ticket": pending.ticket(stored, name, found.digest, request.user, str(submission.pk)),
        "problems": found.problems[:SHOWN],
        "conflicts": found.conflicts[:SHOWN],
        "changes": found.changes[:SHOWN],
        "shown": SHOWN,
        "is_cut": any(len(rows) > SHOWN for rows in lists),
    }
    return render(request, "sectors/import.html", context, status=status)


def _file(data: bytes, name: str, submission: Submission) -> HttpResponse:
    record.write(EventKind.DOWNLOAD, submission, name=name, region=submission.region_id)
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(data, content_type=XLSX, headers=headers)
