"""Two people at one run at the same moment, in threads with connections of their own."""

from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from assessment import appeals, reviews, runs
from assessment.models import Appeal, Run, Score
from assessment.run_guard import Stale
from assessment.vocabulary import RunState
from audit.models import Event
from sectors.guard import WrongState
from tests import base
from tests.assessment.rounds import REVIEW, SHOWN, opened, score, subject, to
from tests.races import at_once, slow_locks

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_reviewers_at_once_one_is_told_what_the_other_gave(cast):
    run = opened(cast.county, cast.office)
    runs.assign(run=run, people={"plan": [cast.outsider_clerk]}, seen=run.version, by=cast.office)
    run = to(run, REVIEW, cast.office)
    row = score(run, "market", "plan")
    seen = reviews.mark(row)
    before = Event.objects.count()
    calls = [
        partial(reviews.review, score=row, points=Decimal(points), reason="核定", seen=seen, by=person)
        for points, person in ((12, cast.office), (15, cast.outsider_clerk))
    ]
    found = at_once(*map(slow_locks, calls))
    refused = [one for one in found if isinstance(one, Stale)]
    stored = [one for one in found if isinstance(one, Score)]
    assert len(refused) == len(stored) == 1, found
    assert f"{stored[0].points:f}" in str(refused[0])
    assert score(run, "market", "plan").points == stored[0].points
    assert Event.objects.count() == before + 1


def test_of_two_steps_and_of_two_appeals_at_once_one_is_taken(cast):
    run = to(opened(cast.county, cast.office), SHOWN, cast.office)
    one = subject(run, "market")
    calls = [partial(appeals.appeal, subject=one, text="请复核", by=person) for person in (cast.clerk, cast.head)]
    found = at_once(*map(slow_locks, calls))
    assert [type(each) for each in found if not isinstance(each, Appeal)] == [WrongState]
    other = base.user("office", cast.office.department, "second_office")
    steps = [
        partial(runs.move, run=run, to=RunState.APPEALS, seen=run.version, by=person, reason="提前")
        for person in (cast.office, other)
    ]
    found = at_once(*map(slow_locks, steps))
    assert sorted(isinstance(each, Run) for each in found) == [False, True]
    assert Run.objects.get().state == RunState.APPEALS
    assert timezone.localdate() <= Run.objects.get().appeal_until
