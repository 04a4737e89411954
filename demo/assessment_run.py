"""Last year's assessment of the departments, run to its end: self-scores, review, one appeal, the notice.

All departments at once and in few statements, as if told afterwards: the steps of the run itself go through its own
module, which counts points by facts and writes the notice.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils import timezone

from assessment import appeals, reviews, runs
from assessment.models import ReviewerAssignment, Run, Scheme, Score
from assessment.results import ScoreLine, Standing, standings
from assessment.scoring import CENT
from assessment.vocabulary import RunState
from sectors.models import User
from sectors.vocabulary import DEPARTMENT_ROLES, Role

EARLY = "申诉均已答复，提前结束。"  # what the last day of appeals asks for
REMARK, LESS = "自评依据见本部门台账。", "台账缺少部分月份的记录，按查证情况扣分。"
APPEAL, ANSWER = "本部门已补齐上半年台账，请予复核。", "补充的台账经核实属实，按复核情况调整得分。"
SHARES = (Decimal("0.95"), Decimal("0.9"), Decimal("0.85"), Decimal("1"))  # of points that self-scores ask for
CUT = Decimal("0.85")  # of the self-score that every third review gives


def make_run(scheme: Scheme, office: User) -> Run:
    """Of a scheme that was put in force just now."""
    today = timezone.localdate()
    past = [today - datetime.timedelta(days=one) for one in (2, 1, 0)]
    run = runs.open_run(scheme=scheme, days=runs.Days(*past), by=office, today=None)
    run = _on(run, RunState.SELF, office)
    found = standings(run)
    people = _people(run)
    reviewer = next((one for one in people.values() if one.role == Role.CLERK), office)
    _assign(run, reviewer)
    rows = [row for place, one in enumerate(found) for row in _self_scored(one, people, place)]
    Score.objects.bulk_update(rows, ["self_score", "remark", "self_by", "self_at"], batch_size=500)
    run = _on(run, RunState.REVIEW, office)
    rows = _reviewed(standings(run), office, reviewer)
    Score.objects.bulk_update(rows, ["points", "reason", "reviewer", "reviewed_at", "reviewed_on"], batch_size=500)
    run = _on(run, RunState.SHOWN, office)
    _appeal(run, office, people)
    run = _on(run, RunState.APPEALS, office)
    until = today + datetime.timedelta(days=60)
    return runs.move(run=run, to=RunState.CLOSED, seen=run.version, by=office, rectify_until=until)


def _on(run: Run, to: RunState, office: User) -> Run:
    return runs.move(run=run, to=to, seen=run.version, by=office, reason=EARLY)


def _people(run: Run) -> dict[int, User]:
    """Somebody of each department that is assessed."""
    rows = User.objects.filter(department__assessed__run=run, role__in=DEPARTMENT_ROLES, is_active=True)
    return {one.department_id or 0: one for one in rows.select_related("department").order_by("-role", "-pk")}


def _assign(run: Run, reviewer: User) -> None:
    """The office reviews, and somebody of a department the criteria of work beside it."""
    codes = [
        one.code for one, _depth in run.specification.all if one.method is not None and one.code.startswith("work.")
    ]
    ReviewerAssignment.objects.bulk_create(
        ReviewerAssignment(run=run, criterion=code, person=reviewer) for code in codes
    )


def _self_scored(one: Standing, people: dict[int, User], place: int) -> list[Score]:
    person = people.get(one.subject.key)
    found = []
    for number, line in enumerate(one.lines):
        if person is None or not line.asks_self_score:
            continue
        share = SHARES[(place + number) % len(SHARES)]
        score = line.score
        score.self_score = (line.criterion.points * share).quantize(CENT)
        score.remark, score.self_by, score.self_at = REMARK, person, timezone.now()
        found.append(score)
    return found


def _reviewed(found: list[Standing], office: User, reviewer: User) -> list[Score]:
    rows = []
    for place, one in enumerate(found):
        for number, line in enumerate(one.lines):
            if line.waits:
                rows.append(_review(one, line, office, reviewer, is_less=(place + number) % 3 == 0))
    return rows


def _review(one: Standing, line: ScoreLine, office: User, reviewer: User, *, is_less: bool) -> Score:
    score = line.score
    asked = score.self_score if score.self_score is not None else line.criterion.points
    less = is_less or score.self_score is None
    score.points = (asked * CUT).quantize(CENT) if less else asked
    score.reason = LESS if less else ""
    is_theirs = line.criterion.code.startswith("work.") and not one.subject.is_own(reviewer)
    score.reviewer, score.reviewed_at = reviewer if is_theirs else office, timezone.now()
    score.reviewed_on = score.system["points"] or ""
    return score


def _appeal(run: Run, office: User, people: dict[int, User]) -> None:
    """Of the department that lost most of its self-scores."""
    lost = [
        (line.score.self_score - line.score.points, one, line)
        for one in standings(run)
        if one.subject.key in people
        for line in one.lines
        if line.score.self_score is not None
        and line.score.points is not None
        and line.score.points < line.score.self_score
    ]
    if not lost:
        return
    _less, one, line = max(lost, key=lambda row: (row[0], row[1].subject.code))
    made = appeals.appeal(subject=one.subject, text=APPEAL, by=people[one.subject.key])
    key, asked = line.score.pk, line.score.self_score
    assert asked is not None
    seen = {key: reviews.mark(line.score)}
    appeals.answer(appeal=made, accept=True, text=ANSWER, points={key: asked}, seen=seen, by=office)
