"""What an earlier version kept of findings survives."""

import pytest

from sectors.checks.messages import worded
from sectors.findings import reasons, storage
from sectors.models import Breakdown, BreakdownPart, CatalogueVersion, Indicator, StoredFinding
from tests import base
from tests.migrating import latest, migrate

BEFORE = ("sectors", "0015_narrative_changes")
BEFORE_TOTALS = ("sectors", "0019_former_departments")
TEXT = '抽检："分项"合计 5，填报的是 6（100%）。'


@pytest.fixture
def earlier():
    """The tables of the earlier version, and afterwards those of this one again."""
    yield migrate([BEFORE])
    latest()


@pytest.fixture
def before_totals():
    yield migrate([BEFORE_TOTALS])
    latest()


@pytest.mark.django_db(transaction=True)
def test_a_finding_keeps_the_words_it_was_stored_with(cast, request):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    (found,) = storage.refresh(base.submission(cast.county))
    request.getfixturevalue("earlier").get_model("sectors", "StoredFinding").objects.update(text=TEXT)
    latest()
    stored = StoredFinding.objects.get()
    assert (stored.pk, stored.basis, stored.state) == (found.pk, found.basis, "open")
    assert worded(stored.statement, repairs=True) == TEXT


@pytest.mark.django_db(transaction=True)
def test_what_was_said_of_a_part_stays_with_the_finding_of_its_total(cast, request):
    total = Indicator.objects.get(code="food.task")
    some = Breakdown.objects.create(total=total, name="其中", exhaustive=False, position=2)
    BreakdownPart.objects.create(breakdown=some, indicator=Indicator.objects.get(code="food.passed"), position=0)
    CatalogueVersion.objects.renew()
    base.report(cast.county, "2023Q1", {"food.task": "5", "food.done": "9", "food.passed": "6"}, "draft")
    sheet = base.submission(cast.county)
    (found,) = storage.refresh(sheet)
    assert found.rule == "part:food.passed:food.task"
    reasons.explain(finding=found, text="上年结转1批次计入合格数", by=cast.clerk)
    earlier = request.getfixturevalue("before_totals").get_model("sectors", "StoredFinding")
    assert earlier.objects.get().rule == "part:food.passed"
    latest()
    (again,) = storage.refresh(sheet)
    assert (again.pk, again.rule, again.state) == (found.pk, "part:food.passed:food.task", "explained")
    assert [note.text for note in again.notes.all()] == ["上年结转1批次计入合格数"]
