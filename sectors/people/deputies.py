"""Naming a deputy for the days a head is away, and ending that."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from sectors.access import can_end_deputy, can_name_deputy
from sectors.models import Deputy, User
from sectors.people import notices


@transaction.atomic
def name(deputy: Deputy, *, by: User) -> Deputy:
    """Store a deputy that a form or a test has filled in for the head who is asking. Raises PermissionDenied."""
    if not can_name_deputy(by) or deputy.head != by:
        raise PermissionDenied
    deputy.by = by
    deputy.save()
    notices.notify_deputy(deputy)
    return deputy


def end(deputy: Deputy, *, by: User) -> None:
    """From now on the deputy signs nothing; what was signed stays. Raises PermissionDenied."""
    if not can_end_deputy(by, deputy):
        raise PermissionDenied
    Deputy.objects.filter(pk=deputy.pk, ended_at=None).update(ended_at=timezone.now())
