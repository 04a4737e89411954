"""A station's part as an Excel file: all in one archive, many back at once, none into another part."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from collection import files, requests, steps
from collection.models import StationPart
from sectors.spreadsheets.container import BadFile
from tests import base
from tests.collection.conftest import CELLS
from tests.sectors.spreadsheets import workbooks
from tests.sectors.spreadsheets.workbooks import cells, filled, opened

pytestmark = pytest.mark.django_db


def uploaded(data, name="甲.xlsx"):
    return SimpleUploadedFile(name, data)


def store(stations, *sent, send=True):
    return files.store(stations.request, sent, by=stations.cast.clerk, send=send)


def stored(stations, name):
    rows = stations.part(name).part_figures.values_list("indicator__code", "value", "state")
    return {code: state if value is None else f"{value.normalize():f}" for code, value, state in rows}


def test_a_file_has_the_rows_that_are_asked_for(stations):
    data = files.write(stations.part("城关所"))
    found = cells(opened(data)[1])
    assert set(CELLS) <= found.keys()
    assert "food.output" not in found
    texts = [str(cell.value) for row in opened(data)[1].iter_rows() for cell in row if cell.value is not None]
    assert any("城关所" in text for text in texts)


def test_many_files_come_back_at_once(client, stations, cast):
    client.force_login(cast.clerk)
    answer = client.get(reverse("station-files", args=[stations.request.pk]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        sheets = {name.split()[0]: archive.read(name) for name in archive.namelist()}
    assert sheets.keys() == {"城关所", "河东所", "山口所"}
    one = filled(sheets["城关所"], food_task=5, food_done=4, food_passed="不适用")
    other = filled(sheets["河东所"], food_task=7, food_done=6)
    sent = {"files": [uploaded(one, "a.xlsx"), uploaded(other, "b.xlsx")], "send": "yes"}
    answer = client.post(reverse("upload-parts", args=[stations.request.pk]), sent)
    assert answer.status_code == 200, base.html(answer)
    assert stored(stations, "城关所") == {"food.task": "5", "food.done": "4", "food.passed": "na"}
    assert [part.status for part in StationPart.objects.order_by("station__position")] == ["sent", "sent", "blank"]


def test_a_wrong_cell_costs_the_file_and_no_other(stations):
    bad = filled(files.write(stations.part("城关所")), food_task="五", food_done=4)
    good = filled(files.write(stations.part("河东所")), food_task=7, food_done=6)
    first, second = store(stations, uploaded(bad), uploaded(good))
    assert len(first.problems) == 1
    assert "五" in first.problems[0]
    assert stored(stations, "城关所") == {}
    assert (second.problems, second.is_sent) == ([], True)


def test_what_is_not_complete_is_stored_and_not_sent(stations):
    (found,) = store(stations, uploaded(filled(files.write(stations.part("城关所")), food_done=4)))
    assert (found.changed, found.is_sent) == (1, False)
    assert "抽检任务" in found.not_sent


def test_files_of_others_are_refused(stations, cast):
    data = files.write(stations.part("城关所"))
    later = base.submission(cast.county, in_period="2023Q2")
    (found,) = store(stations, uploaded(workbooks.download(stations.submission)))
    assert found.problems
    wanted = requests.Wanted(["food.done"], [one.pk for one in stations.stations], stations.due)
    stations.request = requests.ask(later, wanted, by=cast.clerk)
    (found,) = store(stations, uploaded(data))
    assert "第1季度" in found.problems[0] or "一季度" in found.problems[0], found.problems
    (found,) = store(stations, uploaded(b"no file", "x.xlsx"))
    assert found.problems


def test_a_stations_file_is_none_of_the_sheet(stations, cast):
    with pytest.raises(BadFile, match="城关所"):
        workbooks.upload(files.write(stations.part("城关所")), stations.submission, cast.clerk)


def test_a_file_from_before_overwrites_nothing(stations):
    old = filled(files.write(stations.part("城关所")), food_task=1, food_done=1)
    stations.fill("城关所", {"food.done": "9", "food.task": "9"}, send=False)
    (found,) = store(stations, uploaded(old))
    assert len(found.problems) == 2
    assert stored(stations, "城关所")["food.done"] == "9"


def test_what_was_sent_in_is_not_changed_by_a_file(stations, cast):
    part = stations.fill("城关所", {"food.done": "9"})
    old = filled(files.write(stations.part("河东所")), food_task=1, food_done=1)
    assert store(stations, uploaded(old))[0].problems == []
    steps.accept(part, by=cast.clerk)
    data = files.write(stations.part("城关所"))
    (found,) = store(stations, uploaded(filled(data, food_done=3)))
    assert found.problems
    assert stored(stations, "城关所")["food.done"] == "9"
