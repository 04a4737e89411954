"""Single sign-on: to the provider and back. Off, there is no such address."""

from __future__ import annotations

import logging
from typing import Any

import requests
from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from mozilla_django_oidc.views import get_next_url

from accounts import cas, oidc
from accounts.single_sign_on import SIGNED_IN, NotSignedIn, sign_in
from audit import failures

NEXT = "single_sign_on_next"  # in a session: where to go then, an address of this site

logger = logging.getLogger(__name__)


@never_cache
@require_GET
def begin_oidc(request: HttpRequest) -> HttpResponse:
    _there_is(settings.OIDC_ISSUER)
    request.session[NEXT] = get_next_url(request, "next")
    try:
        answer: HttpResponse = oidc.BeginView.as_view()(request)
    except (NotSignedIn, requests.RequestException) as error:
        return _not_signed_in(request, error)
    return answer


@never_cache
@require_GET
def end_oidc(request: HttpRequest) -> HttpResponse:
    _there_is(settings.OIDC_ISSUER)
    after = request.session.get(NEXT)
    try:
        person, id_token = oidc.identify(request)
    except (NotSignedIn, requests.RequestException) as error:
        return _not_signed_in(request, error)
    sign_in(request, person, "oidc", **({"id_token": id_token} if settings.SSO_LOGOUT else {}))
    return redirect(after or settings.LOGIN_REDIRECT_URL)


@never_cache
@require_GET
def begin_cas(request: HttpRequest) -> HttpResponse:
    _there_is(settings.CAS_SERVER_URL)
    request.session[NEXT] = get_next_url(request, "next")
    return redirect(cas.begin(request))


@never_cache
@require_GET
def end_cas(request: HttpRequest) -> HttpResponse:
    _there_is(settings.CAS_SERVER_URL)
    after = request.session.get(NEXT)
    try:
        person = cas.identify(request)
    except (NotSignedIn, requests.RequestException) as error:
        return _not_signed_in(request, error)
    sign_in(request, person, "cas")
    return redirect(after or settings.LOGIN_REDIRECT_URL)


class SignOutView(LogoutView):
    """Here, and where the settings say so at the provider too."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        elsewhere = _leaving_address(request)
        answer = super().post(request, *args, **kwargs)
        # A page, and no redirect: that would still be where the form leads, which has to be this site.
        return render(request, "accounts/leaving.html", {"address": elsewhere}) if elsewhere else answer


def _leaving_address(request: HttpRequest) -> str | None:
    signed_in = request.session.get(SIGNED_IN)
    if not settings.SSO_LOGOUT or not signed_in:
        return None
    back = request.build_absolute_uri(reverse(settings.LOGOUT_REDIRECT_URL))
    if signed_in["way"] == "cas":
        return cas.leaving_address(back) if settings.CAS_SERVER_URL else None
    return oidc.leaving_address(signed_in.get("id_token", ""), back) if settings.OIDC_ISSUER else None


def _there_is(provider: str) -> None:
    if not provider:
        raise Http404


def _not_signed_in(request: HttpRequest, error: NotSignedIn | requests.RequestException) -> HttpResponse:
    logger.warning("Single sign-on: %s", _told(error))
    is_down = not isinstance(error, NotSignedIn)
    if isinstance(error, NotSignedIn):
        failures.failed(error.account, via="single sign-on", why=error.without_name)
    why = _("The provider of the single sign-on does not answer at the moment.") if is_down else str(error)
    context = {"why": why, "is_down": is_down, "by_password": settings.PASSWORD_SIGN_IN == "all"}
    return render(request, "accounts/not_signed_in.html", context, status=503 if is_down else 403)


def _told(error: NotSignedIn | requests.RequestException) -> str:
    """For the log: without names, and without the words of errors that have an address in them, and so the ticket."""
    if isinstance(error, NotSignedIn) and error.__cause__ is None:
        return error.without_name
    cause = error.__cause__ or error
    has_address = isinstance(cause, requests.RequestException) and not isinstance(cause, requests.HTTPError)
    return type(cause).__name__ if has_address else f"{type(cause).__name__}: {cause}"
