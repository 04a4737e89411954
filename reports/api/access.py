"""How a program shows its token, and how often it may ask."""

from __future__ import annotations

import time

from django.http import HttpRequest
from ninja.security import HttpBasicAuth, HttpBearer
from ninja.throttling import BaseThrottle

from audit import failures
from reports.api import tokens
from reports.models import ApiToken
from sectors.shell.limits import MINUTE, asks_too_often

REQUESTS_A_MINUTE = 120


class TokenRequest(HttpRequest):
    """A request whose token is known."""

    auth: ApiToken


def note_refusal(request: HttpRequest) -> None:
    """That a token was shown which is none; what was sent is not told: it may be a password."""
    if "Authorization" in request.headers:
        failures.failed(via="API")


class Bearer(HttpBearer):
    """`Authorization: Bearer <token>`."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        return tokens.use(token)


class Basic(HttpBasicAuth):
    """The token as password with any user name: what Excel and Power Query ask a person for."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> ApiToken | None:
        return tokens.use(password)


class TokenThrottle(BaseThrottle):
    """So many requests a minute and token."""

    limit = REQUESTS_A_MINUTE

    def allow_request(self, request: HttpRequest) -> bool:
        token = getattr(request, "auth", None)
        return not isinstance(token, ApiToken) or not asks_too_often(f"api-{token.pk}", self.limit)

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return MINUTE - time.time() % MINUTE
