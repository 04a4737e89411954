"""What a draft of an earlier version becomes."""

import pytest

from reports.editing import edits, issuing
from reports.models import Edit
from tests.migrating import latest, migrate
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english", "media")]
FOOD = "food/text/1"


@pytest.fixture
def before():
    """The state before the migration; afterwards everything is migrated again."""

    yield lambda: migrate([("reports", "0004_changed_figures")])
    latest()


@pytest.mark.parametrize("is_issued", [False, True])
def test_words_know_what_they_were_written_over_and_backslashes_stay(cast, before, is_issued):
    report = draft_reports.begin(cast)
    edits.write(report=report, key=FOOD, text="抽检{{food.done}}。", seen=0, by=cast.office)
    added = edits.add(report=report, after=FOOD, text="补充。", by=cast.office)
    if is_issued:
        seen = issuing.readiness(draft_reports.working(report)).mark
        issuing.issue(report=report, by=cast.office, reason="先行", seen=seen)
    old = before().get_model("reports", "Edit").objects
    old.filter(key=added).update(text=r"补充\{甲\\乙\丙。")
    latest()
    rows = {edit.key: edit for edit in Edit.objects.all()}
    assert rows[FOOD].basis.startswith("全年完成抽检{{food.done|40批次}}")
    assert (rows[FOOD].text, rows[added].basis) == ("抽检{{food.done|40批次}}。", "")
    assert draft_reports.printed(report, added) == r"补充\{甲\\乙\丙。"
    assert not draft_reports.working(report).stale
