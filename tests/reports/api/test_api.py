"""The interface for other systems: who reads what, paging, the year's values, SDMX-CSV, and two real clients."""

import base64
import csv
import io
import json
from decimal import Decimal

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from config.wsgi import application
from reports.aggregation import cube
from reports.api import access, tokens
from reports.models import ApiToken
from sectors.models import Department, Figure, Submission
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_requests_yet():
    cache.clear()


@pytest.fixture
def figures(cast):
    """Accepted and drafted figures of 市场监管局, one sheet of 水利局, and an accepted one of the other county."""
    base.report(cast.county, "2022Q1", {"food.task": "5", "food.done": "4", "food.passed": "3"})
    base.report(cast.county, "2022Q2", {"food.task": "7", "food.done": "n/a"}, "draft")
    base.report(cast.county, "2022Q1", {"water.tests": "2"})
    base.report(cast.other_county, "2022Q1", {"food.task": "9"})


def secret_of(who):
    return tokens.make("测试程序", by=who)[1]


def ask(client, path, secret, **filters):
    return client.get(f"/api/v1/{path}", filters, headers={"Authorization": f"Bearer {secret}"})


def rows(client, path, secret, **filters):
    answer = ask(client, path, secret, **filters)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def told(client, secret, **filters):
    return {
        (row["region"], row["period"], row["indicator"], row["value"])
        for row in rows(client, "figures", secret, **filters)
    }


@pytest.mark.usefixtures("figures")
def test_a_department_reads_its_own_and_an_office_its_region(client, cast):
    own = {
        ("990101", "2022Q1", "food.task", "5"),
        ("990101", "2022Q1", "food.done", "4"),
        ("990101", "2022Q1", "food.passed", "3"),
        ("990101", "2022Q2", "food.task", "7"),
        ("990101", "2022Q2", "food.done", None),
    }
    assert told(client, secret_of(cast.head)) == own
    assert told(client, secret_of(cast.outsider_head)) == {("990101", "2022Q1", "water.tests", "2")}
    assert told(client, secret_of(cast.office)) == own | {("990101", "2022Q1", "water.tests", "2")}
    assert told(client, secret_of(cast.outsider_office)) == {("990102", "2022Q1", "food.task", "9")}


@pytest.mark.usefixtures("figures")
def test_a_head_beside_the_office_reads_no_more_than_their_own_department(client, cast):
    """In many counties the office is part of the bureau that supervises the market."""
    lists = ("regions", "periods", "indicators", "submissions", "figures")
    secret = secret_of(cast.head)
    before = {path: rows(client, path, secret) for path in lists}
    beside = base.user("office", cast.market, "beside")
    assert {path: rows(client, path, secret) for path in lists} == before
    assert told(client, secret_of(beside)) == told(client, secret_of(cast.office))


@pytest.mark.usefixtures("figures")
def test_a_prefecture_reads_what_its_counties_have_accepted(client, cast):
    office = Department.objects.create(region=cast.prefecture, code="office", name="云州市质强办", short_name="质强办")
    secret = secret_of(base.user("office", office, "prefecture_office"))
    assert {row["status"] for row in rows(client, "figures", secret)} == {"accepted"}
    assert {row["region"] for row in rows(client, "figures", secret)} == {"990101", "990102"}
    assert {row["code"] for row in rows(client, "regions", secret)} == {"990100", "990101", "990102"}
    annual = ask(client, "annual", secret, year=2022, indicator="food.task").json()
    assert [(row["region"], row["text"]) for row in annual] == [("990100", "14")]


@pytest.mark.usefixtures("figures")
def test_lists_are_narrowed_down(client, cast):
    secret = secret_of(cast.office)
    assert {row["status"] for row in rows(client, "figures", secret, status="draft")} == {"draft"}
    assert told(client, secret, indicator=["food.task", "food.done"], number=1) == {
        ("990101", "2022Q1", "food.task", "5"),
        ("990101", "2022Q1", "food.done", "4"),
    }
    assert rows(client, "figures", secret, year=2021) == []
    assert {row["sheet"] for row in rows(client, "submissions", secret, sector="food")} == {"T-01"}
    assert {row["code"] for row in rows(client, "periods", secret)} == {"2022Q1", "2022Q2"}
    assert "food.rate" in {row["code"] for row in rows(client, "indicators", secret, sheet="T-01")}


def test_a_department_knows_the_indicators_of_its_sheets_only(client, cast):
    sheets = {row["sheet"] for row in rows(client, "indicators", secret_of(cast.outsider_head))}
    assert sheets
    assert "T-01" not in sheets


def test_what_does_not_apply_is_told_from_what_is_missing(client, cast):
    base.report(cast.county, "2022", {"food.done": "n/a", "food.passed": "4"})
    base.report(cast.county, "2023", {"food.done": "5", "food.passed": "n/a"})
    found = {row["indicator"]: row for row in ask(client, "annual", secret_of(cast.office), year=2023).json()}
    states = {code: (row["state"], row["last_state"]) for code, row in found.items() if code.startswith("food.")}
    assert states["food.done"] == ("number", "na")
    assert states["food.passed"] == ("na", "number")
    assert states["food.task"] == ("blank", "blank")


def test_last_years_part_is_told_from_a_whole_year(client, cast):
    base.report(cast.county, "2022Q1", {"food.done": "5"})
    base.report(cast.county, "2023", {"food.done": "5"})
    (row,) = ask(client, "annual", secret_of(cast.office), year=2023, indicator="food.done").json()
    assert Decimal(row["last_year"]) == 5
    assert [row[key] for key in ("last_have", "last_expected", "have", "expected")] == [1, 4, 1, 1]


@pytest.mark.usefixtures("figures")
def test_annual_values_are_those_of_the_report(client, cast):
    values = cube.annual(cast.county, 2022)
    found = {row["indicator"]: row for row in ask(client, "annual", secret_of(cast.office), year=2022).json()}
    assert set(found) == set(values)
    for code, value in values.items():
        assert found[code]["text"] == value.text
        assert found[code]["source"] == value.source
        assert (found[code]["have"], found[code]["expected"]) == (value.coverage.have, value.coverage.expected)
        assert (found[code]["state"] == "na", found[code]["last_state"]) == (value.not_applicable, "blank")
    assert found["food.rate"]["value"] is not None
    assert ask(client, "annual", secret_of(cast.office), year=2022, region="990102").status_code == 404


@pytest.mark.usefixtures("figures")
def test_pages_follow_one_another_and_rows_that_come_meanwhile_move_nothing(client, cast):
    secret = secret_of(cast.office)
    everything = [row["id"] for row in rows(client, "figures", secret)]
    seen, address = [], "/api/v1/figures?limit=2"
    while address:
        answer = client.get(address, headers={"Authorization": f"Bearer {secret}"}).json()
        assert answer["count"] >= len(everything)
        assert len(answer["results"]) <= 2
        seen += [row["id"] for row in answer["results"]]
        address = answer["next"]
        base.report(cast.county, "2022Q3", {"food.task": "1"}, "draft")
    assert seen[: len(everything)] == everything
    assert len(set(seen)) == len(seen)


@pytest.mark.usefixtures("figures")
def test_the_number_of_queries_does_not_grow_with_the_rows(client, cast):
    secret = secret_of(cast.office)
    ask(client, "figures", secret)  # notes the day of its use

    def queries():
        with CaptureQueriesContext(connection) as captured:
            found = rows(client, "figures", secret)
        return len(found), len(captured)

    few, before = queries()
    base.wide(cast.county, 10, 2)
    of = Submission.objects.get(sheet__number="T-90")
    Figure.objects.bulk_create(
        Figure(region=cast.county, submission=of, indicator=indicator, state="number", value=1)
        for indicator in of.sheet.indicators.all()
    )
    many, after = queries()
    assert many == few + 20
    assert after == before


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic !", "Basic bm9wZQ==", "Bearer ", "Bearer \udcff"])
def test_without_a_token_a_program_is_asked_for_one(client, header):
    headers = {"Authorization": header} if header else {}
    answer = client.get("/api/v1/figures", headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic realm=")
    assert answer.json()["detail"]


def test_an_ended_token_opens_nothing(client, cast):
    token, secret = tokens.make("旧系统", by=cast.head)
    assert ask(client, "figures", secret).status_code == 200
    token.refresh_from_db()
    assert token.last_used is not None
    tokens.end(token, by=cast.head)
    assert ask(client, "figures", secret).status_code == 401


def test_the_secret_is_not_kept(cast):
    token, secret = tokens.make("旧系统", by=cast.head)
    kept = json.dumps(ApiToken.objects.filter(pk=token.pk).values().get(), default=str)
    assert secret not in kept


def test_too_many_requests_are_told_when_to_come_again(client, cast, monkeypatch):
    monkeypatch.setattr(access.TokenThrottle, "limit", 2)
    monkeypatch.setattr("reports.api.access.time.time", lambda: 1_700_000_000.0)  # the minute does not end meanwhile
    first, second = secret_of(cast.head), secret_of(cast.office)
    assert [ask(client, "regions", first).status_code for _ in range(3)] == [200, 200, 429]
    assert int(ask(client, "regions", first)["Retry-After"]) > 0
    assert ask(client, "regions", second).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_interface_only_reads(client, cast, method):
    answer = getattr(client, method)("/api/v1/figures", headers={"Authorization": f"Bearer {secret_of(cast.head)}"})
    assert answer.status_code == 405


@pytest.mark.usefixtures("figures")
def test_sdmx_csv_has_one_observation_a_figure(client, cast):
    answer = ask(client, "sdmx/figures", secret_of(cast.head))
    assert answer["Content-Type"].startswith("application/vnd.sdmx.data+csv; version=2.0.0")
    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    found = {
        (line["FREQ"], line["REF_AREA"], line["INDICATOR"], line["TIME_PERIOD"], line["OBS_VALUE"], line["OBS_STATUS"])
        for line in lines
    }
    assert found == {
        ("Q", "990101", "food.task", "2022-Q1", "5", "A"),
        ("Q", "990101", "food.done", "2022-Q1", "4", "A"),
        ("Q", "990101", "food.passed", "2022-Q1", "3", "A"),
        ("Q", "990101", "food.task", "2022-Q2", "7", "P"),
        ("Q", "990101", "food.done", "2022-Q2", "", "M"),
    }
    assert {line["STRUCTURE_ID"] for line in lines} == {"ZHIBAO:QUALITY(1.0)"}


@pytest.mark.usefixtures("figures")
def test_power_query_asks_without_a_token_then_with_one_page_after_page(client, cast):
    """What Excel sends: a bare request, then Basic with what the person typed, then the addresses of `next`."""
    secret = secret_of(cast.office)
    agent = {"User-Agent": "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)", "Accept": "*/*"}
    address = "/api/v1/figures?year=2022&limit=4"
    assert client.get(address, headers=agent)["WWW-Authenticate"].startswith("Basic")
    typed = base64.b64encode(f"质强办:{secret}".encode()).decode()
    found = []
    while address:
        answer = client.get(address, headers={**agent, "Authorization": f"Basic {typed}"})
        assert answer["Content-Type"].startswith("application/json")
        page = answer.json()
        found += page["results"]
        address = page["next"]
    assert len(found) == 6
    assert {tuple(row) for row in found} == {tuple(found[0])}, "every row has the same columns"


@pytest.fixture
def connection_kept():
    """A request through WSGI would close the connection that the test's transaction lives in."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.usefixtures("figures", "connection_kept")
def test_answers_are_as_the_specification_says(cast):
    """schemathesis makes requests from the specification, right and wrong ones, and holds the answers against it."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    secret = secret_of(cast.office)
    tried = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def check(case):
            cache.clear()
            case.call_and_validate(headers={"Authorization": f"Bearer {secret}"})
            tried.append(case.path)

        check()
    assert len(set(tried)) == 8


def test_the_head_makes_a_token_sees_it_once_and_ends_it(client, cast):
    client.force_login(cast.head)
    answer = client.post(reverse("api-tokens"), {"name": "州平台"})
    token = ApiToken.objects.get()
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert secret not in client.get(reverse("api-tokens")).content.decode()
    assert ask(client, "regions", secret).status_code == 200
    client.post(reverse("end-api-token", args=[token.pk]))
    assert ask(client, "regions", secret).status_code == 401


def test_a_token_without_a_name_is_not_made(client, cast):
    client.force_login(cast.office)
    answer = client.post(reverse("api-tokens"), {"name": " "})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_whose_tokens_a_person_sees(client, cast):
    token, _secret = tokens.make("州平台", by=cast.head)
    for who, status in ((cast.clerk, 403), (cast.leader, 403), (cast.outsider_head, 404), (cast.office, 404)):
        client.force_login(who)
        assert client.post(reverse("end-api-token", args=[token.pk])).status_code == status
    client.force_login(cast.outsider_head)
    assert "州平台" not in client.get(reverse("api-tokens")).content.decode()
    token.refresh_from_db()
    assert token.ended_at is None


def test_the_manual_names_every_address(client, cast):
    client.force_login(cast.clerk)
    text = client.get(reverse("api-manual")).content.decode()
    for path in ("regions", "periods", "indicators", "submissions", "figures", "annual", "sdmx/figures"):
        assert f"/api/v1/{path}<" in text
