"""A link lets one person in, once, to choose a password."""

import datetime
import re

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import invitations, passwords
from accounts.models import Invitation, Session
from audit.models import Event
from audit.vocabulary import EventKind
from sectors.models import User
from tests import base
from tests.races import at_once, slow_locks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet():
    cache.clear()


GOOD, BETTER = "Kx7-steppe-wind", "Two-Rivers-4-me"


def link(cast, person=None):
    person = person or cast.clerk
    return reverse("invitation", args=[invitations.make([person], by=cast.admin)[person]])


def send(client, address, password=GOOD):
    return client.post(address, {"new_password1": password, "new_password2": password})


def test_looking_changes_nothing_and_one_password_comes_in(cast):
    address = link(cast)
    for _time in range(2):  # as programs do that show a preview
        page = Client().get(address)
        assert page.status_code == 200
        assert page["Cache-Control"].count("no-store") == 1
        assert cast.clerk.full_name in page.content.decode()
    client = Client()
    assert send(client, address)["Location"] == reverse("home")
    assert client.get(reverse("account")).status_code == 200
    cast.clerk.refresh_from_db()
    assert cast.clerk.check_password(GOOD)
    assert passwords.why_to_change(cast.clerk) == ""
    kinds = Event.objects.filter(kind=EventKind.PASSWORD).order_by("pk").values_list("detail__how", flat=True)
    assert list(kinds) == ["invitation", "invitation used", None]


def test_a_poor_password_uses_nothing_up(cast):
    address = link(cast)
    answer = send(Client(), address, "Abc@123456")
    assert answer.status_code == 422
    assert "最先被人猜到" in answer.content.decode()
    assert Client().post(address, {"new_password1": GOOD, "new_password2": BETTER}).status_code == 422
    assert send(Client(), address).status_code == 302


def test_the_database_has_no_link(cast):
    secret = invitations.make([cast.clerk], by=cast.admin)[cast.clerk]
    row = Invitation.objects.get()
    assert secret not in str({field.name: getattr(row, field.name) for field in Invitation._meta.fields})
    assert all(secret not in str(event.detail) for event in Event.objects.all())


def used(cast, address):
    send(Client(), address)


def ended(cast, address):
    invitations.end([cast.clerk], by=cast.admin)


def run_out(cast, address):
    Invitation.objects.update(until=timezone.now() - datetime.timedelta(seconds=1))


def replaced(cast, address):
    link(cast)


def switched_off(cast, address):
    User.objects.filter(pk=cast.clerk.pk).update(is_active=False)


def changed_by_oneself(cast, address):
    client = Client()
    client.force_login(cast.clerk)
    sent = {"old_password": base.PASSWORD, "new_password1": BETTER, "new_password2": BETTER}
    assert client.post(reverse("password"), sent).status_code == 302


def told_by_telephone(cast, address):
    passwords.give_one_time(cast.clerk)


@pytest.mark.parametrize(
    "happens", [used, ended, run_out, replaced, switched_off, changed_by_oneself, told_by_telephone]
)
def test_what_opens_nothing_any_more_is_answered_as_what_never_was(cast, happens):
    address, unknown = link(cast), reverse("invitation", args=["0" * 43])
    happens(cast, address)
    before = User.objects.get(pk=cast.clerk.pk).password
    for client in (Client(), Client()):
        gone, never = client.get(address), client.get(unknown)
        assert gone.status_code == never.status_code == 404
        assert without_chance(gone, address) == without_chance(never, unknown)
        assert send(client, address, "Steppe-9-horses").status_code == 404
    assert User.objects.get(pk=cast.clerk.pk).password == before


def without_chance(answer, address):
    page = answer.content.decode().replace(address, "")
    return re.sub(r'(name="csrfmiddlewaretoken" value=|nonce=)"[^"]*"', r"\1", page)


def test_whoever_is_signed_in_as_somebody_else_chooses_no_password_for_another(cast):
    address, client = link(cast), Client()
    client.force_login(cast.outsider_office)
    assert client.get(address).status_code == 409
    assert send(client, address).status_code == 409
    cast.clerk.refresh_from_db()
    assert cast.clerk.check_password(base.PASSWORD)
    client.post(reverse("logout"))
    assert send(client, address).status_code == 302


@pytest.mark.parametrize("name", ["clerk", "head", "office", "leader", "outsider_office"])
def test_nobody_but_an_administrator_invites(cast, name):
    with pytest.raises(PermissionDenied):
        invitations.make([cast.clerk], by=getattr(cast, name))
    assert not Invitation.objects.exists()


def test_a_lost_password_ends_other_sign_ins_when_the_new_one_is_set(cast):
    elsewhere = Client()
    elsewhere.post(reverse("login"), {"username": "clerk", "password": base.PASSWORD})
    address = link(cast)
    assert elsewhere.get(reverse("account")).status_code == 200
    send(Client(), address)
    assert elsewhere.get(reverse("account")).status_code == 302
    assert Session.objects.filter(person=cast.clerk).count() == 1


def test_who_signs_in_elsewhere_gets_no_link(cast, settings):
    address = link(cast)
    settings.PASSWORD_SIGN_IN = "admins"
    assert Client().get(address).status_code == 404
    assert invitations.make([cast.clerk, cast.admin], by=cast.admin).keys() == {cast.admin}


def test_a_role_that_needs_a_second_step_is_led_to_it(cast, settings):
    settings.SECOND_FACTOR_ROLES = ["clerk"]
    client = Client()
    send(client, link(cast))
    assert client.get(reverse("home"))["Location"].startswith(reverse("second-factor-setup"))


def test_guessing_is_slowed_down(cast, monkeypatch):
    monkeypatch.setattr("accounts.views.invitations.REQUESTS_A_MINUTE", 3)
    found = [Client().get(reverse("invitation", args=["0" * 43])).status_code for _time in range(5)]
    assert found == [404, 404, 404, 429, 429]


def test_many_are_invited_by_as_many_queries_as_two(cast):
    people = [base.user("clerk", cast.market, f"more_{number}") for number in range(20)]
    assert base.queries(lambda: invitations.make(people[:2], by=cast.admin)) == base.queries(
        lambda: invitations.make(people[2:], by=cast.admin)
    )


def test_an_administrator_ends_a_link_on_the_persons_page(client, cast):
    address = link(cast)
    client.force_login(cast.admin)
    page = reverse("admin:auth_user_password_change", args=[cast.clerk.pk])
    assert "作废链接" in client.get(page).content.decode()
    assert client.post(page, {"action": "end"})["Location"] == page
    assert "作废链接" not in client.get(page).content.decode()
    assert Client().get(address).status_code == 404


def test_people_who_are_ticked_get_slips(client, cast):
    client.force_login(cast.admin)
    User.objects.filter(pk=cast.head.pk).update(is_active=False)
    sent = {"action": "invite", "_selected_action": [cast.clerk.pk, cast.head.pk, cast.water.users.get(role="head").pk]}
    answer = client.post(reverse("admin:sectors_user_changelist"), sent)
    assert [slip.person for slip in answer.context["slips"]] == [cast.clerk, cast.outsider_head]
    assert answer.context["left_out"] == [cast.head]
    assert answer["Cache-Control"].count("no-store") == 1
    assert answer.content.decode().count("data:image/svg+xml") == 2


def test_no_log_of_the_web_server_has_a_link(settings):
    text = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    _before, *servers = re.split(r"^server \{", text, flags=re.MULTILINE)
    assert len(servers) == 2
    for server in servers:  # without a word of it nginx writes whole addresses, also of those it only leads on
        assert re.search(r"^    access_log (off|\S+ zhibao);", server, flags=re.MULTILINE), server
    assert "$request " not in text
    assert "~^/account/invitation/ /account/invitation/-;" in text


@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_ended_while_it_is_sent_is_used_or_ended():
    base.make_cast()
    cast = base.cast()
    address = link(cast)
    status, count = at_once(
        lambda: send(Client(), address).status_code, lambda: invitations.end([cast.clerk], by=cast.admin)
    )
    assert (status, count) in [(302, 0), (404, 1)]
    assert User.objects.get(username="clerk").check_password(GOOD) == (status == 302)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_it_at_once_one_comes_in():
    base.make_cast()
    cast = base.cast()
    address = link(cast)
    answers = at_once(*(lambda word=word: send(Client(), address, word).status_code for word in (GOOD, BETTER)))
    assert sorted(answers) == [302, 404]
    chosen = (GOOD, BETTER)[answers.index(302)]
    assert User.objects.get(username="clerk").check_password(chosen)


@pytest.mark.django_db(transaction=True)
def test_of_two_links_made_at_once_one_is_open():
    base.make_cast()
    cast = base.cast()
    made = at_once(*[slow_locks(lambda: invitations.make([cast.clerk], by=cast.admin))] * 2)
    assert [list(one) for one in made] == [[cast.clerk]] * 2
    assert Invitation.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_link_is_used_while_a_one_time_password_is_given():
    base.make_cast()
    cast = base.cast()
    address = link(cast)
    calls = lambda: send(Client(), address).status_code, lambda: passwords.give_one_time(cast.clerk)
    status, given = at_once(*map(slow_locks, calls))
    assert status in (302, 404)
    assert isinstance(given, str)
    assert not Invitation.objects.open().exists()
