from __future__ import annotations

import json

from django.http import HttpRequest, RawPostDataException
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from sectors.models import User
from sectors.texts import all_readable


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in, as `login_required` leaves it."""

    user: User
    htmx: HtmxDetails


def next_address(request: HttpRequest, otherwise: str) -> str:
    """The page of this site that a form wants to be shown afterwards, as `next`."""
    address = str(request.POST.get("next", ""))
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if allowed and address.startswith("/") else otherwise


def json_sent(request: HttpRequest) -> object:
    """A body that is JSON, each text in it readable. Raises ValueError for any other."""
    try:
        return all_readable(json.loads(request.body))
    except (RecursionError, RawPostDataException) as error:  # nested beyond reading, and a form after all
        raise ValueError from error
