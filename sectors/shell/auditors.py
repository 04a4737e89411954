"""An auditor reads the audit record and nothing else: no figures, and nothing to change but what is their own."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from sectors.models import User
from sectors.vocabulary import Role

OPEN = frozenset(
    {"home", "audit", "audit-event", "audit-export", "help", "notices", "notice", "read-notices", "set_language"}
)
ACCOUNT = "/account/"  # signing in and out, the own password
NOT_OF_AUDITORS = frozenset({"deputy", "end-deputy"})


class AuditorMiddleware:
    """Refuses every page that is not for auditors, also one that is added later."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _named: object) -> None:
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or user.role != Role.AUDITOR or match is None:
            return
        is_account = request.path_info.startswith(ACCOUNT) and match.view_name not in NOT_OF_AUDITORS
        if match.view_name not in OPEN and not is_account:
            raise PermissionDenied
