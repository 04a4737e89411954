"""Typed text: what a field may send and no database takes."""

import pytest
from django.urls import reverse

from sectors.findings import storage
from sectors.models import FindingNote, Narrative, Transition
from sectors.texts import plain
from tests import base

pytestmark = pytest.mark.django_db
NUL = "\0"


@pytest.mark.parametrize(
    ("typed", "stored"), [("  a\r\nb ", "a\nb"), (f"{NUL}a{NUL}", "a"), (f" {NUL} ", ""), ("\n", ""), ("a  b", "a  b")]
)
def test_text_is_stored_without_what_surrounds_it(typed, stored):
    assert plain(typed) == stored


def test_an_answer_with_a_nul_is_stored_without_it(client, cast):
    sheet = base.submission(cast.county, "T-03", "2022")
    client.force_login(cast.outsider_clerk)
    body = {"narratives": {"plants.measure": f"加强{NUL}监测"}, "seen_narratives": {"plants.measure": [""]}}
    assert client.post(reverse("cells", args=[sheet.pk]), body, content_type="application/json").status_code == 200
    assert Narrative.objects.get().text == "加强监测"


def test_a_reason_with_a_nul_is_stored_without_it(client, cast):
    sheet = base.submission(cast.county)
    base.report(cast.county, "2023Q1", {"food.done": "5", "food.passed": "6"}, "draft")
    (found,) = storage.refresh(sheet)
    client.force_login(cast.clerk)
    said = {
        f"reason-{found.key}": f"上报时把一批样品{NUL}算了两次，已与检测机构核对",
        f"basis-{found.key}": found.basis,
    }
    assert client.post(reverse("finding-reason", args=[sheet.pk, found.key]), said).status_code == 302
    assert FindingNote.objects.get().text == "上报时把一批样品算了两次，已与检测机构核对"


def test_the_reason_of_a_step_with_a_nul_is_refused_in_words(client, cast):
    sheet = base.submission(cast.county, status="signed")
    client.force_login(cast.office)
    said = {"action": "return", "reason": f"请核对{NUL}"}
    answer = base.press(client, sheet, said)
    assert (answer.status_code, "不允许是用空字符串" in answer.content.decode()) == (422, True)
    assert not Transition.objects.exists()


@pytest.mark.parametrize("name", ["batches", "search"])
def test_what_is_looked_for_may_have_a_nul(client, cast, name):
    client.force_login(cast.clerk)
    assert client.get(reverse(name), {"q": f"豇{NUL}豆"}).status_code == 200
