"""Cells that save themselves: what the server answers to each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sectors.approval import moves
from sectors.models import Figure, FigureChange, Narrative
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(cast):
    return base.submission(cast.county)


def send(client, sheet, **body):
    return client.post(reverse("cells", args=[sheet.pk]), body, content_type="application/json")


def test_good_cells_come_back_as_stored_with_what_follows_from_them(client, cast, sheet):
    base.report(cast.county, "2022Q1", {"food.done": "32"})
    base.report(cast.county, "2023Q1", {"food.done": "10"}, "draft")
    client.force_login(cast.clerk)
    answer = send(client, sheet, figures={"food.passed": "３９ 批次", "food.done": "40", "food.price": "不适用"}).json()
    assert answer["stored"] == {"food.passed": "39", "food.done": "40", "food.price": "n/a"}
    assert answer["shown"] == {"food.price": "不适用"}
    assert answer["cells"]["food.rate"]["text"] == "97.5"
    assert (answer["cells"]["food.done"]["to_date"], answer["cells"]["food.done"]["change"]) == ("40", "+25.0%")
    assert set(answer["cells"]) == {"food.passed", "food.done", "food.price", "food.rate"}
    assert FigureChange.objects.get(indicator__code="food.passed").by == cast.clerk


def test_one_bad_cell_does_not_cost_the_others(client, cast, sheet):
    client.force_login(cast.clerk)
    answer = send(
        client, sheet, figures={"food.task": "约五十", "food.done": "40"}, narratives={"food.work": "查了三家"}
    ).json()
    assert list(answer["refused"]) == ["food.task"]
    assert "约五十" in answer["refused"]["food.task"]
    assert dict(Figure.objects.values_list("indicator__code", "value")) == {"food.done": 40}
    assert (answer["narratives"], Narrative.objects.get().text) == ({"food.work": "查了三家"}, "查了三家")


def test_a_cell_that_changed_meanwhile_is_not_overwritten(client, cast, sheet):
    second = base.user("clerk", cast.market, "second_clerk")
    client.force_login(cast.clerk)
    send(client, sheet, figures={"food.task": "50"}, seen={"food.task": [""]}, narratives={"food.work": "甲"})
    client.force_login(second)
    answer = send(
        client,
        sheet,
        figures={"food.task": "51", "food.done": "40"},
        seen={"food.task": [""], "food.done": [""]},
        narratives={"food.work": "乙"},
        seen_narratives={"food.work": [""]},
    ).json()
    conflict = answer["conflicts"]["food.task"]
    assert (conflict["theirs"], conflict["by"]) == ("50", cast.clerk.full_name)
    assert answer["narrative_conflicts"]["food.work"]["theirs"] == "甲"
    assert dict(Figure.objects.values_list("indicator__code", "value")) == {"food.task": 50, "food.done": 40}
    assert Narrative.objects.get().text == "甲"
    chosen = send(client, sheet, figures={"food.task": "51"}, seen={"food.task": ["50"]}).json()
    assert chosen["stored"] == {"food.task": "51"}


def test_the_same_value_twice_is_no_conflict(client, cast, sheet):
    client.force_login(cast.clerk)
    for _tab in (1, 2):
        answer = send(client, sheet, figures={"food.task": "50"}, seen={"food.task": [""]}).json()
        assert answer["stored"] == {"food.task": "50"}
    assert FigureChange.objects.count() == 1


def test_what_was_sent_without_an_answer_is_no_conflict(client, cast, sheet):
    client.force_login(cast.clerk)
    send(client, sheet, figures={"food.task": "５ 批次"}, seen={"food.task": [""]}, narratives={"food.work": "查"})
    answer = send(
        client,
        sheet,
        figures={"food.task": "56"},
        seen={"food.task": ["", "５ 批次", "约五"]},
        narratives={"food.work": "查了三家"},
        seen_narratives={"food.work": ["", "查 "]},
    ).json()
    assert (answer["stored"], answer["narratives"]) == ({"food.task": "56"}, {"food.work": "查了三家"})
    assert answer["conflicts"] == answer["narrative_conflicts"] == {}


def test_only_named_cells_can_be_changed_when_the_return_says_so(client, cast, sheet):
    base.report(cast.county, "2023Q1", {"food.task": "50", "food.done": "40"}, "draft")
    base.take_to("submitted", cast, sheet)
    moves.move(submission=sheet, action="send_back", by=cast.head, reason="核对", cells=["food.done"], only_cells=True)
    client.force_login(cast.clerk)
    answer = send(client, sheet, figures={"food.task": "51", "food.done": "41"}).json()
    assert (list(answer["stored"]), list(answer["refused"])) == (["food.done"], ["food.task"])
    base.take_to("submitted", cast, sheet)
    moves.move(submission=sheet, action="send_back", by=cast.head, reason="核对", cells=["food.done"])
    assert send(client, sheet, figures={"food.task": "51"}).json()["stored"] == {"food.task": "51"}


@pytest.mark.parametrize("who", ["head", "office", "leader", "admin"])
def test_who_may_read_but_not_enter_is_refused(client, cast, sheet, who):
    client.force_login(getattr(cast, who))
    assert send(client, sheet, figures={"food.task": "1"}).status_code == 403


@pytest.mark.parametrize("who", ["outsider_clerk", "outsider_head", "outsider_office"])
def test_somebody_elses_sheet_does_not_exist(client, cast, sheet, who):
    client.force_login(getattr(cast, who))
    assert send(client, sheet, figures={"food.task": "1"}).status_code == 404
    assert client.get(reverse("sheet-findings", args=[sheet.pk])).status_code == 404


def test_an_expired_sign_in_hears_it_and_is_not_led_away(client, cast, sheet):
    answer = send(client, sheet, figures={"food.task": "1"})
    assert (answer.status_code, "登录已过期" in answer.json()["error"]) == (401, True)


def test_a_sheet_that_is_no_draft_any_more_takes_nothing(client, cast):
    sheet = base.submission(cast.county, status="submitted")
    client.force_login(cast.clerk)
    answer = send(client, sheet, figures={"food.task": "1"})
    assert (answer.status_code, "已报送" in answer.json()["error"]) == (409, True)
    assert not Figure.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[1]",
        "null",
        '{"figures": ["food.task"]}',
        '{"figures": {"food.task": 5}}',
        '{"seen": {"a": null}}',
        '{"seen": {"a": "1"}}',
        '{"seen": {"a": [1]}}',
    ],
)
def test_anything_else_than_texts_by_code_is_refused(client, cast, sheet, body):
    client.force_login(cast.clerk)
    answer = client.post(reverse("cells", args=[sheet.pk]), body, content_type="application/json")
    assert answer.status_code == 400


def test_a_save_is_a_post(client, cast, sheet):
    client.force_login(cast.clerk)
    assert client.get(reverse("cells", args=[sheet.pk])).status_code == 405


def queries(client, sheet, number):
    texts = {f"wide.{n // 4 + 1}.{n % 4 + 1}": str(n + number) for n in range(number)}
    with CaptureQueriesContext(connection) as captured:
        assert len(send(client, sheet, figures=texts).json()["stored"]) == number
    return len(captured)


def test_queries_do_not_grow_with_the_cells(client, cast):
    sheet = base.wide(cast.county, 10, 4)
    client.force_login(cast.clerk)
    queries(client, sheet, 1)  # the plan of the sheet is kept from here on
    assert queries(client, sheet, 2) == queries(client, sheet, 40)


def test_a_cell_is_stored_with_few_statements_over_a_submission_read_once_and_held(client, cast):
    sheet = base.wide(cast.county, 4, 3)
    client.force_login(cast.clerk)
    send(client, sheet, figures={"wide.1.1": "0"})  # what is known of the catalogue is kept from then on
    with CaptureQueriesContext(connection) as taken:
        assert send(client, sheet, figures={"wide.1.1": "7"}).json()["stored"] == {"wide.1.1": "7"}
    statements = [query["sql"] for query in taken.captured_queries]
    assert len([one for one in statements if "SAVEPOINT" not in one]) == 9, statements  # one of them is its event
    (held,) = [one for one in statements if 'FROM "sectors_submission"' in one]
    assert connection.vendor == "sqlite" or held.endswith('FOR NO KEY UPDATE OF "sectors_submission"')
