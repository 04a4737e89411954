"""How long somebody is signed in, where, and what ends it."""

import datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import passwords
from accounts.models import Session
from tests import base

pytestmark = pytest.mark.django_db

GOOD = "Kx7-steppe-wind"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


def signed_in(person, **sent):
    client = Client()
    client.post(reverse("login"), {"username": person.username, "password": base.PASSWORD}, **sent)
    return client


def is_in(client):
    """Without using the session."""
    return client.get(reverse("session-state"), headers={"X-Background": "1"}).json()["person"] is not None


def ago(**time):
    return timezone.now() - datetime.timedelta(**time)


def move(**columns):
    Session.objects.update(**columns)


def test_a_session_that_is_not_used_ends(cast):
    client = signed_in(cast.clerk)
    move(seen=ago(minutes=59))
    assert is_in(client)
    move(seen=ago(minutes=60))
    assert not is_in(client)
    answer = client.get(reverse("account"))
    assert answer.headers["Location"].startswith(reverse("login"))


def test_a_session_that_is_used_ends_after_a_day_of_work(cast):
    client = signed_in(cast.clerk)
    for hours, stays in [(11, True), (12, False)]:
        move(begun=ago(hours=hours), seen=timezone.now())
        assert is_in(client) == stays


def test_storing_something_in_a_session_does_not_begin_it_anew(cast):
    client = signed_in(cast.clerk)
    begun = ago(hours=11)
    move(begun=begun)
    session = client.session
    session["x"] = 1
    session.save()
    assert Session.objects.get().begun == begun


def test_pages_keep_a_session_and_what_runs_by_itself_does_not(cast):
    client = signed_in(cast.clerk)
    move(seen=ago(minutes=30))
    client.get(reverse("account"), headers={"X-Background": "1"})
    assert Session.objects.get().seen < ago(minutes=29)
    client.get(reverse("account"))
    assert Session.objects.get().seen > ago(minutes=1)


def test_the_button_of_the_warning_keeps_it(cast):
    client = signed_in(cast.clerk)
    move(seen=ago(minutes=58))
    address = reverse("session-state")
    left = client.get(address, headers={"X-Background": "1"}).json()
    assert (left["person"], left["left"] <= 120, left["longest"] > 3600) == (cast.clerk.pk, True, True)
    assert client.post(address).json()["left"] > 3500
    assert Client().get(address).json() == {"person": None}
    assert Client().post(address).json() == {"person": None}


def test_a_page_asks_the_database_no_more_than_before_and_writes_once_a_minute(cast):
    client = signed_in(cast.clerk)

    def writes():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("account"))
        found = [query["sql"] for query in queries if "accounts_session" in query["sql"]]
        return [sql.split()[0] for sql in found if "session_key" in sql.partition("WHERE")[2]]

    assert writes() == ["SELECT"]
    move(seen=ago(seconds=61))
    assert writes() == ["SELECT", "UPDATE"]
    assert writes() == ["SELECT"]


def test_somebody_sees_where_they_are_signed_in_and_ends_what_they_choose(cast, settings):
    settings.TRUST_PROXY = True
    here = signed_in(cast.clerk, HTTP_X_FORWARDED_FOR="10.1.1.1", HTTP_USER_AGENT=FIREFOX)
    there = signed_in(cast.clerk, HTTP_X_FORWARDED_FOR="10.2.2.2", HTTP_USER_AGENT="Some phone")
    third, colleague = signed_in(cast.clerk), signed_in(cast.head)
    page = here.get(reverse("account")).content.decode()
    for text in ("10.1.1.1", "Firefox · Windows", "10.2.2.2", "Some phone"):
        assert text in page
    for row in Session.objects.all():
        assert row.session_key not in page
    handle = next(row.handle for row in Session.objects.of(cast.clerk) if row.address == "10.2.2.2")
    here.post(reverse("end-sessions"), {"session": handle})
    assert [is_in(client) for client in (here, there, third, colleague)] == [True, False, True, True]
    here.post(reverse("end-sessions"))
    assert [is_in(client) for client in (here, third, colleague)] == [True, False, True]


def test_nobody_ends_a_session_of_somebody_else(cast):
    clerk, head = signed_in(cast.clerk), signed_in(cast.head)
    (row,) = Session.objects.of(cast.head)
    clerk.post(reverse("end-sessions"), {"session": row.handle})
    clerk.post(reverse("end-sessions"), {"session": row.session_key})
    assert is_in(head)


def test_a_new_password_ends_all_other_sessions(cast):
    here, there = signed_in(cast.clerk), signed_in(cast.clerk)
    sent = {"old_password": base.PASSWORD, "new_password1": GOOD, "new_password2": GOOD}
    assert here.post(reverse("password"), sent).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert Session.objects.filter(person=cast.clerk).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda cast: passwords.give_one_time(cast.clerk),
        lambda cast: type(cast.clerk).objects.filter(pk=cast.clerk.pk).update(role="head"),
        lambda cast: type(cast.clerk).objects.filter(pk=cast.clerk.pk).update(department=cast.water),
        lambda cast: type(cast.clerk).objects.filter(pk=cast.clerk.pk).update(is_active=False),
    ],
)
def test_another_password_role_or_department_and_deactivation_end_every_session(cast, change):
    client = signed_in(cast.clerk)
    change(cast)
    cast.clerk.refresh_from_db()
    if cast.clerk.is_active:
        assert Session.objects.of(cast.clerk) == []
    assert not is_in(client)


@pytest.mark.parametrize("htmx", [True, False])
def test_a_script_hears_that_the_sign_in_has_ended(cast, htmx):
    client = signed_in(cast.clerk)
    move(seen=ago(hours=2))
    sent = {"headers": {"HX-Request": "true"}} if htmx else {"content_type": "application/json"}
    answer = client.post(reverse("read-notices"), **sent)
    assert (answer.status_code, "登录" in answer.json()["error"]) == (401, True)


def test_no_browser_keeps_a_page_or_a_file_of_somebody(cast):
    client = signed_in(cast.clerk)
    sheet = base.submission(cast.county)
    for address in (
        *(reverse("account"), reverse("help"), reverse("sheet", args=[sheet.pk])),
        *(reverse("sheet-excel", args=[sheet.pk]), "/nowhere/"),
    ):
        answer = client.get(address)
        assert "no-store" in answer.headers["Cache-Control"], address
    assert "no-store" not in Client().get(reverse("verify-any-file")).headers.get("Cache-Control", "")


def test_ended_sessions_and_old_failures_are_removed(cast, capsys):
    signed_in(cast.head)
    move(seen=ago(hours=2))
    signed_in(cast.clerk)
    call_command("clear_sign_ins")
    assert Session.objects.get().person == cast.clerk
    assert "1" in capsys.readouterr().out
    move(begun=ago(hours=13))
    call_command("clearsessions")
    assert not Session.objects.exists()


def on_the_wall(cast, minutes):
    """Signed in, and then for so long only a board that shows itself anew."""
    client, board = signed_in(cast.leader), f"{reverse('leader-board')}?present=1"
    assert client.get(board).status_code == 200
    session = client.session
    session["presented"] -= minutes * 60
    session.save()
    assert client.get(board).status_code == 200
    return client


def test_a_screen_on_a_wall_goes_on_for_as_long_as_a_session_lasts(cast):
    client = on_the_wall(cast, 600)
    move(seen=ago(minutes=59))
    assert client.get(f"{reverse('leader-board')}?present=1").status_code == 200
    assert Session.objects.get().seen > ago(minutes=1)
    move(begun=ago(hours=12))
    assert not is_in(client)


@pytest.mark.parametrize("headers", [{}, {"X-Background": "1"}, {"HX-Request": "true"}])
@pytest.mark.parametrize("page", ["account", "leader-board", "reports", "password"])
def test_from_a_screen_on_a_wall_every_other_page_asks_for_the_password(cast, page, headers):
    client = on_the_wall(cast, 60)
    answer = client.get(reverse(page), headers=headers)
    assert answer.status_code == (401 if "HX-Request" in headers else 302)
    if not headers:
        assert answer["Location"].startswith(reverse("login"))
    assert not is_in(client)
    assert client.get(f"{reverse('leader-board')}?present=1").status_code == 302


@pytest.mark.parametrize("page", ["account", "leader-board"])
def test_present_in_an_address_opens_nothing_else(cast, page):
    client = on_the_wall(cast, 60)
    client.post(f"{reverse(page)}?present=1")
    assert not is_in(client)


@pytest.mark.parametrize("page", ["session-state", "set_language"])
def test_what_stays_open_on_a_screen_on_a_wall_is_no_use_of_the_session(cast, page):
    client = on_the_wall(cast, 60)
    client.post(reverse(page), {"language": "en"})
    assert client.get(reverse("account")).status_code == 302
    assert not is_in(client)


def test_who_has_used_the_site_meanwhile_goes_on(cast):
    client = on_the_wall(cast, 59)
    assert client.get(reverse("account")).status_code == 200
    assert "presented" not in client.session
    assert is_in(client)


def test_the_sign_in_page_is_shown_instead_of_the_board(cast):
    client = on_the_wall(cast, 60)
    assert client.get(reverse("login")).status_code == 200
    assert not is_in(client)
