"""A department and a station at the same moment."""

import pytest

from collection import entry, requests
from collection.vocabulary import PartSource
from sectors.guard import WrongState
from tests.races import while_looking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


def test_nothing_is_taken_from_a_station_that_fills_in_while_the_request_is_withdrawn(stations):
    part = stations.part("城关所")
    (withdrawn, saved), _ends = while_looking(
        "collection_partfigure",
        lambda: requests.withdraw(stations.request, by=stations.cast.clerk),
        lambda: entry.save(part, entry.Sent({"food.done": "4"}), by=None, source=PartSource.LINK),
    )
    assert withdrawn is None, withdrawn
    assert isinstance(saved, WrongState), saved  # told, and not stored to be lost
