"""Which section of a draft a page shows: the address carries the key of a block in it, or says that it is the whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import replace_url, reswap, retarget, trigger_client_event

from reports.editing import outline
from reports.editing.drafts import Working
from reports.editing.token_syntax import Token, pieces
from reports.views import panes
from sectors.shell.http import PersonRequest

AT, WHOLE = "at", "whole"


def address(year: int, key: str = "") -> str:
    """The page of the editor that has the block with this key."""
    page = reverse("draft", args=[year])
    return f"{page}?{AT}={quote(key)}#{quote(key)}" if key else page


def asked(request: PersonRequest, found: Working) -> tuple[outline.Shown | None, bool]:
    """The section that a request asks for, None for the whole draft; and whether the block it names is there."""
    if request.GET.get(WHOLE):
        return None, True
    key = request.GET.get(AT, "")
    section = outline.shown(found.placed, key)
    return section or outline.shown(found.placed, ""), section is not None


def of_page(request: PersonRequest, found: Working, key: str) -> outline.Shown | None:
    """The section that a page goes on with: that of the block with this key; where it is gone the one that the page
    shows, and None where that is the whole draft."""
    query = parse_qs(urlsplit(request.htmx.current_url or "").query)
    if query.get(WHOLE):
        return None
    keys = [one for one in (key, *query.get(AT, [])) if one in found.by_key]
    return outline.shown(found.placed, keys[0] if keys else "")


def document(
    request: PersonRequest,
    found: Working,
    key: str,
    *,
    form: dict[str, Any] | None = None,
    event: dict[str, Any] | None = None,
    **said: Any,
) -> HttpResponse:
    """What a page of the editor shows after a change of the block with this key; the address follows."""
    section = of_page(request, found, key)
    context = panes.document(found, request.user, section, form) | {"beside": True, **said}
    answer = reswap(retarget(render(request, "reports/_document.html", context), "#document"), "outerHTML")
    if section is not None:
        answer = replace_url(answer, address(found.report.year, section.section.key).partition("#")[0])
    return trigger_client_event(answer, "block", {"key": key, **(event or {})}, after="settle")


def length(text: str) -> int:
    """Of a text as the field counts it: characters, a figure as one."""
    return sum(1 if isinstance(piece, Token) else len(piece) for piece in pieces(text))
