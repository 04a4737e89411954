"""Who types wrong passwords waits: by account, and by address with a far higher limit. Counted by django-axes.

A county sits behind one address, so an address is never locked by the limit of an account. A name that is no account
is locked as any other.
"""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from audit import record
from audit.vocabulary import EventKind


class LockoutHandler(AxesDatabaseHandler):
    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Of the account; where its address has reached its own limit, as many as lock any account."""
        of_account, of_address = (
            sum(attempts.values_list("failures_since_start", flat=True))
            for attempts in self.get_user_attempts(request, credentials)
        )
        locked = of_address >= settings.SIGN_IN_FAILURES_PER_ADDRESS
        return max(of_account, settings.SIGN_IN_FAILURES) if locked else int(of_account)

    def user_login_failed(self, sender: Any, credentials: Any, request: Any = None, **kwargs: Any) -> None:
        """Without what was sent, which the library keeps: only one name of a field of passwords is known to it."""
        if request is None:  # nobody's address is known then
            return
        sent = request.GET, request.POST
        request.GET = request.POST = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.GET, request.POST = sent

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Of the account only: an account of one's own would else clear what one tried with others from here."""
        username = (credentials or {}).get("username")
        return int(AccessAttempt.objects.filter(username=username).delete()[0])

    @transaction.atomic
    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """By the commands of django-axes: of an account, of an address, or of everybody where neither is named."""
        count = super().reset_attempts(ip_address=ip_address, username=username, ip_or_username=ip_or_username)
        of = username or ip_address or "*"
        record.write(EventKind.PASSWORD, name=of, how="unlocked", attempts=count)
        return int(count)


def locked_out(request: HttpRequest, _answer: HttpResponse, _credentials: dict[str, Any] | None) -> HttpResponse:
    minutes = settings.SIGN_IN_LOCK_MINUTES
    answer = render(request, "registration/locked.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer
