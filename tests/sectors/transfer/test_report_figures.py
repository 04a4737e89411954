"""Confirmed figures of a written report into the history of its year: previewed, and all or nothing."""

from decimal import Decimal

import pytest

from audit.models import Event
from sectors.approval import moves
from sectors.catalogue.compiled import catalogue
from sectors.models import Figure, Period, Submission
from sectors.reading import reports
from sectors.reading.blocks import of_text
from sectors.transfer import report_figures
from sectors.transfer.report_figures import ChangedSince
from sectors.vocabulary import Role, SubmissionStatus
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

TEXT = (
    "1.食品及相关产品\n全年食品抽检合计抽检任务310批次，合格率98.7%。\n"
    "1.特种设备\n电梯近175部、锅炉12台。再说一次，电梯近175部。"
)
CHOSEN = [
    (0, "food.sampling.all.task"),
    (1, "food.sampling.all.pass_rate"),
    (2, "equipment.lifts"),
    (3, "equipment.boilers"),
]


@pytest.fixture
def office(shipped_catalogue):
    return base.user(Role.OFFICE, shipped_catalogue.departments.get(code="office"))


def confirmed(chosen=None, text=TEXT, year=2021):
    found = reports.read(of_text(text), catalogue(), year, {})
    return report_figures.confirmed(found, CHOSEN if chosen is None else chosen, catalogue(), year)


def store(region, office, figures, year=2021, digest=None):
    what = {"region": region, "year": year, "by": office}
    shown = report_figures.preview(figures, [], **what)
    assert not shown.problems
    return report_figures.store(figures, digest or shown.digest, name="质量分析报告", **what)


def test_what_is_confirmed_becomes_accepted_history_with_its_place(shipped_catalogue, office):
    figures, problems = confirmed()
    assert problems == []
    loaded = store(shipped_catalogue, office, figures)
    assert loaded.figures == 4
    stored = {figure.indicator.code: figure for figure in Figure.objects.select_related("indicator")}
    assert {code: (figure.value, figure.qualifier) for code, figure in stored.items()} == {
        "food.sampling.all.task": (310, ""),
        "food.sampling.all.pass_rate": (Decimal("98.7"), ""),
        "equipment.lifts": (175, "nearly"),
        "equipment.boilers": (12, ""),
    }
    assert "电梯近175部" in stored["equipment.lifts"].note
    assert "4" in stored["equipment.lifts"].note
    assert {submission.status for submission in Submission.objects.all()} == {SubmissionStatus.ACCEPTED}
    assert set(Period.objects.values_list("year", "kind")) == {(2021, "year")}
    event = Event.objects.get(name="质量分析报告")
    assert event.region_id == shipped_catalogue.pk
    assert event.person_id == office.pk


def test_a_preview_changes_nothing(shipped_catalogue, office):
    figures, _problems = confirmed()
    shown = report_figures.preview(figures, [], region=shipped_catalogue, year=2021, by=office)
    assert not shown.problems
    assert not Figure.objects.exists()
    assert not Period.objects.exists()
    assert not Event.objects.filter(name="质量分析报告").exists()


def test_the_same_again_counts_once_and_another_value_is_refused(shipped_catalogue):
    figures, problems = confirmed([*CHOSEN, (4, "equipment.lifts")])
    assert (len(figures), problems) == (4, [])
    _figures, problems = confirmed([*CHOSEN, (0, "equipment.lifts")])
    assert len(problems) == 1


def test_what_cannot_stand_in_a_cell_and_what_is_unknown(shipped_catalogue):
    _figures, problems = confirmed([(0, "equipment.lifts"), (1, "equipment.boilers")])
    assert len(problems) == 1
    assert "98.7%" in problems[0]
    assert confirmed([(99, "equipment.lifts"), (0, "no.such.code"), (-1, "equipment.lifts")]) == ([], [])


def test_nothing_confirmed_is_nothing_to_store(shipped_catalogue, office):
    assert report_figures.preview([], [], region=shipped_catalogue, year=2021, by=office).problems


def test_other_accepted_values_are_shown_and_replaced(shipped_catalogue, office):
    figures, _problems = confirmed()
    store(shipped_catalogue, office, figures)
    figures, _problems = confirmed(text=TEXT.replace("锅炉12台", "锅炉13台"))
    shown = report_figures.preview(figures, [], region=shipped_catalogue, year=2021, by=office)
    assert [line for line in shown.replaced if "12 → 13" in line]
    store(shipped_catalogue, office, figures)
    assert Figure.objects.get(indicator__code="equipment.boilers").value == 13


def test_what_changed_since_the_preview_is_not_overwritten(shipped_catalogue, office):
    figures, _problems = confirmed()
    shown = report_figures.preview(figures, [], region=shipped_catalogue, year=2021, by=office)
    others, _problems = confirmed(text=TEXT.replace("锅炉12台", "锅炉13台"))
    store(shipped_catalogue, office, others)
    with pytest.raises(ChangedSince):
        store(shipped_catalogue, office, figures, digest=shown.digest)
    assert Figure.objects.get(indicator__code="equipment.boilers").value == 13


def test_what_a_department_works_on_stays_its_own(shipped_catalogue, office):
    figures, _problems = confirmed()
    store(shipped_catalogue, office, figures)
    submission = Submission.objects.get(sheet__number="T-01")
    moves.move(submission=submission, action="reopen", by=office, reason="请核对锅炉数量", seen=None)
    figures, _problems = confirmed(text=TEXT.replace("锅炉12台", "锅炉13台"))
    shown = report_figures.preview(figures, [], region=shipped_catalogue, year=2021, by=office)
    assert len(shown.problems) >= 1
    assert Figure.objects.get(indicator__code="equipment.boilers").value == 12


def test_a_year_to_come_has_no_history(shipped_catalogue, office):
    figures, _problems = confirmed(year=2099)
    assert report_figures.preview(figures, [], region=shipped_catalogue, year=2099, by=office).problems
