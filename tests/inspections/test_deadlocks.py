"""Pairs of steps that lock more than one row, made at once: both come to an end, whoever is first.

On PostgreSQL, whose locks are of rows; a pause after each lock lets the other one take its own.
"""

import datetime
from functools import partial
from itertools import combinations_with_replacement

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from inspections import records
from inspections.models import (
    EnforcementCase,
    Inspection,
    NonconformingSample,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from sectors.approval import moves
from sectors.calendar import extensions, periods
from sectors.catalogue import counted
from sectors.entry import writer
from sectors.findings import reasons, storage
from sectors.guard import WrongState
from sectors.models import Assignment, Indicator, Period, Sector, Sheet, StoredFinding, Submission
from sectors.reminders import urging
from sectors.transfer.figure_files import import_figures
from tests import base
from tests.inspections.recorded import batch
from tests.races import at_once, slow_locks

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="on SQLite one transaction writes after the other"),
]
LATER = datetime.date(2030, 1, 18)
REFUSED = (WrongState,)


@pytest.fixture
def period(cast):
    """A quarter whose two sheets are both of 市场监管局, the first of them counting batches, and signed."""
    Assignment.objects.filter(region=cast.county, sheet__number="T-02").update(department=cast.market)
    rule = counted.completed({"of": "batch", "measure": "samples", "where": {}})
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=rule)
    water = counted.completed({"of": "batch", "measure": "samples", "where": {}})
    base.change_catalogue(Indicator.objects.filter(code="water.tests"), counted=water)
    base.change_catalogue(Sheet.objects.filter(number="T-02"), sector=Sector.objects.get(code="food"))
    period = base.period(cast.county, "2023Q1")
    moves.open_period(period)
    return period


def sheets(period):
    return list(Submission.objects.filter(period=period).order_by("pk"))


def returned(cast, period, number):
    """The office returns a sheet and gives it time."""
    sheet = sheets(period)[number]
    Submission.objects.filter(pk=sheet.pk).update(status="signed")
    base.complete(sheet)
    return lambda: moves.move(submission=sheet, action="return", by=cast.office, reason="请核对", until=LATER)


def entered(cast, period):
    sheet = sheets(period)[1]
    code = sheet.sheet.indicators.filter(formula="", counted={}).first().code

    def save():
        writer.save(sheet, writer.Typed({code: "7"}), by=cast.clerk)
        storage.refresh(sheet)

    return save


def recounted(cast):
    return lambda: batch(cast, taken_on=datetime.date(2023, 1, 9), samples=4)


def days_changed(cast, period):
    def change():
        found = Period.objects.get(pk=period.pk)
        found.due = datetime.date(2023, 1, 16)
        periods.change_days(found, reason="顺延")

    return change


def imported(cast, tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text("indicator,period,value,declared,note\nfood.firms,2023,5,,\n")
    return lambda: import_figures([path], region=cast.county, year=2023)


def assigned(cast):
    """An administrator gives a sheet to another department, and the periods that run hand it over."""
    client = Client()
    client.force_login(cast.admin)
    found = Assignment.objects.get(region=cast.county, sheet__number="T-02")
    page = reverse("admin:sectors_assignment_change", args=[found.pk])
    sent = {"sheet": found.sheet_id, "region": found.region_id, "department": cast.water.pk}
    sent["seen"] = base.seen_on(client, page)

    def change():
        answer = client.post(page, sent)
        assert answer.status_code == 302

    return change


STEPS = {
    "return the first with time": lambda cast, period, path: returned(cast, period, 0),
    "return the second with time": lambda cast, period, path: returned(cast, period, 1),
    "hand out": lambda cast, period, path: lambda: (moves.open_period(period), moves.hand_over(period)),
    "extend all": lambda cast, period, path: (
        lambda: extensions.grant(period=period, department=cast.market, until=LATER, reason="系统升级", by=cast.office)
    ),
    "change the days": lambda cast, period, path: days_changed(cast, period),
    "enter": lambda cast, period, path: entered(cast, period),
    "record a batch": lambda cast, period, path: recounted(cast),
    "urge": lambda cast, period, path: lambda: urging.urge(period=period, departments=[cast.market.pk], by=cast.office),
    "load figures": lambda cast, period, path: imported(cast, path),
}


@pytest.mark.parametrize(("one", "other"), [*combinations_with_replacement(STEPS, 2)])
def test_both_steps_come_to_an_end(cast, period, tmp_path, on, one, other):
    on("2023-01-12")
    calls = [STEPS[name](cast, period, tmp_path) for name in (one, other)]
    results = at_once(*map(slow_locks, calls))
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, REFUSED)] == []


def test_two_returns_with_time_both_give_it(cast, period, on):
    on("2023-01-12")
    at_once(*(slow_locks(returned(cast, period, number)) for number in (1, 0)))
    assert {sheet.status for sheet in sheets(period)} == {"returned"}
    assert [sheet.extended_until for sheet in sheets(period)] == [LATER, LATER]


@pytest.mark.parametrize("other", ["record a batch", "hand out", "return the first with time"])
def test_an_assignment_over_two_periods_and_another_step(cast, period, tmp_path, on, other):
    """The later period has the sheet with the lower key."""
    on("2023-01-10")
    later = base.period(cast.county, "2023Q2")
    moves.open_period(later)
    calls = [assigned(cast), STEPS[other](cast, period, tmp_path)]
    results = at_once(*map(slow_locks, calls))
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, REFUSED)] == []


def record(cast, model, **fields):
    made = model(department=cast.market, region=cast.county, sector=Sector.objects.get(code="food"), **fields)
    records.save(made, by=cast.clerk)
    return made


def plan(cast):
    return record(
        cast, SamplingPlan, name="计划", year=2023, programme="supervision", issued_on=datetime.date(2023, 1, 5)
    )


def test_a_plan_is_changed_or_deleted_while_batches_name_it(cast, period):
    """The batch is counted, and refers to the plan when its transaction ends."""
    rule = counted.completed({"of": "task", "measure": "batches", "where": {}})
    base.change_catalogue(Indicator.objects.filter(code="food.task"), counted=rule)
    for change in (records.save, records.delete):
        found = plan(cast)
        results = at_once(
            slow_locks(partial(change, found, by=cast.clerk)),
            slow_locks(partial(batch, cast, taken_on=datetime.date(2023, 1, 9), plan=found)),
        )
        assert [r for r in results if isinstance(r, Exception) and not isinstance(r, REFUSED)] == [], results
        SamplingBatch.objects.all().delete()
        SamplingPlan.objects.all().delete()


def test_an_inspection_is_deleted_while_a_notice_names_it(cast, period):
    for code, of in (("food.task", "inspection"), ("food.done", "notice")):
        rule = counted.completed({"of": of, "measure": f"{of}s", "where": {}})
        base.change_catalogue(Indicator.objects.filter(code=code), counted=rule)
    inspection = record(
        cast, Inspection, held_on=datetime.date(2023, 1, 9), premises="东门市场", premises_type="market"
    )

    def issue():
        return record(
            cast,
            RectificationNotice,
            inspection=inspection,
            premises="东门市场",
            premises_type="market",
            issued_on=datetime.date(2023, 1, 10),
            due_on=datetime.date(2023, 1, 20),
        )

    deleted, issued = at_once(slow_locks(lambda: records.delete(inspection, by=cast.clerk)), slow_locks(issue))
    assert not isinstance(deleted, Exception), deleted
    assert isinstance(issued, RectificationNotice | WrongState), issued
    if isinstance(issued, RectificationNotice):
        issued.refresh_from_db()
        assert issued.inspection is None


def test_a_batch_and_a_case_are_deleted_while_a_sample_names_both(cast):
    found = batch(cast)
    case = record(cast, EnforcementCase, party="甲店", category="food", filed_on=datetime.date(2023, 2, 15))
    sample = record(cast, NonconformingSample, batch=found, item="毒死蜱", found_on=datetime.date(2023, 2, 15))
    sample.case = case
    results = at_once(
        slow_locks(lambda: records.delete(found, by=cast.clerk)),
        slow_locks(lambda: records.save(sample, by=cast.clerk)),
        slow_locks(lambda: records.delete(case, by=cast.clerk)),
    )
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, REFUSED)] == []


def test_a_case_is_deleted_while_its_batch_moves_to_another_sector(cast):
    """Samples and cases go along with their batch."""
    found = batch(cast)
    case = record(cast, EnforcementCase, party="甲店", category="food", filed_on=datetime.date(2023, 2, 15))
    record(cast, NonconformingSample, batch=found, item="毒死蜱", found_on=datetime.date(2023, 2, 15), case=case)
    found.sector = Sector.objects.get(code="water")
    results = at_once(
        slow_locks(partial(records.save, found, by=cast.clerk)),
        slow_locks(partial(records.delete, case, by=cast.clerk)),
    )
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, REFUSED)] == []
    assert NonconformingSample.objects.get().sector == found.sector


def test_two_who_explain_one_contradiction_in_two_sheets(cast):
    """The words go to the finding in the other sheet too, so each has to do with both."""
    base.across_two_sheets()
    Assignment.objects.filter(region=cast.county, sheet__number="T-02").update(department=cast.market)
    base.report(cast.county, "2023Q1", {"food.done": "9", "water.tests": "4"}, status="draft")
    for number in ("T-01", "T-02"):
        storage.refresh(base.submission(cast.county, number))
    found = list(StoredFinding.objects.filter(rule__contains="food.tests").order_by("pk"))
    assert len(found) == 2
    words = ["因部分检测由上级抽检后移交我局处理", "有五批次由州局检测，未计入本表数据"]
    results = at_once(
        *(
            slow_locks(partial(reasons.explain, finding=one, text=text, by=cast.clerk))
            for one, text in zip(found, words, strict=True)
        )
    )
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, REFUSED)] == []
