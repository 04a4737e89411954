"""What a field of a model may hold, where a database constraint cannot say it."""

from __future__ import annotations

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sectors.calculation import days


def validate_day(day: datetime.date) -> None:
    """A day that something can have happened or be due on. Raises ValidationError."""
    try:
        days.within(day)
    except days.BadDay as error:
        raise ValidationError(str(error)) from None


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
