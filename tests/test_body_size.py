"""What is too large is refused before anybody reads it, so that it fills neither memory nor disk."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from tests import base
from tests.accounts.codes import give_phone, sign_in

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
MULTIPART = "multipart/form-data; boundary=x"


class Body(BytesIO):
    """Zeros, as many as are asked for; `taken` says how many were."""

    taken = 0

    def read(self, size=-1):
        self.taken += max(size, 0)
        return b"\0" * max(size, 0)

    readline = read


def send(client, address, size, content_type=MULTIPART, **headers):
    body = Body()
    sent = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": f"{size}", "wsgi.input": body}
    return client.generic("POST", address, headers=headers, **sent), body.taken


@pytest.mark.parametrize("content_type", [MULTIPART, "application/x-www-form-urlencoded", "application/json"])
@pytest.mark.parametrize("page", ["login", "set_language", "home"])
def test_who_is_not_signed_in_sends_no_fifty_megabytes(cast, page, content_type):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("login"))
    token = client.cookies["csrftoken"].value
    answer, taken = send(client, reverse(page), 50 * MB, content_type, **{"X-CSRFToken": token})
    assert (answer.status_code, taken) == (413, 0)


def test_a_cookie_of_no_session_is_no_way_around(cast):
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    answer, taken = send(client, reverse("login"), 50 * MB)
    assert (answer.status_code, taken) == (413, 0)


def test_who_has_still_to_give_a_code_is_not_signed_in(cast):
    give_phone(cast.clerk)
    client = Client()
    sign_in(client, cast.clerk)
    answer, taken = send(client, reverse("second-step"), 50 * MB)
    assert (answer.status_code, taken) == (413, 0)


def test_a_form_without_a_token_is_refused_unread(cast):
    sheet = base.submission(cast.county)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.clerk)
    answer, taken = send(client, reverse("attachments", args=[sheet.pk]), 50 * MB)
    assert (answer.status_code, taken) == (403, 0)


@pytest.mark.parametrize("size", [102 * MB, 10**30])
def test_nobody_sends_more_than_the_proxy_lets_through(cast, size):
    sheet = base.submission(cast.county)
    client = Client()
    client.force_login(cast.clerk)
    answer, taken = send(client, reverse("attachments", args=[sheet.pk]), size)
    assert (answer.status_code, taken) == (413, 0)
    assert "没有保存" in base.html(answer)
