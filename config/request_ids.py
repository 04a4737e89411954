"""A number for each request: in its log lines, in its answer, and on a page that says that something went wrong."""

import contextvars
import logging
import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-ID"
_current: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")


def current() -> str:
    """That of the request which is being answered; `-` outside of any."""
    return _current.get()


class RequestIdMiddleware:
    """Takes over the number of the proxy in front where that is trusted, and makes one elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "") if settings.TRUST_PROXY else ""
        token = _current.set(given if re.fullmatch(r"[\w-]{8,64}", given, re.ASCII) else uuid.uuid4().hex)
        try:
            answer = self.get_response(request)
            answer[HEADER] = current()
        finally:
            _current.reset(token)
        return answer


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to log records."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current()
        return True
