"""Illustrative records that count up to the illustrative figures of their year, and a few of these weeks.

As in `demo.figures` nothing is random. A sheet that nobody has filled yet gets records like those of the period
before, so that it fills itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from demo.needs import DAY, Need
from demo.record_builders import BUILDERS
from demo.sampling import PLACES, PRODUCERS, PRODUCTS, SETTINGS
from inspections import records as record_writer
from inspections.models import (
    EnforcementCase,
    Inspection,
    NonconformingSample,
    PlanTask,
    Record,
    SamplingBatch,
    SamplingPlan,
)
from sectors.models import Department, Figure, Region, Submission, User
from sectors.vocabulary import Role

UNSETTLED = 30  # every so many samples that did not conform is not settled yet
# What was found: item, measured, limit, unit.
FAULTS = {
    "produce.vegetable": ("毒死蜱", "0.11", "0.02", "mg/kg"),
    "school.tableware": ("大肠菌群", None, None, ""),
    "livestock": ("沙丁胺醇", "0.6", "0", "μg/L"),
    "engineering.material": ("屈服强度", "388", "400", "MPa"),
    "engineering.entity": ("混凝土强度", "28.4", "30", "MPa"),
    "engineering.entity.key": ("压实度", "94.1", "96", "%"),
}


@transaction.atomic
def make_records(region: Region, today: datetime.date | None = None) -> int:
    """Make the records of a region that has its illustrative years; returns how many, none when there are some."""
    if SamplingBatch.objects.filter(region=region).exists() or Inspection.objects.filter(region=region).exists():
        return 0
    made, today = 0, today or timezone.localdate()
    for department in Department.objects.reporting(region):
        clerk = User.objects.filter(department=department, role=Role.CLERK).first()
        if clerk is not None:
            made += _of_department(department, clerk, today)
    return made


def _of_department(department: Department, clerk: User, today: datetime.date) -> int:
    submissions = Submission.objects.filter(department=department, is_demo=True)
    listed = submissions.select_related("sheet__sector", "period").order_by("sheet", "period__year", "period__number")
    records: dict[type, list[Record]] = {}
    plans: list[tuple[SamplingPlan, list[PlanTask]]] = []
    before: dict[int, dict[str, int]] = {}
    for submission in listed:
        known = {**before.get(submission.sheet_id, {}), **_figures(submission)}
        before[submission.sheet_id] = known
        need = Need(submission, today, known)
        for build in BUILDERS.get(submission.sheet.number, ()) if need.has_run else ():
            build(need)
        plans += need.tasks
        for record in need.records:
            _leave_open(record, today)
            records.setdefault(type(record), []).append(record)
    produce = (row for row in records.get(SamplingBatch, []) if getattr(row, "category", "").startswith("produce"))
    if like := next(produce, None):
        records[SamplingBatch] += _current_batches(like, today)
    for plan, tasks in plans:
        plan.department, plan.region_id = department, department.region_id
        record_writer.save_plan(plan, tasks, by=clerk)
    for of_kind in records.values():
        record_writer.bulk_create(of_kind, department=department, by=clerk)
    return sum(map(len, records.values())) + _nonconforming_samples(department, clerk, today)


def _leave_open(record: Record, today: datetime.date) -> None:
    """Nothing is closed on a day that is still to come."""
    for name in ("closed_on", "rechecked_on"):
        day = getattr(record, name, None)
        if day and day > today:
            setattr(record, name, None)


def _figures(submission: Submission) -> dict[str, int]:
    rows = Figure.objects.filter(submission=submission, value__isnull=False)
    return {code: int(value) for code, value in rows.values_list("indicator__code", "value") if value is not None}


def _nonconforming_samples(department: Department, clerk: User, today: datetime.date) -> int:
    """What did not conform in the batches."""
    failed = SamplingBatch.objects.filter(department=department, failed__gt=0, is_demo=True).exclude(programme="rapid")
    found: list[Record] = []
    for n, batch in enumerate(failed.select_related("sector").order_by("pk")):
        item, measured, limit, unit = FAULTS.get(batch.category, ("标签标识", None, None, ""))
        day = batch.reported_on or batch.taken_on
        assert day is not None
        found += [
            NonconformingSample(
                batch=batch,
                sector=batch.sector,
                item=item,
                measured=measured,
                limit=limit,
                unit=unit,
                judgement="不符合标准要求",
                disposal=("责令改正，追溯来源", "下架封存，立案调查")[n % 2],
                found_on=day,
                closed_on=day + DAY * 25 if n % UNSETTLED else None,
                retest="upheld" if n % 5 == 1 else "none",
                is_demo=True,
            )
            for _sample in range(batch.failed or 0)
        ]
    for sample in found:
        _leave_open(sample, today)
    record_writer.bulk_create(found, department=department, by=clerk)
    return len(found) + _file_cases(department, clerk, today)


def _file_cases(department: Department, clerk: User, today: datetime.date) -> int:
    """What did not conform among food and produce goes to a case: one that was filed next, else one of its own."""
    samples = NonconformingSample.objects.filter(department=department, batch__category__startswith="produce")
    made = 0
    for n, sample in enumerate(samples.select_related("batch", "sector", "department").order_by("pk")):
        filed = EnforcementCase.objects.filter(department=department, sector=sample.sector, is_demo=True)
        case = filed.filter(filed_on__gte=sample.found_on).order_by("filed_on", "pk").first()
        if case is None and sample.sector.code == "food":
            case = EnforcementCase(
                department=department,
                region_id=department.region_id,
                sector=sample.sector,
                number=f"特市监罚〔{sample.found_on.year}〕{n + 1:02d}号",
                party=sample.batch.place,
                category=sample.batch.category,
                cause=f"销售{sample.item}超标的{sample.batch.product}",
                filed_on=min(sample.found_on + DAY * 6, today),
                closed_on=sample.found_on + DAY * 40,
                penalty=5000,
                is_demo=True,
            )
            _leave_open(case, today)
            record_writer.save(case, by=clerk)
            made += 1
        if case is not None and n % 2 == 0:
            record_writer.hand_over(sample, case, by=clerk)
    return made


def _current_batches(like: Record, today: datetime.date) -> Iterable[SamplingBatch]:
    """Batches on their way, with something due: planned, just taken, late at the laboratory, late in its report."""
    ages = ((None, None, None), (2, None, None), (16, None, None), (12, 9, None), (60, 55, None), (40, 36, 8))
    for n, (taken, received, reported) in enumerate(ages):
        days = [None if age is None else today - DAY * age for age in (taken, received, reported)]
        yield SamplingBatch(
            sector=like.sector,
            programme="supervision",
            campaign="专项抽检",
            category="produce.vegetable",
            product=PRODUCTS["produce.vegetable"][n],
            setting=SETTINGS[n % 3],
            place=PLACES[n % 3],
            producer=PRODUCERS[n % 2],
            samples=1,
            failed=0 if reported is not None else None,
            taken_on=days[0],
            received_on=days[1],
            reported_on=days[2],
            report_number=f"ZJ-{today.year}-{n:03d}" if reported is not None else "",
            is_demo=True,
        )
