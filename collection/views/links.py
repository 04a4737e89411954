"""Links for stations without an account: shown once, with a text to send on and a QR code."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from collection import links, urging
from collection.access import may_ask
from collection.models import StationPart
from collection.views.requests import asked_request, request_page
from reports.writers import qr
from sectors.shell.http import PersonRequest
from sectors.texts import whole_number


@dataclass(frozen=True)
class ShownLink:
    part: StationPart
    address: str
    text: str  # to be sent to the station
    qr: str


@login_required
@require_POST
def make_links(request: PersonRequest, pk: int) -> HttpResponse:
    """A link for each chosen station, on a page that shows them this once."""
    found = asked_request(request, pk)
    chosen = [whole_number(key) for key in request.POST.getlist("parts")]
    parts = [part for part in found.station_parts.for_reading() if part.pk in chosen]
    if not parts:
        return request_page(request, found, problem=_("Choose at least one station."), status=422)
    made = links.make(parts, by=request.user)
    context = {
        "part_request": found,
        "submission": found.submission,
        "links": [_shown(request, part, secret) for part, secret in made.items()],
    }
    answer = render(request, "collection/links.html", context)
    patch_cache_control(answer, no_store=True, private=True)
    return answer


def _shown(request: PersonRequest, part: StationPart, secret: str) -> ShownLink:
    address = request.build_absolute_uri(reverse("part-by-link", args=[secret]))
    return ShownLink(part, address, f"{urging.text(part)}\n{address}", qr.svg(address))


@login_required
@require_POST
def end_links(request: PersonRequest, pk: int) -> HttpResponse:
    """End all links of a station's part, which somebody may have passed on."""
    found = get_object_or_404(StationPart.objects.for_user(request.user).for_reading(), pk=pk)
    if not may_ask(request.user, found.request.submission):
        raise PermissionDenied
    count = links.end(found, by=request.user)
    said = ngettext("%(count)d link was ended.", "%(count)d links were ended.", count) % {"count": count}
    messages.success(request, said)
    return redirect("part", pk=pk)
