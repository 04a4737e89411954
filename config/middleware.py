from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from config import errors
from sectors.texts import MOST_DIGITS, readable, whole_number

MOST_OF_ANYBODY = 1024 * 1024  # bytes
MOST = 101 * 1024 * 1024  # as much as deploy/nginx.conf lets through at most


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


class BodySizeMiddleware:
    """Refuses what is too large by the length that it says it has, before anybody reads it: from whoever is not signed
    in all that is no small form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        size = whole_number(request.META.get("CONTENT_LENGTH") or "0", MOST + 1)
        if size <= MOST_OF_ANYBODY or (size <= MOST and request.user.is_authenticated):
            return None
        return errors.too_large(request)


class ReadableMiddleware:
    """Addresses, forms and cookies without what nobody can have typed (`sectors.texts.readable`), for every page alike,
    and no page whose address names a number that is no key.

    A form is read when somebody asks for it, so that a view may refuse before what is too large. Bodies that are no
    form are read by their views.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.COOKIES = {name: readable(value) for name, value in request.COOKIES.items()}
        request.GET = _readable(request.GET)  # type: ignore[assignment]
        load: Callable[[], None] = request._load_post_and_files

        def load_readable() -> None:
            load()
            request._post = _readable(request._post)  # type: ignore[attr-defined]

        request._load_post_and_files = load_readable  # type: ignore[method-assign]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, named: dict[str, object]) -> None:
        if readable(request.path_info) != request.path_info:
            raise Http404
        if any(isinstance(key, int) and key >= 10**MOST_DIGITS for key in named.values()):
            raise Http404


def _readable(sent: QueryDict) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in sent.lists():
        found.setlist(readable(name), [readable(value) for value in values])
    found._mutable = False
    return found
