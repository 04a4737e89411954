"""The only way in for figures and narratives."""

import pytest
from django.core.exceptions import PermissionDenied

from sectors import guard
from sectors.entry import writer
from sectors.models import Figure, FigureChange, Narrative
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def stored():
    return {f.indicator.code: (f.state, f.value, f.places) for f in Figure.objects.select_related("indicator")}


def test_good_cells_are_stored_and_bad_ones_come_back(cast, sheet):
    figures = {
        "food.task": "1,548 批次",
        "food.done": "0",
        "food.firms": "-3",
        "food.price": "不适用",
        "food.output": "",
    }
    saved = writer.save(sheet, writer.Typed(figures), by=cast.clerk)
    assert saved.changed == 3
    assert saved.refused == {"food.firms": ("-3", "This figure cannot be negative.")}
    assert stored() == {
        "food.task": ("number", 1548, 0),
        "food.done": ("number", 0, 0),
        "food.price": ("na", None, 0),
    }


def test_a_change_is_kept_with_who_and_from_what(cast, sheet):
    for text in ("7.50", "7.5", "7.5", ""):
        writer.save(sheet, writer.Typed({"food.price": text}), by=cast.clerk)
    history = FigureChange.objects.order_by("pk").values_list("old", "new", "by__username", "source")
    assert list(history) == [
        ("", "7.50", "clerk", "form"),
        ("7.50", "7.5", "clerk", "form"),
        ("7.5", "", "clerk", "form"),
    ]
    assert stored() == {"food.price": ("blank", None, 0)}


def test_what_is_computed_or_of_another_sheet_is_not_typed_here(cast, sheet):
    saved = writer.save(sheet, writer.Typed({"food.rate": "99", "water.tests": "5", "no.such": "1"}), by=cast.clerk)
    assert (saved.changed, stored()) == (0, {})


@pytest.mark.parametrize("name", ["head", "office", "leader", "admin", "outsider_clerk", "outsider_office"])
def test_nobody_but_the_departments_clerk_enters(cast, sheet, name):
    with pytest.raises(PermissionDenied):
        writer.save(sheet, writer.Typed({"food.task": "1"}), by=getattr(cast, name))
    assert not Figure.objects.exists()


@pytest.mark.parametrize("status", ["submitted", "signed", "accepted"])
def test_what_is_on_its_way_cannot_be_changed(cast, status):
    sheet = base.submission(cast.county, status=status)
    with pytest.raises(guard.WrongState):
        writer.save(sheet, writer.Typed({"food.task": "1"}), by=cast.clerk)
    assert not Figure.objects.exists()


def test_narratives_are_answers_to_the_sheets_own_questions(cast, sheet):
    for text in (" 抽检三家市场 ", "抽检四家市场"):
        writer.save(sheet, writer.Typed(narratives={"food.work": text, "plants.measure": "x"}), by=cast.clerk)
    assert list(Narrative.objects.values_list("question__code", "text")) == [("food.work", "抽检四家市场")]
