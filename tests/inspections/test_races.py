"""Two people do something to one record at the same moment, in threads with connections of their own."""

import datetime
import time
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from inspections import records, tally
from inspections.files import RecordAttachments
from inspections.models import RecordFile, SamplingBatch
from sectors import guard
from sectors.catalogue import counted
from sectors.entry import writer
from sectors.evidence import attachments
from sectors.guard import WrongState
from sectors.models import Indicator
from sectors.transfer.figure_files import import_figures
from tests import base
from tests.inspections.test_records import batch
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
        lambda: import_figures([path], region=cast.county, year=2023).figures,
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
