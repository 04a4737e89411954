"""The only writer of records. What it writes, changes or takes away is counted into the open sheets at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import ngettext

from inspections import items, tally
from inspections.access import may_write
from inspections.guard import lock
from inspections.models import EnforcementCase, NonconformingSample, PlanTask, Record, SamplingBatch, SamplingPlan
from sectors.guard import WrongState
from sectors.models import Department, Sector, User

CountedDays = set[tuple[Sector, datetime.date]]
ROWS_PER_INSERT = 1000


@transaction.atomic
def save(record: Record, *, by: User, after: Record | None = None) -> int:
    """Store a new or changed record; returns how many figures changed with it. A case that is filed after a sample
    that did not conform deals with it from now on. Raises PermissionDenied, WrongState when one of both is gone."""
    if after:
        lock(after)
    days = _store(record, by)
    if isinstance(record, EnforcementCase) and isinstance(after, NonconformingSample):
        hand_over(after, record, by=by)
    return tally.recount(record.department, days, by=by)


@transaction.atomic
def delete(record: Record, *, by: User) -> int:
    """Delete a record; returns how many figures changed with it. Raises PermissionDenied, WrongState when it is gone
    or a plan that batches name."""
    locked = lock(record)
    if not may_write(by, locked):
        raise PermissionDenied
    for kept in locked.files.all():
        transaction.on_commit(partial(kept.file.storage.delete, kept.file.name))
    try:
        locked.delete()
    except ProtectedError as error:
        raise WrongState(_batches_message(len(error.protected_objects))) from error
    return tally.recount(locked.department, _counted_days([locked]), by=by)


@transaction.atomic
def bulk_create(records: Sequence[Record], *, department: Department, by: User | None) -> int:
    """Store many new records of one kind and of one department; the sheets are counted once."""
    for record in records:
        record.department, record.region_id, record.by = department, department.region_id, by
        _derive(record)
    if records:
        type(records[0]).objects.bulk_create(records, batch_size=ROWS_PER_INSERT)
    return tally.recount(department, _counted_days(records), by=by)


@transaction.atomic
def save_plan(plan: SamplingPlan, tasks: Iterable[PlanTask], *, by: User) -> int:
    """Store a plan with its tasks, which replace those it had. Raises PermissionDenied, WrongState when it is gone."""
    days = _store(plan, by)
    plan.tasks.all().delete()
    for task in tasks:
        task.plan = plan
        task.save(force_insert=True)
    return tally.recount(plan.department, days, by=by)


@transaction.atomic
def hand_over(sample: NonconformingSample, case: EnforcementCase, *, by: User) -> None:
    """Let a case deal with a sample that did not conform. Raises PermissionDenied."""
    if not may_write(by, sample) or not may_write(by, case):
        raise PermissionDenied
    sample.case = case
    sample.save(update_fields=["case", "changed"])


def _store(record: Record, by: User) -> CountedDays:
    """Write a record; returns by which days it was and is counted. Raises PermissionDenied, WrongState."""
    _derive(record)
    before = lock(record) if record.pk else None
    if not may_write(by, record) or (before and not may_write(by, before)):
        raise PermissionDenied
    if before is None:
        record.by = by
    record.save()
    return _counted_days([record, *([before] if before else [])])


def _derive(record: Record) -> None:
    """What a record says by what it says elsewhere."""
    if isinstance(record, NonconformingSample):
        record.sector = record.batch.sector
    if isinstance(record, SamplingBatch):
        record.item_count = items.count(record.items)


def _counted_days(records: Iterable[Record]) -> CountedDays:
    return {(record.sector, day) for record in records for day in record.days_counted}


def _batches_message(count: int) -> str:
    message = ngettext(
        "%(count)d sampling batch names this plan, so it stays. Name another plan there first.",
        "%(count)d sampling batches name this plan, so it stays. Name another plan there first.",
        count,
    )
    return message % {"count": count}


def message_names(record: Record) -> dict[str, Any]:
    """How messages call a record."""
    return {"kind": record._meta.verbose_name, "name": str(record)}
