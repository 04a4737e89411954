"""The only writer of `Submission.status`. Every step is one locked, atomic move that leaves a `Transition`."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from sectors.access import BACKWARD_STEPS, MOVES, acting_for, fits_status, has_right, is_own_work
from sectors.approval import marks
from sectors.approval.answered_returns import unanswered
from sectors.approval.refusals import Incomplete, NothingToEnter, OwnWork, ReasonMissing, Unanswered, Unresolved
from sectors.calendar import extensions
from sectors.catalogue import counted
from sectors.catalogue.compiled import catalogue
from sectors.entry import open_rows
from sectors.entry.requested_cells import enterable_cells, requested_cells, standing_returns, unlocked_cells
from sectors.findings import storage
from sectors.guard import WrongState, lock, lock_departments, lock_period, lock_periods, lock_submissions, why_not
from sectors.models import Assignment, Department, Indicator, Period, StoredFinding, Submission, Transition, User
from sectors.models.findings import FindingQuerySet
from sectors.people import deputies, notices
from sectors.texts import LONGEST_REASON, too_long
from sectors.vocabulary import OPEN_STATUSES, Role, SubmissionStatus

DOUBLE_CLICK = datetime.timedelta(seconds=10)


@transaction.atomic
def move(
    *,
    submission: Submission,
    action: str,
    by: User,
    reason: str = "",
    cells: Collection[str] = (),
    only_cells: bool = False,
    until: datetime.date | None = None,
    seen: str | None = None,
) -> Submission:
    """Take one step of `access.MOVES`. A return may name cells to mend by code, lock the others, and give time.

    `seen` is the mark (see `approval.marks`) of the page that the person decided on; None where there was no page.

    Raises PermissionDenied for a missing right (OwnWork for a deputy's own), WrongState when another step came first or
    the period is closed, marks.Outdated when it is not what the page showed, ReasonMissing when a return has no reason,
    NothingToEnter when the cells that it names cannot be entered, extensions.InvalidDay for a day that is over,
    Incomplete, Unresolved or Unanswered when empty required cells, findings or cells of a return stand in the way of
    submitting. Nothing is written then.
    """
    if until:
        lock_period(submission.period)
    locked = lock(submission)
    _check_right(locked, action, by)
    _check_content(locked, action, by, seen)
    reason = _checked_reason(action, reason)
    head = None if by.role == MOVES[action].role else acting_for(by, action, locked)
    if action == "submit":
        locked.submitted_by = by
        notices.mark_handled(locked)
    if action in ("reopen", "accept"):
        locked.is_reopened = action == "reopen"
    is_return = MOVES[action].new == SubmissionStatus.RETURNED
    named = _named_cells(locked, action, cells, only_cells) if is_return else []
    step = _write(
        locked,
        MOVES[action].new,
        by=by,
        on_behalf_of=head,
        reason=reason,
        only_cells=is_return and only_cells,
        is_of_head=MOVES[action].role == Role.HEAD,
    )
    if is_return:
        step.cells.set(named)
        if until:
            _grant(locked, until, reason=reason, by=by)
        notices.notify_return(locked, step)
    return locked


def _checked_reason(action: str, reason: str) -> str:
    found = reason.strip()
    if MOVES[action].reason and not found:
        raise ReasonMissing(_("Please write a reason: the department needs to know what to mend."))
    if problem := too_long(found, LONGEST_REASON):
        raise ReasonMissing(problem)
    return found


def last_steps(submissions: Collection[Submission]) -> list[int]:
    """The keys of the last step of each."""
    rows = Transition.objects.filter(submission__in=submissions).order_by().values("submission")
    return list(rows.annotate(last=Max("pk")).values_list("last", flat=True))


@transaction.atomic
def take_back(steps: Collection[int], *, by: User) -> list[Submission]:
    """Undo steps that a person took just now, named by their keys, as if they had not been taken: the row goes, and the
    audit record has both. Nobody was told of them yet.

    Returns what they were of. Raises WrongState where anything came after one of them: then none is undone.
    """
    taken = list(Transition.objects.filter(pk__in=steps, by=by).select_related("submission__period").order_by("pk"))
    lock_submissions(Submission.objects.filter(pk__in=[step.submission_id for step in taken]))
    if len(taken) < len(steps):
        raise WrongState(_("This step is undone already."))
    for step in taken:
        _undo(step, lock(step.submission), by)
    return [step.submission for step in taken]


def _undo(step: Transition, submission: Submission, by: User) -> None:
    before = list(submission.transitions.exclude(pk=step.pk).order_by("pk"))
    if (before and before[-1].pk > step.pk) or submission.status != step.new:
        raise WrongState(_("Somebody has acted on it since, so it is not undone. Look at it again."))
    if step.new == SubmissionStatus.SUBMITTED and step.old in OPEN_STATUSES:
        handed_in = [one for one in before if one.new == SubmissionStatus.SUBMITTED and one.old in OPEN_STATUSES]
        submission.submitted_by = handed_in[-1].by if handed_in else None
        notices.mark_unhandled(submission, step.at)
    if step.new == SubmissionStatus.ACCEPTED:
        decided = [one.old for one in before if SubmissionStatus.ACCEPTED in (one.old, one.new) and one.old != one.new]
        submission.is_reopened = bool(decided) and decided[-1] == SubmissionStatus.ACCEPTED
    changes = [("status", step.new, step.old)]
    record.write(
        EventKind.TRANSITION, submission, changes=changes, by=by, region=submission.region_id, reason=_("Undone.")
    )
    submission.status = step.old
    submission.save(update_fields=["status", "is_reopened", "submitted_by", "changed"])
    step.delete()


def is_repeated(submission: Submission, action: str, *, by: User) -> bool:
    """Whether this very step is what the person did last, just now: a double click, whose second half has no news."""
    last = submission.transitions.order_by("pk").last()
    return (
        last is not None
        and (last.by_id, last.new) == (by.pk, MOVES[action].new)
        and last.old in MOVES[action].old | MOVES[action].old_unsigned
        and abs(timezone.now() - last.at) < DOUBLE_CLICK
    )


def _check_content(submission: Submission, action: str, by: User, seen: str | None) -> None:
    """Whether it is what the page showed, and fit to be submitted."""
    if action == "submit":
        if seen is not None:
            marks.check(seen, marks.mark(by, submission.pk))
        _check_required(submission)
        _check_return(submission)
        _check_findings(submission)
    elif action not in BACKWARD_STEPS:
        found = storage.refresh(submission)  # on record as whoever decided about it saw it
        if seen is not None:
            marks.check(seen, marks.mark(by, submission.pk).with_findings(found))


def _grant(submission: Submission, until: datetime.date, *, reason: str, by: User) -> None:
    extensions.grant(
        period=submission.period,
        department=submission.department,
        submission=submission,
        until=until,
        reason=reason,
        by=by,
    )
    submission.refresh_from_db(fields=["extended_until"])


def _check_right(submission: Submission, action: str, by: User) -> None:
    by.forget()  # what they did before the lock counts as well
    if is_own_work(by, action, submission):
        raise OwnWork(deputies.own_work_message(submission))
    if not has_right(by, action, submission):
        raise PermissionDenied
    if not fits_status(action, submission):
        raise WrongState(why_not(action, submission))


def _named_cells(submission: Submission, action: str, codes: Collection[str], only_cells: bool) -> list[Indicator]:
    """The cells of the sheet that a return names. Raises NothingToEnter where none of them could be entered."""
    named = list(Indicator.objects.filter(sheet=submission.sheet_id, code__in=list(codes)))
    enterable = enterable_cells(submission, [indicator.code for indicator in named])
    # What the head locked earlier ends with this return; what the office locked does not.
    of_office = [step for step in standing_returns(submission) if not step.is_of_head]
    unlocked = unlocked_cells(submission, of_office) if MOVES[action].role == Role.HEAD else None
    if (only_cells and not enterable) or (unlocked is not None and named and not enterable & unlocked):
        raise NothingToEnter(named)
    return named


def _check_required(submission: Submission) -> None:
    missing = [indicator.name for indicator in submission.missing_cells()] + open_rows.missing(submission)
    if missing:
        raise Incomplete(missing)


def _check_return(submission: Submission) -> None:
    if cells := unanswered([submission])[submission.pk]:
        raise Unanswered(cells)


def _check_findings(submission: Submission) -> None:
    """All checks once more, on the figures as they are while nobody else can change them."""
    storage.refresh(submission)
    # When this is done: it locks the others, and two that wait for one another would wait for ever.
    transaction.on_commit(partial(storage.refresh_beside, submission), robust=True)
    counts = _in_question(submission).counts()
    if any(counts.values()):
        raise Unresolved(**counts)


def _in_question(submission: Submission) -> FindingQuerySet:
    """The findings that are to be settled: of what was accepted and is reopened for some cells, those about these."""
    found = StoredFinding.objects.filter(submission=submission)
    unlocked = requested_cells(submission).unlocked if submission.is_reopened else None
    if unlocked is None:
        return found
    rows = found.standing().values_list("pk", "indicators")
    return found.filter(pk__in=[key for key, codes in rows if not unlocked.isdisjoint(codes)])


@transaction.atomic
def open_period(period: Period, *, is_demo: bool = False) -> int:
    """Hand out the sheets that the region reports for the period, as drafts; returns how many are new.

    It can be repeated: a sheet that was assigned meanwhile is handed out then. What the office left out stays out.
    """
    # Two people, or a person and the daily command, would otherwise both find the same sheets missing.
    lock_period(period)
    compiled, key = catalogue(), period.key
    assigned = Assignment.objects.filter(region=period.region).select_related("sheet")
    have = set(Submission.objects.for_period(period).values_list("sheet", flat=True))
    have |= set(period.left_out.values_list("pk", flat=True))
    new = [
        Submission(
            sheet=assignment.sheet,
            period=period,
            region=period.region,
            department_id=assignment.department_id,
            is_demo=is_demo,
        )
        for assignment in assigned
        if assignment.sheet_id not in have and compiled.is_own_period(assignment.sheet_id, key)
    ]
    _lock_counting(period)
    Submission.objects.bulk_create(new)
    if new:
        sheets = sorted(submission.sheet.number for submission in new)
        record.write(EventKind.CALENDAR, period, region=period.region_id, handed_out=sheets)
    extensions.refresh(period)
    for submission in new:
        counted.refresh(submission)
    return len(new)


def _lock_counting(period: Period) -> None:
    """A record that is being stored would not see a submission that is new, nor its new department."""
    lock_departments(Department.objects.filter(region=period.region_id).values_list("pk", flat=True))


def _lock_year(sheets: Collection[int], period: Period) -> None:
    """All submissions of sheets in the period's year."""
    rows = Submission.objects.filter(sheet__in=sheets, region=period.region_id)
    lock_submissions(rows.filter(period__year=period.year))


def misplaced(period: Period) -> list[Submission]:
    """What lies open with a department that no longer reports the sheet."""
    now = dict(Assignment.objects.filter(region=period.region).values_list("sheet", "department"))
    rows = Submission.objects.for_period(period).filter(status__in=OPEN_STATUSES)
    rows = rows.select_related("sheet", "department", "period")
    return [found for found in rows if now.get(found.sheet_id, found.department_id) != found.department_id]


@transaction.atomic
def hand_over(period: Period, *, by: User | None = None) -> int:
    """Move open submissions to the departments that report their sheets now; returns how many moved.

    What was entered, its history and an extension go along, and the records of the old department count on. What is on
    its way or accepted stays with who sent it.
    """
    lock_period(period)
    _lock_counting(period)
    assigned = Assignment.objects.filter(region=period.region).select_related("department")
    now = {assignment.sheet_id: assignment.department for assignment in assigned}
    moved = 0
    listed = misplaced(period)
    _lock_year({found.sheet_id for found in listed}, period)
    for found in listed:
        locked = lock(found)
        old, new = locked.department, now[locked.sheet_id]
        if locked.status not in OPEN_STATUSES or old == new:
            continue
        locked.department = new
        locked.save(update_fields=["department"])
        extensions.carry_over(locked, old)
        what = {"old": old.short_name, "new": new.short_name}
        _write(locked, locked.status, by=by, reason=_("Handed over from %(old)s to %(new)s.") % what)
        locked.former_departments.add(old)
        for later in _since(locked):
            counted.refresh(later)
        moved += 1
    return moved


@transaction.atomic
def apply_assignments(regions: Collection[int], *, by: User) -> None:
    """Have the periods that run hand the sheets out, or over, as they are assigned now."""
    today = timezone.localdate()
    running = list(Period.objects.filter(region__in=regions, opens__lte=today, due__gte=today))
    lock_periods(running)
    for period in running:
        open_period(period)
        hand_over(period, by=by)


def _since(submission: Submission) -> list[Submission]:
    """It and the later ones of its sheet and year, in which the records of its departments count on."""
    rows = Submission.objects.filter(
        sheet=submission.sheet_id, region=submission.region_id, period__year=submission.period.year
    )
    listed = rows.select_related("sheet", "period", "department").order_by("pk")
    return [row for row in listed if row.period.last_day >= submission.period.last_day]


@transaction.atomic
def file_history(submissions: list[Submission], *, reason: str) -> None:
    """Accept submissions loaded from a document of a year that is over; nobody signed them here."""
    for submission in submissions:
        _write(submission, SubmissionStatus.ACCEPTED, by=None, reason=reason)


def _write(
    submission: Submission,
    status: str,
    *,
    by: User | None,
    reason: str,
    on_behalf_of: User | None = None,
    only_cells: bool = False,
    is_of_head: bool = False,
) -> Transition:
    step = Transition.objects.create(
        submission=submission,
        old=submission.status,
        new=status,
        by=by,
        on_behalf_of=on_behalf_of,
        reason=reason,
        only_cells=only_cells,
        is_of_head=is_of_head,
    )
    record.write(
        EventKind.TRANSITION,
        submission,
        changes=[("status", step.old, step.new)],
        by=by,
        region=submission.region_id,
        on_behalf_of=on_behalf_of,
        reason=reason,
    )
    submission.status = status
    submission.save(update_fields=["status", "is_reopened", "submitted_by", "changed"])
    return step
