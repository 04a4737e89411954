"""Two people do something to one record at the same moment, in threads with connections of their own."""

import datetime
import time
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections import guard as record_guard
from inspections import records, tally
from inspections.files import RecordAttachments
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
from sectors import guard
from sectors.approval import moves
from sectors.catalogue import counted
from sectors.catalogue.loader import load
from sectors.entry import writer
from sectors.evidence import attachments
from sectors.guard import WrongState
from sectors.models import Assignment, Indicator, Period, Sector, Sheet
from sectors.transfer.figure_files import import_figures
from tests import base
from tests.inspections.recorded import batch
from tests.races import PAUSE, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def slow(monkeypatch, settings, tmp_path):
    """A pause between looking and writing."""
    settings.MEDIA_ROOT = tmp_path
    original = attachments.Attachments._check_room

    def late(*args):
        original(*args)
        time.sleep(PAUSE)

    monkeypatch.setattr(attachments.Attachments, "_check_room", late)


def slowed(original):
    def late(*args, **kwargs):
        time.sleep(2 * PAUSE)
        return original(*args, **kwargs)

    return late


def removed(record, by, *contents):
    """Files of a record that were attached and removed one after the other."""
    files = RecordAttachments(record, by)
    for content in contents:
        [file] = files.attach([SimpleUploadedFile("a.pdf", content)]).stored
        files.remove(file)
    return list(record.files.order_by("pk"))


def restore(record, file, by):
    return lambda: RecordAttachments(record, by).restore(file)


def test_one_of_two_files_of_the_same_content_comes_back(cast):
    record = batch(cast)
    one, other = removed(record, cast.clerk, b"%PDF-1", b"%PDF-1")
    results = at_once(restore(record, one, cast.clerk), restore(record, other, cast.clerk))
    assert [type(result) for result in results if result] == [WrongState]
    assert RecordFile.objects.filter(removed_at=None).count() == 1


def test_no_more_files_come_back_than_there_is_room_for(cast, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 1)
    record = batch(cast)
    one, other = removed(record, cast.clerk, b"%PDF-1", b"%PDF-2")
    results = at_once(restore(record, one, cast.clerk), restore(record, other, cast.clerk))
    assert [type(result) for result in results if result] == [ValidationError]
    assert RecordFile.objects.filter(removed_at=None).count() == 1


def test_an_import_and_a_record_of_the_same_sheets_do_not_wait_for_each_other(cast, monkeypatch, tmp_path):
    """A level is counted in all later quarters of its year."""
    rule = counted.completed({"of": "batch", "measure": "categories", "where": {}})
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), counted=rule)
    for quarter in ("2023Q1", "2023Q2"):
        base.report(cast.county, quarter, {"food.firms": "3"})
    path = tmp_path / "later-first.csv"
    path.write_text("indicator,period,value,declared,note\nfood.firms,2023Q2,5,,\nfood.firms,2023Q1,4,,\n")
    lock = guard.lock

    def slow(submission):
        locked = lock(submission)
        time.sleep(PAUSE)
        return locked

    monkeypatch.setattr(guard, "lock", slow)
    results = at_once(
        lambda: import_figures([path], region=cast.county, year=2023, replace=True).figures,
        lambda: batch(cast, taken_on=datetime.date(2023, 1, 9)).pk and None,
    )
    assert results == [2, None]


def test_of_two_records_at_once_both_are_counted(cast, monkeypatch):
    rule = counted.completed({"of": "batch", "measure": "samples", "where": {}})
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=rule)
    sheet = base.submission(cast.county)
    monkeypatch.setattr(writer, "store_counts", slowed(writer.store_counts))
    day = datetime.date(2023, 1, 9)
    at_once(*[partial(batch, cast, samples=4, taken_on=day, place=place) for place in ("东门", "西门")])
    assert SamplingBatch.objects.count() == 2
    assert sheet.figures.get(indicator__code="food.done").value == 8


@pytest.mark.parametrize("is_list", [False, True])
def test_of_two_reports_of_one_number_at_once_the_second_is_told(cast, monkeypatch, is_list):
    """Each was looked at before the other was there."""
    monkeypatch.setattr(records, "_derive", slowed(records._derive))
    fields = {"sector": Sector.objects.get(code="food"), "category": "produce", "product": "豇豆", "place": "东门"}
    fields |= {"programme": "supervision", "report_number": "A-1"}

    def one():
        made = SamplingBatch(department=cast.market, region=cast.county, **fields)
        made.validate_constraints()
        records.save(made, by=cast.clerk)

    def several():
        made = [SamplingBatch(**fields), SamplingBatch(**{**fields, "report_number": "A-2"})]
        records.bulk_create(made, department=cast.market, by=cast.clerk)

    results = at_once(one, several if is_list else one)
    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in refused] == [WrongState], results
    assert str(refused[0]) == "This report number is recorded already."
    assert SamplingBatch.objects.filter(report_number="A-1").count() == 1


def test_a_plan_that_is_adopted_twice_is_one_plan(cast, monkeypatch):
    """The second press comes before the first is stored."""
    day = datetime.date(2023, 1, 5)
    fields = {"year": 2024, "name": "计划", "programme": "supervision", "issued_on": day}
    sector = Sector.objects.get(code="food")

    def adopt():
        plan = SamplingPlan(department=cast.market, region=cast.county, sector=sector, **fields)
        plan.validate_constraints()
        task = PlanTask(category="produce", due_on=datetime.date(2024, 3, 31), batches=4)
        records.save_plan(plan, [task], by=cast.clerk)

    monkeypatch.setattr(records, "_derive", slowed(records._derive))
    results = at_once(adopt, adopt)
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
    assert PlanTask.objects.count() == 1


def test_a_file_of_a_record_that_is_being_deleted_is_not_left_over(cast, tmp_path):
    record = batch(cast)
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1")
    files = RecordAttachments(record, cast.clerk)
    attached, deleted = at_once(lambda: files.attach([upload]), lambda: records.delete(record, by=cast.clerk))
    assert isinstance(attached, attachments.Attached | WrongState)
    assert deleted == 0
    assert not SamplingBatch.objects.exists()
    assert not RecordFile.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_of_two_days_that_a_record_moves_to_at_once_each_quarter_is_counted(cast, monkeypatch):
    rule = counted.completed({"of": "batch", "measure": "samples", "where": {}})
    base.change_catalogue(Indicator.objects.filter(code="food.done"), counted=rule)
    made = batch(cast, samples=4, taken_on=datetime.date(2023, 10, 9))
    sheets = [base.submission(cast.county, in_period=f"2023Q{number}") for number in (2, 3)]
    derive = records._derive

    def late(record):
        derive(record)
        time.sleep(PAUSE if record.taken_on > datetime.date(2023, 6, 30) else 0)  # looks when the other one has looked

    monkeypatch.setattr(records, "_derive", late)
    monkeypatch.setattr(tally, "recount", slowed(tally.recount))

    def move(month):
        found = SamplingBatch.objects.get(pk=made.pk)
        found.taken_on = datetime.date(2023, month, 10)
        records.save(found, by=cast.clerk)

    at_once(partial(move, 4), partial(move, 7))
    moved = SamplingBatch.objects.get(pk=made.pk).taken_on
    figures = [sheet.figures.filter(indicator__code="food.done", value=4).exists() for sheet in sheets]
    assert figures == [moved == datetime.date(2023, 4, 10), moved == datetime.date(2023, 7, 10)]


DAY, LATER = datetime.date(2023, 1, 9), datetime.date(2023, 4, 10)


def count_as(code="food.done", **rule):
    base.change_catalogue(Indicator.objects.filter(code=code), counted=counted.completed(rule))


def value(sheet, code="food.done"):
    return sheet.figures.filter(indicator__code=code).values_list("value", flat=True).first()


def unsaved(cast, **fields):
    start = {
        "sector": Sector.objects.get(code="food"), "programme": "supervision", "category": "produce", "product": "豇豆",
        "place": "东门", "taken_on": DAY, "samples": 4,
    }  # fmt: skip
    return SamplingBatch(**{**start, **fields})


def write(cast, kind):
    """A call that makes another 4 samples out of what is there, by one of the writers."""
    common = {"department": cast.market, "region": cast.county, "sector": Sector.objects.get(code="food")}
    if kind == "save":
        return partial(batch, cast, samples=4, taken_on=DAY, place="保存")
    if kind == "list":
        rows = [unsaved(cast, samples=1, place=f"{n}") for n in range(4)]
        return partial(records.bulk_create, rows, department=cast.market, by=cast.clerk)
    if kind == "delete":
        return partial(records.delete, batch(cast, samples=10, taken_on=DAY, place="删除"), by=cast.clerk)
    if kind == "day":
        made = batch(cast, samples=4, taken_on=LATER, place="日期")
        made.taken_on = DAY
    elif kind == "sector":
        made = batch(cast, samples=4, taken_on=DAY, place="领域", sector=Sector.objects.get(code="water"))
        made.sector = common["sector"]
    else:
        made = batch(cast, samples=2, taken_on=DAY, place="数量")
        made.samples = 4
    return partial(records.save, made, by=cast.clerk)


@pytest.mark.parametrize("kind", ["save", "list", "delete", "day", "sector", "number"])
def test_whatever_is_written_beside_a_record_both_are_counted(cast, monkeypatch, kind):
    count_as(of="batch", measure="samples")
    sheet = base.submission(cast.county)
    call = write(cast, kind)
    monkeypatch.setattr(writer, "store_counts", slowed(writer.store_counts))
    results = at_once(call, partial(batch, cast, samples=4, taken_on=DAY))
    assert not [result for result in results if isinstance(result, Exception)]
    expected = sum(SamplingBatch.objects.filter(taken_on=DAY, sector__code="food").values_list("samples", flat=True))
    assert value(sheet) == expected


def test_a_plan_and_a_batch_at_once_are_both_counted(cast, monkeypatch):
    count_as(of="batch", measure="samples")
    count_as(code="food.task", of="task", measure="batches")
    sheet = base.submission(cast.county)
    plan = SamplingPlan(
        department=cast.market, region=cast.county, sector=sheet.sheet.sector, year=2023, name="计划",
        programme="supervision", issued_on=DAY,
    )  # fmt: skip
    monkeypatch.setattr(writer, "store_counts", slowed(writer.store_counts))
    at_once(
        lambda: records.save_plan(plan, [PlanTask(category="produce", batches=7, due_on=DAY)], by=cast.clerk),
        partial(batch, cast, samples=4, taken_on=DAY),
    )
    assert (value(sheet, "food.task"), value(sheet)) == (7, 4)


def test_records_of_two_departments_of_one_sheet_are_both_counted(cast, monkeypatch):
    count_as(of="batch", measure="samples")
    sheet = base.submission(cast.county)
    Assignment.objects.filter(sheet=sheet.sheet, region=cast.county).update(department=cast.water)
    moves.hand_over(sheet.period)
    monkeypatch.setattr(writer, "store_counts", slowed(writer.store_counts))
    rows = [unsaved(cast, samples=3, place="水利")]
    at_once(
        lambda: records.bulk_create(rows, department=cast.water, by=cast.outsider_clerk),
        partial(batch, cast, samples=4, taken_on=DAY),
    )
    assert value(sheet) == 7


def test_records_of_two_sheets_do_not_wait_for_each_other(cast, monkeypatch):
    """Both are counted in several quarters of their sheets."""
    count_as(code="food.firms", of="batch", measure="places")
    count_as(code="water.tests", of="batch", measure="samples")
    base.change_catalogue(Indicator.objects.filter(code="water.tests"), accumulation="cumulative")
    for sheet in Sheet.objects.filter(number__in=("T-01", "T-02")):
        Assignment.objects.filter(sheet=sheet, region=cast.county).update(department=cast.market)
    sheets = [base.submission(cast.county, number, f"2023Q{n}") for n in (1, 2) for number in ("T-01", "T-02")]
    water = Sector.objects.get(code="water")
    monkeypatch.setattr(writer, "store_counts", slowed(writer.store_counts))
    results = at_once(
        partial(batch, cast, samples=4, taken_on=DAY),
        partial(batch, cast, samples=4, taken_on=DAY, sector=water),
        partial(batch, cast, samples=4, taken_on=LATER, sector=water, place="西门"),
    )
    assert not [result for result in results if isinstance(result, Exception)]
    found = [value(s, "food.firms" if s.sheet.number == "T-01" else "water.tests") for s in sheets]
    assert found == [1, 4, 1, 8]


@pytest.mark.parametrize("who_waits", ["record", "opening"])
def test_a_record_beside_the_opening_of_its_period_is_counted(cast, monkeypatch, who_waits):
    count_as(of="batch", measure="samples")
    period = base.period(cast.county, "2023Q1")
    if who_waits == "record":
        monkeypatch.setattr(tally, "recount", slowed(tally.recount))
    else:
        # The record has looked which sheets there are, and is not stored for others to see.
        affected = tally._affected

        def late(*args):
            found = affected(*args)
            time.sleep(3 * PAUSE)
            return found

        monkeypatch.setattr(tally, "_affected", late)

    def opened():
        time.sleep(PAUSE)
        moves.open_period(period)

    results = at_once(opened, partial(batch, cast, samples=4, taken_on=DAY))
    assert not [result for result in results if isinstance(result, Exception)]
    assert value(period.submissions.get(sheet__number="T-01")) == 4


def test_a_record_beside_a_handing_over_is_counted(cast, monkeypatch):
    count_as(of="batch", measure="samples")
    sheet = base.submission(cast.county)
    Assignment.objects.filter(sheet=sheet.sheet, region=cast.county).update(department=cast.water)
    affected = tally._affected

    def late(*args):
        found = affected(*args)
        time.sleep(3 * PAUSE)
        return found

    monkeypatch.setattr(tally, "_affected", late)
    rows = [unsaved(cast, samples=3, place="水利")]

    def handed_over():
        time.sleep(PAUSE)
        return moves.hand_over(Period.objects.get(pk=sheet.period_id))

    results = at_once(handed_over, lambda: records.bulk_create(rows, department=cast.water, by=cast.outsider_clerk))
    assert not [result for result in results if isinstance(result, Exception)]
    assert value(sheet) == 3


def test_a_record_beside_a_load_of_its_rule_is_counted(cast, monkeypatch, tmp_path):
    """Rules that count come with a file while somebody who knows the old ones stores a record."""
    sheet = base.submission(cast.county)
    text = (base.SMALL / "food.yaml").read_text()
    done = "          - code: food.done\n"
    assert text.count(done) == 1
    path = tmp_path / "food.yaml"
    path.write_text(text.replace(done, f"{done}            counted: {{of: batch, measure: samples}}\n"))
    affected = tally._affected

    def late(*args):
        found = affected(*args)
        time.sleep(3 * PAUSE)
        return found

    monkeypatch.setattr(tally, "_affected", late)

    def loaded():
        time.sleep(PAUSE)
        load(path)

    results = at_once(loaded, partial(batch, cast, samples=4, taken_on=DAY))
    assert not [result for result in results if isinstance(result, Exception)]
    assert value(sheet) == 4


def test_a_sample_that_is_recorded_while_its_batch_moves_goes_along(cast, monkeypatch):
    water = Sector.objects.get(code="water")
    made = batch(cast, failed=1, samples=2)
    seen = SamplingBatch.objects.get(pk=made.pk)
    made.sector = water
    derive = records._derive

    def late(record):
        derive(record)
        time.sleep(2 * PAUSE if isinstance(record, NonconformingSample) else PAUSE)

    monkeypatch.setattr(records, "_derive", late)
    sample = NonconformingSample(department=cast.market, region=cast.county, batch=seen, item="毒死蜱", found_on=DAY)
    results = at_once(lambda: records.save(made, by=cast.clerk), lambda: records.save(sample, by=cast.clerk))
    assert not [result for result in results if isinstance(result, Exception)]
    assert NonconformingSample.objects.get().sector == SamplingBatch.objects.get().sector == water


@pytest.mark.parametrize("parent", ["batch", "inspection"])
def test_a_record_and_what_belongs_to_it_do_not_wait_for_each_other(cast, monkeypatch, parent):
    common = {"department": cast.market, "region": cast.county, "sector": Sector.objects.get(code="food")}
    if parent == "batch":
        made = batch(cast, failed=1, samples=2)
        child: Record = NonconformingSample(**common, batch=made, item="毒死蜱", found_on=DAY)
    else:
        made = Inspection(**common, premises="店", premises_type="food", held_on=DAY)
        records.save(made, by=cast.clerk)
        child = RectificationNotice(
            **common, inspection=made, premises="店", premises_type="food", issued_on=DAY, due_on=DAY
        )
    records.save(child, by=cast.clerk)
    case = EnforcementCase(**common, party="店", category="produce", filed_on=DAY)
    records.save(case, by=cast.clerk, after=child if parent == "batch" else None)
    made.sector = Sector.objects.get(code="water")
    child.note = "注"
    monkeypatch.setattr(records, "lock", slowed(record_guard.lock))
    results = at_once(*[partial(records.save, record, by=cast.clerk) for record in (made, child, case)])
    assert not [result for result in results if isinstance(result, Exception)]
    if parent == "batch":
        assert NonconformingSample.objects.get().sector == made.sector
