"""When a submission counts as delivered, on time, late or overdue: for boards, urging, the report and the interface.

Delivered is what has left its department by the department's own rules: with the head's signature where the head signs,
with the clerk's step where not. It counts once: what came back and went out again was delivered when it first left.
What came back and lies with the department is owed again, and overdue once its day is past; what was accepted and is
reopened stays as it was delivered.
What was imported from a document nobody delivered; it is neither on time nor late.

What pages ask of an object stands as a function of values, what they ask of the database as an expression over
`Submission` rows, which `sectors.sql` compiles for the boards. A test holds each against the other.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Case, Count, F, Min, Q, TextChoices, When
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from sectors.vocabulary import OPEN_STATUSES, SubmissionStatus


class Timeliness(TextChoices):
    PENDING = "pending", _("not due yet")
    ON_TIME = "on_time", _("delivered on time")
    LATE = "late", _("delivered late")
    OVERDUE = "overdue", _("overdue")
    IMPORTED = "imported", _("imported")


def due_day(due: datetime.date, extended_until: datetime.date | None) -> datetime.date:
    """The period's due day, or the later one that was granted."""
    return max(due, extended_until or due)


def due_day_expression() -> Greatest:
    return Greatest("period__due", Coalesce("extended_until", "period__due"))


def is_with_department(status: str, signs: bool) -> bool:
    """The department has still to act, its head included."""
    return status in OPEN_STATUSES or (status == SubmissionStatus.SUBMITTED and signs)


def with_department() -> Q:
    return Q(status__in=OPEN_STATUSES) | Q(status=SubmissionStatus.SUBMITTED, department__signs=True)


def with_office() -> Q:
    """Delivered and not accepted yet."""
    return Q(status=SubmissionStatus.SIGNED) | Q(status=SubmissionStatus.SUBMITTED, department__signs=False)


def is_overdue(
    status: str, signs: bool, due: datetime.date, today: datetime.date, *, is_reopened: bool = False
) -> bool:
    """With the department past its day, `due` with what was granted; also what came back after it was delivered, but
    not what was accepted and is reopened: the office asks for it anew."""
    return is_with_department(status, signs) and due < today and not is_reopened


def annotate_delivery(rows: Any) -> Any:
    """`Submission` rows with `delivered_at` and `is_imported`, from their transitions.

    Delivered with the first signature; without any with the first step of the clerk, if the head does not sign today or
    it was accepted so. What is accepted tells itself whether its head signed when it was on its way.
    """
    by_person = Q(transitions__by__isnull=False)
    delivering = (SubmissionStatus.SUBMITTED, SubmissionStatus.SIGNED, SubmissionStatus.ACCEPTED)
    firsts = {f"first_{status}": Q(transitions__new=status) & by_person for status in delivering}
    imports = Count("transitions", filter=Q(transitions__new=SubmissionStatus.ACCEPTED, transitions__by__isnull=True))
    rows = rows.alias(**{name: Min("transitions__at", filter=only) for name, only in firsts.items()}, imports=imports)
    without_signature = Q(first_accepted__isnull=False) | Q(department__signs=False)
    return rows.annotate(
        delivered_at=Case(
            When(first_signed__isnull=False, then=F("first_signed")),
            When(without_signature, then=F("first_submitted")),
        ),
        is_imported=Case(When(imports__gt=0, then=True), default=False),
    )


def judged(
    *,
    status: str,
    signs: bool,
    due: datetime.date,
    delivered_on: datetime.date | None,
    is_imported: bool,
    today: datetime.date,
    is_reopened: bool = False,
) -> Timeliness:
    """`due` with what was granted; `delivered_on` is the local day of `delivered_at`."""
    if is_imported:
        return Timeliness.IMPORTED
    if is_with_department(status, signs) and not is_reopened:  # also what came back: it is owed again
        return Timeliness.OVERDUE if is_overdue(status, signs, due, today) else Timeliness.PENDING
    if delivered_on is None:  # nobody knows how it came here
        return Timeliness.IMPORTED
    return Timeliness.ON_TIME if delivered_on <= due else Timeliness.LATE
