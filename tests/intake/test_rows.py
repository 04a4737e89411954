"""Rows of open tables that programs store and read back."""

import json
import uuid

import pytest
from django.core.cache import cache

from reports.api import tokens
from sectors.catalogue.loader import load
from sectors.entry import writer
from sectors.models import OpenRow, OpenRowChange, Submission
from tests import base

pytestmark = pytest.mark.django_db
PIPES = "/api/v1/write/drafts/2023Q1/T-20/rows/pipes"
EAST, WEST = (str(uuid.UUID(int=number)) for number in (1, 2))
ROWS = [
    {"key": EAST, "cells": {"name": "东街给水", "length": "5.2", "kind": "给水"}},
    {"key": WEST, "cells": {"name": "西街排水", "length": "3"}},
]


@pytest.fixture(autouse=True)
def _no_requests_yet():
    cache.clear()


@pytest.fixture
def works(cast):
    load(base.DATA / "rows")
    return base.submission(cast.county, "T-20")


@pytest.fixture
def secret(cast):
    return tokens.make("项目系统", by=cast.head, writes_as=cast.clerk)[1]


def ask(client, secret, body=None, path=PIPES):
    headers = {"Authorization": f"Bearer {secret}"}
    if body is None:
        return client.get(path, headers=headers)
    return client.put(path, json.dumps(body), content_type="application/json", headers=headers)


def put(client, secret, rows, **more):
    return ask(client, secret, {"rows": rows, **more})


def total(works):
    figure = works.figures.filter(indicator__code="works.pipes.length").first()
    return figure.cell.stored if figure else None


def test_rows_are_stored_and_read_back_by_their_keys(client, cast, works, secret):
    answer = put(client, secret, ROWS)
    assert answer.status_code == 200, answer.content
    assert total(works) == "8.2"
    read = ask(client, secret).json()
    assert read["rows"] == ROWS
    assert [column["code"] for column in read["columns"]] == ["name", "length", "money", "kind", "done"]
    assert (read["most_rows"], read["locked"]) == (20, False)
    change = OpenRowChange.objects.filter(column="length").first()
    assert change is not None
    assert (change.by, change.source) == (cast.clerk, "program")
    assert Submission.objects.get(pk=works.pk).status == "draft"


def test_sent_again_nothing_changes(client, works, secret):
    put(client, secret, ROWS)
    before = OpenRowChange.objects.count()
    assert put(client, secret, ROWS, whole=True).json()["changed"] == 0
    assert OpenRowChange.objects.count() == before


def test_a_row_stands_as_it_was_sent_last_and_without_cells_it_goes(client, works, secret):
    put(client, secret, ROWS)
    put(client, secret, [{"key": EAST, "cells": {"name": "东街给水", "length": "6"}}])
    assert OpenRow.objects.get(key=EAST).cells == {"name": "东街给水", "length": "6"}
    assert total(works) == "9"
    put(client, secret, [{"key": EAST, "cells": {}}])
    assert total(works) == "3"


def test_what_is_not_sent_stays_unless_these_are_all(client, works, secret):
    put(client, secret, ROWS)
    put(client, secret, ROWS[:1])
    assert total(works) == "8.2"
    put(client, secret, ROWS[:1], whole=True)
    assert (total(works), OpenRow.objects.count()) == ("5.2", 1)
    put(client, secret, [], whole=True)
    assert (total(works), OpenRow.objects.count()) == ("", 0)


def test_what_a_person_typed_is_overwritten_only_where_that_is_said(client, cast, works, secret):
    put(client, secret, ROWS)
    code = f"pipes/{uuid.UUID(EAST).hex}/length"
    writer.save(works, writer.Typed({code: "7"}), by=cast.clerk)
    answer = put(client, secret, ROWS)
    assert answer.status_code == 409
    assert [(one["what"], one["sent"]) for one in answer.json()["refused"]] == [(code, "5.2")]
    assert put(client, secret, [], whole=True).status_code == 409  # nor does it go
    assert total(works) == "10"
    assert put(client, secret, ROWS, replace=True).status_code == 200
    assert total(works) == "8.2"


@pytest.mark.parametrize(
    "rows",
    [
        [{"key": EAST, "cells": {"name": "东街", "length": "-1"}}],
        [{"key": EAST, "cells": {"name": "东街", "width": "1"}}],
        [{"key": EAST, "cells": {"name": "东街", "kind": "燃气"}}],
        [{"key": EAST, "cells": {"name": "东街"}}, {"key": EAST, "cells": {"name": "西街"}}],
        [{"key": str(uuid.UUID(int=n)), "cells": {"name": "街"}} for n in range(1, 22)],  # one too many
    ],
)
def test_what_cannot_be_stored_costs_all(client, works, secret, rows):
    answer = put(client, secret, [*rows, ROWS[1]])
    assert answer.status_code == 422
    assert answer.json()["refused"][0]["why"]
    assert not OpenRow.objects.exists()


def test_a_key_of_another_table_is_refused(client, works, secret):
    put(client, secret, ROWS)
    answer = ask(client, secret, {"rows": [{"key": EAST, "cells": {"name": "东园"}}]}, PIPES.replace("pipes", "parks"))
    assert answer.status_code == 422


def test_unknown_tables_are_told_with_those_that_there_are(client, works, secret):
    for answer in (ask(client, secret, path=f"{PIPES}x"), ask(client, secret, {"rows": []}, f"{PIPES}x")):
        assert answer.status_code == 404
        assert "pipes, parks" in answer.json()["detail"]
    assert ask(client, secret, path=PIPES.replace("T-20", "T-99")).status_code == 404


def test_nothing_is_stored_once_the_sheet_has_left_the_clerk(client, works, secret):
    Submission.objects.filter(pk=works.pk).update(status="submitted")
    assert put(client, secret, ROWS).status_code == 409
    assert not OpenRow.objects.exists()


def test_the_sheet_names_its_open_tables(client, works, secret):
    found = ask(client, secret, path="/api/v1/write/drafts/2023Q1/T-20").json()
    assert found["open_tables"] == ["pipes", "parks"]


def test_rows_that_go_leave_room_for_those_that_come(client, cast, works, secret):
    """The table takes 20 rows, and a list of as many others takes their place."""
    numbered = [{"key": str(uuid.UUID(int=n)), "cells": {"name": f"工程{n}", "length": "1"}} for n in range(1, 42)]
    assert put(client, secret, numbered[:20]).status_code == 200
    assert put(client, secret, numbered[20:41]).status_code == 422  # 21 more
    answer = put(client, secret, numbered[20:40], whole=True)
    assert answer.status_code == 200, answer.content
    assert {str(row.key) for row in OpenRow.objects.all()} == {row["key"] for row in numbered[20:40]}
    assert total(works) == "20"
    emptied = [{**row, "cells": {}} for row in numbered[20:40]]
    assert put(client, secret, [*numbered[:20], *emptied]).status_code == 200  # whatever comes first
    assert total(works) == "20"
