"""Counts records into figures, by the counting rules of the catalogue and through `sectors.entry.writer`.

A rule counts the records of the submission's department in its sheet's sector, whose day lies in the period. Where an
indicator is no flow (a level, a year to date), the records since the start of the year count.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import (
    CharField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Model,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from inspections.models import (
    Complaint,
    EnforcementCase,
    Inspection,
    PlanTask,
    Record,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from inspections.models.records import under
from sectors.calculation.cells import rounded
from sectors.catalogue.compiled import catalogue, sheet_of
from sectors.entry import writer
from sectors.findings import storage
from sectors.guard import lock
from sectors.models import Department, Indicator, Sector, Submission, User
from sectors.sql.catalogue import catalogue_version
from sectors.vocabulary import Accumulation

Rule = Mapping[str, Any]
# What a rule's `of` names: the model, how to its owner, and its days.
SOURCES: dict[str, tuple[type[Model], str, dict[str, str]]] = {
    "task": (PlanTask, "plan__", {"issued": "plan__issued_on"}),
    "batch": (SamplingBatch, "", SamplingBatch.days),
    "inspection": (Inspection, "", Inspection.days),
    "notice": (RectificationNotice, "", RectificationNotice.days),
    "case": (EnforcementCase, "", EnforcementCase.days),
    "complaint": (Complaint, "", Complaint.days),
}
# A round of sampling is named; where it is not, one day makes one.
ROUND = Coalesce(NullIf("campaign", Value("")), Cast("taken_on", CharField()))
RESULT = Q(failed__isnull=False)


def _rows(condition: Q) -> Count:
    return Count("pk", filter=condition)


def _days(since: str) -> Callable[[Q], Any]:
    """Days from a first day to the closing, of records that are closed."""
    span = ExpressionWrapper(F("closed_on") - F(since), DurationField())
    return lambda q: Sum(span, filter=q & Q(closed_on__isnull=False))


def _closed(condition: Q) -> Count:
    return _rows(condition & Q(closed_on__isnull=False))


# What is measured of the records that count; a pair is a share of one in the other, with what it is multiplied by.
MEASURES: dict[tuple[str, str], Any] = {
    ("task", "batches"): lambda q: Sum("batches", filter=q),
    ("batch", "batches"): _rows,
    ("batch", "samples"): lambda q: Sum("samples", filter=q),
    ("batch", "passed"): lambda q: Sum(F("samples") - F("failed"), filter=q & RESULT),
    ("batch", "failed"): lambda q: Sum("failed", filter=q),
    ("batch", "pass_rate"): (
        lambda q: Sum(F("samples") - F("failed"), filter=q & RESULT),
        lambda q: Sum("samples", filter=q & RESULT),
        100,
    ),
    ("batch", "batches_passed"): lambda q: _rows(q & Q(failed=0)),
    ("batch", "batches_failed"): lambda q: _rows(q & Q(failed__gt=0)),
    ("batch", "items"): lambda q: Sum(F("item_count") * F("samples"), filter=q),
    ("batch", "places"): lambda q: Count("place", filter=q, distinct=True),
    ("batch", "rounds"): lambda q: Count(ROUND, filter=q, distinct=True),
    ("batch", "categories"): lambda q: Count("category", filter=q, distinct=True),
    ("batch", "settings"): lambda q: Count(NullIf("setting", Value("")), filter=q, distinct=True),
    ("inspection", "inspections"): _rows,
    ("inspection", "premises"): lambda q: Sum("places", filter=q),
    ("inspection", "distinct_premises"): lambda q: Count("premises", filter=q, distinct=True),
    ("inspection", "people"): lambda q: Sum("people", filter=q),
    ("inspection", "vehicles"): lambda q: Sum("vehicles", filter=q),
    ("inspection", "problems"): lambda q: Sum("problems", filter=q),
    ("inspection", "with_problems"): lambda q: _rows(q & Q(problems__gt=0)),
    ("notice", "notices"): _rows,
    ("notice", "problems"): lambda q: Sum("problems", filter=q),
    ("notice", "days"): _days("issued_on"),
    ("case", "cases"): _rows,
    ("case", "penalty"): lambda q: Sum("penalty", filter=q),
    ("case", "days"): _days("filed_on"),
    ("complaint", "complaints"): _rows,
    ("complaint", "days"): _days("accepted_on"),
    ("complaint", "mean_days"): (_days("accepted_on"), _closed, 1),
}


@transaction.atomic
def refresh(submission: Submission, *, by: User | None = None) -> int:
    """Count a submission's cells anew (`sheet` and `period` fetched); returns how many figures changed."""
    if not counted_indicators(submission):
        return 0
    lock(submission)  # before it is counted: of two records made at once the second counts both
    updated = writer.store_counts(submission, count(submission), by=by)
    storage.refresh(submission)
    return updated


def count(submission: Submission) -> dict[Indicator, writer.Counted | None]:
    """What the records say for each counted indicator of the sheet, None where they say nothing: one query for each
    kind of record."""
    found: dict[Indicator, writer.Counted | None] = {}
    wanted: dict[str, list[Indicator]] = {}
    for indicator in counted_indicators(submission).values():
        wanted.setdefault(indicator.counted["of"], []).append(indicator)
    for of, indicators in wanted.items():
        sums: dict[str, Any] = {}
        for n, indicator in enumerate(indicators):
            condition = _condition(indicator, submission)
            measure = MEASURES[of, indicator.counted["measure"]]
            if isinstance(measure, tuple):
                measure, whole, _times = measure
                sums[f"whole{n}"] = whole(condition)
            sums[f"value{n}"], sums[f"records{n}"] = measure(condition), _rows(condition)
        answer = _owned(of, submission).aggregate(**sums)
        for n, indicator in enumerate(indicators):
            found[indicator] = _counted(indicator, MEASURES[of, indicator.counted["measure"]], answer, n)
    return found


def _counted(indicator: Indicator, measure: Any, answer: Mapping[str, Any], n: int) -> writer.Counted | None:
    """The n-th value of an answer in the indicator's unit and decimals; a share of nothing is none."""
    value = _plain(answer[f"value{n}"])
    if isinstance(measure, tuple):
        whole = _plain(answer[f"whole{n}"])
        if not whole:
            return None
        value = value * measure[2] / whole
    else:
        value /= indicator.unit.scale
    return writer.Counted(rounded(value, indicator.decimals, indicator.rounding), answer[f"records{n}"])


def _plain(value: Any) -> Decimal:
    return Decimal(value.days) if isinstance(value, datetime.timedelta) else Decimal(value or 0)


def counted_indicators(submission: Submission) -> dict[str, Indicator]:
    """Those of its sheet that records are counted for, by code (`period` fetched)."""
    return {code: indicator for code, indicator in sheet_of(submission).entered.items() if indicator.counted}


def records(submission: Submission, indicator: Indicator) -> QuerySet[Any]:
    """Exactly the records that are counted for a cell."""
    return _owned(indicator.counted["of"], submission).filter(_condition(indicator, submission))


def _owned(of: str, submission: Submission) -> QuerySet[Any]:
    model, owner, _days = SOURCES[of]
    rows: QuerySet[Any] = model._default_manager.all()
    return rows.filter(**{f"{owner}department": submission.department_id, f"{owner}sector": submission.sheet.sector_id})


def _condition(indicator: Indicator, submission: Submission) -> Q:
    """Which of the owned records count: their day and the rule's filters."""
    rule = indicator.counted
    first, last = _span(indicator, submission)
    condition = Q(**{f"{SOURCES[rule['of']][2][rule['by']]}__range": (first, last)})
    for key, values in rule["where"].items():
        on_plan = rule["of"] == "task" and key == "programme"
        field = f"plan__{key}" if on_plan else key
        condition &= under(field, values) if key == "category" else Q(**{f"{field}__in": values})
    return condition


def _span(indicator: Indicator, submission: Submission) -> tuple[datetime.date, datetime.date]:
    period = submission.period
    is_flow = indicator.accumulation == Accumulation.FLOW
    first = period.key.first_day if is_flow else datetime.date(period.year, 1, 1)
    return first, period.last_day


def recount(department: Department, days: Collection[tuple[Sector, datetime.date]], *, by: User | None) -> int:
    """Count the submissions anew that records of these sectors and days belong to; returns how many figures changed.

    Later periods of the same year are among them: what is counted since the start of the year changes there too.
    """
    return sum(refresh(submission, by=by) for submission in _affected(department, days))


def _affected(department: Department, days: Collection[tuple[Sector, datetime.date]]) -> list[Submission]:
    """Those with counted cells, of one catalogue, in one order, so that two clerks who record at the same time do not
    wait for each other for ever."""
    version = catalogue_version()
    rows = Submission.objects.filter(
        department=department,
        sheet__in=catalogue(version).counted_sheets,
        sheet__sector__in={sector for sector, _day in days},
        period__year__in={day.year for _sector, day in days},
    )
    listed = rows.select_related("sheet", "period", "department").order_by("pk")
    affected = [submission for submission in listed if _is_affected(submission, days)]
    for submission in affected:
        submission.catalogue_version = version
    return affected


def _is_affected(submission: Submission, days: Collection[tuple[Sector, datetime.date]]) -> bool:
    period = submission.period
    return any(
        sector.pk == submission.sheet.sector_id and day.year == period.year and day <= period.last_day
        for sector, day in days
    )


def cells_of(record: Record) -> list[tuple[Submission, Indicator]]:
    """The cells that a record is counted for, in the sheets of its department."""
    rows: QuerySet[Any] = type(record).objects.filter(pk=record.pk)
    if isinstance(record, SamplingPlan):
        rows = record.tasks.all()  # which are what is counted of a plan
    cells = [
        (submission, indicator)
        for submission in _affected(record.department, [(record.sector, day) for day in record.days_counted])
        for indicator in counted_indicators(submission).values()
        if SOURCES[indicator.counted["of"]][0] is rows.model
    ]
    counts = {f"cell{n}": _rows(_condition(indicator, of)) for n, (of, indicator) in enumerate(cells)}
    answer = rows.aggregate(**counts)
    return [cell for n, cell in enumerate(cells) if answer[f"cell{n}"]]
