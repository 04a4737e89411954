"""What two reports say of figures that one of them knows exactly and the other does not."""

import datetime

import pytest

from reports.chapters import build
from reports.editing import comparison
from tests import base

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "after", "difference", "change"),
    [
        ("120", "120余", "", ("+20.0%", "约+20.0%")),  # another qualifier is a difference, and none in per cent
        ("120余", "150", "", ("约+20.0%", "+50.0%")),
        ("120余", "约120", "", None),
        ("120", "150", "+25.0%", ("+20.0%", "+50.0%")),
    ],
)
def test_a_correction_is_listed_without_more_than_is_sure(cast, before, after, difference, change):
    base.report(cast.county, "2022", {"food.done": "100"})
    documents = []
    for text in (before, after):
        base.report(cast.county, "2023", {"food.done": text})
        documents.append(build.build(cast.county, 2023, day=datetime.date(2024, 1, 10)))
    (found,) = comparison.figures_of_one_year(*(document.figures for document in documents))
    assert (found.code, found.left, found.right, found.difference) == ("food.done", before, after, difference)
    assert (found.change and (found.change.left, found.change.right)) == change
