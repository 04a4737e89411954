"""A draft is issued; an issued edition is verified and revised."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from reports.chapters import build
from reports.editing import imprint, issuing
from reports.editing.drafts import WrongState
from reports.forms import IssueForm, RevisionForm
from reports.models import AnnualReport
from reports.views import scope
from reports.wording.rendering import WordingError
from sectors.access import can_build_report
from sectors.shell.http import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: PersonRequest, year: int) -> HttpResponse:
    """What is still open, and the button that freezes the draft as it stands on this page."""
    found = scope.working(request.user, year)
    form = IssueForm(request.POST or None, initial={"number": imprint.proposed_number(found.report)})
    status, problem = 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            issued = issuing.issue(report=found.report, by=request.user, **form.cleaned_data)
        except issuing.ReasonMissing as error:
            form.add_error("reason", str(error))
            status = 422
        except issuing.NumberTaken as error:
            form.add_error("number", str(error))
            status = 422
        except issuing.PointsChanged as error:
            problem, status = str(error), 409
        except WrongState as error:
            if not AnnualReport.objects.drafts().filter(pk=found.report.pk).exists():
                messages.error(request, str(error))
                return redirect("draft", year)
            problem, status, found = str(error), 409, scope.working(request.user, year)
        else:
            messages.success(request, _("The report is issued. From now on nothing in it changes."))
            return redirect("edition", year, issued.edition)
    elif request.method == "POST":
        status = 422
    context = {"report": found.report, "draft": found.draft, "ready": issuing.readiness(found), "form": form}
    context["problem"] = problem
    return render(request, "reports/issue.html", context, status=status)


@login_required
@require_safe
def verify(request: PersonRequest, year: int, number: int) -> HttpResponse:
    """Hold the stored files against their hashes and against what the snapshot makes."""
    report = scope.issued_report(request.user, year, number)
    return render(request, "reports/verify.html", {"report": report, "found": issuing.verify(report)})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: PersonRequest, year: int, number: int) -> HttpResponse:
    """Begin the next edition."""
    report = scope.issued_report(request.user, year, number)
    if not can_build_report(request.user):
        raise PermissionDenied
    form = RevisionForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            issuing.revise(report=report, by=request.user, reason=form.cleaned_data["reason"])
        except issuing.ReasonMissing as error:
            form.add_error("reason", str(error))
            status = 422
        except (WrongState, WordingError, build.NoData) as error:
            messages.error(request, str(error))
            return redirect("edition", year, number)
        else:
            messages.success(request, _("The revised edition is begun; what was written for the last one is in it."))
            return redirect("draft", year)
    return render(request, "reports/revise.html", {"report": report, "form": form}, status=status)
