"""Urging and reminding: who is told, by which ways, how often, and that it is all on record."""

import datetime
import smtplib
from io import StringIO

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone

from sectors.calendar import extensions
from sectors.models import Assignment, Delivery, Notice, Period, Robot, Submission, Urge, User
from sectors.reminders import chat_bots, urging
from tests import base
from tests.chat import Chat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def late(cast, on):
    """Both departments owe a sheet that was due three days ago."""
    on("2023-01-14")
    return [base.submission(cast.county, number) for number in ("T-01", "T-02")]


@pytest.fixture
def posted(cast, monkeypatch):
    """What the county's robot was given."""
    texts = []
    Robot.objects.create(region=cast.county, name="质量工作群", kind="wecom", address="https://robot.example/1")
    monkeypatch.setattr(chat_bots, "post", lambda address, text, secret: texts.append((address, text, secret)))
    return texts


def urge(cast, late, *departments, by=None, note=""):
    named = [d.pk for d in departments or (cast.market, cast.water)]
    return urging.urge(period=late[0].period, departments=named, by=by or cast.office, note=note)


def ways(made):
    return [(d.way, d.to, d.outcome, d.detail) for d in made.deliveries.all()]


def test_one_department_is_urged_and_it_is_on_record(cast, late):
    made = urge(cast, late, cast.market, note="下午开会要用")
    assert [(u.department, u.kind, u.by, u.day) for u in made] == [
        (cast.market, "urge", cast.office, datetime.date(2023, 1, 14))
    ]
    assert list(made[0].submissions.all()) == [late[0]]
    assert ways(made[0]) == [("notice", "clerk、head", "sent", "")]
    notices = Notice.objects.order_by("to__username")
    assert [(n.to, n.link) for n in notices] == [
        (cast.clerk, f"/submissions/{late[0].pk}/"),
        (cast.head, f"/submissions/{late[0].pk}/"),
    ]
    for part in ("市场监管局", "T-01", "2023-01-11", "3", "下午开会要用"):
        assert part in notices[0].text


def test_all_are_urged_the_latest_first(cast, late):
    base.submission(cast.county, "T-01", "2023Q2")  # another period is not meant
    extensions.grant(
        period=late[0].period, department=cast.market, until=datetime.date(2023, 1, 16), reason="x", by=cast.office
    )
    assert [u.department for u in urge(cast, late)] == [cast.water, cast.market]


def test_a_department_that_owes_nothing_is_not_urged(cast, late):
    base.submission(cast.county, "T-01", status="signed")
    assert [u.department for u in urge(cast, late)] == [cast.water]


def test_who_was_urged_just_now_is_not_urged_again(cast, late):
    assert len(urge(cast, late, cast.market)) == 1
    assert [u.department for u in urge(cast, late)] == [cast.water]
    Urge.objects.update(at=timezone.now() - datetime.timedelta(minutes=11))
    assert len(urge(cast, late)) == 2
    assert Urge.objects.filter(department=cast.market).count() == 2


@pytest.mark.parametrize("name", ["clerk", "head", "leader", "admin", "outsider_office"])
def test_only_the_regions_office_urges(cast, late, name):
    with pytest.raises(PermissionDenied):
        urge(cast, late, by=getattr(cast, name))
    assert not Urge.objects.exists()


def test_a_department_without_people_is_told_to_nobody_and_that_is_recorded(cast, late):
    User.objects.filter(department=cast.water).update(is_active=False)
    made = urge(cast, late, cast.water)
    assert ways(made[0]) == [("notice", "–", "failed", "The department has no active account.")]


def test_mail_goes_out_where_it_is_set_up(cast, late, settings):
    settings.EMAIL_CONFIGURED, settings.SITE_URL = True, "https://zhibao.example"
    User.objects.filter(pk=cast.clerk.pk).update(email="clerk@example.com")
    made = urge(cast, late, cast.market)
    assert ways(made[0])[1:] == [("email", "clerk@example.com", "sent", "")]
    assert [m.to for m in mail.outbox] == [["clerk@example.com"]]
    assert "2023" in mail.outbox[0].subject
    assert mail.outbox[0].body == made[0].text + "\nhttps://zhibao.example"


def test_without_a_mail_server_no_mail_is_tried(cast, late):
    User.objects.update(email="somebody@example.com")
    urge(cast, late)
    assert mail.outbox == []
    assert not Delivery.objects.filter(way="email").exists()


class Refusing(EmailBackend):
    def open(self):
        raise smtplib.SMTPConnectError(421, "busy")


class Fussy(EmailBackend):
    def send_messages(self, messages):
        if messages[0].to == ["nobody@example.com"]:
            raise smtplib.SMTPRecipientsRefused({"nobody@example.com": (550, b"unknown")})
        return super().send_messages(messages)


@pytest.mark.parametrize(
    ("backend", "outcomes"),
    [("Refusing", {"clerk": "failed", "nobody": "failed"}), ("Fussy", {"clerk": "sent", "nobody": "failed"})],
)
def test_mail_that_fails_is_recorded_and_stops_nothing(cast, late, settings, backend, outcomes):
    settings.EMAIL_CONFIGURED, settings.EMAIL_BACKEND = True, f"{__name__}.{backend}"
    User.objects.filter(pk=cast.clerk.pk).update(email="clerk@example.com")
    User.objects.filter(pk=cast.head.pk).update(email="nobody@example.com")
    urge(cast, late, cast.market)
    found = {d.to.split("@")[0]: (d.outcome, bool(d.detail)) for d in Delivery.objects.filter(way="email")}
    assert found == {name: (outcome, outcome == "failed") for name, outcome in outcomes.items()}
    assert Notice.objects.count() == 2


def test_a_group_chat_gets_one_message_for_all(cast, late, posted):
    made = urge(cast, late)
    assert len(posted) == 1
    assert all(part in posted[0][1] for part in ("市场监管局", "T-01", "水利局", "T-02"))
    assert [ways(u)[-1] for u in made] == [("robot", "质量工作群", "sent", "")] * 2


def test_an_urge_really_arrives_in_a_chat(cast, late, settings):
    settings.WEBHOOK_HTTP_HOSTS = ["127.0.0.1"]
    with Chat() as chat:
        Robot.objects.create(region=cast.county, name="群", kind="wecom", address=chat.address)
        made = urge(cast, late)
        (_path, _type, body) = chat.got[0]
        assert len(chat.got) == 1
        assert body["text"]["content"] == "\n".join(u.text for u in made)
        chat.answer = b'{"errcode": 45009, "errmsg": "api freq out of limit"}'
        Urge.objects.update(at=timezone.now() - datetime.timedelta(minutes=11))
        again = urge(cast, late, cast.market)
    assert [ways(u)[-1][2:] for u in (*made, *again)] == [
        ("sent", ""),
        ("sent", ""),
        ("failed", "The robot refused: 45009 api freq out of limit"),
    ]


def test_a_chat_that_refuses_is_recorded(cast, late, monkeypatch):
    Robot.objects.create(region=cast.county, name="群", kind="dingtalk", address="http://not-allowed.example/")
    made = urge(cast, late)
    for found in made:
        way, to, outcome, detail = ways(found)[-1]
        assert (way, to, outcome) == ("robot", "群", "failed")
        assert "https" in detail
        assert "not-allowed" not in detail  # an address is a secret
    assert Notice.objects.count() == 4


@pytest.mark.parametrize("change", [{"is_active": False}, {"region": "other"}])
def test_other_robots_get_nothing(cast, late, posted, change):
    Robot.objects.update(**{k: cast.other_county if v == "other" else v for k, v in change.items()})
    urge(cast, late)
    assert posted == []


def remind_on(on, *days):
    """Kinds of reminders by day."""
    found = {}
    for day in days:
        on(day)
        found[day] = sorted((u.department.code, u.kind) for u in urging.remind())
    return found


def test_a_sheet_is_reminded_before_on_and_after_its_due_day(cast, on):
    base.submission(cast.county)  # due on Wednesday 2023-01-11
    days = [f"2023-01-{day:02d}" for day in range(1, 19)]
    found = remind_on(on, *days)
    assert {day: kinds for day, kinds in found.items() if kinds} == {
        "2023-01-06": [("market", "before")],  # three working days before, with a weekend between
        "2023-01-11": [("market", "due")],
        "2023-01-12": [("market", "after")],
        "2023-01-16": [("market", "after")],  # not on the weekend of the 14th
    }
    assert Urge.objects.filter(by=None).count() == 4


def test_a_day_that_the_command_missed_is_made_up_for(cast, on):
    base.submission(cast.county)
    assert remind_on(on, "2023-01-10", "2023-01-13") == {
        "2023-01-10": [("market", "before")],
        "2023-01-13": [("market", "after")],
    }


def test_before_a_long_holiday_the_reminder_comes_before_it(cast, on):
    sheet = base.submission(cast.county)
    Period.objects.filter(pk=sheet.period_id).update(due="2023-01-29")  # a Sunday worked for the festival
    assert remind_on(on, "2023-01-18", "2023-01-19", "2023-01-20") == {
        "2023-01-18": [],
        "2023-01-19": [("market", "before")],
        "2023-01-20": [],
    }


def test_a_second_run_on_a_day_reminds_nobody(cast, on, posted):
    base.submission(cast.county)
    assert remind_on(on, "2023-01-11")["2023-01-11"] == [("market", "due")]
    assert remind_on(on, "2023-01-11")["2023-01-11"] == []
    assert (Urge.objects.count(), Notice.objects.count(), len(posted)) == (1, 2, 1)


def test_an_extension_moves_the_reminders(cast, on):
    sheet = base.submission(cast.county)
    assert remind_on(on, "2023-01-09")["2023-01-09"] == [("market", "before")]
    extensions.grant(
        period=sheet.period, department=cast.market, until=datetime.date(2023, 1, 18), reason="x", by=cast.office
    )
    found = remind_on(on, "2023-01-11", "2023-01-12", "2023-01-13", "2023-01-18")
    assert found["2023-01-11"] == found["2023-01-12"] == []
    assert found["2023-01-13"] == [("market", "before")]
    assert found["2023-01-18"] == [("market", "due")]


@pytest.mark.parametrize(
    ("number", "change", "opens"),
    [
        ("T-01", {"status": "signed"}, "2023-01-01"),
        ("T-01", {"status": "accepted"}, "2023-01-01"),
        ("T-02", {"status": "submitted"}, "2023-01-01"),
        ("T-01", {}, "2023-01-12"),  # has not opened
    ],
)
def test_who_owes_nothing_is_not_reminded(cast, on, number, change, opens):
    sheet = base.submission(cast.county, number, **change)
    Period.objects.filter(pk=sheet.period_id).update(opens=opens, due="2023-01-12")
    assert remind_on(on, "2023-01-11")["2023-01-11"] == []


def test_a_closed_period_and_one_long_past_are_left_alone(cast, on):
    sheet = base.submission(cast.county)
    assert remind_on(on, "2023-03-13")["2023-03-13"] == []  # 61 days after
    Period.objects.filter(pk=sheet.period_id).update(closes="2023-01-12")
    assert remind_on(on, "2023-01-13")["2023-01-13"] == []


def test_sheets_with_different_days_are_told_apart(cast, on):
    Assignment.objects.filter(region=cast.county).update(department=cast.market)
    first, second = base.submission(cast.county), base.submission(cast.county, "T-02")
    on("2023-01-10")
    until = datetime.date(2023, 1, 16)
    extensions.grant(
        period=first.period, department=cast.market, submission=second, until=until, reason="x", by=cast.office
    )
    assert remind_on(on, "2023-01-11")["2023-01-11"] == [("market", "before"), ("market", "due")]
    sheets = {u.kind: [s.pk for s in u.submissions.all()] for u in Urge.objects.all()}
    assert sheets == {"due": [first.pk], "before": [second.pk]}


def command():
    out = StringIO()
    call_command("send_reminders", stdout=out)
    return out.getvalue()


def test_the_command_hands_out_what_has_opened_and_reminds(cast, on):
    quarter = base.period(cast.county, "2023Q1")
    on("2022-12-31")
    assert command() == ""
    on("2023-01-11")
    said = command()
    assert "云泽县, Quarter 1 of 2023: 2 sheets handed out." in said
    assert "市场监管局 · reminded on the due day · 2023-01-11" in said
    assert Submission.objects.filter(period=quarter).count() == 2
    assert command() == ""


def test_the_command_hands_over_what_was_assigned_anew(cast, on):
    sheet = base.submission(cast.county)
    Assignment.objects.filter(sheet=sheet.sheet, region=cast.county).update(department=cast.water)
    on("2023-01-05")
    assert "云泽县, Quarter 1 of 2023: 1 sheets handed over." in command()
    sheet.refresh_from_db()
    assert sheet.department == cast.water


def test_the_command_sends_what_a_killed_process_did_not(cast, late, posted, monkeypatch):
    monkeypatch.setattr(urging, "_send", lambda urges: None)
    urge(cast, late)
    monkeypatch.undo()
    monkeypatch.setattr(chat_bots, "post", lambda address, text, secret: posted.append(text))
    assert posted == []
    assert command() == ""  # too fresh: its own process may still be at it
    Delivery.objects.update(at=timezone.now() - datetime.timedelta(minutes=11))
    assert "2 messages of an earlier run sent." in command()
    assert len(posted) == 1
    assert set(Delivery.objects.values_list("outcome", flat=True)) == {"sent"}
