"""Whether a file is one of an issued edition: for everybody who holds it, behind the QR code of the report.

Without signing in the answer is yes or no, with number and date. Who is signed in is also told which edition and file
it is, and whether a later edition has taken its place. Nothing of a report's content is shown to anybody here.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.origin import address
from reports.access import may_edit
from reports.editing import papers, verification
from reports.editing.drafts import WrongState
from reports.forms import VerifyForm
from reports.views import scope
from sectors.evidence.uploads import MAX_FILE_BYTES
from sectors.shell.http import PersonRequest
from sectors.shell.limits import MINUTE, asks_too_often

REQUESTS_A_MINUTE = 30


@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest, code: str = "") -> HttpResponse:
    """Upload a file: is it an edition's?"""
    if _asks_too_often(request):
        problem = _("Too many requests from your address. Wait a minute, then try again.")
        answer = render(request, "reports/verify_file.html", {"problem": problem}, status=429)
        answer["Retry-After"] = str(MINUTE)
        return answer
    is_sent = request.method == "POST"
    form = VerifyForm(request.POST if is_sent else None, request.FILES if is_sent else None, initial={"code": code})
    edition = verification.by_code(code)
    context: dict[str, Any] = {"form": form, "checked": False, "edition": edition, "code": code}
    if not is_sent:
        status = 404 if code and not edition else 200
        context["newer"] = verification.newer(edition) if edition else None
        return render(request, "reports/verify_file.html", context, status=status)
    if form.is_valid() and _fits(form):
        file = form.cleaned_data["file"]
        found = verification.find(verification.digest(file.file))
        edition = verification.by_code(form.cleaned_data["code"] or code)
        context |= {"checked": True, "found": found, "edition": edition, "newer": found.newer if found else None}
        context["is_other"] = bool(found and edition and found.report.pk != edition.pk)
    return render(request, "reports/verify_file.html", context, status=200 if form.is_valid() else 422)


def _fits(form: VerifyForm) -> bool:
    size = form.cleaned_data["file"].size or 0
    if size > MAX_FILE_BYTES:
        what = {"size": filesizeformat(size), "most": filesizeformat(MAX_FILE_BYTES)}
        form.add_error("file", _("This file has %(size)s; at most %(most)s can be verified.") % what)
    return size <= MAX_FILE_BYTES


def _asks_too_often(request: HttpRequest) -> bool:
    return not request.user.is_authenticated and asks_too_often(f"verify-{address(request)}", REQUESTS_A_MINUTE)


@login_required
@require_POST
def seal(request: PersonRequest, year: int, number: int) -> HttpResponse:
    """Keep the stamped or signed PDF beside the edition."""
    report = scope.issued_report(request.user, year, number)
    if not may_edit(request.user, report):
        raise PermissionDenied
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose the sealed PDF first."))
        return redirect("edition", year, number)
    try:
        papers.seal(report=report, by=request.user, file=file)
    except (WrongState, ValidationError) as error:
        messages.error(request, " ".join(error.messages) if isinstance(error, ValidationError) else str(error))
    else:
        messages.success(request, _("The sealed PDF is kept beside the edition and verifies from now on."))
    return redirect("edition", year, number)
