"""What a field of a model may hold, where a database constraint cannot say it."""

from __future__ import annotations

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1990, 2100


def validate_day(day: datetime.date) -> None:
    """A day that something can have happened on, and from which others can be counted. Raises ValidationError."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValidationError(_("A day of the years %(first)d to %(last)d is expected.") % years)


class BadAddress(Exception):
    """An address that nothing may be posted to."""


def check_address(address: str) -> None:
    """https, or a host that the site's operator allowed by name. Raises BadAddress."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.username or parts.scheme not in ("http", "https"):
        raise BadAddress(_("Write the whole address, as the group chat shows it: https://…"))
    if parts.scheme == "http" and host not in settings.WEBHOOK_HTTP_HOSTS:
        raise BadAddress(
            _("An address must begin with https. Without it, the host must stand in the setting WEBHOOK_HTTP_HOSTS.")
        )
