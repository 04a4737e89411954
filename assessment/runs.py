"""The run of a year's assessment as a whole, and the only way from one of its states to the next.

The office of the region opens it for the scheme in force, names reviewers, says what is vetoed or left out, and moves
it on. Whoever writes to anything of a run locks the run first (`held`), so that nobody writes past a step.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessment import counting, facts, notice, rectifications, results, telling
from assessment.access import decides
from assessment.models import Result, ReviewerAssignment, Run, RunFile, RunSubject, Scheme
from assessment.run_guard import NotPossible, Stale, held
from assessment.schemes.specification import Subjects
from assessment.vocabulary import RunState, SchemeState
from reports.writers import files
from sectors.guard import WrongState, lock_region
from sectors.models import User
from sectors.texts import plain

ORDER = list(RunState)
# The day that a state lasts until; it may be left earlier with a reason.
LASTS = {RunState.SELF: "self_until", RunState.REVIEW: "review_until", RunState.SHOWN: "appeal_until"}
COUNTED = (RunState.OPENED, RunState.SELF, RunState.REVIEW)


def following(run: Run) -> RunState | None:
    """The state after the run's; None of a closed one."""
    return None if run.is_closed else ORDER[ORDER.index(RunState(run.state)) + 1]


def is_early(run: Run) -> bool:
    """Whether the state lasts longer by its day, so that ending it today needs a reason."""
    until = getattr(run, LASTS[RunState(run.state)]) if run.state in LASTS else None
    return until is not None and timezone.localdate() <= until


@dataclass(frozen=True)
class Days:
    """Until when: self-scores, review, appeals."""

    self_until: datetime.date
    review_until: datetime.date
    appeal_until: datetime.date

    def check(self, today: datetime.date | None) -> None:
        """Raises NotPossible. Without `today` days may be past: of a year that is told afterwards."""
        if not self.self_until <= self.review_until <= self.appeal_until:
            raise NotPossible(_("The days come in this order: self-scores, review, appeals. Put them in it."))
        if today is not None and self.self_until < today:
            raise NotPossible(_("The last day of self-scores is past. Give a day from today on."))


@transaction.atomic
def open_run(*, scheme: Scheme, days: Days, by: User, today: datetime.date | None) -> Run:
    """Raises PermissionDenied, WrongState for a scheme that is not in force, or NotPossible."""
    region = lock_region(scheme.region)
    if not decides(by, region):
        raise PermissionDenied
    scheme = Scheme.objects.get(pk=scheme.pk)
    if scheme.state != SchemeState.IN_FORCE:
        raise WrongState(_("Only a scheme in force opens an assessment. Put this version in force first."))
    days.check(today)
    specification = scheme.specification
    found = facts.subjects(specification, region)
    if not found:
        raise NotPossible(_("Nobody is assessed here yet: no department reports a sheet."))
    about = {"region": region, "year": scheme.year, "subjects_are": scheme.subjects}
    if Run.objects.filter(**about).exists():
        raise NotPossible(_("The assessment of this year is open already."))
    run = Run.objects.create(scheme=scheme, opened_by=by, **about, **vars(days))
    own = "place_id" if specification.subjects is Subjects.REGIONS else "department_id"
    rows = [RunSubject(run=run, code=one.code, name=one.name, **{own: one.key}) for one in found]
    RunSubject.objects.bulk_create(rows)
    counting.make(run, list(run.subjects.all()))
    telling.tell(run, by, [("state", "", run.state)])
    return run


@transaction.atomic
def move(
    *, run: Run, to: str, seen: int, by: User, reason: str = "", rectify_until: datetime.date | None = None
) -> Run:
    """To the next state. `seen` is the version that the page showed.

    Raises PermissionDenied, Stale, WrongState for another state than the next, or NotPossible: before its day without
    a reason, with points that changed since they were reviewed, or appeals without an answer.
    """
    found = _decided(run, seen, by)
    before = RunState(found.state)
    if to != following(found):
        raise WrongState(_("The assessment is %(state)s: this step does not follow.") % {"state": before.label})
    reason = plain(reason)[:200]
    _check_day(found, before, reason)
    _prepare(found, to, by, rectify_until)
    found.state, found.version = to, found.version + 1
    if to == RunState.CLOSED:
        found.closed_by, found.closed_at = by, timezone.now()
    found.save()
    telling.tell(found, by, [("state", before, to)], reason)
    _notify(found, to)
    return found


def _check_day(run: Run, before: RunState, reason: str) -> None:
    if is_early(run) and not any(map(str.isalnum, reason)):
        message = _("This lasts until %(day)s. Say why it ends earlier: the reason stays on record.")
        raise NotPossible(message % {"day": getattr(run, LASTS[before])})


def _prepare(run: Run, to: str, by: User, rectify_until: datetime.date | None) -> None:
    """What a state wants before it begins."""
    if to == RunState.REVIEW:
        _count(run)
    elif to == RunState.SHOWN:
        _count(run)
        assessed = [one for one in results.standings(run) if not one.subject.left_out]
        outdated = sum(line.is_outdated for one in assessed for line in one.lines)
        if outdated:
            message = _(
                "%(count)d points by facts have changed since they were reviewed. Count again, then review them."
            )
            raise NotPossible(message % {"count": outdated})
        store_results(run)
    elif to == RunState.CLOSED:
        _close(run, by, rectify_until)


def _close(run: Run, by: User, rectify_until: datetime.date | None) -> None:
    """Results as they are in the end, and the notice of them."""
    if run.subjects.filter(appeal__isnull=False, appeal__answered_at__isnull=True).exists():
        raise NotPossible(_("An appeal has no answer yet. Answer it first."))
    if rectify_until is None or rectify_until < timezone.localdate():
        raise NotPossible(_("Say until when what lost points is to be put right: a day from today on."))
    run.rectify_until = rectify_until
    standings = store_results(run)
    office = by.department
    document = notice.document(run, standings, office.name if office else "", timezone.localdate())
    _keep(run, "notice", f"{document.title}.docx", files.write(document, "docx"))
    name, content = rectifications.workbook(run, standings)
    _keep(run, "rectifications", name, content)


def _keep(run: Run, kind: str, name: str, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    RunFile.objects.create(run=run, kind=kind, name=name, content=content, sha256=digest)


def store_results(run: Run) -> list[results.Standing]:
    """Sums, grades and ranks of a run that is held, from its scores as they stand."""
    found = results.standings(run)
    Result.objects.filter(subject__run=run).delete()
    Result.objects.bulk_create(
        Result(
            subject=one.subject,
            points=one.total.points,
            possible=one.total.possible,
            open=one.total.open,
            excluded=one.total.excluded,
            bonus=one.total.bonus,
            total=one.score,
            grade=one.grade,
            rank=one.rank,
            is_tied=one.is_tied,
        )
        for one in found
    )
    return found


@transaction.atomic
def count_again(*, run: Run, by: User) -> int:
    """Points by facts as they are now; returns how many changed. Raises PermissionDenied or WrongState."""
    found = held(run)
    if not decides(by, found.region):
        raise PermissionDenied
    if found.state not in COUNTED:
        raise WrongState(_("The review is over, so points by facts stand as they are."))
    changed = _count(found)
    found.save(update_fields=["counted_at"])
    telling.tell(found, by, [("points by facts", "", str(changed))])
    return changed


def _count(run: Run) -> int:
    run.counted_at = timezone.now()
    return counting.count_again(run)


@transaction.atomic
def change_days(*, run: Run, days: Days, reason: str, seen: int, by: User) -> None:
    """Raises PermissionDenied, Stale, WrongState or NotPossible."""
    found = _decided(run, seen, by)
    reason = plain(reason)[:200]
    if not any(map(str.isalnum, reason)):
        raise NotPossible(_("Say why the days change: everybody reads it."))
    days.check(None)
    before = {name: getattr(found, name) for name in vars(days)}
    for name, day in vars(days).items():
        setattr(found, name, day)
    found.version += 1
    found.save()
    told = [(name, str(before[name]), str(day)) for name, day in vars(days).items() if day != before[name]]
    telling.tell(found, by, told, reason)


@transaction.atomic
def assign(*, run: Run, people: Mapping[str, Collection[User]], seen: int, by: User) -> None:
    """Who reviews which criterion, all at once. Raises PermissionDenied, Stale, WrongState or NotPossible."""
    found = _decided(run, seen, by)
    if found.state not in COUNTED:
        raise WrongState(_("The review is over, so its reviewers stand as they are."))
    codes = {one.code for one, _depth in found.specification.all if one.method is not None}
    for code, chosen in people.items():
        if code not in codes or any(one.department is None or not one.is_active for one in chosen):
            raise NotPossible(_("A reviewer has an account here, and reviews a criterion of the scheme."))
        if any(one.department and one.department.region_id != found.region_id for one in chosen):
            raise NotPossible(_("Reviewers are people of the region that assesses."))
    before = sorted(found.reviewers.values_list("criterion", "person__username"))
    ReviewerAssignment.objects.filter(run=found).delete()
    rows = [ReviewerAssignment(run=found, criterion=code, person=one) for code in people for one in people[code]]
    ReviewerAssignment.objects.bulk_create(rows)
    found.version += 1
    found.save(update_fields=["version"])
    after = sorted((row.criterion, row.person.username) for row in rows)
    telling.tell(found, by, [("reviewers", [" ".join(one) for one in before], [" ".join(one) for one in after])])


@transaction.atomic
def veto(*, subject: RunSubject, code: str, proof: str, seen: int, by: User) -> None:
    """An incident of the scheme makes the grade the lowest; without proof it is none, and an empty one takes it back.

    Raises PermissionDenied, Stale, WrongState or NotPossible.
    """
    found = _decided(subject.run, seen, by)
    row = found.subjects.get(pk=subject.pk)
    if row.is_own(by):
        raise PermissionDenied
    if code not in {one.code for one in found.specification.vetoes}:
        raise NotPossible(_("The scheme has no such veto."))
    proof, before = plain(proof)[:300], row.vetoes.get(code, "")
    if (proof and not any(map(str.isalnum, proof))) or (not proof and not before):
        raise NotPossible(_("Name what proves it: without proof it is no veto."))
    row.vetoes = {
        **{name: said for name, said in row.vetoes.items() if name != code},
        **({code: proof} if proof else {}),
    }
    row.save(update_fields=["vetoes"])
    _changed(found)
    telling.tell(found, by, [(f"veto {code}", before, proof)], subject=row)


@transaction.atomic
def leave_out(*, subject: RunSubject, reason: str, seen: int, by: User) -> None:
    """Who was merged or reports no more has no result; an empty reason takes it in again.

    Raises PermissionDenied, Stale, WrongState or NotPossible.
    """
    found = _decided(subject.run, seen, by)
    row, reason = found.subjects.get(pk=subject.pk), plain(reason)[:200]
    if row.is_own(by):
        raise PermissionDenied
    if (reason and not any(map(str.isalnum, reason))) or (not reason and not row.left_out):
        raise NotPossible(_("Say why it is left out: the reason stands in the notice."))
    before, row.left_out = row.left_out, reason
    row.save(update_fields=["left_out"])
    _changed(found)
    telling.tell(found, by, [("left out", before, reason)], subject=row)


def _changed(run: Run) -> None:
    """Results that are shown already follow."""
    run.version += 1
    run.save(update_fields=["version"])
    if run.state in (RunState.SHOWN, RunState.APPEALS):
        store_results(run)


def _decided(run: Run, seen: int, by: User) -> Run:
    """The run, held, for its office and as the page showed it."""
    found = held(run)
    if not decides(by, found.region):
        raise PermissionDenied
    if found.is_closed:
        raise WrongState(_("The assessment is closed: nothing of it changes any more."))
    if found.version != seen:
        raise Stale(telling.last_change(found))
    return found


def _notify(run: Run, to: str) -> None:
    said = {
        RunState.SELF: gettext_lazy("%(run)s is open: give your self-scores until %(self_until)s."),
        RunState.SHOWN: gettext_lazy("%(run)s: your result is there. Appeals until %(appeal_until)s."),
        RunState.CLOSED: gettext_lazy("%(run)s is closed: the notice is there."),
    }
    if to in said:
        telling.notify_assessed(run, said[RunState(to)], reverse("run", args=[run.pk]))
    if to == RunState.REVIEW:
        telling.notify_reviewers(run, reverse("review-queue", args=[run.pk]))
