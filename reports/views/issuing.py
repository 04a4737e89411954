"""A draft is issued; an issued edition is verified and revised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reports.chapters import build
from reports.editing import answers, imprint, issuing
from reports.editing.drafts import Working, WrongState
from reports.forms import LONGEST_ANSWER, AnswerForm, IssueForm, RevisionForm
from reports.models import AnnualReport
from reports.views import scope
from reports.vocabulary import Audience
from reports.wording.rendering import WordingError
from sectors.access import can_build_report
from sectors.shell.http import PersonRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: PersonRequest, year: int) -> HttpResponse:
    """What is still open, and the button that freezes the draft as it stands on this page."""
    found = scope.working(request.user, year)
    form = _issue_form(found, request)
    status, problem = 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            issued = issuing.issue(report=found.report, by=request.user, **form.cleaned_data)
        except issuing.ReasonMissing as error:
            form.add_error("reason", str(error))
            status = 422
        except issuing.Unanswered as error:
            problem, status = str(error), 422
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
    return _issue_page(request, found, form, problem=problem, status=status)


def _issue_form(found: Working, request: PersonRequest | None = None) -> IssueForm:
    """With what was sent, and the next number."""
    given = (request.POST or None) if request else None
    return IssueForm(given, initial={"number": imprint.proposed_number(found.report)})


def _issue_page(
    request: PersonRequest,
    found: Working,
    form: IssueForm,
    *,
    problem: str,
    status: int,
    given: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """`given`: an answer that was not kept, with the mark of what it was to."""
    context = {"report": found.report, "draft": found.draft, "ready": issuing.readiness(found), "form": form}
    context |= {"problem": problem, "given": given or {}, "longest": LONGEST_ANSWER, "audiences": Audience}
    return render(request, "reports/issue.html", context, status=status)


@login_required
@require_POST
def answer(request: PersonRequest, year: int) -> HttpResponse:
    """Answer what does not agree in the text, or take the answer back."""
    found = scope.working(request.user, year)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        problem = " ".join(str(error["message"]) for of in form.errors.get_json_data().values() for error in of)
        return _issue_page(request, found, _issue_form(found), problem=problem, status=422, given=request.POST)
    try:
        answers.write(report=found.report, by=request.user, **form.cleaned_data)
    except answers.Overwritten as error:
        given = {"mark": form.cleaned_data["mark"], "text": form.cleaned_data["text"]}
        return _issue_page(request, found, _issue_form(found), problem=str(error), status=409, given=given)
    except WrongState as error:
        messages.error(request, f"{error} {form.cleaned_data['text']}".strip())
        is_draft = AnnualReport.objects.drafts().filter(pk=found.report.pk).exists()
        return redirect("issue-report" if is_draft else "draft", year)
    messages.success(request, _("The answer is kept.") if form.cleaned_data["text"] else _("The answer is taken back."))
    return redirect(f"{reverse('issue-report', args=[year])}#{form.cleaned_data['mark']}")


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
