"""Two people press at the same moment: one draft, one edition, one winner in a block, and the other is told."""

import threading
import time

import pytest

from reports.editing import block_comments, changes, drafts, edits, issuing, papers, signing, undoing
from reports.editing.drafts import WrongState
from reports.editing.edits import Conflict
from reports.models import AnnualReport, Edit, EditChange, ReportFile, ReportPaper
from reports.writers import files
from tests import base
from tests.races import PAUSE, at_once
from tests.reports.editing import draft_reports

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]
FOOD = "food/text/1"


@pytest.fixture(autouse=True)
def slow(monkeypatch):
    """A pause between looking and writing, in every step."""
    for module, name in ((changes, "save"), (drafts, "_anchor"), (issuing, "_freeze")):
        original = getattr(module, name)

        def late(*args, original=original, **kwargs):
            time.sleep(PAUSE)
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, late)


@pytest.fixture
def report(draft_report):
    return draft_report


@pytest.fixture
def colleague(cast):
    return base.user("office", cast.county.departments.get(code="office"), "colleague")


def test_two_people_save_one_block(cast, report, colleague):
    def write(by, text):
        return lambda: edits.write(report=report, key=FOOD, text=text, seen=0, by=by)

    results = at_once(write(cast.office, "甲写的。"), write(colleague, "乙写的。"))
    conflicts = [result for result in results if isinstance(result, Conflict)]
    assert (results.count(None), len(conflicts)) == (1, 1), results
    assert conflicts[0].theirs.text == Edit.objects.get().text == draft_reports.printed(report, FOOD)
    assert EditChange.objects.count() == 1


def test_two_people_add_paragraphs_at_once(cast, report, colleague):
    def add(by, text):
        return lambda: edits.add(report=report, after=FOOD, text=text, by=by)

    results = at_once(add(cast.office, "甲一。\n甲二。"), add(colleague, "乙一。\n乙二。"))
    assert set(results) == {"added/1", "added/3"}, results
    placed = draft_reports.working(report).placed
    texts = [item.text for item in placed if item.is_added]
    assert texts in (["甲一。", "甲二。", "乙一。", "乙二。"], ["乙一。", "乙二。", "甲一。", "甲二。"])


def test_one_change_is_taken_back_once(cast, report):
    edits.write(report=report, key=FOOD, text="甲。", seen=0, by=cast.office)
    seen = dict(undoing.top(report, cast.office).ways)["undo"].change

    def undo():
        return undoing.undo(report=report, by=cast.office, seen=seen)

    results = at_once(undo, undo)
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
    assert report.changes.count() == 2


def test_two_people_generate_the_next_draft(cast, report, colleague):
    def generate(by):
        return lambda: drafts.regenerate(report=report, by=by, seen=1)

    results = at_once(generate(cast.office), generate(colleague))
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
    assert list(report.drafts.values_list("number", flat=True)) == [1, 2]


def test_two_people_begin_the_report(cast, colleague):
    draft_reports.figures(cast)

    def begin(by):
        return lambda: drafts.begin(region=cast.county, year=2023, by=by, day=draft_reports.DAY)

    results = at_once(begin(cast.office), begin(colleague))
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
    assert AnnualReport.objects.count() == 1


def test_two_people_issue_at_once(cast, report, colleague, media):
    seen = issuing.readiness(draft_reports.working(report)).mark

    def issue(by):
        return lambda: issuing.issue(report=report, by=by, reason="先行", seen=seen)

    results = at_once(issue(cast.office), issue(colleague))
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
    assert ReportFile.objects.count() == 9
    assert ReportPaper.objects.count() == 2
    assert len([path for path in media.rglob("*") if path.is_file()]) == 11
    assert issuing.verify(AnnualReport.objects.get()).all_agree


def test_an_edit_and_the_issue_come_one_after_the_other(cast, report, colleague):
    seen = issuing.readiness(draft_reports.working(report)).mark
    results = at_once(
        lambda: issuing.issue(report=report, by=cast.office, reason="先行", seen=seen),
        lambda: edits.write(report=report, key=FOOD, text="改。", seen=0, by=colleague),
    )
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
    issued = AnnualReport.objects.get()
    assert issued.is_draft == Edit.objects.exists()  # either issued without the edit, or edited and not issued


@pytest.mark.parametrize("period", ["2022Q1", "2023Q1"])
def test_a_figure_corrected_while_the_files_are_written_is_noticed(cast, report, media, monkeypatch, period):
    """Last year's too, of which this year's figures show nothing but the change."""
    writing, corrected, write = threading.Event(), threading.Event(), files.write

    def slowly(document, to):
        writing.set()
        assert corrected.wait(20)
        return write(document, to)

    def correct():
        assert writing.wait(20)
        base.report(cast.county, period, {"food.done": "60"})
        corrected.set()

    monkeypatch.setattr(files, "write", slowly)
    seen = issuing.readiness(draft_reports.working(report)).mark
    results = at_once(
        lambda: issuing.issue(report=report, by=cast.office, reason="先行", seen=seen),
        correct,
    )
    assert [type(result) for result in results] == [WrongState, type(None)], results
    assert AnnualReport.objects.get().is_draft
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_two_moves_lose_no_block(cast, report, colleague):
    keys = [item.key for item in draft_reports.working(report).placed]
    results = at_once(
        lambda: edits.move(report=report, key="water", up=True, by=cast.office),
        lambda: edits.move(report=report, key=FOOD, up=True, by=colleague),
    )
    assert [result for result in results if result is not None] == []
    after = [item.key for item in draft_reports.working(report).placed]
    assert sorted(after) == sorted(keys)
    assert after.index("water") < after.index("food")
    assert after.index(FOOD) < after.index("food")


def take(report, *steps):
    for action, by in steps:
        signing.act(report=report, action=action, by=by, seen=None)


def seen_by(report, by):
    return signing.progress(draft_reports.working(report)).mark(by)


@pytest.fixture
def late_steps(monkeypatch):
    """A pause between looking and writing in each step."""
    write = signing._write

    def late(*args, **kwargs):
        time.sleep(PAUSE)
        return write(*args, **kwargs)

    monkeypatch.setattr(signing, "_write", late)


def kinds(report):
    return list(report.steps.order_by("pk").values_list("kind", flat=True))


@pytest.mark.usefixtures("late_steps")
def test_two_people_review_at_once(cast, report, colleague):
    third = base.user("office", cast.county.departments.get(code="office"), "third")
    take(report, ("send", cast.office))

    def review(by):
        seen = seen_by(report, by)
        return lambda: signing.act(report=report, action="review", by=by, seen=seen)

    results = at_once(review(colleague), review(third))
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
    assert kinds(report) == ["sent", "reviewed"]


@pytest.mark.usefixtures("late_steps")
def test_one_leader_approves_while_another_returns(cast, report, colleague):
    second = base.user("leader", cast.county.departments.get(code="office"), "second")
    take(report, ("send", cast.office), ("review", colleague))

    def decide(action, by):
        seen = seen_by(report, by)
        return lambda: signing.act(report=report, action=action, by=by, seen=seen, words="再看")

    results = at_once(decide("approve", cast.leader), decide("return", second))
    assert sum(isinstance(result, signing.Changed) for result in results) == 1, results
    assert kinds(report) in (["sent", "reviewed", "approved"], ["sent", "reviewed", "returned"])


@pytest.mark.usefixtures("late_steps")
def test_an_edit_and_an_approval_come_one_after_the_other(cast, report, colleague):
    take(report, ("send", cast.office), ("review", colleague))
    seen = seen_by(report, cast.leader)
    results = at_once(
        lambda: signing.act(report=report, action="approve", by=cast.leader, seen=seen),
        lambda: edits.write(report=report, key=FOOD, text="改。", seen=0, by=cast.office),
    )
    # Either approved and void by the edit, or edited and not approved: never an approval of what nobody saw.
    assert kinds(report) in (["sent", "reviewed", "approved", "voided"], ["sent", "reviewed", "voided"]), results
    assert not signing.progress(draft_reports.working(report)).is_approved


def test_an_approval_while_the_report_is_issued(cast, report, colleague):
    take(report, ("send", cast.office), ("review", colleague))
    issue_seen = issuing.readiness(draft_reports.working(report)).mark
    seen = seen_by(report, cast.leader)
    results = at_once(
        lambda: issuing.issue(report=report, by=cast.office, reason="先行", seen=issue_seen),
        lambda: signing.act(report=report, action="approve", by=cast.leader, seen=seen),
    )
    # Whoever comes second is told: what was issued without an approval has none afterwards.
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
    assert kinds(report) in (["sent", "reviewed", "issued"], ["sent", "reviewed", "approved"])


def test_two_sealed_files_at_once(cast, report, colleague):
    seen = issuing.readiness(draft_reports.working(report)).mark
    issued = issuing.issue(report=report, by=cast.office, reason="先行", seen=seen)

    def seal(by, content):
        return lambda: papers.seal(report=issued, by=by, file=base.pdf("盖章.pdf", content))

    results = at_once(seal(cast.office, b"%PDF-1.7 a"), seal(colleague, b"%PDF-1.7 b"))
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
    assert ReportPaper.objects.filter(kind="sealed").count() == 1


def test_two_people_resolve_one_comment(cast, report, colleague):
    said = block_comments.comment(report=report, key=FOOD, by=cast.office, text="看")

    def resolve(by):
        return lambda: block_comments.resolve(report=report, key=FOOD, by=by, up_to=said.pk)

    results = at_once(resolve(cast.office), resolve(colleague))
    assert sorted(map(str, results))[0] == "1", results
    assert sum(isinstance(result, WrongState) for result in results) == 1, results
