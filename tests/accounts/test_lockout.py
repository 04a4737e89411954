"""Wrong passwords lock an account, and far later an address; nobody learns whether an account is there."""

import datetime
import time
from statistics import median

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import lockout
from tests import base

pytestmark = pytest.mark.django_db

WRONG = "not-the-password"


def sign_in(name, password=base.PASSWORD, client=None, **sent):
    return (client or Client()).post(reverse("login"), {"username": name, "password": password}, **sent)


def fail(name, times, **sent):
    return [sign_in(name, WRONG, **sent) for _time in range(times)]


@pytest.mark.parametrize("name", ["clerk", "nobody", "CLERK", "员工"])
def test_after_five_wrong_passwords_an_account_waits_whether_it_is_one_or_not(cast, name):
    answers = fail(name, 6)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429, 429]
    text = answers[-1].content.decode()
    assert "15分钟后再试" in text
    assert "管理员" in text
    assert 'role="alert"' in text
    assert answers[-1].headers["Retry-After"] == "900"


def test_the_answers_for_an_account_and_for_none_are_the_same(cast):
    def told(name):
        return [answer.content.decode().replace(name, "NAME").partition("csrf")[0] for answer in fail(name, 6)]

    assert told("clerk") == told("nobody")


def test_the_right_password_helps_no_more_until_the_time_is_over(cast):
    fail("clerk", 5)
    assert sign_in("clerk").status_code == 429
    earlier = timezone.now() - datetime.timedelta(minutes=15, seconds=1)
    AccessAttempt.objects.update(attempt_time=earlier)
    assert sign_in("clerk").status_code == 302


def test_tries_while_it_is_locked_do_not_make_it_longer(cast):
    fail("clerk", 5)
    before = AccessAttempt.objects.get().attempt_time
    fail("clerk", 3)
    assert AccessAttempt.objects.get().attempt_time == before


def test_of_sixty_wrong_passwords_five_are_looked_at(cast, monkeypatch):
    looked, verify = [], MD5PasswordHasher.verify

    def counted(self, password, encoded):
        looked.append(password)
        return verify(self, password, encoded)

    monkeypatch.setattr(MD5PasswordHasher, "verify", counted)
    fail("clerk", 60)
    assert len(looked) == 5


def test_a_name_that_is_none_takes_as_long_as_one_that_is(cast, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.SIGN_IN_FAILURES = settings.AXES_FAILURE_LIMIT = 100
    cast.clerk.set_password("An-own-1-of-hers")
    cast.clerk.save()

    def took(name):
        begun = time.perf_counter()
        sign_in(name, WRONG)
        return time.perf_counter() - begun

    pairs = [(took("clerk"), took("nobody")) for _time in range(5)]
    there, not_there = (median(times) for times in zip(*pairs, strict=True))
    assert 0.5 < there / not_there < 2


def test_other_people_of_the_same_address_still_sign_in(cast):
    fail("clerk", 9)
    assert sign_in("head").status_code == 302


def test_an_address_waits_after_its_own_limit(cast, settings):
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 8
    for number in range(8):
        assert sign_in(f"name{number}", WRONG, REMOTE_ADDR="10.0.0.9").status_code in (200, 429)
    assert sign_in("head", REMOTE_ADDR="10.0.0.9").status_code == 429
    assert sign_in("head", REMOTE_ADDR="10.0.0.8").status_code == 302


def test_an_address_of_ipv6_is_its_network(cast, settings):
    """Whoever has one has 2^64 of them."""
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 8
    for number in range(8):
        sign_in(f"name{number}", WRONG, REMOTE_ADDR=f"2001:db8:1:2::{number}")
    assert sign_in("head", REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in("head", REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_an_account_of_ones_own_does_not_clear_what_was_tried_with_others(cast):
    for _round in range(2):
        fail("head", 3)
        sign_in("clerk")
    assert sign_in("head").status_code == 429


def test_another_browser_or_address_is_no_way_around(cast):
    for number in range(5):
        fail("clerk", 1, REMOTE_ADDR=f"10.0.0.{number}", HTTP_USER_AGENT=f"browser {number}")
    assert sign_in("clerk", REMOTE_ADDR="10.0.0.99").status_code == 429


@pytest.mark.parametrize(
    ("trusted", "sent", "counted"),
    [
        (False, "1.2.3.4", "10.0.0.1"),
        (True, "1.2.3.4, 10.9.9.9", "10.9.9.9"),  # the first is what the visitor has sent
        (True, "1.2.3.4,2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),  # a house has a network of them
        (True, "1.2.3.4,::ffff:10.8.8.8", "10.8.8.8"),
        (True, "", "10.0.0.1"),
        (True, "1.2.3.4, rubbish", "10.0.0.1"),
    ],
)
def test_the_address_is_what_the_proxy_says(cast, settings, trusted, sent, counted):
    settings.TRUST_PROXY = trusted
    fail("clerk", 1, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=sent)
    assert AccessAttempt.objects.get().ip_address == counted


def test_nothing_that_was_typed_as_a_password_is_kept_or_logged(cast, caplog):
    caplog.set_level("DEBUG")
    fail("clerk", 6)
    sign_in("Geheim-2023", WRONG)
    rows = str(list(AccessAttempt.objects.values()))
    for typed in (WRONG, "Geheim-2023"):
        assert typed not in rows + caplog.text


@pytest.mark.parametrize("page", ["password", "second-factor-setup"])
def test_no_field_of_a_form_is_kept_whatever_it_is_called(page, cast):
    client, secrets = Client(), ("Old-secret-1", "New-secret-2")
    client.force_login(cast.clerk, "accounts.backends.PersonBackend")
    old, new = secrets
    sent = {"old_password": old, "password": old, "new_password1": new, "new_password2": new, "code": "123456"}
    client.post(f"{reverse(page)}?next=/{new}/", sent)
    row = AccessAttempt.objects.get()
    assert (row.username, row.failures_since_start) == (lockout.digest("clerk"), 1)
    assert (row.get_data, row.post_data) == ("", "")


def test_an_administrator_lets_somebody_in_at_once(client, cast):
    fail("clerk", 5)
    client.force_login(cast.admin)
    chosen = {"action": "unlock", "_selected_action": [cast.clerk.pk]}
    client.post(reverse("admin:sectors_user_changelist"), chosen)
    assert sign_in("clerk").status_code == 302


def test_the_administration_has_no_sign_in_of_its_own(client, cast):
    for address in ("/admin/", "/admin/sectors/user/"):
        answer = client.get(address, follow=True)
        assert answer.redirect_chain[-1][0] == f"{reverse('login')}?next={address.replace('/', '%2F')}"
    posted = client.post("/admin/login/", {"username": "admin", "password": base.PASSWORD})
    assert (posted.status_code, "_auth_user_id" in client.session) == (302, False)
    client.force_login(cast.clerk)
    assert client.get("/admin/", follow=True).status_code == 403


def test_the_page_of_the_password_is_no_place_to_guess(client, cast):
    client.force_login(cast.clerk)
    sent = {"old_password": WRONG, "new_password1": "Kx7-long-enough", "new_password2": "Kx7-long-enough"}
    codes = [client.post(reverse("password"), sent).status_code for _time in range(6)]
    assert codes == [422, 422, 422, 422, 429, 429]
    cast.clerk.refresh_from_db()
    assert cast.clerk.check_password(base.PASSWORD)
