"""The words of the registry as they are now, and how rows are chosen by them."""

from __future__ import annotations

from collections.abc import Collection
from weakref import WeakKeyDictionary

from django.db.models import Q
from django.http import HttpRequest

from audit import origin
from sectors.catalogue.compiled import catalogue
from sectors.catalogue.compiled_words import Words

_of_requests: WeakKeyDictionary[HttpRequest, Words] = WeakKeyDictionary()


def words() -> Words:
    """Those of now. While a request is answered it is asked once which they are: a page says one thing, and a list asks
    for each of its rows."""
    request = origin.current().request
    if request is None:
        return catalogue().words
    found = _of_requests.get(request)
    if found is None:
        found = _of_requests[request] = catalogue().words
    return found


def under(field: str, codes: Collection[str]) -> Q:
    """Rows whose code is one of the codes or lies below it."""
    condition = Q(**{f"{field}__in": codes})
    for code in codes:
        condition |= Q(**{f"{field}__startswith": f"{code}."})
    return condition
