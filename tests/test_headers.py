"""What browsers are told by every answer: whose scripts run, who may show a page, what a page may ask a machine for."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from lxml import html

from reports.api import tokens
from tests import base
from tests.addresses import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
}
# Whatever else a page may want to load comes from nowhere.
SOURCES = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "data:"},
    "connect-src": {"'self'"},
    "font-src": {"'self'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}


def policy(answer):
    words = [directive.split() for directive in answer["Content-Security-Policy"].split(";") if directive.strip()]
    return {name: {word for word in sources if not word.startswith("'nonce-")} for name, *sources in words}


def wrong_headers(answer):
    found = {name: answer.get(name) for name, value in EXPECTED.items() if answer.get(name) != value}
    if "geolocation=()" not in answer.get("Permissions-Policy", ""):
        found["Permissions-Policy"] = answer.get("Permissions-Policy")
    if policy(answer) != SOURCES:
        found["Content-Security-Policy"] = answer["Content-Security-Policy"]
    return found


def what_the_policy_stops(answer):
    """Scripts, styles and handlers that stand in a page, which no browser runs under its policy."""
    if not answer.get("Content-Type", "").startswith("text/html") or not answer.content.strip():
        return []
    page = html.fromstring(answer.content)
    inside = page.xpath("//script[not(@src)][not(@nonce)][not(@type='application/json')] | //style")
    inside += page.xpath("//*[@style] | //*[@*[starts-with(name(), 'on')]]")
    return [html.tostring(element)[:120] for element in inside]


@pytest.mark.slow
@pytest.mark.parametrize("who", ["office", "admin"])
def test_every_answer_says_what_a_browser_may_do_with_it(client, cast, world, who):
    secret = tokens.make("程序", by=cast.office)[1]
    client.force_login(getattr(cast, who))
    wrong, tried = {}, 0
    for one in addresses():
        if one.is_of_admin != (who == "admin"):
            continue
        address = one.at(world)
        headers = {"Authorization": f"Bearer {secret}"} if one.is_of_api else {}
        answer = client.get(address, headers=headers)
        tried += 1
        found = wrong_headers(answer)
        stopped = [] if answer.streaming else what_the_policy_stops(answer)
        if found or stopped:
            wrong[one.name] = (answer.status_code, found, stopped)
    assert wrong == {}
    assert tried > 50


def test_answers_that_are_no_pages_say_so_too(client, cast, tmp_path):
    """A page that is not there, one that needs somebody, and what cannot be read."""
    for address, status in (("/nowhere/", 404), ("/", 302), ("/account/login/", 200)):
        answer = client.get(address)
        assert (answer.status_code, wrong_headers(answer)) == (status, {}), address
    client.force_login(cast.clerk)
    assert wrong_headers(client.get("/admin/")) == {}
    assert wrong_headers(client.post("/jobs/")) == {}


def test_no_policy_allows_what_is_written_in_a_page():
    directives: Any = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = " ".join(str(source) for directive in directives.values() for source in directive)
    assert not re.search("unsafe|http|[*]", sources)


def test_error_pages_tell_nothing(client, cast, monkeypatch):
    """Neither what broke nor where; the number of the request is all that leads to it."""
    client.force_login(cast.clerk)
    client.raise_request_exception = False
    secret = "the-secret-of-the-server"

    def broken(*args, **kwargs):
        raise RuntimeError(secret)

    monkeypatch.setattr("sectors.views.work.render", broken)
    answer = client.get(reverse("home"))
    text = answer.content.decode()
    assert answer.status_code == 500
    assert wrong_headers(answer) == {}
    assert not any(word in text for word in (secret, "Traceback", "RuntimeError", str(base.BASE_DIR), "Django"))
