"""A submission in three lines: its largest changes, the reasons given, the files."""

import pytest

from sectors.approval import digests, review
from sectors.models import Attachment, FindingNote, StoredFinding, Submission
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def waiting(cast, period, figures):
    base.report(cast.county, period, figures, status="submitted")
    return Submission.objects.select_related("period").get(
        period=base.period(cast.county, period), sheet__number="T-01"
    )


@pytest.fixture
def sheet(cast):
    base.report(cast.county, "2022Q4", {"food.done": "40", "food.firms": "30", "food.task": "1", "food.passed": "0"})
    figures = {"food.done": "44", "food.firms": "60", "food.task": "900", "food.passed": "3"}
    return waiting(cast, "2023Q1", figures)


def explained(sheet, by, text, state="explained"):
    finding = StoredFinding.objects.create(
        submission=sheet,
        region=sheet.region,
        period=sheet.period,
        rule=f"change:{text}",
        kind="change",
        severity="warning",
        state=state,
        indicators=["food.done"],
        values={},
        basis="x",
        statement={},
    )
    FindingNote.objects.create(finding=finding, kind="reason", text=text, basis="x", by=by)


def test_the_largest_changes_since_the_period_before_come_first(cast, sheet):
    """What counts from January on (food.task) grows by itself, and is none."""
    digest = digests.read([sheet])[sheet.pk]
    found = [(one.before, one.now, one.change) for one in digest.changes]
    assert found == [("0", "3", ""), ("30", "60", "+100.0%")]


def test_without_a_period_before_nothing_changed(cast):
    sheet = waiting(cast, "2023Q1", {"food.done": "44"})
    assert digests.read([sheet])[sheet.pk] == digests.Digest()
    assert digests.read([]) == {}


def test_reasons_that_count_and_files_that_are_there(cast, sheet):
    for text in ("汛期加密抽检", "新增企业", "计划调整"):
        explained(sheet, cast.clerk, text)
    explained(sheet, cast.clerk, "已改正", state="corrected")
    for name in ("台账.pdf", "报告.pdf", "照片.pdf"):
        Attachment.objects.create(submission=sheet, by=cast.clerk, name=name, size=1, sha256=name, content_type="x")
    digest = digests.read([sheet])[sheet.pk]
    assert (digest.said, digest.reasons) == (3, ["汛期加密抽检", "新增企业"])
    assert (digest.attached, digest.files) == (3, ["台账.pdf", "报告.pdf"])


def test_many_cost_no_more_queries(cast, sheet):
    few = base.queries(lambda: review.queue_rows(cast.head))
    for number in (2, 3, 4):
        waiting(cast, f"2023Q{number}", {"food.done": str(number)})
    assert base.queries(lambda: review.queue_rows(cast.head)) == few
