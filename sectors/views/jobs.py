"""Long work that one has asked for: how far it is, stop it, begin it again, take what came of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from audit import record
from audit.vocabulary import EventKind
from sectors import jobs as background
from sectors.models import Job
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting, in_order
from sectors.vocabulary import JobState

PAGE = 25
HEADS = (
    Head(gettext_lazy("Task"), "title", ("title",)),
    Head(gettext_lazy("State"), "state", (in_order("state", JobState),)),
    Head(gettext_lazy("Result")),
    Head(gettext_lazy("Asked for"), "at", ("created",)),
)


def follow(request: PersonRequest, job: Job) -> HttpResponse:
    """Where a person goes who has started a job: to its page, or to what came of it when it is done already."""
    if job.state != JobState.DONE or not job.link:
        return redirect("job", pk=job.pk)
    if job.message:
        messages.success(request, job.message)
    return redirect(job.link)


@login_required
@require_safe
def jobs(request: PersonRequest) -> HttpResponse:
    sorting = Sorting(HEADS, request.GET, usual="-at")
    rows = Job.objects.for_user(request.user).order_by(*sorting.order(), "-created", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "kept": background.KEEP_FOR.days, "sorting": sorting}
    return render(request, "sectors/jobs.html", context)


@login_required
@require_safe
@vary_on_headers("HX-Request")
def job(request: PersonRequest, pk: int) -> HttpResponse:
    """One's own job; the page asks for its middle again and again until it is over."""
    found = _own(request, pk)
    context = {"job": found, "has_file": background.file_of(found) is not None}
    return render(request, "sectors/_job.html" if request.htmx else "sectors/job.html", context)


@login_required
@require_POST
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    if not background.cancel(_own(request, pk)):
        messages.warning(request, _("It was over already."))
    return redirect("job", pk=pk)


@login_required
@require_POST
def retry(request: PersonRequest, pk: int) -> HttpResponse:
    if not background.retry(_own(request, pk)):
        messages.warning(request, _("It is at work, or done: there is nothing to begin again."))
    return redirect("job", pk=pk)


@login_required
@require_safe
def file(request: PersonRequest, pk: int) -> FileResponse:
    found = _own(request, pk)
    path = background.file_of(found)
    if path is None:
        raise Http404
    name = found.file_name or path.name
    record.write(EventKind.DOWNLOAD, found, name=name, title=found.title, arguments=found.arguments)
    # The response closes it.
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _own(request: PersonRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.for_user(request.user), pk=pk)
