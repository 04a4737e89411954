"""Reviewing a criterion of a subject: the points that count, with a reason where they differ from what stands there."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessment import telling
from assessment.access import decides, may_review
from assessment.models import Run, Score
from assessment.run_guard import NotPossible, Stale, check_time, held
from assessment.schemes.specification import Criterion
from assessment.scoring import CENT, State
from assessment.vocabulary import RunState
from sectors.models import User
from sectors.texts import plain
from sectors.versions import version_of

# What a reviewer has to have seen: also what whoever is assessed said, and what follows from facts.
FIELDS = ("self_score", "remark", "points", "reason")
LONGEST = 300


def mark(score: Score) -> str:
    """What the page carries of what it showed."""
    return f"{version_of(score, fields=FIELDS)}-{score.system['points'] or ''}"


def assigned(user: User, run: Run) -> set[str]:
    """Codes of the criteria that the person reviews; all for the office."""
    if decides(user, run.region):
        return {one.code for one, _depth in run.specification.all if one.method is not None}
    return set(run.reviewers.of(user).values_list("criterion", flat=True))


def check_points(row: Score, criterion: Criterion, points: Decimal) -> None:
    """Raises NotPossible for points that the criterion does not have."""
    if row.system["state"] == State.EXCLUDED.value:
        raise NotPossible(_("This criterion is left out for whom it is about, so it takes no score."))
    if not 0 <= points <= criterion.points or points != points.quantize(CENT):
        message = _("Points are from 0 to %(most)s with at most two decimals.")
        raise NotPossible(message % {"most": f"{criterion.points:f}"})


@transaction.atomic
def review(*, score: Score, points: Decimal, reason: str, seen: str, by: User) -> Score:
    """Raises PermissionDenied, WrongState, Stale, or NotPossible: points out of range, or other points than follow from
    facts, or than the self-score, without a reason."""
    run = held(score.subject.run)
    row = Score.objects.select_related("subject", "reviewer", "self_by").get(pk=score.pk)
    if not may_review(by, run, row.subject, row.criterion in assigned(by, run)):
        raise PermissionDenied
    check_time(run, RunState.REVIEW, "review_until", _("Review"))
    reason = plain(reason).strip()[:LONGEST]
    if _stands_already(row, points, reason):
        return row
    if seen != mark(row):
        raise Stale(_changed(row))
    criterion = next(one for one in run.specification.scored(row.subject.code) if one.code == row.criterion)
    check_points(row, criterion, points)
    differs = [one for one in (row.by_facts, row.self_score) if one is not None and one != points]
    if differs and not any(map(str.isalnum, reason)):
        message = _("%(points)s differs from %(other)s. Say why: whoever is assessed reads the reason.")
        raise NotPossible(message % {"points": f"{points:f}", "other": _(", ").join(f"{one:f}" for one in differs)})
    before = "" if row.points is None else f"{row.points:f}"
    row.points, row.reason, row.reviewer, row.reviewed_at = points, reason, by, timezone.now()
    row.reviewed_on = row.system["points"] or ""
    row.save(update_fields=["points", "reason", "reviewer", "reviewed_at", "reviewed_on"])
    telling.tell(run, by, [(row.criterion, before, f"{points:f}")], reason, subject=row.subject)
    return row


def _stands_already(row: Score, points: Decimal, reason: str) -> bool:
    """A second click stores nothing twice."""
    return (row.points, row.reason, row.reviewed_on) == (points, reason, row.system["points"] or "")


def _changed(row: Score) -> str:
    said = _("Something here has changed since you opened it, so nothing was stored.")
    if row.points is not None and row.reviewer:
        when = timezone.localtime(row.reviewed_at).strftime("%Y-%m-%d %H:%M") if row.reviewed_at else ""
        what = {"who": row.reviewer, "when": when, "points": f"{row.points:f}", "reason": row.reason}
        return said + _("%(who)s, %(when)s: %(points)s points. %(reason)s") % what
    return said + _("By facts it has %(points)s points, by its self-score %(own)s.") % {
        "points": row.system["points"] or "–",
        "own": "–" if row.self_score is None else f"{row.self_score:f}",
    }
