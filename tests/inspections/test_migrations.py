"""What a database of an earlier version becomes."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from inspections.models import RecordFile, SamplingBatch
from tests.inspections.test_records import batch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def before():
    """The state before a migration of the app; afterwards everything is migrated again."""

    def to(name):
        executor = MigrationExecutor(connection)
        return executor.migrate([("inspections", name)]).apps

    yield to
    latest()


def latest():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_a_file_that_was_removed_by_nobody_stays_removed_and_one_of_no_time_stays(cast, before):
    record, now = batch(cast), timezone.now()
    old = before("0003_categories_of_works").get_model("inspections", "RecordFile").objects
    kind = ContentType.objects.get_for_model(SamplingBatch).pk
    states = {
        "by_nobody": (None, now), "at_no_time": (cast.clerk.pk, None),
        "removed": (cast.head.pk, now), "kept": (None, None),
    }  # fmt: skip
    for name, (person, time) in states.items():
        old.create(
            record_type_id=kind, record_id=record.pk, file=name, name=name, size=1, content_type="text/plain",
            sha256=name, by_id=cast.clerk.pk, removed_by_id=person, removed_at=time,
        )  # fmt: skip
    latest()
    found = {file.name: (file.removed_by, file.removed_at) for file in RecordFile.objects.all()}
    assert found == {
        "by_nobody": (cast.clerk, now), "at_no_time": (None, None), "removed": (cast.head, now), "kept": (None, None),
    }  # fmt: skip
