"""The first page of each role: what waits for me, until when."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from sectors.access import can_open_period, can_set_up
from sectors.approval import worklist
from sectors.catalogue.compiled import catalogue
from sectors.models import Period, Sheet, Submission, User
from sectors.shell import setup
from sectors.shell.http import PersonRequest
from sectors.vocabulary import DEPARTMENT_ROLES, Frequency, Role, SubmissionStatus

FINISHED_SHOWN = 10
PERIODS_SHOWN = 8


@login_required
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Clerk and head see their own sheets, leader and auditor their pages; everybody else what waits and is late."""
    if request.user.role == Role.AUDITOR:
        return redirect("audit")
    if request.user.role == Role.LEADER:
        return redirect("leader-board")
    is_of_department = request.user.role in DEPARTMENT_ROLES
    return _work(request) if is_of_department else _overview(request)


def _work(request: PersonRequest) -> HttpResponse:
    user, department = request.user, request.user.department
    found = worklist.worklist_of(user)
    finished = list(_finished(user)[:FINISHED_SHOWN])
    context = {
        "mine": found.mine,
        "groups": worklist.grouped(found.mine),
        "others": found.others,
        "others_group": [worklist.WorkGroup("", found.others)],
        # What a head signs, or somebody who stands in for one now.
        "to_sign": sum(not item.is_to_fill for item in found.mine),
        "finished": finished,
        "reminders": worklist.remind(user),
        "is_new": worklist.is_new(user),
        "heads": User.objects.filter(department=department, role=Role.HEAD, is_active=True),
    }
    if department and not found.mine:
        is_done = user.role == Role.CLERK or not found.others
        context["coming"] = worklist.coming_period(department) if is_done else None
        context["reported"] = _reported(user)
    return render(request, "sectors/work.html", context)


def _overview(request: PersonRequest) -> HttpResponse:
    user = request.user
    found = worklist.worklist_of(user)
    context = {
        "mine": found.mine,
        "mine_group": [worklist.WorkGroup("", found.mine)],
        "late": found.late,
        "late_group": [worklist.WorkGroup("", found.late)],
        "others": found.others,
        "next_due": next((item.submission.period for item in found.others if item.days_left >= 0), None),
        "periods": Period.objects.for_user(user).with_counts().order_by("-year", "-due")[:PERIODS_SHOWN],
        "can_open": can_open_period(user),
        "missing_steps": [step for step in setup.steps() if step.missing] if can_set_up(user) else [],
    }
    return render(request, "sectors/overview.html", context)


def _finished(user: User) -> QuerySet[Submission]:
    rows = Submission.objects.for_user(user).filter(status=SubmissionStatus.ACCEPTED)
    return rows.select_related("sheet", "period").order_by("-changed", "-pk")


def _reported(user: User) -> list[tuple[Sheet, str]]:
    """The sheets that the department will report, each with how often."""
    rows = Sheet.objects.filter(assignments__department=user.department).distinct()
    compiled, today = catalogue(), timezone.localdate()
    return [
        (sheet, str(Frequency(compiled.frequency(sheet.pk, today.year)).label))
        for sheet in rows
        if sheet.valid_to is None or sheet.valid_to >= today
    ]


@login_required
@require_safe
def help_page(request: PersonRequest) -> HttpResponse:
    return render(request, "sectors/help.html")
