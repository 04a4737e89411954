"""More time for one department or one submission: granted by the office with a reason, ended early, never erased."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from sectors.access import can_manage
from sectors.guard import lock_period, lock_submissions
from sectors.models import Department, Extension, Period, Submission, User
from sectors.people import notices


class InvalidDay(Exception):
    """A day until which no time can be given; the message says why."""


@transaction.atomic
def grant(
    *,
    period: Period,
    department: Department,
    until: datetime.date,
    reason: str,
    by: User,
    submission: Submission | None = None,
) -> Extension:
    """Give a department until the end of a day, for one submission or for all of the period.

    Raises PermissionDenied, or InvalidDay for a day that gives no time.
    """
    period = lock_period(period)
    if not can_manage(by, period):
        raise PermissionDenied
    if until < timezone.localdate():
        raise InvalidDay(_("%(day)s is over already. Choose a day from today on.") % {"day": until})
    if until <= period.due:
        raise InvalidDay(
            _("The due day is %(due)s already. Choose a later day to give more time.") % {"due": period.due}
        )
    extension = Extension.objects.create(
        period=period, department=department, submission=submission, until=until, reason=reason, by=by
    )
    _refresh_covered(extension)
    _tell(extension, [("until", None, until)], by, reason=reason)
    notices.notify_extension(extension)
    return extension


@transaction.atomic
def end(extension: Extension, *, by: User) -> None:
    """End an extension early, once: the due and closing day of the period hold again. Raises PermissionDenied."""
    if not can_manage(by, lock_period(extension.period)):
        raise PermissionDenied
    now = timezone.now()
    if Extension.objects.filter(pk=extension.pk, ended_at=None).update(ended_by=by, ended_at=now):
        _tell(extension, [("until", extension.until, None)], by)
    _refresh_covered(extension)


def _tell(extension: Extension, changes: list[tuple[str, Any, Any]], by: User, **more: str) -> None:
    name = f"{extension.period} {extension.department}"
    region = extension.period.region_id
    record.write(EventKind.CALENDAR, extension, name=name, changes=changes, by=by, region=region, **more)


def refresh(period: Period) -> None:
    """Write to a period's submissions until when each is extended now. The longest grant counts. The period is locked
    already."""
    _refresh(period, Submission.objects.for_period(period))


def _refresh_covered(extension: Extension) -> None:
    """The same for those that an extension is for, and no others: somebody else may hold them."""
    one = {"pk": extension.submission_id} if extension.submission_id else {"department": extension.department_id}
    _refresh(extension.period, Submission.objects.for_period(extension.period).filter(**one))


def _refresh(period: Period, rows: QuerySet[Submission]) -> None:
    locked = lock_submissions(rows)
    granted = list(period.extensions.filter(ended_at=None))
    changed = []
    for submission in Submission.objects.filter(pk__in=locked):
        until = max((e.until for e in granted if _covers(e, submission)), default=None)
        if until != submission.extended_until:
            submission.extended_until = until
            changed.append(submission)
    Submission.objects.bulk_update(changed, ["extended_until"])


def carry_over(submission: Submission, old: Department) -> None:
    """What a department was granted for all its sheets goes along with one that is handed to another."""
    granted = submission.period.extensions.filter(ended_at=None, department=old, submission=None)
    Extension.objects.bulk_create(
        Extension(
            period=submission.period,
            department=submission.department,
            submission=submission,
            until=extension.until,
            reason=extension.reason,
            by_id=extension.by_id,
            at=extension.at,
        )
        for extension in granted
    )


def _covers(extension: Extension, submission: Submission) -> bool:
    if extension.submission_id is not None:
        return extension.submission_id == submission.pk
    return extension.department_id == submission.department_id
