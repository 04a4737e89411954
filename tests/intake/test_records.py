"""Programs that store records: as the rows of a list are read, once however often they come, all or none."""

import json

import pytest
from django.core.cache import cache

from audit.models import Event
from inspections.models import Complaint, EnforcementCase, SamplingBatch
from reports.api import tokens
from tests.races import at_once

pytestmark = pytest.mark.django_db
BATCH = {
    "sector": "食品",
    "programme": "监督抽检",
    "category": "蔬菜",
    "product": "豇豆",
    "place": "东门市场",
    "taken_on": "2023-02-14",
    "samples": "3",
    "failed": "0",
}
CASE = {"sector": "食品", "number": "C-9", "party": "某店", "category": "农产品", "filed_on": "2023-02-14"}


@pytest.fixture(autouse=True)
def _no_requests_yet():
    cache.clear()


@pytest.fixture
def secret(cast):
    return tokens.make("抽检系统", by=cast.head, writes_as=cast.clerk)[1]


def put(client, secret, kind, records, **more):
    headers = {"Authorization": f"Bearer {secret}"}
    body = json.dumps({"records": records, **more})
    return client.put(f"/api/v1/write/records/{kind}", body, content_type="application/json", headers=headers)


def fields(client, secret, kind):
    return client.get(f"/api/v1/write/records/{kind}", headers={"Authorization": f"Bearer {secret}"}).json()


def words(client, secret, kind, code):
    return next(one["words"] for one in fields(client, secret, kind) if one["code"] == code)


@pytest.fixture
def batch(client, secret):
    return {
        **BATCH,
        "programme": words(client, secret, "batches", "programme")[0],
        "category": words(client, secret, "batches", "category")[0],
    }


@pytest.fixture
def case(client, secret):
    return {**CASE, "category": words(client, secret, "cases", "category")[0]}


def test_records_are_stored_for_the_clerk(client, cast, secret, batch):
    answer = put(client, secret, "batches", [batch, {**batch, "product": "黄瓜"}])
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"stored": 2, "unchanged": 0, "other": [], "cells": answer.json()["cells"]}
    stored = SamplingBatch.objects.get(product="豇豆")
    assert (stored.department, stored.region, stored.by, stored.samples) == (cast.market, cast.county, cast.clerk, 3)
    assert "抽检系统" in Event.objects.get(kind="record").via


@pytest.mark.parametrize("doubles", [False, True])
def test_sent_again_nothing_is_stored_twice(client, secret, batch, doubles):
    records = [batch, {**batch, "product": "黄瓜"}]
    put(client, secret, "batches", records)
    again = put(client, secret, "batches", records, doubles=doubles)
    assert (again.status_code, again.json()["stored"], again.json()["unchanged"]) == (200, 0, 2)
    assert SamplingBatch.objects.count() == 2


def test_two_that_are_alike_are_asked_about_and_stored_once_each(client, secret, batch):
    assert put(client, secret, "batches", [batch, batch]).status_code == 422
    assert SamplingBatch.objects.count() == 0
    assert put(client, secret, "batches", [batch, batch], doubles=True).json()["stored"] == 2
    assert put(client, secret, "batches", [batch, batch], doubles=True).json()["unchanged"] == 2
    assert put(client, secret, "batches", [batch, batch, batch], doubles=True).json()["stored"] == 1
    assert SamplingBatch.objects.count() == 3


def test_a_record_that_differs_on_the_same_day_is_asked_about(client, secret, batch):
    put(client, secret, "batches", [batch])
    answer = put(client, secret, "batches", [{**batch, "samples": "4"}])
    assert (answer.status_code, [one["row"] for one in answer.json()["refused"]]) == (422, [1])
    assert put(client, secret, "batches", [{**batch, "samples": "4"}], doubles=True).json()["stored"] == 1


def test_a_number_that_is_recorded_stays_as_it_is_and_the_rest_is_stored(client, secret, case):
    assert put(client, secret, "cases", [case]).json()["stored"] == 1
    EnforcementCase.objects.update(party="改过的店")
    answer = put(client, secret, "cases", [case, {**case, "number": "C-10"}]).json()
    assert (answer["stored"], answer["unchanged"], answer["other"]) == (1, 0, [1])
    assert EnforcementCase.objects.get(number="C-9").party == "改过的店"
    assert put(client, secret, "cases", [{**case, "number": "C-11"}] * 2).status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"samples": "x"}, "samples"),
        ({"samples": "-1"}, "samples"),
        ({"taken_on": "9999-01-01"}, "taken_on"),
        ({"taken_on": "14.2.23"}, "taken_on"),
        ({"category": "没有的类别"}, "category"),
        ({"sector": "饮用水"}, "sector"),
        ({"failed": "5"}, "failed"),
        ({"product": "甲" * 500}, "product"),
        ({"department": "2"}, "department"),
        ({"id": "1"}, "id"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(client, secret, batch, change, field):
    answer = put(client, secret, "batches", [{**batch, "product": "黄瓜"}, {**batch, **change}])
    assert answer.status_code == 422
    assert [(one["row"], one["what"]) for one in answer.json()["refused"]] == [(2, field)]
    assert SamplingBatch.objects.count() == 0


def test_every_register_says_its_fields(client, secret):
    for kind in ("batches", "plans", "samples", "inspections", "rectifications", "cases", "complaints"):
        listed = {one["code"]: one for one in fields(client, secret, kind)}
        assert any(one["required"] for one in listed.values())
        assert ("sector" in listed) == (kind != "samples")  # a sample is of the sector of its batch
    assert client.get("/api/v1/write/records/x", headers={"Authorization": f"Bearer {secret}"}).status_code == 404


def test_a_token_that_reads_stores_no_record(client, cast):
    secret = tokens.make("读取", by=cast.head)[1]
    assert put(client, secret, "complaints", [{}]).status_code == 403
    assert Complaint.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_request_at_once_stores_once(cast, client, secret, batch):
    from django.test import Client

    answers = at_once(*(lambda: put(Client(), secret, "batches", [batch]).json() for _ in range(3)))
    assert sorted(one["stored"] for one in answers) == [0, 0, 1]
    assert SamplingBatch.objects.count() == 1
