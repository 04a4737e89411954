"""Who acts, and from where: kept for the time of a request, a job or a command, and read when an event is written."""

from __future__ import annotations

import contextvars
import hashlib
import ipaddress
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from config import request_ids


@dataclass(frozen=True)
class Origin:
    """A request where there is one; `by` and `via` where it is not the request's own person who acts."""

    request: HttpRequest | None = None
    by: Any = None
    via: str = ""

    @property
    def person(self) -> Any:
        """Who is signed in; None for nobody."""
        found = self.by or getattr(self.request, "user", None)
        return found if getattr(found, "is_authenticated", False) else None

    @property
    def told_via(self) -> str:
        return self.via or ("" if self.request else command())

    @property
    def session(self) -> str:
        """Tells one session from another and opens none."""
        key = getattr(getattr(self.request, "session", None), "session_key", None)
        return hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""


NOWHERE = Origin()
_current: contextvars.ContextVar[Origin] = contextvars.ContextVar("origin", default=NOWHERE)


def current() -> Origin:
    return _current.get()


@contextmanager
def of(origin: Origin) -> Iterator[None]:
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def acting(by: Any, via: str) -> Any:
    """A context in which something is done for a person, with the address of the request in it where there is one."""
    return of(replace(current(), by=by, via=via))


def address(request: HttpRequest | None) -> str:
    """Of who asks. Behind a trusted proxy the last entry is what that proxy has seen; those before it anybody sends."""
    if request is None:
        return ""
    direct = str(request.META.get("REMOTE_ADDR") or "")
    if not settings.TRUST_PROXY:
        return direct
    try:
        return str(ipaddress.ip_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()))
    except ValueError:
        return direct


def request_id() -> str:
    found = request_ids.current()
    return "" if found == "-" else found


@cache
def command() -> str:
    """`command load_catalogue, zhibao`: what runs where there is no request, and as which account of the server."""
    program = Path(sys.argv[0] or "python").name
    name = sys.argv[1] if program == "manage.py" and len(sys.argv) > 1 else program
    return f"command {name[:60]}, {_account()}"


def _account() -> str:
    """By the process, not by a variable that whoever starts it may set."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):  # a container may know no name
        return str(os.getuid()) if hasattr(os, "getuid") else ""


class OriginMiddleware:
    """Events that are written while a request is answered say who sent it, and from where."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with of(Origin(request)):
            return self.get_response(request)
