"""A run of the county's departments by the scheme that is scored by hand, and ways through it."""

import datetime
from decimal import Decimal

from django.utils import timezone

from assessment import reviews, runs, scheme_versions, self_scores
from assessment.models import Run, RunSubject, Score
from assessment.self_scores import SelfScore
from assessment.vocabulary import RunState
from tests import base

SCHEMES = base.DATA / "schemes"
HAND, COUNTIES = SCHEMES / "by-hand.yaml", SCHEMES / "prefecture-counties.yaml"
D = Decimal


def days(*offsets):
    today = timezone.localdate()
    return runs.Days(*(today + datetime.timedelta(days=one) for one in offsets or (5, 10, 15)))


def opened(region, by, path=HAND):
    scheme, _new = scheme_versions.load(region=region, year=2023, path=path, by=by)
    scheme_versions.put_in_force(scheme=scheme, reason="", by=by)
    return runs.open_run(scheme=scheme, days=days(), by=by, today=timezone.localdate())


def to(run, state, by):
    """On to a state; each step says why it comes early."""
    run = Run.objects.get(pk=run.pk)
    while run.state != state:
        until = timezone.localdate() + datetime.timedelta(days=30)
        following = runs.following(run)
        assert following is not None
        run = runs.move(run=run, to=following, seen=run.version, by=by, reason="提前", rectify_until=until)
    return run


def subject(run, code):
    return RunSubject.objects.get(run=run, code=code)


def score(run, code, criterion):
    return Score.objects.select_related("subject__run__region").get(
        subject__run=run, subject__code=code, criterion=criterion
    )


def say(run, code, by, **points):
    """Self-scores by criterion; a dot in its code is written as two underscores."""
    rows = {row.criterion: row for row in Score.objects.filter(subject__run=run, subject__code=code)}
    typed = {
        name.replace("__", "."): SelfScore(D(value), "见台账", self_scores.mark(rows[name.replace("__", ".")]))
        for name, value in points.items()
    }
    return self_scores.store(subject=subject(run, code), typed=typed, by=by)


def give(run, code, criterion, points, by, reason="按台账核定"):
    row = score(run, code, criterion)
    return reviews.review(score=row, points=D(points), reason=reason, seen=reviews.mark(row), by=by)


REVIEW, SHOWN, CLOSED = RunState.REVIEW, RunState.SHOWN, RunState.CLOSED
