"""Who is assessed: points and what each needs, self-scores by entry and by Excel, the appeal and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment import appeals, results, reviews, run_lists, self_score_files, self_scores
from assessment.access import decides, may_answer, may_self_score, reads_run
from assessment.models import Appeal, RunSubject
from assessment.run_forms import AnsweredPointsForm, AnswerForm, SelfScoreForm
from assessment.run_guard import NotPossible, Stale
from assessment.schemes import words
from assessment.self_scores import Refused, SelfScore
from assessment.vocabulary import RunState
from audit import record
from audit.vocabulary import EventKind
from reports.exports.files import XLSX_TYPE
from sectors.catalogue import compiled
from sectors.guard import WrongState
from sectors.shell.http import PersonRequest
from sectors.spreadsheets.container import BadFile


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def subject(request: PersonRequest, pk: int) -> HttpResponse:
    """Its points; POST stores self-scores, all or none."""
    found = _subject(request, pk)
    if request.method != "POST":
        return _page(request, found)
    typed, problems = dict[str, SelfScore](), dict[str, str]()
    for code in _codes(found):
        if f"{code}-seen" not in request.POST:
            continue
        form = SelfScoreForm(request.POST, prefix=code)
        if form.is_valid():
            typed[code] = SelfScore(form.cleaned_data["points"], form.cleaned_data["remark"], form.cleaned_data["seen"])
        else:
            problems[code] = " ".join(str(error) for row in form.errors.values() for error in row)
    if problems:
        return _page(request, found, problems=problems, status=422)
    return _store(request, found, typed)


def _store(request: PersonRequest, found: RunSubject, typed: Mapping[str, SelfScore]) -> HttpResponse:
    try:
        changed = self_scores.store(subject=found, typed=typed, by=request.user)
    except Refused as error:
        kept = {code: ("" if one.points is None else f"{one.points:f}", one.remark) for code, one in typed.items()}
        return _page(request, found, problems=error.problems, typed=kept, status=409 if error.is_stale else 422)
    except WrongState as error:
        return _page(request, found, problem=str(error), status=409)
    words_of = ngettext("%(count)d criterion is stored.", "%(count)d criteria are stored.", changed)
    messages.success(request, words_of % {"count": changed})
    return redirect("run-subject", pk=found.pk)


@login_required
@require_safe
def as_file(request: PersonRequest, pk: int) -> FileResponse:
    """The criteria as Excel, to fill in self-scores and remarks."""
    found = _subject(request, pk)
    standing = results.standings(found.run, [found])[0]
    content = self_score_files.workbook(found, standing.lines, _needs(found))
    title = self_score_files.title_of(found)
    record.write(EventKind.EXPORT, name=title, rows=len(standing.lines), region=found.run.region_id)
    return FileResponse(BytesIO(content), as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX_TYPE)


@login_required
@require_POST
def upload(request: PersonRequest, pk: int) -> HttpResponse:
    """A filled file: what differs in it is stored, all or nothing."""
    found, file = _subject(request, pk), request.FILES.get("file")
    if not may_self_score(request.user, found):
        raise PermissionDenied
    if file is None:
        return _page(request, found, problem=_("Choose the file that you filled in."), status=422)
    try:
        typed = self_score_files.read(found, file, file.size or 0)
    except BadFile as error:
        return _page(request, found, problem=str(error), status=422)
    except Refused as error:
        return _page(request, found, problems=error.problems, status=422)
    return _store(request, found, typed)


@login_required
@require_POST
def appeal(request: PersonRequest, pk: int) -> HttpResponse:
    found, text = _subject(request, pk), request.POST.get("text", "")
    try:
        appeals.appeal(subject=found, text=text, by=request.user)
    except WrongState as error:
        return _page(request, found, problem=str(error), status=409, appeal_text=text)
    except NotPossible as error:
        return _page(request, found, problem=str(error), status=422, appeal_text=text)
    messages.success(request, _("The appeal is with the office."))
    return redirect("run-subject", pk=pk)


@login_required
@require_POST
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Accept with other points, or decline; either with a reason."""
    found = _subject(request, pk)
    made, form = get_object_or_404(Appeal, subject=found), AnswerForm(request.POST)
    points, seen, problem = dict[int, Decimal](), dict[int, str](), ""
    for key in found.scores.values_list("pk", flat=True):
        row = AnsweredPointsForm(request.POST, prefix=str(key))
        if not row.is_valid():
            problem = _("Points have at most two decimals and are not negative.")
        elif row.cleaned_data["points"] is not None:
            points[key], seen[key] = row.cleaned_data["points"], row.cleaned_data["seen"]
    text = request.POST.get("text", "")
    if not form.is_valid() or problem:
        problem = problem or _("Type the answer, with its reason.")
        return _page(request, found, problem=problem, status=422, answer_text=text)
    accept = form.cleaned_data["decision"] == "accept"
    try:
        appeals.answer(appeal=made, accept=accept, text=text, points=points, seen=seen, by=request.user)
    except (WrongState, Stale) as error:
        return _page(request, found, problem=str(error), status=409, answer_text=text)
    except NotPossible as error:
        return _page(request, found, problem=str(error), status=422, answer_text=text)
    messages.success(request, _("The appeal is answered."))
    return redirect("run-subject", pk=pk)


def _subject(request: PersonRequest, pk: int) -> RunSubject:
    rows = RunSubject.objects.for_user(request.user)
    return get_object_or_404(rows.select_related("run__region", "run__scheme", "department", "place"), pk=pk)


def _codes(found: RunSubject) -> list[str]:
    return [one.code for one in found.run.specification.scored(found.code)]


def _needs(found: RunSubject) -> dict[str, str]:
    """What the points of each criterion need, in a sentence."""
    named = {one.code: (one.name, one.unit_text) for one in compiled.catalogue().indicators}
    return {one.code: words.how(one, named) for one in found.run.specification.scored(found.code)}


def _page(
    request: PersonRequest,
    found: RunSubject,
    *,
    problem: str = "",
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, tuple[str, str]] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    run = found.run
    standing = results.standings(run, [found])[0]
    needs, said, own = _needs(found), problems or {}, may_self_score(request.user, found)
    reads = reads_run(request.user, run)
    sees = run.state in run_lists.RESULTS or reads
    sent = request.POST if status != 200 else {}
    lines = [
        {
            "shown": one,
            "need": needs[one.line.criterion.code],
            "problem": said.get(one.line.criterion.code, ""),
            "mark": self_scores.mark(one.line.score),
            "review_mark": reviews.mark(one.line.score),
            "typed": _typed(one.line, typed, sent),
            "answered": _answered(one.line, sent),
        }
        for one in run_lists.shown(standing.lines, request.user, run, found)
    ]
    made = Appeal.objects.filter(subject=found).select_related("by", "answered_by").first()
    context = {
        "run": run,
        "subject": found,
        "standing": standing,
        "lines": lines,
        "problem": problem,
        "sees": sees,
        "problems": said,
        "may_write": own and _is_open(found),
        "is_own": own,
        "appeal": made,
        **more,
        "result": getattr(found, "result", None) if sees else None,
        "may_appeal": own and made is None and run.state == RunState.SHOWN and not found.left_out,
        "may_answer": made is not None and _may_answer_now(request, found, made),
        "reads_run": reads,
        "decides": decides(request.user, run.region),
        "vetoes": {veto.code: veto.name for veto in run.specification.vetoes},
    }
    return render(request, "assessment/subject.html", context, status=status)


def _may_answer_now(request: PersonRequest, found: RunSubject, made: Appeal) -> bool:
    is_time = made.answered_at is None and found.run.state in (RunState.SHOWN, RunState.APPEALS)
    return is_time and may_answer(request.user, found.run, found)


def _typed(line: results.ScoreLine, typed: Mapping[str, tuple[str, str]] | None, sent: Any) -> tuple[str, str]:
    """What stands in the fields: after a refusal what was sent, by the form or by a file."""
    code, score = line.criterion.code, line.score
    if typed and code in typed:
        return typed[code]
    stands = ("" if score.self_score is None else f"{score.self_score:f}", score.remark)
    return (sent.get(f"{code}-points", stands[0]), sent.get(f"{code}-remark", stands[1]))


def _answered(line: results.ScoreLine, sent: Any) -> str:
    """What stands in the field of the answer to an appeal: after a refusal what was sent."""
    points = line.outcome.points
    return str(sent.get(f"{line.score.pk}-points", "" if points is None else f"{points:f}"))


def _is_open(found: RunSubject) -> bool:
    try:
        self_scores.check_open(found.run)
    except WrongState:
        return False
    return True
