"""How the log is written, by Django and by gunicorn: a line an event, as text or, with LOG_FORMAT=json, as JSON.

It has keys of rows and names of pages, never names of people, addresses with what was asked for, or what was sent.
"""

import logging
import re
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

FORMS = ["line", "json"]
LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"]
NO_PAGE = "-"  # an address that nothing stands behind
# What PostgreSQL adds to an error: the row that broke a rule.
DETAIL = re.compile(r"^DETAIL: .*\n?", re.MULTILINE)


class LineFormatter(logging.Formatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802
        return DETAIL.sub("", super().formatException(ei))


class ObjectFormatter(JsonFormatter):
    def formatException(self, ei: Any) -> str:  # noqa: N802
        return DETAIL.sub("", str(super().formatException(ei)))


FORMATTERS: dict[str, dict[str, Any]] = {
    "line": {
        "()": LineFormatter,
        "fmt": "{asctime} {levelname} {name} {request_id}: {message}",
        "style": "{",
    },
    "json": {
        "()": ObjectFormatter,
        "fmt": "{levelname}{name}{request_id}{message}",
        "style": "{",
        "timestamp": "time",
        "rename_fields": {"levelname": "level", "name": "logger", "exc_info": "traceback"},
        "json_ensure_ascii": False,
    },
}


def settings(form: str, level: str) -> dict[str, Any]:
    """`LOGGING` in one of FORMS, from one of LEVELS on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "config.request_ids.RequestIdFilter"},
            "route": {"()": "config.logs.RouteFilter"},
        },
        "formatters": {"chosen": FORMATTERS[form]},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "chosen", "filters": ["request_id", "route"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": []},  # Django's own would write each a second time
            "django.request": {"level": "ERROR"},  # a refused request has its line already
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # the same, and anybody sends them without end
            "axes": {"level": "WARNING"},  # it tells of every sign-in at length
            "gunicorn.error": {"handlers": ["stderr"], "propagate": False},
        },
    }


class RouteFilter(logging.Filter):
    """Names the page where Django names the address, which may hold what nobody else should read."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = record.__dict__.pop("request", None)  # a formatter would write it as a field
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            record.args = tuple(route(request) if value == request.path else value for value in record.args)
        return True


def route(request: HttpRequest) -> str:
    """The name of the page that an address leads to."""
    return request.resolver_match.view_name if request.resolver_match else NO_PAGE
