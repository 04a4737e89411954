"""What does not add up in one's scope, and what the department and the office say about it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from sectors import jobs
from sectors.access import can_check_period, may_explain, may_judge
from sectors.findings import reasons, storage
from sectors.findings import rows as finding_rows
from sectors.findings.forms import FindingFilter
from sectors.guard import WrongState
from sectors.models import Period, StoredFinding, Submission, User
from sectors.shell.http import PersonRequest, next_address
from sectors.shell.sorting import Head, Sorting, in_order
from sectors.texts import whole_number
from sectors.views.jobs import follow
from sectors.vocabulary import FindingState, Role, Severity

PAGE = 25
HEADS = (
    Head(gettext_lazy("Period"), "period", ("period__due",)),
    Head(gettext_lazy("Severity"), "severity", (in_order("severity", Severity),)),
    Head(gettext_lazy("Department"), "department", ("submission__department__short_name",)),
    Head(gettext_lazy("Sheet"), "sheet", ("submission__sheet__number",)),
    Head(gettext_lazy("State"), "state", (in_order("state", FindingState),)),
)


@login_required
@require_safe
def findings(request: PersonRequest) -> HttpResponse:
    """Findings of one's scope, narrowed down by department, sector, period, severity and state."""
    chosen = FindingFilter(request.GET, user=request.user)
    place = StoredFinding.objects.for_user(request.user).filter(**chosen.chosen("department", "sector", "period"))
    state = chosen.chosen("severity", "state")
    rows = (place if "state" in state else place.standing()).filter(**state)
    sorting, listed = Sorting(HEADS, request.GET), rows.for_listing()
    # Rows that are alike in it stay in the order that they have in the list otherwise.
    usual = listed.query.order_by
    page = Paginator(listed.order_by(*sorting.order(), *usual), PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "counts": place.counts(),
        "can_set_severities": request.user.role in (Role.OFFICE, Role.ADMIN),
        "hints": place.filter(state=FindingState.NOTED).count(),
        "page": page,
        "sorting": sorting,
        "findings": finding_rows.rows(page.object_list, request.user),
        "period": chosen.cleaned_data.get("period") if can_check_period(request.user) else None,
    }
    return render(request, "sectors/findings.html", context)


@login_required
@require_POST
def check_period(request: PersonRequest) -> HttpResponse:
    """Judge all submissions of a period anew, after a rule has changed."""
    if not can_check_period(request.user):
        raise PermissionDenied
    pk = whole_number(request.POST.get("period", ""))
    period = get_object_or_404(Period.objects.for_user(request.user), pk=pk)
    title = _("Check %(period)s again") % {"period": period}
    return follow(request, jobs.start("sectors.check_period", by=request.user, title=title, period=period.pk))


@login_required
@require_POST
def reason(request: PersonRequest, pk: int, key: str) -> HttpResponse:
    """The department says why a finding stands, or asks the office to accept an error."""
    found = _get(request, pk, key)
    if found is None:
        return _gone(request, pk, key, may_explain)
    text, seen = _words(request, found)
    try:
        said = reasons.explain(finding=found, text=text, by=request.user, seen=seen)
    except (WrongState, reasons.InsufficientReason) as error:
        return _refused(request, found, text, error)
    return _done(request, said, _("Your reason is on record."))


@login_required
@require_POST
def verdict(request: PersonRequest, pk: int, key: str) -> HttpResponse:
    """The office accepts an error, or refuses to."""
    found = _get(request, pk, key)
    if found is None:
        return _gone(request, pk, key, may_judge)
    if not may_judge(request.user, found.submission):
        raise PermissionDenied
    text, seen = _words(request, found)
    if request.POST.get("verdict") not in ("accept", "refuse"):
        return HttpResponseBadRequest()
    accept = request.POST["verdict"] == "accept"
    try:
        said = reasons.judge(finding=found, accept=accept, text=text, by=request.user, seen=seen)
    except (WrongState, reasons.InsufficientReason) as error:
        return _refused(request, found, text, error)
    return _done(request, said, _("Accepted with your reason.") if accept else _("Refused; the department sees why."))


def _get(request: PersonRequest, pk: int, key: str) -> StoredFinding | None:
    """A finding on record, or one that a page has shown, which goes on record with what is said about it; None where
    it does not arise any more."""
    submission = get_object_or_404(Submission.objects.for_user(request.user).to_judge(), pk=pk)
    on_record = [row for row in StoredFinding.objects.filter(submission=submission) if row.key == key]
    return next((row for row in on_record or storage.current(submission) if row.key == key), None)


def _gone(request: PersonRequest, pk: int, key: str, may: Callable[[User, Submission], bool]) -> HttpResponse:
    if not may(request.user, get_object_or_404(Submission.objects.for_user(request.user), pk=pk)):
        raise PermissionDenied
    if request.htmx:
        markup = '<li id="finding-{}" class="finding" data-codes=""><p class="finding-text">{}</p></li>'
        return HttpResponse(format_html(markup, key, reasons.corrected_message()), status=409)
    messages.error(request, reasons.corrected_message())
    return redirect("submission", pk=pk)


def _words(request: PersonRequest, found: StoredFinding) -> tuple[str, str]:
    """What was typed, and the basis of the finding as it was on the page. A page has fields of many findings."""
    return request.POST.get(f"reason-{found.key}", ""), request.POST.get(f"basis-{found.key}", "")


def _refused(request: PersonRequest, found: StoredFinding, text: str, error: Exception) -> HttpResponse:
    """The finding as it is by now, with what was typed and why it was not stored."""
    storage.refresh(found.submission)
    return _show(request, found, typed=text, problem=str(error), status=409 if isinstance(error, WrongState) else 422)


def _done(request: PersonRequest, said: StoredFinding, message: str) -> HttpResponse:
    messages.success(request, message)
    if request.htmx:
        return _show(request, said)
    back = next_address(request, reverse("submission", args=[said.submission_id]))
    return HttpResponseRedirect(f"{back}#finding-{said.key}")


def _show(
    request: PersonRequest, finding: StoredFinding, *, typed: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    current = StoredFinding.objects.for_listing().filter(submission=finding.submission_id, rule=finding.rule)
    (row,) = finding_rows.rows(get_list_or_404(current), request.user, typed, problem)
    template = "sectors/_finding.html" if request.htmx else "sectors/finding.html"
    context = {"row": row, "place": not request.htmx or "place" in request.POST, "back": request.POST.get("next", "")}
    return render(request, template, context, status=status)
