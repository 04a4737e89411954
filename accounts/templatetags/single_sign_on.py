from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

register = template.Library()


@register.inclusion_tag("accounts/_single_sign_on.html", takes_context=True)
def single_sign_on(context: dict[str, Any]) -> dict[str, Any]:
    """The buttons of the page to sign in, and who may still use a password."""
    ways = (("oidc", settings.OIDC_ISSUER, settings.OIDC_BUTTON), ("cas", settings.CAS_SERVER_URL, settings.CAS_BUTTON))
    return {
        "ways": [{"page": page, "text": text} for page, is_on, text in ways if is_on],
        "next": context.get("next", ""),
        "only_admins": settings.PASSWORD_SIGN_IN == "admins",
    }
