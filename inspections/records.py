"""The only writer of records. What it writes, changes or takes away is counted into the open sheets at once."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from audit import record as audit
from audit.vocabulary import EventKind
from inspections import items, links, personal_data, tally
from inspections.access import may_write
from inspections.guard import lock, lock_named, lock_there
from inspections.models import (
    Complaint,
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
from sectors import versions
from sectors.guard import WrongState
from sectors.models import Department, User
from sectors.versions import Conflict, version_of

CountedDays = set[tally.CountedDay]
ROWS_PER_INSERT = 1000
TASK = ("category", "setting", "due_on", "batches")
# What an event does not tell: who writes and when it does.
BOOKKEEPING = {"id", "region", "is_demo", "by", "created", "changed", "changed_by"}
HANDED_OVER = ("case",)  # the fields of a sample that a case filed after it changes


@dataclass(frozen=True)
class Dependents:
    """What is deleted together with a record: samples that did not conform in a batch, and the files of all."""

    samples: int
    files: int


@transaction.atomic
def save(record: Record, *, by: User, after: Record | None = None, seen: str | None = None) -> int:
    """Store a new or changed record; returns how many figures changed with it. A case that is filed after a sample
    that did not conform deals with it from now on. `seen` is the version of the record, of a new case that of the
    sample, as the person saw it; None where nobody looked.

    Raises PermissionDenied, WrongState when one of both is gone, and Conflict when it was changed meanwhile."""
    if isinstance(record, EnforcementCase) and isinstance(after, NonconformingSample):
        sample = lock(after)
        version = version_of(sample, fields=HANDED_OVER)
        if sample.case_id and seen not in (None, version):
            raise Conflict(sample, version, _last_change(sample))
        days = _store(record, by)
        hand_over(sample, record, by=by)
    else:
        days = _store(record, by, seen)
    return tally.recount(days, by=by)


@transaction.atomic
def delete(record: Record, *, by: User, seen: str | None = None) -> int:
    """Delete a record, with what depends on it and all files; returns how many figures changed with it. `seen` is its
    `version_to_delete` as the person saw it; None where nobody looked.

    Raises PermissionDenied, WrongState when it is gone or a plan that batches name, and Conflict when it or what goes
    with it was changed meanwhile."""
    locked = lock(record)
    if not may_write(by, locked):
        raise PermissionDenied
    lock_there(_samples(locked))
    version = version_to_delete(locked)
    if seen is not None and seen != version:
        is_same = seen.split("-")[0] == version.split("-")[0]
        raise Conflict(locked, version, versions.UNKNOWN if is_same else _last_change(locked))
    days = _counted_days([locked])
    for row in (locked, *_samples(locked)):
        for kept in row.files.all():
            transaction.on_commit(partial(kept.file.storage.delete, kept.file.name))
    _tell(locked, _content(locked), {}, by=by)
    for named in _naming(locked):
        named.update(changed=timezone.now(), changed_by=by, **{NAMES[named.model]: None})
    try:
        locked.delete()
    except ProtectedError as error:
        raise WrongState(_batches_message(len(error.protected_objects))) from error
    return tally.recount(days, by=by)


@transaction.atomic
def mask_settled(*, before: datetime.date) -> dict[str, int]:
    """Mask for good what cases and complaints that were closed before a day say of persons; by name of the kind, how
    many records changed. They are changed by nobody, on the day that this is done."""
    found = {}
    for model in (EnforcementCase, Complaint):
        rows = model.objects.filter(closed_on__lt=before).select_for_update(of=("self",), no_key=True).order_by("pk")
        changed = [row for row in rows.iterator(ROWS_PER_INSERT) if personal_data.masked(row)]
        for row in map(personal_data.hide, changed):
            row.changed, row.changed_by = timezone.now(), None
        kind = str(model._meta.model_name)
        names = {*personal_data.NAMES[kind], *personal_data.TEXTS[kind]}
        model.objects.bulk_update(changed, [*sorted(names), "changed", "changed_by"], batch_size=ROWS_PER_INSERT)
        how = {"how": "masked for good"}
        audit.write_all(
            audit.Happened(EventKind.RECORD, row, str(row.number or row.pk), region=row.region_id, more=how)
            for row in changed
        )
        found[str(model._meta.verbose_name_plural)] = len(changed)
    return found


def dependents(record: Record) -> Dependents:
    """What would be deleted with a record."""
    samples = list(_samples(record))
    return Dependents(len(samples), sum(kept.removed_at is None for kept in _files(record, samples)))


def version_to_delete(record: Record) -> str:
    """The version of a record and that of all that would be deleted with it."""
    samples = list(_samples(record))
    tasks = record.tasks.all() if isinstance(record, SamplingPlan) else ()
    return f"{version_of(record)}-{version_of(*samples, *tasks, *_files(record, samples))}"


def _files(record: Record, samples: Sequence[Record]) -> list[RecordFile]:
    of_samples = RecordFile.objects.filter(
        record_type=ContentType.objects.get_for_model(NonconformingSample), record_id__in=[row.pk for row in samples]
    )
    return [*record.files.all(), *of_samples]


# What names a record that may be deleted, and by which field: it stays, and names none.
NAMES: dict[type[Record], str] = {NonconformingSample: "case", RectificationNotice: "inspection"}


def _naming(record: Record) -> list[QuerySet[Any]]:
    return [
        model.objects.filter(**{name: record.pk})
        for model, name in NAMES.items()
        if model._meta.get_field(name).related_model is type(record)
    ]


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
    links.assign(records)
    for record in records:
        _derive(record)
    if records:
        rows = type(records[0]).objects
        _write(records, partial(rows.bulk_create, records, batch_size=ROWS_PER_INSERT))
        kind = records[0]._meta
        audit.write(
            EventKind.RECORD,
            department,
            name=str(kind.verbose_name_plural),
            by=by,
            region=department.region_id,
            added=[record.pk for record in records],
            model=kind.label_lower,
        )
    return tally.recount(_counted_days(records), by=by)


@transaction.atomic
def save_plan(plan: SamplingPlan, tasks: Collection[PlanTask], *, by: User, seen: str | None = None) -> int:
    """Store the tasks of a plan, which replace those it had, and the plan where it is new; a task without a day is due
    at the end of the year. `seen` is the `version_of_tasks` as the person saw it; None where nobody looked.

    Raises PermissionDenied, WrongState when the plan is gone, and Conflict when its tasks were changed meanwhile."""
    days = _begin_tasks(plan, tasks, by, seen) if plan.pk else _store(plan, by)
    before = [_told_task(task) for task in plan.tasks.all()]
    plan.tasks.all().delete()
    for task in tasks:
        task.plan = plan
        task.due_on = task.due_on or datetime.date(plan.year, 12, 31)
        task.save(force_insert=True)
    _tell(plan, {"tasks": before}, {"tasks": [_told_task(task) for task in tasks]}, by=by)
    return tally.recount(days | _counted_days([plan]), by=by)


def _told_task(task: PlanTask) -> list[Any]:
    return [getattr(task, name) for name in TASK]


def version_of_tasks(tasks: Iterable[PlanTask]) -> str:
    rows = sorted(tasks, key=lambda task: [str(value) for value in _told_task(task)])
    return version_of(*rows, fields=TASK)


def _begin_tasks(plan: SamplingPlan, tasks: Collection[PlanTask], by: User, seen: str | None) -> CountedDays:
    """Lock a plan whose tasks are replaced; returns by which days it was counted."""
    locked = lock(plan)
    if not may_write(by, locked):
        raise PermissionDenied
    version = version_of_tasks(locked.tasks.all())
    if seen is not None and version not in (seen, version_of_tasks(tasks)):
        raise Conflict(locked, version, _last_change(locked))
    days = _counted_days([locked])
    locked.changed_by = by
    locked.save(update_fields=["changed", "changed_by"])
    return days


@transaction.atomic
def hand_over(sample: NonconformingSample, case: EnforcementCase, *, by: User) -> None:
    """Let a case deal with a sample that did not conform. Raises PermissionDenied."""
    if not may_write(by, sample) or not may_write(by, case):
        raise PermissionDenied
    sample.case, sample.changed_by = case, by
    sample.save(update_fields=["case", "changed", "changed_by"])
    _tell(sample, {}, {"case": case.pk}, by=by)


def _store(record: Record, by: User, seen: str | None = None) -> CountedDays:
    """Write a record; returns by which days it and what moves with it was and is counted. Raises PermissionDenied,
    WrongState, Conflict."""
    lock_named([record])
    links.assign([record])
    _derive(record)
    before = lock(record) if record.pk else None
    if not may_write(by, record) or (before and not may_write(by, before)):
        raise PermissionDenied
    if before is None:
        record.by = by
    else:
        _check(before, record, seen)
    record.changed_by = by
    days = _counted_days([before]) if before else set()
    _write([record], record.save)
    _tell(record, _content(before) if before else {}, _content(record), by=by)
    moved = _move_along(before, record, by) if before else set()
    return days | _counted_days([record]) | moved


def _content(record: Record) -> dict[str, Any]:
    fields = [field for field in record._meta.concrete_fields if field.name not in BOOKKEEPING]
    return {field.name: getattr(record, field.attname) for field in fields}


def _tell(record: Record, before: dict[str, Any], after: dict[str, Any], *, by: User) -> None:
    kind = str(record._meta.model_name)
    changes = [
        (name, *(personal_data.on_record(kind, name, value) for value in values))
        for name, *values in audit.differences(before, after)
    ]
    name = str(record)
    if isinstance(record, EnforcementCase | Complaint):  # who it is about is told by none
        name = str(record.number or record.pk)
    if changes:
        audit.write(EventKind.RECORD, record, name=name, changes=changes, by=by, region=record.region_id)


def _write(records: Sequence[Record], write: Callable[[], object]) -> None:
    """Write records. Raises WrongState where one has a number or name that somebody else has recorded since it was
    looked at."""
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        for record in records:
            try:
                record.validate_constraints()
            except ValidationError as found:
                raise WrongState(" ".join(found.messages)) from error
        raise


def _check(there: Record, new: Record, seen: str | None) -> None:
    versions.check(there, new, seen, last=_last_change(there))


def _last_change(record: Record) -> versions.LastChange:
    return record.changed_by or record.by, record.changed


def _move_along(before: Record, record: Record, by: User) -> CountedDays:
    """What belongs to a record goes to the sector where it goes: a batch's samples, and so an inspection's notices and
    the cases of such samples, where they stood in the same sector as it did; a case of samples of several sectors
    stays. A plan takes its tasks along to another year."""
    if isinstance(record, SamplingPlan) and isinstance(before, SamplingPlan):
        _keep_in_year(record, record.year - before.year)
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
        moving.sector, moving.changed_by = record.sector, by
        moving.save(update_fields=["sector", "changed", "changed_by"])
        _tell(moving, {"sector": before.sector_id}, {"sector": record.sector_id}, by=by)
    days |= _counted_days(along)
    if isinstance(record, SamplingBatch):
        _samples(record).update(sector=record.sector, changed=timezone.now(), changed_by=by)
    return days


def _keep_in_year(plan: SamplingPlan, years: int) -> None:
    """Tasks are due in the year of their plan: where that is corrected, on the same days of it."""
    for task in plan.tasks.all() if years else ():
        is_leap_day = (task.due_on.month, task.due_on.day) == (2, 29)
        task.due_on = task.due_on.replace(year=task.due_on.year + years, day=28 if is_leap_day else task.due_on.day)
        task.save(update_fields=["due_on"])


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
