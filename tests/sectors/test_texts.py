"""Typed text: what a field may send and no database takes."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from config.wsgi import application
from sectors.findings import storage
from sectors.models import FindingNote, Narrative, Transition
from sectors.texts import plain, whole_number
from tests import base

pytestmark = pytest.mark.django_db
NUL = "\0"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  a\r\nb ", "a\nb"),
        (f"{NUL}a{NUL}", "a"),
        (f" {NUL} ", ""),
        ("\n", ""),
        ("a  b", "a  b"),
        ("a\tb", "a\tb"),
        ("\ud800a\udfff", "a"),
        ("a\x0b\x01\x7f\ufffe\uffffb", "ab"),
        ("𠀀é", "𠀀é"),
    ],
)
def test_text_is_stored_without_what_surrounds_it(typed, stored):
    assert plain(typed) == stored


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("012", 12),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, -1),
        ("9" * 5000, -1),
        ("-1", -1),
        ("²", -1),
        ("١٢", -1),
        (" 1", -1),
        ("", -1),
    ],
)
def test_a_number_of_an_address_is_one_that_a_database_has(text, number):
    assert whole_number(text, -1) == number


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


def test_the_reason_of_a_step_with_a_nul_is_stored_without_it(client, cast):
    sheet = base.submission(cast.county, status="signed")
    client.force_login(cast.office)
    said = {"action": "return", "reason": f"请{NUL}核对"}
    assert base.press(client, sheet, said).status_code == 302
    assert Transition.objects.get().reason == "请核对"


def save(client, sheet, body):
    return client.post(reverse("cells", args=[sheet.pk]), body, content_type="application/json")


@pytest.mark.parametrize("bad", [r"\ud800", r"\udfff", r"\u0000", r"\ufffe", r"\u000b"])
def test_a_cell_costs_no_other_cell_whatever_is_in_it(client, cast, bad):
    sheet = base.submission(cast.county)
    client.force_login(cast.clerk)
    body = (
        f'{{"figures": {{"food.done": "{bad}12", "food.passed": "7", "food.{bad}": "1"}},'
        f' "seen": {{"food.done": ["{bad}"]}},'
        f' "narratives": {{"food.work": "抽{bad}检"}}, "seen_narratives": {{"food.work": ["{bad}"]}}}}'
    )
    answer = save(client, sheet, body)
    assert answer.status_code == 200
    assert answer.json()["stored"] == {"food.done": "12", "food.passed": "7"}
    assert Narrative.objects.get().text == "抽检"


def test_two_halves_that_belong_together_are_a_character(client, cast):
    sheet = base.submission(cast.county)
    client.force_login(cast.clerk)
    assert save(client, sheet, r'{"narratives": {"food.work": "\ud840\udc00"}}').status_code == 200
    assert Narrative.objects.get().text == "𠀀"


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"figures":' * 5000, b'{"figures": ' + b"9" * 5000 + b"}", b"\xff\xfe{"]
)
def test_what_cannot_be_read_is_refused_in_words(client, cast, body):
    sheet = base.submission(cast.county)
    client.force_login(cast.clerk)
    answer = save(client, sheet, body)
    assert (answer.status_code, answer.json()["error"]) == (400, "无法识别提交的内容。")


def test_a_form_is_no_json(client, cast):
    client.force_login(cast.clerk)
    assert client.post(reverse("cells", args=[base.submission(cast.county).pk]), {"figures": "1"}).status_code == 400


def test_an_address_with_a_nul_is_no_page(client, cast):
    client.force_login(cast.clerk)
    assert client.get("/sectors/%00/").status_code == 404
    assert client.get("/registry/due/%00/").status_code == 404


def test_a_cookie_may_hold_anything(client, cast):
    cookies = r'sessionid="\000aaaaaaaaaaaa"; django_language="\000"; csrftoken="\000"; messages="\000"'
    assert client.get(reverse("login"), headers={"Cookie": cookies}).status_code == 200


@pytest.mark.parametrize("charset", ["utf-7", "hex", "idna", "unicode_escape", "utf-16", "nothing"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_is_read_as_utf_8_whatever_it_says(charset, method):
    begun = []
    environ = RequestFactory().generic(method, "/").environ | {
        "REQUEST_METHOD": method,
        "PATH_INFO": reverse("login"),
        "QUERY_STRING": "next=%5Cud800%2B2AA-%E7%94%B2",
        "CONTENT_TYPE": f"application/x-www-form-urlencoded; charset={charset}",
    }
    page = b"".join(application(environ, lambda status, _headers: begun.append(status)))
    assert begun in (["200 OK"], ["403 Forbidden"])
    assert method == "POST" or r"\ud800+2AA-甲" in page.decode()


@pytest.mark.parametrize("name", ["batches", "search"])
def test_what_is_looked_for_may_have_a_nul(client, cast, name):
    client.force_login(cast.clerk)
    assert client.get(reverse(name), {"q": f"豇{NUL}豆"}).status_code == 200
