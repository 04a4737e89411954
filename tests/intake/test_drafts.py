"""Programs that store figures of drafts: in whose name, what is refused, and what stays as people left it."""

import json

import pytest
from django.core.cache import cache
from django.urls import reverse

from audit.models import Event
from reports.api import tokens
from reports.models import ApiToken
from sectors.approval import moves
from sectors.entry import writer
from sectors.models import FigureChange, Submission
from tests import base

pytestmark = pytest.mark.django_db
SHEET = "/api/v1/write/drafts/2023Q1/T-01"


@pytest.fixture(autouse=True)
def _no_requests_yet():
    cache.clear()


@pytest.fixture
def draft(cast):
    return base.submission(cast.county)


@pytest.fixture
def secret(cast):
    return tokens.make("检测系统", by=cast.head, writes_as=cast.clerk)[1]


def ask(client, method, path, secret, body=None):
    headers = {"Authorization": f"Bearer {secret}"}
    sent = json.dumps(body).encode() if body is not None else b""
    return client.generic(method, path, sent, content_type="application/json", headers=headers)


def put(client, secret, figures, **more):
    return ask(client, "PUT", SHEET, secret, {"figures": figures, **more})


def type_figures(draft, by, figures):
    assert writer.save(draft, writer.Typed(figures=figures), by=by).is_complete


def stored(draft):
    rows = draft.figures.filter(state="number").values_list("indicator__code", "value")
    return {code: f"{value.normalize():f}" for code, value in rows}


def test_a_program_fills_a_draft_for_a_clerk(client, cast, draft, secret):
    answer = put(client, secret, {"food.task": "12", "food.passed": "1,200", "food.output": "3.5"})
    assert answer.status_code == 200, answer.content
    assert answer.json()["changed"] == 3
    assert set(stored(draft)) == {"food.task", "food.passed", "food.output"}
    change = FigureChange.objects.filter(indicator__code="food.task").get()
    assert (change.by, change.source) == (cast.clerk, "program")
    event = Event.objects.get(kind="figures")
    assert event.person_id == cast.clerk.pk
    assert "检测系统" in event.via
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_sent_again_it_changes_nothing(client, draft, secret):
    put(client, secret, {"food.task": "12", "food.firms": "n/a"})
    before = FigureChange.objects.count()
    assert put(client, secret, {"food.task": "12", "food.firms": "n/a"}).json()["changed"] == 0
    assert FigureChange.objects.count() == before


def test_it_renews_what_it_sent_and_empties_it(client, draft, secret):
    put(client, secret, {"food.task": "12"})
    assert put(client, secret, {"food.task": "13"}).json()["changed"] == 1
    assert put(client, secret, {"food.task": ""}).json()["changed"] == 1
    assert stored(draft) == {}
    assert put(client, secret, {"food.task": "14"}).status_code == 200


@pytest.mark.parametrize("typed", ["20", "n/a", "20余"])
def test_what_a_person_typed_is_overwritten_only_where_that_is_said(client, cast, draft, secret, typed):
    put(client, secret, {"food.task": "12"})
    type_figures(draft, cast.clerk, {"food.task": typed})
    there = draft.figures.get(indicator__code="food.task")
    answer = put(client, secret, {"food.task": "12", "food.passed": "3"})
    assert answer.status_code == 409
    assert [one["what"] for one in answer.json()["refused"]] == ["food.task"]
    draft.figures.get(indicator__code="food.task", state=there.state, value=there.value)
    assert "food.passed" not in stored(draft)  # all or nothing
    assert put(client, secret, {"food.task": "12"}, replace=True).status_code == 200
    assert stored(draft) == {"food.task": "12"}


@pytest.mark.parametrize(
    ("code", "text"),
    [("food.task", "12⏎34"), ("food.task", "-3"), ("food.task", "1.5"), ("food.rate", "98"), ("food.none", "1")],
)
def test_what_cannot_be_stored_costs_all(client, draft, secret, code, text):
    answer = put(client, secret, {"food.passed": "3", code: text.replace("⏎", "\n")})
    assert answer.status_code == 422
    assert [(one["what"], bool(one["why"])) for one in answer.json()["refused"]] == [(code, True)]
    assert stored(draft) == {}


def test_findings_come_with_the_answer_and_stand_on_record(client, draft, secret):
    figures = {"food.done": "3", "food.passed": "4", "food.task": "3"}
    found = put(client, secret, figures).json()
    assert [set(one["cells"]) for one in found["findings"] if one["severity"] == "error"] == [
        {"food.passed", "food.done"}
    ]
    assert draft.findings.filter(severity="error").exists()
    assert found["missing"] == 0


@pytest.mark.parametrize("status", ["submitted", "signed", "accepted"])
def test_nothing_is_stored_once_the_sheet_has_left_the_clerk(client, draft, secret, status):
    Submission.objects.filter(pk=draft.pk).update(status=status)
    answer = put(client, secret, {"food.task": "12"})
    assert answer.status_code == 409
    assert stored(draft) == {}


def test_cells_that_a_return_locked_stay_locked(client, cast, draft, secret):
    moves.move(submission=base.take_to("submitted", cast, draft), action="sign", by=cast.head)
    moves.move(
        submission=draft, action="return", by=cast.office, reason="请核实", cells=["food.passed"], only_cells=True
    )
    assert put(client, secret, {"food.task": "12"}, replace=True).status_code == 422
    shown = ask(client, "GET", SHEET, secret).json()
    assert {cell["code"]: cell["locked"] for cell in shown["cells"]}["food.passed"] is False
    assert {cell["code"]: cell["locked"] for cell in shown["cells"]}["food.task"] is True


def test_what_is_to_be_filled_is_listed_and_shown(client, draft, secret):
    listed = ask(client, "GET", "/api/v1/write/drafts", secret).json()
    assert [(row["sheet"], row["period"], row["status"]) for row in listed] == [("T-01", "2023Q1", "draft")]
    shown = ask(client, "GET", SHEET, secret).json()
    assert {cell["code"] for cell in shown["cells"]} >= {"food.task", "food.done.farm"}
    assert "food.rate" not in {cell["code"] for cell in shown["cells"]}


@pytest.mark.parametrize("path", ["drafts/2023Q1/T-02", "drafts/2022Q1/T-01", "drafts/x/T-01", "drafts/2023Q1/X"])
def test_other_departments_sheets_are_not_there(client, draft, secret, path):
    for method, body in (("GET", None), ("PUT", {"figures": {"food.task": "1"}})):
        assert ask(client, method, f"/api/v1/write/{path}", secret, body).status_code == 404


def test_a_token_that_reads_does_not_write(client, cast, draft):
    for who in (cast.head, cast.office):
        secret = tokens.make("读取", by=who)[1]
        assert put(client, secret, {"food.task": "1"}).status_code == 403
        assert ask(client, "GET", "/api/v1/write/drafts", secret).status_code == 403
    assert put(client, "unknown", {"food.task": "1"}).status_code == 401
    basic = client.put(SHEET, b"{}", headers={"Authorization": "Basic dTpw"})
    assert basic.status_code == 401
    assert stored(draft) == {}


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "head"}, {"department": "water"}])
def test_it_ends_with_the_clerk(client, cast, draft, secret, change):
    for name, value in change.items():
        setattr(cast.clerk, name, cast.water if name == "department" else value)
    cast.clerk.save()
    assert put(client, secret, {"food.task": "1"}).status_code == 401
    assert stored(draft) == {}


def test_a_clerk_does_not_submit_what_came_meanwhile(client, cast, draft, secret):
    client.force_login(cast.clerk)
    type_figures(draft, cast.clerk, {"food.task": "5", "food.done": "5", "food.passed": "5"})
    seen = base.seen(cast.clerk, draft)
    put(client, secret, {"food.firms": "7"})
    answer = client.post(reverse("sheet", args=[draft.pk]), {"seen": seen})
    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b'{"figures": []}', b'{"figures": {"food.task": 12}}', b'{"figures": {"food.task": null}}',
        b'{"figures": {"food.task": "\\ud800"}}', b'{"figures": {"food.task": "1\\u0000"}}', b"[" * 100_000,
        b'{"figures": {"\\u0000": "1"}}',
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(client, draft, secret, body):
    headers = {"Authorization": f"Bearer {secret}"}
    answer = client.generic("PUT", SHEET, body, content_type="application/json", headers=headers)
    assert answer.status_code in (400, 422)
    assert stored(draft) == {}


def test_a_head_chooses_one_of_their_own_clerks(client, cast):
    client.force_login(cast.head)
    answer = client.post(reverse("api-tokens"), {"name": "系统", "writes_as": cast.clerk.pk})
    assert answer.status_code == 200  # shows the secret
    assert f"{cast.clerk.full_name}" in answer.content.decode()
    token = ApiToken.objects.get()
    assert token.writes_as == cast.clerk
    for other in (cast.outsider_clerk, cast.head, cast.office):
        client.post(reverse("api-tokens"), {"name": "系统", "writes_as": other.pk})
    assert ApiToken.objects.get() == token
