"""Single sign-on by CAS against a real small server, and attacks on it."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from audit.models import Event
from audit.vocabulary import EventKind
from sectors.models import User
from tests import base
from tests.accounts.codes import give_phone, sign_in
from tests.accounts.providers import Cas, at_provider, query, running

pytestmark = pytest.mark.django_db

BEGIN, CALLBACK = reverse("cas"), reverse("cas-callback")
VIA = "single sign-on"
UNCONFIRMED = "统一身份认证平台没有确认本次登录"
NOT_BEGUN = "不是在此浏览器中开始的"


@pytest.fixture
def server(settings):
    with running(Cas) as server:
        settings.CAS_SERVER_URL = f"{server.url}/"
        yield server


def go(client, **begun):
    return client.get(at_provider(client.get(BEGIN, begun)["Location"]))


def who(client):
    key = client.session.get(SESSION_KEY)
    return User.objects.get(pk=key).username if key else None


def is_refused(client, answer, sentence=UNCONFIRMED):
    assert answer.status_code == 403
    assert sentence in base.html(answer)
    return who(client) is None


def test_page_to_sign_in_leads_there_and_back(client, cast, server):
    assert f'href="{BEGIN}"' in base.html(client.get(reverse("login")))
    assert go(client, next="/submissions/")["Location"] == "/submissions/"
    assert who(client) == "clerk"
    assert client.get(reverse("help")).status_code == 200


def test_nobody_is_made_and_no_attribute_is_applied(client, cast, server):
    everyone = User.objects.order_by("pk").values(
        "pk", "username", "role", "email", "is_staff", "is_superuser", "first_name"
    )
    before = list(everyone)
    server.attributes = "".join(
        f"<cas:{name}>{value}</cas:{name}>"
        for name, value in {"role": "admin", "is_superuser": "True", "is_staff": "True", "email": "x@y.cn"}.items()
    )
    go(client)
    assert who(client) == "clerk"
    server.name = "stranger"
    other = Client()
    assert is_refused(other, go(other), "请联系管理员开通")
    assert list(everyone) == before
    assert "attributes" not in client.session


def test_attribute_of_the_setting_names_the_account(client, cast, server, settings):
    settings.CAS_USERNAME_ATTRIBUTE = "uid"
    server.attributes = "<cas:uid>head</cas:uid>"
    go(client)
    assert who(client) == "head"


@pytest.mark.parametrize("attributes", ["", "<cas:uid>head</cas:uid><cas:uid>clerk</cas:uid>", "<cas:uid/>"])
def test_attribute_that_names_nobody_or_two_is_refused(client, cast, server, settings, attributes):
    settings.CAS_USERNAME_ATTRIBUTE = "uid"
    server.attributes = attributes
    assert is_refused(client, go(client), "没有给出用户名")


def test_account_that_is_switched_off_stays_so(client, cast, server):
    User.objects.filter(username="clerk").update(is_active=False)
    assert is_refused(client, go(client), "已停用")


def test_names_that_differ_in_capitals_are_nobodys(client, cast, server):
    base.user("clerk", cast.market, "CLERK")
    assert is_refused(client, go(client), "不止一个")


def test_ticket_of_another_session_is_refused(client, cast, server):
    theirs = at_provider(Client().get(BEGIN)["Location"])
    client.get(BEGIN)
    assert is_refused(client, client.get(theirs), NOT_BEGUN)
    assert "/p3/serviceValidate" not in server.asked


def test_ticket_of_another_service_is_refused(client, cast, server):
    server.tickets["ST-1"] = "https://another.example/"
    state = query(query(client.get(BEGIN)["Location"])["service"])["state"]
    assert is_refused(client, client.get(CALLBACK, {"state": state, "ticket": "ST-1"}))
    assert "/p3/serviceValidate" in server.asked


def test_ticket_that_was_used_is_refused(client, cast, server):
    back = at_provider(client.get(BEGIN)["Location"])
    assert client.get(back).status_code == 302
    client.post(reverse("logout"))
    assert is_refused(client, client.get(back), NOT_BEGUN)


@pytest.mark.parametrize(
    "sent", [{}, {"ticket": "ST-1"}, {"state": "x", "ticket": "ST-1"}, {"state": "状态", "ticket": "x"}]
)
@pytest.mark.parametrize("has_begun", [True, False])
def test_nobody_comes_back_who_did_not_go(client, cast, server, sent, has_begun):
    if has_begun:
        client.get(BEGIN)
    assert is_refused(client, client.get(CALLBACK, sent), NOT_BEGUN)


def test_no_ticket_is_no_sign_in(client, cast, server):
    state = query(query(client.get(BEGIN)["Location"])["service"])["state"]
    assert is_refused(client, client.get(CALLBACK, {"state": state}))


def test_sign_in_that_was_begun_long_ago_is_over(client, cast, server):
    back = at_provider(client.get(BEGIN)["Location"])
    session = client.session
    session["cas_begun"] = {**session["cas_begun"], "at": 0}
    session.save()
    assert is_refused(client, client.get(back), "已经结束")


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_next_stays_on_the_site(client, cast, server, address):
    assert go(client, next=address)["Location"] == reverse("home")


@pytest.mark.parametrize(
    "instead",
    [
        (302, "text/plain", "", {"Location": "/elsewhere"}),
        (500, "text/plain", "", {}),
        (200, "text/html", "<html>", {}),
        (200, "text/xml", "<a/>", {}),
        (200, "text/xml", "<a><authenticationSuccess/></a>", {}),
        (200, "text/xml", "", {}),
        (200, "text/xml", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b></a>', {}),
    ],
)
def test_no_other_answer_of_the_server_is_taken(client, cast, server, instead):
    server.instead = {"/p3/serviceValidate": instead}
    assert is_refused(client, go(client))
    assert "/elsewhere" not in server.asked


def test_server_that_is_down_leaves_the_password(client, cast, server):
    back = at_provider(client.get(BEGIN)["Location"])
    server.stop()
    answer = client.get(back)
    assert answer.status_code == 503
    assert "暂时没有响应" in base.html(answer)
    assert sign_in(client, cast.clerk).status_code == 302


@pytest.mark.parametrize(
    ("name", "told"), [("clerk", "clerk"), ("CLERK", "***"), ("王五\nforged line", "***"), ("100%s", "***")]
)
def test_refused_sign_ins_are_on_record_and_name_nobody_in_the_log(client, cast, server, caplog, name, told):
    User.objects.filter(username="clerk").update(is_active=False)
    server.name = name
    is_refused(client, go(client), "账号")
    event = Event.objects.filter(kind=EventKind.SIGN_IN_FAILED).get()
    assert (event.name, event.address, event.via) == (str(cast.clerk) if told == "clerk" else told, "127.0.0.1", VIA)
    assert name not in caplog.text + str(event.detail)
    assert "Single sign-on: " in caplog.text


@pytest.mark.parametrize("happens", ["down", "refused", "rubbish"])
def test_no_ticket_stands_in_the_log(client, cast, server, caplog, happens):
    caplog.set_level("INFO")
    back = at_provider(client.get(BEGIN)["Location"])
    if happens == "down":
        server.stop()
    else:
        server.instead = {"/p3/serviceValidate": (500 if happens == "refused" else 200, "text/xml", "<", {})}
    client.get(back)
    assert "Single sign-on: " in caplog.text
    assert query(back)["ticket"] not in caplog.text
    assert query(back)["state"] not in caplog.text


def test_no_proxy_tickets_and_no_logout_from_outside(client, cast, server):
    go(client)
    session_index = f"<samlp:SessionIndex>{next(iter(server.tickets), 'ST-1')}</samlp:SessionIndex>"
    for address in (BEGIN, CALLBACK):
        assert client.post(address, {"logoutRequest": session_index}).status_code == 405
    assert who(client) == "clerk"


def test_second_step_comes_after_it(client, cast, server):
    phone, _codes = give_phone(cast.clerk)
    go(client)
    assert client.get(reverse("help"))["Location"].startswith(reverse("second-step"))
    client.post(reverse("second-step"), {"code": phone.code()})
    assert client.get(reverse("help")).status_code == 200


def test_signing_out_at_the_server_too(client, cast, server, settings):
    settings.SSO_LOGOUT = True
    go(client)
    address = client.post(reverse("logout")).context["address"]
    assert address.startswith(f"{server.url}/logout?")
    assert query(address) == {"service": f"http://testserver{reverse('login')}"}
    assert who(client) is None
