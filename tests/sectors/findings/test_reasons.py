"""Who may say what about a finding, when, and what becomes of it."""

import pytest
from django.core.exceptions import PermissionDenied

from sectors.entry import writer
from sectors.findings import reasons, storage
from sectors.guard import WrongState
from sectors.models import FindingNote, Rule, StoredFinding, Submission
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

WHY = "6批次由乡镇抽检，尚未分到环节"
OFFICE = "已看过乡镇台账，下季度补报分环节数"
EVERYBODY = ("clerk", "head", "office", "leader", "admin", "outsider_clerk", "outsider_head", "outsider_office")


@pytest.fixture
def error(cast):
    base.report(cast.county, "2023Q1", {"food.done": "7", "food.done.farm": "3", "food.done.school": "3"}, "draft")
    (found,) = storage.refresh(base.submission(cast.county))
    return found


@pytest.fixture
def warning(cast):
    base.report(cast.county, "2023Q1", {"food.done": "225", "food.passed": "134", "food.rate": "59.5"}, "draft")
    (found,) = storage.refresh(base.submission(cast.county))
    return found


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_clerk_explains_and_the_office_judges(cast, error, name):
    person = getattr(cast, name)
    for say, who in (
        (lambda: reasons.explain(finding=error, text=WHY, by=person), "clerk"),
        (lambda: reasons.judge(finding=error, accept=True, text=OFFICE, by=person), "office"),
    ):
        if name == who:
            say()
        else:
            with pytest.raises(PermissionDenied):
                say()
    assert FindingNote.objects.count() == (name in ("clerk", "office"))


def test_an_error_is_explained_and_accepted_and_both_reasons_stay(cast, error):
    said = reasons.explain(finding=error, text=f"  {WHY} ", by=cast.clerk, seen=error.basis)
    assert said.state == "explained"
    said = reasons.judge(finding=error, accept=True, text=OFFICE, by=cast.office, seen=error.basis)
    assert said.state == "accepted"
    assert [(n.kind, n.text, n.by, n.values) for n in said.notes.all()] == [
        ("reason", WHY, cast.clerk, error.values),
        ("accepted", OFFICE, cast.office, error.values),
    ]
    with pytest.raises(WrongState, match="accepted this already"):
        reasons.explain(finding=error, text="还有2批次在复检之中", by=cast.clerk)


def test_a_refused_error_is_open_again(cast, error):
    reasons.explain(finding=error, text=WHY, by=cast.clerk)
    said = reasons.judge(finding=error, accept=False, text="乡镇台账里没有这6批次", by=cast.office)
    assert said.state == "open"
    with pytest.raises(reasons.InsufficientReason, match="already"):
        reasons.explain(finding=error, text=WHY, by=cast.clerk)
    assert reasons.explain(finding=error, text="乡镇台账已补上6批次", by=cast.clerk).state == "explained"


def test_the_office_may_let_an_error_stand_that_nobody_explained_but_no_warning(cast, error):
    assert reasons.judge(finding=error, accept=True, text=OFFICE, by=cast.office).state == "accepted"


def test_a_warning_needs_the_departments_reason_only(cast, warning):
    assert warning.severity == "warning"
    with pytest.raises(WrongState, match="Only errors"):
        reasons.judge(finding=warning, accept=True, text=OFFICE, by=cast.office)
    assert reasons.explain(finding=warning, text="总结材料按截尾列出", by=cast.clerk).state == "explained"


@pytest.mark.parametrize("text", ["", "核实无误", "啊啊啊啊啊啊啊", "食品食品"])
def test_empty_words_are_refused_and_nothing_is_stored(cast, error, text):
    with pytest.raises(reasons.InsufficientReason):
        reasons.explain(finding=error, text=text, by=cast.clerk)
    with pytest.raises(reasons.InsufficientReason):
        reasons.judge(finding=error, accept=True, text=text, by=cast.office)
    assert not FindingNote.objects.exists()


def test_the_office_has_words_of_its_own(cast, error):
    reasons.explain(finding=error, text=WHY, by=cast.clerk)
    with pytest.raises(reasons.InsufficientReason, match="already"):
        reasons.judge(finding=error, accept=True, text=WHY, by=cast.office)


def test_a_second_click_stores_nothing_more(cast, error):
    for _click in range(2):
        assert reasons.explain(finding=error, text=WHY, by=cast.clerk).state == "explained"
    assert FindingNote.objects.count() == 1


def test_words_about_figures_that_changed_meanwhile_are_not_taken(cast, error):
    writer.save(error.submission, writer.Typed({"food.done": "8"}), by=cast.clerk)
    with pytest.raises(WrongState, match="changed meanwhile"):
        reasons.explain(finding=error, text=WHY, by=cast.clerk, seen=error.basis)
    writer.save(error.submission, writer.Typed({"food.done": "6"}), by=cast.clerk)
    with pytest.raises(WrongState, match="mended"):
        reasons.explain(finding=error, text=WHY, by=cast.clerk, seen=error.basis)
    assert not FindingNote.objects.exists()


@pytest.mark.parametrize(
    ("status", "may"),
    [("draft", True), ("returned", True), ("submitted", False), ("signed", False), ("accepted", True)],
)
def test_what_was_signed_stays_as_it_was_signed(cast, error, status, may):
    Submission.objects.update(status=status)
    if may:
        assert reasons.explain(finding=error, text=WHY, by=cast.clerk).state == "explained"
    else:
        with pytest.raises(WrongState, match="Withdraw it"):
            reasons.explain(finding=error, text=WHY, by=cast.clerk)
    assert reasons.judge(finding=error, accept=True, text=OFFICE, by=cast.office).state == "accepted"
    assert StoredFinding.objects.get().state == "accepted"


def two_sheets(cast):
    """One contradiction between two sheets, found in both."""
    base.across_two_sheets()
    base.report(cast.county, "2023Q1", {"food.done": "5", "water.tests": "4"}, "draft")
    sheets = [base.submission(cast.county, number) for number in ("T-01", "T-02")]
    return sheets, [finding for sheet in sheets for finding in storage.refresh(sheet)]


def states():
    return list(StoredFinding.objects.order_by("submission").values_list("state", flat=True))


def test_a_department_explains_a_contradiction_of_two_of_its_sheets_once(cast):
    sheets, (found, twin) = two_sheets(cast)
    Submission.objects.filter(pk=sheets[1].pk).update(department=sheets[0].department)
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    assert states() == ["explained", "explained"]
    assert FindingNote.objects.get(finding=twin).text == WHY


def test_another_department_speaks_for_itself(cast):
    _sheets, (found, twin) = two_sheets(cast)
    assert found.submission.department != twin.submission.department
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    assert states() == ["explained", "open"]


def test_what_is_on_its_way_already_gets_no_words_of_its_department(cast):
    sheets, (found, _twin) = two_sheets(cast)
    Submission.objects.filter(pk=sheets[1].pk).update(department=sheets[0].department, status="signed")
    reasons.explain(finding=found, text=WHY, by=cast.clerk)
    assert states() == ["explained", "open"]


def test_the_office_judges_a_contradiction_of_two_sheets_once(cast):
    sheets, _found = two_sheets(cast)
    Rule.objects.update(severity="error")
    for sheet in sheets:
        storage.refresh(sheet)
    found = StoredFinding.objects.filter(submission=sheets[0]).get()
    reasons.judge(finding=found, accept=True, text=OFFICE, by=cast.office)
    assert states() == ["accepted", "accepted"]
