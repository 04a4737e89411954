"""A draft report: begun, looked at, generated anew, printed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from audit import record
from audit.vocabulary import EventKind
from reports.chapters import build
from reports.editing import drafts, edits, outdated, outstanding, signing, source_check
from reports.editing.audiences import for_audience
from reports.editing.drafts import WrongState
from reports.editing.figure_tokens import BadText
from reports.forms import AnnexesForm, CoverForm
from reports.views import panes, scope, sections
from reports.vocabulary import Audience
from reports.wording.rendering import WordingError
from reports.writers import files
from sectors.access import can_build_report
from sectors.models import Unit
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number
from sectors.versions import Conflict


@login_required
@require_POST
def begin(request: PersonRequest, year: int) -> HttpResponse:
    """Begin the year's first edition."""
    region = scope.own_region(request.user)
    if not can_build_report(request.user):
        raise PermissionDenied
    try:
        drafts.begin(region=region, year=year, by=request.user)
    except build.NoData as error:
        raise Http404(str(error)) from error
    except (WrongState, WordingError) as error:
        messages.error(request, str(error))
        return redirect("reports")
    return redirect("draft", year)


@login_required
@require_safe
@vary_on_headers("HX-Request")
def draft(request: PersonRequest, year: int) -> HttpResponse:
    """The editor: outline, one section of the document or all of it, evidence. With htmx the section alone."""
    found = scope.working(request.user, year)
    section, is_there = sections.asked(request, found)
    problem = "" if is_there else _("The paragraph that was looked for is not in the draft any more.")
    context = panes.document(found, request.user, section) | {"problem": problem}
    if request.htmx:
        return render(request, "reports/_document.html", context | {"beside": True})
    year_so_far = outstanding.of_year(found.report.region, year)
    context |= {"outstanding": year_so_far, "progress": signing.progress(found), "editions": panes.editions(found)}
    return render(request, "reports/draft.html", context)


@login_required
@require_safe
def draft_outdated(request: PersonRequest, year: int) -> HttpResponse:
    """What would be printed otherwise by now, as a line for the page of the draft."""
    found = scope.working(request.user, year)
    context = {"year": year, "outdated": outdated.of(found, outdated.gathered(found))}
    return render(request, "reports/_draft_outdated.html", context)


@login_required
@require_POST
def regenerate(request: PersonRequest, year: int) -> HttpResponse:
    """The next draft, from the figures of now; what the office wrote stays."""
    report = scope.draft_report(request.user, year)
    seen = request.POST.get("seen", "")
    try:
        steps_seen = whole_number(request.POST.get("steps", ""))
        new = drafts.regenerate(report=report, by=request.user, seen=whole_number(seen), steps_seen=steps_seen)
    except (WrongState, WordingError, build.NoData) as error:
        messages.error(request, str(error))
        return redirect("draft", year)
    said = ngettext(
        "Draft no. %(number)d is made: %(count)d figure differs from the draft before. What you wrote is kept.",
        "Draft no. %(number)d is made: %(count)d figures differ from the draft before. What you wrote is kept.",
        new.changed,
    )
    messages.success(request, said % {"number": new.number, "count": new.changed})
    return redirect("draft", year)


@login_required
@require_safe
def draft_file(request: PersonRequest, year: int, to: str) -> HttpResponse:
    """The draft as it stands for an audience in one of the formats; a PDF opens, the others are saved."""
    found, audience = scope.working(request.user, year), scope.audience(request)
    if to not in files.FORMATS:
        raise Http404
    document = for_audience(found.document(), audience)
    response = HttpResponse(files.write(document, to), content_type=files.CONTENT_TYPES[to])
    name = files.file_name(document.title, year, audience, to, edition=found.report.edition, draft=found.draft.number)
    record.write(EventKind.DOWNLOAD, found.report, name=name, region=found.report.region_id, draft=found.draft.number)
    response["Content-Disposition"] = content_disposition_header(to != "pdf", name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: PersonRequest, year: int) -> HttpResponse:
    """Title, issuing body and date."""
    report = scope.draft_report(request.user, year)
    form = CoverForm(request.POST or None, report=report)
    if request.method == "POST" and form.is_valid():
        try:
            with signing.changing(report, whole_number(request.POST.get("steps", ""))):
                edits.write_cover(report=report, by=request.user, seen=form.seen, **form.cleaned_data)
        except (BadText, WrongState) as error:
            form.add_error(None, str(error))
        except Conflict as conflict:
            form.conflict = conflict
        else:
            messages.success(request, _("The cover is changed."))
            return redirect("draft", year)
    status = 409 if form.conflict else 422 if form.is_bound else 200
    return render(request, "reports/cover.html", {"report": report, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def annexes(request: PersonRequest, year: int) -> HttpResponse:
    """How long the annexes of each edition are."""
    report = scope.draft_report(request.user, year)
    form = AnnexesForm(request.POST or None, report=report)
    if request.method == "POST" and form.is_valid():
        try:
            with signing.changing(report, whole_number(request.POST.get("steps", ""))):
                edits.write_annexes(report=report, lengths=form.lengths, by=request.user, seen=form.seen)
        except WrongState as error:
            form.add_error(None, str(error))
        except Conflict as conflict:
            form.conflict = conflict
        else:
            messages.success(request, _("The annexes are changed."))
            return redirect("draft", year)
    status = 409 if form.conflict else 422 if form.is_bound else 200
    return render(request, "reports/annexes.html", {"report": report, "form": form}, status=status)


@login_required
@require_safe
def sources_page(request: PersonRequest, year: int) -> HttpResponse:
    """Sentences without their figures, figures without their sentences, numbers that the office typed, repetitions."""
    found = scope.working(request.user, year)
    inside = found.printed_for(Audience.INTERNAL)
    context = {
        "report": found.report,
        "draft": found.draft,
        "lacking": source_check.lacking(found.printed),
        "unmentioned": source_check.unmentioned(inside, found.generated.figures),
        "typed": source_check.typed(found.placed, Unit.objects.spellings()),
        "repeated": source_check.repeated(inside),
    }
    return render(request, "reports/sources.html", context)
