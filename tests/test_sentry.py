"""What leaves the server when something breaks, as a Sentry receives it."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import sentry_sdk
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import IntegrityError, close_old_connections
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from django.views.decorators.csrf import csrf_exempt

from config import sentry
from config.request_ids import HEADER
from sectors import jobs
from tests.test_errors import flat
from tests.test_settings import PRODUCTION, start

pytestmark = pytest.mark.django_db
SECRET = "geheim"  # what is sent has lines of the code in it, so the word stands in no other


@pytest.fixture
def received():
    """`received()` is the events that a server got."""
    bodies = []

    class Sentry(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Sentry)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sentry.start(f"http://key@127.0.0.1:{server.server_port}/1")

    def read():
        sentry_sdk.flush(10)
        return [json.loads(line) for body in bodies for line in body.splitlines() if b'"exception"' in line]

    yield read
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    server.shutdown()


def test_an_error_arrives_without_anything_of_anybody(received, cast, client, monkeypatch):
    @csrf_exempt
    def view(request):
        said = request.POST["said"]
        raise IntegrityError(f"Key (username)=({said}) already exists")

    monkeypatch.setattr(next(p for p in flat(get_resolver().url_patterns) if p.name == "help"), "callback", view)
    cast.clerk.username = f"{SECRET}-1"
    cast.clerk.save()
    client.force_login(cast.clerk)
    client.cookies["other"] = f"{SECRET}-2"
    request = RequestFactory(QUERY_STRING=f"q={SECRET}-3", HTTP_COOKIE=client.cookies.output(header="", sep=";"))
    environ = request.post(reverse("help"), {"said": f"{SECRET}-4"}, headers={"x-any": f"{SECRET}-5"}).environ
    begun = []
    request_started.disconnect(close_old_connections)  # that of the test has a transaction open
    try:
        WSGIHandler()(environ, lambda *answer: begun.append(answer))  # type: ignore[arg-type] # as gunicorn calls it
    finally:
        request_started.connect(close_old_connections)
    ((status, headers),) = begun
    assert status.startswith("500")
    (event,) = received()
    text = json.dumps(event, ensure_ascii=False)
    assert SECRET not in text
    assert client.cookies["sessionid"].value not in text
    assert event["tags"]["request_id"] == dict(headers)[HEADER]
    assert event["exception"]["values"][-1]["type"] == "IntegrityError"
    assert event["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "view"
    assert event["transaction"] == "/help/"
    assert event["request"] == {"method": "POST"}


def test_a_job_that_fails_arrives_too(received, cast):
    @jobs.register("tests.breaks")
    def work(progress, by):
        raise ValueError(f"{SECRET}-1")

    try:
        jobs.start("tests.breaks", by=cast.clerk, title=f"{SECRET}-2")
    finally:
        del jobs.kinds["tests.breaks"]
    (event,) = received()
    assert event["exception"]["values"][-1]["type"] == "ValueError"
    assert SECRET not in json.dumps(event)
    assert event["logentry"] == {"message": "Job %s (%s) failed"}


@pytest.mark.parametrize("given", ["sentry.example", "https://sentry.example/1", "https://key@sentry.example"])
def test_an_address_that_is_none_stops_the_start(tmp_path, given):
    result = start(tmp_path, "manage.py", "check", **PRODUCTION, SENTRY_DSN=given)
    assert result.returncode == 1
    assert result.stderr.startswith("zhibao: SENTRY_DSN is ")
    assert "key" not in result.stderr.partition(", but it must be")[0]


def test_a_token_that_is_short_stops_the_start_and_is_not_told(tmp_path):
    result = start(tmp_path, "manage.py", "check", **PRODUCTION, METRICS_TOKEN="geheim")
    assert result.stderr.startswith("zhibao: METRICS_TOKEN is '***', but it must be 20 or more")
