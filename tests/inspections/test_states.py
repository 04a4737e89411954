"""How far a record has come, what is due, and that lists and single records say the same of it."""

import datetime
import itertools

import pytest
from django.http import HttpRequest
from django.utils import timezone

from audit import origin
from inspections import deadlines, reminders
from inspections.choices import SamplingStage
from inspections.models import (
    Complaint,
    EnforcementCase,
    NonconformingSample,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from sectors.approval import worklist
from sectors.models import Sector
from tests.inspections.recorded import batch

TODAY = datetime.date(2023, 12, 29)
AGO = [None, *(TODAY - datetime.timedelta(days) for days in (230, 40, 3))]
STEPS = ("taken_on", "received_on", "tested_on", "reported_on", "closed_on")


def ways():
    """Batches of every programme, result and order of days that the database takes."""
    for days in itertools.product(AGO, repeat=5):
        given = [day for day in days if day]
        if given == sorted(given):
            for programme, failed in itertools.product(("supervision", "rapid"), (None, 0, 1)):
                if not (days[3] and failed is None) and not (programme == "rapid" and not days[0]):
                    yield programme, failed, days


@pytest.fixture
def all_ways(cast, on):
    on(TODAY.isoformat())
    common = {
        "department": cast.market, "region": cast.county, "sector": Sector.objects.get(code="food"),
        "category": "produce", "product": "豇豆", "place": "东门",
    }  # fmt: skip
    SamplingBatch.objects.bulk_create(
        SamplingBatch(**common, programme=programme, failed=failed, **dict(zip(STEPS, days, strict=True)))
        for programme, failed, days in ways()
    )
    return list(SamplingBatch.objects.all())


def test_a_list_narrowed_to_a_stage_holds_the_batches_of_that_stage(all_ways):
    assert {made.stage for made in all_ways} == set(SamplingStage)
    for stage in SamplingStage:
        condition = SamplingBatch.states(TODAY)[stage.value].condition
        listed = set(SamplingBatch.objects.filter(condition).values_list("pk", flat=True))
        assert listed == {made.pk for made in all_ways if made.stage == stage}, stage


def test_overdue_and_soon_due_are_what_each_clock_says(all_ways):
    week = datetime.timedelta(7)
    late = {made.pk for made in all_ways if made.deadline and made.deadline.is_late}
    soon = {
        made.pk
        for made in all_ways
        if made.deadline and TODAY <= made.deadline.due <= TODAY + week and not (made.closed_on and made.reported_on)
    }
    states = SamplingBatch.states(TODAY)
    assert late
    assert set(SamplingBatch.objects.filter(states["late"].condition).values_list("pk", flat=True)) == late
    assert set(SamplingBatch.objects.filter(states["soon"].condition).values_list("pk", flat=True)) == soon


@pytest.mark.parametrize("failed", [False, True])
@pytest.mark.parametrize("offset", range(0, 400, 13))
def test_backup_samples_are_kept_from_the_day_that_lists_reckon_with(failed, offset):
    today = datetime.date(2023, 1, 31) + datetime.timedelta(offset)
    first = deadlines.first_kept(today, failed=failed)
    assert deadlines.kept_until(first, failed=failed) >= today
    assert deadlines.kept_until(first - datetime.timedelta(1), failed=failed) < today


@pytest.mark.parametrize("failed", [0, 1])
def test_what_has_a_result_is_tested_and_waits_for_no_laboratory(on, failed):
    on(TODAY.isoformat())
    made = SamplingBatch(taken_on=datetime.date(2023, 6, 1), samples=1, failed=failed)
    assert (made.stage, made.deadline) == ("tested", None)
    made.received_on = datetime.date(2023, 6, 2)  # the report is still due
    assert (made.stage, made.deadline is not None) == ("tested", True)


def test_the_clocks_can_be_set(cast, settings):
    made = batch(cast, taken_on=datetime.date(2023, 9, 20))
    assert made.deadline.due == datetime.date(2023, 9, 27)
    settings.SAMPLE_DELIVERY_WORKDAYS = 1
    deadlines.after.cache_clear()
    assert made.deadline.due == datetime.date(2023, 9, 21)
    settings.SAMPLE_KEPT_MONTHS = 1
    assert deadlines.kept_until(datetime.date(2023, 1, 31), failed=False) == datetime.date(2023, 2, 28)


def clock(made):
    """When something is due, and whether it is late."""
    found = made.deadline
    return found and (found.due, found.is_late)


def test_the_backup_sample_is_kept_when_all_else_is_settled(on):
    until = datetime.date(2023, 8, 20)
    days = {"taken_on": (2, 1), "received_on": (2, 2), "reported_on": (2, 20)}
    made = SamplingBatch(failed=1, **{name: datetime.date(2023, *day) for name, day in days.items()})
    on("2023-03-20")
    assert clock(made) == (until, False)
    made.closed_on = datetime.date(2023, 2, 25)
    assert clock(made) == (until, False)
    on("2023-08-21")
    assert clock(made) is None
    made.closed_on = None
    assert clock(made) == (until, True)


def late_ones(cast):
    """One overdue record in every register that has a clock; the day is 2023-12-29."""
    day = datetime.date(2023, 6, 1)
    common = {"department": cast.market, "region": cast.county, "sector": Sector.objects.get(code="food")}
    made = batch(cast, taken_on=day, received_on=day, failed=1)
    for one in (
        NonconformingSample(**common, batch=made, item="毒死蜱", found_on=day),
        RectificationNotice(**common, premises="店", premises_type="food", issued_on=day, due_on=day),
        EnforcementCase(**common, party="店", category="produce", filed_on=day),
        Complaint(**common, channel="hotline", subject="价格", accepted_on=day),
    ):
        one.save()


def test_what_is_overdue_stands_on_the_first_page_and_over_the_lists(client, cast, on):
    on(TODAY.isoformat())
    late_ones(cast)
    batch(cast, taken_on=TODAY - datetime.timedelta(2), place="西门")
    found = worklist.remind(cast.clerk)
    assert [reminder.is_late for reminder in found] == [True] * 5 + [False]
    client.force_login(cast.clerk)
    page = client.get("/").content.decode()
    for reminder in found:
        assert reminder.address in page
        listed = client.get(reminder.address).context["page"].object_list
        assert len(listed) == 1
    strip = client.get("/registry/due/inspections/")
    assert [line.register.slug for line in strip.context["counts"]] == ["rectifications", "cases", "complaints"]
    assert client.get("/registry/due/moon/").status_code == 404
    assert client.post("/registry/due/inspections/").status_code == 405


@pytest.mark.parametrize(("who", "lines"), [("clerk", 5), ("office", 5), ("outsider_clerk", 0), ("outsider_office", 0)])
def test_only_what_one_sees_is_reminded_of(cast, on, who, lines):
    on(TODAY.isoformat())
    late_ones(cast)
    assert len(reminders.due_counts(getattr(cast, who))) == lines


def test_states_are_told_in_one_query_a_list_and_one_for_the_words(cast, on, django_assert_num_queries):
    on(TODAY.isoformat())
    late_ones(cast)
    with origin.of(origin.Origin(HttpRequest())), django_assert_num_queries(5 + 1):
        reminders.due_counts(cast.clerk)


def test_a_day_is_today_where_the_site_is(cast):
    assert deadlines.Deadline("x", timezone.localdate()).days_late == 0


@pytest.mark.parametrize("year", [10**20, 10_000, 0, -1])
def test_a_plan_of_a_year_that_no_calendar_has_is_held_against_its_day(year):
    issued = datetime.date(2023, 2, 14)
    assert SamplingPlan(year=year, issued_on=issued).words_day == issued
    assert SamplingPlan(year=2024, issued_on=issued).words_day == datetime.date(2024, 1, 1)
