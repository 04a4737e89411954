"""Filling a sheet: the page, and the small requests by which its cells save themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from sectors import guard
from sectors.access import can_edit, may_enter
from sectors.approval import answered_returns, marks, moves, refusals, review
from sectors.calculation import qualifiers
from sectors.calculation.cells import NOT_APPLICABLE_SPELLINGS, shown
from sectors.entry import grid, page_formulas, row_tables, shortfalls, writer
from sectors.entry import narratives as entry_narratives
from sectors.entry.requested_cells import requested_cells
from sectors.evidence import comments
from sectors.evidence.attachments import SubmissionAttachments
from sectors.findings import rows, storage
from sectors.models import Submission, Transition, User
from sectors.shell import undo
from sectors.shell.http import PersonRequest, json_sent
from sectors.vocabulary import SubmissionStatus

CELLS_A_REQUEST = 1000
TEXTS_A_CELL = 20  # sent without an answer, see static/app/sheet/saving.js


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the sheet for entry. Its cells save themselves; POST submits what is complete."""
    mark = marks.mark(request.user, pk)  # before anything that it stands for is read
    submission = get_object_or_404(Submission.objects.for_user(request.user).for_reading(), pk=pk)
    if not may_enter(request.user, submission):
        raise PermissionDenied
    if request.method == "POST":
        return _submit(request, submission)
    if not can_edit(request.user, submission):
        return redirect("submission", pk=pk)
    return _page(request, submission, mark)


def _page(request: PersonRequest, submission: Submission, mark: marks.Mark, status: int = 200) -> HttpResponse:
    figures = grid.read(submission)
    is_asked = submission.status == SubmissionStatus.RETURNED or requested_cells(submission).unlocked is not None
    returned, named = _asked_for(submission) if is_asked else (None, [])
    context = {
        "submission": submission,
        "is_reported": submission.sheet.valid_on(submission.period.last_day),
        "seen": mark,
        "news": review.news(submission, request.POST.get("seen", ""), request.user),
        "copies": figures.copies,
        "not_applicable_spellings": NOT_APPLICABLE_SPELLINGS,
        "qualifiers": qualifiers,
        "page_formulas": page_formulas.for_page(figures),
        "shortfalls": shortfalls.asked(submission),
        "leads": shortfalls.leads(submission),
        "words": entry_narratives.by_table(
            figures,
            row_tables.read(submission, room=str(request.user.pk)),
            entry_narratives.narratives_of(submission),
        ),
        # The page asks for the checks once it stands, so that a large sheet opens without waiting for them.
        **rows.beside_sheet(storage.on_record(submission), request.user),
        "marks": comments.open_counts(submission),
        "attachments": SubmissionAttachments(submission, request.user).listed(),
        "returned": returned,
        "named": named,
    }
    return render(request, "sectors/sheet.html", context, status=status)


def _asked_for(submission: Submission) -> tuple[Transition | None, list[review.ReturnedCell]]:
    return review.returned_cells(submission, answered_returns.unanswered([submission])[submission.pk])


def _submit(request: PersonRequest, submission: Submission) -> HttpResponse:
    seen = request.POST.get("shortfalls", "").split()
    if any(not one.is_answered and one.shortfall.key not in seen for one in shortfalls.asked(submission)):
        messages.warning(
            request,
            _("Figures of the year fall short: say why, and what is done about it, below. Then submit again."),
        )
        return redirect("sheet", pk=submission.pk)
    try:
        moves.move(submission=submission, action="submit", by=request.user, seen=request.POST.get("seen", ""))
    except guard.WrongState as error:  # a second click, or somebody else, was faster; the cells are stored
        messages.error(request, str(error))
        return redirect("submission", pk=submission.pk)
    except marks.Outdated as error:  # the cells are stored, and the page comes again with what others changed
        messages.error(request, str(error))
        mark = marks.mark(request.user, submission.pk)
        return _page(request, Submission.objects.for_reading().get(pk=submission.pk), mark, status=409)
    except (refusals.Incomplete, refusals.Unresolved, refusals.Unanswered) as error:
        storage.refresh_changed(submission)  # what stopped it went with its transaction
        messages.warning(request, str(error))
        return redirect("sheet", pk=submission.pk)
    undo.done(request, _submitted(submission), "steps", steps=moves.last_steps([submission]))
    return redirect("home")


def _submitted(submission: Submission) -> str:
    """What was done, with how much of it is blank (`with_progress`)."""
    done = _("Submitted: %(sheet)s.") % {"sheet": submission.sheet.name}
    blank = submission.cells - submission.filled  # type: ignore[attr-defined]
    left = ngettext(
        "%(blank)d of %(cells)d cells is blank: it counts as not reported.",
        "%(blank)d of %(cells)d cells are blank: they count as not reported.",
        blank,
    )
    return f"{done} {left % {'blank': blank, 'cells': submission.cells}}" if blank else done  # type: ignore[attr-defined]


@require_POST
def cells(request: HttpRequest, pk: int) -> JsonResponse:
    """Store cells and narratives sent as JSON: texts by code, and what may stand there (see `writer.Typed`).

    `{"figures": {code: text}, "seen": {code: [text]}, "asked": {code: text}, "narratives": {...}, "seen_narratives":
    {...}}`. A page whose sign-in has run out hears 401 instead of being led away: what was typed stays in it.
    """
    if not isinstance(request.user, User):
        return _refusal(_("Your sign-in has expired. Sign in again; what you typed is kept on this computer."), 401)
    typed = _typed(request)
    if typed is None:
        return _refusal(_("The request cannot be read."), 400)
    try:
        with transaction.atomic():
            submission = get_object_or_404(Submission.objects.for_user(request.user).held(), pk=pk)
            saved = writer.save(
                submission,
                typed,
                by=request.user,
                is_locked=True,
            )
    except guard.WrongState as error:
        return _refusal(str(error), 409)
    touched = grid.affected_by(submission, {*saved.stored, *saved.made})
    return JsonResponse(_answer(saved, touched, submission.period.year))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_findings(request: PersonRequest, pk: int) -> HttpResponse:
    """The findings as they are now, for a sheet that is being filled. POST, after cells were saved, also puts them on
    record."""
    submission = get_object_or_404(Submission.objects.for_user(request.user).to_judge(), pk=pk)
    if request.method == "POST" and not may_enter(request.user, submission):
        raise PermissionDenied
    judge = storage.refresh_changed if request.method == "POST" else storage.current
    found = rows.beside_sheet(judge(submission), request.user)
    # Without the request: a part of a page needs nothing of what every page shows, which costs queries.
    return HttpResponse(render_to_string("sectors/_findings.html", found))


def _typed(request: HttpRequest) -> writer.Typed | None:
    """None when it is anything else."""
    try:
        body = json_sent(request)
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    texts = {name: body.get(name, {}) for name in ("figures", "narratives")}
    seen = {name: body.get(name, {}) for name in ("seen", "seen_narratives")}
    fits = all(_is_map(one, _is_text) for one in texts.values())
    fits = fits and all(_is_map(one, _are_texts) for one in seen.values())
    asked = body.get("asked", {})
    fits = fits and _is_map(asked, _is_text)
    return writer.Typed(**texts, **seen, asked=asked) if fits else None


def _is_map(found: object, fits: Callable[[object], bool]) -> bool:
    return isinstance(found, dict) and len(found) <= CELLS_A_REQUEST and all(fits(one) for one in found.values())


def _is_text(found: object) -> bool:
    return isinstance(found, str)


def _are_texts(found: object) -> bool:
    return isinstance(found, list) and len(found) <= TEXTS_A_CELL and all(_is_text(text) for text in found)


def _answer(saved: writer.Saved, touched: list[grid.GridCell], year: int) -> dict[str, Any]:
    texts = {code: shown(stored, year) for code, stored in saved.stored.items()}
    return {
        "at": date_format(timezone.localtime(), "H:i"),
        "stored": saved.stored,
        "shown": {code: text for code, text in texts.items() if text != saved.stored[code]},
        "refused": {code: why for code, (_text, why) in saved.refused.items()},
        "conflicts": {code: _conflict(conflict, year) for code, conflict in saved.conflicts.items()},
        "narratives": saved.narratives,
        "narrative_conflicts": {
            code: _conflict(conflict, year) for code, conflict in saved.narrative_conflicts.items()
        },
        "cells": {
            cell.indicator.code: {
                "text": cell.text,
                "to_date": cell.to_date,
                "change": cell.change,
                "compared": cell.compared,
                **({"rows": cell.rows} if cell.indicator.of_rows else {}),
            }
            for cell in touched
        },
    }


def _conflict(conflict: writer.Conflict, year: int) -> dict[str, str]:
    who = conflict.by.full_name if conflict.by else _("Somebody else")
    when = date_format(timezone.localtime(conflict.at), "H:i") if conflict.at else ""
    return {"theirs": conflict.theirs, "theirs_shown": shown(conflict.theirs, year), "by": who, "at": when}


def _refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
