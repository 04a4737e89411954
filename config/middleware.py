from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict, UnreadablePostError
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from sectors.texts import MOST_DIGITS, readable


class ChosenLanguageMiddleware(LocaleMiddleware):
    """The site's language until a person switches; what a browser was installed in does not decide."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        translation.activate(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()


class PoliciesMiddleware:
    """The headers of `RESPONSE_POLICIES`, which Django has no setting for; a view may say otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        for name, value in settings.RESPONSE_POLICIES.items():
            answer.headers.setdefault(name, value)
        return answer


class ReadableMiddleware:
    """Addresses, forms and cookies without what nobody can have typed (`sectors.texts.readable`), for every page alike,
    and no page whose address names a number that is no key.

    Bodies that are no form are read by their views.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.COOKIES = {name: readable(value) for name, value in request.COOKIES.items()}
        request.GET = _readable(request.GET)  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, named: dict[str, object]) -> None:
        if readable(request.path_info) != request.path_info:
            raise Http404
        if any(isinstance(key, int) and key >= 10**MOST_DIGITS for key in named.values()):
            raise Http404
        if request.method == "POST":
            with suppress(UnreadablePostError):  # nobody is there any more
                request.POST = _readable(request.POST)  # type: ignore[assignment]


def _readable(sent: QueryDict) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in sent.lists():
        found.setlist(readable(name), [readable(value) for value in values])
    found._mutable = False
    return found
