"""What every page shows: the words of one's role, how many notices are unread, and the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sectors.access import can_name_deputy
from sectors.models import Notice, User

# Pages of the registry by the word they stand under.
ACTIONS = (
    "",
    "new-",
    "import-",
    "import-look-",
    "import-confirm-",
    "import-failed-",
    "change-",
    "delete-",
    "attach-",
    "restore-file-",
)
REGISTRY = {
    word: [f"{action}{slug}" for slug in slugs for action in ACTIONS] + more
    for word, slugs, more in (
        ("batches", ("batches", "plans", "samples"), ["where-to-look", "proposal", "plan-tasks"]),
        ("inspections", ("inspections", "rectifications", "cases", "complaints"), []),
    )
}


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    if not isinstance(user, User):
        return {}
    words = {
        "home": _("My work"),
        "submissions": _("Submissions"),
        "findings": _("Findings"),
        "batches": _("Sampling register"),
        "inspections": _("Inspection register"),
        "periods": _("Periods"),
        "reports": _("Reports"),
        "exports": _("Exports"),
        "help": _("Help"),
        "admin:index": _("Administration"),
    }
    shown = {
        "clerk": ("home", "submissions", "batches", "inspections", "findings", "help"),
        "head": ("home", "submissions", "batches", "inspections", "findings", "help"),
        "office": ("home", "submissions", "findings", "batches", "inspections", "periods", "reports", "help"),
        "leader": ("home", "submissions", "findings", "periods", "reports", "help"),
        "admin": ("home", "submissions", "findings", "periods", "exports", "help", "admin:index"),
    }[user.role]
    current = request.resolver_match.url_name if request.resolver_match else ""
    groups = {
        "sheet": "submissions",
        "sheet-import": "submissions",
        "sheet-import-confirm": "submissions",
        "sheet-import-marked": "submissions",
        "submission": "submissions",
        "queue": "submissions",
        "cell": "submissions",
        "comment": "submissions",
        "resolve": "submissions",
        "attachments": "submissions",
        "remove-attachment": "submissions",
        "restore-attachment": "submissions",
        "period": "periods",
        "open-period": "periods",
        "copy-calendar": "periods",
        "edit-period": "periods",
        "extend": "periods",
        "report": "reports",
        "finding-reason": "findings",
        "finding-verdict": "findings",
    }
    groups |= dict.fromkeys(REGISTRY["batches"], "batches") | dict.fromkeys(REGISTRY["inspections"], "inspections")
    return {
        "navigation": [(name, words[name], groups.get(current or "", current) == name) for name in shown],
        "unread": Notice.objects.filter(to=user).unread().count(),
        "has_deputy": can_name_deputy(user),
    }
