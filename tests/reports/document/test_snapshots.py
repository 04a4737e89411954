"""A document written as a snapshot is read back as what it was."""

import datetime
import json

import pytest

from reports.chapters import build
from reports.document import snapshots
from reports.document.blocks import block_key
from tests import base
from tests.reports.writers import documents


def test_a_document_comes_back_from_its_snapshot():
    document = documents.report()
    text = snapshots.dump(document)
    assert snapshots.load(text) == document
    assert snapshots.dump(snapshots.load(text)) == text
    assert "\n" not in text


def test_missing_values_stay_missing():
    document = documents.report(done=None, rate=None)
    again = snapshots.load(snapshots.dump(document))
    assert again == document
    assert again.figures[0].value is None


@pytest.mark.django_db
def test_a_real_report_comes_back_and_every_block_of_its_body_has_a_key(cast):
    base.report(cast.county, "2022Q1", {"food.done": "30", "food.passed": "30"})
    base.report(cast.county, "2023Q1", {"food.done": "40", "food.passed": "39"})
    document = build.build(cast.county, 2023, day=datetime.date(2024, 1, 5))
    assert snapshots.load(snapshots.dump(document)) == document
    keyless = {type(block).__name__ for block in document.body if not block_key(block)}
    assert keyless <= {"PageBreak"}


def test_a_field_that_came_later_takes_its_default():
    content = json.loads(snapshots.dump(documents.report()))
    del content["demo"]
    assert snapshots.load(json.dumps(content)) == documents.report()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"type":"Document"}', '{"type":"os.system"}', "null"])
def test_what_is_no_snapshot_is_refused(text):
    with pytest.raises(snapshots.BadSnapshot):
        snapshots.load(text)
