"""Every fetch of records by name. Scopes start here: what `for_user` leaves out does not exist for that user."""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from inspections.deadlines import first_kept, last_on_time
from sectors.models import User
from sectors.querysets import one_region


def under(field: str, codes: list[str]) -> Q:
    """Rows whose dotted code is one of the codes or lies below it."""
    condition = Q(**{f"{field}__in": codes})
    for code in codes:
        condition |= Q(**{f"{field}__startswith": f"{code}."})
    return condition


class RecordQuerySet(models.QuerySet[Any]):
    """Records of a department: it writes them, the office and the leaders of its region read them."""

    def for_user(self, user: User) -> Self:
        if user.role == User.Role.ADMIN:
            return self.all()
        if user.role in (User.Role.OFFICE, User.Role.LEADER):
            return self.filter(one_region(user))
        return self.filter(department=user.department_id)

    def for_listing(self) -> Self:
        return self.select_related("department", "sector")

    def late(self, today: datetime.date | None = None) -> Self:
        return self.filter(self.model.late_condition(today or timezone.localdate()))


RAPID = Q(programme="rapid")
READ_OFF = Q(programme="rapid", failed__isnull=False)  # on the spot


def late_batches(today: datetime.date) -> Q:
    """Not settled, and past a day: not delivered, not reported, or with a backup sample to do away with."""
    deliver = last_on_time(today, settings.SAMPLE_DELIVERY_WORKDAYS)
    report = last_on_time(today, settings.SAMPLE_REPORT_WORKDAYS)
    undelivered = Q(taken_on__lt=deliver, received_on=None, reported_on=None)
    unreported = Q(taken_on__isnull=False, received_on__lt=report, reported_on=None)
    over = Q(reported_on__lt=first_kept(today, failed=False), failed=0)
    over_failed = Q(reported_on__lt=first_kept(today, failed=True), failed__gt=0)
    return Q(closed_on=None, taken_on__isnull=False) & ~RAPID & (undelivered | unreported | over | over_failed)


def batches_at(stage: str) -> Q:
    """Batches that have come so far and no further; the same as `SamplingBatch.stage` says of each."""
    if stage == "closed":
        return Q(closed_on__isnull=False)
    steps = ("planned", "taken", "received", "tested", "reported")
    at = steps.index(stage)
    condition = Q(**({f"{stage}_on__isnull": False} if at else {}), **{f"{s}_on": None for s in steps[at + 1 :]})
    condition = condition & ~READ_OFF if stage != "tested" else condition | READ_OFF
    return Q(closed_on=None) & condition
