"""Setting up a second factor, signing in with it, and being without it."""

import re
from base64 import b32decode

import pytest
from django.conf import settings as project
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import passwords, second_factor
from sectors.vocabulary import Role
from tests import base
from tests.accounts.codes import Phone, give_phone, sign_in, wait

pytestmark = pytest.mark.django_db
NEW = "Shuili-2049-xin"

STEP, SETUP, PAGE, OFF, CODES = (
    reverse(name)
    for name in ("second-step", "second-factor-setup", "second-factor", "second-factor-off", "second-factor-codes")
)


@pytest.fixture
def phone(cast):
    """Of the clerk."""
    return give_phone(cast.clerk)[0]


def text(answer):
    return base.html(answer)


def step(client, code, **data):
    return client.post(STEP, {"code": code, **data})


def is_signed_in(client):
    return client.get(reverse("help")).status_code == 200


def shown_secret(client):
    (found,) = re.findall(r'<code class="secret">([A-Z2-7 ]+)</code>', text(client.get(SETUP)))
    return found


def set_up(client, password=base.PASSWORD):
    """What a person does on the page: read the secret, type the code."""
    phone = Phone(b32decode(shown_secret(client).replace(" ", "")).hex())
    return phone, client.post(SETUP, {"password": password, "code": phone.code()})


def test_without_it_a_password_signs_in(client, cast):
    assert sign_in(client, cast.clerk)["Location"] == "/"
    assert is_signed_in(client)


def test_set_up_shows_a_secret_and_then_the_recovery_codes(client, cast):
    client.force_login(cast.clerk)
    page = text(client.get(SETUP))
    assert 'src="data:image/svg+xml' in page
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    _phone, answer = set_up(client)
    codes = re.findall(r"<code>(\d{4} \d{4} \d{4})</code>", text(answer))
    assert len(set(codes)) == 10
    assert "no-store" in answer["Cache-Control"]
    assert is_signed_in(client)  # this session has shown a code
    assert "还剩10个恢复码" in text(client.get(PAGE))
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert not kept & {code.replace(" ", "") for code in codes}


def test_looking_at_the_page_again_shows_the_same_secret(client, cast):
    client.force_login(cast.clerk)
    assert shown_secret(client) == shown_secret(client)
    assert not TOTPDevice.objects.exists()


@pytest.mark.parametrize(
    ("password", "code", "sentence"),
    [
        ("wrong", None, "这不是您的密码"),
        ("", None, "请输入密码"),
        (base.PASSWORD, "000000", "这不是应用现在显示的验证码"),
        (base.PASSWORD, "", "请输入验证码"),
        (base.PASSWORD, "十二", "这不是应用现在显示的验证码"),
    ],
)
def test_nothing_counts_before_password_and_code_are_right(client, cast, monkeypatch, password, code, sentence):
    monkeypatch.setattr(second_factor, "new_secret", lambda: "00" * 20)
    client.force_login(cast.clerk)
    answer = client.post(SETUP, {"password": password, "code": Phone("00" * 20).code() if code is None else code})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not TOTPDevice.objects.exists()


def test_second_step_comes_after_the_password(client, cast, phone):
    answer = sign_in(client, cast.clerk, next="/submissions/")
    assert client.get(answer["Location"])["Location"] == f"{STEP}?next=%2Fsubmissions%2F"
    page = text(client.get(STEP, {"next": "/submissions/"}))
    assert 'autocomplete="one-time-code"' in page
    before = client.session.session_key
    assert step(client, phone.code(), next="/submissions/")["Location"] == "/submissions/"
    assert client.session.session_key != before
    assert is_signed_in(client)


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}-{1} ", "{0}{1}\t"])
def test_code_is_understood_as_it_is_written(client, cast, phone, typed):
    sign_in(client, cast.clerk)
    code = phone.code()
    assert step(client, typed.format(code[:3], code[3:])).status_code == 302


def test_full_width_digits_are_digits(client, cast, phone):
    sign_in(client, cast.clerk)
    assert step(client, "".join(chr(ord(digit) + 0xFEE0) for digit in phone.code())).status_code == 302


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_next_stays_on_the_site(client, cast, phone, address):
    sign_in(client, cast.clerk)
    assert step(client, phone.code(), next=address)["Location"] == "/"


def test_code_signs_in_once(client, cast, phone):
    sign_in(client, cast.clerk)
    code = phone.code()
    assert step(client, code).status_code == 302
    thief = Client()
    sign_in(thief, cast.clerk)
    answer = step(thief, code)
    assert answer.status_code == 422
    assert "已经用过" in text(answer)
    assert not is_signed_in(thief)


@pytest.mark.parametrize(("steps", "is_taken"), [(-1, True), (0, True), (1, True), (-2, False), (2, False)])
def test_phone_may_be_off_by_one_step(client, cast, steps, is_taken):
    phone, _codes = give_phone(cast.clerk)
    TOTPDevice.objects.update(last_t=-1)
    sign_in(client, cast.clerk)
    assert (step(client, phone.code(steps)).status_code == 302) == is_taken


def test_wrong_codes_have_to_wait(client, cast, phone):
    sign_in(client, cast.clerk)
    for _try in range(3):
        wait(cast.clerk)
        assert step(client, "000000").status_code == 422
    answer = step(client, phone.code())
    assert "验证码输错次数过多" in text(answer)
    assert not is_signed_in(client)
    wait(cast.clerk)
    assert step(client, phone.code()).status_code == 302


def test_somebody_elses_code_is_wrong(client, cast, phone):
    give_phone(cast.head)
    sign_in(client, cast.head)
    assert step(client, phone.code()).status_code == 422


def test_recovery_code_signs_in_once(client, cast):
    _phone, codes = give_phone(cast.clerk)
    sign_in(client, cast.clerk)
    assert step(client, codes[3]).status_code == 302
    assert "还剩9个" in text(client.get(PAGE))
    again = Client()
    sign_in(again, cast.clerk)
    assert step(again, codes[3]).status_code == 422
    assert not is_signed_in(again)


def test_recovery_code_of_somebody_else_is_wrong(client, cast):
    _phone, codes = give_phone(cast.clerk)
    give_phone(cast.head)
    sign_in(client, cast.head)
    assert step(client, codes[0]).status_code == 422


def test_recovery_code_gets_in_while_wrong_codes_wait(client, cast):
    _phone, codes = give_phone(cast.clerk)
    TOTPDevice.objects.update(throttling_failure_count=20, throttling_failure_timestamp="2100-01-01T00:00Z")
    sign_in(client, cast.clerk)
    assert step(client, codes[0]).status_code == 302
    assert TOTPDevice.objects.get().throttling_failure_count == 0


@pytest.mark.parametrize(
    "name", ["home", "help", "submissions", "second-factor", "second-factor-off", "notices", "search"]
)
def test_nobody_is_signed_in_before_the_code(client, cast, phone, name):
    sign_in(client, cast.clerk)
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(STEP)
    assert client.post(reverse(name), {"x": "1"})["Location"] == STEP
    htmx = client.get(reverse(name), headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/help/"})
    assert htmx["HX-Redirect"] == f"{STEP}?next=%2Fhelp%2F"
    assert htmx.content == b""


def test_script_hears_that_nobody_is_signed_in(client, cast, phone):
    sheet = base.submission(cast.county)
    sign_in(client, cast.clerk)
    answer = client.post(reverse("cells", args=[sheet.pk]), "{}", content_type="application/json")
    assert answer.status_code == 401


def test_page_that_is_not_there_names_nobody(client, cast, phone):
    sign_in(client, cast.clerk)
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "退出登录" not in text(answer)


def test_administration_asks_too(client, cast):
    phone, _codes = give_phone(cast.admin)
    sign_in(client, cast.admin)
    assert client.get(reverse("admin:index"))["Location"] == f"{STEP}?next=%2Fadmin%2F"
    assert step(client, phone.code(), next="/admin/")["Location"] == "/admin/"
    assert client.get(reverse("admin:index")).status_code == 200


def test_somebody_else_can_sign_in_instead(client, cast, phone):
    sign_in(client, cast.clerk)
    client.post(reverse("logout"))
    assert SESSION_KEY not in client.session
    sign_in(client, cast.clerk)
    sign_in(client, cast.head)
    assert "head" in text(client.get(reverse("help")))


def test_set_up_reaches_sessions_that_are_open(client, cast):
    """Of a thief, say, who knows the password."""
    elsewhere = Client()
    sign_in(elsewhere, cast.clerk)
    assert is_signed_in(elsewhere)
    client.force_login(cast.clerk)
    set_up(client)
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_another_device_is_asked_for_anew(client, cast, phone):
    sign_in(client, cast.clerk)
    step(client, phone.code())
    second_factor.reset([cast.clerk])
    give_phone(cast.clerk)
    assert not is_signed_in(client)


def test_turning_off_asks_for_password_and_code(client, cast, phone):
    sign_in(client, cast.clerk)
    step(client, phone.code())
    for password, code in (("wrong", phone.code(1)), (base.PASSWORD, "000000"), (base.PASSWORD, "")):
        assert client.post(OFF, {"password": password, "code": code}).status_code == 422
        wait(cast.clerk)
    assert TOTPDevice.objects.count() == 1
    assert client.post(OFF, {"password": base.PASSWORD, "code": phone.code(1)}).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert is_signed_in(client)


def test_new_recovery_codes_end_the_old_ones(client, cast):
    phone, old = give_phone(cast.clerk)
    sign_in(client, cast.clerk)
    step(client, phone.code())
    assert client.post(CODES, {"password": "wrong", "code": phone.code(1)}).status_code == 422
    new = re.findall(
        r"<code>([\d ]+)</code>", text(client.post(CODES, {"password": base.PASSWORD, "code": phone.code(1)}))
    )
    assert len(new) == 10
    again = Client()
    sign_in(again, cast.clerk)
    assert step(again, old[0]).status_code == 422
    wait(cast.clerk)
    assert step(again, new[0]).status_code == 302


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_ROLES = ["admin", "office"]


def test_roles_of_the_setting_are_those_that_there_are():
    source = (project.BASE_DIR / "config/settings.py").read_text(encoding="utf-8")
    (listed,) = re.findall(r'choices\(\s*"SECOND_FACTOR_ROLES", \[(.*?)\]', source)
    assert {word.strip('" ') for word in listed.split(",")} == set(Role.values)


def test_required_role_gets_to_the_set_up_only(client, cast, required):
    client.force_login(cast.office)
    for address in (reverse("home"), reverse("help"), PAGE, OFF, CODES):
        assert client.get(address)["Location"].startswith(SETUP)
    assert client.post(reverse("read-notices"))["Location"] == SETUP
    assert client.get("/help/", headers={"HX-Request": "true"})["HX-Redirect"] == SETUP
    json = client.post("/help/", "{}", content_type="application/json")
    assert (json.status_code, json.json()["url"]) == (403, SETUP)
    assert client.get("/help/", headers={"Accept": "application/json"}).status_code == 403
    assert client.post(reverse("logout")).status_code == 302


def test_required_role_goes_on_after_the_set_up(client, cast, required):
    client.force_login(cast.office)
    set_up(client)
    assert is_signed_in(client)
    client.post(OFF, {"password": base.PASSWORD, "code": "1"})
    assert client.get(OFF)["Location"] == PAGE
    assert OFF not in text(client.get(PAGE))
    with pytest.raises(second_factor.Refused):
        second_factor.turn_off(cast.office)
    assert TOTPDevice.objects.count() == 1


def test_administration_is_no_way_around(client, cast, required):
    client.force_login(cast.admin)
    assert client.get(reverse("admin:index"))["Location"].startswith(SETUP)


def test_other_roles_are_left_alone(client, cast, required):
    client.force_login(cast.clerk)
    assert is_signed_in(client)


def test_programs_show_their_token_only(client, cast, required):
    from reports.api import tokens

    secret = tokens.make("程序", by=cast.office)[1]
    give_phone(cast.office)
    answer = client.get("/api/v1/indicators", {"year": 2023}, headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200


def test_no_page_asks_the_database_more_for_it(client, cast):
    def asked():
        client.get(reverse("help"))
        return base.queries(lambda: client.get(reverse("help")))

    client.force_login(cast.clerk)
    without = asked()
    set_up(client)
    assert asked() == without


def test_administrator_resets_it_and_it_is_on_record(client, cast):
    give_phone(cast.clerk)
    client.force_login(cast.admin)
    device = TOTPDevice.objects.get()
    listed = text(client.get(reverse("admin:accounts_secondfactor_changelist")))
    assert "clerk" in listed
    assert device.key not in listed + text(client.get(reverse("admin:accounts_secondfactor_change", args=[device.pk])))
    client.post(reverse("admin:accounts_secondfactor_delete", args=[device.pk]), {"post": "yes"})
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr, entry.is_deletion()) == (cast.admin, "clerk", True)


def test_administrator_resets_several(client, cast):
    for person in (cast.clerk, cast.head, cast.leader):
        give_phone(person)
    client.force_login(cast.admin)
    keys = TOTPDevice.objects.filter(user__in=[cast.clerk, cast.head]).values_list("pk", flat=True)
    data = {"action": "delete_selected", "_selected_action": list(keys), "post": "yes"}
    client.post(reverse("admin:accounts_secondfactor_changelist"), data)
    assert [device.user for device in TOTPDevice.objects.all()] == [cast.leader]
    assert LogEntry.objects.count() == 2


def test_nobody_else_resets_it(client, cast):
    give_phone(cast.clerk)
    client.force_login(cast.office)
    address = reverse("admin:accounts_secondfactor_delete", args=[TOTPDevice.objects.get().pk])
    assert client.post(address, {"post": "yes"}).status_code in (302, 403)
    assert TOTPDevice.objects.exists()


def test_administration_shows_no_secret_of_the_package(client, cast):
    client.force_login(cast.admin)
    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert client.get("/admin/otp_static/staticdevice/").status_code == 404


def test_a_code_comes_before_the_choice_of_ones_own_password(client, cast, phone):
    password = passwords.give_one_time(cast.clerk)
    client.post(reverse("login"), {"username": cast.clerk.username, "password": password})
    assert client.get("/", follow=True).redirect_chain[-1][0].startswith(STEP)
    step(client, phone.code())
    assert client.get("/", follow=True).redirect_chain == [(reverse("password"), 302)]


def test_ones_own_password_comes_before_the_set_up(client, cast, required):
    person = cast.admin
    password = passwords.give_one_time(person)
    client.post(reverse("login"), {"username": person.username, "password": password})
    for page in ("/", SETUP):
        assert client.get(page, follow=True).redirect_chain == [(reverse("password"), 302)]
    client.post(reverse("password"), {"old_password": password, "new_password1": NEW, "new_password2": NEW})
    assert client.get("/", follow=True).redirect_chain[-1][0].startswith(SETUP)


def test_a_code_of_the_app_with_a_blank_is_no_recovery_code(client, cast, phone):
    sign_in(client, cast.clerk)
    code = phone.code()
    answer = step(client, f"{code[:3]} {code[3:]}")
    assert is_signed_in(client)
    assert list(get_messages(answer.wsgi_request)) == []
