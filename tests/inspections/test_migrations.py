"""What a database of an earlier version becomes."""

import datetime
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from inspections.models import PlanTask, RecordFile, SamplingBatch
from sectors.catalogue.loader import load
from sectors.models import Indicator, RegistryWord, Sector, Submission
from tests import base
from tests.inspections.recorded import batch
from tests.migrating import latest, migrate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def before():
    """The state before a migration of the app; afterwards everything is migrated again."""

    yield lambda name, app="inspections": migrate([(app, name)])
    latest()


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


def test_a_task_stays_in_the_quarter_in_which_it_was_counted(cast, before):
    due = {
        "2023-01-05": "2023-03-31",
        "2023-05-20": "2023-06-30",
        "2023-09-30": "2023-09-30",
        "2023-12-31": "2023-12-31",
        "2022-12-20": "2023-03-31",
        "2024-02-01": "2023-12-31",
    }
    apps = before("0004_file_removed_by_somebody")
    for issued in due:
        plan = apps.get_model("inspections", "SamplingPlan").objects.create(
            region_id=cast.county.pk, department_id=cast.market.pk, sector_id=Sector.objects.get(code="food").pk,
            year=2023, name=issued, programme="supervision", issued_on=issued, by_id=cast.clerk.pk,
        )  # fmt: skip
        for setting in ("", "market"):
            apps.get_model("inspections", "PlanTask").objects.create(
                plan=plan, category="produce", setting=setting, batches=3
            )
    latest()
    found = {(task.plan.name, task.setting): task.due_on for task in PlanTask.objects.select_related("plan")}
    assert found == {
        (issued, setting): datetime.date.fromisoformat(day) for issued, day in due.items() for setting in ("", "market")
    }


def test_a_sheet_that_was_handed_over_remembers_from_whom(cast, before):
    said = {"2023Q1": "Handed over from {} to {}.", "2023Q3": "由{}移交{}。"}
    sheets = {period: base.submission(cast.county, in_period=period) for period in [*said, "2023Q2"]}
    base.change_catalogue(
        Indicator.objects.filter(code="food.task"), counted={"of": "task", "measure": "batches", "by": "issued"}
    )
    before("0004_file_removed_by_somebody")
    apps = before("0018_former_frequencies", "sectors")
    steps = apps.get_model("sectors", "Transition").objects
    for period, reason in said.items():
        handed_over = reason.format(cast.water.short_name, cast.market.short_name)
        steps.create(submission_id=sheets[period].pk, old="draft", new="draft", reason=handed_over)
    other = sheets["2023Q2"]
    steps.create(submission_id=other.pk, old="draft", new="draft", reason="请核对市场监管局")
    steps.create(submission_id=other.pk, old="accepted", new="returned", reason=handed_over)
    latest()
    former = {
        period: list(Submission.objects.get(pk=sheet.pk).former_departments.all()) for period, sheet in sheets.items()
    }
    assert former == {"2023Q1": [cast.water], "2023Q3": [cast.water], "2023Q2": []}
    assert Indicator.objects.get(code="food.task").counted["by"] == "due"


def test_words_that_stood_in_the_program_are_rows_as_the_shipped_file_has_them(cast, before):
    made = batch(cast, programme="rapid", category="engineering.entity.key", setting="site")
    old = before("0006_changed_by").get_model("inspections", "SamplingBatch").objects.get(pk=made.pk)
    assert dict(old._meta.get_field("category").flatchoices)["engineering.entity.key"] == "Structures: key values"
    before("0031_auditors", "sectors")
    latest()
    assert load(base.SHIPPED_CATALOGUE / "registry.yaml").lines == []
    now: Any = SamplingBatch.objects.get(pk=made.pk)
    shown = (now.programme, now.get_category_display(), now.get_setting_display(), now.is_screening)
    assert shown == ("rapid", "工程实体关键指标", "建筑工地", True)


def test_a_new_database_gets_its_words_from_files_alone(db, before):
    before("0031_auditors", "sectors")
    latest()
    assert not RegistryWord.objects.exists()
