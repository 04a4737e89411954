"""Naming a deputy for the days a head is away, ending that, and who can sign a sheet."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.vocabulary import EventKind
from sectors.access import can_end_deputy, can_name_deputy
from sectors.models import Deputy, Submission, User
from sectors.people import notices
from sectors.vocabulary import Role, SubmissionStatus


@transaction.atomic
def name(deputy: Deputy, *, by: User) -> Deputy:
    """Store a deputy that a form or a test has filled in for the head who is asking. Raises PermissionDenied."""
    if not can_name_deputy(by) or deputy.head != by:
        raise PermissionDenied
    deputy.by = by
    deputy.save()
    days = f"{deputy.first_day} – {deputy.last_day}"
    record.write(EventKind.CALENDAR, deputy, name=str(deputy.person), changes=[("days", None, days)], by=by)
    notices.notify_deputy(deputy)
    return deputy


def can_be_named(head: User) -> QuerySet[User]:
    """Active clerks of the head's department, but for those who could sign nothing of what waits for a signature now:
    they filled in or submitted all of it."""
    clerks = User.objects.filter(department=head.department, role=Role.CLERK, is_active=True)
    waiting = Submission.objects.filter(department=head.department, status=SubmissionStatus.SUBMITTED)
    if not waiting.exists():
        return clerks
    own = waiting.worked_on_by(OuterRef("pk")).order_by().values("department").annotate(count=Count("pk"))
    counted = clerks.annotate(own_count=Coalesce(Subquery(own.values("count")), 0))
    return counted.filter(own_count__lt=waiting.count())


@transaction.atomic
def end(deputy: Deputy, *, by: User) -> None:
    """From now on the deputy signs nothing; what was signed stays. Raises PermissionDenied."""
    if not can_end_deputy(by, deputy):
        raise PermissionDenied
    now = timezone.now()
    if Deputy.objects.filter(pk=deputy.pk, ended_at=None).update(ended_at=now):
        record.write(EventKind.CALENDAR, deputy, name=str(deputy.person), changes=[("ended", None, now)], by=by)


@transaction.atomic
def end_all(person: User) -> None:
    """Whom somebody who signs in no more has named, and for whom they stand in; nothing brings these back."""
    of_person, now = Q(head=person) | Q(person=person), timezone.now()
    rows = Deputy.objects.filter(of_person, ended_at=None).select_related("person")
    ended = list(rows.select_for_update(of=("self",), no_key=True))
    rows.filter(pk__in=[row.pk for row in ended]).update(ended_at=now)
    record.write_all(
        record.Happened(EventKind.CALENDAR, row, str(row.person), changes=[("ended", None, now)]) for row in ended
    )


def who_can_sign(submission: Submission) -> list[User]:
    """The heads of its department, and whoever stands in for one today and neither filled it in nor submitted it."""
    heads = list(notices.people_of(submission.department, [Role.HEAD]))
    rows = Deputy.objects.on(timezone.localdate()).filter(head__in=heads).select_related("person").order_by("person")
    persons = list(dict.fromkeys(row.person for row in rows))
    return heads + [person for person in persons if submission.pk not in person.own_work]


def own_work_message(submission: Submission) -> str:
    """Why a deputy does not sign it, and who can."""
    names = "、".join(person.full_name for person in who_can_sign(submission))
    text = _(
        "You filled in or submitted this sheet yourself, so you do not sign it in the head's place. Who can: %(who)s."
    )
    return text % {"who": names}
