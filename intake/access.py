"""Which token writes, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.errors import HttpError

from audit import origin
from reports.api.access import TokenRequest
from reports.models import ApiToken
from sectors.models import User


def token_of(request: HttpRequest) -> ApiToken:
    token: ApiToken = request.auth  # type: ignore[attr-defined]
    return token


def writer_of(request: TokenRequest) -> User:
    """The clerk for whom the token writes. Raises HttpError (403) where it only reads."""
    writer = token_of(request).writes_as
    if writer is None:
        raise HttpError(403, _("This token only reads. The head of the department makes one that writes for a clerk."))
    return writer


@contextmanager
def writing(request: TokenRequest) -> Iterator[User]:
    """What is written meanwhile is on record as the clerk's, by this token."""
    writer, token = writer_of(request), token_of(request)
    with origin.acting(writer, f"token {token.pk} {token}"):
        yield writer
