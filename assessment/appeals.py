"""Appeals: once a subject, while results are shown; answered by the office with a reason, before the run is closed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment import reviews, runs, telling
from assessment.access import may_answer, may_self_score
from assessment.models import Appeal, RunSubject, Score
from assessment.run_guard import NotPossible, Stale, check_time, held
from assessment.vocabulary import RunState
from sectors.guard import WrongState
from sectors.models import User
from sectors.texts import plain

LONGEST = 2000


@transaction.atomic
def appeal(*, subject: RunSubject, text: str, by: User) -> Appeal:
    """Raises PermissionDenied, WrongState or NotPossible."""
    run = held(subject.run)
    if not may_self_score(by, subject):
        raise PermissionDenied
    check_time(run, RunState.SHOWN, "appeal_until", _("Appeal"))
    if Appeal.objects.filter(subject=subject).exists():
        raise WrongState(_("There is an appeal already; there is one for each who is assessed."))
    if RunSubject.objects.get(pk=subject.pk).left_out:
        raise WrongState(_("Who is left out of the assessment has no result to appeal against."))
    text = plain(text).strip()
    if not any(map(str.isalnum, text)) or len(text) > LONGEST:
        message = _("Say which criterion is about what, and what proves it, in at most %(most)d characters.")
        raise NotPossible(message % {"most": LONGEST})
    found = Appeal.objects.create(subject=subject, text=text, by=by)
    telling.tell(run, by, [("appeal", "", text)], subject=subject)
    link = reverse("run-subject", args=[subject.pk])
    telling.notify_office(run, gettext_lazy("%(name)s appeals against its result."), link, name=subject.name)
    return found


@transaction.atomic
def answer(
    *, appeal: Appeal, accept: bool, text: str, points: Mapping[int, Decimal], seen: Mapping[int, str], by: User
) -> None:
    """With a reason; an accepted one changes points of criteria (by the key of the score) and says so.

    Raises PermissionDenied, WrongState, Stale or NotPossible.
    """
    run = held(appeal.subject.run)
    found = Appeal.objects.select_related("subject").get(pk=appeal.pk)
    if not may_answer(by, run, found.subject):
        raise PermissionDenied
    if run.state not in (RunState.SHOWN, RunState.APPEALS):
        raise WrongState(
            _("The assessment is %(state)s: no appeal is answered now.") % {"state": run.get_state_display()}
        )
    if found.answered_at is not None:
        raise WrongState(_("The appeal is answered already: %(answer)s") % {"answer": found.answer})
    text = plain(text).strip()
    if not any(map(str.isalnum, text)) or len(text) > LONGEST:
        raise NotPossible(_("Say why, in at most %(most)d characters: whoever appealed reads it.") % {"most": LONGEST})
    changes = _change(found, points if accept else {}, seen, text, by)
    if accept and not changes:
        raise NotPossible(_("An accepted appeal changes the points of a criterion. Type them, or decline it."))
    found.is_accepted, found.answer, found.answered_by, found.answered_at = accept, text, by, timezone.now()
    found.save()
    runs.store_results(run)
    told = [("appeal", "", "accepted" if accept else "declined"), *changes]
    telling.tell(run, by, told, text, subject=found.subject)
    telling.notify_one(run, found.by, gettext_lazy("The appeal is answered: %(run)s."), found.subject)


def _change(
    found: Appeal, points: Mapping[int, Decimal], seen: Mapping[int, str], text: str, by: User
) -> list[tuple[str, str, str]]:
    """What differs from what counts so far; returns what is told."""
    criteria = {one.code: one for one in found.subject.run.specification.scored(found.subject.code)}
    told = []
    for row in Score.objects.filter(subject=found.subject, pk__in=points).select_related("subject"):
        new, before = points[row.pk], row.by_facts if row.points is None else row.points
        if new == before:
            continue
        if seen.get(row.pk) != reviews.mark(row):
            raise Stale(_("Points have changed since you opened the page. Nothing was stored; look at them again."))
        reviews.check_points(row, criteria[row.criterion], new)
        row.before_appeal, row.points, row.reason = before, new, text[: reviews.LONGEST]
        row.reviewer, row.reviewed_at, row.reviewed_on = by, timezone.now(), row.system["points"] or ""
        row.save()
        told.append((row.criterion, "" if before is None else f"{before:f}", f"{new:f}"))
    return told
