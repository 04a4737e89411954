from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from sectors.models import User


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in, as `login_required` leaves it."""

    user: User
    htmx: HtmxDetails
