"""What every page shows: the six words of one's role and the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sectors.models import User


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    if not isinstance(user, User):
        return {}
    words = {
        "home": _("My work"),
        "submissions": _("Submissions"),
        "periods": _("Periods"),
        "reports": _("Reports"),
        "help": _("Help"),
        "admin:index": _("Administration"),
    }
    shown = {
        "clerk": ("home", "submissions", "help"),
        "head": ("home", "submissions", "help"),
        "office": ("home", "submissions", "periods", "reports", "help"),
        "leader": ("home", "submissions", "periods", "reports", "help"),
        "admin": ("home", "submissions", "periods", "help", "admin:index"),
    }[user.role]
    current = request.resolver_match.url_name if request.resolver_match else ""
    groups = {
        "sheet": "submissions",
        "sheet-import": "submissions",
        "sheet-import-confirm": "submissions",
        "sheet-import-marked": "submissions",
        "submission": "submissions",
        "period": "periods",
        "open-period": "periods",
        "report": "reports",
    }
    return {"navigation": [(name, words[name], groups.get(current or "", current) == name) for name in shown]}
