from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import second_factor
from sectors.models import User

# Pages that lead out of where a session stands, and those of who has to set up a second factor: a one-time password is
# changed before.
WAYS_OUT = {
    "login", "logout", "set_language", "session-state", "oidc", "oidc-callback", "cas", "cas-callback",
}  # fmt: skip
WHILE_MISSING = {"second-factor-setup", "password"}


class AskedRequest(HttpRequest):
    """A request with who has still to give a code: nobody is signed in by it meanwhile."""

    asked: User | None


class SecondFactorMiddleware:
    """Whoever has still to give a code is not signed in; whoever has to set up a second factor gets to that page only.

    Programs of the interface show a token and have no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.asked = None
        if _is_signed_in(request) and second_factor.is_asked(request.session, request.user):
            request.asked, request.user = request.user, AnonymousUser()
        return self.get_response(request)

    def process_view(self, request: Any, _view: object, _args: object, _named: object) -> HttpResponse | None:
        page = request.resolver_match.view_name
        if page in WAYS_OUT:
            return None
        if request.asked:
            # Scripts are told by the page that nobody is signed in, as when a session has run out.
            return None if page == "second-step" or _is_json(request) else _lead(request, "second-step")
        if page in WHILE_MISSING or not _is_signed_in(request):
            return None
        is_missing = second_factor.is_missing(request.session, request.user)
        return _lead(request, "second-factor-setup") if is_missing else None


def _is_signed_in(request: Any) -> bool:
    """Without a look at the database for who has no session."""
    return SESSION_KEY in request.session and request.user.is_authenticated


def _lead(request: Any, page: str) -> HttpResponse:
    """To a page, and from there back to where the person is."""
    address = reverse(page)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": _and_back(address, request.htmx.current_url_abs_path)})
    if _is_json(request):
        return JsonResponse({"error": _("Your role has to set up a second factor first."), "url": address}, status=403)
    return redirect(_and_back(address, request.get_full_path() if request.method == "GET" else None))


def _and_back(address: str, back: str | None) -> str:
    return f"{address}?{urlencode({'next': back})}" if back and back != "/" else address


def _is_json(request: HttpRequest) -> bool:
    return "application/json" in (request.content_type, request.headers.get("Accept"))
