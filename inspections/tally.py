"""Counts records into figures, by the counting rules of the catalogue and through `sectors.entry.writer`.

A rule counts the records in its sheet's sector whose day lies in its span: of a flow or an average the period, of a
level or a year to date the time since January. They are those of every department that has had the sheet in hand: of
the submission's departments, now and before it was handed over, in the whole span; of the departments of an earlier
period of the year up to the end of that period.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

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
from sectors.calculation.cells import rounded
from sectors.calculation.periods import PeriodKey
from sectors.catalogue.compiled import catalogue, sheet_of
from sectors.catalogue.counted import COUNTABLE, SINCE_JANUARY
from sectors.catalogue.words import under
from sectors.entry import writer
from sectors.findings import storage
from sectors.guard import lock, lock_departments
from sectors.models import Department, Indicator, Sector, Submission, User
from sectors.sql.catalogue import catalogue_version

Rule = Mapping[str, Any]
ONE_DAY = datetime.timedelta(days=1)
# What a rule's `of` names: the model, how to its owner, and its days.
SOURCES: dict[str, tuple[type[Model], str, dict[str, str]]] = {
    "task": (PlanTask, "plan__", {"due": "due_on"}),
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


def _different(expression: Any, condition: Q) -> Count:
    return Count(expression, filter=condition, distinct=True)


# What there are different ones of. `Countable.different` names what counts those that the year has not had before.
DIFFERENT: dict[tuple[str, str], Callable[[Q], Count]] = {
    ("batch", "places"): partial(_different, "place"),
    ("batch", "rounds"): partial(_different, ROUND),
    ("batch", "categories"): partial(_different, "category"),
    ("batch", "settings"): partial(_different, NullIf("setting", Value(""))),
    ("inspection", "distinct_premises"): partial(_different, "premises"),
}
# What is measured of the records that count; a pair is a share of one in the other, with what it is multiplied by.
MEASURES: dict[tuple[str, str], Any] = {
    **DIFFERENT,
    **{(of, COUNTABLE[of].different[measure]): different for (of, measure), different in DIFFERENT.items()},
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
    ("inspection", "inspections"): _rows,
    ("inspection", "premises"): lambda q: Sum("places", filter=q),
    ("inspection", "people"): lambda q: Sum("people", filter=q),
    ("inspection", "vehicles"): lambda q: Sum("vehicles", filter=q),
    ("inspection", "problems"): lambda q: Sum("problems", filter=q),
    ("inspection", "with_problems"): lambda q: _rows(q & Q(problems__gt=0)),
    ("notice", "notices"): _rows,
    ("notice", "problems"): lambda q: Sum("problems", filter=q),
    ("notice", "days"): _days("issued_on"),
    ("notice", "closed"): _closed,
    ("case", "cases"): _rows,
    ("case", "penalty"): lambda q: Sum("penalty", filter=q),
    ("case", "days"): _days("filed_on"),
    ("case", "closed"): _closed,
    ("complaint", "complaints"): _rows,
    ("complaint", "days"): _days("accepted_on"),
    ("complaint", "closed"): _closed,
    ("complaint", "mean_days"): (_days("accepted_on"), _closed, 1),
}


class EarlierRecords(NamedTuple):
    """The departments whose records counted before a submission's period, from a first to a last day."""

    departments: frozenset[int]
    first: datetime.date
    last: datetime.date


@dataclass(frozen=True)
class Holders:
    """The departments whose records count for a submission: in its whole span, and those of earlier periods of the
    year up to a day. `earlier` is what counted in the year before its period: what a department to which a sheet is
    handed over had recorded while it was another's did not."""

    whole: frozenset[int]
    until: Mapping[int, datetime.date] = field(default_factory=dict)
    earlier: Sequence[EarlierRecords] = ()

    def condition(self, owner: str, day: str, first: datetime.date, last: datetime.date) -> Q:
        """Their records from a first to a last day; `owner` and `day` name fields of a record."""
        condition = Q(**{f"{owner}__in": self.whole, f"{day}__range": (first, last)})
        for department, until in self.until.items():
            condition |= Q(**{owner: department, f"{day}__range": (first, min(last, until))})
        return condition

    def before(self, owner: str, day: str) -> Q:
        """The records that counted before the period; likewise."""
        condition = Q()
        for departments, first, last in self.earlier:
            condition |= Q(**{f"{owner}__in": departments, f"{day}__range": (first, last)})
        return condition

    def count(self, department: int, day: datetime.date) -> bool:
        """Whether a record of a day before the end of the period may count."""
        return department in self.whole or (department in self.until and day <= self.until[department])


@transaction.atomic
def refresh(submission: Submission, *, by: User | None = None, holders: Holders | None = None) -> int:
    """Count a submission's cells anew (`sheet` and `period` fetched); returns how many figures changed. `holders` tell
    whose records count, where that was asked already and the departments are locked since."""
    if not counted_indicators(submission):
        return 0
    lock(submission)  # before it is counted: of two records made at once the second counts both
    updated = writer.store_counts(submission, count(submission, holders), by=by)
    storage.refresh(submission)
    if updated:
        # When this is done: it locks the others, and two that wait for one another would wait for ever.
        transaction.on_commit(partial(storage.refresh_standing_beside, submission), robust=True)
    return updated


def count(submission: Submission, holders: Holders | None = None) -> dict[Indicator, writer.Counted | None]:
    """What the records say for each counted indicator of the sheet, None where there are none or they say nothing:
    two queries for each kind of record, and one for their departments where `holders` do not tell them."""
    found: dict[Indicator, writer.Counted | None] = {}
    wanted: dict[str, list[Indicator]] = {}
    holders = holders or _holders([submission])[submission.pk]
    for indicator in counted_indicators(submission).values():
        wanted.setdefault(indicator.counted["of"], []).append(indicator)
    for of, indicators in wanted.items():
        rows = _in_sector(of, submission)
        if not rows.exists():  # what would be counted of them takes long to ask
            found |= dict.fromkeys(indicators)
            continue
        sums: dict[str, Any] = {}
        for n, indicator in enumerate(indicators):
            sums |= {f"{name}{n}": value for name, value in _sums(indicator, submission, holders).items()}
        answer = rows.aggregate(**sums)
        for n, indicator in enumerate(indicators):
            found[indicator] = _counted(indicator, {name: answer.get(f"{name}{n}") for name in PARTS})
    return found


# What a cell is made of: its records, their value, what it is a share of, and what the year has had before.
PARTS = ("records", "value", "whole", "before")


def _sums(indicator: Indicator, submission: Submission, holders: Holders) -> dict[str, Any]:
    rule = indicator.counted
    measure, condition = MEASURES[rule["of"], rule["measure"]], _condition(indicator, submission, holders)
    sums: dict[str, Any] = {"records": _rows(condition)}
    if isinstance(measure, tuple):
        value, whole, _times = measure
        return sums | {"value": value(condition), "whole": whole(condition)}
    if not COUNTABLE[rule["of"]].plain(rule["measure"]):
        return sums | {"value": measure(condition)}
    if not holders.earlier:
        return sums | {"value": measure(condition)}
    _model, owner, days = SOURCES[rule["of"]]
    earlier = _where(indicator, holders.before(f"{owner}department", days[rule["by"]]))
    return sums | {"value": measure(condition | earlier), "before": measure(earlier)}


def _counted(indicator: Indicator, answer: Mapping[str, Any]) -> writer.Counted | None:
    """A cell's value in the indicator's unit and decimals; a share of nothing is none."""
    if not answer["records"]:
        return None
    measure = MEASURES[indicator.counted["of"], indicator.counted["measure"]]
    value = _plain(answer["value"]) - _plain(answer["before"])
    if isinstance(measure, tuple):
        whole = _plain(answer["whole"])
        if not whole:
            return None
        value = value * measure[2] / whole
    else:
        value /= indicator.unit.scale
    return writer.Counted(rounded(value, indicator.decimals, indicator.rounding), answer["records"])


def _plain(value: Any) -> Decimal:
    return Decimal(value.days) if isinstance(value, datetime.timedelta) else Decimal(value or 0)


def counted_indicators(submission: Submission) -> dict[str, Indicator]:
    """Those of its sheet that records are counted for, by code (`period` fetched)."""
    return {code: indicator for code, indicator in sheet_of(submission).entered.items() if indicator.counted}


def records(submission: Submission, indicator: Indicator) -> QuerySet[Any]:
    """Exactly the records that are counted for a cell."""
    holders = _holders([submission])[submission.pk]
    return _in_sector(indicator.counted["of"], submission).filter(_condition(indicator, submission, holders))


def _in_sector(of: str, submission: Submission) -> QuerySet[Any]:
    model, owner, _days = SOURCES[of]
    rows: QuerySet[Any] = model._default_manager.all()
    return rows.filter(**{f"{owner}region": submission.region_id, f"{owner}sector": submission.sheet.sector_id})


def _condition(indicator: Indicator, submission: Submission, holders: Holders) -> Q:
    """Which records of the sector count: their department and day, and the rule's filters."""
    _model, owner, days = SOURCES[indicator.counted["of"]]
    day = days[indicator.counted["by"]]
    return _where(indicator, holders.condition(f"{owner}department", day, *_span(indicator, submission)))


def _where(indicator: Indicator, condition: Q) -> Q:
    """With the rule's filters."""
    rule = indicator.counted
    for key, values in rule["where"].items():
        on_plan = rule["of"] == "task" and key == "programme"
        field_name = f"plan__{key}" if on_plan else key
        condition &= under(field_name, values)
    return condition


def _span(indicator: Indicator, submission: Submission) -> tuple[datetime.date, datetime.date]:
    period = submission.period
    since_january = indicator.accumulation in SINCE_JANUARY
    first = datetime.date(period.year, 1, 1) if since_january else period.key.first_day
    return first, period.last_day


def _holders(submissions: Iterable[Submission]) -> dict[int, Holders]:
    """Whose records count, by submission (`period` fetched): one query."""
    rows = list(submissions)
    known: dict[tuple[int, int, int], list[tuple[int, PeriodKey, set[int]]]] = {}
    of_sheets = Submission.objects.filter(
        sheet__in={row.sheet_id for row in rows},
        region__in={row.region_id for row in rows},
        period__year__in={row.period.year for row in rows},
    )
    fields = ("sheet", "region", "pk", "department", "former_departments")
    for sheet, region, pk, now, former, *key in of_sheets.order_by("pk").values_list(
        *fields, "period__year", "period__kind", "period__number"
    ):
        listed = known.setdefault((sheet, region, key[0]), [])
        if not listed or listed[-1][0] != pk:
            listed.append((pk, PeriodKey(*key), {now}))
        listed[-1][2].update({former} - {None})
    return {row.pk: _holders_of(row, known[row.sheet_id, row.region_id, row.period.year]) for row in rows}


def _holders_of(submission: Submission, of_year: list[tuple[int, PeriodKey, set[int]]]) -> Holders:
    key, whole = submission.period.key, {submission.department_id}
    until: dict[int, datetime.date] = {}
    for pk, other, departments in of_year:
        if pk == submission.pk:
            whole |= departments
        elif (other.last_day, key.first_day) < (key.last_day, other.first_day):  # earlier, or a part of it
            for department in departments:
                until[department] = max(other.last_day, until.get(department, other.last_day))
    others = {one: day for one, day in until.items() if one not in whole}
    return Holders(frozenset(whole), others, list(_earlier(key, frozenset(whole), of_year)))


def _earlier(
    key: PeriodKey, whole: frozenset[int], of_year: list[tuple[int, PeriodKey, set[int]]]
) -> Iterator[EarlierRecords]:
    """By the periods of the year before one; what lies between them counts as the next one's."""
    day = datetime.date(key.year, 1, 1)
    periods = [(other.last_day, frozenset(departments)) for _pk, other, departments in of_year]
    before = sorted((row for row in periods if row[0] < key.first_day), key=itemgetter(0))
    for last, departments in [*before, (key.first_day - ONE_DAY, whole)]:
        if day <= last:
            yield EarlierRecords(departments, day, last)
            day = last + ONE_DAY


CountedDay = tuple[Department, Sector, datetime.date]


def recount(days: Collection[CountedDay], *, by: User | None) -> int:
    """Count the submissions anew that records of these departments, sectors and days belong to; returns how many
    figures changed.

    Later periods of the same year are among them: what is counted since the start of the year changes there too.
    """
    lock_departments({department.pk for department, _sector, _day in days})
    return sum(refresh(submission, by=by, holders=holders) for submission, holders in _affected(days).items())


def _affected(days: Collection[CountedDay]) -> dict[Submission, Holders]:
    """Those with counted cells, of one catalogue, in one order, so that two clerks who record at the same time do not
    wait for each other for ever; with whose records count for them."""
    version = catalogue_version()
    rows = Submission.objects.filter(
        region__in={department.region_id for department, _sector, _day in days},
        sheet__in=catalogue(version).counted_sheets,
        sheet__sector__in={sector for _department, sector, _day in days},
        period__year__in={day.year for _department, _sector, day in days},
    )
    listed = list(rows.select_related("sheet", "period", "department").order_by("pk"))
    holders = _holders(listed) if listed else {}
    affected = {row: holders[row.pk] for row in listed if _is_affected(row, holders[row.pk], days)}
    for submission in affected:
        submission.catalogue_version = version
    return affected


def _is_affected(submission: Submission, holders: Holders, days: Collection[CountedDay]) -> bool:
    period = submission.period
    return any(
        sector.pk == submission.sheet.sector_id
        and day.year == period.year
        and day <= period.last_day
        and holders.count(department.pk, day)
        for department, sector, day in days
    )


def cells_of(record: Record) -> list[tuple[Submission, Indicator]]:
    """The cells that a record is counted for, in the sheets that its department has or had in hand."""
    rows: QuerySet[Any] = type(record).objects.filter(pk=record.pk)
    if isinstance(record, SamplingPlan):
        rows = record.tasks.all()  # which are what is counted of a plan
    affected = _affected([(record.department, record.sector, day) for day in record.days_counted])
    cells = [
        (submission, indicator)
        for submission in affected
        for indicator in counted_indicators(submission).values()
        if SOURCES[indicator.counted["of"]][0] is rows.model
    ]
    counts = {f"cell{n}": _rows(_condition(cell, of, affected[of])) for n, (of, cell) in enumerate(cells)}
    answer = rows.aggregate(**counts)
    return [cell for n, cell in enumerate(cells) if answer[f"cell{n}"]]
