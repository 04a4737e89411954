"""The pages of a sheet with open tables: what they show, and how much they ask of the database."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sectors.approval import moves
from sectors.catalogue.loader import load
from sectors.entry import writer
from sectors.models import OpenRow, Submission
from tests import base
from tests.base import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(cast: Cast) -> Submission:
    load(base.DATA / "rows")
    return base.submission(cast.county, "T-20")


def add(works: Submission, cast: Cast, count: int) -> None:
    typed: dict[str, str] = {}
    for number in range(count):
        key = uuid.uuid4().hex
        typed |= {f"pipes/{key}/name": f"第{number}段", f"pipes/{key}/length": "1.5"}
    assert writer.save(works, writer.Typed(typed), by=cast.clerk).is_complete


@pytest.mark.parametrize("page", ["sheet", "submission", "print"])
def test_queries_do_not_grow_with_the_rows(client: Client, works: Submission, cast: Cast, page: str) -> None:
    client.force_login(cast.clerk)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert "第1段" in client.get(reverse(page, args=[works.pk])).content.decode()
        return len(captured)

    add(works, cast, 2)
    few = queries()
    add(works, cast, 16)
    assert queries() == few


def test_rows_are_taken_over_once(client: Client, works: Submission, cast: Cast) -> None:
    add(works, cast, 2)
    following = base.submission(cast.county, "T-20", "2023Q2")
    client.force_login(cast.clerk)
    for _time in range(2):
        answer = client.post(reverse("take-over-rows", args=[following.pk]), {"table": "pipes"}, follow=True)
        assert answer.status_code == 200
    assert [row.cells for row in following.open_rows.all()] == [{"name": "第0段"}, {"name": "第1段"}]
    client.force_login(cast.head)
    assert client.post(reverse("take-over-rows", args=[following.pk])).status_code == 403


def test_whoever_judges_sees_what_changed_since(client: Client, works: Submission, cast: Cast) -> None:
    add(works, cast, 1)
    base.take_to("signed", cast, works)
    moves.move(submission=works, action="return", by=cast.office, reason="请核对长度")
    row = OpenRow.objects.get()
    writer.save(works, writer.Typed({f"pipes/{row.key.hex}/length": "2.5"}), by=cast.clerk)
    base.take_to("signed", cast, works)
    client.force_login(cast.office)
    shown = client.get(reverse("submission", args=[works.pk])).content.decode()
    assert "<s>1.5</s>" in "".join(shown.split())
