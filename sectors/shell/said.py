"""What was done stands at the head of the page, also where only a part of the page was renewed."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

# Answers that htmx puts into the page, see templates/_htmx.html.
SHOWN = (200, 409, 422)


class SaidMiddleware:
    """Adds the messages that nobody has seen yet to a part of a page, for the list at the page's head."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if _is_of_htmx(request) and isinstance(answer, HttpResponse) and _is_shown(answer):
            said = list(messages.get_messages(request))
            if said:
                answer.write(render_to_string("_said.html", {"messages": said}, request))
        return answer


def _is_of_htmx(request: HttpRequest) -> bool:
    """By the header: who looks at `request.htmx` answers htmx otherwise, and is asked twice by tests/htmx.py."""
    return request.headers.get("HX-Request") == "true"


def _is_shown(answer: HttpResponse) -> bool:
    leads_away = any(name in answer for name in ("HX-Redirect", "HX-Location", "HX-Refresh"))
    is_page = answer.get("Content-Type", "").startswith("text/html")
    return answer.status_code in SHOWN and is_page and not leads_away
