"""What people say about findings: the only writer of `FindingNote`.

The department explains; the office accepts an error or refuses to, with a reason of its own.
"""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from sectors.access import fits_explaining, may_explain, may_judge, reads_repairs
from sectors.checks.messages import worded
from sectors.findings import reason_quality, storage
from sectors.guard import WrongState, lock_submissions, unchangeable
from sectors.models import FindingNote, StoredFinding, Submission, User
from sectors.texts import plain
from sectors.vocabulary import FindingNoteKind, FindingState


class InsufficientReason(ValueError):
    """Words that give no reason; the message says what to write instead."""


def explain(*, finding: StoredFinding, text: str, by: User, seen: str = "") -> StoredFinding:
    """Store the department's reason for a finding, which is put on record where it is not. `seen` is its basis as the
    person saw it.

    Raises PermissionDenied, WrongState (mended or changed by now, or not the time for it) or InsufficientReason.
    """
    return _say(finding, FindingNoteKind.REASON, text, by, seen)


def judge(*, finding: StoredFinding, accept: bool, text: str, by: User, seen: str = "") -> StoredFinding:
    """Store the office's word on an error, with a reason of its own. Raises as `explain` does."""
    return _say(finding, FindingNoteKind.ACCEPTED if accept else FindingNoteKind.REFUSED, text, by, seen)


def corrected_message() -> str:
    return _("This finding is mended: the figures agree now, and nothing has to be said.")


@transaction.atomic
def _say(finding: StoredFinding, kind: str, text: str, by: User, seen: str) -> StoredFinding:
    alike = _found_alike(finding)
    locked = lock_submissions(
        Submission.objects.filter(pk__in=[finding.submission_id, *alike.values_list("submission", flat=True)])
    )
    submission = Submission.objects.select_related("department", "period").get(pk=finding.submission_id)
    _check_right(submission, kind, by)
    storage.refresh(submission)
    current = _on_record(submission, finding.rule)
    if current is None or current.state == FindingState.CORRECTED:
        raise WrongState(corrected_message())
    _check_time(current, kind, seen or current.basis)
    text = plain(text)
    said = [note for note in current.notes.all() if note.basis == current.basis]
    if said and (said[-1].kind, said[-1].text) == (kind, text):
        return current  # a second click
    _check_quality(text, worded(current.statement, repairs=reads_repairs(by)), said)
    for one in (current, *_twins(current, kind, locked)):
        FindingNote.objects.create(finding=one, kind=kind, text=text, basis=one.basis, values=one.values, by=by)
        storage.settle(StoredFinding.objects.for_listing().get(pk=one.pk))
    about = {"rule": current.rule, "answer": kind, "text": text}
    record.write(EventKind.FINDING, submission, by=by, region=submission.region_id, **about)
    return StoredFinding.objects.for_listing().get(pk=current.pk)


def _on_record(submission: Submission, rule: str) -> StoredFinding | None:
    return StoredFinding.objects.for_listing().filter(submission=submission, rule=rule).first()


def _found_alike(finding: StoredFinding) -> QuerySet[StoredFinding]:
    """What the same rule has found in the region's year."""
    return StoredFinding.objects.filter(
        region=finding.region_id, period__year=finding.period.year, rule=finding.rule
    ).order_by("pk")


def _twins(finding: StoredFinding, kind: str, locked: Collection[int]) -> list[StoredFinding]:
    """The same contradiction of the same figures, found in another sheet that it names, which is locked, in a period
    that ends with this one: a department explains it once, and the office judges it once."""
    same = _found_alike(finding).filter(submission__in=locked, basis=finding.basis)
    same = same.exclude(state=FindingState.CORRECTED)
    others = same.exclude(submission__sheet=finding.submission.sheet_id)
    listed = others.select_related("submission__department", "submission__period", "period")
    rows = [row for row in listed if row.period.last_day == finding.period.last_day]
    if kind != FindingNoteKind.REASON:
        return rows
    department = finding.submission.department_id
    return [
        row
        for row in rows
        if row.submission.department_id == department
        and row.state != FindingState.ACCEPTED
        and fits_explaining(row.submission)
    ]


def _check_right(submission: Submission, kind: str, by: User) -> None:
    is_reason = kind == FindingNoteKind.REASON
    if not (may_explain(by, submission) if is_reason else may_judge(by, submission)):
        raise PermissionDenied
    if is_reason and not fits_explaining(submission):
        raise WrongState(unchangeable(submission))


def _check_time(finding: StoredFinding, kind: str, seen: str) -> None:
    if finding.basis != seen:
        raise WrongState(_("The figures have changed meanwhile. Look at the finding again, then write."))
    if finding.is_hint:
        raise WrongState(_("A hint needs no reason."))
    if kind == FindingNoteKind.REASON and finding.state == FindingState.ACCEPTED:
        raise WrongState(_("The office has accepted this already; nothing more has to be said."))
    if kind != FindingNoteKind.REASON and not finding.is_error:
        raise WrongState(_("Only errors wait for the office; for a warning the department's reason is enough."))


def _check_quality(text: str, message: str, said: list[FindingNote]) -> None:
    objection = reason_quality.objection(text, message)
    if objection:
        raise InsufficientReason(objection)
    if text in {note.text for note in said}:
        raise InsufficientReason(_("These words stand there already. Write what you add to them."))
