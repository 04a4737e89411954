"""A line in the log for each request, from which it is counted too."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from config import metrics
from config.logs import route

logger = logging.getLogger(__name__)


class RequestLogMiddleware:
    """Measures each request, writes its line and counts it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = Asked()
        with connection.execute_wrapper(asked):
            begun = time.perf_counter()
            answer = self.get_response(request)
            seconds = time.perf_counter() - begun
        page, method = route(request), metrics.known_method(request.method)
        metrics.answered(page, method, answer.status_code, seconds, asked.queries)
        fields = {
            "method": method,
            "route": page,
            "status": answer.status_code,
            "duration_ms": round(seconds * 1000),
            "queries": asked.queries,
            "user": user_key(request),
        }
        logger.info(
            "%(method)s %(route)s %(status)d, %(duration_ms)d ms, %(queries)d queries, user %(user)s",
            fields,
            extra=fields,
        )
        return answer


class Asked:
    """How many queries a request made."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.queries += 1
        try:
            return execute(sql, params, many, context)
        except DatabaseError as error:
            metrics.query_failed(error)
            raise


def user_key(request: HttpRequest) -> int | str:
    """Of whoever is signed in, where the page has asked who that is: the log itself asks nothing."""
    user = getattr(request, "user", None)
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return getattr(user, "pk", None) or "-"
