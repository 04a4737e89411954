"""A record that moves takes along what belongs to it, and so does one that is deleted."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from inspections import failures, records
from inspections.files import RecordAttachments
from inspections.models import (
    EnforcementCase,
    Inspection,
    NonconformingSample,
    PlanTask,
    RecordFile,
    RectificationNotice,
    SamplingBatch,
    SamplingPlan,
)
from sectors.catalogue import counted
from sectors.guard import WrongState
from sectors.models import Indicator, Sector
from tests import base
from tests.inspections.recorded import DAY, batch
from tests.inspections.test_tally import figure

pytestmark = pytest.mark.usefixtures("media")


@pytest.fixture
def water(cast):
    return Sector.objects.get(code="water")


def count_as(code, **rule):
    base.change_catalogue(Indicator.objects.filter(code=code), counted=counted.completed(rule))


def common(cast):
    return {"department": cast.market, "region": cast.county, "sector": Sector.objects.get(code="food")}


def sample(cast, of, **fields):
    made = NonconformingSample(**common(cast), batch=of, item="毒死蜱", found_on=DAY, **fields)
    records.save(made, by=cast.clerk)
    return made


def case(cast, *samples, **fields):
    made = EnforcementCase(**{**common(cast), "party": "店", "category": "produce", "filed_on": DAY, **fields})
    records.save(made, by=cast.clerk)
    for one in samples:
        records.hand_over(one, made, by=cast.clerk)
    return made


def move(cast, record, sector):
    found = type(record).objects.get(pk=record.pk)
    found.sector = sector
    records.save(found, by=cast.clerk)


def sectors(*rows):
    return [type(row).objects.get(pk=row.pk).sector.code for row in rows]


def test_the_samples_of_a_batch_go_with_it_and_nothing_else_does(client, cast, water):
    made, other = batch(cast, failed=1, producer="甲"), batch(cast, failed=1, place="西门")
    taken, left = sample(cast, made), sample(cast, other)
    move(cast, made, water)
    assert sectors(taken, left) == ["water", "food"]
    taken.refresh_from_db()
    assert (taken.department, taken.region) == (cast.market, cast.county)
    client.force_login(cast.clerk)
    follow = client.get(reverse("new-cases"), {"after": f"samples:{taken.pk}"})
    assert follow.context["form"].initial["sector"] == water.pk
    assert {s.sector.code for s in failures.unsettled(failures.Scope(cast.clerk, 2023))} == {"water", "food"}


def test_a_case_goes_with_its_samples_and_is_counted_there(cast, water):
    count_as("food.done", of="case", measure="cases")
    count_as("water.tests", of="case", measure="cases")
    sheet, other = base.submission(cast.county), base.submission(cast.county, "T-02")
    Indicator.objects.get(code="water.tests").sheet.assignments.filter(region=cast.county).update(
        department=cast.market
    )
    type(other).objects.filter(pk=other.pk).update(department=cast.market)
    made = batch(cast, failed=1)
    filed = case(cast, sample(cast, made))
    assert (figure(sheet), figure(other, "water.tests")) == (1, None)
    move(cast, made, water)
    assert sectors(filed) == ["water"]
    assert (figure(sheet), figure(other, "water.tests")) == (None, 1)


def test_a_case_of_samples_of_several_sectors_stays_where_it_is(cast, water):
    one, other = batch(cast, failed=1), batch(cast, failed=1, place="西门")
    filed = case(cast, sample(cast, one), sample(cast, other))
    move(cast, one, water)
    assert sectors(filed) == ["food"]
    move(cast, other, water)
    assert sectors(filed) == ["water"]


def test_a_case_that_was_put_into_another_sector_stays_there(cast, water):
    made = batch(cast, failed=1)
    filed = case(cast, sample(cast, made), sector=Sector.objects.exclude(code__in=("food", "water")).first())
    before = sectors(filed)
    move(cast, made, water)
    assert sectors(filed) == before


def test_the_notices_of_an_inspection_go_with_it(cast, water):
    count_as("food.done", of="notice", measure="notices")
    sheet = base.submission(cast.county)
    inspection = Inspection(**common(cast), premises="店", premises_type="food", held_on=DAY)
    records.save(inspection, by=cast.clerk)
    notices = [
        RectificationNotice(
            **common(cast), inspection=of, premises="店", premises_type="food", issued_on=DAY, due_on=DAY
        )
        for of in (inspection, None)
    ]
    for notice in notices:
        records.save(notice, by=cast.clerk)
    assert figure(sheet) == 2
    move(cast, inspection, water)
    assert sectors(*notices) == ["water", "food"]
    assert figure(sheet) == 1


def test_a_plan_that_changes_department_is_counted_in_both(cast):
    count_as("food.task", of="task", measure="batches")
    count_as("water.tests", of="task", measure="batches")
    sheet, other = base.submission(cast.county), base.submission(cast.county, "T-02")
    plan = SamplingPlan(**common(cast), year=2023, name="计划", programme="supervision", issued_on=DAY)
    records.save_plan(plan, [PlanTask(category="produce", due_on=DAY, batches=7)], by=cast.office)
    assert (figure(sheet, "food.task"), figure(other, "water.tests")) == (7, None)
    plan.department, plan.sector = cast.water, other.sheet.sector
    records.save(plan, by=cast.office)
    assert (figure(sheet, "food.task"), figure(other, "water.tests")) == (None, 7)


def test_a_sample_moves_to_the_sector_of_its_new_batch(cast, water):
    one, other = batch(cast, failed=1), batch(cast, failed=1, place="西门", sector=water)
    made = sample(cast, one)
    made.batch = other
    records.save(made, by=cast.clerk)
    assert sectors(made) == ["water"]


def test_an_imported_sample_has_the_sector_that_its_batch_has_by_now(cast, water):
    seen = batch(cast, failed=1)
    move(cast, seen, water)
    rows = [NonconformingSample(batch=seen, item=f"{n}", found_on=DAY) for n in range(2)]
    records.bulk_create(rows, department=cast.market, by=cast.clerk)
    assert sectors(*rows) == ["water", "water"]
    records.delete(SamplingBatch.objects.get(), by=cast.clerk)
    gone = [NonconformingSample(batch=seen, item="3", found_on=DAY)]
    with pytest.raises(WrongState):
        records.bulk_create(gone, department=cast.market, by=cast.clerk)


@pytest.mark.django_db(transaction=True)
def test_what_is_deleted_with_a_batch_is_said_and_leaves_no_file(client, cast, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    made = batch(cast, samples=2, failed=2)
    rows = [made, sample(cast, made), sample(cast, made, judgement="超标")]
    kept = sample(cast, batch(cast, failed=1, place="西门"))
    for n, row in enumerate([*rows, kept]):
        [file] = RecordAttachments(row, cast.clerk).attach([SimpleUploadedFile("a.pdf", b"%%PDF-%d" % n)]).stored
    client.force_login(cast.clerk)
    asked = client.get(reverse("delete-batches", args=[made.pk])).content.decode()
    assert "2条不合格样品" in asked
    assert "3个附件" in asked
    base.change(client, reverse("delete-batches", args=[made.pk]))
    assert list(NonconformingSample.objects.all()) == [kept]
    assert RecordFile.objects.get() == file
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_nothing_is_said_of_what_is_not_there(client, cast):
    made = batch(cast)
    client.force_login(cast.clerk)
    asked = client.get(reverse("delete-batches", args=[made.pk])).content.decode()
    assert "会一并删除" not in asked


def test_a_day_that_is_moved_is_counted_in_both_quarters(cast):
    count_as("food.done", of="batch", measure="samples")
    sheets = [base.submission(cast.county, in_period=f"2023Q{n}") for n in (1, 2)]
    made = batch(cast, samples=4)
    made.taken_on = datetime.date(2023, 5, 2)
    records.save(made, by=cast.clerk)
    assert [figure(sheet) for sheet in sheets] == [None, 4]
