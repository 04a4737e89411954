"""What holds for every page of somebody who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts import sessions

BACKGROUND = "X-Background"  # of requests that nobody has made: they keep no session
# What a screen on a wall shows, where a session lasts as long as it does at most, and what such a page asks for.
PRESENTED = {"leader-board"}
WHILE_PRESENTED = {"session-state", "set_language", "logout"}
# What is open to somebody who must choose a password first.
WITHOUT_PASSWORD = {"password", "login", "logout", "set_language", "session-state"}


class SignedInMiddleware:
    """Sessions that are used stay, pages are kept by no browser, and a one-time password leads to no page but one.

    A script that asks for a page of somebody who is signed out gets 401 instead of the page of the sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = _is_signed_in(request)
        answer = self.get_response(request)
        if _is_by_script(request) and _leads_to_sign_in(answer):
            answer = _refused(_("Your sign-in has ended. Sign in again."), 401)
        if before:
            patch_cache_control(answer, no_store=True, private=True)
        return answer

    def process_view(self, request: Any, _view: object, _args: object, _named: object) -> HttpResponse | None:
        """The password comes before the set-up of a second factor, and a code that is still asked before both."""
        if _is_signed_in(request) and (answer := _use(request)) is not None:
            return answer
        if request.asked or not _is_signed_in(request) or not request.session.get("change_password"):
            return None
        match = request.resolver_match
        if match and match.view_name in WITHOUT_PASSWORD:
            return None
        if "HX-Request" in request.headers:
            return HttpResponseClientRedirect(reverse("password"))
        if _is_by_script(request):
            return _refused(_("Choose a password of your own first."), 403)
        return redirect("password")


def _use(request: Any) -> HttpResponse | None:
    """Note that the session is used; the way to the sign-in where for long it was a screen on a wall only."""
    session, page = sessions.of(request), request.resolver_match.view_name
    if request.method == "GET" and page in PRESENTED and "present" in request.GET:
        session.presented()
    elif session.is_presented_only:
        if page in WHILE_PRESENTED:
            return None
        logout(request)
        return None if page == "login" else redirect_to_login(request.get_full_path())
    elif BACKGROUND not in request.headers:
        session.used()
    return None


def _is_signed_in(request: HttpRequest) -> bool:
    """Without a cookie nobody asks, so that answers to programs do not depend on it."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session


def _is_by_script(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers or request.content_type == "application/json"


def _leads_to_sign_in(answer: HttpResponseBase) -> bool:
    return answer.status_code == 302 and answer["Location"].partition("?")[0] == resolve_url(settings.LOGIN_URL)


def _refused(why: str, status: int) -> HttpResponse:
    return JsonResponse({"error": why, "detail": why}, status=status)
