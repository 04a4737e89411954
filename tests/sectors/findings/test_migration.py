"""What an earlier version kept of findings survives."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sectors.checks.messages import worded
from sectors.findings import storage
from sectors.models import StoredFinding
from tests import base

BEFORE = ("sectors", "0015_narrative_changes")
TEXT = '抽检："分项"合计 5，填报的是 6（100%）。'


@pytest.fixture
def earlier():
    """The tables of the earlier version, and afterwards those of this one again."""
    executor = MigrationExecutor(connection)
    executor.migrate([BEFORE])
    yield executor.loader.project_state(BEFORE).apps
    migrate()


def migrate():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_a_finding_keeps_the_words_it_was_stored_with(cast, request):
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    (found,) = storage.refresh(base.submission(cast.county))
    request.getfixturevalue("earlier").get_model("sectors", "StoredFinding").objects.update(text=TEXT)
    migrate()
    stored = StoredFinding.objects.get()
    assert (stored.pk, stored.basis, stored.state) == (found.pk, found.basis, "open")
    assert worded(stored.statement) == TEXT
