"""Where something goes wrong a person reads what to do and a number to quote, and a watchdog learns of it."""

import errno
import logging
import re

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from config.request_ids import HEADER, RequestIdFilter

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r"<code>([0-9a-f]{32})</code>")


@pytest.fixture
def broken(client, monkeypatch):
    """`broken(error)` makes the page of help raise it."""
    client.raise_request_exception = False

    def make(error):
        def view(request):
            raise error

        pattern = next(p for p in flat(get_resolver().url_patterns) if p.name == "help")
        monkeypatch.setattr(pattern, "callback", view)
        return client.get(reverse("help"))

    return make


def flat(patterns):
    for pattern in patterns:
        yield from flat(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]


class Stopped(Exception):
    """As PostgreSQL says that a statement took longer than it may."""

    pgcode = "57014"


def test_a_statement_that_took_too_long_is_told_from_a_database_that_is_gone(broken):
    error = OperationalError("canceling statement due to statement timeout")
    error.__cause__ = Stopped()
    answer = broken(error)
    assert answer.status_code == 503
    assert "数据库" not in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (ZeroDivisionError(), 500, "出错"),
        (RecursionError(), 500, "出错"),
        (OperationalError("server closed the connection"), 503, "数据库"),
        (InterfaceError("connection already closed"), 503, "数据库"),
        (OSError(errno.ENOSPC, "No space left on device"), 503, "磁盘"),
        (OSError(errno.ENOENT, "No such file"), 500, "出错"),
    ],
)
def test_a_page_that_fails_says_what_to_do_and_has_a_number(broken, caplog, error, status, words):
    answer = broken(error)
    text = answer.content.decode()
    assert answer.status_code == status
    assert words in text
    (number,) = NUMBER.findall(text)
    assert answer[HEADER] == number
    assert type(error).__name__ not in text
    assert ("Retry-After" in answer) == (status == 503)


def test_a_program_hears_of_a_failure_in_json(broken, client, monkeypatch):
    pattern = next(one for one in flat(get_resolver().url_patterns) if one.name == "cells")

    def view(request, pk):
        raise OperationalError

    monkeypatch.setattr(pattern, "callback", view)
    client.raise_request_exception = False
    answer = client.post(reverse("cells", args=[1]), "{}", content_type="application/json")
    assert answer.status_code == 503
    assert answer.json()["request_id"] == answer[HEADER]


def test_a_form_of_another_site_is_refused_in_words(client):
    answer = Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "重新打开" in answer.content.decode()
    assert NUMBER.search(answer.content.decode())


@pytest.mark.parametrize(("error", "status"), [(OperationalError("gone"), 503), (DatabaseError("no row"), 400)])
def test_a_session_that_cannot_be_stored_is_told_from_one_that_has_ended(cast, client, monkeypatch, error, status):
    client.force_login(cast.clerk)

    def view(request):
        request.session["a"] = 1
        return HttpResponse()

    def fail(*_args, **_named):
        raise error

    monkeypatch.setattr(next(p for p in flat(get_resolver().url_patterns) if p.name == "help"), "callback", view)
    monkeypatch.setattr("accounts.models.Session.save", fail)
    answer = client.get(reverse("help"))
    assert answer.status_code == status
    assert NUMBER.search(answer.content.decode())


def test_a_request_that_cannot_be_read_is_refused_in_words(client):
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert NUMBER.search(answer.content.decode())


@pytest.mark.parametrize(
    ("trusts", "given", "is_taken"),
    [(True, "a1b2c3d4e5f6", True), (False, "a1b2c3d4e5f6", False), (True, "x" * 65, False), (True, "a\nb12345", False)],
)
def test_the_number_of_a_trusted_proxy_is_taken_over(client, settings, trusts, given, is_taken):
    settings.TRUST_PROXY = trusts
    answer = client.get(reverse("login"), headers={HEADER: given})
    assert (answer[HEADER] == given) == is_taken


def test_log_lines_have_the_number(broken, caplog):
    caplog.handler.addFilter(RequestIdFilter())
    with caplog.at_level(logging.ERROR):
        answer = broken(ZeroDivisionError())
    assert {record.request_id for record in caplog.records} == {answer[HEADER]}


def test_a_watchdog_needs_neither_name_nor_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    for address in ("/healthz", "/readyz"):
        answer = client.get(address, headers={"host": "10.0.0.5"})
        assert answer.status_code == 200, answer.content


def test_a_database_that_lacks_a_migration_is_not_ready(client):
    MigrationRecorder.Migration.objects.filter(app="assessment").latest("pk").delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


def test_without_a_database_the_process_lives_and_is_not_ready(client, monkeypatch):
    def gone():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", gone)
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


def test_a_data_folder_that_is_gone_is_not_ready(client, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "gone"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "data_folder": False})
