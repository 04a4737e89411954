"""A clock that is set back changes no order: what was done last is last, whatever time stands at it."""

import datetime

import pytest

from reports.editing import provenance
from sectors.approval import moves, review
from sectors.entry import writer
from sectors.guard import WrongState
from sectors.models import Figure, FigureChange, Transition
from sectors.vocabulary import SubmissionStatus
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def returned(cast):
    """A sheet that came back twice; before the second time the clock was set back by a day."""
    of = base.submission(cast.county)
    for reason in ("first", "second"):
        writer.save(of, writer.Typed({"food.done": reason[0].replace("f", "5").replace("s", "6")}), by=cast.clerk)
        of = base.take_to("signed", cast, of)
        of = moves.move(submission=of, action="return", by=cast.office, reason=reason)
        if reason == "second":
            for rows in (Transition.objects.order_by("-pk")[:3], FigureChange.objects.order_by("-pk")[:1]):
                for row in rows:
                    type(row).objects.filter(pk=row.pk).update(at=row.at - datetime.timedelta(days=1))
    return of


def test_the_last_return_is_the_last(returned):
    assert returned.last_return().reason == "second"


def test_changes_come_in_the_order_in_which_they_were_made(returned):
    row = Figure.objects.get(indicator__code="food.done")
    assert [change.new for change in review._changes(returned) if change.indicator_id == row.indicator_id] == ["5", "6"]
    assert provenance._entered([row])[row.submission_id, row.indicator_id].new == "6"


def test_who_brought_it_there_is_who_did_it_last(cast, returned):
    for action, by in (("submit", cast.clerk), ("sign", cast.head)):
        returned = moves.move(submission=returned, action=action, by=by)
    with pytest.raises(WrongState, match="head"):
        moves.move(submission=returned, action="sign", by=cast.head)
    Transition.objects.filter(new=SubmissionStatus.SIGNED).latest("pk")


def test_a_step_of_before_is_no_double_click(cast, returned):
    """Its time may lie ahead of now."""
    last = Transition.objects.latest("pk")
    Transition.objects.filter(pk=last.pk).update(at=last.at + datetime.timedelta(hours=2))
    assert not moves.is_repeated(returned, "return", by=cast.office)
