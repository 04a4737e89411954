"""The illustrative 2023 of a region: its figures go the way of real ones, through `entry` and `approval`, with the
right people."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from demo.figures import YEAR, IllustrativeYear
from demo.narratives import NARRATIVES
from demo.open_rows import with_rows
from demo.story import ANY_WARNING, EXPLAINED, LET_STAND, MISTAKES, REASONS, STEPS, STORY
from sectors.access import MOVES
from sectors.approval import moves
from sectors.catalogue.compiled import catalogue
from sectors.entry import writer
from sectors.findings import reasons, storage
from sectors.models import (
    Assignment,
    FigureChange,
    OpenRowChange,
    Period,
    Region,
    Submission,
    Transition,
    User,
)
from sectors.vocabulary import Role, SubmissionStatus


@transaction.atomic
def make_demo_year(region: Region, today: datetime.date | None = None) -> int:
    """Make the illustrative 2023 of a region that has its accounts and its accepted 2022.

    Returns how many submissions were made: none when the region has a period of 2023 already. The calendar is the
    ordinary one (due on the 10th after the end) up to June. What ends in September was due three days before
    `today`, so that lateness shows, and what ends in December is due seven days after, so that something is to be done.
    """
    if Period.objects.filter(region=region, year=YEAR).exists():
        return 0
    today = today or timezone.localdate()
    figures_of = IllustrativeYear(region)
    people = {
        (user.role, user.department_id): user for user in User.objects.filter(department__region=region).order_by("-pk")
    }
    office = next(user for (role, _department), user in people.items() if role == Role.OFFICE)
    made = 0
    for period in _periods(region, today):
        made += moves.open_period(period, is_demo=True)
        for submission in Submission.objects.for_period(period).select_related("sheet", "department"):
            clerk = people[Role.CLERK, submission.department_id]
            staff: dict[str, User] = {
                Role.CLERK: clerk,
                Role.HEAD: people.get((Role.HEAD, submission.department_id), clerk),
                Role.OFFICE: office,
            }
            _process(submission, period, figures_of.texts(submission, period), staff)
            _backdate(submission, period, today)
    return made


def _backdate(submission: Submission, period: Period, today: datetime.date) -> None:
    """Let what was done have happened around the due day, mostly in time: two days before it, or two after."""
    is_tardy = (submission.sheet_id + period.number) % 7 == 0
    days = (today - period.due).days + (-2 if is_tardy else 2)
    if days > 0:
        earlier = F("at") - datetime.timedelta(days=days)
        Transition.objects.filter(submission=submission).update(at=earlier)
        FigureChange.objects.filter(submission=submission).update(at=earlier)
        OpenRowChange.objects.filter(submission=submission).update(at=earlier)


def _periods(region: Region, today: datetime.date) -> list[Period]:
    """The periods that the region's sheets need, made in the order of time."""
    sheets = Assignment.objects.filter(region=region).values_list("sheet", flat=True)
    keys = {key for sheet in sheets for key in catalogue().own_periods(sheet, YEAR)}
    periods = [Period(region=region, year=key.year, kind=key.kind, number=key.number) for key in sorted(keys)]
    for period in periods:
        period.opens, period.due = _calendar(period.last_day, today)
        period.save()
    return periods


def _calendar(last_day: datetime.date, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First day and last day for reporting a period that ends on `last_day`."""
    if last_day.month < 9:
        opens, due = last_day + datetime.timedelta(days=1), last_day + datetime.timedelta(days=10)
    else:
        due = today + datetime.timedelta(days=7 if last_day.month == 12 else -3)
        opens = due - datetime.timedelta(days=10)
    return opens, due


def _process(submission: Submission, period: Period, texts: dict[str, str], staff: Mapping[str, User]) -> None:
    """Take a submission as far as its story goes, by the people whose steps they are."""
    number = submission.sheet.number
    story = STORY.get(period.code, {}).get(number, "accepted" if period.last_day.month <= 9 else "untouched")
    if story == "untouched":
        return
    words = dict(NARRATIVES)
    if story == "half":
        texts, words = dict(list(texts.items())[: len(texts) // 2]), {}
    clerk, place = staff[Role.CLERK], (period.code, number)
    for code, off in MISTAKES.get(place, {}).items():
        if code in texts:
            texts[code] = str(Decimal(texts[code]) + off)
    texts = with_rows(number, texts)
    # What is returned first lacks the words that the reason asks for.
    writer.save(submission, writer.Typed(texts, narratives={} if story == "corrected" else words), by=clerk)
    _explain(submission, place, staff)
    for action in STEPS[story]:
        if action in ("sign", "send_back") and not submission.department.signs:
            continue
        if action == "submit" and submission.status == SubmissionStatus.RETURNED:
            writer.save(submission, writer.Typed(narratives=words), by=clerk)
        reason = REASONS.get(number, "请核实本期数据后重新报送。") if MOVES[action].reason else ""
        submission = moves.move(submission=submission, action=action, by=staff[MOVES[action].role], reason=reason)


def _explain(submission: Submission, place: tuple[str, str], staff: Mapping[str, User]) -> None:
    """Say why the findings stand, as far as it is for the department and the office to say."""
    for finding in storage.refresh(submission):
        reason = EXPLAINED.get(place, "" if finding.is_error else ANY_WARNING)
        if reason:
            reasons.explain(finding=finding, text=reason, by=staff[Role.CLERK])
        if finding.is_error and place in LET_STAND:
            reasons.judge(finding=finding, accept=True, text=LET_STAND[place], by=staff[Role.OFFICE])
