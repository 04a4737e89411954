"""What every page shows: the words of one's role, how many notices are unread, and the person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sectors.access import can_make_sheets, can_name_deputy, can_open_period, can_review
from sectors.models import Notice, User
from sectors.vocabulary import Role

# Pages of the registry by the word they stand under.
ACTIONS = (
    *("", "new-", "change-", "delete-", "attach-", "restore-file-"),
    *("import-", "import-look-", "import-confirm-", "import-failed-"),
)
FIRMS = (
    *("firms", "new-firm", "import-firms", "import-confirm-firms", "firm-matching", "firm-coverage"),
    *("firm", "edit-firm", "merge-firm"),
)
REGISTRY = {
    word: [f"{action}{slug}" for slug in slugs for action in ACTIONS] + more
    for word, slugs, more in (
        ("batches", ("batches", "plans", "samples"), ["where-to-look", "proposal", "plan-tasks"]),
        ("inspections", ("inspections", "rectifications", "cases", "complaints"), [*FIRMS]),
    )
}

# Pages of one report.
REPORTS = (
    *("report", "draft", "report-cover", "report-sources", "issue-report", "block-edit", "block-add", "block-act"),
    *("block-add-figures", "block-change-figures"),
    *("number", "edition", "verify-report", "revise-report", "compare"),
    *("sign-report", "sign-report-act", "approved-on-paper", "approval-sheet", "report-comments", "report-comment"),
    *("report-resolve", "verify-file", "verify-any-file"),
)


# The words of each role, six at most; under a word with several pages, these show once one is at one of them.
SHOWN: dict[str, tuple[tuple[str, ...], ...]] = {
    Role.CLERK: (
        ("home",),
        ("submissions", "ledger", "stations", "targets", "schemes", "runs"),
        ("batches",),
        ("inspections",),
        ("findings",),
        ("sectors", "explore", "own-sentences"),
    ),
    Role.HEAD: (
        ("home",),
        ("submissions", "ledger", "stations", "targets", "schemes", "runs"),
        ("batches",),
        ("inspections",),
        ("findings",),
        ("sectors", "explore", "own-sentences"),
    ),
    Role.OFFICE: (
        ("home",),
        ("board", "leader-board"),
        ("submissions", "findings", "periods", "checks", "ledger", "sheets-of-catalogue"),
        ("batches", "inspections"),
        ("sectors", "explore", "exports"),
        ("reports", "proofreading", "past-years", "targets", "schemes", "runs"),
    ),
    Role.LEADER: (
        ("leader-board", "board", "firm-coverage"),
        ("sectors", "explore", "exports"),
        ("submissions", "findings", "periods", "ledger"),
        ("reports", "targets", "schemes", "runs"),
    ),
    Role.ADMIN: (
        ("home", "setup", "sheets-of-catalogue", "catalogue-files"),
        ("submissions", "findings", "ledger", "firms"),
        ("periods", "proofreading", "past-years", "targets", "schemes", "runs"),
        ("sectors", "explore", "leader-board", "board", "exports"),
        ("audit",),
        ("admin:index",),
    ),
    Role.AUDITOR: (("audit",),),
}
# Pages that carry the choice of a period and a region on, from one to the next.
CHOOSING = ("board", "leader-board", "sectors", "explore")

# Pages below those of the words.
BELOW = {
    **dict.fromkeys(("sheet", "sheet-import", "sheet-import-confirm", "sheet-import-marked"), "submissions"),
    **dict.fromkeys(("submission", "queue", "cell", "comment", "resolve"), "submissions"),
    **dict.fromkeys(("attachments", "remove-attachment", "restore-attachment"), "submissions"),
    **dict.fromkeys(("period", "open-period", "copy-calendar", "edit-period", "extend", "take-back-period"), "periods"),
    **dict.fromkeys(("finding-reason", "finding-verdict"), "findings"),
    "check": "checks",
    **dict.fromkeys(("reading", "store-reading"), "proofreading"),
    "load-past-year": "past-years",
    "assign-sheets": "setup",
    **dict.fromkeys(("load-catalogue", "choose-form", "form-sheet", "units"), "catalogue-files"),
    **dict.fromkeys(("new-sheet", "upload-draft", "sheet-versions"), "sheets-of-catalogue"),
    **dict.fromkeys(("sheet-draft", "edit-draft", "look-at-draft", "put-in-force"), "sheets-of-catalogue"),
    **dict.fromkeys(REGISTRY["batches"], "batches"),
    **dict.fromkeys(REGISTRY["inspections"], "inspections"),
    **dict.fromkeys(("new-station", "change-station", "paste-stations", "ask-stations", "part-request"), "stations"),
    **dict.fromkeys(("change-request", "withdraw-request", "make-links", "take-over", "station-values"), "stations"),
    **dict.fromkeys(("upload-parts", "part", "fill-part", "move-part"), "stations"),
    "sector": "sectors",
    "target": "targets",
    **dict.fromkeys(("scheme", "load-scheme"), "schemes"),
    **dict.fromkeys(("run", "run-reviewers", "run-ranking", "review-queue", "run-subject", "score"), "runs"),
    **dict.fromkeys(("review-score", "appeal", "upload-self-scores"), "runs"),
    "audit-event": "audit",
    **dict.fromkeys(REPORTS, "reports"),
}


@dataclass(frozen=True)
class MenuItem:
    """A word of the navigation; `pages` are those under it, where one of them is open and there are several."""

    url: str
    text: str
    is_current: bool
    pages: list[MenuItem] = field(default_factory=list)


def navigation(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    if not isinstance(user, User):
        return {}
    return {
        "navigation": list(_menu(request, user)),
        "unread": Notice.objects.filter(to=user).seen_by_now().unread().count(),
        "has_deputy": can_name_deputy(user),
    }


@dataclass(frozen=True)
class Page:
    """A page that a person may open, and the word of the navigation that it stands under."""

    url: str
    text: str
    group: str


def pages(user: User) -> list[Page]:
    """Those of the navigation, and what else every person or one of the role opens by itself."""
    texts, groups = _texts(), _groups()
    found = [
        Page(reverse(name), texts[name], "" if len(names) == 1 else groups.get(names[0], texts[names[0]]))
        for names in SHOWN[user.role]
        for name in names
        if name != "sheets-of-catalogue" or can_make_sheets(user)
    ]
    others = [("help", _("Help")), ("notices", _("Notices")), ("account", _("My account"))]
    others += [("open-period", _("Open a period"))] if can_open_period(user) else []
    others += [("queue", _("Queue"))] if can_review(user) else []
    others += [("deputy", _("Deputy"))] if can_name_deputy(user) else []
    return found + [Page(reverse(name), text, "") for name, text in others]


def _menu(request: HttpRequest, user: User) -> Iterator[MenuItem]:
    texts, groups = _texts(), _groups()
    current = (request.resolver_match.url_name if request.resolver_match else "") or ""
    if all(current not in names for names in SHOWN[user.role]):
        current = BELOW.get(current, current)
    kept = urlencode({key: request.GET[key] for key in ("period", "region") if request.GET.get(key)})
    for names in SHOWN[user.role]:
        pages = [
            MenuItem(
                reverse(name) + (f"?{kept}" if kept and name in CHOOSING and current in CHOOSING else ""),
                texts[name],
                name == current,
            )
            for name in names
            if name != "sheets-of-catalogue" or can_make_sheets(user)
        ]
        first, is_open = pages[0], current in names
        text = groups.get(names[0], first.text) if len(names) > 1 else first.text
        yield MenuItem(first.url, text, first.is_current, pages if is_open and len(names) > 1 else [])


def _texts() -> dict[str, str]:
    return {
        "home": _("My work"),
        "setup": _("Setting up"),
        "sheets-of-catalogue": _("Sheets of the catalogue"),
        "catalogue-files": _("Catalogue files"),
        "board": _("Submission board"),
        "leader-board": _("Quality board"),
        "submissions": _("Submissions"),
        "findings": _("Findings"),
        "checks": _("Checks"),
        "ledger": _("What is asked"),
        "stations": _("Stations"),
        "batches": _("Sampling register"),
        "inspections": _("Inspection register"),
        "firms": _("Firms and places"),
        "firm-coverage": _("Inspected and due"),
        "periods": _("Periods"),
        "sectors": _("Sectors"),
        "explore": _("Explorer"),
        "own-sentences": _("In the report"),
        "exports": _("Exports"),
        "reports": _("Reports"),
        "targets": _("Targets"),
        "schemes": _("Assessment schemes"),
        "runs": _("Assessment"),
        "proofreading": _("Proofreading"),
        "past-years": _("Past years"),
        "admin:index": _("Administration"),
        "audit": _("Audit record"),
    }


def _groups() -> dict[str, str]:
    """Words over several pages, by the first of them."""
    return {
        "board": _("Boards"),
        "leader-board": _("Boards"),
        "submissions": _("Submissions"),
        "batches": _("Registry"),
        "sectors": _("Figures"),
        "reports": _("Reports"),
        "periods": _("Periods"),
    }
