"""A draft on its way: read by those it lies with, sent, reviewed, approved, returned; what is said about its blocks."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import record
from audit.vocabulary import EventKind
from reports.access import may_edit
from reports.editing import answers, approval_sheet, block_comments, drafts, reading, signing
from reports.editing.assembly import printed_text
from reports.editing.drafts import Working, WrongState
from reports.editing.signing import ACTS
from reports.forms import OfflineForm
from reports.models import AnnualReport
from reports.views import scope
from reports.vocabulary import StepKind
from reports.writers import files
from reports.writers.html import body_html
from sectors.access import can_build_report
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number
from sectors.vocabulary import Role

DONE = {
    "send": gettext_lazy("Sent for review; those who can review it are told."),
    "review": gettext_lazy("Reviewed; the leader is told."),
    "approve": gettext_lazy("Approved; the office is told and can issue it."),
    "return": gettext_lazy("Returned; the drafter is told."),
}


@login_required
@require_safe
def sign(request: PersonRequest, year: int) -> HttpResponse:
    """The draft section by section, its steps, and the buttons of the person's own step."""
    return _page(request, drafts.load(scope.draft_on_its_way(request.user, year)))


@login_required
@require_POST
def act(request: PersonRequest, year: int, action: str) -> HttpResponse:
    """Send, review, approve, return, with words."""
    report = scope.draft_on_its_way(request.user, year)
    if action not in DONE:
        raise Http404
    words, seen = request.POST.get("words", ""), request.POST.get("seen", "")
    try:
        signing.act(report=report, action=action, by=request.user, seen=seen, words=words)
    except signing.Changed as error:
        return _page(request, _again(request, year), problem=str(error), news=error.what, words=words, status=409)
    except WrongState as error:
        return _page(request, _again(request, year), problem=str(error), words=words, status=409)
    except signing.WordsMissing as error:
        return _page(request, drafts.load(report), problem=str(error), words=words, status=422)
    messages.success(request, str(DONE[action]))
    still_there = AnnualReport.objects.for_user(request.user).filter(pk=report.pk).exists()
    return redirect("sign-report", year) if still_there else redirect("home")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def offline(request: PersonRequest, year: int) -> HttpResponse:
    """Record an approval that was given on paper, with the scan."""
    found = scope.working(request.user, year)
    progress, problem, news, status = signing.progress(found), "", [], 200
    is_reviewed = progress.of(StepKind.REVIEWED) is not None
    form = OfflineForm(request.POST or None, request.FILES or None, is_reviewed=is_reviewed)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                signing.record_offline(report=found.report, by=request.user, **{"reviewer": "", **form.cleaned_data})
            except signing.Changed as error:
                problem, news, status = str(error), error.what, 409
            except WrongState as error:
                problem, status = str(error), 409
            except signing.WordsMissing as error:
                form.add_error("words", str(error))
            except ValidationError as error:
                form.add_error(None if hasattr(error, "error_dict") else "scan", error)
            else:
                messages.success(request, _("The approval on paper is on record. The report can be issued."))
                return redirect("issue-report", year)
    context = {"report": found.report, "progress": progress, "form": form, "problem": problem, "news": news}
    context |= {
        "mark": progress.mark(request.user),
        "may_record": "record" in signing.actions_for(request.user, progress),
    }
    return render(request, "reports/offline.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: PersonRequest, year: int, key: str) -> HttpResponse:
    """What was said about a block; POST says more."""
    report = scope.draft_on_its_way(request.user, year)
    text = request.POST.get("text", "")
    if request.method != "POST":
        return _thread(request, report, key)
    try:
        block_comments.comment(report=report, key=key, by=request.user, text=text)
    except ValidationError as error:
        return _thread(request, report, key, problem=" ".join(error.messages), text=text, status=422)
    except WrongState as error:
        return _thread(request, report, key, problem=str(error), text=text, status=409)
    messages.success(request, _("Your comment stands here now; the others see it beside the paragraph."))
    return redirect("report-comment", year, key)


@login_required
@require_POST
def resolve(request: PersonRequest, year: int, key: str) -> HttpResponse:
    report = scope.draft_on_its_way(request.user, year)
    up_to = whole_number(request.POST.get("up_to", ""))
    try:
        block_comments.resolve(report=report, key=key, by=request.user, up_to=up_to)
    except WrongState as error:
        return _thread(request, report, key, problem=str(error), status=409)
    messages.success(request, _("Resolved. A new comment opens it again."))
    return redirect("report-comment", year, key)


@login_required
@require_safe
def comments(request: PersonRequest, year: int) -> HttpResponse:
    """All threads of the draft that wait for an answer."""
    report = scope.draft_on_its_way(request.user, year)
    context = {"report": report, "threads": block_comments.threads(report)}
    return render(request, "reports/comments.html", context)


@login_required
@require_safe
def sheet(request: PersonRequest, year: int) -> HttpResponse:
    """The approval sheet of a draft as it is now."""
    report = scope.draft_on_its_way(request.user, year)
    body = mark_safe(body_html(_sheet(drafts.load(report))))
    context = {"report": report, "body": body, "formats": ("docx", "pdf")}
    return render(request, "reports/approval_sheet.html", context)


@login_required
@require_safe
def sheet_file(request: PersonRequest, year: int, to: str) -> HttpResponse:
    found = drafts.load(scope.draft_on_its_way(request.user, year))
    if to not in files.FORMATS:
        raise Http404
    document = _sheet(found)
    record.write(EventKind.DOWNLOAD, found.report, name=f"{document.title}.{to}", region=found.report.region_id)
    response = HttpResponse(files.write(document, to), content_type=files.CONTENT_TYPES[to])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{document.title}.{to}')}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _sheet(found: Working) -> Any:
    progress = signing.progress(found)
    given = answers.kept(found.report)
    return approval_sheet.document(found.report, progress.steps, progress.standing, found.report.number, given)


def _again(request: PersonRequest, year: int) -> Working:
    """As it is now; somebody may have taken it from the person meanwhile, who is told so by a 404."""
    return drafts.load(scope.draft_on_its_way(request.user, year))


def _page(request: PersonRequest, found: Working, *, status: int = 200, **said: Any) -> HttpResponse:
    progress, user = signing.progress(found), request.user
    actions = signing.actions_for(user, progress)
    read = reading.of(found, block_comments.open_counts(found.report))
    drafter = progress.standing[0].by if progress.standing else user
    context = {
        "report": found.report,
        "draft": found.draft,
        "progress": progress,
        "way": signing.way(progress),
        "actions": [name for name in actions if name in DONE],
        "mark": progress.mark(user),
        "sections": read.sections,
        "notes": read.notes,
        "open_comments": sum(section.comments for section in read.sections),
        "people": signing.people(found.report, drafter) if can_build_report(user) else None,
        "may_edit": may_edit(user, found.report),
        "may_record": "record" in actions,
        "is_leader": user.role == Role.LEADER,
        "needs_words": [name for name in actions if ACTS[name].words],
        **said,
    }
    return render(request, "reports/sign.html", context, status=status)


def _thread(request: PersonRequest, report: AnnualReport, key: str, *, status: int = 200, **said: Any) -> HttpResponse:
    found = drafts.load(report)
    item, talk = found.by_key.get(key), block_comments.of_block(report, key)
    if item is None and not talk:
        raise Http404
    waiting = [one for one in talk if one.is_open]
    context = {
        "report": report,
        "key": key,
        "item": item,
        "quoted": printed_text(item.block) if item else talk[0].quoted,
        "talk": talk,
        "waiting": len(waiting),
        "last": waiting[-1].pk if waiting else 0,
        **said,
    }
    return render(request, "reports/comment.html", context, status=status)
