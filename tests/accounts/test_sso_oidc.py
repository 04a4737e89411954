"""Single sign-on by OpenID Connect against a real small provider, and attacks on it."""

import base64
import hmac
import html
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import oidc, outgoing, second_factor
from accounts.single_sign_on import SIGNED_IN
from sectors.models import User
from tests import base
from tests.accounts.codes import give_phone, sign_in
from tests.accounts.providers import CLIENT, KEY, OTHER_KEY, SECRET, OpenId, as_json, at_provider, query, running

pytestmark = pytest.mark.django_db

BEGIN, CALLBACK = reverse("oidc"), reverse("oidc-callback")
UNCONFIRMED = "统一身份认证平台没有确认本次登录"


@pytest.fixture
def provider(settings):
    cache.clear()
    with running(OpenId) as provider:
        settings.OIDC_ISSUER = provider.url
        settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
        yield provider


def go(client, **begun):
    """Begin, sign in at the provider, and come back."""
    return client.get(at_provider(client.get(BEGIN, begun)["Location"]))


def who(client):
    key = client.session.get(SESSION_KEY)
    return User.objects.get(pk=key).username if key else None


def is_refused(client, answer, sentence=UNCONFIRMED):
    assert answer.status_code == 403
    assert sentence in base.html(answer)
    return who(client) is None


def test_off_by_default_there_is_no_address(client, cast):
    for name in ("oidc", "oidc-callback", "cas", "cas-callback"):
        assert client.get(reverse(name)).status_code == 404
    assert BEGIN not in base.html(client.get(reverse("login")))


def test_page_to_sign_in_leads_there_and_back(client, cast, provider, settings):
    settings.OIDC_BUTTON = "伊犁州统一登录"
    page = base.html(client.get(reverse("login"), {"next": "/submissions/?a=1&b=2"}))
    assert f'<a class="button" href="{BEGIN}?next=%2Fsubmissions%2F%3Fa%3D1%26b%3D2">伊犁州统一登录</a>' in page
    answer = go(client, next="/submissions/?a=1&b=2")
    assert answer["Location"] == "/submissions/?a=1&b=2"
    assert who(client) == "clerk"
    assert client.get(reverse("help")).status_code == 200


def test_it_asks_with_pkce_state_and_nonce(client, cast, provider):
    sent = [query(client.get(BEGIN)["Location"]) for _time in range(2)]
    assert {one["code_challenge_method"] for one in sent} == {"S256"}
    for name in ("state", "nonce", "code_challenge"):
        assert len({one[name] for one in sent}) == 2
        assert len(sent[0][name]) >= 32


def test_session_before_is_another(client, cast, provider):
    client.get(BEGIN)
    before = client.session.session_key
    go(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("methods", [["client_secret_post"], ["client_secret_basic"], None])
def test_client_shows_its_secret_as_the_provider_wants(client, cast, provider, methods):
    provider.description = {"token_endpoint_auth_methods_supported": methods} if methods else {}
    assert go(client).status_code == 302


def test_name_that_the_token_has_not_comes_from_userinfo(client, cast, provider):
    provider.claims = {"preferred_username": None}
    go(client)
    assert who(client) == "clerk"
    assert "/userinfo" in provider.asked


def test_userinfo_of_somebody_else_is_refused(client, cast, provider):
    provider.claims, provider.info = {"preferred_username": None}, {"sub": "8"}
    assert is_refused(client, go(client))


def test_claim_of_the_setting_names_the_account(client, cast, provider, settings):
    settings.OIDC_CLAIM = "employee"
    provider.claims = {"employee": "head"}
    go(client)
    assert who(client) == "head"


def test_nobody_is_made_and_nothing_is_changed(client, cast, provider):
    everyone = User.objects.order_by("pk").values(
        "pk", "username", "role", "department", "is_staff", "is_superuser", "email"
    )
    before = list(everyone)
    provider.claims = {"role": "admin", "email": "x@example.cn", "groups": ["admin"], "is_superuser": True}
    go(client)
    provider.name = "stranger"
    go(Client())
    assert list(everyone) == before


@pytest.mark.parametrize("name", ["stranger", "Clerk", "CLERK", "clerk ", "ｃｌｅｒｋ", "c%", "clerk\0", "x" * 5000])
def test_who_has_no_account_of_this_name_is_told_so(client, cast, provider, name):
    provider.name = name
    assert is_refused(client, go(client), "请联系管理员开通")


@pytest.mark.parametrize("name", ["", 7, ["clerk"], {"a": 1}, True])
def test_what_is_no_name_is_refused(client, cast, provider, name):
    provider.name = name
    assert is_refused(client, go(client), "没有给出用户名")


def test_names_that_differ_in_capitals_are_nobodys(client, cast, provider):
    base.user("clerk", cast.market, "CLERK")
    assert is_refused(client, go(client), "不止一个")


def test_account_that_is_switched_off_stays_so(client, cast, provider):
    User.objects.filter(username="clerk").update(is_active=False)
    assert is_refused(client, go(client), "已停用")


HOUR = 3600


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-site"},
        {"aud": None},
        {"aud": [CLIENT, "another-site"], "azp": "another-site"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": -HOUR},
        {"exp": None},
        {"iat": HOUR},
        {"nbf": HOUR},
        {"sub": None},
    ],
    ids=str,
)
def test_token_that_is_not_for_this_sign_in_is_refused(client, cast, provider, claims):
    """Moments are from now on: a time in the name of a test is another one for each process that collects it."""
    provider.claims = {
        name: value + int(time.time()) if name in ("exp", "iat", "nbf") and value else value
        for name, value in claims.items()
    }
    assert is_refused(client, go(client))


def hs256_with_the_public_key(claims):
    """By hand, for the library would not sign so."""
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "typ": "JWT", "kid": "one"}, claims)
    )
    signature = hmac.digest(public, head + b"." + body, "sha256")
    return b".".join((head, body, base64.urlsafe_b64encode(signature).rstrip(b"="))).decode()


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: jwt.encode(claims, OTHER_KEY, "RS256", headers={"kid": "one"}),
        lambda claims: jwt.encode(claims, OTHER_KEY, "RS256", headers={"kid": "two"}),
        lambda claims: jwt.encode(claims, KEY, "RS512", headers={"kid": "one"}),
        lambda claims: jwt.encode(claims, "", "none", headers={"kid": "one"}),
        lambda claims: jwt.encode(claims, SECRET * 2, "HS256", headers={"kid": "one"}),
        hs256_with_the_public_key,
        lambda claims: jwt.encode(claims, KEY, "RS256", headers={"kid": "one"})[:-8],
        lambda claims: "no.token.at-all",
        lambda claims: None,
        lambda claims: 7,
    ],
    ids=["another key", "unknown key", "RS512", "none", "secret", "public key", "cut", "nonsense", "no", "number"],
)
def test_token_that_the_provider_did_not_sign_is_refused(client, cast, provider, sign):
    provider.sign = sign
    assert is_refused(client, go(client))


def test_state_of_another_session_is_refused(client, cast, provider):
    """Somebody lets another sign in as them, who then enters what is theirs."""
    theirs = at_provider(Client().get(BEGIN)["Location"])
    client.get(BEGIN)
    assert is_refused(client, client.get(theirs), "不是在此浏览器中开始的")
    assert "/token" not in provider.asked


@pytest.mark.parametrize("sent", [{}, {"code": "x"}, {"state": "x"}, {"code": "x", "state": ""}])
def test_nobody_comes_back_who_did_not_go(client, cast, provider, sent):
    assert is_refused(client, client.get(CALLBACK, sent), "不是在此浏览器中开始的")


def test_way_back_is_gone_once(client, cast, provider):
    back = at_provider(client.get(BEGIN)["Location"])
    assert client.get(back).status_code == 302
    client.post(reverse("logout"))
    assert is_refused(client, client.get(back), "不是在此浏览器中开始的")


def test_way_back_is_gone_though_nobody_was_signed_in(client, cast, provider):
    back = at_provider(client.get(BEGIN)["Location"])
    provider.instead = {"/token": (500, "text/plain", "", {})}
    assert is_refused(client, client.get(back))
    provider.instead = {}
    assert is_refused(client, client.get(back), "不是在此浏览器中开始的")


def test_code_that_was_used_is_refused_by_the_provider(client, cast, provider):
    first = at_provider(client.get(BEGIN)["Location"])
    code = query(first)["code"]
    client.get(first)
    other = Client()
    state = query(other.get(BEGIN)["Location"])["state"]
    assert is_refused(other, other.get(CALLBACK, {"code": code, "state": state}))


def test_code_of_another_sign_in_does_not_fit_the_verifier(client, cast, provider):
    code = query(at_provider(Client().get(BEGIN)["Location"]))["code"]
    state = query(client.get(BEGIN)["Location"])["state"]
    assert is_refused(client, client.get(CALLBACK, {"code": code, "state": state}))


def test_sign_in_that_was_begun_long_ago_is_over(client, cast, provider):
    back = at_provider(client.get(BEGIN)["Location"])
    session = client.session
    states = session["oidc_states"]
    for begun in states.values():
        begun["added_on"] -= 3600
    session["oidc_states"] = states
    session.save()
    assert is_refused(client, client.get(back), "已经结束")


def test_who_is_refused_at_the_provider_is_told_so(client, cast, provider):
    state = query(client.get(BEGIN)["Location"])["state"]
    assert is_refused(client, client.get(CALLBACK, {"error": "access_denied", "state": state}))


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_stays_on_the_site(client, cast, provider, address):
    assert go(client, next=address)["Location"] == reverse("home")


def test_provider_that_is_down_leaves_the_password(client, cast, provider):
    provider.stop()
    answer = client.get(BEGIN)
    assert answer.status_code == 503
    assert "暂时没有响应" in base.html(answer)
    assert "用户名和密码" in base.html(answer)
    assert sign_in(client, cast.clerk).status_code == 302
    assert who(client) == "clerk"


def test_provider_may_go_down_in_between(client, cast, provider):
    back = at_provider(client.get(BEGIN)["Location"])
    provider.stop()
    assert client.get(back).status_code == 503
    assert who(client) is None


@pytest.mark.parametrize("path", ["/token", "/keys", "/.well-known/openid-configuration"])
def test_provider_that_does_not_answer_is_not_waited_for(client, cast, provider, monkeypatch, path):
    monkeypatch.setattr(outgoing, "TIMEOUT", 0.3)
    page = provider.page

    def slow(asked, sent, headers):
        if asked == path:
            time.sleep(1.5)
        return page(asked, sent, headers)

    provider.page = slow
    begun = time.monotonic()
    answer = client.get(BEGIN)
    if answer.status_code == 302:
        answer = client.get(at_provider(answer["Location"]))
    assert answer.status_code == 503
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize("path", ["/token", "/keys", "/userinfo"])
@pytest.mark.parametrize(
    "instead",
    [
        (302, "text/plain", "", {"Location": "/elsewhere"}),
        (307, "text/plain", "", {"Location": "/elsewhere"}),
        (500, "text/plain", "", {}),
        (200, "text/html", "<html>", {}),
        as_json([]),
        as_json({}),
        as_json({"keys": [7]}),
        as_json({"keys": 7}),
        as_json({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]}),
    ],
    ids=["302", "307", "500", "HTML", "list", "empty", "number", "no keys", "secret key"],
)
def test_no_other_answer_of_the_provider_is_taken(client, cast, provider, path, instead):
    """Nor is a redirect followed: it would carry secrets elsewhere."""
    provider.claims = {"preferred_username": None}
    provider.instead = {path: instead}
    answer = go(client)
    assert answer.status_code in (403, 503)
    assert who(client) is None
    assert "/elsewhere" not in provider.asked


@pytest.mark.parametrize("described", [{"issuer": "https://evil.example"}, {"token_endpoint": None}, {"jwks_uri": 7}])
def test_provider_that_describes_itself_otherwise_is_not_asked(client, cast, provider, described):
    provider.description = described
    assert is_refused(client, client.get(BEGIN))


def test_second_step_comes_after_it(client, cast, provider):
    phone, _codes = give_phone(cast.clerk)
    go(client)
    assert client.get(reverse("help"))["Location"].startswith(reverse("second-step"))
    client.post(reverse("second-step"), {"code": phone.code()})
    assert client.get(reverse("help")).status_code == 200


def test_provider_may_count_as_second_factor(client, cast, provider, settings):
    settings.SSO_IS_SECOND_FACTOR, settings.SECOND_FACTOR_ROLES = True, ["clerk"]
    give_phone(cast.clerk)
    go(client)
    assert client.get(reverse("help")).status_code == 200
    settings.SSO_IS_SECOND_FACTOR = False
    assert client.get(reverse("help")).status_code == 302


def test_password_does_not_count_as_second_factor_then(client, cast, provider, settings):
    settings.SSO_IS_SECOND_FACTOR = True
    give_phone(cast.clerk)
    sign_in(client, cast.clerk)
    assert client.get(reverse("help"))["Location"].startswith(reverse("second-step"))


def test_only_administrators_may_use_a_password_where_it_says_so(client, cast, provider, settings):
    settings.PASSWORD_SIGN_IN = "admins"
    assert "只有管理员使用密码登录" in base.html(client.get(reverse("login")))
    assert sign_in(client, cast.clerk).status_code == 200
    assert who(client) is None
    go(client)
    assert who(client) == "clerk"
    sign_in(Client(), cast.admin)
    administrator = Client()
    assert sign_in(administrator, cast.admin).status_code == 302


def test_who_has_no_password_sets_up_just_after_signing_in(client, cast, provider):
    cast.clerk.set_unusable_password()
    cast.clerk.save()
    go(client)
    page = base.html(client.get(reverse("second-factor-setup")))
    assert 'name="password"' not in page
    session = client.session
    session[SIGNED_IN] = {**session[SIGNED_IN], "at": time.time() - 3600}
    session.save()
    assert client.get(reverse("second-factor-setup")).status_code == 403
    assert client.post(reverse("second-factor-setup"), {"code": "1"}).status_code == 403
    assert not TOTPDevice.objects.exists()
    assert second_factor.device_of(cast.clerk) is None


def test_signing_out_ends_it_here_only(client, cast, provider):
    go(client)
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert who(client) is None


@pytest.mark.parametrize("page", ["logout", "admin:logout"])
def test_signing_out_at_the_provider_too(client, cast, provider, settings, page):
    provider.name = "admin"
    settings.SSO_LOGOUT = True
    go(client)
    token = client.session[SIGNED_IN]["id_token"]
    answer = client.post(reverse(page))
    address = answer.context["address"]
    assert f'url={html.escape(address)}"' in answer.content.decode()
    assert address.startswith(f"{provider.url}/end?")
    back = f"http://testserver{reverse('login')}"
    assert query(address) == {"id_token_hint": token, "client_id": CLIENT, "post_logout_redirect_uri": back}
    assert who(client) is None


def test_signing_out_works_while_the_provider_is_down(client, cast, provider, settings):
    settings.SSO_LOGOUT = True
    go(client)
    cache.clear()
    provider.stop()
    assert client.post(reverse("logout"))["Location"] == reverse("login")
    assert who(client) is None


def test_who_came_by_password_signs_out_here(client, cast, provider, settings):
    settings.SSO_LOGOUT = True
    sign_in(client, cast.clerk)
    assert client.post(reverse("logout"))["Location"] == reverse("login")


def test_description_is_asked_for_once_an_hour(client, cast, provider):
    go(client)
    go(Client())
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    assert oidc.description()["issuer"] == provider.url
