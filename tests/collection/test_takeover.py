"""Stations' figures together: by the indicator's rule, with what is missing said, and nothing overwritten unseen."""

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied

from collection import entry, steps, takeover
from collection.guard import Refused
from collection.models import TakenCell
from collection.vocabulary import PartSource
from sectors.approval import moves
from sectors.entry import grid, writer
from sectors.guard import WrongState
from sectors.models import FigureChange, Indicator, Submission, Unit
from tests import base
from tests.collection.conftest import Stations

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def total(stations, code):
    return next(one for one in takeover.read(stations.request).cells if one.indicator.code == code)


def take(stations, *codes, by=None):
    seen = takeover.read(stations.request).mark
    return takeover.take_over(stations.request, codes, by=by or stations.cast.clerk, seen=seen)


def test_numbers_add_up_and_say_of_how_many_stations(stations):
    stations.fill("城关所", {"food.done": "12", "food.passed": "11"})
    stations.fill("河东所", {"food.done": "0"})
    one = total(stations, "food.done")
    assert (one.total.stored, one.answered, one.asked, one.is_partial) == ("12", 2, 3, True)
    assert take(stations, "food.done") == 1
    assert stations.figure("food.done") == "12"
    change = FigureChange.objects.get(indicator__code="food.done")
    assert (change.by, change.new) == (stations.cast.clerk, "12")
    note = stations.submission.figures.get(indicator__code="food.done").note
    assert "12" in note
    assert "2" in note
    assert "3" in note
    taken = TakenCell.objects.get()
    assert (taken.stored, taken.answered, taken.asked) == ("12", 2, 3)


def test_what_is_still_with_a_station_does_not_count(stations):
    stations.fill("城关所", {"food.done": "12"})
    stations.fill("河东所", {"food.done": "5"}, send=False)
    part = stations.fill("山口所", {"food.done": "7"})
    steps.give_back(part, by=stations.cast.clerk, reason="少报一批")
    found = takeover.read(stations.request)
    assert [part.station.name for part in found.missing] == ["河东所", "山口所"]
    assert total(stations, "food.done").total.stored == "12"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("n/a", "5", "5"),
        ("n/a", "n/a", "n/a"),
        ("0", "0", "0"),
        ("", "", ""),
        ("", "n/a", "n/a"),
        ("120余", "30", "150余"),
        ("约30", "5", "约35"),
        ("95以上", "5", "100以上"),
    ],
)
def test_what_two_stations_make(stations, one, other, together):
    stations.fill("城关所", {"food.passed": one})
    stations.fill("河东所", {"food.passed": other})
    assert total(stations, "food.passed").total.stored == together


def test_decimals_are_those_of_the_most_exact_station(cast):
    stations = Stations(cast, cells=("food.output", "food.done"))
    stations.fill("城关所", {"food.output": "1.5"})
    stations.fill("河东所", {"food.output": "2"})
    assert total(stations, "food.output").total.stored == "3.5"


def test_a_mean_is_listed_and_not_taken_over(stations):
    stations.fill("城关所", {"food.price": "100"})
    stations.fill("河东所", {"food.price": "300"})
    one = total(stations, "food.price")
    assert "weighted" in one.why_not
    assert [value.text for value in one.values] == ["100", "300"]
    with pytest.raises(Refused):
        take(stations, "food.price")
    assert stations.figure("food.price") == ""


@pytest.mark.parametrize("change", [{"signed": True}, {}])
def test_a_rate_that_is_typed_is_not_added_up(cast, change):
    unit = Unit.objects.get(name="%")
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), unit=unit, **change)
    stations = Stations(cast, cells=("food.firms", "food.done"))
    stations.fill("城关所", {"food.firms": "50"})
    assert "rate" in total(stations, "food.firms").why_not


def test_words_are_not_added_up(cast):
    base.change_catalogue(Indicator.objects.filter(code="food.firms"), value_kind="text")
    stations = Stations(cast, cells=("food.firms", "food.done"))
    stations.fill("城关所", {"food.firms": "甲"})
    assert "Words" in total(stations, "food.firms").why_not


def test_a_ratio_is_computed_of_what_was_added_up(stations):
    stations.fill("城关所", {"food.done": "10", "food.passed": "10"})
    stations.fill("河东所", {"food.done": "30", "food.passed": "20"})
    take(stations, "food.done", "food.passed")
    read = grid.read(Submission.objects.for_reading().get(pk=stations.submission.pk))
    cells = {
        cell.indicator.code: cell.text for table in read.tables for row in table.rows for cell in row.cells if cell
    }
    assert cells["food.rate"] == "75.0"


def test_what_was_typed_by_hand_is_overwritten_only_when_it_is_asked_for(stations):
    writer.save(stations.submission, writer.Typed({"food.done": "99"}), by=stations.cast.clerk)
    stations.fill("城关所", {"food.done": "12", "food.passed": "3"})
    assert not total(stations, "food.done").is_proposed
    assert total(stations, "food.passed").is_proposed
    take(stations, "food.passed")
    assert stations.figure("food.done") == "99"
    take(stations, "food.done")
    assert stations.figure("food.done") == "12"
    writer.save(stations.submission, writer.Typed({"food.done": "13"}), by=stations.cast.clerk)
    assert total(stations, "food.done").is_by_hand


def test_a_later_correction_is_shown_and_changes_nothing(stations):
    part = stations.fill("城关所", {"food.done": "12"})
    take(stations, "food.done")
    assert not total(stations, "food.done").has_changed
    steps.give_back(part, by=stations.cast.clerk, reason="少报三批")
    stations.fill("城关所", {"food.done": "15"})
    one = total(stations, "food.done")
    assert (one.has_changed, one.taken_text, one.total.stored) == (True, "12", "15")
    assert stations.figure("food.done") == "12"
    assert one.is_proposed
    take(stations, "food.done")
    assert stations.figure("food.done") == "15"


def test_what_somebody_changed_meanwhile_is_looked_at_once_more(stations):
    stations.fill("城关所", {"food.done": "12"})
    seen = takeover.read(stations.request).mark
    stations.fill("河东所", {"food.done": "3"})
    with pytest.raises(takeover.Outdated):
        takeover.take_over(stations.request, ["food.done"], by=stations.cast.clerk, seen=seen)
    assert stations.figure("food.done") == ""


def test_only_who_fills_the_sheet_takes_over(stations, cast):
    stations.fill("城关所", {"food.done": "12"})
    for by in (cast.head, cast.office, cast.outsider_clerk, cast.leader, cast.admin):
        with pytest.raises(PermissionDenied):
            take(stations, "food.done", by=by)


def test_a_sheet_that_has_left_the_department_is_not_changed(stations, cast):
    stations.fill("城关所", {"food.done": "12"})
    base.take_to("signed", cast, stations.submission)
    with pytest.raises(WrongState, match="Signed"):
        take(stations, "food.done")


def test_a_closed_period_is_not_changed(stations, cast, on):
    stations.fill("城关所", {"food.done": "12"})
    period = stations.submission.period
    period.closes = period.due
    period.save()
    stations.request.submission.refresh_from_db()
    with pytest.raises(WrongState, match="closed"):
        take(stations, "food.done")


def test_what_is_locked_by_a_return_is_not_offered(stations, cast):
    stations.fill("城关所", {"food.done": "12", "food.passed": "12"})
    of = base.take_to("signed", cast, stations.submission)
    moves.move(submission=of, action="return", by=cast.office, reason="合格", cells=["food.passed"], only_cells=True)
    stations.request.submission.refresh_from_db()
    assert total(stations, "food.done").is_locked
    assert not total(stations, "food.done").is_offered
    assert total(stations, "food.passed").is_offered


def test_what_is_retired_is_asked_no_more(stations):
    stations.fill("城关所", {"food.passed": "12", "food.done": "14"})
    base.change_catalogue(Indicator.objects.filter(code="food.passed"), valid_to="2022-12-31")
    stations.request.submission.catalogue_version = None
    assert "food.passed" not in [one.indicator.code for one in takeover.read(stations.request).cells]
    part = stations.part("河东所")
    saved = entry.save(part, entry.Sent({"food.passed": "1"}), by=None, source=PartSource.LINK)
    assert "food.passed" in saved.refused


def test_a_sheet_that_was_handed_over_is_the_new_departments(stations, cast):
    stations.fill("城关所", {"food.done": "12"})
    Submission.objects.filter(pk=stations.submission.pk).update(department=cast.water)
    stations.request.submission.refresh_from_db()
    with pytest.raises(PermissionDenied):
        take(stations, "food.done")
    take(stations, "food.done", by=cast.outsider_clerk)
    assert stations.figure("food.done") == "12"


def test_the_number_of_queries_does_not_grow_with_stations(cast):
    counts = []
    for names in (("甲", "乙"), tuple(f"站{n}" for n in range(20))):
        stations = Stations(cast, names=names)
        for name in names:
            stations.fill(name, {"food.done": "1"})
        counts.append(base.queries(partial(takeover.read, stations.request)))
        stations.request.delete()
    assert counts[0] == counts[1]
