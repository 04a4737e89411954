"""Boards kept as they were put together, for as long as nothing that they show has changed.

What is kept is the middle of the page, the same for everybody who may ask for it: `choice` has been read for the person
of the request, and has said no to others. All that the page depends on is in its key: the choice with its regions,
periods and catalogue, the day, the language, and the stamp, which is read before anything else of the board is.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from config.errors import unavailable
from reports.boards.choice import BoardChoice
from reports.boards.stamps import stamp
from reports.boards.turns import Busy, turn
from reports.vocabulary import StampKind
from sectors.shell.http import PersonRequest

# Stand for what is another in each request.
TOKEN, ADDRESS = "the-token-of-this-request", "/the-address-of-this-request/"


class KeptBoard(NamedTuple):
    """Pieces of a page in their order, and when they were put together: since then nothing of it has changed."""

    pieces: tuple[str, ...]
    at: datetime.datetime

    def of(self, request: PersonRequest) -> list[SafeString]:
        token, address = get_token(request), escape(request.get_full_path())
        filled = (piece.replace(TOKEN, token).replace(ADDRESS, address) for piece in self.pieces)
        return [mark_safe(piece) for piece in filled]  # rendered by templates, which escape


def told_when_busy(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The page says to come again where as many boards of many regions are being put together as may be."""

    @wraps(view)
    def told(request: PersonRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except Busy:
            return unavailable(
                request,
                _(
                    "Boards of many regions are being put together for others. Load this page again in half a minute, "
                    "or choose a region within yours."
                ),
            )

    return told


def kept(
    choice: BoardChoice,
    templates: tuple[str, ...],
    gather: Callable[[], Mapping[str, Any]],
    *also: object,
    kinds: Collection[str] = tuple(StampKind.values),
) -> KeptBoard:
    """What is kept, else the templates rendered with what `gather` gives. `also` is what else the page depends on,
    `kinds` the kinds of changes that make it another one. Raises Busy."""
    key = _key(choice, templates, also, kinds)
    cache = caches["boards"]
    found: KeptBoard | None = cache.get(key) if key else None
    if found is None:
        with turn(len(choice.region_keys)):
            at = timezone.now()
            context = {"choice": choice, "csrf_token": TOKEN, "address": ADDRESS, **gather()}
            found = KeptBoard(tuple(render_to_string(template, context).strip() for template in templates), at)
        if key:
            with suppress(OSError):  # where the disk is full nothing is kept, and the board is shown all the same
                cache.set(key, found)
    return found


def _key(choice: BoardChoice, templates: tuple[str, ...], also: tuple[object, ...], kinds: Collection[str]) -> str:
    """Empty where it cannot be told whether a board still stands."""
    if choice.catalogue_version is None or not (now := stamp(choice.within, kinds)):
        return ""
    regions = [(one.pk, one.code, one.name, one.level, one.parent_id) for one in choice.regions]
    depends = (
        *(settings.STARTED, choice.catalogue_version, now, timezone.localdate(), translation.get_language()),
        *(
            choice.own.pk,
            choice.region.pk,
            choice.year,
            choice.period,
            choice.periods,
            regions,
            templates,
            also,
            choice.only,
        ),
    )
    return hashlib.sha256(repr(depends).encode()).hexdigest()
