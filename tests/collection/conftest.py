"""A department with stations, and what it asks them for."""

import datetime

import pytest
from django.utils import timezone

from collection import entry, requests, steps
from collection.models import Station, StationPart
from collection.vocabulary import PartSource
from tests import base

CELLS = ("food.task", "food.done.farm", "food.done.school", "food.done", "food.passed", "food.firms", "food.price")


class Stations:
    """What tests do with the stations of 市场监管局, called by their names."""

    def __init__(self, cast, names=("城关所", "河东所", "山口所"), cells=CELLS):
        self.cast = cast
        self.stations = [
            Station.objects.create(department=cast.market, name=name, position=n) for n, name in enumerate(names)
        ]
        self.submission = base.submission(cast.county)
        self.due = timezone.localdate() + datetime.timedelta(days=5)
        keys = [one.pk for one in self.stations]
        self.request = requests.ask(self.submission, requests.Wanted(cells, keys, self.due), by=cast.clerk)

    def part(self, name):
        return StationPart.objects.for_reading().get(request=self.request, station__name=name)

    def fill(self, name, figures, *, send=True, remark="与台账一致"):
        """Figures by code, filled in by a link; required ones that are not named do not apply."""
        part = self.part(name)
        needed = [one.code for one in requests.asked(part.request) if one.required and send]
        saved = entry.save(
            part, entry.Sent({**dict.fromkeys(needed, "n/a"), **figures}), by=None, source=PartSource.LINK
        )
        assert saved.is_complete, saved
        if send:
            steps.send(part, by=None, remark=remark)
        return self.part(name)

    def figure(self, code):
        found = self.submission.figures.filter(indicator__code=code).first()
        return found.cell.stored if found else ""


@pytest.fixture
def stations(cast):
    return Stations(cast)
