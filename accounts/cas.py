"""Single sign-on by CAS 3 (django-cas-ng). No proxy tickets, no single logout, no attributes of an account."""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django_cas_ng.utils import get_cas_client

from accounts.outgoing import ProviderSession
from accounts.single_sign_on import WAITS, begin_again, person_named, unconfirmed
from sectors.models import User

BEGUN = "cas_begun"  # in a session


def begin(request: HttpRequest) -> str:
    """The address to sign in at. A ticket is for one service, and the service has the state of this session in it."""
    state = secrets.token_urlsafe(24)
    request.session[BEGUN] = {"state": state, "at": time.time()}
    address: str = _client(request, state).get_login_url()
    return address


def identify(request: HttpRequest) -> User:
    """The person of the ticket. Raises NotSignedIn, and requests.RequestException where the server does not answer."""
    begun = request.session.pop(BEGUN, None)
    request.session.save()
    state, ticket = request.GET.get("state", ""), request.GET.get("ticket", "")
    if not begun or not secrets.compare_digest(begun["state"].encode(), state.encode()):
        raise begin_again()
    if time.time() - begun["at"] > WAITS:
        raise begin_again()
    if not ticket:
        raise unconfirmed()
    try:
        name, attributes, _proxy = _client(request, state).verify_ticket(ticket)
    except requests.HTTPError as error:
        raise unconfirmed() from error
    except (SyntaxError, ValueError, LookupError, AttributeError) as error:  # an answer that is none of CAS
        raise unconfirmed() from error
    if not name:
        raise unconfirmed()
    named_by = settings.CAS_USERNAME_ATTRIBUTE
    return person_named(name if named_by == "cas:user" else (attributes or {}).get(named_by))


def leaving_address(back: str) -> str:
    """Where the person signs out at the server."""
    address: str = get_cas_client().get_logout_url(back)
    return address


def _client(request: HttpRequest, state: str) -> Any:
    service = f"{request.build_absolute_uri(reverse('cas-callback'))}?{urlencode({'state': state})}"
    client = get_cas_client(service_url=service, request=request)
    client.session = ProviderSession()
    return client
