"""Signing in and out, and failing to.

By Django's signals, which nothing else in the project uses: every way to sign in sends them, a form, a directory, a
single sign-on, and a way that somebody adds later. A call in each would be forgotten in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from audit import failures, origin, record
from audit.vocabulary import EventKind


def connect() -> None:
    for signal, receiver in (
        (user_logged_in, signed_in),
        (user_logged_out, signed_out),
        (user_login_failed, failed),
    ):
        signal.connect(receiver, dispatch_uid=f"audit.{receiver.__name__}")


def signed_in(request: HttpRequest, user: Any, **_others: Any) -> None:
    with origin.of(origin.Origin(request)):
        record.write(EventKind.SIGN_IN, user, by=user, backend=getattr(user, "backend", "").rpartition(".")[2])


def signed_out(request: HttpRequest, user: Any, **_others: Any) -> None:
    if user is not None:
        record.write(EventKind.SIGN_OUT, user, by=user)


def failed(credentials: Mapping[str, Any], request: HttpRequest | None = None, **_others: Any) -> None:
    """What was typed is kept where it is an account's name and nowhere else: people type passwords there."""
    model = get_user_model()
    typed = str(credentials.get(model.USERNAME_FIELD, ""))
    found = model._default_manager.filter(**{model.USERNAME_FIELD: typed}).first() if typed else None
    with origin.of(origin.Origin(request) if request else origin.current()):
        failures.failed(found)
