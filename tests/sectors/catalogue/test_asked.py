"""What was typed for a cell that asks for something else by now: it is not stored, and nothing of it is lost."""

import json
import re
from io import BytesIO

import pytest
from django.urls import reverse

from sectors.approval import moves
from sectors.catalogue.loader import load
from sectors.entry import writer
from sectors.models import Figure, Indicator, Question, Submission, Unit
from sectors.spreadsheets import reader
from sectors.transfer.figure_files import import_figures
from sectors.transfer.history import HistoryFileError
from tests import base
from tests.races import while_looking
from tests.sectors.approval.test_marks import mark_of
from tests.sectors.spreadsheets.workbooks import download, filled

OUTPUT = "name: 食品产量, unit: 吨"
CHANGES = [
    (OUTPUT, "name: 食品产量, unit: 万吨", "计量单位原为吨，现为万吨"),
    (f"{OUTPUT}, decimals: 1", f"{OUTPUT}, decimals: 1, accumulation: cumulative", "填报口径原为"),
    (f"{OUTPUT}, decimals: 1", f"{OUTPUT}, decimals: 1, valid_to: 2022-12-31", "本期不再填报"),
    (f"{OUTPUT}, decimals: 1", f"{OUTPUT}, decimals: 1, formula: food.firms * 1吨", "计算"),
]


def load_changed(tmp_path, old, new):
    text = (base.SMALL / "food.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "food.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return load(path)


def asked_on(page, code):
    [found] = re.findall(rf'data-code="{re.escape(code)}"[^>]*? data-asked="([^"]*)"', page.content.decode())
    return found


def post(client, sheet, **body):
    return client.post(reverse("cells", args=[sheet.pk]), json.dumps(body), content_type="application/json")


@pytest.fixture
def small():
    base.make_cast()
    return base.cast()


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new", "sentence"), CHANGES)
def test_a_page_of_before_stores_nothing_that_is_asked_for_otherwise(client, cast, tmp_path, old, new, sentence):
    sheet = base.submission(cast.county)
    client.force_login(cast.clerk)
    page = client.get(reverse("sheet", args=[sheet.pk]))
    asked = {code: asked_on(page, code) for code in ("food.output", "food.firms")}
    load_changed(tmp_path, old, new)
    sent = {"figures": {"food.output": "5", "food.firms": "3"}, "asked": asked}
    answer = post(client, sheet, **sent).json()
    assert (answer["stored"], list(answer["refused"])) == ({"food.firms": "3"}, ["food.output"])
    assert sentence in answer["refused"]["food.output"]
    assert "重新打开" in answer["refused"]["food.output"]
    assert not Figure.objects.filter(indicator__code="food.output").exists()


@pytest.mark.django_db
def test_a_page_that_is_opened_anew_stores_in_the_new_unit(client, cast, tmp_path):
    sheet = base.submission(cast.county)
    load_changed(tmp_path, *CHANGES[0][:2])
    client.force_login(cast.clerk)
    page = client.get(reverse("sheet", args=[sheet.pk]))
    asked = {"food.output": asked_on(page, "food.output")}
    assert asked == {"food.output": "万吨|吨|10000|flow"}
    assert post(client, sheet, figures={"food.output": "5"}, asked=asked).json()["stored"] == {"food.output": "5"}


@pytest.mark.django_db
def test_words_to_a_question_that_is_retired_are_refused_and_not_dropped(client, cast):
    sheet = base.submission(cast.county)
    base.change_catalogue(Question.objects.filter(code="food.problem"), valid_to="2022-12-31")
    client.force_login(cast.clerk)
    answer = post(client, sheet, narratives={"food.problem": "抽检不足", "food.work": "查了三家"}).json()
    assert (answer["narratives"], list(answer["refused"])) == ({"food.work": "查了三家"}, ["food.problem"])


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new", "_sentence"), CHANGES)
def test_a_page_of_before_does_not_submit_and_says_why(client, cast, tmp_path, old, new, _sentence):
    sheet = base.submission(cast.county)
    base.report(cast.county, "2023Q1", {"food.output": "5"}, status="draft")
    base.complete(sheet)
    client.force_login(cast.clerk)
    page = client.get(reverse("sheet", args=[sheet.pk]))
    seen = mark_of(page)
    load_changed(tmp_path, old, new)
    answer = client.post(reverse("sheet", args=[sheet.pk]), {"seen": seen})
    assert (answer.status_code, "报表目录已更改" in answer.content.decode()) == (409, True)
    assert Submission.objects.get(pk=sheet.pk).status == "draft"


@pytest.mark.django_db
def test_a_load_names_what_drafts_have_of_an_indicator_in_another_unit(cast, tmp_path):
    base.report(cast.county, "2023Q1", {"food.output": "5", "food.firms": "3"}, status="draft")
    [line] = [line for line in load_changed(tmp_path, *CHANGES[0][:2]).lines if line.startswith("?")]
    assert "计量单位原为吨，现为万吨" in line
    assert "1份草稿" in line
    assert not [line for line in load(base.SMALL / "units.yaml").lines if line.startswith("?")]


@pytest.mark.django_db
def test_a_load_names_what_drafts_have_in_a_unit_that_is_worth_something_else(cast, tmp_path):
    load_changed(tmp_path, *CHANGES[0][:2])
    base.report(cast.county, "2023Q1", {"food.output": "5"}, status="draft")
    (tmp_path / "units.yaml").write_text("units: [{name: 万吨, base: 吨, scale: 1000}]", encoding="utf-8")
    text = " ".join(load(tmp_path).lines)
    assert "1万吨原为10000吨，现为1000吨" in text.replace(" ", "")


@pytest.mark.django_db
def test_what_concerns_no_cell_of_a_sheet_leaves_its_pages_as_they_are(cast):
    sheet = base.submission(cast.county)
    base.complete(sheet)
    seen = base.seen(cast.clerk, sheet)
    base.change_catalogue(Indicator.objects.filter(sheet__number="T-02"), accumulation="stock")
    moves.move(submission=sheet, action="submit", by=cast.clerk, seen=seen)


# Beside a load


def during_a_load(tmp_path, call):
    """The call, made while a load that changes a unit has looked at what was reported; and what became of it."""
    (failed, result), _ends = while_looking("sectors_figure", lambda: load_changed(tmp_path, *CHANGES[0][:2]), call)
    assert not isinstance(failed, Exception), failed
    return result


@pytest.fixture
def sheet(small):
    return base.submission(small.county)


def reported(small):
    """The load reads figures only where some were reported."""
    base.report(small.county, "2022Q1", {"food.done": "4"})


@pytest.mark.django_db(transaction=True)
def test_a_cell_that_is_saved_during_a_load_is_not_stored_in_the_new_unit(small, sheet, tmp_path):
    reported(small)
    unit = Unit.objects.get(name="吨")
    writer.save(sheet, writer.Typed({"food.firms": "3"}), by=small.clerk)  # has looked at the catalogue
    typed = writer.Typed({"food.output": "5"}, asked={"food.output": f"{unit.name}|{unit.base}|1|flow"})
    saved = during_a_load(tmp_path, lambda: writer.save(sheet, typed, by=small.clerk))
    assert list(saved.refused) == ["food.output"], saved
    assert "The unit was 吨 and is 万吨 now." in saved.refused["food.output"][1]
    assert not Figure.objects.filter(indicator__code="food.output").exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_confirmed_during_a_load_is_not_stored_in_the_new_unit(small, sheet, tmp_path):
    reported(small)
    data = filled(download(sheet), food_output=5)
    fresh = Submission.objects.for_reading().get(pk=sheet.pk)
    found = reader.read(BytesIO(data), len(data), fresh, small.clerk)
    refused = during_a_load(tmp_path, lambda: reader.store(found, fresh, small.clerk))
    assert isinstance(refused, writer.NotEverythingStored), refused
    assert list(refused.saved.refused) == ["food.output"]
    assert not Figure.objects.filter(indicator__code="food.output").exists()
    again = reader.read(BytesIO(data), len(data), fresh, small.clerk)
    assert (again.changes, len(again.problems)) == ([], 1)


@pytest.mark.django_db(transaction=True)
def test_history_that_was_read_before_a_load_is_not_stored(small, tmp_path):
    reported(small)
    path = tmp_path / "2022.csv"
    path.write_text("indicator,period,value,declared,note\nfood.output,2022Q2,5,,\n", encoding="utf-8")
    (tmp_path / "loaded").mkdir()
    result = during_a_load(tmp_path / "loaded", lambda: import_figures([path], region=small.county, year=2022))
    assert isinstance(result, HistoryFileError), result
    assert "The catalogue was changed" in str(result)
    assert not Figure.objects.filter(indicator__code="food.output").exists()
