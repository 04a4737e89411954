"""The illustrative years of a region: their figures go the way of real ones, through `entry` and `approval`, with the
right people."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from demo.figures import IllustrativeYear
from demo.narratives import NARRATIVES
from demo.open_rows import with_rows
from demo.story import ANY_WARNING, EXPLAINED, LET_STAND, MISTAKES, REASONS, STEPS, STORY
from demo.years import HISTORY, calendar, illustrative_years, stage
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
def make_demo_years(region: Region, today: datetime.date) -> int:
    """Make the illustrative years of a region that has its accounts and its accepted 2022, as they are on `today`.

    Returns how many submissions were made: none when the region has a period after 2022 already. Periods that have
    ended are accepted but for what the story says of the last of them; the running ones are half entered.
    """
    if Period.objects.filter(region=region, year__gt=HISTORY).exists():
        return 0
    figures: dict[int, IllustrativeYear] = {}
    for year in illustrative_years(today):
        figures[year] = IllustrativeYear(region, year, figures.get(year - 1))
    people = {
        (user.role, user.department_id): user for user in User.objects.filter(department__region=region).order_by("-pk")
    }
    office = next(user for (role, _department), user in people.items() if role == Role.OFFICE)
    made = 0
    for period in _periods(region, list(figures), today):
        made += moves.open_period(period, is_demo=True)
        for submission in Submission.objects.for_period(period).select_related("sheet", "department"):
            clerk = people[Role.CLERK, submission.department_id]
            staff: dict[str, User] = {
                Role.CLERK: clerk,
                Role.HEAD: people.get((Role.HEAD, submission.department_id), clerk),
                Role.OFFICE: office,
            }
            _process(submission, period, figures[period.year].texts(submission, period), staff, today)
            _backdate(submission, period)
    return made


def _backdate(submission: Submission, period: Period) -> None:
    """Let what was done have happened around the due day, mostly in time: two days before it, or two after."""
    is_tardy = (submission.sheet_id + period.number) % 7 == 0
    days = (timezone.localdate() - period.due).days + (-2 if is_tardy else 2)
    if days > 0:
        earlier = F("at") - datetime.timedelta(days=days)
        Transition.objects.filter(submission=submission).update(at=earlier)
        FigureChange.objects.filter(submission=submission).update(at=earlier)
        OpenRowChange.objects.filter(submission=submission).update(at=earlier)
        Submission.objects.filter(pk=submission.pk).update(changed=F("changed") - datetime.timedelta(days=days))


def _periods(region: Region, years: list[int], today: datetime.date) -> list[Period]:
    """The periods that the region's sheets need and that have begun, made in the order of time."""
    sheets = Assignment.objects.filter(region=region).values_list("sheet", flat=True)
    keys = {key for sheet in sheets for year in years for key in catalogue().own_periods(sheet, year)}
    begun = sorted(key for key in keys if stage(key, today) != "future")
    periods = [Period(region=region, year=key.year, kind=key.kind, number=key.number) for key in begun]
    for period in periods:
        period.opens, period.due = calendar(period.key, today)
        period.save()
    return periods


def _process(
    submission: Submission, period: Period, texts: dict[str, str], staff: Mapping[str, User], today: datetime.date
) -> None:
    """Take a submission as far as its story goes, by the people whose steps they are."""
    number, when = submission.sheet.number, (stage(period.key, today), period.kind)
    story = STORY.get(when, {}).get(number, "untouched" if when[0] == "running" else "accepted")
    if story == "untouched":
        return
    words = dict(NARRATIVES)
    if story == "half":
        texts, words = dict(list(texts.items())[: len(texts) // 2]), {}
    clerk, place = staff[Role.CLERK], (*when, number)
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


def _explain(submission: Submission, place: tuple[str, str, str], staff: Mapping[str, User]) -> None:
    """Say why the findings stand, as far as it is for the department and the office to say."""
    for finding in storage.refresh(submission):
        reason = EXPLAINED.get(place, "" if finding.is_error else ANY_WARNING)
        if reason:
            reasons.explain(finding=finding, text=reason, by=staff[Role.CLERK])
        if finding.is_error and place in LET_STAND:
            reasons.judge(finding=finding, accept=True, text=LET_STAND[place], by=staff[Role.OFFICE])
