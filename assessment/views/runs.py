"""A run as its office sees and moves it on: opening, days, reviewers, vetoes, progress, and closing it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment import results, run_lists, runs
from assessment.access import decides, reads_run
from assessment.models import Run, RunSubject
from assessment.run_forms import ChangeDaysForm, MoveForm, OpenForm
from assessment.run_guard import NotPossible, Stale
from assessment.views.choice import chosen_region, regions_to_choose
from assessment.vocabulary import RunState
from audit import record
from audit.vocabulary import EventKind
from reports.exports.files import XLSX_TYPE
from reports.writers.files import CONTENT_TYPES
from sectors.guard import WrongState
from sectors.models import User
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting, in_order
from sectors.texts import whole_number
from sectors.vocabulary import DEPARTMENT_ROLES, Role

PROBLEMS = (WrongState, NotPossible, Stale)
HEADS = (
    Head(gettext_lazy("Assessment"), "scheme", ("scheme__name",)),
    Head(gettext_lazy("Year"), "year", ("year",)),
    Head(gettext_lazy("Who is assessed"), "subjects", ("subjects_are",)),
    Head(gettext_lazy("State"), "state", (in_order("state", RunState),)),
    Head(gettext_lazy("Self-scores until"), "self", ("self_until",)),
    Head(gettext_lazy("Review until"), "review", ("review_until",)),
    Head(gettext_lazy("Appeals until"), "appeals", ("appeal_until",)),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def run_list(request: PersonRequest) -> HttpResponse:
    """The runs of the region and those that assess it; POST opens one."""
    region = chosen_region(request)
    may_open = decides(request.user, region)
    form = OpenForm(request.POST or None, region=region)
    if request.method == "POST":
        if not may_open:
            raise PermissionDenied
        if form.is_valid():
            try:
                scheme, today = form.cleaned_data["scheme"], timezone.localdate()
                found = runs.open_run(scheme=scheme, days=form.days, by=request.user, today=today)
            except (WrongState, NotPossible) as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The assessment is open. Name reviewers, then let self-scores begin."))
                return redirect("run", pk=found.pk)
    sorting = Sorting(HEADS, request.GET, usual="-year")
    rows = run_lists.visible(request.user).order_by(*sorting.order(), "-year", "-pk")
    context = {
        "region": region,
        "regions": regions_to_choose(request),
        "runs": rows.filter(region=region) if request.user.role == Role.ADMIN else rows,
        "sorting": sorting,
        "own": {one.run_id: one for one in _own(request.user)},
        "may_open": may_open,
        "form": form,
    }
    return render(request, "assessment/runs.html", context, status=422 if form.is_bound else 200)


def _own(user: User) -> list[RunSubject]:
    return [one for one in RunSubject.objects.for_user(user).select_related("run") if one.is_own(user)]


@login_required
@require_safe
def run(request: PersonRequest, pk: int) -> HttpResponse:
    """How far the run is, for those who read all of it; others are led to what is theirs."""
    found = get_object_or_404(run_lists.visible(request.user), pk=pk)
    if reads_run(request.user, found):
        return _page(request, found)
    own = next((one for one in _own(request.user) if one.run_id == found.pk), None)
    if own is not None:
        return redirect("run-subject", pk=own.pk)
    if found.is_closed:
        return redirect("run-ranking", pk=pk)
    if run_lists.has_queue(request.user, found):
        return redirect("review-queue", pk=pk)
    raise Http404


def _page(request: PersonRequest, found: Run, problem: str = "", status: int = 200) -> HttpResponse:
    standings = results.standings(found)
    following = runs.following(found)
    days = {name: getattr(found, name) for name in ("self_until", "review_until", "appeal_until")}
    context: dict[str, Any] = {
        "run": found,
        "standings": standings,
        "following": following,
        "states": list(RunState),
        "is_early": runs.is_early(found),
        "decides": decides(request.user, found.region),
        "problem": problem,
        "days_form": ChangeDaysForm(initial=days),
        "criteria": run_lists.reviewers_of(found, standings),
        "distribution": run_lists.distribution(found, standings),
        "outliers": run_lists.outliers(standings),
        "vetoes": found.specification.vetoes,
        "appeals": run_lists.appeals(found),
        "files": found.files.defer("content"),
        "has_queue": run_lists.has_queue(request.user, found),
        "today": timezone.localdate(),
        "is_counted": found.state in runs.COUNTED,
    }
    return render(request, "assessment/run.html", context, status=status)


def _step(request: PersonRequest, pk: int, take: Callable[[Run], str]) -> HttpResponse:
    """A step of the office: back to the page, with what is wrong or what was done."""
    found = get_object_or_404(run_lists.visible(request.user), pk=pk)
    if not decides(request.user, found.region):
        raise PermissionDenied
    try:
        said = take(found)
    except PROBLEMS as error:
        found = get_object_or_404(run_lists.visible(request.user), pk=pk)
        return _page(request, found, str(error), status=409 if isinstance(error, Stale) else 422)
    messages.success(request, said)
    return redirect("run", pk=pk)


@login_required
@require_POST
def move(request: PersonRequest, pk: int) -> HttpResponse:
    form = MoveForm(request.POST)

    def take(found: Run) -> str:
        if not form.is_valid():
            raise NotPossible(_("Something is missing in what was sent. Load the page again, then take the step."))
        sent = {name: form.cleaned_data[name] for name in ("to", "seen", "reason", "rectify_until")}
        moved = runs.move(run=found, by=request.user, **sent)
        return _("The assessment is now: %(state)s.") % {"state": moved.get_state_display()}

    return _step(request, pk, take)


@login_required
@require_POST
def count(request: PersonRequest, pk: int) -> HttpResponse:
    def take(found: Run) -> str:
        changed = runs.count_again(run=found, by=request.user)
        words = ngettext("Counted again: %(count)d has changed.", "Counted again: %(count)d have changed.", changed)
        return words % {"count": changed}

    return _step(request, pk, take)


@login_required
@require_POST
def days(request: PersonRequest, pk: int) -> HttpResponse:
    form = ChangeDaysForm(request.POST)

    def take(found: Run) -> str:
        if not form.is_valid():
            raise NotPossible(" ".join(str(error) for row in form.errors.values() for error in row))
        seen, reason = whole_number(request.POST.get("seen", "")), form.cleaned_data["reason"]
        runs.change_days(run=found, days=form.days, reason=reason, seen=seen, by=request.user)
        return _("The days are changed.")

    return _step(request, pk, take)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reviewers(request: PersonRequest, pk: int) -> HttpResponse:
    """Who reviews what; POST stores all at once."""
    found = get_object_or_404(run_lists.visible(request.user), pk=pk)
    if not decides(request.user, found.region):
        raise PermissionDenied
    people = list(run_lists.possible_reviewers(found))
    criteria = run_lists.reviewers_of(found, ())
    if request.method != "POST":
        return render(request, "assessment/reviewers.html", {"run": found, "people": people, "criteria": criteria})
    known = {one.pk: one for one in people}
    chosen = {
        one.criterion.code: [
            known[key] for key in map(whole_number, request.POST.getlist(one.criterion.code)) if key in known
        ]
        for one in criteria
    }

    def take(of: Run) -> str:
        runs.assign(run=of, people=chosen, seen=whole_number(request.POST.get("seen", "")), by=request.user)
        return _("The reviewers are stored.")

    return _step(request, pk, take)


@login_required
@require_POST
def veto(request: PersonRequest, pk: int) -> HttpResponse:
    found = _subject(request, pk)

    def take(_run: Run) -> str:
        sent = {"code": request.POST.get("code", ""), "proof": request.POST.get("proof", "")}
        runs.veto(subject=found, seen=whole_number(request.POST.get("seen", "")), by=request.user, **sent)
        return _("Stored.")

    return _step(request, found.run_id, take)


@login_required
@require_POST
def leave_out(request: PersonRequest, pk: int) -> HttpResponse:
    found = _subject(request, pk)

    def take(_run: Run) -> str:
        reason, seen = request.POST.get("reason", ""), whole_number(request.POST.get("seen", ""))
        runs.leave_out(subject=found, reason=reason, seen=seen, by=request.user)
        return _("Stored.")

    return _step(request, found.run_id, take)


def _subject(request: PersonRequest, pk: int) -> RunSubject:
    rows = RunSubject.objects.for_user(request.user).select_related("run__region", "run__scheme")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_safe
def ranking(request: PersonRequest, pk: int) -> HttpResponse:
    """Who stands where: for leader and office once results are there, for everybody once the notice is issued."""
    found = get_object_or_404(run_lists.visible(request.user), pk=pk)
    may_read = found.is_closed or (reads_run(request.user, found) and found.state in run_lists.RESULTS)
    if not may_read:
        raise Http404
    standings = results.by_rank(results.standings(found))
    years, past = run_lists.history(found)
    context = {
        "run": found,
        "standings": standings,
        "dots": run_lists.dots(found, standings),
        "years": years,
        "history": [(one, [past[one.subject.code].get(year) for year in years]) for one in standings],
        "vetoes": {veto.code: veto.name for veto in found.specification.vetoes},
        "files": found.files.defer("content"),
        "reads_run": reads_run(request.user, found),
        "is_department": request.user.role in DEPARTMENT_ROLES,
    }
    return render(request, "assessment/ranking.html", context)


@login_required
@require_safe
def file(request: PersonRequest, pk: int, kind: str) -> FileResponse:
    """What was issued with the notice, byte for byte."""
    found = get_object_or_404(run_lists.visible(request.user), pk=pk)
    kept = get_object_or_404(found.files, kind=kind)
    record.write(EventKind.DOWNLOAD, kept, name=kept.name, sha256=kept.sha256, region=found.region_id)
    to = CONTENT_TYPES["docx"] if kind == "notice" else XLSX_TYPE
    content = BytesIO(bytes(kept.content))
    return FileResponse(content, as_attachment=True, filename=kept.name, content_type=to)
