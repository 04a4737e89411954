"""The log has one line for each request and each error, and nothing in it that is nobody's business."""

import io
import json
import logging
import re

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from config import logs
from config.request_ids import HEADER, RequestIdFilter
from tests.test_errors import broken  # noqa: F401
from tests.test_settings import PRODUCTION, start

pytestmark = pytest.mark.django_db


@pytest.fixture(params=logs.FORMS)
def form(request):
    return request.param


@pytest.fixture
def written(form):
    """`written()` is what the log has until now."""
    formatter = dict(logs.FORMATTERS[form])
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(formatter.pop("()")(**formatter))
    handler.addFilter(RequestIdFilter())
    handler.addFilter(logs.RouteFilter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler.stream.getvalue
    root.removeHandler(handler)


@pytest.fixture
def lines(written):
    def read():
        return [json.loads(line) for line in written().splitlines()]

    return read


@pytest.mark.parametrize("form", ["json"])
def test_a_request_is_one_line_with_its_fields(cast, client, lines):
    client.force_login(cast.clerk)
    answer = client.get(reverse("help"), {"q": "王晓明"})
    (line,) = lines()
    assert line.pop("time")
    assert line.pop("duration_ms") >= 0
    assert line.pop("queries") > 1  # session and person at least
    assert f"GET help 200, {line.pop('message').partition(', ')[2]}".endswith(f"user {cast.clerk.pk}")
    assert line == {
        "level": "INFO",
        "logger": "config.request_log",
        "request_id": answer[HEADER],
        "method": "GET",
        "route": "help",
        "status": 200,
        "user": cast.clerk.pk,
    }


@pytest.mark.parametrize("form", ["json"])
def test_who_signs_in_and_who_is_nobody_are_in_the_line(cast, client, lines):
    client.get(reverse("login"))
    cast.clerk.set_password("quiet-2023-river")
    cast.clerk.save()
    client.post(reverse("login"), {"username": cast.clerk.username, "password": "quiet-2023-river"})
    asked, signed_in = (line for line in lines() if line["logger"] == "config.request_log")
    assert (asked["user"], asked["route"]) == ("-", "login")
    assert (signed_in["user"], signed_in["status"]) == (cast.clerk.pk, 302)


@pytest.mark.parametrize("form", ["json"])
def test_the_log_asks_the_database_nothing(cast, client, lines):
    client.get("/nowhere/")
    assert [(line["route"], line["status"]) for line in lines()] == [("-", 404)]
    assert lines()[0]["queries"] == 0


def test_nothing_private_is_in_the_log(cast, client, written):
    """Neither what was asked for, nor sent, nor who it is."""
    client.force_login(cast.clerk)
    client.get("/nowhere/geheim-1/?token=geheim-2")
    client.get(reverse("search"), {"q": "geheim-3"}, headers={"authorization": "Bearer geheim-4"})
    client.post(reverse("login"), {"username": "geheim-5", "password": "geheim-6"})
    client.cookies["sessionid"] = "geheim-7"
    client.get("/submissions/999999/")
    Client(enforce_csrf_checks=True).post("/verify/geheim-8/", {"a": "geheim-9"})
    text = written()
    assert text.count("config.request_log") == 5
    assert "geheim" not in text
    assert cast.clerk.username not in text


def test_an_error_has_its_traceback_and_no_row(broken, written, form):  # noqa: F811
    error = IntegrityError("duplicate key\nDETAIL:  Key (username)=(geheim) already exists.\n")
    answer = broken(error)
    text = written()
    assert "Traceback" in text
    assert "duplicate key" in text
    assert "geheim" not in text
    assert "Internal Server Error: help" in text
    if form == "json":
        failed = json.loads(next(line for line in text.splitlines() if "Traceback" in line))
        assert "raise error" in failed["traceback"]
        assert failed["request_id"] == answer[HEADER]


def test_any_word_for_a_method_is_one(client, written):
    client.generic("GEHEIM", "/")
    assert "GEHEIM" not in written()
    assert re.search(r"other home \d+", written())


def test_the_form_is_a_setting(tmp_path):
    code = "import logging.config; from config import settings; logging.config.dictConfig(settings.LOGGING)\n"
    code += "logging.getLogger('a').warning('one')"
    line = start(tmp_path, "-c", code, **PRODUCTION, LOG_FORMAT="json").stderr
    assert json.loads(line)["message"] == "one"
    assert start(tmp_path, "-c", code, **PRODUCTION).stderr.endswith("WARNING a -: one\n")


def test_who_asks_for_another_site_is_one_line_whatever_they_ask_for(client, written):
    """Scanners do it all day: a traceback each would fill the log."""
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert "evil" not in written()
    assert len(written().splitlines()) == 1
