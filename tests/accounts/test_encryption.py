"""Secrets of second factors in the database: of no use without SECRET_KEY, and moved on when that is changed."""

from base64 import b32encode

import pytest
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.models import SECOND_FACTOR as WHAT
from accounts.models import SecondFactor, Session
from config.encryption import Unreadable, decrypted, encrypted
from tests import base
from tests.accounts.codes import Phone, give_phone, sign_in, wait
from tests.migrating import latest, migrate

SECRET = bytes(range(20))
STEP, SETUP = reverse("second-step"), reverse("second-factor-setup")
BEFORE, AFTER = [("accounts", "0002_second_factor")], [("accounts", "0003_encrypt_second_factors")]


def renew_key(settings, *, keep):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY] if keep else []
    settings.SECRET_KEY = "another-key-for-the-tests-only"


def test_what_is_encrypted_is_read_by_its_owner_only():
    text = encrypted(SECRET, WHAT, 7)
    assert decrypted(text, WHAT, 7) == SECRET
    assert len(text) == 64  # fits into the column of django-otp
    assert text != encrypted(SECRET, WHAT, 7)
    with pytest.raises(Unreadable):
        decrypted(text, WHAT, 8)
    with pytest.raises(Unreadable):
        decrypted(text, "robot", 7)


@pytest.mark.parametrize("text", ["", "AAAA", SECRET.hex(), "不是密文", "=" * 64, "A" * 64])
def test_what_cannot_be_read_is_said_to_be_so(text):
    with pytest.raises(Unreadable):
        decrypted(text, WHAT, 7)


def test_a_former_key_still_reads(settings):
    text = encrypted(SECRET, WHAT, 7)
    renew_key(settings, keep=True)
    assert decrypted(text, WHAT, 7) == SECRET
    renew_key(settings, keep=False)
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable):
        decrypted(text, WHAT, 7)


@pytest.mark.django_db
def test_the_database_makes_no_codes(client, cast):
    phone, _codes = give_phone(cast.clerk)
    (row,) = TOTPDevice.objects.values()
    assert phone.secret not in str(row)
    client.force_login(cast.head)
    client.get(SETUP)
    kept = Session.objects.get(person=cast.head).get_decoded()
    shown = client.get(SETUP).context["secret"]["text"].replace(" ", "")
    assert kept["second_factor_secret"]
    assert shown not in str(kept)
    assert b32encode(decrypted(kept["second_factor_secret"], WHAT, cast.head.pk)).decode() == shown


@pytest.mark.django_db
def test_the_row_of_another_is_of_no_use(client, cast):
    """Who may write into the database gets in as nobody else by a copy of an own row."""
    phone, _codes = give_phone(cast.clerk)
    give_phone(cast.head)
    TOTPDevice.objects.filter(user=cast.head).update(key=TOTPDevice.objects.get(user=cast.clerk).key)
    sign_in(client, cast.head)
    assert client.post(STEP, {"code": phone.code()}).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["app", "recovery"])
def test_people_sign_in_with_a_former_key(client, cast, settings, typed):
    phone, codes = give_phone(cast.clerk)
    before = SecondFactor.objects.get().key
    renew_key(settings, keep=True)
    sign_in(client, cast.clerk)
    assert client.post(STEP, {"code": phone.code() if typed == "app" else codes[4]}).status_code == 302
    if typed == "recovery":
        assert StaticToken.objects.count() == len(codes) - 1
        return
    settings.SECRET_KEY_FALLBACKS = []
    assert SecondFactor.objects.get().key != before
    assert SecondFactor.objects.get().bin_key.hex() == phone.secret  # encrypted anew: the former key may go


@pytest.mark.django_db
def test_a_lost_key_is_said_and_mended_by_a_reset(client, cast, settings):
    phone, codes = give_phone(cast.clerk)
    renew_key(settings, keep=False)
    sign_in(client, cast.clerk)
    answer = client.post(STEP, {"code": phone.code()})
    assert answer.status_code == 422
    assert "请管理员重置您的双因素验证" in base.html(answer)
    assert TOTPDevice.objects.get().throttling_failure_count == 0  # it was no guess
    assert client.post(STEP, {"code": codes[0]}).status_code == 422
    second_factor.reset([cast.clerk])
    sign_in(client, cast.clerk)
    secret = second_factor.new_secret()
    second_factor.set_up(person=cast.clerk, secret=secret, typed=Phone(secret).code(-1))
    wait(cast.clerk)
    sign_in(client, cast.clerk)
    assert client.post(STEP, {"code": Phone(secret).code()}).status_code == 302


@pytest.fixture
def migrated_again():
    yield
    latest()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("migrated_again")
def test_migration_encrypts_and_decrypts(cast):
    apps = migrate(BEFORE)
    model = apps.get_model("otp_totp", "TOTPDevice")
    people = (cast.clerk, cast.head)
    for person in people:
        model.objects.create(user_id=person.pk, name="TOTP", key=SECRET.hex())
    migrate(AFTER)
    assert [device.bin_key for device in SecondFactor.objects.all()] == [SECRET, SECRET]
    assert not SecondFactor.objects.filter(key=SECRET.hex()).exists()
    SecondFactor.objects.filter(user=cast.head).update(key=encrypted(SECRET, WHAT, 0))  # under a key that is lost
    migrate(BEFORE)
    assert list(TOTPDevice.objects.values_list("user", "key")) == [(cast.clerk.pk, SECRET.hex())]
    migrate(AFTER)
