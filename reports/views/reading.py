"""Reports as they are read: the list of years, what the figures of a year make, and an issued edition."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit import record
from audit.vocabulary import EventKind
from reports.access import may_write
from reports.aggregation import cube
from reports.chapters import build
from reports.document import snapshots
from reports.editing import issuing, steps
from reports.editing import own_sentences as sentences
from reports.editing import years as report_years
from reports.editing.audiences import for_audience
from reports.models import AnnualReport, ReportPaper
from reports.views import scope
from reports.views.numbers import number_links
from reports.vocabulary import Audience, PaperKind
from reports.wording.rendering import WordingError
from reports.writers import files
from reports.writers.html import body_html
from sectors.access import can_build_report, can_read_own_figures
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting

HEADS = (
    Head(gettext_lazy("Year"), "year", key=lambda row: row.year),
    Head(gettext_lazy("Issued editions"), "issued", key=lambda row: row.issued_at),
    Head(gettext_lazy("Draft report"), "draft", key=lambda row: row.draft is None),
)


@login_required
@require_safe
def reports(request: PersonRequest) -> HttpResponse:
    """Years with accepted figures or reports, each with its draft and its editions."""
    region = scope.own_region(request.user)
    found = AnnualReport.objects.for_user(request.user).filter(region=region).with_people().without_texts()
    years = report_years.years(found, cube.years_with_data(region))
    waiting = [row.year for row in years if row.draft and not can_build_report(request.user)]
    writes = may_write(request.user, region)
    sorting = Sorting(HEADS if writes else HEADS[:-1], request.GET, usual="-year")
    context = {
        "years": sorting.sorted(years),
        "sorting": sorting,
        "region": region,
        "may_write": writes,
        "waiting": waiting,
    }
    return render(request, "reports/reports.html", context)


@login_required
@require_safe
def own_sentences(request: PersonRequest) -> HttpResponse:
    """What issued reports say with the figures of the person's department."""
    if not can_read_own_figures(request.user):
        raise PermissionDenied
    return render(request, "reports/own_sentences.html", {"said": sentences.said(request.user)})


@login_required
@require_safe
def report(request: PersonRequest, year: int) -> HttpResponse:
    """The year's report: its draft for the office and for whom it lies with, else its last edition, else (for the
    office) what would be one."""
    region = scope.own_region(request.user)
    found = AnnualReport.objects.for_user(request.user).filter(region=region, year=year).without_texts()
    latest = found.order_by("-edition").first()
    if latest is not None:
        if latest.is_draft:
            return redirect("draft" if can_build_report(request.user) else "sign-report", year)
        return redirect("edition", year, latest.edition)
    if not can_build_report(request.user):
        raise Http404
    try:
        whole = build.build(region, year, day=timezone.localdate())
        document = for_audience(whole, Audience.INTERNAL)
    except build.NoData as error:
        raise Http404(str(error)) from error
    except WordingError as error:
        messages.error(request, _("The wording of a sector cannot be used: %(why)s") % {"why": error})
        return redirect("reports")
    context = {
        "document": document,
        "body": mark_safe(body_html(document, number_links(year))),
        "figures": sum(figure.value is not None for figure in document.figures),
        "gaps": sum(figure.value is None for figure in document.figures),
    }
    return render(request, "reports/report.html", context)


@login_required
@require_safe
def edition(request: PersonRequest, year: int, number: int) -> HttpResponse:
    """An issued edition with what has changed since."""
    found = scope.issued_report(request.user, year, number)
    audience, papers = scope.audience(request), list(found.papers.all())
    document = for_audience(snapshots.load(found.snapshot), audience)
    rows = AnnualReport.objects.for_user(request.user).filter(region=found.region_id, year=year).without_texts()
    editions = list((rows if can_build_report(request.user) else rows.issued()).order_by("-edition"))
    context = {
        "report": found,
        "document": document,
        "body": mark_safe(body_html(document, number_links(year, edition=number))),
        "answers": found.answers.select_related("by"),
        "files": found.files.filter(audience=audience),
        "audience": audience,
        "audiences": Audience,
        "papers": papers,
        "sealed": any(one.kind == PaperKind.SEALED for one in papers),
        "may_seal": may_write(request.user, found.region),
        "approved": steps.is_approved(found.every_step),
        "since": issuing.since_issue(found),
        "editions": editions,
        "newer": next((one for one in editions if one.edition > number and not one.is_draft), None),
        "may_revise": can_build_report(request.user) and editions[0] == found,
    }
    return render(request, "reports/edition.html", context)


@login_required
@require_safe
def stored_file(request: PersonRequest, year: int, number: int, to: str) -> FileResponse:
    """A file of an issued edition, as it was written then."""
    found, audience = scope.issued_report(request.user, year, number), scope.audience(request)
    row = get_object_or_404(found.files, format=to, audience=audience)
    try:
        content = row.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    name = files.file_name(found.title.replace("\n", ""), year, audience, to, edition=number)
    record.write(EventKind.DOWNLOAD, row, name=name, region=found.region_id, sha256=row.sha256)
    # A page of its own style must not run as a page of this site.
    response = FileResponse(content, as_attachment=to != "pdf", filename=name, content_type=files.CONTENT_TYPES[to])
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_safe
def paper(request: PersonRequest, year: int, number: int, pk: int) -> FileResponse:
    """What is kept beside an edition's files, always to be saved."""
    return _served(get_object_or_404(scope.issued_report(request.user, year, number).papers, pk=pk))


@login_required
@require_safe
def scan(request: PersonRequest, year: int, pk: int) -> FileResponse:
    """The scan of a signed sheet of a draft."""
    return _served(get_object_or_404(scope.draft_on_its_way(request.user, year).papers, pk=pk))


def _served(found: ReportPaper) -> FileResponse:
    try:
        content = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    record.write(EventKind.DOWNLOAD, found, name=found.name, sha256=found.sha256)
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
