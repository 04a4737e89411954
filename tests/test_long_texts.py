"""A text of a million characters is refused with a sentence wherever a person writes freely, and stands there still."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from reports.models import Answer, BlockComment, Edit, ReportStep
from sectors.entry import writer
from sectors.models import (
    Comment,
    Extension,
    FigureChange,
    FindingNote,
    Indicator,
    Narrative,
    NarrativeChange,
    SeverityChange,
    Transition,
    Urge,
)
from sectors.texts import LONGEST_TEXT
from sectors.transfer.history import HistoryFileError
from sectors.transfer.narrative_files import import_narratives
from tests import base
from tests.reports.editing import draft_reports

pytestmark = pytest.mark.django_db
LONG = "a" * 1_000_000
KEPT = (
    *(Answer, BlockComment, Edit, ReportStep, Comment, Extension, FigureChange, FindingNote, Narrative),
    *(NarrativeChange, SeverityChange, Transition, Urge),
)
MOST = ("最多", "不超过", "过长")


def rows():
    return {model.__name__: model.objects.count() for model in KEPT}


def return_sheet(client, cast):
    sheet = base.take_to("submitted", cast, base.submission(cast.county))
    client.force_login(cast.head)
    return {"action": "send_back", "reason": LONG, "seen": base.seen(cast.head, sheet)}, reverse(
        "move", args=[sheet.pk]
    )


def urge(client, cast):
    client.force_login(cast.office)
    found = base.submission(cast.county).period
    return {"departments": [cast.market.pk], "note": LONG}, reverse("urge", args=[found.pk])


def give_time(client, cast):
    client.force_login(cast.office)
    found = base.submission(cast.county).period
    day = timezone.localdate() + datetime.timedelta(days=9)
    return {"department": cast.market.pk, "until": day, "reason": LONG}, reverse("extend", args=[found.pk])


def comment(client, cast):
    client.force_login(cast.head)
    return {"text": LONG}, reverse("comment", args=[base.submission(cast.county).pk, "food.done"])


def write_block(client, cast):
    client.force_login(cast.office)
    report = draft_reports.begin(cast)
    placed = draft_reports.working(report).placed
    key = next(one.key for one in placed if one.text)
    return {"text": LONG, "seen": "0", "steps": "0"}, reverse("block-edit", args=[draft_reports.YEAR, key])


WAYS = {of.__name__: of for of in (return_sheet, urge, give_time, comment, write_block)}


@pytest.mark.parametrize("name", WAYS)
def test_a_form_is_answered_with_a_sentence_and_keeps_the_text(client, cast, name):
    sent, address = WAYS[name](client, cast)
    before = rows()
    answer = client.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 422, page[:500]
    assert any(word in page for word in MOST)
    assert LONG in page
    assert rows() == before


@pytest.mark.parametrize("code", ["food.work"])
def test_an_answer_to_a_question_comes_back(client, cast, code):
    client.force_login(cast.clerk)
    sheet = base.submission(cast.county)
    address = reverse("cells", args=[sheet.pk])
    for text, is_taken in ((LONG, False), ("好" * LONGEST_TEXT, True)):
        sent = {"narratives": {code: text}, "seen": {}}
        answer = client.post(address, sent, content_type="application/json").json()
        assert (code in answer["refused"]) != is_taken
        assert Narrative.objects.filter(text=text).exists() == is_taken
        if not is_taken:
            assert "1000000" in str(answer["refused"][code])


def test_one_that_fits_is_stored_beside_it(cast):
    sheet = base.submission(cast.county)
    saved = writer.save(sheet, writer.Typed({"food.done": "30"}, narratives={"food.work": LONG}), by=cast.clerk)
    assert (saved.changed, [*saved.refused]) == (1, ["food.work"])
    assert saved.refused["food.work"][0] == LONG


def test_a_file_of_answers_is_refused_by_its_place(cast, tmp_path):
    path = tmp_path / "food.yaml"
    path.write_text(f"food.work: {LONG}\n", encoding="utf-8")
    with pytest.raises(HistoryFileError, match="1000000"):
        import_narratives([path], region=cast.county, year=2022)
    assert Indicator.objects.exists()
    assert not Narrative.objects.exists()
