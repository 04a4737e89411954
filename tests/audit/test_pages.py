"""The pages of the record: who reads it, how it is narrowed and paged, and out as files."""

import datetime
import io

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from audit import record
from audit.models import Event
from audit.vocabulary import EventKind
from sectors.models import User
from sectors.spreadsheets import escaping
from tests import base

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client, cast):
    person = base.user("auditor", None)
    client.force_login(person)
    return client


def names(client, **asked):
    answer = client.get(reverse("audit"), asked)
    assert answer.status_code == 200
    return [event.name for event, _role in answer.context["events"]]


@pytest.mark.parametrize(
    ("who", "status"), [("clerk", 403), ("head", 403), ("office", 403), ("leader", 403), ("admin", 200)]
)
def test_administrators_and_auditors_read_the_record(client, cast, who, status):
    client.force_login(getattr(cast, who))
    event = Event.objects.latest("pk")
    pages = (reverse("audit"), reverse("audit-event", args=[event.pk]), reverse("audit-export", args=["csv"]))
    assert [client.get(page).status_code for page in pages] == [status] * 3


def test_an_auditor_gets_to_the_record_and_to_nothing_else(auditor, cast):
    sheet = base.submission(cast.county)
    assert auditor.get("/").url == reverse("audit")
    page = auditor.get(reverse("audit")).content.decode()
    assert reverse("submissions") not in page
    for name, *args in (
        *(
            ("submissions",),
            ("findings",),
            ("exports",),
            ("search",),
            ("periods",),
            ("batches",),
            ("deputy",),
            ("jobs",),
        ),
        *(("leader-board",), ("board",), ("explore",), ("reports",), ("admin:index",), ("api-tokens",), ("checks",)),
        ("submission", sheet.pk),
        ("sheet-excel", sheet.pk),
    ):
        assert auditor.get(reverse(name, args=args)).status_code in (403, 302), name
    assert auditor.get(reverse("admin:index")).status_code in (302, 403)
    assert auditor.get(reverse("help")).status_code == 200
    assert auditor.post(reverse("logout")).status_code == 302


def test_an_auditor_belongs_to_no_department(cast):
    person = User(username="x", role="auditor", department=cast.market)
    with pytest.raises(ValidationError):
        person.clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        person.save()
    User(username="y", role="auditor").clean()


@pytest.fixture
def events(cast):
    other = User.objects.get(username="outsider_office")
    record.write(EventKind.WORDING, cast.county, name="甲", by=cast.office, region=cast.county.pk)
    record.write(EventKind.TOKEN, cast.water, name="乙", by=other, region=cast.other_county.pk)
    record.write(EventKind.EXPORT, name="丙 100%", by=cast.office)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "wording"}, ["甲"]),
        ({"person": "outsider"}, ["乙"]),
        ({"subject": "100%"}, ["丙 100%"]),
        ({"subject": "sectors.department"}, ["乙"]),
        ({"person": "outsider", "kind": "wording"}, []),
        ({"address": "10.0.0.1"}, []),
    ],
)
def test_the_record_is_narrowed(auditor, events, cast, asked, found):
    assert [name for name in names(auditor, **asked) if name in ("甲", "乙", "丙 100%")] == found


def test_it_is_narrowed_by_region_and_day(auditor, events, cast):
    assert names(auditor, region=cast.other_county.pk, kind="token") == ["乙"]
    assert names(auditor, region=cast.county.pk, kind="token") == []
    today = Event.objects.latest("pk").at.astimezone().date()
    assert "甲" in names(auditor, since=today, until=today)
    assert names(auditor, since=today + datetime.timedelta(days=2)) == []


@pytest.mark.parametrize("asked", [{"since": "gestern"}, {"region": "x"}, {"kind": "x"}])
def test_what_cannot_be_understood_is_said(auditor, asked):
    assert auditor.get(reverse("audit"), asked).status_code == 422


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, ""])
def test_a_key_that_is_none_begins_at_the_latest(auditor, before):
    assert auditor.get(reverse("audit"), {"before": before}).status_code == 200


def test_pages_go_on_by_key(auditor, cast):
    for number in range(120):
        record.write(EventKind.WORDING, name=f"第{number}条")
    seen, address = [], reverse("audit")
    asked = {"kind": "wording"}
    while True:
        answer = auditor.get(address, asked)
        seen += [event.name for event, _role in answer.context["events"]]
        record.write(EventKind.WORDING, name="迟来")  # what comes meanwhile moves nothing
        if answer.context["following"] is None:
            break
        asked["before"] = answer.context["following"]
    assert seen == [f"第{number}条" for number in reversed(range(120))]


def test_a_page_costs_the_same_with_more_rows(auditor, cast):
    def few():
        return base.queries(lambda: auditor.get(reverse("audit"), {"kind": "wording"}))

    for number in range(2):
        record.write(EventKind.WORDING, name=f"{number}", by=cast.office, region=cast.county.pk)
    few()
    before = few()
    for number in range(20):
        record.write(EventKind.WORDING, name=f"{number}", by=cast.clerk, region=cast.other_county.pk)
    assert few() == before


def test_an_event_is_shown_with_old_and_new(auditor, cast):
    record.write(EventKind.WORDING, cast.county, changes=[("食品", "旧词<b>", "新词")], by=cast.office, note="因故")
    page = base.html(auditor.get(reverse("audit-event", args=[Event.objects.latest("pk").pk])))
    assert all(text in page for text in ("旧词&lt;b&gt;", "新词", "因故", cast.office.username))
    assert auditor.get(reverse("audit-event", args=[10**9])).status_code == 404


def test_reading_is_on_record_once_a_visit(auditor, client, cast):
    for _time in range(3):
        auditor.get(reverse("audit"))
    assert Event.objects.filter(kind=EventKind.AUDIT_READ).count() == 1
    client.force_login(cast.admin)
    client.get(reverse("audit"))
    assert Event.objects.filter(kind=EventKind.AUDIT_READ).count() == 2


@pytest.mark.parametrize("to", ["csv", "xlsx"])
def test_what_is_narrowed_goes_out_and_that_is_on_record(auditor, cast, to):
    record.write(EventKind.WORDING, cast.county, name="=1+1", changes=[("食品", "旧", "新")], by=cast.office)
    answer = auditor.get(reverse("audit-export", args=[to]), {"kind": "wording"})
    content = b"".join(answer.streaming_content)
    if to == "xlsx":
        rows = [[str(cell) for cell in row] for row in load_workbook(io.BytesIO(content)).active.values]
    else:
        rows = [line.split(",") for line in content.decode("utf-8-sig").splitlines()]
        assert any(cell == "'=1+1" for cell in rows[1])  # nothing that Excel would compute
    assert len(rows) == 2
    assert "云泽县" in "".join(rows[1])
    assert Event.objects.latest("pk").detail == {"search": {"kind": "wording"}}
    assert auditor.get(reverse("audit-export", args=["pdf"])).status_code == 404


def test_what_is_too_long_for_a_cell_says_that_it_is_cut():
    fitting, cut = escaping.fitting("字" * 32_767), escaping.fitting("字" * 32_768)
    assert fitting == "字" * 32_767
    assert len(cut) == 32_767
    assert cut.endswith("（已截断，全文见 .csv 文件）")
