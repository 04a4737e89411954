"""Pages that say that something went wrong. They ask nothing of the database, which may be what is wrong.

Each has the number of its request, by which the log is searched. Programs get JSON.
"""

import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from config.request_ids import current
from sectors.files import is_full

DISK_FULL, STOPPED = "53100", "57014"  # of PostgreSQL
RETRY_AFTER = "10"  # seconds


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Also what Django makes of a session that could not be stored, whatever the reason."""
    return _missing(request, exception) or _answer(
        request,
        400,
        _("The request cannot be read"),
        _("Something in the address or in what was sent is not as it should be."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(
        request,
        403,
        _("This page was open for too long"),
        _("Go back, load the page again, and repeat the step. Nothing was changed."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """What Django calls when a view raised; the exception is still the current one."""
    return _missing(request, sys.exception()) or _answer(
        request,
        500,
        _("Something went wrong"),
        _("Nothing was stored. Try again; when it happens once more, tell the administrator this number."),
    )


def too_large(request: HttpRequest) -> HttpResponse:
    return _answer(
        request,
        413,
        _("What was sent is too large"),
        _("Nothing was stored. Sign in first, and send large files one by one."),
    )


def refused(request: HttpRequest, title: str, text: str) -> HttpResponse:
    """What was sent is not taken, whatever page it was for."""
    return _answer(request, 422, title, text)


def _missing(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The page that says which part of the server is missing, where that is behind an error."""
    while error:
        if is_full(error) or _is_full_database(error):
            text = _("The disk of the server is full. Nothing was stored; tell the administrator.")
            return unavailable(request, text)
        if isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", "") == STOPPED:
            text = _("This takes longer than a page may. Nothing was stored; choose a smaller region or fewer years.")
            return unavailable(request, text)
        if isinstance(error, OperationalError | InterfaceError):
            return unavailable(request, _("The database does not answer. Nothing was stored; try again in a moment."))
        error = error.__context__
    return None


def _is_full_database(error: BaseException) -> bool:
    """Whether the disk of the database has no room, or cannot be written."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
    return getattr(cause, "pgcode", "") == DISK_FULL


def unavailable(request: HttpRequest, why: str) -> HttpResponse:
    answer = _answer(request, 503, _("Not available at the moment"), why)
    answer["Retry-After"] = RETRY_AFTER
    return answer


def _answer(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if request.path.startswith("/api/") or request.content_type == "application/json":
        return JsonResponse({"detail": title, "error": text, "request_id": current()}, status=status)
    page = render_to_string("error.html", {"title": title, "text": text, "number": current()})
    return HttpResponse(page, status=status)
