"""The only writer of records. What it writes, changes or takes away is counted into the open sheets at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet
from django.utils.translation import ngettext

from inspections import items, tally
from inspections.access import may_write
from inspections.guard import lock, lock_named, lock_there
from inspections.models import (
    EnforcementCase,
    Inspection,
    NonconformingSample,
    PlanTask,
    Record,
    RecordFile,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from sectors.guard import WrongState
from sectors.models import Department, User

CountedDays = set[tally.CountedDay]
ROWS_PER_INSERT = 1000


@dataclass(frozen=True)
class Dependents:
    """What is deleted together with a record: samples that did not conform in a batch, and the files of all."""

    samples: int
    files: int


@transaction.atomic
def save(record: Record, *, by: User, after: Record | None = None) -> int:
    """Store a new or changed record; returns how many figures changed with it. A case that is filed after a sample
    that did not conform deals with it from now on. Raises PermissionDenied, WrongState when one of both is gone."""
    if isinstance(record, EnforcementCase) and isinstance(after, NonconformingSample):
        sample = lock(after)
        days = _store(record, by)
        hand_over(sample, record, by=by)
    else:
        days = _store(record, by)
    return tally.recount(days, by=by)


@transaction.atomic
def delete(record: Record, *, by: User) -> int:
    """Delete a record, with what depends on it and all files; returns how many figures changed with it. Raises
    PermissionDenied, WrongState when it is gone or a plan that batches name."""
    locked = lock(record)
    if not may_write(by, locked):
        raise PermissionDenied
    days = _counted_days([locked])
    for row in (locked, *_samples(locked).select_for_update(of=("self",), no_key=True)):
        for kept in row.files.all():
            transaction.on_commit(partial(kept.file.storage.delete, kept.file.name))
    try:
        locked.delete()
    except ProtectedError as error:
        raise WrongState(_batches_message(len(error.protected_objects))) from error
    return tally.recount(days, by=by)


def dependents(record: Record) -> Dependents:
    """What would be deleted with a record."""
    samples = list(_samples(record))
    of_samples = RecordFile.objects.filter(
        record_type=ContentType.objects.get_for_model(NonconformingSample), record_id__in=[row.pk for row in samples]
    )
    kept = record.files.filter(removed_at=None).count() + of_samples.filter(removed_at=None).count()
    return Dependents(len(samples), kept)


def _samples(record: Record) -> QuerySet[Any]:
    """Those that did not conform in a batch."""
    batch = record.pk if isinstance(record, SamplingBatch) else None
    return NonconformingSample.objects.filter(batch=batch).order_by("pk")


@transaction.atomic
def bulk_create(records: Sequence[Record], *, department: Department, by: User | None) -> int:
    """Store many new records of one kind and of one department; the sheets are counted once. Raises WrongState where
    one names a record that is gone."""
    for record in records:
        record.department, record.region_id, record.by = department, department.region_id, by
    lock_named(records)
    for record in records:
        _derive(record)
    if records:
        type(records[0]).objects.bulk_create(records, batch_size=ROWS_PER_INSERT)
    return tally.recount(_counted_days(records), by=by)


@transaction.atomic
def save_plan(plan: SamplingPlan, tasks: Iterable[PlanTask], *, by: User) -> int:
    """Store a plan with its tasks, which replace those it had; one without a day is due at the end of the year. Raises
    PermissionDenied, WrongState when the plan is gone."""
    days = _store(plan, by)
    plan.tasks.all().delete()
    for task in tasks:
        task.plan = plan
        task.due_on = task.due_on or datetime.date(plan.year, 12, 31)
        task.save(force_insert=True)
    return tally.recount(days | _counted_days([plan]), by=by)


@transaction.atomic
def hand_over(sample: NonconformingSample, case: EnforcementCase, *, by: User) -> None:
    """Let a case deal with a sample that did not conform. Raises PermissionDenied."""
    if not may_write(by, sample) or not may_write(by, case):
        raise PermissionDenied
    sample.case = case
    sample.save(update_fields=["case", "changed"])


def _store(record: Record, by: User) -> CountedDays:
    """Write a record; returns by which days it and what moves with it was and is counted. Raises PermissionDenied,
    WrongState."""
    lock_named([record])
    _derive(record)
    before = lock(record) if record.pk else None
    if not may_write(by, record) or (before and not may_write(by, before)):
        raise PermissionDenied
    if before is None:
        record.by = by
    days = _counted_days([before]) if before else set()
    record.save()
    moved = _move_along(before, record) if before else set()
    return days | _counted_days([record]) | moved


def _move_along(before: Record, record: Record) -> CountedDays:
    """What belongs to a record goes to the sector where it goes: a batch's samples, and so an inspection's notices and
    the cases of such samples, where they stood in the same sector as it did; a case of samples of several sectors
    stays."""
    if before.sector_id == record.sector_id:
        return set()
    along: list[Record] = []
    if isinstance(record, SamplingBatch):
        others = NonconformingSample.objects.filter(case=OuterRef("pk"))
        others = others.exclude(batch=record).exclude(sector=record.sector_id)
        cases = EnforcementCase.objects.filter(samples__batch=record, sector=before.sector_id)
        along += lock_there(cases.filter(~Exists(others)))
    elif isinstance(record, Inspection):
        along += lock_there(RectificationNotice.objects.filter(inspection=record, sector=before.sector_id))
    days = _counted_days(along)
    for moving in along:
        moving.sector = record.sector
        moving.save(update_fields=["sector", "changed"])
    days |= _counted_days(along)
    if isinstance(record, SamplingBatch):
        _samples(record).update(sector=record.sector)
    return days


def _derive(record: Record) -> None:
    """What a record says by what it says elsewhere."""
    if isinstance(record, NonconformingSample):
        record.sector = record.batch.sector
    if isinstance(record, SamplingBatch):
        record.item_count = items.count(record.items)


def _counted_days(records: Iterable[Record]) -> CountedDays:
    return {(record.department, record.sector, day) for record in records for day in record.days_counted}


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
