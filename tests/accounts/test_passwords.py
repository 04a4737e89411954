"""What a password must be, and when another one must be chosen."""

import datetime

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import passwords
from accounts.models import Password
from sectors.models import User
from tests import base

pytestmark = pytest.mark.django_db

GOOD = "Kx7-steppe-wind"
BETTER = "Two-Rivers-4-me"


def choose(client, new, old=base.PASSWORD, again=None):
    sent = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(reverse("password"), sent)


def sign_in(person, password=base.PASSWORD):
    client = Client()
    return client, client.post(reverse("login"), {"username": person.username, "password": password})


@pytest.mark.parametrize(
    "password",
    [
        "Kx7-wind",  # short
        "kx7steppewind",  # of two kinds only
        "13572468135724",
        *("Abc@123456", "Admin@12345", "1qaz@WSX3edc", "!QAZ2wsx#EDC", "P@ssw0rd2024", "Qwer1234!@#$", "Tekesi@2026"),
        *("Zhijianju#2025", "Aa1!Aa1!aaaa1111", "Passw0rd!!!!", "Market@20261", "Huocheng@2026"),
        "Clerk-2023-clerk",  # like the user name
    ],
)
def test_what_everybody_tries_first_is_no_password(cast, settings, password):
    settings.PASSWORD_WORDS = ["huocheng"]
    with pytest.raises(ValidationError):
        validate_password(password, cast.clerk)


@pytest.mark.parametrize("password", [GOOD, BETTER, "春风又绿江南岸Ab1", "j4W.q9Zt-mB2", "Wanghong-7-apples"])
def test_what_nobody_tries_is_one(cast, password):
    validate_password(password, cast.clerk)


def test_the_rules_are_settings(cast, settings):
    with pytest.raises(ValidationError):
        validate_password("steppe wind and rain", cast.clerk)
    settings.PASSWORD_KINDS = 2
    validate_password("steppe wind and rain", cast.clerk)


def test_everybody_changes_their_password_on_a_page(client, cast):
    client.force_login(cast.clerk)
    assert choose(client, GOOD).status_code == 302
    assert client.get(reverse("home"), follow=True).status_code == 200
    assert sign_in(cast.clerk, GOOD)[1].status_code == 302


@pytest.mark.parametrize(
    ("new", "old", "again", "told"),
    [
        (GOOD, "wrong", None, "当前密码不正确"),
        (GOOD, base.PASSWORD, BETTER, "不一致"),
        ("Abc@123456", base.PASSWORD, None, "最先被人猜到"),
        (base.PASSWORD, base.PASSWORD, None, "最近"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_changes_nothing(client, cast, new, old, again, told):
    client.force_login(cast.clerk)
    answer = choose(client, new, old, again)
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    cast.clerk.refresh_from_db()
    assert cast.clerk.check_password(base.PASSWORD)


def test_the_last_passwords_are_not_chosen_again(client, cast, settings):
    settings.PASSWORD_HISTORY = 2
    client.force_login(cast.clerk)
    for old, new in [(base.PASSWORD, GOOD), (GOOD, BETTER)]:
        assert choose(client, new, old).status_code == 302
    assert choose(client, GOOD, BETTER).status_code == 422
    assert choose(client, "Third-1-of-them", BETTER).status_code == 302
    assert choose(client, GOOD, "Third-1-of-them").status_code == 302
    assert Password.objects.filter(person=cast.clerk).count() == 2


def test_a_one_time_password_opens_nothing_but_the_choice_of_ones_own(cast):
    given = passwords.give_one_time(cast.clerk)
    client, answer = sign_in(cast.clerk, given)
    assert answer.status_code == 302
    for name in ("home", "account", "help", "search", "deputy", "notices"):
        assert client.get(reverse(name)).headers["Location"] == reverse("password"), name
    for address in ("/admin/", "/registry/nowhere"):
        assert client.get(address).status_code in (302, 404)
    part = client.get(reverse("home"), headers={"HX-Request": "true"})
    assert part.headers["HX-Redirect"] == reverse("password")
    sheet = base.submission(cast.county)
    saved = client.post(reverse("cells", args=[sheet.pk]), "{}", content_type="application/json")
    assert (saved.status_code, "密码" in saved.json()["error"]) == (403, True)
    page = client.get(reverse("password"))
    assert "只能用于" in page.content.decode()
    assert choose(client, GOOD, given).status_code == 302
    assert client.get(reverse("account")).status_code == 200
    client, _answer = sign_in(cast.clerk, GOOD)
    assert client.get(reverse("account")).status_code == 200


def test_a_one_time_password_is_not_kept_as_ones_own(cast):
    given = passwords.give_one_time(cast.clerk)
    client, _answer = sign_in(cast.clerk, given)
    assert choose(client, given, given).status_code == 422
    assert client.get(reverse("home")).headers["Location"] == reverse("password")


def test_a_one_time_password_runs_out(cast):
    given = passwords.give_one_time(cast.clerk)
    Password.objects.filter(person=cast.clerk).update(expires_at=timezone.now() - datetime.timedelta(minutes=1))
    _client, answer = sign_in(cast.clerk, given)
    assert (answer.status_code, "已失效" in answer.content.decode()) == (200, True)
    _client, wrong = sign_in(cast.clerk, "wrong")
    assert "已失效" not in wrong.content.decode()


def test_a_one_time_password_is_another_each_time_and_easy_to_read(cast):
    given = {passwords.give_one_time(cast.clerk) for _time in range(20)}
    assert len(given) == 20
    assert not set("".join(given)) & set("01oiIlO")


def test_the_quick_hash_of_a_one_time_password_is_made_a_slow_one(cast, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    given = passwords.give_one_time(cast.clerk)
    assert int(cast.clerk.password.split("$")[1]) == passwords.ITERATIONS
    sign_in(cast.clerk, given)
    cast.clerk.refresh_from_db()
    assert int(cast.clerk.password.split("$")[1]) > 10 * passwords.ITERATIONS
    assert passwords.why_to_change(cast.clerk) == "first"


def test_a_password_grows_old_where_a_setting_says_so(cast, settings):
    long_ago = timezone.now() - datetime.timedelta(days=91)
    Password.objects.create(person=cast.clerk, hash=cast.clerk.password, set_at=long_ago)
    client, _answer = sign_in(cast.clerk)
    assert client.get(reverse("account")).status_code == 200
    settings.PASSWORD_MAX_AGE_DAYS = 90
    client, _answer = sign_in(cast.clerk)
    assert client.get(reverse("account")).headers["Location"] == reverse("password")
    assert "使用时间过长" in client.get(reverse("password")).content.decode()
    assert choose(client, GOOD).status_code == 302
    assert client.get(reverse("account")).status_code == 200


def test_people_from_before_are_not_forced_and_their_age_counts_from_their_next_sign_in(cast, settings):
    settings.PASSWORD_MAX_AGE_DAYS = 90
    client, _answer = sign_in(cast.clerk)
    assert client.get(reverse("account")).status_code == 200
    assert Password.objects.get().person == cast.clerk


def test_the_first_administrator_signs_in_with_the_password_of_the_command(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", GOOD)
    call_command("createsuperuser", interactive=False, username="first")
    client, _answer = sign_in(User.objects.get(), GOOD)
    assert client.get(reverse("account")).status_code == 200
